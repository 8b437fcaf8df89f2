//! Rooms of the organisation that nobody can open, or whose picture is none.

use super::between::{allowed, servers};
use super::{Files, Verdict, of_file, room_picture};
use crate::policy::{Fault, ForeignMeetings, ManagedRoom, Policy};
use std::sync::Arc;
use visavis_model::LinkKind;
use visavis_provider::{
    AllowedHosts, Credentials, Destination, KnownHosts, LinkError, Provider, find_destination, livekit, visio,
};

/// `partly`: some of them were left out as they were read.
pub(super) fn look(policy: &Policy, partly: bool, files: &dyn Files) -> Verdict {
    let rooms = policy.managed_rooms.over(None).map(|rooms| rooms.0.as_slice()).unwrap_or_default();
    let known = servers(policy);
    let (mut faults, mut opening) = (Vec::new(), 0);
    for room in rooms {
        let entry = |cause| Fault::Entry { index: room.index, cause: Box::new(cause) };
        match opens(room, policy, &known) {
            Ok(()) => opening += 1,
            Err(cause) => {
                // A person who has a server of their own opens the code there.
                opening += usize::from(matches!(cause, Fault::Needs { .. } | Fault::NoShortcut));
                faults.push(entry(cause));
            }
        }
        if let Some(icon) = &room.icon {
            let wrong = match room_picture(icon, files) {
                Ok(picture) => picture.closed,
                Err(cause) => Some(cause),
            };
            faults.extend(wrong.map(|cause| entry(of_file(icon, cause))));
        }
    }
    Verdict { faults, is_dead: opening == 0 && (partly || !rooms.is_empty()) }
}

/// Whether the link leads where the policy lets people go; as for whoever opens it, with no server of their own.
fn opens(room: &ManagedRoom, policy: &Policy, known: &KnownHosts) -> Result<(), Fault> {
    match find(&room.link, known) {
        Ok(Destination::Here(meeting)) => {
            let link = &meeting.found.link;
            let lies = link.kind == LinkKind::Visio && link.credentials == Credentials::Visitor;
            if room.desktop && !lies { Err(Fault::NoShortcut) } else { Ok(()) }
        }
        Ok(Destination::Elsewhere(_)) if policy.foreign_meetings.forced() == Some(&ForeignMeetings::Refuse) => {
            Err(Fault::NoRoom("ForeignMeetings refuses those of other services"))
        }
        Ok(Destination::Elsewhere(_)) if room.desktop => Err(Fault::NoShortcut),
        Ok(Destination::Elsewhere(_)) => Ok(()),
        Err(LinkError::NoServer) => Err(Fault::Needs { key: "ServerURL", otherwise: "a code alone leads nowhere" }),
        Err(LinkError::NotAllowed) => {
            let within = KnownHosts::default().within(allowed(policy), false);
            let listed = !matches!(find(&room.link, &within), Err(LinkError::NotAllowed));
            let plain =
                matches!(find(&room.link, &within.within(AllowedHosts::any(), true)), Err(LinkError::NotAllowed));
            Err(if listed && plain && policy.allow_plain_http_loopback.forced() == Some(&false) {
                Fault::NoRoom("AllowPlainHttpLoopback forbids links without encryption")
            } else if listed {
                Fault::NoRoom("LockServer allows the server of ServerURL alone")
            } else {
                Fault::NotAmongAllowed
            })
        }
        Err(cause) => Err(Fault::BadLink(cause)),
    }
}

fn find(text: &str, known: &KnownHosts) -> Result<Destination, LinkError> {
    let providers: [Arc<dyn Provider>; 2] = [Arc::new(livekit::Provider), Arc::new(visio::Provider)];
    find_destination(text, &providers, known)
}

#[cfg(test)]
mod tests {
    use super::super::pictures::tests::png;
    use super::super::tests::{Laid, good, ignored, in_force, told};
    use crate::policy::Standing;
    use serde_json::{Value as Json, json};

    const GOOD: &str = "https://visio.example/abc-defg-hij";

    fn rooms(links: &[&str], others: Json) -> (Standing, String) {
        let room = |link: &&str| json!({ "name": "A", "link": link });
        let mut rules = json!({ "ManagedRooms": links.iter().map(room).collect::<Vec<_>>() });
        rules.as_object_mut().expect("rules").extend(others.as_object().expect("rules").clone());
        told(rules, "ManagedRooms", &Laid::default())
    }

