//! What the system says of the person's session: the screen is locked, the computer woke up.
//!
//! On Linux by signals of the buses: `ActiveChanged` of the desktops' screen savers (GNOME, KDE, Cinnamon, MATE, Xfce have it under their
//! own names) and `Lock` and `PrepareForSleep` of logind. Elsewhere nothing is heard yet.

#[cfg(target_os = "linux")]
mod buses;

use visavis_engine::Commander;

/// Follows the session until the application ends.
pub fn follow(commander: Commander) {
    #[cfg(target_os = "linux")]
    buses::follow(commander);
    #[cfg(not(target_os = "linux"))]
    drop(commander);
}
