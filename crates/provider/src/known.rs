//! Which servers the user or the policy has named.

use crate::{AllowedHosts, LinkError, MeetingLink, Standing, cookies, host};
use url::{Host, Url};

/// Servers that are kept.
const MOST: usize = 256;
/// Longest host with its port, in bytes (RFC 1035 §2.3.4, and a port).
const LONGEST: usize = 260;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Server {
    host: String,
    /// Its root.
    url: Url,
    /// Opened because the policy's list allows it; nobody named it.
    visited: bool,
}

/// The servers that the user added, or that the policy names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownHosts {
    servers: Vec<Server>,
    /// The policy allows no others.
    closed: bool,
    /// What the policy allows at all.
    allowed: AllowedHosts,
    /// Not even this machine is reached without encryption.
    encrypted_only: bool,
}

impl KnownHosts {
    /// What of `hosts` is a host; `closed`: the policy allows no others.
    pub fn new<'a>(hosts: impl IntoIterator<Item = &'a str>, closed: bool) -> Self {
        let mut known = Self::default();
        for host in hosts {
            // What is no host of a server is left out: it could not be contacted anyway.
            let _ = known.add(host);
        }
        known.closed = closed;
        known
    }

    /// What the policy allows at all: a host that a list of it names may be contacted without a question, and no other.
    /// `encrypted_only`: nor anything without encryption. Takes away what is known and not allowed.
    #[must_use]
    pub fn within(mut self, allowed: AllowedHosts, encrypted_only: bool) -> Self {
        self.servers
            .retain(|server| allowed.allows(&server.host) && !(encrypted_only && server.url.scheme() == "http"));
        Self { allowed, encrypted_only, ..self }
    }

    /// Whether a link may be followed; an error says why it may not.
    pub fn permits(&self, link: &MeetingLink) -> Result<(), LinkError> {
        if (self.closed && !self.contains(&link.host)) || !self.allowed.allows(&link.host) {
            return Err(LinkError::NotAllowed);
        }
        // Only a link to this machine comes here without encryption; it is the policy that forbids that one.
        if self.encrypted_only && !matches!(link.url.scheme(), "https" | "wss") {
            return Err(LinkError::NotAllowed);
        }
        Ok(())
    }

    /// Adds a server, written as `host`, `host:port` or as a link to it; gives its host as it is kept. It is reached
    /// encrypted, but for one on this machine that is written with `http://`. One that was only visited is named from now on.
    pub fn add(&mut self, text: &str) -> Result<String, LinkError> {
        self.take(plain(text)?)
    }

    /// Adds a server that is opened without being named, because the policy allows it: behind all that are named, so that it takes
    /// nobody's place.
    pub fn visit(&mut self, text: &str) -> Result<String, LinkError> {
        self.take(Server { visited: true, ..plain(text)? })
    }

    fn take(&mut self, server: Server) -> Result<String, LinkError> {
        let host = server.host.clone();
        let known = self.servers.iter().find(|known| known.host.eq_ignore_ascii_case(&host));
        if known.is_some_and(|known| server.visited || !known.visited) {
            return Ok(host);
        }
        if self.closed || !self.allowed.allows(&host) {
            return Err(LinkError::NotAllowed);
        }
        if self.encrypted_only && server.url.scheme() == "http" {
            return Err(LinkError::NotAllowed);
        }
        self.remove(&host);
        if self.servers.len() >= MOST {
            return Err(LinkError::TooLong);
        }
        let end = self.servers.len();
        let first_visited = self.servers.iter().position(|known| known.visited).unwrap_or(end);
        self.servers.insert(if server.visited { end } else { first_visited }, server);
        Ok(host)
    }

    /// Takes a server away, written as [`KnownHosts::hosts`] gives it.
    pub fn remove(&mut self, host: &str) {
        self.servers.retain(|known| known.host != host);
    }

    /// True where `host` (`host` or `host:port`, as [`MeetingLink::host`]) was named, or visited.
    pub fn contains(&self, host: &str) -> bool {
        self.servers.iter().any(|known| known.host.eq_ignore_ascii_case(host))
    }

    /// True where `host` was opened because the policy allows it, and named by nobody.
    pub fn is_visited(&self, host: &str) -> bool {
        self.servers.iter().any(|known| known.visited && known.host.eq_ignore_ascii_case(host))
    }

    /// In the order in which they were named, then those that were only visited; the first one opens bare codes.
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        self.servers.iter().map(|server| server.host.as_str())
    }

    /// The root of a server, written as [`KnownHosts::hosts`] gives it.
    pub fn url(&self, host: &str) -> Option<&Url> {
        self.servers.iter().find(|server| server.host.eq_ignore_ascii_case(host)).map(|server| &server.url)
    }

    /// The root of the first server.
    pub fn first(&self) -> Option<&Url> {
        self.servers.first().map(|server| &server.url)
    }

    /// True where the policy allows no others.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// How well `host` is known; an error where the policy forbids it, or where it imitates a known one.
    pub fn standing(&self, host: &str) -> Result<Standing, LinkError> {
        if self.contains(host) {
            return Ok(Standing::Known);
        }
        if !self.closed && !self.allowed.is_any() && self.allowed.allows(host) {
            return Ok(Standing::Allowed);
        }
        if deceives(host) || self.hosts().any(|known| imitates(host, known)) {
            return Err(LinkError::LookAlike);
        }
        if self.closed || !self.allowed.is_any() {
            return Err(LinkError::NotAllowed);
        }
        Ok(Standing::Unknown)
    }
}

