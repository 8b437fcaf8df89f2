//! Where a text leads: to a meeting of ours, to one of another service, or nowhere.

use crate::cut::joined;
use crate::scheme::{carries_content, has_other_scheme, has_scheme, hides_link, is_content};
use crate::words::{LONGEST_TEXT, words};
use crate::wrapped::unwrapped;
use crate::{Foreign, Found, KnownHosts, LinkError, Standing, services};
use std::sync::Arc;

/// A kind of server, and what it made of a text.
pub struct Meeting {
    pub provider: Arc<dyn crate::Provider>,
    pub found: Found,
}

impl std::fmt::Debug for Meeting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.found.fmt(f)
    }
}

/// Where a text leads.
#[derive(Debug)]
pub enum Destination {
    /// To a meeting of ours.
    Here(Meeting),
    /// To a meeting that a browser opens.
    Elsewhere(Foreign),
}

/// The meeting of ours that `text` names, as [`find_destination`].
pub fn find_meeting(
    text: &str,
    providers: &[Arc<dyn crate::Provider>],
    known: &KnownHosts,
) -> Result<Meeting, LinkError> {
    match find_destination(text, providers, known)? {
        Destination::Here(meeting) => Ok(meeting),
        Destination::Elsewhere(_) => Err(LinkError::Elsewhere),
    }
}

/// What was read of a text so far.
#[derive(Default)]
struct Read {
    /// The best link to a meeting of ours.
    link: Option<Meeting>,
    /// The first one to a meeting of another service.
    elsewhere: Option<Foreign>,
    /// The first code that can be opened, or why none can.
    code: Option<Result<Meeting, LinkError>>,
    /// What is wrong with the first link that could not be read.
    error: Option<LinkError>,
    /// There is a link that nobody reads: more than its scheme stands before it, or it is a page of Google Meet, whose codes look as ours.
    hidden: bool,
}

impl Read {
    fn link(&mut self, provider: &Arc<dyn crate::Provider>, found: Found) {
        if self.link.as_ref().is_none_or(|best| found.standing < best.found.standing) {
            self.link = Some(Meeting { provider: Arc::clone(provider), found });
        }
    }

    fn code(&mut self, meeting: Result<Meeting, LinkError>) {
        if self.code.as_ref().is_none_or(|code| code.is_err() && meeting.is_ok()) {
            self.code = Some(meeting);
        }
    }

    fn error(&mut self, error: LinkError) {
        self.error.get_or_insert(error);
    }

    /// `None`: it held nothing.
    fn decided(self) -> Option<Result<Destination, LinkError>> {
        match (self.link, self.elsewhere) {
            (Some(link), None) => Some(Ok(Destination::Here(link))),
            (Some(link), Some(_)) if link.found.standing != Standing::Guessed => Some(Ok(Destination::Here(link))),
            (_, Some(foreign)) => Some(Ok(Destination::Elsewhere(foreign))),
            (None, None) => match self.error {
                Some(error) => Some(Err(error)),
                None if self.hidden => None,
                None => Some(self.code?.map(Destination::Here)),
            },
        }
    }
}

