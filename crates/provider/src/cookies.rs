//! The cookies of one host (RFC 6265), owned by who talks to it.

use crate::{Header, Secret, http};
use url::{Host, Url};

/// Cookies that are kept; a server that sets more loses its oldest.
const MOST: usize = 32;
/// Longest name and value together, in bytes (RFC 6265 §6.1).
const LONGEST: usize = 4096;
/// Longest path that is minded, in bytes.
const LONGEST_PATH: usize = 256;
/// A cookie that ended before this year is over by any clock: servers write 1970 to take one away.
const LONG_AGO: i32 = 2000;

/// Cookies of one host, kept as long as the jar lives. The server decides when they are too old.
///
/// A cookie marked `Secure` goes over an unencrypted connection to this machine only: Meet marks its
/// own so even where it is reached without TLS (measured).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookieJar {
    /// `host` or `host:port`, as [`crate::MeetingLink::host`].
    host: String,
    cookies: Vec<Cookie>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Cookie {
    name: String,
    value: Secret,
    secure: bool,
    path: String,
}

impl CookieJar {
    /// An empty jar for `host` (`host` or `host:port`).
    pub fn new(host: &str) -> Self {
        Self { host: host.to_ascii_lowercase(), cookies: Vec::new() }
    }

    /// A jar from the text that [`Self::to_secret`] gave, or that a browser would send as `Cookie`.
    /// What is no cookie is left out.
    pub fn from_secret(host: &str, text: &Secret) -> Self {
        let mut jar = Self::new(host);
        for pair in text.reveal().split(';') {
            if let Some((name, value)) = pair.split_once('=') {
                jar.put(name, value);
            }
        }
        jar
    }

    /// Every cookie of which `keep` approves by its name, as text for a keyring. Empty where there is none.
    pub fn to_secret(&self, keep: impl Fn(&str) -> bool) -> Secret {
        Secret::new(joined(self.cookies.iter().filter(|cookie| keep(&cookie.name))))
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn is_empty(&self) -> bool {
        self.cookies.is_empty()
    }

    /// Puts a cookie in by hand (from a window in which somebody signed in). False where it is none.
    pub fn put(&mut self, name: &str, value: &str) -> bool {
        let (name, value) = (name.trim(), value.trim());
        let fits = fits(name, value);
        if fits {
            self.set(Cookie { name: name.into(), value: Secret::new(value), secure: true, path: "/".into() });
        }
        fits
    }

    /// Takes over every cookie of a newer jar of the same host.
    pub fn merge(&mut self, newer: &Self) {
        if newer.host == self.host {
            newer.cookies.iter().cloned().for_each(|cookie| self.set(cookie));
        }
    }

    /// The value of a cookie.
    pub fn get(&self, name: &str) -> Option<&Secret> {
        self.cookies.iter().find(|cookie| cookie.name == name).map(|cookie| &cookie.value)
    }

    /// The value of the first cookie whose name is so.
    pub fn find(&self, is_it: impl Fn(&str) -> bool) -> Option<&Secret> {
        self.cookies.iter().find(|cookie| is_it(&cookie.name)).map(|cookie| &cookie.value)
    }

    /// Takes out what is called so.
    pub fn remove(&mut self, is_it: impl Fn(&str) -> bool) {
        self.cookies.retain(|cookie| !is_it(&cookie.name));
    }

    /// The `Cookie` header for a request to `url`; `None` where nothing is to be sent, as for every other host.
    pub fn header(&self, url: &Url) -> Option<Header> {
        if !self.is_for(url) {
            return None;
        }
        let private = url.scheme() == "https" || is_loopback(url);
        let fitting =
            self.cookies.iter().filter(|cookie| (private || !cookie.secure) && path_fits(url.path(), &cookie.path));
        let text = joined(fitting);
        (!text.is_empty()).then(|| Header::new("cookie", text))
    }

    /// Takes the `set-cookie` headers of an answer from `url`. True where the jar is another now.
    pub fn take(&mut self, url: &Url, headers: &[Header]) -> bool {
        if !self.is_for(url) {
            return false;
        }
        let before = self.cookies.clone();
        for text in http::header(headers, "set-cookie").take(http::MOST_HEADERS) {
            self.take_one(url, text);
        }
        self.cookies != before
    }

    fn is_for(&self, url: &Url) -> bool {
        host_of(url).is_some_and(|host| host == self.host)
    }

    fn take_one(&mut self, url: &Url, text: &str) {
        let Ok(told) = cookie::Cookie::parse(text) else { return };
        // RFC 6265 §5.3: of another host, so it is none of ours.
        if told.domain().is_some_and(|domain| !domain_fits(url, domain)) || !fits(told.name(), told.value()) {
            return;
        }
        let path = told.path().filter(|path| path.starts_with('/') && path.len() <= LONGEST_PATH).unwrap_or("/");
        let gone = match told.max_age() {
            Some(age) => age <= cookie::time::Duration::ZERO,
            None => told.expires_datetime().is_some_and(|end| end.year() < LONG_AGO),
        };
        if gone {
            self.cookies.retain(|known| known.name != told.name() || known.path != path);
        } else {
            self.set(Cookie {
                name: told.name().into(),
                value: Secret::new(told.value()),
                secure: told.secure().unwrap_or(false),
                path: path.into(),
            });
        }
    }

    fn set(&mut self, cookie: Cookie) {
        let known = self.cookies.iter_mut().find(|known| known.name == cookie.name && known.path == cookie.path);
        match known {
            Some(known) => *known = cookie,
            None => {
                if self.cookies.len() >= MOST {
                    self.cookies.remove(0);
                }
                self.cookies.push(cookie);
            }
        }
    }
}

fn joined<'a>(cookies: impl Iterator<Item = &'a Cookie>) -> String {
    let pairs: Vec<_> = cookies.map(|cookie| format!("{}={}", cookie.name, cookie.value.reveal())).collect();
    pairs.join("; ")
}