fn plain(text: &str) -> Result<Server, LinkError> {
    let text = text.trim();
    if text.len() > LONGEST + 32 {
        return Err(LinkError::TooLong);
    }
    if text.chars().any(char::is_control) {
        return Err(LinkError::ControlCharacters);
    }
    let url = if text.contains("://") { host::read(text)? } else { host::read(&format!("https://{text}"))? };
    if !matches!(url.scheme(), "http" | "https") {
        return Err(LinkError::OtherScheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(LinkError::UserInHost);
    }
    host::check(&url)?;
    let url = encrypted(url)?;
    let host = cookies::host_of(&url).filter(|host| host.len() <= LONGEST).ok_or(LinkError::NoHost)?;
    Ok(Server { host, url, visited: false })
}

/// The root of an `http` or `https` url, encrypted unless it is on this machine. A plain one with a port of its own
/// cannot be taken for an encrypted one.
pub(crate) fn encrypted(mut url: Url) -> Result<Url, LinkError> {
    let plain = url.scheme() == "http" && !cookies::is_loopback(&url);
    if plain && (url.port().is_some() || url.set_scheme("https").is_err()) {
        return Err(LinkError::NotEncrypted);
    }
    url.set_path("/");
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// A name in other letters than ours: contacted only where somebody has added just that one.
fn deceives(host: &str) -> bool {
    host.split('.').any(|label| label.to_ascii_lowercase().starts_with("xn--"))
}

/// A host that is read as another one: its letters look the same, or it begins with the other's name.
fn imitates(host: &str, known: &str) -> bool {
    if Host::parse(without_port(known)).is_ok_and(|known| !matches!(known, Host::Domain(_))) || !known.contains('.') {
        return false;
    }
    let (host, known) = (skeleton(without_port(host)), skeleton(without_port(known)));
    if host == known {
        // Another port of the same machine, or other letters for the same name.
        return true;
    }
    host.strip_suffix(known.as_str()).is_none() && format!(".{host}.").contains(&format!(".{known}."))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|c| c.is_ascii_digit()) => name,
        _ => host,
    }
}

