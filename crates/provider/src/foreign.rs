//! Links to meetings of others, which a browser opens: recognised by their host and path, and never contacted.

use crate::host;
use url::Url;
use visavis_model::Service;

/// Longest link to another service, in bytes; those of Teams reach 600.
const LONGEST: usize = 4096;

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
    /// else are none.
    pub fn recognise(word: &str) -> Option<Self> {
        if word.len() > LONGEST || word.chars().any(char::is_control) {
            return None;
        }
        let word = of_program(word).unwrap_or_else(|| word.to_owned());
        let url = host::parse(&word).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
        if !url.username().is_empty() || url.password().is_some() || url.port().is_some() {
            return None;
        }
        let host = url.host_str()?.trim_end_matches('.').to_owned();
        let service =
            by_host(&host, url.path()).or_else(|| is_big_blue_button(url.path()).then_some(Service::BigBlueButton))?;
        let mut url = url;
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

/// `msteams:/l/meetup-join/…` as the page that it stands for; `zoommtg://host/join?confno=…` likewise.
fn of_program(word: &str) -> Option<String> {
    let (scheme, rest) = word.split_once(':')?;
    match scheme.to_ascii_lowercase().as_str() {
        "msteams" => Some(format!("https://teams.microsoft.com/{}", rest.trim_start_matches('/'))),
        "zoommtg" | "zoomus" => {
            let url = Url::parse(&format!("https:{rest}")).ok()?;
            let number = url.query_pairs().find(|(key, _)| key == "confno")?.1.into_owned();
            let digits = (9..=12).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| format!("https://{}/j/{number}", url.host_str().unwrap_or_default()))
        }
        _ => None,
    }
}

fn by_host(host: &str, path: &str) -> Option<Service> {
    let below = |parent: &str| host == parent || host.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.'));
    let starts = |starts: &[&str]| starts.iter().any(|start| path.starts_with(start));
    if below("zoom.us") || below("zoomgov.com") {
        return starts(&["/j/", "/s/", "/my/", "/w/", "/wc/", "/join"]).then_some(Service::Zoom);
    }
    let teams = ["teams.microsoft.com", "teams.live.com", "teams.cloud.microsoft", "teams.microsoft.us"];
    if teams.iter().any(|parent| below(parent)) {
        return starts(&["/l/meetup-join/", "/meet/", "/l/meeting/", "/v2/"]).then_some(Service::Teams);
    }
    if below("webex.com") {
        return (starts(&["/meet/", "/join/", "/m/", "/wbxmjs/", "/webappng/", "/webapp/"])
            || path.ends_with("/j.php"))
        .then_some(Service::Webex);
    }
    if host == "meet.goto.com" || below("gotomeet.me") || below("gotomeeting.com") || host == "app.goto.com" {
        return (path.len() > 1).then_some(Service::GoTo);
    }
    if host == "meet.google.com" {
        return (path.len() > 1).then_some(Service::GoogleMeet);
    }
    None
}

/// BigBlueButton runs on hosts of any name: its own API, and the rooms of its front end Greenlight (2 and 3).
fn is_big_blue_button(path: &str) -> bool {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let group = |text: &str, sizes: &[usize]| {
        let groups: Vec<&str> = text.split('-').collect();
        groups.len() == sizes.len()
            && groups
                .iter()
                .zip(sizes)
                .all(|(group, size)| group.len() == *size && group.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    let room = |text: &str| group(text, &[3, 3, 3]) || group(text, &[3, 3, 3, 3]);
    match parts.as_slice() {
        ["bigbluebutton", "api", "join", ..] | ["html5client", "join", ..] => true,
        // With a person's own part before it: `/b/ali-abc-def-ghi`.
        ["b" | "gl", name] => {
            room(name) || name.split_once('-').is_some_and(|(own, rest)| own.len() == 3 && room(rest))
        }
        ["rooms", name] | ["rooms", name, "join"] => room(name),
        _ => false,
    }
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
        let zoom = Foreign::recognise("zoommtg://zoom.us/join?confno=81234567890&pwd=secret").expect("a meeting");
        assert_eq!(zoom.url.as_str(), "https://zoom.us/j/81234567890");
        assert_eq!(Foreign::recognise("http://zoom.us/j/1").expect("a meeting").url.scheme(), "https");
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
