//! Linux: who is to be asked depends on the desktop.

use super::{Route, Target, gnome, kde};

/// Asks; may take as long as a service of the desktop takes to start.
pub(super) fn ask(target: &Target) -> Route {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let Some(desktop) = variable("XDG_CURRENT_DESKTOP").or_else(|| variable("DESKTOP_SESSION")) else {
        // A script, or a machine without a desktop: the environment has said all there is.
        return Route::Direct;
    };
    let is_kde = desktop.split(':').any(|name| name.eq_ignore_ascii_case("kde") || name.starts_with("plasma"));
    if is_kde && let Some(route) = kde::ask(target, &variable) {
        return route;
    }
    // Both read GNOME's settings; the portal also runs a network's script.
    gnome::by_portal(target).or_else(|| gnome::by_settings(target)).unwrap_or(Route::Direct)
}
