//! Which host is asked, with which words.

use crate::{ClientInfo, SocketCause};
use livekit_protocol::ReconnectReason;
use serde::Deserialize;
use std::collections::VecDeque;
use url::{Host, Url};

/// The signalling protocol spoken; 16 is the last before packet trailers.
const PROTOCOL: &str = "16";
/// Hosts that a server may name beside its own.
const MOST_ALTERNATIVES: usize = 4;
/// Redirections that are followed while joining.
const MOST_HOPS: u8 = 3;
/// Longest url taken from a server, in bytes.
const LONGEST_URL: usize = 2048;
/// The provider's own cloud, the only one that has regions.
const CLOUD: [&str; 2] = [".livekit.cloud", ".livekit.run"];

/// The way to the server: the link's own host, and those that it sent us to.
#[derive(Debug)]
pub(super) struct Route {
    base: Url,
    current: Url,
    others: VecDeque<Url>,
    hops: u8,
    regions_asked: bool,
}

#[derive(Deserialize)]
struct Regions {
    #[serde(default)]
    regions: Vec<Region>,
}

#[derive(Deserialize)]
struct Region {
    #[serde(default)]
    url: String,
}

impl Route {
    pub(super) fn new(base: Url) -> Self {
        Self { current: base.clone(), base, others: VecDeque::new(), hops: 0, regions_asked: false }
    }

    /// The url of `/rtc` for a new connection, or for a resumption of the participant `sid`.
    pub(super) fn signal_url(&self, client: &ClientInfo, resume: Option<(&str, ReconnectReason)>) -> Url {
        let mut url = self.current.clone();
        let path = format!("{}/rtc", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url.set_fragment(None);
        {
            let mut query = url.query_pairs_mut();
            query
                .clear()
                .append_pair("auto_subscribe", "1")
                .append_pair("adaptive_stream", "1")
                .append_pair("protocol", PROTOCOL)
                .append_pair("client_protocol", "0")
                .append_pair("version", &client.version)
                .append_pair("os", &client.os);
            if let Some((sid, reason)) = resume {
                query
                    .append_pair("reconnect", "1")
                    .append_pair("sid", sid)
                    .append_pair("reconnect_reason", &(reason as i32).to_string());
            }
        }
        url
    }

    /// Follows `alternative_url` of a join. False where it leads nowhere, or round in circles.
    pub(super) fn follow(&mut self, text: &str) -> bool {
        let Some(url) = self.acceptable(text) else { return false };
        self.hops = self.hops.saturating_add(1);
        self.current = url;
        self.hops <= MOST_HOPS
    }

    /// Hosts that a `LeaveRequest` named for the next attempts.
    pub(super) fn prefer<'a>(&mut self, urls: impl IntoIterator<Item = &'a str>) {
        self.others = urls.into_iter().filter_map(|text| self.acceptable(text)).take(MOST_ALTERNATIVES).collect();
        if let Some(first) = self.others.pop_front() {
            self.current = first;
        }
    }

    /// Takes the next known host after a failure. False where there is none: back to the link's own.
    pub(super) fn next(&mut self) -> bool {
        match self.others.pop_front() {
            Some(url) => {
                self.current = url;
                true
            }
            None => {
                self.current = self.base.clone();
                false
            }
        }
    }

    /// Where to ask for other regions, once, after `cause`; `None` on servers that have none.
    pub(super) fn regions_url(&mut self, cause: &SocketCause) -> Option<Url> {
        let worth_it = match cause {
            SocketCause::Status { status, .. } => *status >= 500,
            SocketCause::Certificate(_)
            | SocketCause::Encryption
            | SocketCause::Proxy(_)
            | SocketCause::Forbidden
            | SocketCause::Nonsense => false,
            _ => true,
        };
        if self.regions_asked || !worth_it || !is_cloud(&self.base) {
            return None;
        }
        self.regions_asked = true;
        let mut url = self.base.clone();
        url.set_scheme(if self.base.scheme() == "wss" { "https" } else { "http" }).ok()?;
        url.set_path("/settings/regions");
        Some(url)
    }

    /// Reads the answer to that; true where it named a host to try, which is now the current one.
    pub(super) fn take_regions(&mut self, body: &[u8]) -> bool {
        let Ok(list) = serde_json::from_slice::<Regions>(body) else { return false };
        self.others = list
            .regions
            .iter()
            .filter_map(|region| self.acceptable(&region.url))
            .filter(|url| is_cloud(url) && url.host() != self.current.host())
            .take(MOST_ALTERNATIVES)
            .collect();
        self.next()
    }

