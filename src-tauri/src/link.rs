//! `visavis link LINK`: what a link is, without contacting anybody.

use crate::cli::{link_of, providers};
use crate::print::print;
use crate::starts::from_here;
use clap::Args;
use serde::Serialize;
use std::process::ExitCode;
use visavis_engine::{Rules, calendar_file, host_of_file};
use visavis_model::{LinkKind, Service};
use visavis_provider::{Destination, KnownHosts, LinkError, Standing, find_destination};

/// Exit code where a link is refused; the reason is told.
const REFUSED: u8 = 2;

#[derive(Debug, Args)]
pub struct LinkArguments {
    /// A link, a code, a text with one in it, or an .ics file; - reads it from the standard input, where nobody else sees its token.
    link: String,
    /// A server that may be contacted, as host or host:port; may be given several times.
    #[arg(long, value_name = "HOST")]
    server: Vec<String>,
    /// Tell it as JSON.
    #[arg(long)]
    json: bool,
}

/// What was recognised. Carries no secret of the link.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "leads_to")]
enum Told {
    /// To a meeting of ours. `asks_first`: nobody has named this server yet; `guessed`: the link may be one to any page.
    Meeting {
        kind: LinkKind,
        host: String,
        room: String,
        encrypted: bool,
        asks_first: bool,
        guessed: bool,
        contacts: Vec<String>,
    },
    /// To a meeting that the browser opens. `refused`: the organisation does not want it to be opened.
    Elsewhere { service: Service, host: String, refused: bool, contacts: Vec<String> },
    /// To the next meeting of a calendar's file, which is not opened here. `contacts`: on Windows the host of a share; `refused`: the
    /// organisation does not allow it.
    CalendarFile { refused: bool, contacts: Vec<String> },
    /// Nowhere.
    Refused { code: &'static str, reason: String, contacts: Vec<String> },
}

/// Prints what was recognised.
pub fn run(arguments: &LinkArguments) -> ExitCode {
    let link = match link_of(Some(arguments.link.clone())) {
        Ok(link) => link.unwrap_or_default(),
        Err(code) => return code,
    };
    let preferences = crate::program::preferences().and_then(|file| file.load().ok()).unwrap_or_default();
    let own = crate::wishes::known(&arguments.server, &preferences);
    let rules = crate::policy::Organisation::of_system().rules();
    let told = look(&from_here(link), &rules.known(&own), &rules);
    let refused = matches!(
        told,
        Told::Refused { .. } | Told::Elsewhere { refused: true, .. } | Told::CalendarFile { refused: true, .. }
    );
    let text = if arguments.json { serde_json::to_string_pretty(&told).unwrap_or_default() } else { words(&told) };
    print(&text, if refused { REFUSED } else { 0 })
}

fn look(text: &str, known: &KnownHosts, rules: &Rules) -> Told {
    if let Some(path) = calendar_file(text) {
        let host = host_of_file(&path);
        let refused = host.as_ref().is_some_and(|host| !rules.allowed().allows(host));
        return Told::CalendarFile { refused, contacts: host.filter(|_| !refused).into_iter().collect() };
    }
    let providers = providers();
    match find_destination(text, &providers, known) {
        Ok(Destination::Here(meeting)) => {
            let view = meeting.found.link.view();
            let asks_first = rules.asks_about(&meeting.found, &providers, known);
            Told::Meeting {
                kind: view.kind,
                host: view.host,
                room: view.room,
                encrypted: view.secure,
                asks_first,
                guessed: asks_first && meeting.found.standing == Standing::Guessed,
                contacts: vec![meeting.found.link.url.to_string()],
            }
        }
        Ok(Destination::Elsewhere(foreign)) => {
            let host = foreign.host().to_owned();
            Told::Elsewhere { service: foreign.service, host, refused: rules.refuses_elsewhere(), contacts: Vec::new() }
        }
        Err(error) => Told::Refused { code: code(error), reason: error.to_string(), contacts: Vec::new() },
    }
}

fn code(error: LinkError) -> &'static str {
    visavis_engine::cause_of_link(error)
}