/// The meeting that `text` names: a link, a code, or an invitation with either in it.
///
/// The best known host wins ([`Standing`]), then what comes first; a meeting of another service comes before what only might be one of ours.
/// Contacts nobody. An error is that of the first text that looked like a link.
///
/// A code is of the first server that is known, and any word may look like one: it counts only where there is no link to a meeting,
/// readable or not, and never as the text of a link (*[dev-meeting](https://…)*).
///
/// What stands directly behind a link with a scheme may be the rest of it, broken by a tab or a line: a `host/path` there counts only
/// where its server is known or allowed, or another service's, because a link to one host must not lead to another. So does no code. A code
/// that a line breaks behind a hyphen is read on; one that only may be broken leads nowhere.
///
/// A host of another service is none of ours, whatever its page is called, unless it is among those that are known.
pub fn find_destination(
    text: &str,
    providers: &[Arc<dyn crate::Provider>],
    known: &KnownHosts,
) -> Result<Destination, LinkError> {
    if is_content(text) {
        return Err(LinkError::OtherScheme);
    }
    let lone = words(text).nth(1).is_none();
    // Of every kind of link, whatever its provider knows of servers.
    let permitted = |found: Found| known.permits(&found.link).map(|()| found);
    let mut read = Read::default();
    let (mut may_go_on, mut within_content, mut behind_link) = (false, false, false);
    let mut words = words(text).peekable();
    while let Some((gap, word)) = words.next() {
        within_content = carries_content(word) || (within_content && gap.touches());
        if within_content {
            read.error(LinkError::OtherScheme);
            continue;
        }
        let (word, may_be_cut) = joined(unwrapped(word), &mut words);
        let word = &*word;
        let before_link = words.peek().is_some_and(|(gap, next)| gap.touches() && has_scheme(&unwrapped(next)));
        let at_link = before_link || (behind_link && gap.touches());
        behind_link = has_scheme(word);
        let may_be_rest = may_go_on && gap.may_be_in_link() && !behind_link;
        may_go_on = behind_link || (may_be_rest && gap.may_go_on(word));
        if let Some(foreign) = Foreign::recognise(word).filter(|foreign| !known.contains(foreign.host())) {
            // What a bracket alone parts from a link may be any part of it.
            if may_be_rest && gap.touches() {
                read.error(LinkError::NoRoom);
            } else {
                read.elsewhere.get_or_insert(foreign);
            }
            continue;
        }
        for provider in providers {
            match provider.recognise_among(word, known).map(|found| found.and_then(permitted)) {
                Some(Ok(found)) if may_be_cut || (may_be_rest && found.standing.asks_first()) => {
                    read.error(LinkError::NoRoom);
                }
                Some(Ok(found)) => read.link(provider, found),
                Some(Err(error)) => read.error(error),
                None => {}
            }
            match provider.recognise_code(word, lone, known) {
                Some(_) if may_be_rest => read.error(LinkError::NoRoom),
                Some(_) if at_link => read.code(Err(LinkError::NoRoom)),
                Some(found) => {
                    let meeting = |found| Meeting { provider: Arc::clone(provider), found };
                    read.code(found.and_then(permitted).map(meeting));
                }
                None => {}
            }
        }
        read.hidden |= hides_link(word) || services::leads_to_google_meet(word, known);
        if has_other_scheme(word) {
            read.error(LinkError::OtherScheme);
        }
    }
    let nothing = if text.len() > LONGEST_TEXT { LinkError::TooLong } else { LinkError::NoLink };
    read.decided().unwrap_or(Err(nothing))
}

