//! Invitations as people get them: other services in all their spellings, links that are cut, and marks that nobody sees.

use super::*;
use crate::{AllowedHosts, livekit, visio};

fn among(text: &str, known: &KnownHosts) -> String {
    let providers: Vec<Arc<dyn crate::Provider>> = vec![Arc::new(livekit::Provider), Arc::new(visio::Provider)];
    match find_destination(text, &providers, known) {
        Ok(Destination::Here(Meeting { found: Found { link, standing }, .. })) => {
            format!("{standing:?} {}/{}", link.host, link.room)
        }
        Ok(Destination::Elsewhere(foreign)) => format!("{:?} {}", foreign.service, foreign.url),
        Err(error) => format!("{error:?}"),
    }
}

/// Where `text` leads whoever knows `visio.agglo.example`.
fn leads(text: &str) -> String {
    among(text, &KnownHosts::new(["visio.agglo.example"], false))
}

const ROOM: &str = "Known visio.agglo.example/abc-defg-hij";

#[test]
fn the_telephone_page_of_google_is_no_room() {
    let meet = "GoogleMeet https://meet.google.com/abc-defg-hij";
    for (text, there) in [
        (
            "Participer avec Google Meet : https://meet.google.com/abc-defg-hij\nOu composer le : …\n\
             Autres numéros de téléphone : https://tel.meet/abc-defg-hij?pin=1234567890123",
            meet,
        ),
        ("https://tel.meet/abc-defg-hij?pin=1234567890123 meet.google.com/abc-defg-hij", meet),
        ("https://tel.meet/abc-defg-hij?pin=1234567890123", "NoLink"),
        ("https://TEL.MEET/abc-defg-hij", "NoLink"),
        ("tel.meet/abc-defg-hij", "NoLink"),
        // Nor is its code one of ours.
        ("Code abc-defg-hij, https://tel.meet/abc-defg-hij?pin=1", "NoLink"),
        ("Code abc-defg-hij, tel.meet/abc-defg-hij", "NoLink"),
        (
            "https://meet.google.com/abc-defg-hij\nhttps://tel.meet/abc-defg-hij?pin=123 https://visio.agglo.example/salle-a",
            "Known visio.agglo.example/salle-a",
        ),
    ] {
        assert_eq!(leads(text), there, "{text:?}");
    }
}

#[test]
fn a_host_of_another_service_is_none_of_ours() {
    for (text, there) in [
        ("meet.google.com/abc-defg-hij", "GoogleMeet https://meet.google.com/abc-defg-hij"),
        (
            "Rejoindre par Google Meet: meet.google.com/abc-defg-hij, code",
            "GoogleMeet https://meet.google.com/abc-defg-hij",
        ),
        (
            "Rejoindre avec Google Meet\nmeet.google.com/abc-defg-hij\nOu par téléphone: (FR) +33 1 87 40 31 45 PIN: 123456789#",
            "GoogleMeet https://meet.google.com/abc-defg-hij",
        ),
        (
            "Odj : https://docs.agglo.example/odj\nmeet.google.com/abc-defg-hij",
            "GoogleMeet https://meet.google.com/abc-defg-hij",
        ),
        (
            "https://teams.microsoft.com/_#/l/meetup-join/19:meeting_x@thread.v2/0?context=x",
            "Teams https://teams.microsoft.com/_#/l/meetup-join/19:meeting_x@thread.v2/0?context=x",
        ),
        ("us02web.zoom.us/j/89012345678", "Zoom https://us02web.zoom.us/j/89012345678"),
        ("zoom.us/j/89012345678", "Zoom https://zoom.us/j/89012345678"),
        ("teams.live.com/meet/9344444444444?p=x", "Teams https://teams.live.com/meet/9344444444444?p=x"),
        ("https://signin.webex.com/join", "NoLink"),
        ("https://meetings.webex.com/collabs/#/meetings/detail?uuid=x", "NoLink"),
        ("https://us06web.zoom.us/postattendee?mn=x", "NoLink"),
        ("https://teams.microsoft.com/meetingOptions/?organizerId=x", "NoLink"),
        ("https://agglo.webex.com/agglo", "NoLink"),
        ("agglo.webex.com/abcdefghij", "NoLink"),
        ("https://zoom.us:8443/abc-defg-hij", "NoLink"),
        ("https://zoom.us@evil.example/abc-defg-hij", "UserInHost"),
        // A bracket alone parts it from a link before it.
        ("https://a.example/x/y?next=(zoom.us/j/89012345678", "NoRoom"),
        // Hosts that only look like theirs, and services on hosts of their own.
        ("https://zoom.us.evil.example/abc-defg-hij", "Unknown zoom.us.evil.example/abc-defg-hij"),
        ("https://jitsi.ville.example/salle", "Guessed jitsi.ville.example/salle"),
    ] {
        assert_eq!(leads(text), there, "{text:?}");
    }
    let (allowed, _) = AllowedHosts::only(["*.webex.com", "meet.google.com"]);
    let listed = KnownHosts::default().within(allowed, false);
    assert_eq!(among("https://agglo.webex.com/agglo", &listed), "NoLink");
    assert_eq!(among("meet.google.com/abc-defg-hij", &listed), "GoogleMeet https://meet.google.com/abc-defg-hij");
    // Somebody named it.
    let named = KnownHosts::new(["meet.google.com"], false);
    for text in ["https://meet.google.com/abc-defg-hij", "meet.google.com/abc-defg-hij"] {
        assert_eq!(among(text, &named), "Known meet.google.com/abc-defg-hij", "{text}");
    }
}