fn words(told: &Told) -> String {
    match told {
        Told::Meeting { kind, host, room, encrypted, asks_first, guessed, contacts } => {
            let kind = match kind {
                LinkKind::Visio if *guessed => "perhaps a Visio room: it does not look like the link of one",
                LinkKind::Livekit => "a LiveKit room, with a token",
                LinkKind::LivekitDemo => "a LiveKit room, with a server's key (demonstrations only)",
                LinkKind::Visio => "a Visio room",
            };
            let when =
                if *asks_first { "after asking, because nobody has named this server yet" } else { "on joining" };
            let encrypted = if *encrypted { "encrypted" } else { "not encrypted (this machine)" };
            format!(
                "kind:       {kind}\nhost:       {host}\nroom:       {room}\nconnection: {encrypted}\ncontacts:   {}, {when}",
                contacts.join(", ")
            )
        }
        Told::Elsewhere { service, host, refused, .. } => {
            let then = if *refused {
                "\nrefused:    the organisation does not allow meetings of other services (ForeignMeetings)"
            } else {
                ", which the browser opens"
            };
            format!(
                "kind:       a meeting of another service ({service:?}){then}\nhost:       {host}\ncontacts:   nobody"
            )
        }
        Told::CalendarFile { refused, contacts } => {
            let then = if *refused {
                "\nrefused:    the organisation does not allow its server (AllowedServers)"
            } else {
                ": the window opens its next meeting"
            };
            let contacts = if contacts.is_empty() { "nobody".to_owned() } else { contacts.join(", ") };
            format!("kind:       a calendar's file{then}\ncontacts:   {contacts}")
        }
        Told::Refused { reason, .. } => format!("refused:    {reason}\ncontacts:   nobody"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use visavis_settings::policy::{Layer, Level, Reading, Scope, resolve};

    fn known() -> KnownHosts {
        KnownHosts::new(["visio.agglo.example"], false)
    }

    fn rules(json: serde_json::Value) -> Rules {
        let serde_json::Value::Object(values) = json else { panic!("an object") };
        let layer = Layer { level: Level::Mandatory, scope: Scope::Machine, origin: "a".into(), values };
        crate::policy::rules(&resolve(Reading { layers: vec![layer], problems: Vec::new() }))
    }

    #[test]
    fn what_a_link_is_and_whom_it_would_contact() {
        let Told::Meeting { kind, host, room, asks_first, contacts, .. } =
            look("abc-defg-hij", &known(), &Rules::default())
        else {
            panic!("no meeting");
        };
        assert_eq!((kind, host.as_str(), room.as_str()), (LinkKind::Visio, "visio.agglo.example", "abc-defg-hij"));
        assert_eq!((asks_first, contacts), (false, vec!["https://visio.agglo.example/".to_owned()]));
        assert!(matches!(
            look("visavis://meet.example/abc-defg-hij", &known(), &Rules::default()),
            Told::Meeting { asks_first: true, .. }
        ));
        for only_ours in [false, true] {
            let rules = rules(json!({ "ForeignMeetings": if only_ours { "refuse" } else { "browser" } }));
            let told = look("https://zoom.us/j/123456789", &known(), &rules);
            assert!(words(&told).contains("ForeignMeetings") == only_ours);
            assert_eq!(
                told,
                Told::Elsewhere {
                    service: Service::Zoom,
                    host: "zoom.us".into(),
                    refused: only_ours,
                    contacts: Vec::new()
                }
            );
        }
        for (link, expected) in [
            ("javascript:alert(1)", "other_scheme"),
            ("https://visio.agglo.example@evil.example/abc-defg-hij", "user_in_host"),
            ("visavis://visi0.agglo.example/abc-defg-hij", "look_alike"),
            ("https://visio.agglo.example/abc-\u{7}defg-hij", "control_characters"),
            ("hello", "no_link"),
        ] {
            assert!(
                matches!(look(link, &known(), &Rules::default()), Told::Refused { code, .. } if code == expected),
                "{link}"
            );
        }
        assert!(matches!(
            look(&format!("https://a.example/{}", "x".repeat(100_000)), &known(), &Rules::default()),
            Told::Refused { .. }
        ));
    }

    #[test]
    fn a_page_of_a_host_that_the_policy_only_allows_is_a_guess() {
        let (allowed, _) = visavis_provider::AllowedHosts::only(["*.agglo.example"]);
        let listed = known().within(allowed, false);
        for (link, expected) in [
            ("https://visio.agglo.example/partage", (false, false)),
            ("https://visio.autre.agglo.example/abc-defg-hij", (false, false)),
            ("https://agenda.agglo.example/partage", (true, true)),
            ("https://agenda.agglo.example/newsletter", (true, true)),
        ] {
            let told = look(link, &listed, &Rules::default());
            let Told::Meeting { asks_first, guessed, .. } = told else { panic!("{link}: {told:?}") };
            assert_eq!((asks_first, guessed), expected, "{link}");
            assert_eq!(words(&told).contains("perhaps"), guessed, "{link}");
            assert_eq!(words(&told).contains("after asking"), asks_first, "{link}");
        }
    }

    #[test]
    fn a_room_of_the_policy_is_opened_without_asking_as_the_window_does() {
        let rooms = json!([{ "name": "Accueil", "link": "https://visio.prefecture.example/accueil" }]);
        let rules = rules(json!({ "ManagedRooms": rooms }));
        for (link, expected) in
            [("https://visio.prefecture.example/accueil", false), ("https://visio.prefecture.example/odj", true)]
        {
            let told = look(link, &rules.known(&known()), &rules);
            let Told::Meeting { asks_first, guessed, .. } = told else { panic!("{link}: {told:?}") };
            assert_eq!((asks_first, guessed), (expected, expected), "{link}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_calendars_file_is_what_the_window_makes_of_it() {
        for file in ["/there/a.ics", "file:///there/a%20b.ICS"] {
            let told = look(file, &known(), &Rules::default());
            assert_eq!(told, Told::CalendarFile { refused: false, contacts: Vec::new() }, "{file}");
            assert!(words(&told).ends_with("the window opens its next meeting\ncontacts:   nobody"), "{file}");
        }
        for other in ["https://visio.agglo.example/a.ics", "/there/a.txt", "a.ics"] {
            assert!(!matches!(look(other, &known(), &Rules::default()), Told::CalendarFile { .. }), "{other}");
        }
    }

    #[test]
    #[cfg(windows)]
    fn a_calendars_file_of_a_share_is_its_hosts() {
        let share = r"\\other.example\s\a.ics";
        let contacts = vec!["other.example:445".to_owned()];
        assert_eq!(look(share, &known(), &Rules::default()), Told::CalendarFile { refused: false, contacts });
        let rules = rules(json!({ "AllowedServers": ["visio.agglo.example"] }));
        let told = look(share, &known(), &rules);
        assert_eq!(told, Told::CalendarFile { refused: true, contacts: Vec::new() });
        assert!(words(&told).contains("AllowedServers"));
    }

    #[test]
    fn no_secret_is_told() {
        let told = look("livekit://a.example/r?token=a.b.c", &known(), &Rules::default());
        let text = format!("{}{}", words(&told), serde_json::to_string(&told).expect("text"));
        assert!(!text.contains("a.b.c"), "{text}");
    }
}
