//! Links to meetings of others, which a browser opens: recognised by their host and path, and never contacted.

use crate::{host, services};
use url::Url;
use visavis_model::Service;

/// Longest link to another service, in bytes; those of Teams reach 600.
const LONGEST: usize = 4096;
/// Longest passcode that a link to Zoom brings along, in bytes; theirs are of 32.
const LONGEST_PASSCODE: usize = 64;

/// A meeting that is held elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    pub service: Service,
    /// For the browser.
    pub url: Url,
}

impl Foreign {
    /// Reads a word. `None`: no link to a meeting of a service that is known.
    ///
    /// Links that belong to the programs of others (`zoommtg:`, `msteams:`) are rewritten for the browser where that is safe to do, and
    /// else are none. `meet.google.com/abc-defg-hij` is read without a scheme, as that service itself writes it; so are the others, but for
    /// BigBlueButton, whose hosts have any name.
    pub fn recognise(word: &str) -> Option<Self> {
        if word.len() > LONGEST || word.chars().any(char::is_control) {
            return None;
        }
        let mut url = match services::without_scheme(word) {
            Some(url) => url,
            None => Url::parse(&of_program(word).unwrap_or_else(|| word.to_owned())).ok()?,
        };
        let is_web = matches!(url.scheme(), "https" | "http");
        if !is_web || !url.username().is_empty() || url.password().is_some() || url.port().is_some() {
            return None;
        }
        host::check(&url).ok()?;
        let service = services::of_meeting(&url)?;
        // Nobody is sent there in the clear.
        if url.scheme() == "http" && url.set_scheme("https").is_err() {
            return None;
        }
        Some(Self { service, url })
    }

    /// What is shown before anything is opened.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }
}

/// `msteams:/l/meetup-join/…`, with its host or without, as the page that it stands for; `zoommtg://host/join?confno=…` likewise.
fn of_program(word: &str) -> Option<String> {
    let (scheme, rest) = word.split_once(':')?;
    match scheme.to_ascii_lowercase().as_str() {
        "msteams" => {
            let rest = rest.trim_start_matches('/');
            let first = rest.split('/').next().unwrap_or_default();
            let has_host = services::of_host(first) == Some(Service::Teams);
            Some(if has_host { format!("https://{rest}") } else { format!("https://teams.microsoft.com/{rest}") })
        }
        "zoommtg" | "zoomus" => {
            let url = Url::parse(&format!("https:{rest}")).ok()?;
            let asked =
                |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
            let number = asked("confno")?;
            let digits = (9..=12).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
            // Without it Zoom asks for a code that the person may not have.
            let passcode = asked("pwd").filter(|code| is_passcode(code));
            let query = passcode.map(|code| format!("?pwd={code}")).unwrap_or_default();
            digits.then(|| format!("https://{}/j/{number}{query}", url.host_str().unwrap_or_default()))
        }
        _ => None,
    }
}

