//! Links, codes and pasted texts.

use crate::visio::Provider;
use crate::{AllowedHosts, Found, KnownHosts, LinkError, Provider as _, Standing, find_meeting, livekit};
use proptest::prelude::*;
use std::sync::Arc;
use visavis_model::LinkKind;

const HOME: &str = "visio.agglo.example";

fn known() -> KnownHosts {
    KnownHosts::new([HOME, "http://localhost:8071"], false)
}

fn find_among(text: &str, known: &KnownHosts) -> Result<Found, LinkError> {
    let providers: Vec<Arc<dyn crate::Provider>> = vec![Arc::new(livekit::Provider), Arc::new(Provider)];
    find_meeting(text, &providers, known).map(|meeting| meeting.found)
}

fn find(text: &str) -> Result<Found, LinkError> {
    find_among(text, &known())
}

fn found(text: &str) -> (String, String, Standing) {
    let found = find(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(found.link.kind, LinkKind::Visio);
    (found.link.url.to_string(), found.link.room, found.standing)
}

#[test]
fn every_way_to_write_a_room_of_a_known_server() {
    for text in [
        "https://visio.agglo.example/abc-defg-hij",
        "https://visio.agglo.example/abcdefghij",
        "https://visio.agglo.example/ABC-DEFG-HIJ/",
        "HTTPS://VISIO.agglo.example:443/abc-defghij?username=x#top",
        "http://visio.agglo.example/abc-defg-hij",
        "visio.agglo.example/abc-defg-hij",
        "abc-defg-hij",
        "ABCdefghij",
        " abc-defg-hij\n",
        "Bonjour,\nRejoindre : <https://visio.agglo.example/abc-defg-hij>, à 10 h.",
        "Code : abc-defg-hij.",
        "[Rejoindre](https://visio.agglo.example/abc-defg-hij)",
        "Lien\u{a0}: «\u{a0}https://visio.agglo.example/abc-defg-hij\u{a0}»",
        "Le lien ‘https://visio.agglo.example/abc-defg-hij’…",
        "https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fvisio.agglo.example%2fabc-defg-hij&c=E,1,x",
        "Data: https://visio.agglo.example/abc-defg-hij",
        "Lien <a href=\"https://visio.agglo.example/abc-defg-hij\">ici</a>",
        "Lien:https://visio.agglo.example/abc-defg-hij",
        "Conférence:http://visio.agglo.example/abc-defg-hij.",
        "Visio:https://visio.agglo.example/abc-defg-hij",
        "Rejoindre :\n<URL:https://visio.agglo.example/abc-defg-hij>",
        "<b>Lien</b>:https://visio.agglo.example/abc-defg-hij",
        "Rendez-vous:https://visio.agglo.example/abc-defg-hij",
        "Meeting-Link:https://visio.agglo.example/abc-defg-hij",
        "Salle2:https://visio.agglo.example/abc-defg-hij",
        "Lien d’accès:https://visio.agglo.example/abc-defg-hij",
        "Lien:visavis://visio.agglo.example/abc-defg-hij",
        "Lien:visavis:https://visio.agglo.example/abc-defg-hij",
        "Code:https://visio.agglo.example/abc-defg-hij[1]",
        "*https://visio.agglo.example/abc-defg-hij*, à 14 h",
        "Lien=https://visio.agglo.example/abc-defg-hij,merci",
        "14h30:https://visio.agglo.example/abc-defg-hij|Salle",
        "&lt;https://visio.agglo.example/abc-defg-hij&gt;",
        "_abc-defg-hij_",
        "Code : abc-defg-hij (https://maps.example/a/b)",
        "Data:12/12/2026 - code abc-defg-hij",
        "«\u{a0}abcdefghij\u{a0}»",
        "Lien:https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fvisio.agglo.example%2fabc-defg-hij&c=E,1,x",
        "[https://visio.agglo.example/abc-defg-hij]",
        "Rejoindre[https://visio.agglo.example/abc-defg-hij].",
        "[abc-defg-hij]",
    ] {
        let expected = ("https://visio.agglo.example/".into(), "abc-defg-hij".into(), Standing::Known);
        assert_eq!(found(text), expected, "{text}");
    }
    let slug = found("https://visio.agglo.example/Conseil-Municipal");
    assert_eq!((slug.1.as_str(), slug.2), ("conseil-municipal", Standing::Known));
    let loopback = KnownHosts::new(["http://[::1]:8071"], false);
    for text in ["[::1]:8071/abc-defg-hij", "[http://[::1]:8071/abc-defg-hij]", "Lien:http://[::1]:8071/abc-defg-hij"] {
        assert_eq!(find_among(text, &loopback).map(|found| found.link.host), Ok("[::1]:8071".into()), "{text}");
    }
    let here = found("http://localhost:8071/abc-defg-hij");
    assert_eq!((here.0.as_str(), here.2), ("http://localhost:8071/", Standing::Known));
}

#[test]
fn an_unknown_server_is_said_to_be_unknown() {
    let meet = found("https://meet.example/abc-defg-hij");
    assert_eq!((meet.0.as_str(), meet.2), ("https://meet.example/", Standing::Unknown));
    assert_eq!(found("meet.example/abc-defg-hij").2, Standing::Unknown);
    // The word at it has ten letters, and is no code of a server that is known.
    for text in [
        "Conference:https://meet.example/abc-defg-hij",
        "[Conference](https://meet.example/abc-defg-hij)",
        "Conference[https://meet.example/abc-defg-hij]",
        "Conference<https://meet.example/abc-defg-hij>",
        // Nor have these, which have a code's hyphen, nor a code where a link says where it leads.
        "[conseil-dsi](https://meet.example/abc-defg-hij)",
        "[dev-meeting](https://meet.example/abc-defg-hij)",
        "[DEV-MEETING] https://meet.example/abc-defg-hij",
        "[abc-defg-hij](https://meet.example/abc-defg-hij)",
        "dev-meeting(https://meet.example/abc-defg-hij)",
        "<a href=\"https://meet.example/abc-defg-hij\">dev-meeting</a>",
        "https://meet.example/abc-defg-hij, dev-meeting",
        "dev-meeting : meet.example/abc-defg-hij",
        "[dev-meeting](https://eur03.safelinks.protection.outlook.com/?url=https%3A%2F%2Fmeet.example%2Fabc-defg-hij)",
        "[dev-meeting](visavis:meet.example/abc-defg-hij)",
    ] {
        assert_eq!(found(text), meet, "{text}");
    }
    assert_eq!(found("DEV-MEETING : https://meet.example/agenda").2, Standing::Guessed);
    assert_eq!(found("https://meet.example/agenda").2, Standing::Guessed);
    assert_eq!(find("meet.example/agenda"), Err(LinkError::NoLink));
    // Without the user's list, a provider knows nobody.
    let alone = Provider.recognise("https://visio.agglo.example/abc-defg-hij").expect("ours").expect("link");
    assert_eq!(alone.host, HOME);
    assert_eq!(find_among("abc-defg-hij", &KnownHosts::default()), Err(LinkError::NoServer));
    let closed = KnownHosts::new([HOME], true);
    assert_eq!(find_among("https://meet.example/abc-defg-hij", &closed), Err(LinkError::NotAllowed));
}

#[test]
fn the_meeting_of_an_invitation_is_found_among_its_other_links() {
    let text = "Ordre du jour : https://intranet.example/agenda\nPlan : https://maps.example/mairie\n\
                Réunion : https://meet.example/abc-defg-hij\nChez nous : https://visio.agglo.example/xyz-uvwx-rst";
    assert_eq!(found(text).1, "xyz-uvwx-rst");
    let text = "https://intranet.example/agenda https://meet.example/abc-defg-hij https://visio.agglo.example/feedback";
    assert_eq!(found(text), ("https://meet.example/".into(), "abc-defg-hij".into(), Standing::Unknown));
    // A link that is known goes before a code beside it.
    assert_eq!(found("xyz-uvwx-rst https://visio.agglo.example/abc-defg-hij").1, "abc-defg-hij");
}

#[test]
fn ten_letters_behind_a_host_that_nobody_named_are_a_guess() {
    for (text, room) in [
        ("https://www.mairie.example/newsletter", "new-slet-ter"),
        ("https://meet.example/abcdefghij", "abc-defg-hij"),
        ("https://meet.example/abc-defghij", "abc-defg-hij"),
        // Alone they are meant.
        ("meet.example/abcdefghij", "abc-defg-hij"),
    ] {
        let found = found(text);
        assert_eq!((found.1.as_str(), found.2), (room, Standing::Guessed), "{text}");
    }
    // Not before a meeting, of whomever.
    for (text, room) in [
        ("https://www.mairie.example/newsletter https://meet.example/abc-defg-hij", "abc-defg-hij"),
        ("https://www.mairie.example/evenements https://visio.agglo.example/conseil", "conseil"),
        ("Infos : www.mairie.example/actualites. Code : xyz-uvwx-rst", "xyz-uvwx-rst"),
    ] {
        assert_eq!(found(text).1, room, "{text}");
    }
    let zoom = "https://zoom.us/j/81234567890 https://www.mairie.example/newsletter";
    assert_eq!(find(zoom), Err(LinkError::Elsewhere));
    assert_eq!(find("Infos : www.mairie.example/newsletter."), Err(LinkError::NoLink));
}

#[test]
fn what_the_policy_only_allows_comes_behind_what_is_named_and_its_pages_last() {
    let (allowed, _) = AllowedHosts::only(["*.agglo.example", "visio.prefecture.example", "zoom.us"]);
    let listed = KnownHosts::default().within(allowed.clone(), false);
    let named = known().within(allowed, false);
    let at = |text: &str, known: &KnownHosts| {
        find_among(text, known).map(|found| (format!("{}/{}", found.link.host, found.link.room), found.standing))
    };
    let meeting = "https://visio.agglo.example/abc-defg-hij";
    let there = |standing| Ok(("visio.agglo.example/abc-defg-hij".to_owned(), standing));
    for page in ["https://intranet.agglo.example/odj", "https://agenda.agglo.example/evenements"] {
        let text = format!("Ordre du jour : {page} – Lien : {meeting}");
        assert_eq!(at(&text, &listed), there(Standing::Allowed), "{text}");
        assert_eq!(at(&text, &named), there(Standing::Known), "{text}");
        let zoom = format!("{page} https://zoom.us/j/81234567890");
        assert_eq!(at(&zoom, &named), Err(LinkError::Elsewhere), "{zoom}");
        // Alone it may be one; whoever opens it is asked.
        assert!(at(page, &listed).is_ok_and(|(_, standing)| standing == Standing::Guessed && standing.asks_first()));
    }
    let other = "https://visio.prefecture.example/xyz-uvwx-rst";
    assert_eq!(at(&format!("{other} {meeting}"), &named), there(Standing::Known));
    let alone = at(other, &named);
    assert!(alone.is_ok_and(|(_, standing)| standing == Standing::Allowed && !standing.asks_first()));
    // A room with a name, at a server that is named.
    let room = at("https://visio.agglo.example/conseil", &named);
    assert_eq!(room, Ok(("visio.agglo.example/conseil".to_owned(), Standing::Known)));
    assert_eq!(at("https://maps.example\nvisio.agglo.example/abc-defg-hij", &listed), there(Standing::Allowed));
}

#[test]
fn pages_of_the_server_are_no_rooms() {
    for path in ["", "feedback", "test-connection", "recording/0a1b", "api/v1.0/config/", "a/b", "é"] {
        assert_eq!(find(&format!("https://visio.agglo.example/{path}")), Err(LinkError::NoLink), "{path}");
    }
    for text in ["invitation au conseil", "rendez-vous", "abc-defg-hi", "abc-defg-hijk", "a-bcdefg-hij"] {
        assert_eq!(find(text), Err(LinkError::NoLink), "{text}");
    }
}

#[test]
fn hostile_links_are_told_apart() {
    let long = format!("https://{HOME}/{}", "x".repeat(100_000));
    for (text, error) in [
        ("https://visio.agglo.example@evil.example/abc-defg-hij", LinkError::UserInHost),
        ("https://a:b@visio.agglo.example/abc-defg-hij", LinkError::UserInHost),
        ("https://visio.agglo.example.evil.example/abc-defg-hij", LinkError::LookAlike),
        ("https://visi0.agglo.example/abc-defg-hij", LinkError::LookAlike),
        // Cyrillic і and о.
        ("https://v\u{456}si\u{43e}.agglo.example/abc-defg-hij", LinkError::LookAlike),
        ("https://xn--vsi-6cd8t.agglo.example/abc-defg-hij", LinkError::LookAlike),
        ("https://visio.agglo.example/abc\u{7}defg-hij", LinkError::ControlCharacters),
        ("https://visio.agglo.example/\u{202e}abc-defg-hij", LinkError::ControlCharacters),
        ("https:///abc-defg-hij", LinkError::NoHost),
        ("https://h:99999/abc-defg-hij", LinkError::BadPort),
        ("https://[::1/abc-defg-hij", LinkError::BadHost),
        ("http://meet.example:8080/abc-defg-hij", LinkError::NotEncrypted),
        ("ftp://visio.agglo.example/abc-defg-hij", LinkError::OtherScheme),
        ("javascript:alert(1)", LinkError::OtherScheme),
        ("file:///etc/passwd", LinkError::OtherScheme),
        ("javascript:alert('https://visio.agglo.example/abc-defg-hij')", LinkError::OtherScheme),
        ("see javascript:alert('https://visio.agglo.example/abc-defg-hij')", LinkError::OtherScheme),
        ("data:text/html,<a href=\"https://visio.agglo.example/abc-defg-hij\">", LinkError::OtherScheme),
        ("see javascript:https://visio.agglo.example/abc-defg-hij", LinkError::OtherScheme),
        ("see [javascript:https://visio.agglo.example/abc-defg-hij]", LinkError::OtherScheme),
        ("see JavaScript:alert[Lien:https://visio.agglo.example/abc-defg-hij]", LinkError::OtherScheme),
        ("data:https://visio.agglo.example/abc-defg-hij", LinkError::OtherScheme),
        ("blob:https://visio.agglo.example/abc-defg-hij", LinkError::OtherScheme),
        ("view-source:https://visio.agglo.example/abc-defg-hij", LinkError::NoLink),
        ("visavis:javascript:https://visio.agglo.example/abc-defg-hij", LinkError::BadPort),
        ("https://*.example.org/abc-defg-hij", LinkError::BadHost),
        ("https://visio..example.org/abc-defg-hij", LinkError::BadHost),
        ("visio..example.org/abc-defg-hij", LinkError::BadHost),
        ("https://h:0/abc-defg-hij", LinkError::BadPort),
        ("https://h:443abc/abc-defg-hij", LinkError::BadPort),
        ("https://xn--a.example/abc-defg-hij", LinkError::BadHost),
        (&long, LinkError::TooLong),
        (&"x".repeat(100_000), LinkError::TooLong),
    ] {
        assert_eq!(find(text), Err(error), "{}", text.get(..80).unwrap_or(text));
    }
}

#[test]
fn a_link_that_is_broken_never_leads_to_another_host() {
    for text in [
        "https://visio.exa\tmple.org/abc-defg-hij",
        "https://visio.example.org\nevil.example/abc-defg-hij",
        "https://visio.example.org\r\nevil.example/abc-defg-hij",
        "https://visio.other.example/\nabc-defg-hij",
        "https://vis\tio\tx.example.org/abc-defg-hij",
        "https://vis.io\nx.exa\nmple.org/abc-defg-hij",
        "https://visio.\nexample.org/abc-defg-hij",
        "visavis:visio.exa\tmple.org/abc-defg-hij",
        "https:/visio.exa\tmple.org/abc-defg-hij",
        "https://visio.exa(mple.org/abc-defg-hij",
        "https://visio.exa[mple.org/abc-defg-hij",
        "https://visio.exa]mple.org/abc-defg-hij",
        "https://visio.agglo.example[.][evil.example/abc-defg-hij",
        "https://visio.agglo.example(.)(evil.example/abc-defg-hij",
        "https://visio.agglo.example<.>evil.example/abc-defg-hij",
        "https://visio.agglo.example[-][evil.example/abc-defg-hij",
        "https://visio.agglo.example(x)(evil.example/abc-defg-hij",
        "https://visio.agglo.example,(evil.example/abc-defg-hij",
        "https://visio.exa\n.\nmple.org/abc-defg-hij",
        "visavis://visio.agglo.example[.][evil.example/abc-defg-hij",
        "visavis:visio.agglo.example(.)(evil.example/abc-defg-hij",
        "Lien:https://visio.agglo.example[.][evil.example/abc-defg-hij",
        // Nor to a room of ours by the code beside it.
        "https://visio.other.example/\nabc-defg-hij\n\nCode : abc-defg-hij",
        "[abc-defg-hij](https://meet.example/)",
        "abc-defg-hij<https://meet.example/a/b>",
        "<a href=\"https://meet.example/\">abc-defg-hij</a>",
        "[abc-defg-hij](visavis://meet.example)",
        "*abc-defg-hij*(https://meet.example/)",
        "`abc-defg-hij`*https://meet.example/*",
    ] {
        assert_eq!(find(text), Err(LinkError::NoRoom), "{text:?}");
    }
    for text in ["[dev-meeting](https://meet.example/)", "<a href=\"https://meet.example/\">dev-meeting</a>"] {
        assert_eq!(find(text), Err(LinkError::NoLink), "{text:?}");
    }
    // It is read up to there.
    let cut = found("https://visio.example.org/abc\nevil.example/abc-defg-hij");
    assert_eq!((cut.0.as_str(), cut.1.as_str(), cut.2), ("https://visio.example.org/", "abc", Standing::Guessed));
    // One that stands alone in prose, and one of a server that is known.
    for text in [
        "Plan : https://maps.example. Réunion : meet.example/abc-defg-hij",
        "<https://maps.example>\nmeet.example/abc-defg-hij",
        "https://maps.example et meet.example/abc-defg-hij",
        "https://maps.example - meet.example/abc-defg-hij",
        "https://maps.example meet.example/abc-defg-hij",
        "Site : https://maps.example,\nmeet.example/abc-defg-hij",
        "https://maps.example / meet.example/abc-defg-hij",
        "https://maps.example\n03/12/2026 10.30 meet.example/abc-defg-hij",
        "https://maps.example\tSalle\tmeet.example/abc-defg-hij",
        "<a href=\"https://maps.example/s/x\">meet.example/abc-defg-hij</a>",
        "JavaScript: atelier meet.example/abc-defg-hij",
        "Data:12/12/2026 meet.example/abc-defg-hij",
        "meet.example/abc-defg-hij\nhttps://maps.example",
    ] {
        assert_eq!(found(text), ("https://meet.example/".into(), "abc-defg-hij".into(), Standing::Unknown), "{text:?}");
    }
    assert_eq!(found("https://maps.example\nvisio.agglo.example/abc-defg-hij").2, Standing::Known);
}

proptest! {
    #[test]
    fn no_text_panics_and_no_stranger_is_taken_for_known(text in ".{0,200}") {
        let _ = find(&text);
        for text in [format!("https://{text}"), format!("{text}/abc-defg-hij"), format!("https://{text}/abc-defg-hij")] {
            if let Ok(found) = find(&text) && found.link.kind == LinkKind::Visio {
                prop_assert_eq!(found.standing == Standing::Known, known().contains(&found.link.host));
                prop_assert!(found.link.url.username().is_empty() && found.link.url.query().is_none());
            }
        }
    }

    #[test]
    fn every_code_is_found_in_every_text(code in "[a-z0-9]{3}-[a-z0-9]{4}-[a-z0-9]{3}", around in "[a-z ]{0,20}") {
        let found = find(&format!("{around} https://meet.example/{code} {around}")).expect("link");
        prop_assert_eq!((found.link.room.as_str(), found.standing), (code.as_str(), Standing::Unknown));
        // Nor does it open at a server that is known where a link says another one.
        let found = find(&format!("{around} [{code}](https://meet.example/{code}) {around} {code}")).expect("link");
        prop_assert_eq!((found.link.room, found.link.host.as_str()), (code, "meet.example"));
    }
}