/// `host` or `host:port` (where it is not the scheme's own) of a url, in lower case.
pub(crate) fn host_of(url: &Url) -> Option<String> {
    let host = url.host_str()?.to_ascii_lowercase();
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host,
    })
}

/// True for this machine: `localhost` and below, 127.0.0.0/8, ::1.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether a cookie can be sent back: nothing in it breaks a header.
fn fits(name: &str, value: &str) -> bool {
    is_name(name) && is_value(value) && name.len() + value.len() <= LONGEST
}

/// A token of RFC 9110 §5.6.2.
fn is_name(name: &str) -> bool {
    let special = |c: char| "!#$%&'*+-.^_`|~".contains(c);
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || special(c))
}

/// Octets of RFC 6265 §4.1.1, and those that browsers take as well (quotes, commas, spaces within).
fn is_value(value: &str) -> bool {
    value.chars().all(|c| (c.is_ascii_graphic() || c == ' ') && c != ';')
}

fn path_fits(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| prefix.ends_with('/') || rest.is_empty() || rest.starts_with('/'))
}

fn domain_fits(url: &Url, domain: &str) -> bool {
    let domain = domain.trim_start_matches('.').to_ascii_lowercase();
    let Some(host) = url.host_str() else { return false };
    host.eq_ignore_ascii_case(&domain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("url")
    }

    fn set(jar: &mut CookieJar, at: &str, text: &str) -> bool {
        jar.take(&url(at), &[Header::new("set-cookie", text)])
    }

    fn sent(jar: &CookieJar, to: &str) -> Option<String> {
        jar.header(&url(to)).map(|header| header.value.reveal().to_owned())
    }

    const HERE: &str = "https://meet.example/api/";

    #[test]
    fn a_cookie_goes_back_to_its_host_only() {
        let mut jar = CookieJar::new("meet.example");
        assert!(set(&mut jar, HERE, "a=1; HttpOnly; Path=/; SameSite=Lax; Secure; Max-Age=43200"));
        assert!(!set(&mut jar, HERE, "a=1; HttpOnly; Path=/; SameSite=Lax; Secure; Max-Age=43200"));
        assert_eq!(sent(&jar, HERE).as_deref(), Some("a=1"));
        for other in
            ["https://evil.example/", "https://meet.example:444/", "https://a.meet.example/", "http://meet.example/"]
        {
            assert_eq!(sent(&jar, other), None, "{other}");
        }
        assert!(!set(&mut jar, "https://evil.example/", "a=2"));
        assert!(!set(&mut jar, HERE, "b=2; Domain=evil.example"));
        assert!(set(&mut jar, HERE, "b=2; Domain=meet.example; Path=/admin"));
        assert_eq!(sent(&jar, HERE).as_deref(), Some("a=1"));
        assert_eq!(sent(&jar, "https://meet.example/admin/x").as_deref(), Some("a=1; b=2"));
        assert_eq!(sent(&jar, "https://meet.example/administration").as_deref(), Some("a=1"));
    }

    #[test]
    fn a_secure_cookie_reaches_this_machine_without_tls() {
        let mut jar = CookieJar::new("localhost:8071");
        assert!(set(&mut jar, "http://localhost:8071/api/", "lobbyParticipantId=x; Secure"));
        assert_eq!(sent(&jar, "http://localhost:8071/api/").as_deref(), Some("lobbyParticipantId=x"));
    }

    #[test]
    fn a_cookie_that_is_over_is_taken_out() {
        let mut jar = CookieJar::new("meet.example");
        set(&mut jar, HERE, "sessionid=1; Path=/");
        assert!(set(&mut jar, HERE, "sessionid=\"\"; expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/"));
        assert!(jar.is_empty());
        set(&mut jar, HERE, "sessionid=1; Path=/");
        assert!(set(&mut jar, HERE, "sessionid=\"\"; Max-Age=0"));
        assert!(jar.is_empty());
    }

    #[test]
    fn a_jar_goes_through_a_keyring() {
        let mut jar = CookieJar::new("meet.example");
        assert!(jar.put("sessionid", "s3cr3t") && jar.put("csrftoken", "t") && jar.put("lobby", "l"));
        assert!(!jar.put("a b", "x") && !jar.put("a", "x;y") && !jar.put("a", "x\r\ny: z") && !jar.put("a", "é"));
        let kept = jar.to_secret(|name| name != "lobby");
        assert_eq!(kept.reveal(), "sessionid=s3cr3t; csrftoken=t");
        let again = CookieJar::from_secret("MEET.example", &kept);
        assert_eq!(sent(&again, HERE).as_deref(), Some("sessionid=s3cr3t; csrftoken=t"));
        assert!(!format!("{again:?}").contains("s3cr3t"));
        assert!(CookieJar::from_secret("h", &Secret::new("nonsense; =; a")).is_empty());
    }

    #[test]
    fn a_jar_is_bounded() {
        let mut jar = CookieJar::new("meet.example");
        for index in 0..500 {
            set(&mut jar, HERE, &format!("c{index}=x"));
        }
        assert_eq!(jar.cookies.len(), MOST);
        assert!(jar.get("c499").is_some() && jar.get("c0").is_none());
        assert!(!set(&mut jar, HERE, &format!("d={}", "x".repeat(LONGEST))));
    }

    proptest! {
        #[test]
        fn nothing_that_a_server_sets_breaks_a_header(text in ".{0,200}", name in "[a-z]{1,5}") {
            let mut jar = CookieJar::new("meet.example");
            set(&mut jar, HERE, &text);
            set(&mut jar, HERE, &format!("{name}={text}"));
            if let Some(header) = jar.header(&url(HERE)) {
                prop_assert!(header.value.reveal().chars().all(|c| c.is_ascii_graphic() || c == ' '));
            }
        }
    }
}
