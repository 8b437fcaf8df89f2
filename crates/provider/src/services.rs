//! Meetings of other services: whose a host is, and which of its pages are meetings.

use crate::KnownHosts;
use crate::cookies::host_of;
use url::Url;
use visavis_model::Service;

/// Under which names each service is reached, and everything below them. BigBlueButton runs on hosts of any name. At `tel.meet` Google
/// tells the telephone numbers of a meeting, behind the code of that meeting.
const HOSTS: [(Service, &[&str]); 5] = [
    (Service::Zoom, &["zoom.us", "zoomgov.com"]),
    (Service::Teams, &["teams.microsoft.com", "teams.live.com", "teams.cloud.microsoft", "teams.microsoft.us"]),
    (Service::Webex, &["webex.com"]),
    (Service::GoTo, &["goto.com", "gotomeet.me", "gotomeeting.com", "gotowebinar.com"]),
    (Service::GoogleMeet, &["meet.google.com", "tel.meet"]),
];

/// Whose `host` is, of the services that are known.
pub(crate) fn of_host(host: &str) -> Option<Service> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let (service, _) = HOSTS.iter().find(|(_, names)| names.iter().any(|name| is_below(&host, name)))?;
    Some(*service)
}

/// True for a url at a host of another service, which has no room of ours unless somebody named it as a server.
pub(crate) fn is_foreign(url: &Url, known: &KnownHosts) -> bool {
    let is_other = url.host_str().is_some_and(|host| of_host(host).is_some());
    is_other && host_of(url).is_none_or(|host| !known.contains(&host))
}

/// True for a word that leads to a host of Google Meet, whose codes look as ours, with its scheme or without, whatever page it is. Pages of
/// the others (their help, their shop) say nothing of a code beside them.
pub(crate) fn leads_to_google_meet(word: &str, known: &KnownHosts) -> bool {
    let written = if word.contains("://") { Url::parse(word).ok() } else { without_scheme(word) };
    written.is_some_and(|url| is_foreign(&url, known) && url.host_str().and_then(of_host) == Some(Service::GoogleMeet))
}

/// `host/path` as people write it, at a host of another service.
pub(crate) fn without_scheme(word: &str) -> Option<Url> {
    let (host, _) = word.split_once('/')?;
    of_host(host)?;
    // With the scheme it is the same host: nothing in it ends one, or stands before one.
    let is_host = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    is_host.then(|| Url::parse(&format!("https://{word}")).ok())?
}

/// Whose meeting a page is. `None`: it is no meeting's.
pub(crate) fn of_meeting(url: &Url) -> Option<Service> {
    let host = url.host_str()?.trim_end_matches('.');
    let path = url.path();
    let Some(service) = of_host(host) else { return is_big_blue_button(path).then_some(Service::BigBlueButton) };
    let starts = |starts: &[&str]| starts.iter().any(|start| path.starts_with(start));
    let asks = |name: &str| url.query_pairs().any(|(key, value)| key == name && !value.is_empty());
    let is_meeting = match service {
        Service::Zoom => {
            starts(&["/j/", "/s/", "/my/", "/w/", "/wc/", "/join", "/meeting/register/", "/webinar/register/"])
                || (host == "events.zoom.us" && starts(&["/ev/"]))
        }
        Service::Teams => {
            starts(&["/l/meetup-join/", "/meet/", "/l/meeting/", "/l/webinar/", "/v2/"])
                || (host == "events.teams.microsoft.com" && starts(&["/event/"]))
                || is_within_teams(url)
        }
        Service::Webex => {
            starts(&["/meet/", "/join/", "/m/", "/wbxmjs/", "/webappng/", "/webapp/", "/weblink/register/"])
                || path.ends_with("/j.php")
                || (path.ends_with("/g.php") && asks("MTID"))
        }
        // What else there is at these hosts are the shop and the help.
        Service::GoTo if is_below(host, "goto.com") && !matches!(host, "meet.goto.com" | "app.goto.com") => false,
        Service::GoTo => path.len() > 1 || asks("meetingId"),
        Service::GoogleMeet => host == "meet.google.com" && path.len() > 1,
        Service::BigBlueButton => false,
    };
    is_meeting.then_some(service)
}

fn is_below(host: &str, parent: &str) -> bool {
    host == parent || host.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.'))
}

/// The page of Teams that holds the meeting in its fragment (`/_#/l/meetup-join/…`), and the one that starts the program with it.
fn is_within_teams(url: &Url) -> bool {
    let is_meeting = |place: &str| ["/l/meetup-join/", "/meet/"].iter().any(|start| place.starts_with(start));
    match url.path() {
        "/_" => url.fragment().is_some_and(is_meeting),
        "/dl/launcher/launcher.html" => url
            .query_pairs()
            .any(|(key, place)| key == "url" && is_meeting(place.strip_prefix("/_#").unwrap_or(&place))),
        _ => false,
    }
}