    /// A url that the server gave: no weaker than the link's own, no credentials in it.
    fn acceptable(&self, text: &str) -> Option<Url> {
        if text.is_empty() || text.len() > LONGEST_URL {
            return None;
        }
        let text = match text.split_once("://")? {
            (scheme, rest) if scheme.eq_ignore_ascii_case("https") => format!("wss://{rest}"),
            (scheme, rest) if scheme.eq_ignore_ascii_case("http") => format!("ws://{rest}"),
            _ => text.to_owned(),
        };
        let mut url = Url::parse(&text).ok()?;
        let safe = match url.scheme() {
            "wss" => true,
            "ws" => self.base.scheme() == "ws" && is_loopback(&url),
            _ => false,
        };
        if !safe || !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        url.set_query(None);
        url.set_fragment(None);
        let path = url.path().trim_end_matches('/');
        let path = path.strip_suffix("/rtc").unwrap_or(path).to_owned();
        url.set_path(&path);
        Some(url)
    }
}

/// Where a socket would be opened at this server, without a word of who comes; `None` where the url is of no such server.
pub fn socket_url(base: &Url) -> Option<Url> {
    let scheme = match base.scheme() {
        "wss" | "https" => "wss",
        "ws" | "http" => "ws",
        _ => return None,
    };
    let rest = base.as_str().split_once("://")?.1;
    let mut url = Url::parse(&format!("{scheme}://{rest}")).ok()?;
    url.host()?;
    let path = url.path().trim_end_matches('/');
    let path = format!("{}/rtc", path.strip_suffix("/rtc").unwrap_or(path));
    url.set_path(&path);
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}

/// True where the url stays on this machine (RFC 6761 §6.3 for `localhost`).
pub(super) fn is_loopback(url: &Url) -> bool {
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

fn is_cloud(url: &Url) -> bool {
    url.host_str().is_some_and(|host| CLOUD.iter().any(|suffix| host.ends_with(suffix)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(base: &str) -> Route {
        Route::new(Url::parse(base).expect("url"))
    }

    fn client() -> ClientInfo {
        ClientInfo { version: "0.1".into(), os: "linux".into() }
    }

    #[test]
    fn a_socket_is_knocked_at_where_it_would_be_opened() {
        let of = |text: &str| socket_url(&Url::parse(text).expect("a url")).map(String::from);
        assert_eq!(of("https://sfu.example/?token=x#y").as_deref(), Some("wss://sfu.example/rtc"));
        assert_eq!(of("ws://localhost:7880/a/rtc").as_deref(), Some("ws://localhost:7880/a/rtc"));
        assert_eq!(of("file:///etc"), None);
    }

    #[test]
    fn the_url_says_who_we_are_and_holds_no_token() {
        let url = route("wss://meet.example:444/base/").signal_url(&client(), None);
        assert_eq!(
            url.as_str(),
            "wss://meet.example:444/base/rtc?auto_subscribe=1&adaptive_stream=1&protocol=16&client_protocol=0&version=0.1&os=linux"
        );
        let url =
            route("wss://meet.example").signal_url(&client(), Some(("PA_1", ReconnectReason::RrSubscriberFailed)));
        assert!(url.as_str().ends_with("&reconnect=1&sid=PA_1&reconnect_reason=3"), "{url}");
    }

    #[test]
    fn a_server_cannot_send_us_to_a_weaker_place() {
        let mut secure = route("wss://meet.example");
        assert!(!secure.follow("ws://meet.example"));
        assert!(!secure.follow("http://127.0.0.1"));
        assert!(!secure.follow("wss://user:word@elsewhere.example"));
        assert!(!secure.follow("file:///etc"));
        assert!(!secure.follow(""));
        assert!(secure.follow("https://other.example/rtc?access_token=x"));
        assert!(secure.signal_url(&client(), None).as_str().starts_with("wss://other.example/rtc?auto"));
    }

    #[test]
    fn redirections_end() {
        let mut route = route("wss://a.example");
        assert!((0..3).all(|_| route.follow("wss://b.example")));
        assert!(!route.follow("wss://c.example"));
    }

    #[test]
    fn regions_are_asked_once_and_only_of_the_cloud() {
        assert_eq!(route("wss://meet.example").regions_url(&SocketCause::Refused), None);
        let mut cloud = route("wss://project.livekit.cloud");
        assert_eq!(cloud.regions_url(&SocketCause::Certificate(crate::CertificateFault::Expired)), None);
        let url = cloud.regions_url(&SocketCause::Refused).expect("url");
        assert_eq!(url.as_str(), "https://project.livekit.cloud/settings/regions");
        assert_eq!(cloud.regions_url(&SocketCause::Refused), None);

        assert!(!cloud.take_regions(b"nonsense"));
        let body = br#"{"regions":[{"region":"x","url":"wss://evil.example","distance":"1"},
            {"region":"fr","url":"https://project.fr.livekit.cloud","distance":"100"}]}"#;
        assert!(cloud.take_regions(body));
        assert!(cloud.signal_url(&client(), None).as_str().starts_with("wss://project.fr.livekit.cloud/rtc?"));
        assert!(!cloud.next());
        assert!(cloud.signal_url(&client(), None).as_str().starts_with("wss://project.livekit.cloud/rtc?"));
    }
}