/// True for what stands for itself in a query.
fn is_passcode(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=LONGEST_PASSCODE).contains(&text.len()) && text.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(word: &str) -> Option<Service> {
        Foreign::recognise(word).map(|foreign| foreign.service)
    }

    #[test]
    fn the_links_that_people_get_are_recognised() {
        for (word, expected) in [
            ("https://us02web.zoom.us/j/81234567890?pwd=Q2x.1", Service::Zoom),
            ("https://zoom.us/my/camille.r", Service::Zoom),
            ("zoommtg://zoom.us/join?action=join&confno=81234567890&pwd=x", Service::Zoom),
            (
                "https://teams.microsoft.com/l/meetup-join/19%3ameeting_NjQ%40thread.v2/0?context=%7b%22Tid%22%3a%22x%22%7d",
                Service::Teams,
            ),
            ("https://teams.microsoft.com/meet/3456789012345?p=abc", Service::Teams),
            ("https://teams.live.com/meet/9312345678901", Service::Teams),
            ("msteams:/l/meetup-join/19%3ameeting_x/0", Service::Teams),
            ("https://agglo.webex.com/meet/camille", Service::Webex),
            ("https://agglo.webex.com/agglo/j.php?MTID=m123", Service::Webex),
            ("https://meet.goto.com/123456789", Service::GoTo),
            ("https://global.gotomeeting.com/join/123456789", Service::GoTo),
            ("https://meet.google.com/abc-defg-hij", Service::GoogleMeet),
            ("https://bbb.univ.example/b/ali-abc-def-ghi", Service::BigBlueButton),
            ("https://bbb.univ.example/rooms/abc-def-ghi-jkl/join", Service::BigBlueButton),
            ("https://bbb.univ.example/bigbluebutton/api/join?meetingID=x", Service::BigBlueButton),
        ] {
            assert_eq!(service(word), Some(expected), "{word}");
        }
        assert_eq!(Foreign::recognise("http://zoom.us/j/1").expect("a meeting").url.scheme(), "https");
    }

    #[test]
    fn the_links_of_programs_keep_their_passcode_and_their_host() {
        for (word, url) in [
            (
                "zoommtg://us02web.zoom.us/join?action=join&confno=89012345678&pwd=abc",
                "https://us02web.zoom.us/j/89012345678?pwd=abc",
            ),
            ("ZOOMUS://zoom.us/join?pwd=Q2x.1_-&confno=81234567890", "https://zoom.us/j/81234567890?pwd=Q2x.1_-"),
            ("zoommtg://zoom.us/join?confno=81234567890", "https://zoom.us/j/81234567890"),
            ("zoommtg://zoom.us/join?confno=81234567890&pwd=", "https://zoom.us/j/81234567890"),
            ("zoommtg://zoom.us/join?confno=81234567890&pwd=a%26b%3dc", "https://zoom.us/j/81234567890"),
            ("zoommtg://zoom.us/join?confno=81234567890&pwd=a%23/../x", "https://zoom.us/j/81234567890"),
            ("msteams://teams.microsoft.com/l/meetup-join/19:x", "https://teams.microsoft.com/l/meetup-join/19:x"),
            ("msteams:/l/meetup-join/19:x", "https://teams.microsoft.com/l/meetup-join/19:x"),
            ("msteams://l/meetup-join/19:x", "https://teams.microsoft.com/l/meetup-join/19:x"),
            ("MSTEAMS://Teams.live.com/meet/934?p=x", "https://teams.live.com/meet/934?p=x"),
        ] {
            assert_eq!(Foreign::recognise(word).expect(word).url.as_str(), url, "{word}");
        }
        let long = format!("zoommtg://zoom.us/join?confno=81234567890&pwd={}", "x".repeat(65));
        assert_eq!(Foreign::recognise(&long).expect("a meeting").url.query(), None);
        for word in ["msteams://evil.example/l/meetup-join/19:x", "msteams://@evil.example/l/meetup-join/x"] {
            assert_eq!(service(word), None, "{word}");
        }
    }

    #[test]
    fn a_link_to_a_known_host_needs_no_scheme() {
        for (word, url) in [
            ("meet.google.com/abc-defg-hij", "https://meet.google.com/abc-defg-hij"),
            ("us02web.zoom.us/j/89012345678", "https://us02web.zoom.us/j/89012345678"),
            ("Zoom.us/j/89012345678?pwd=x", "https://zoom.us/j/89012345678?pwd=x"),
            ("teams.live.com/meet/9344444444444?p=x", "https://teams.live.com/meet/9344444444444?p=x"),
        ] {
            assert_eq!(Foreign::recognise(word).expect(word).url.as_str(), url, "{word}");
        }
        for word in [
            "tel.meet/abc-defg-hij?pin=1",
            "zoom.us/pricing",
            "zoom.us",
            "a@zoom.us/j/89012345678",
            "zoom.us:8443/j/89012345678",
            "*.zoom.us/j/89012345678",
            "a..zoom.us/j/89012345678",
            "zoom.us.evil.example/j/89012345678",
            "evil.example/zoom.us/j/89012345678",
            // A host of any name.
            "bbb.univ.example/b/ali-abc-def-ghi",
        ] {
            assert_eq!(service(word), None, "{word}");
        }
    }

    #[test]
    fn what_only_looks_like_it_is_none() {
        for word in [
            "https://zoom.us.evil.example/j/1",
            "https://notzoom.us/j/1",
            "https://zoom.us/pricing",
            "https://user@zoom.us/j/1",
            "https://*.zoom.us/j/1",
            "https://a..zoom.us/j/1",
            "https://zoom.us:8443/j/1",
            "https://teams.microsoft.com/",
            "https://visio.agglo.example/abc-defg-hij",
            "https://a.example/b/long-word",
            "https://a.example/rooms",
            "zoommtg://zoom.us/join?confno=../../x",
            "javascript:alert(1)",
            "",
        ] {
            assert_eq!(service(word), None, "{word}");
        }
        assert_eq!(service(&format!("https://zoom.us/j/{}", "1".repeat(5000))), None);
    }
}