    #[test]
    fn a_room_that_opens_is_good() {
        assert_eq!(rooms(&[GOOD, "https://visio.example/salle"], json!({})), good());
        let all = json!({ "ServerURL": "visio.example", "LockServer": true, "AllowedServers": ["visio.example"] });
        assert_eq!(rooms(&[GOOD, "abc-defg-hij", "visavis://visio.example/abc-defg-hij"], all), good());
        let local = json!({ "ServerURL": "http://127.0.0.1:8071", "AllowedServers": ["127.0.0.1"] });
        assert_eq!(rooms(&["http://127.0.0.1:8071/abc-defg-hij"], local), good());
        assert_eq!(rooms(&[], json!({})), good(), "none is none");
    }

    #[test]
    fn a_room_that_never_opens_is_told_by_its_number() {
        let none = "its link opens no meeting: the text holds no link to a meeting";
        assert_eq!(rooms(&[GOOD, "nowhere at all"], json!({})), in_force(&format!("entry 2: {none}")));
        assert_eq!(
            rooms(&["ftp://visio.example/abc-defg-hij"], json!({})),
            ignored("entry 1: its link opens no meeting: the link is of a kind that opens no meeting")
        );
        assert_eq!(
            rooms(&["http://visio.example:8080/abc-defg-hij", GOOD], json!({})),
            in_force("entry 1: its link opens no meeting: an unencrypted link is only allowed to this machine")
        );
        let listed = json!({ "AllowedServers": ["visio.example"] });
        let foreign = "https://other.example/abc-defg-hij";
        assert_eq!(rooms(&[GOOD, foreign], listed.clone()), in_force("entry 2: its host is not among AllowedServers"));
        assert_eq!(rooms(&[foreign], listed), ignored("entry 1: its host is not among AllowedServers"));
        let locked = json!({ "ServerURL": "visio.example", "LockServer": true });
        assert_eq!(
            rooms(&[GOOD, foreign], locked),
            in_force("entry 2: opens no meeting: LockServer allows the server of ServerURL alone")
        );
        let plain = json!({ "AllowPlainHttpLoopback": false });
        assert_eq!(
            rooms(&["http://localhost:8071/abc-defg-hij"], plain),
            ignored("entry 1: opens no meeting: AllowPlainHttpLoopback forbids links without encryption")
        );
        let code = "entry 1: needs ServerURL: else a code alone leads nowhere";
        assert_eq!(rooms(&["abc-defg-hij"], json!({})), in_force(code));
    }

    #[test]
    fn the_number_is_that_of_the_file_where_others_are_left_out() {
        let list = json!([{ "name": "no link" }, { "name": "A", "link": GOOD }, { "name": "B", "link": "x y" }]);
        let none = "its link opens no meeting: the text holds no link to a meeting";
        let both = format!("entry 1: has no link; entry 3: {none}");
        assert_eq!(told(json!({ "ManagedRooms": list }), "ManagedRooms", &Laid::default()), in_force(&both));
        let none = told(json!({ "ManagedRooms": [{ "name": "no link" }] }), "ManagedRooms", &Laid::default());
        assert_eq!(none, ignored("entry 1: has no link"));
    }

    #[test]
    fn meetings_of_others_open_in_the_browser_without_a_shortcut() {
        let zoom = json!([{ "name": "Z", "link": "https://zoom.us/j/123456789", "desktop": false }]);
        let of = |rules: Json| told(rules, "ManagedRooms", &Laid::default());
        assert_eq!(of(json!({ "ManagedRooms": zoom })), good());
        assert_eq!(
            of(json!({ "ManagedRooms": zoom, "ForeignMeetings": "refuse" })),
            ignored("entry 1: opens no meeting: ForeignMeetings refuses those of other services")
        );
        let none =
            r#"entry 1: gets no shortcut, only rooms of a Visio server do: "desktop": false says that none is wanted"#;
        assert_eq!(rooms(&["https://zoom.us/j/123456789"], json!({})), in_force(none));
        assert_eq!(rooms(&["livekit://visio.example/room?key=devkey&secret=abc"], json!({})), in_force(none));
    }

    #[test]
    #[cfg(unix)]
    fn a_picture_that_is_none_is_told() {
        let files = Laid::default().with("/a.png", png(1, 1)).with("/c.png", png(1, 1)).closed("/c.png");
        let of = |icon: &str| {
            let room = json!([{ "name": "A", "link": GOOD }, { "name": "B", "link": GOOD, "icon": icon }]);
            told(json!({ "ManagedRooms": room }), "ManagedRooms", &files)
        };
        assert_eq!(of("/a.png"), good());
        assert_eq!(of("/b.png"), in_force("entry 2: /b.png is not there"));
        assert_eq!(of("/c.png"), in_force("entry 2: /c.png cannot be read by people: mode 0600 of /c.png"));
    }
}
