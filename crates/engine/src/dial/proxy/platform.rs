//! Windows and macOS: the system's settings, as hyper's own client reads them (Internet settings of the user; network services).

use super::{Proxy, Route, Target};
use hyper_util::client::proxy::matcher::Matcher;

/// Asks; reads a few values of the system. Scripts (PAC) are not run.
pub(super) fn ask(target: &Target) -> Route {
    let Ok(uri) = format!("https://{}/", target.authority()).parse() else { return Route::Direct };
    let Some(found) = Matcher::from_system().intercept(&uri) else { return Route::Direct };
    Proxy::parse(&found.uri().to_string()).map_or(Route::Unusable, Route::Proxy)
}
