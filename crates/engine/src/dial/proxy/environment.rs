//! What the environment says: `https_proxy` and its like, as curl reads them.

use super::{Proxy, Route, Rules, Target};

/// The variables, read once.
#[derive(Clone, Debug, Default)]
pub(in crate::dial) struct Environment(Option<Rules>);

impl Environment {
    /// `variable` gives one by its name. Empty ones say nothing.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let first =
            |names: &[&str]| names.iter().find_map(|name| variable(name).filter(|value| !value.trim().is_empty()));
        let proxy = first(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]);
        let exceptions = first(&["no_proxy", "NO_PROXY"]).unwrap_or_default();
        Self(proxy.map(|proxy| {
            let route = match proxy.trim() {
                // GNOME's own word for none.
                "direct://" => Route::Direct,
                text => Proxy::parse(text).map_or(Route::Unusable, Route::Proxy),
            };
            Rules::new(route, [&exceptions])
        }))
    }

    /// `None`: it says nothing. Without TLS we ourselves only speak to this machine; pages of a sign-in window that do otherwise go the
    /// same way, by a tunnel.
    pub fn route(&self, target: &Target) -> Option<Route> {
        self.0.as_ref().map(|rules| rules.route(target))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(variables: &[(&str, &str)], host: &str) -> Option<Route> {
        let environment = Environment::read(|name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        });
        environment.route(&Target { host: host.into(), port: 443, secure: true })
    }

    fn proxy(text: &str) -> Option<Route> {
        Some(Route::Proxy(Proxy::parse(text).unwrap()))
    }

    #[test]
    fn the_more_particular_variable_wins() {
        let all = ("ALL_PROXY", "http://all:1");
        assert_eq!(route(&[all], "a.example"), proxy("all:1"));
        assert_eq!(route(&[all, ("HTTPS_PROXY", "http://upper:2")], "a.example"), proxy("upper:2"));
        let both = [("HTTPS_PROXY", "http://upper:2"), ("https_proxy", "http://u:p@lower:3")];
        assert_eq!(route(&both, "a.example"), proxy("http://u:p@lower:3"));
        assert_eq!(route(&[all, ("https_proxy", " ")], "a.example"), proxy("all:1"), "an empty one says nothing");
        assert_eq!(route(&[("http_proxy", "http://plain:4"), ("no_proxy", "*")], "a.example"), None);
    }

    #[test]
    fn exceptions_are_direct_and_what_we_cannot_use_is_not_gone_round() {
        let variables = [("https_proxy", "http://lower:3"), ("NO_PROXY", "example,10.0.0.0/8")];
        assert_eq!(route(&variables, "a.example"), Some(Route::Direct));
        assert_eq!(route(&variables, "10.1.1.1"), Some(Route::Direct));
        assert_eq!(route(&variables, "127.0.0.1"), Some(Route::Direct));
        assert_eq!(route(&variables, "a.test"), proxy("lower:3"));
        assert_eq!(route(&[("all_proxy", "socks5://s:1080")], "a.test"), Some(Route::Unusable));
    }
}
