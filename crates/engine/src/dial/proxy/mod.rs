//! Which proxy leads to a host: what the environment, the desktop or the policy says.

#[cfg(all(unix, not(target_os = "macos")))]
mod desktop;
mod environment;
#[cfg(all(unix, not(target_os = "macos")))]
mod gnome;
#[cfg(all(unix, not(target_os = "macos")))]
mod kde;
#[cfg(any(windows, target_os = "macos"))]
mod platform;
mod system;

pub(super) use environment::Environment;
pub(super) use system::{Answer, SystemProxies};

pub use visavis_provider::ProxyExceptions as Exceptions;

use super::Target;
use visavis_provider::Secret;
use visavis_settings::policy::ProxyAddress;

/// An HTTP proxy that opens tunnels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// Without the brackets of an IPv6 address.
    pub host: String,
    pub port: u16,
    /// TLS is spoken with the proxy itself.
    pub secure: bool,
    /// `user:password`.
    pub credentials: Option<Secret>,
}

impl Proxy {
    /// `host`, `host:port`, or an `http` or `https` url, each with `user:password@` before the host where it asks for them.
    /// `None` for anything else: other kinds of proxy (SOCKS) are not known, and behind the host there is nothing.
    pub fn parse(text: &str) -> Option<Self> {
        let ProxyAddress(url) = ProxyAddress::parse(text.trim())?;
        let secure = url.scheme() == "https";
        let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']').to_owned();
        let credentials = (!url.username().is_empty()).then(|| {
            Secret::new(format!("{}:{}", decoded(url.username()), decoded(url.password().unwrap_or_default())))
        });
        Some(Self { host, port: url.port_or_known_default()?, secure, credentials })
    }
}

/// What a text says that may be percent-encoded.
pub fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// How a host is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    Direct,
    Proxy(Proxy),
    /// By a proxy that we cannot use, or that cannot be read: not at all.
    Unusable,
}

/// One proxy for everything, and its exceptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rules {
    route: Route,
    exceptions: Exceptions,
}

impl Rules {
    pub fn new<'a>(route: Route, exceptions: impl IntoIterator<Item = &'a (impl AsRef<str> + 'a)>) -> Self {
        let exceptions = exceptions.into_iter().map(AsRef::as_ref).collect::<Vec<_>>().join(",");
        Self { route, exceptions: Exceptions::parse(&exceptions) }
    }

    pub fn route(&self, target: &Target) -> Route {
        if self.exceptions.contain(&target.host, target.port) { Route::Direct } else { self.route.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_read_as_people_write_it() {
        let read = |text: &str| {
            let proxy = Proxy::parse(text)?;
            let credentials = proxy.credentials.as_ref().map_or(String::new(), |one| one.reveal().to_owned());
            Some((proxy.host, proxy.port, proxy.secure, credentials))
        };
        let is =
            |host: &str, port, secure, credentials: &str| Some((host.to_owned(), port, secure, credentials.to_owned()));
        assert_eq!(read("proxy.example:3128"), is("proxy.example", 3128, false, ""));
        assert_eq!(read(" http://proxy.example/ "), is("proxy.example", 80, false, ""));
        assert_eq!(read("https://proxy.example"), is("proxy.example", 443, true, ""));
        assert_eq!(read("http://alice:p%40ss%3Aword@[::1]:8080"), is("::1", 8080, false, "alice:p@ss:word"));
        assert_eq!(read("alice:secret@proxy:1"), is("proxy", 1, false, "alice:secret"));
        for bad in ["", "socks5://proxy:1080", "http://", "proxy:port", "http:// proxy", "http://alice:secret@"] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
        // A login holds what it wants, as it is or percent-encoded: the last `@` ends it.
        for (text, credentials) in [
            (r"http://AGGLO\camille:secret@proxy.example:3128", r"AGGLO\camille:secret"),
            (r"AGGLO\camille:secret@proxy.example:3128", r"AGGLO\camille:secret"),
            ("http://AGGLO%5Ccamille:secret@proxy.example:3128/", r"AGGLO\camille:secret"),
            ("http://camille:12#x@proxy.example:3128", "camille:12#x"),
            ("http://camille:a/b?c:d@proxy.example:3128", "camille:a/b?c:d"),
            ("http://camille@agglo.example:p@ss@proxy.example:3128", "camille@agglo.example:p@ss"),
            ("http://camille%40agglo.example:p%40ss@proxy.example:3128", "camille@agglo.example:p@ss"),
            ("http://camille@proxy.example:3128", "camille:"),
            ("http://:secret@proxy.example:3128", ""),
            ("http://@proxy.example:3128", ""),
        ] {
            assert_eq!(read(text), is("proxy.example", 3128, false, credentials), "{text}");
        }
        assert_eq!(read(r"https://AGGLO\c:s@[2001:db8::1]:8443"), is("2001:db8::1", 8443, true, r"AGGLO\c:s"));
        assert_eq!(read("[::1]:3128"), is("::1", 3128, false, ""));
        // More than a host is no proxy: a script's address, or something mistyped.
        for bad in [
            "http://proxy.example/proxy.pac",
            r"http://AGGLO\proxy.example:3128",
            "http://proxy.example:3128#x",
            "http://proxy.example:3128?x",
            "http://proxy.example:3128?",
            "http:/proxy.example",
            "http://camille:secret@proxy.example:3128/x",
        ] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
        assert!(!format!("{:?}", Proxy::parse("http://alice:secret@proxy:1")).contains("secret"));
    }
}