/// BigBlueButton runs on hosts of any name: its own API, the rooms of its front end Greenlight (2 and 3), and what Moodle, Nextcloud and
/// the French State's B3Desk give people.
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
        [.., "mod", "bigbluebuttonbn", "view.php" | "bbb_view.php" | "guest.php"] => true,
        [.., "apps", "bbb", "b", token] => token.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        ["meeting", "signin", .., "hash", _] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meeting(link: &str) -> Option<Service> {
        of_meeting(&Url::parse(link).expect("a url"))
    }

    #[test]
    fn the_host_says_whose_it_is() {
        for (host, service) in [
            ("zoom.us", Some(Service::Zoom)),
            ("us02web.zoom.us", Some(Service::Zoom)),
            ("ZOOM.us.", Some(Service::Zoom)),
            ("tel.meet", Some(Service::GoogleMeet)),
            ("stream.meet.google.com", Some(Service::GoogleMeet)),
            ("events.teams.microsoft.com", Some(Service::Teams)),
            ("attendee.gotowebinar.com", Some(Service::GoTo)),
            ("notzoom.us", None),
            ("zoom.us.evil.example", None),
            ("google.com", None),
            ("meet", None),
            ("", None),
        ] {
            assert_eq!(of_host(host), service, "{host}");
        }
        let named = KnownHosts::new(["zoom.us"], false);
        let foreign = |link: &str, known: &KnownHosts| is_foreign(&Url::parse(link).expect("a url"), known);
        assert!(foreign("https://zoom.us/x", &KnownHosts::default()) && !foreign("https://zoom.us/x", &named));
        // Another port is another server.
        assert!(foreign("https://zoom.us:8443/x", &named) && foreign("https://us02web.zoom.us/x", &named));
    }

    #[test]
    fn a_word_without_scheme_leads_where_it_says() {
        let nobody = KnownHosts::default();
        for word in ["Meet.google.com/abc-defg-hij", "tel.meet/x", "https://tel.meet:1/x"] {
            assert!(leads_to_google_meet(word, &nobody), "{word}");
        }
        assert_eq!(without_scheme("Zoom.us/pricing").map(String::from).as_deref(), Some("https://zoom.us/pricing"));
        for word in
            ["meet.example/abc-defg-hij", "a@zoom.us/j/1", "zoom.us", "zoom.us:1/j/1", "zoom.us\\@a.example/j/1", "/"]
        {
            assert_eq!(without_scheme(word), None, "{word}");
        }
        for word in ["a@tel.meet/x", "tel.meet", "tel.meet:1/x", "https://support.zoom.us/hc/fr", "zoom.us/pricing"] {
            assert!(!leads_to_google_meet(word, &nobody), "{word}");
        }
        assert!(!leads_to_google_meet("https://tel.meet/x", &KnownHosts::new(["tel.meet"], false)));
    }

    #[test]
    fn the_pages_of_a_service_that_are_meetings() {
        for (link, service) in [
            ("https://teams.microsoft.com/_#/l/meetup-join/19:meeting_x@thread.v2/0?context=x", Service::Teams),
            (
                "https://teams.microsoft.com/dl/launcher/launcher.html?url=%2F_%23%2Fl%2Fmeetup-join%2F19%3Ameeting_x",
                Service::Teams,
            ),
            ("https://teams.microsoft.com/l/webinar/x", Service::Teams),
            ("https://events.teams.microsoft.com/event/0b5a@8c", Service::Teams),
            ("https://us02web.zoom.us/meeting/register/tZ0sdu-qrj", Service::Zoom),
            ("https://us02web.zoom.us/webinar/register/WN_abc", Service::Zoom),
            ("https://events.zoom.us/ev/AbCd1234", Service::Zoom),
            ("https://agglo.webex.com/weblink/register/r123", Service::Webex),
            ("https://agglo.webex.com/agglo/onstage/g.php?MTID=e123", Service::Webex),
            ("https://attendee.gotowebinar.com/register/123", Service::GoTo),
            ("https://app.gotomeeting.com/?meetingId=123", Service::GoTo),
            ("https://app.goto.com/meeting/123456789", Service::GoTo),
        ] {
            assert_eq!(meeting(link), Some(service), "{link}");
        }
        for link in [
            "https://tel.meet/abc-defg-hij?pin=1234567890123",
            "https://stream.meet.google.com/stream/x",
            "https://meet.google.com/",
            "https://teams.microsoft.com/_#/conversations",
            "https://teams.microsoft.com/_",
            "https://teams.microsoft.com/dl/launcher/launcher.html?url=https%3A%2F%2Fevil.example%2Fl%2Fmeetup-join%2Fx",
            "https://teams.microsoft.com/meetingOptions/?organizerId=x",
            "https://teams.microsoft.com/event/x",
            "https://us06web.zoom.us/postattendee?mn=x",
            "https://zoom.us/ev/x",
            "https://signin.webex.com/join",
            "https://meetings.webex.com/collabs/#/meetings/detail?uuid=x",
            "https://agglo.webex.com/agglo",
            "https://agglo.webex.com/agglo/g.php",
            "https://www.goto.com/fr/pricing",
            "https://app.gotomeeting.com/",
        ] {
            assert_eq!(meeting(link), None, "{link}");
        }
    }

    #[test]
    fn big_blue_button_is_known_by_its_paths() {
        for path in [
            "meeting/signin/invite/123/creator/456/hash/abc",
            "mod/bigbluebuttonbn/view.php?id=1234",
            "mod/bigbluebuttonbn/bbb_view.php?action=join&id=1&bn=2",
            "mod/bigbluebuttonbn/guest.php?uid=x",
            "moodle/mod/bigbluebuttonbn/view.php?id=1234",
            "apps/bbb/b/AbCdEfGh12345678",
            "index.php/apps/bbb/b/AbCdEfGh12345678",
            "b/cam-9xk-q2p-7zz",
        ] {
            let link = format!("https://a.example/{path}");
            assert_eq!(meeting(&link), Some(Service::BigBlueButton), "{link}");
        }
        for path in [
            "mod/bigbluebuttonbn/index.php?id=1",
            "mod/forum/view.php?id=1",
            "apps/bbb",
            "apps/bbb/b/",
            "apps/bbb/b/a.b",
            "apps/files/b/AbCdEfGh12345678",
            "meeting/signin",
            "meeting/hash/abc",
            "signin/invite/123/hash/abc",
            "abc-defg-hij",
        ] {
            let link = format!("https://a.example/{path}");
            assert_eq!(meeting(&link), None, "{link}");
        }
    }
}