#[test]
fn a_gateway_hides_no_link_of_teams() {
    let word = "https://urldefense.com/v3/__https://teams.microsoft.com/l/meetup-join/19*3ameeting_x*40thread.v2/0?context=*7b*22Tid*22__;JSUlJSU!!abc!def$";
    let teams = "Teams https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%22Tid%22";
    for text in [word.to_owned(), format!("Rejoindre : <{word}>, demain"), format!("[Rejoindre]({word})")] {
        assert_eq!(leads(&text), teams, "{text}");
    }
    let other = "https://urldefense.com/v3/__https://visio.agglo.example*evil.example/abc-defg-hij__;QA!!x$";
    assert_eq!(leads(other), "UserInHost", "the link within is looked at as any");
}

#[test]
fn a_code_that_is_cut_leads_to_no_other_room() {
    for text in [
        "https://visio.agglo.example/abc-\ndefg-hij",
        "https://visio.agglo.example/abc-\r\n  defg-hij, à 10 h",
        "https://visio.agglo.example/abc-defg-\nhij",
        "Rejoindre : https://visio.agglo.example/abc- defg-hij",
        "visio.agglo.example/abc-\ndefg-hij",
        "visavis:visio.agglo.example/abc-\ndefg-hij",
    ] {
        assert_eq!(leads(text), ROOM, "{text:?}");
    }
    for (text, there) in [
        ("https://visio.agglo.example/abc-defg\n-hij", "NoRoom"),
        ("https://visio.agglo.example/abc-de\nfg-hij", "NoRoom"),
        ("> https://visio.agglo.example/abc-\n> defg-hij", "NoRoom"),
        ("https://visio.agglo.example/abc-\nDocuments", "NoRoom"),
        ("https://visio.agglo.example/abc-", "NoRoom"),
        ("https://visio.agglo.example/-abc", "NoRoom"),
        ("visio.agglo.example/abc-", "NoRoom"),
        ("https://meet.example/abc-", "NoLink"),
        ("https://meet.example/abc-\ndefg-hij", "Unknown meet.example/abc-defg-hij"),
        ("https://zoom.us/abc-\ndefg-hij", "NoLink"),
        // Prose behind a room with a name.
        ("https://visio.agglo.example/salle-a\n- odj", "Known visio.agglo.example/salle-a"),
        ("https://visio.agglo.example/abc-defg -hij", "Known visio.agglo.example/abc-defg"),
        ("https://visio.agglo.example/conseil_\nabc", "Known visio.agglo.example/conseil_"),
    ] {
        assert_eq!(leads(text), there, "{text:?}");
    }
}

#[test]
fn an_agenda_behind_a_room_with_a_name_is_none_of_its_code() {
    for (room, behind) in [
        ("cse-2026-12", "\n1. Approbation du PV"),
        ("cse-2026-12", "\n\n1. Approbation du PV"),
        ("cse-2026-12", "\r\n9 h 30"),
        ("cse-2026-1", "\n10 h, salle B"),
        ("dsi-info-1", "\nLe 12 décembre à 10 h"),
        ("dsi-info-a", "\nle 12 décembre à 10 h"),
        ("dsi-2026", "\n-odj"),
    ] {
        let text = format!("https://visio.agglo.example/{room}{behind}");
        assert_eq!(leads(&text), format!("Known visio.agglo.example/{room}"), "{text:?}");
    }
    assert_eq!(leads("https://visio.agglo.example/abc-defg\n-hij, à 10 h"), "NoRoom", "a code that was cut");
}