/// What is left when letters that look alike are one (after Unicode technical standard 39, of ASCII).
fn skeleton(host: &str) -> String {
    let text = host.to_ascii_lowercase().replace("rn", "m").replace("vv", "w");
    text.chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | 'i' => 'l',
            '5' => 's',
            '-' | '_' => '.',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find_meeting;
    use std::sync::Arc;

    const VISIO: &str = "visio.numerique.gouv.fr";

    #[test]
    fn a_server_is_kept_as_it_is_contacted() {
        let mut known = KnownHosts::default();
        assert_eq!(known.add(" Visio.Numerique.gouv.fr "), Ok(VISIO.into()));
        assert_eq!(known.add("https://visio.numerique.gouv.fr/abc?x#y"), Ok(VISIO.into()));
        assert_eq!(known.add("http://meet.example/"), Ok("meet.example".into()));
        assert_eq!(known.add("http://localhost:8071"), Ok("localhost:8071".into()));
        assert_eq!(known.hosts().collect::<Vec<_>>(), [VISIO, "meet.example", "localhost:8071"]);
        assert_eq!(known.first().map(Url::as_str), Some("https://visio.numerique.gouv.fr/"));
        assert_eq!(known.servers[1].url.as_str(), "https://meet.example/");
        assert_eq!(known.servers[2].url.as_str(), "http://localhost:8071/");
        assert_eq!(known.url("LocalHost:8071").map(Url::as_str), Some("http://localhost:8071/"));
        let written: Vec<_> = known.hosts().filter_map(|host| known.url(host)).map(Url::as_str).collect();
        assert_eq!(KnownHosts::new(written, false), known);
        let mut fewer = known.clone();
        fewer.remove("meet.example");
        assert_eq!(fewer.servers, [known.servers[0].clone(), known.servers[2].clone()]);
        for (text, error) in [
            ("", LinkError::NoHost),
            ("a b", LinkError::BadHost),
            ("*.example.org", LinkError::BadHost),
            ("visio.example.org:0", LinkError::BadPort),
            ("ftp://h", LinkError::OtherScheme),
            ("file:///srv/x", LinkError::OtherScheme),
            ("livekit://*.h", LinkError::OtherScheme),
            ("https://a@h", LinkError::UserInHost),
            ("https://a@b..c", LinkError::UserInHost),
            ("https://b..c", LinkError::BadHost),
            ("https://", LinkError::NoHost),
            ("a\u{7}b", LinkError::ControlCharacters),
            ("http://meet.example:8080", LinkError::NotEncrypted),
        ] {
            assert_eq!(known.add(text), Err(error), "{text:?}");
        }
        assert_eq!(known.add(&"x".repeat(1000)), Err(LinkError::TooLong));
    }

    #[test]
    fn a_policy_may_allow_no_others() {
        let mut known = KnownHosts::new([VISIO, "not a host"], true);
        assert!(known.is_closed());
        assert_eq!(known.standing(VISIO), Ok(Standing::Known));
        assert_eq!(known.standing("meet.example"), Err(LinkError::NotAllowed));
        assert_eq!(known.add("meet.example"), Err(LinkError::NotAllowed));
        assert_eq!(known.add(VISIO), Ok(VISIO.into()));
    }

    #[test]
    fn a_policy_may_allow_some_without_naming_them_one_by_one() {
        let (allowed, _) = AllowedHosts::only(["*.agglo.example", VISIO]);
        let mut known = KnownHosts::new(["other.example", "visio.agglo.example"], false).within(allowed.clone(), false);
        assert_eq!(known.hosts().collect::<Vec<_>>(), ["visio.agglo.example"]);
        assert_eq!(known.standing("visio.agglo.example"), Ok(Standing::Known));
        assert_eq!(known.standing("new.agglo.example"), Ok(Standing::Allowed));
        assert_eq!(known.standing(VISIO), Ok(Standing::Allowed));
        for host in ["other.example", "agglo.example", "agglo.example.evil.test"] {
            assert_eq!(known.standing(host), Err(LinkError::NotAllowed), "{host}");
            assert_eq!(known.add(host), Err(LinkError::NotAllowed), "{host}");
        }
        assert_eq!(known.standing("visi0.numerique.gouv.fr"), Err(LinkError::NotAllowed));
        assert_eq!(known.add("new.agglo.example"), Ok("new.agglo.example".into()));
        let closed = KnownHosts::new(["visio.agglo.example"], true).within(allowed, false);
        assert_eq!(closed.standing("new.agglo.example"), Err(LinkError::NotAllowed));
    }

    #[test]
    fn a_server_that_is_only_visited_stands_behind_those_that_are_named() {
        let mut known = KnownHosts::new(["a.example"], false);
        for host in ["b.example", "c.example", "a.example"] {
            assert_eq!(known.visit(&format!("https://{host}/abc-defg-hij")), Ok(host.into()));
        }
        assert!(known.is_visited("b.example") && known.contains("B.example") && !known.is_visited("a.example"));
        assert_eq!(known.add("d.example"), Ok("d.example".into()));
        assert_eq!(known.hosts().collect::<Vec<_>>(), ["a.example", "d.example", "b.example", "c.example"]);
        // Named in the end.
        assert_eq!(known.add("c.example"), Ok("c.example".into()));
        assert_eq!(known.hosts().collect::<Vec<_>>(), ["a.example", "d.example", "c.example", "b.example"]);
        assert!(!known.is_visited("c.example"));
        let mut closed = KnownHosts::new(["a.example"], true);
        assert_eq!(closed.visit("b.example"), Err(LinkError::NotAllowed));
    }

    #[test]
    fn a_policy_holds_for_every_kind_of_link() {
        let providers: Vec<Arc<dyn crate::Provider>> =
            vec![Arc::new(crate::livekit::Provider), Arc::new(crate::visio::Provider)];
        let (allowed, _) = AllowedHosts::only([VISIO, "127.0.0.1"]);
        let open = KnownHosts::new([VISIO], false).within(allowed.clone(), false);
        let find = |text: &str, known: &KnownHosts| {
            find_meeting(text, &providers, known).map(|meeting| meeting.found.link.host)
        };
        let demo = "livekit://other.example/room?key=a&secret=b";
        assert_eq!(find(demo, &open), Err(LinkError::NotAllowed));
        assert_eq!(find("https://other.example/abc-defg-hij", &open), Err(LinkError::NotAllowed));
        assert!(find(demo, &KnownHosts::default()).is_ok());
        let local = "livekit://127.0.0.1:7880/room?key=a&secret=b";
        assert_eq!(find(local, &open), Ok("127.0.0.1:7880".into()));
        assert_eq!(find(local, &open.clone().within(allowed, true)), Err(LinkError::NotAllowed));
        let encrypted = KnownHosts::default().within(AllowedHosts::any(), true);
        for text in ["http://[::1]:7880/abc-defg-hij", "http://localhost/abc-defg-hij"] {
            assert_eq!(find(text, &encrypted), Err(LinkError::NotAllowed), "{text}");
        }
        assert_eq!(encrypted.clone().add("http://localhost:8071"), Err(LinkError::NotAllowed));
        assert!(LinkError::NotAllowed.to_string().starts_with("the policy does not allow"));
        // That is wrong anywhere, whatever the policy says.
        assert_eq!(find("http://meet.example:8080/abc-defg-hij", &encrypted), Err(LinkError::NotEncrypted));
        assert_eq!(find(local, &KnownHosts::new([VISIO], true)), Err(LinkError::NotAllowed));
        // One that is allowed is found beside one that is not.
        assert_eq!(find(&format!("{demo} https://{VISIO}/abc-defg-hij"), &open), Ok(VISIO.into()));
    }

    #[test]
    fn a_host_that_imitates_a_known_one_is_told() {
        let known = KnownHosts::new([VISIO, "127.0.0.1:7880", "[::1]:99"], false);
        for host in [
            "visio.numerique.gouv.fr.evil.example",
            "visi0.numerique.gouv.fr",
            "visio.nurnerique.gouv.fr",
            "v1sio.numerique.gouv.fr",
            "visio-numerique-gouv-fr.example",
            "visio-numerique.gouv.fr",
            "visio.numerique.gouv.fr:8443",
            "xn--visi-7qa.example",
        ] {
            assert_eq!(known.standing(host), Err(LinkError::LookAlike), "{host}");
        }
        // Others, and what the same people run below their own name.
        for host in ["meet.example", "test.visio.numerique.gouv.fr", "numerique.gouv.fr", "127.0.0.1:80", "fr"] {
            assert_eq!(known.standing(host), Ok(Standing::Unknown), "{host}");
        }
        let nobody = KnownHosts::default().standing("xn--mnchen-3ya.example");
        assert_eq!(nobody, Err(LinkError::LookAlike));
        assert!(LinkError::LookAlike.to_string().contains("named first, by --server or the policy"));
        let known = KnownHosts::new(["visió.example"], false);
        assert_eq!(known.standing("xn--visi-tqa.example"), Ok(Standing::Known), "added by somebody as it is");
    }

    #[test]
    fn servers_are_bounded() {
        let hosts: Vec<_> = (0..1000).map(|index| format!("h{index}.example")).collect();
        assert_eq!(KnownHosts::new(hosts.iter().map(String::as_str), false).hosts().count(), MOST);
    }
}
