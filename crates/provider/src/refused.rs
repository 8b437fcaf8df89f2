//! Links that are not followed, and why: for texts of which somebody wants to know more than that they lead nowhere.

use crate::cookies::host_of;
use crate::cut::joined;
use crate::scheme::{carries_content, has_other_scheme, has_scheme};
use crate::words::words;
use crate::wrapped::unwrapped;
use crate::{Foreign, KnownHosts, LinkError};
use std::sync::Arc;
use url::Url;

/// A link that is not followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub error: LinkError,
    /// Where it would lead, as far as that can be read: `host` or `host:port`.
    pub host: Option<String>,
    /// It looks like a link to a meeting: it holds a code, or what may be the first part of one, or its scheme is a provider's own. What is
    /// refused without that may be any page.
    pub is_certain: bool,
}

/// The link of `text` that is refused: the first that looks like one to a meeting, else the first of all.
///
/// `None`: there is none. Where the other links lead is [`crate::find_destination`]'s business; those of other services are none of ours.
pub fn find_refused(text: &str, providers: &[Arc<dyn crate::Provider>], known: &KnownHosts) -> Option<Refused> {
    let mut first = None;
    let (mut may_go_on, mut within_content) = (false, false);
    let mut words = words(text).peekable();
    while let Some((gap, word)) = words.next() {
        within_content = carries_content(word) || (within_content && gap.touches());
        let word = unwrapped(word);
        let (word, may_be_cut) = if within_content { (word, false) } else { joined(word, &mut words) };
        let word = &*word;
        // As where a text leads: what may be the rest of a broken link is no link of its own.
        let is_link = has_scheme(word);
        let may_be_rest = may_go_on && gap.may_be_in_link() && !is_link;
        may_go_on = is_link || (may_be_rest && gap.may_go_on(word));
        let refused = match within_content {
            true => Some(Refused { error: LinkError::OtherScheme, host: None, is_certain: holds_code(word) }),
            false if may_be_rest => None,
            false => error_of(word, may_be_cut, providers, known).map(|error| {
                let refused = of_word(word, error);
                Refused { is_certain: may_be_cut || refused.is_certain, ..refused }
            }),
        };
        match refused {
            Some(refused) if refused.is_certain => return Some(refused),
            Some(refused) => first = first.or(Some(refused)),
            None => {}
        }
    }
    first
}

/// `may_be_cut`: a room that `word` names may be another one.
fn error_of(
    word: &str,
    may_be_cut: bool,
    providers: &[Arc<dyn crate::Provider>],
    known: &KnownHosts,
) -> Option<LinkError> {
    if Foreign::recognise(word).is_some_and(|foreign| !known.contains(foreign.host())) {
        return None;
    }
    for provider in providers {
        let found = provider.recognise_among(word, known).or_else(|| provider.recognise_code(word, false, known));
        match found {
            Some(Ok(found)) => {
                return known.permits(&found.link).err().or(may_be_cut.then_some(LinkError::NoRoom));
            }
            Some(Err(error)) => return Some(error),
            None => {}
        }
    }
    has_other_scheme(word).then_some(LinkError::OtherScheme)
}

fn of_word(word: &str, error: LinkError) -> Refused {
    let is_own = error != LinkError::OtherScheme && has_other_scheme(word);
    // The parser would take the path for a host that is missing.
    let host = if error == LinkError::NoHost { None } else { host(word) };
    Refused { error, host, is_certain: is_own || holds_code(word) }
}

fn host(word: &str) -> Option<String> {
    let url = match has_scheme(word) {
        true => Url::parse(word),
        // A code alone names none.
        false => Url::parse(&format!("https://{}", word.contains('/').then_some(word)?)),
    };
    host_of(&url.ok()?).filter(|host| !host.is_empty())
}