#[test]
fn pages_of_other_services_hide_no_code() {
    for page in [
        "En cas de souci : https://support.zoom.us/hc/fr",
        "https://www.webex.com/fr/index.html",
        "https://www.goto.com/fr/meeting",
        "teams.microsoft.com/meetingOptions/?organizerId=x",
    ] {
        assert_eq!(leads(&format!("Code de la réunion : abc-defg-hij\n{page}")), ROOM, "{page}");
        assert_eq!(leads(&format!("{page}\nCode de la réunion : abc-defg-hij")), ROOM, "{page}");
    }
    assert_eq!(leads("[abc-defg-hij](https://support.zoom.us/hc/fr)"), "NoRoom", "the text of a link");
}

#[test]
fn what_is_not_seen_around_a_link_hides_none() {
    let link = "https://visio.agglo.example/abc-defg-hij";
    let marks = "\u{200e}\u{200b}\u{feff}\u{202a}\u{202b}\u{202c}\u{2066}\u{2067}\u{2068}\u{2069}";
    for mark in marks.chars() {
        for text in [
            format!("{mark}{link}"),
            format!("{link}{mark}"),
            format!("{mark}{link}{mark}."),
            format!("Rejoindre : {mark}{link}{mark} demain"),
            format!("«{mark}{link}»"),
            format!("{mark}visio.agglo.example/abc-defg-hij"),
            format!("{mark}abc-defg-hij"),
            format!("abc-defg-hij{mark}\n"),
        ] {
            assert_eq!(leads(&text), ROOM, "{text:?}");
        }
        let zoom = format!("{mark}https://zoom.us/j/89012345678{mark}");
        assert_eq!(leads(&zoom), "Zoom https://zoom.us/j/89012345678", "{zoom:?}");
        for (text, there) in [
            // In a link it deceives.
            (format!("https://visio.agglo.ex{mark}ample/abc-defg-hij"), "ControlCharacters"),
            (format!("https://visio.agglo.example/abc{mark}-defg-hij"), "ControlCharacters"),
            (format!("{mark}https://{mark}visio.agglo.example/abc-defg-hij"), "ControlCharacters"),
            // Nor does it hide what a link is.
            (format!("https://visio.exa\n{mark}mple.org/abc-defg-hij"), "NoRoom"),
            (format!("https://visio.agglo.example[{mark}.{mark}][evil.example/abc-defg-hij"), "NoRoom"),
            (format!("{mark}javascript:alert('{link}')"), "OtherScheme"),
            (format!("see {mark}javascript:{link}"), "OtherScheme"),
            (format!("see javascript:x[{mark}{link}]"), "OtherScheme"),
        ] {
            assert_eq!(leads(&text), there, "{text:?}");
        }
    }
}

#[test]
fn big_blue_button_is_known_as_administrations_hand_it_out() {
    for link in [
        "https://webinaire.numerique.gouv.fr/meeting/signin/invite/123/creator/456/hash/abc",
        "https://moodle.univ.example/mod/bigbluebuttonbn/view.php?id=1234",
        "https://moodle.univ.example/mod/bigbluebuttonbn/bbb_view.php?action=join&id=1&bn=2",
        "https://moodle.univ.example/mod/bigbluebuttonbn/guest.php?uid=x",
        "https://cloud.ville.example/apps/bbb/b/AbCdEfGh12345678",
        "https://cloud.ville.example/index.php/apps/bbb/b/AbCdEfGh12345678",
    ] {
        let there = format!("BigBlueButton {link}");
        assert_eq!(leads(link), there);
        assert_eq!(leads(&format!("Rejoindre : <{link}>, à 10 h")), there);
    }
}

#[test]
fn a_program_s_link_keeps_its_passcode() {
    let link = "zoommtg://us02web.zoom.us/join?action=join&confno=89012345678&pwd=abc";
    for text in [link.to_owned(), format!("Rejoindre :\n{link}\nMerci"), format!("**{link}**")] {
        assert_eq!(leads(&text), "Zoom https://us02web.zoom.us/j/89012345678?pwd=abc", "{text}");
    }
    let teams = "msteams://teams.microsoft.com/l/meetup-join/19:meeting_x@thread.v2/0";
    assert_eq!(leads(teams), "Teams https://teams.microsoft.com/l/meetup-join/19:meeting_x@thread.v2/0");
}
