//! The proxy that the organisation names.

use super::text::LONGEST_ADDRESS;
use super::value::{Read, text};
use super::{Fault, Form, Value};
use serde_json::Value as Json;
use url::Url;

/// A proxy: `http://host:port`, with a user and password where it asks for them.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyAddress(pub Url);

impl ProxyAddress {
    /// Reads `host`, `host:port`, or an `http` or `https` url, each with `user:password@` before the host. `None` for anything else, and where
    /// something stands behind the host.
    ///
    /// A login holds what it wants and ends at the last `@`: the parser of urls, which ends the host at the first `\`, `/`, `?` or `#`, is given
    /// what is behind it alone.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let (login, place) = rest.rsplit_once('@').unwrap_or(("", rest));
        let mut url = Url::parse(&format!("{scheme}://{place}")).ok().filter(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.host().is_some()
                && url.path() == "/"
                && url.query().is_none()
                && url.fragment().is_none()
        })?;
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        // These encode what a url has no room for, and `%` is none of it: what is written percent-encoded is not encoded twice.
        url.set_username(user).ok()?;
        url.set_password(Some(password).filter(|password| !password.is_empty())).ok()?;
        Some(Self(url))
    }
}

impl Value for ProxyAddress {
    const FORM: Form = Form::Text { longest: LONGEST_ADDRESS };

    fn read(json: &Json) -> Read<Self> {
        text(json, LONGEST_ADDRESS).and_then(|text| Self::parse(&text).ok_or(Fault::NoProxy)).into()
    }

    /// Without the password.
    fn shown(&self) -> String {
        let mut url = self.0.clone();
        if url.password().is_some() && url.set_password(Some("---")).is_err() {
            return url.host_str().unwrap_or_default().to_owned();
        }
        url.as_str().trim_end_matches('/').to_owned()
    }
}

impl std::fmt::Debug for ProxyAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str) -> Read<ProxyAddress> {
        ProxyAddress::read(&json!(text))
    }

    #[test]
    fn a_proxy_is_shown_without_its_password() {
        let proxy = read("http://alice:s3cret@proxy.example:3128").value.expect("a proxy");
        assert_eq!((proxy.0.password(), proxy.0.port()), (Some("s3cret"), Some(3128)));
        assert_eq!(proxy.shown(), "http://alice:---@proxy.example:3128");
        assert!(!format!("{proxy:?}").contains("s3cret"));
        assert!(read("proxy.example:3128").value.is_some());
        for bad in ["socks5://h:1", "http://h/x", "http://", "http://h?x", "http://alice:s3cret@", "http://a@h/x"] {
            assert_eq!(read(bad).fault, Some(Fault::NoProxy), "{bad}");
        }
    }

    #[test]
    fn a_login_holds_what_it_wants() {
        for (text, address, shown) in [
            (
                r"http://AGGLO\camille:s3cret@proxy.example:3128",
                "http://AGGLO%5Ccamille:s3cret@proxy.example:3128/",
                "http://AGGLO%5Ccamille:---@proxy.example:3128",
            ),
            (
                "http://camille:s3cret#x@proxy.example:3128",
                "http://camille:s3cret%23x@proxy.example:3128/",
                "http://camille:---@proxy.example:3128",
            ),
            (
                "camille:s3cret/a?b:c@d@proxy.example:3128",
                "http://camille:s3cret%2Fa%3Fb%3Ac%40d@proxy.example:3128/",
                "http://camille:---@proxy.example:3128",
            ),
            (
                "https://camille@agglo.example:s3cret@[::1]:8443",
                "https://camille%40agglo.example:s3cret@[::1]:8443/",
                "https://camille%40agglo.example:---@[::1]:8443",
            ),
            (
                "http://AGGLO%5Ccamille:s3cret%40%2541@proxy.example:3128/",
                "http://AGGLO%5Ccamille:s3cret%40%2541@proxy.example:3128/",
                "http://AGGLO%5Ccamille:---@proxy.example:3128",
            ),
            (
                "http://camille:s3cret50%off@proxy.example:3128",
                "http://camille:s3cret50%off@proxy.example:3128/",
                "http://camille:---@proxy.example:3128",
            ),
            ("http://camille@proxy.example", "http://camille@proxy.example/", "http://camille@proxy.example"),
            ("http://@proxy.example:3128", "http://proxy.example:3128/", "http://proxy.example:3128"),
        ] {
            let read = read(text);
            assert_eq!(read.fault, None, "{text}");
            let proxy = read.value.expect("a proxy");
            assert_eq!((proxy.0.as_str(), proxy.shown().as_str()), (address, shown), "{text}");
            assert!(!format!("{proxy:?}").contains("s3cret"));
        }
    }
}