#[cfg(test)]
mod invitations;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{livekit, visio};

    /// Where `text` leads whoever knows `visio.agglo.example`, in a few words; `?` stands for a question before.
    fn leads(text: &str) -> String {
        let providers: Vec<Arc<dyn crate::Provider>> = vec![Arc::new(livekit::Provider), Arc::new(visio::Provider)];
        match find_destination(text, &providers, &KnownHosts::new(["visio.agglo.example"], false)) {
            Ok(Destination::Here(Meeting { found: Found { link, standing }, .. })) => {
                let asks = if standing == Standing::Known { "" } else { "? " };
                format!("{asks}{}/{}", link.host, link.room)
            }
            Ok(Destination::Elsewhere(foreign)) => format!("{:?}", foreign.service),
            Err(error) => format!("{error:?}"),
        }
    }

    #[test]
    fn a_code_counts_only_without_a_link() {
        for (text, there) in [
            ("abc-defg-hij", "visio.agglo.example/abc-defg-hij"),
            ("Code : abc-defg-hij, https://www.agglo.example", "visio.agglo.example/abc-defg-hij"),
            ("Code : abc-defg-hij tel:+33123456789 sip:x@y.example", "visio.agglo.example/abc-defg-hij"),
            ("<p>https://maps.example/a/b</p><p>abc-defg-hij</p>", "visio.agglo.example/abc-defg-hij"),
            ("[conseil-dsi](https://intranet.example/a/b) Code : abc-defg-hij", "visio.agglo.example/abc-defg-hij"),
            ("Code : *abc-defg-hij*", "visio.agglo.example/abc-defg-hij"),
            // A link to a meeting, of whomever.
            ("dev-meeting *https://meet.example/abc-defg-hij*", "? meet.example/abc-defg-hij"),
            ("abc-defg-hij=https://meet.example/abc-defg-hij", "? meet.example/abc-defg-hij"),
            ("*abc-defg-hij* <https://zoom.us/j/81234567890>", "Zoom"),
            ("[conseil-dsi](https://meet.example/reunion)", "? meet.example/reunion"),
            (
                "{\"code\":\"abc-defg-hij\",\"url\":\"https://meet.example/abc-defg-hij\"}",
                "? meet.example/abc-defg-hij",
            ),
            ("https://meet.example/abc-defg-hij\tabc-defg-hij", "? meet.example/abc-defg-hij"),
            ("[dev-meeting](https://www.google.com/url?q=https://meet.example/room-1)", "? meet.example/room-1"),
            ("[dev-meeting] https://meet.google.com/abc-defg-hij", "GoogleMeet"),
            ("[dev-meeting](zoommtg://zoom.us/join?confno=81234567890)", "Zoom"),
            ("abc-defg-hij https://intranet.example/agenda https://zoom.us/j/81234567890", "Zoom"),
            // One that is broken, or that nobody reads.
            ("[conseil-dsi](https://meet.example:99999/abc-defg-hij)", "BadPort"),
            ("DEV-MEETING https://a@meet.example/abc-defg-hij", "UserInHost"),
            ("abc-defg-hij https://visio.agglo.example.evil.example/abc-defg-hij", "LookAlike"),
            ("abc-defg-hij http://meet.example:8080/abc-defg-hij", "NotEncrypted"),
            ("[dev-meeting] livekit://meet.example/room", "NoCredentials"),
            ("[DEV-MEETING] htps://meet.example/abc-defg-hij", "OtherScheme"),
            ("see javascript:x[abc-defg-hij]", "OtherScheme"),
            ("dev-meeting a/b=https://meet.example/abc-defg-hij", "NoLink"),
            ("dev-meeting *https://meet.example:0/abc-defg-hij*", "BadPort"),
            ("https://visio.exa\tmple.org/abc-defg-hij abc-defg-hij", "NoRoom"),
            ("https://meet.example/[abc-defg-hij]", "NoRoom"),
            ("https://meet.example/<abc-defg-hij>", "NoRoom"),
            // The text of a link to a page.
            ("[abc-defg-hij](https://meet.example/a/b)", "NoRoom"),
            ("[abc-defg-hij](https://protect-eu.mimecast.com/s/AbCdEfGhIj?domain=a.example)", "NoRoom"),
            ("*abc-defg-hij*<https://meet.example/a/b>", "NoRoom"),
            ("[conseil-dsi](https://meet.example/a/b)", "NoLink"),
            ("Conference(https://meet.example)", "NoLink"),
        ] {
            assert_eq!(leads(text), there, "{text:?}");
        }
        let providers: Vec<Arc<dyn crate::Provider>> = vec![Arc::new(visio::Provider)];
        let nobody = |text| find_destination(text, &providers, &KnownHosts::default()).map(drop);
        assert_eq!(nobody("DEV-MEETING"), Err(LinkError::NoServer));
        assert_eq!(nobody("DEV-MEETING https://h:0/abc-defg-hij"), Err(LinkError::BadPort));
        let closed = KnownHosts::new(["visio.agglo.example"], true);
        let refused = find_destination("[dev-meeting](https://meet.example/abc-defg-hij)", &providers, &closed);
        assert_eq!(refused.map(drop), Err(LinkError::NotAllowed));
    }

    #[test]
    fn the_marks_of_mailers_hide_no_link() {
        for mark in [
            "*{}*",
            "**{}**",
            "_{}_",
            "`{}`",
            "→{}",
            "Lien={}",
            "Lien=*{}*",
            "*Lien : {}*",
            "**Lien:** {}",
            "**Lien:**{}",
            "`Lien : {}`.",
            "|Lien|{}|",
            "Lien|{}|",
            "&lt;{}&gt;",
            "<p>&lt;{}&gt;</p>",
            "&lt;a href=&quot;{}&quot;&gt;ici&lt;/a&gt;",
            "14h30:{}",
            "14:30:{}",
            "Bonjour,{}",
            "=>{}",
            "- Réunion demain\n- *{}*,\nabc",
            "https://maps.example\n**{}**",
        ] {
            let gateway =
                "https://eur03.safelinks.protection.outlook.com/?url=https%3A%2F%2Fvisio.agglo.example%2Fabc-defg-hij";
            for (link, there) in [
                ("https://visio.agglo.example/abc-defg-hij", "visio.agglo.example/abc-defg-hij"),
                ("visavis:visio.agglo.example/abc-defg-hij", "visio.agglo.example/abc-defg-hij"),
                ("https://visio.agglo.example/abc-defg-hij?a=b|c,d*_=", "visio.agglo.example/abc-defg-hij"),
                ("https://meet.example/abc-defg-hij", "? meet.example/abc-defg-hij"),
                ("https://visio.agglo.example.evil.example/abc-defg-hij", "LookAlike"),
                ("https://visio.agglo.example@evil.example/abc-defg-hij", "UserInHost"),
                ("https://zoom.us/j/81234567890?pwd=a|b,c=", "Zoom"),
                (gateway, "visio.agglo.example/abc-defg-hij"),
            ] {
                let text = mark.replace("{}", link);
                assert_eq!(leads(&text), there, "{text:?}");
            }
        }
        for (text, there) in [
            ("https://visio.agglo.example/abc-defg-hij,merci", "visio.agglo.example/abc-defg-hij"),
            ("visio.agglo.example/abc-defg-hij|Salle 2", "visio.agglo.example/abc-defg-hij"),
            ("https://visio.agglo.example/abc-defg-hij;https://evil.example/x", "visio.agglo.example/abc-defg-hij"),
            ("_Lien : https://visio.agglo.example/abc-defg-hij_", "visio.agglo.example/abc-defg-hij"),
            ("https://visio.agglo.example/conseil_", "visio.agglo.example/conseil_"),
            ("https://visio.agglo.example/a,b", "NoLink"),
            ("https://visio.agglo.example/conference,b", "NoLink"),
            // Never to another host.
            ("https://visio.agglo.example*.evil.example/abc-defg-hij", "BadHost"),
            ("https://visio.agglo.example,evil.example/abc-defg-hij", "BadHost"),
            ("*https://visio.agglo.example*evil.example/abc-defg-hij", "BadHost"),
            ("https://visio.agglo.example`.`evil.example/abc-defg-hij", "NoRoom"),
            ("https://visio.agglo.example\n*evil.example/abc-defg-hij*", "NoRoom"),
            ("&lt;https://visio.agglo.example&gt;.evil.example/abc-defg-hij", "NoLink"),
            ("https://visio.agglo.example/login?\nnext=https://evil.example/abc-defg-hij", "NoLink"),
            ("https://visio.agglo.example/login?(next=https://evil.example/abc-defg-hij", "NoLink"),
            ("https://visio.agglo.example/login?[a=b](next=https://evil.example/abc-defg-hij", "NoLink"),
            ("visavis:visio.agglo.example/login?\nnext=https://evil.example/abc-defg-hij", "NoLink"),
            ("*javascript:https://visio.agglo.example/abc-defg-hij*", "NoLink"),
            ("*javascript:alert*[https://visio.agglo.example/abc-defg-hij]", "OtherScheme"),
            ("ofe|u|https://visio.agglo.example/abc-defg-hij", "NoLink"),
        ] {
            assert_eq!(leads(text), there, "{text:?}");
        }
        let zoom = |text: &str| match find_destination(text, &[], &KnownHosts::default()) {
            Ok(Destination::Elsewhere(foreign)) => foreign.url.to_string(),
            other => panic!("{text}: {other:?}"),
        };
        for text in [
            "*https://zoom.us/j/81234567890*",
            "_https://zoom.us/j/81234567890_",
            "*Zoom : https://zoom.us/j/81234567890*.",
        ] {
            assert_eq!(zoom(text), "https://zoom.us/j/81234567890", "{text}");
        }
        assert_eq!(zoom("**zoommtg://zoom.us/join?confno=81234567890**"), "https://zoom.us/j/81234567890");
    }

    #[test]
    fn what_stands_at_a_link_and_in_it_is_told_apart() {
        for (text, there) in [
            ("visio.agglo.example[.]evil.example/abc-defg-hij", "? evil.example/abc-defg-hij"),
            ("https://visio.agglo.example[:][evil.example/abc-defg-hij", "NoRoom"),
            ("https://visio.agglo.example[…](!)(evil.example/abc-defg-hij", "NoRoom"),
            ("https://visio.agglo.example:443[.]evil.example/abc-defg-hij", "NoRoom"),
            ("https://visio.agglo.example«.»evil.example/abc-defg-hij", "NoRoom"),
            ("https://visio.agglo.example'.'evil.example/abc-defg-hij", "NoRoom"),
            ("https://visio.agglo.example?[.][evil.example/abc-defg-hij", "NoRoom"),
            ("https://[.]evil.example/abc-defg-hij", "BadHost"),
            ("https://[::1].[evil.example/abc-defg-hij", "NoRoom"),
            ("https://[visio.agglo.example](evil.example/abc-defg-hij", "BadHost"),
            ("livekit://visio.agglo.example(.)(evil.example/abc-defg-hij", "NoCredentials"),
            ("https://visio.agglo.example/x[.]evil.example/abc-defg-hij", "visio.agglo.example/x"),
            ("see javascript:x[.]https://visio.agglo.example/abc-defg-hij", "OtherScheme"),
            ("see javascript:x;[https://visio.agglo.example/abc-defg-hij]", "OtherScheme"),
            ("see data:text/html,[https://visio.agglo.example/abc-defg-hij]", "OtherScheme"),
            ("Data:12/12/2026[https://visio.agglo.example/abc-defg-hij]", "visio.agglo.example/abc-defg-hij"),
            ("Lien:https://visio.agglo.example@evil.example/abc-defg-hij", "UserInHost"),
            ("Rendez-vous:https://visio.agglo.example.evil.example/abc-defg-hij", "LookAlike"),
            ("Lien:livekit://visio.agglo.example/salle?token=e30.e30.c2ln", "visio.agglo.example/salle"),
            ("microsoft-edge:visavis://visio.agglo.example/abc-defg-hij", "NoLink"),
            ("ms-word:ofe|u|https://visio.agglo.example/abc-defg-hij", "NoLink"),
            ("search-ms:crumb=location:https://visio.agglo.example/abc-defg-hij", "NoLink"),
            ("Lien:javascript:https://visio.agglo.example/abc-defg-hij", "NoLink"),
            // Brackets of a room's name, and those of prose.
            ("livekit://visio.agglo.example/Salle[1]?token=e30.e30.c2ln", "visio.agglo.example/Salle[1]"),
            ("wss://visio.agglo.example/[1]?token=e30.e30.c2ln", "visio.agglo.example/[1]"),
            ("[a](livekit://visio.agglo.example/[1][2]-b?token=e30.e30.c2ln)", "visio.agglo.example/[1][2]-b"),
            ("visavis:livekit://visio.agglo.example/a[[1]]?token=e30.e30.c2ln[2]", "visio.agglo.example/a[[1]]"),
            ("livekit://visio.agglo.example[1]/a?token=e30.e30.c2ln", "NoCredentials"),
            ("https://visio.agglo.example/abc-defg-hij[1]?", "visio.agglo.example/abc-defg-hij"),
            ("https://visio.agglo.example/abc-defg-hij[1]et", "visio.agglo.example/abc-defg-hij"),
            ("[url]https://visio.agglo.example/abc-defg-hij[/url]", "visio.agglo.example/abc-defg-hij"),
            ("https://a.example/x[a]https://visio.agglo.example/abc-defg-hij", "visio.agglo.example/abc-defg-hij"),
            ("https://a.example/x[https://visio.agglo.example/abc-defg-hij]a", "visio.agglo.example/abc-defg-hij"),
            (
                "https://eur03.safelinks.protection.outlook.com/?a[0]=x&url=https%3A%2F%2Fvisio.agglo.example%2Fabc-defg-hij",
                "visio.agglo.example/abc-defg-hij",
            ),
            (
                "https://www.google.com/url?x[]=1&q=https://visio.agglo.example/abc-defg-hij",
                "visio.agglo.example/abc-defg-hij",
            ),
        ] {
            assert_eq!(leads(text), there, "{text:?}");
        }
    }
}
