//! Links to rooms whose code white space cuts in two, as letters and mailers do that break lines at hyphens.

use crate::visio::is_code;
use crate::words::Gap;

/// What a link is together with the word behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The link as it was: what stands before the gap ends in a hyphen, as no room does.
    Whole(String),
    /// It names a room as it stands, and may be the first part of another one's code.
    Unclear,
}

impl Cut {
    /// Of `link` and the word behind it. `None`: the two make no code.
    pub fn of(link: &str, gap: Gap, next: &str) -> Option<Self> {
        let (host, start) = link.rsplit_once('/')?;
        let is_path = !host.is_empty() && !host.ends_with('/') && !start.is_empty();
        if !is_path || !is_code(&format!("{start}{next}")) {
            return None;
        }
        match gap {
            Gap::Break | Gap::Tab | Gap::Space if start.ends_with('-') => Some(Self::Whole(format!("{link}{next}"))),
            Gap::Break | Gap::Tab => Some(Self::Unclear),
            Gap::Space | Gap::End | Gap::Sign | Gap::Closed => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_is_cut_is_told() {
        let host = "https://visio.agglo.example";
        let whole = Some(Cut::Whole(format!("{host}/abc-defg-hij")));
        for (start, gap, next, expected) in [
            ("abc-", Gap::Break, "defg-hij", whole.clone()),
            ("abc-defg-", Gap::Break, "hij", whole.clone()),
            ("abc-", Gap::Space, "defg-hij", whole.clone()),
            ("abc-", Gap::Tab, "defg-hij", whole),
            ("abc-defg", Gap::Break, "-hij", Some(Cut::Unclear)),
            ("abc-de", Gap::Break, "fg-hij", Some(Cut::Unclear)),
            // Prose behind a room with a name.
            ("abc-defg", Gap::Space, "-hij", None),
            ("abc-", Gap::End, "defg-hij", None),
            ("abc-", Gap::Sign, "defg-hij", None),
            ("abc-", Gap::Break, "defg-hijk", None),
            ("abc-", Gap::Break, "évé-hij", None),
            ("abc-defg-hij", Gap::Break, "demain", None),
            ("", Gap::Break, "abc-defg-hij", None),
        ] {
            assert_eq!(Cut::of(&format!("{host}/{start}"), gap, next), expected, "{start} {next}");
        }
        assert_eq!(Cut::of("https://abc-", Gap::Break, "defg-hij"), None, "a host");
        assert_eq!(Cut::of("abc-", Gap::Break, "defg-hij"), None);
        let written = Some(Cut::Whole("visio.agglo.example/abc-defg-hij".into()));
        assert_eq!(Cut::of("visio.agglo.example/abc-", Gap::Break, "defg-hij"), written);
    }
}