/// Whether a word, or what stands behind its host, holds a code with the hyphens that Visio writes.
fn holds_code(word: &str) -> bool {
    let link = word.split_once("://").map_or(word, |(_, link)| link);
    let behind = link.split_once(['/', '\\', '?', '#']).map_or(link, |(_, behind)| behind);
    let is_code = |piece: &str| {
        let piece = piece.trim_end_matches(['.', '_']);
        piece.split('-').map(str::len).eq([3, 4, 3]) && !piece.contains(['.', '_'])
    };
    behind.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '.' | '_')).any(is_code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AllowedHosts, livekit, visio};

    /// What is refused where a policy allows `visio.agglo.example` alone: the error, the host, and `!` where it is certain.
    fn tells(text: &str) -> String {
        let (allowed, _) = AllowedHosts::only(["visio.agglo.example"]);
        told(text, &KnownHosts::new(["visio.agglo.example"], false).within(allowed, false))
    }

    fn told(text: &str, known: &KnownHosts) -> String {
        let providers: Vec<Arc<dyn crate::Provider>> = vec![Arc::new(livekit::Provider), Arc::new(visio::Provider)];
        find_refused(text, &providers, known).map_or(String::new(), |refused| {
            let certain = if refused.is_certain { "!" } else { "" };
            format!("{:?} {}{certain}", refused.error, refused.host.unwrap_or_default())
        })
    }

    #[test]
    fn a_link_that_is_refused_is_told_with_its_host() {
        let gateway = "https://eur03.safelinks.protection.outlook.com/?url=https%3A%2F%2Fother.example%2Fabc-defg-hij";
        for (text, refused) in [
            ("https://other.example/abc-defg-hij", "NotAllowed other.example!"),
            ("Salle 3, https://other.example:8443/abc-defg-hij.", "NotAllowed other.example:8443!"),
            ("other.example/abc-defg-hij", "NotAllowed other.example!"),
            (gateway, "NotAllowed other.example!"),
            ("livekit://other.example/room?key=a&secret=b", "NotAllowed other.example!"),
            ("https://visio.agglo.example.evil.example/abc-defg-hij", "LookAlike visio.agglo.example.evil.example!"),
            ("https://visio.agglo.example@evil.example/abc-defg-hij", "UserInHost evil.example!"),
            ("http://meet.example:8080/abc-defg-hij", "NotEncrypted meet.example:8080!"),
            ("https:///abc-defg-hij", "NoHost !"),
            ("ftp://visio.agglo.example/abc-defg-hij", "OtherScheme visio.agglo.example!"),
            ("javascript:alert('https://visio.agglo.example/abc-defg-hij')", "OtherScheme !"),
        ] {
            assert_eq!(tells(text), refused, "{text}");
        }
    }

    #[test]
    fn a_page_is_told_from_a_meeting() {
        for (text, refused) in [
            ("https://intranet.example/odj", "NotAllowed intranet.example"),
            ("https://intranet.example/odj\nhttps://wiki.example/odj", "NotAllowed intranet.example"),
            (
                "Ordre du jour : https://intranet.example/odj, lien : https://other.example/abc-defg-hij",
                "NotAllowed other.example!",
            ),
            ("https://srv-docs-web/odj", "NotAllowed srv-docs-web"),
            ("ftp://files.example/odj", "OtherScheme files.example"),
        ] {
            assert_eq!(tells(text), refused, "{text}");
        }
    }

    #[test]
    fn a_code_that_may_be_cut_is_told() {
        for (text, refused) in [
            ("https://visio.agglo.example/abc-de\nfg-hij", "NoRoom visio.agglo.example!"),
            ("Rejoindre : https://visio.agglo.example/abc-defg\n-hij, à 10 h", "NoRoom visio.agglo.example!"),
            ("https://other.example/abc-\ndefg-hij", "NotAllowed other.example!"),
            ("https://other.example/abc-de\nfg-hij", "NotAllowed other.example!"),
        ] {
            assert_eq!(tells(text), refused, "{text:?}");
        }
    }

    #[test]
    fn what_is_followed_or_none_of_ours_is_not_refused() {
        for text in [
            "https://visio.agglo.example/abc-\ndefg-hij",
            "https://visio.agglo.example/cse-2026-12\n1. Approbation du PV",
            "https://zoom.us/abc-de\nfg-hij",
            "https://visio.agglo.example/abc-defg-hij",
            "abc-defg-hij",
            "https://us02web.zoom.us/j/81234567890",
            "meet.google.com/abc-defg-hij",
            "https://tel.meet/abc-defg-hij?pin=1234567890123",
            "https://intranet.example/a/b",
            "tel:+33123456789",
            "Auditorium",
            "",
            // The rest of a broken link.
            "https://visio.exa\tmple.org/abc-defg-hij",
        ] {
            assert_eq!(tells(text), "", "{text}");
        }
        assert_eq!(told("https://other.example/abc-defg-hij", &KnownHosts::default()), "");
        assert_eq!(told("Code : abc-defg-hij", &KnownHosts::default()), "NoServer !");
    }
}
