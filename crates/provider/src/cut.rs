//! Links to rooms whose code white space cuts in two, as letters and mailers do that break lines at hyphens.

use crate::visio::is_code;
use crate::words::Gap;
use std::borrow::Cow;
use std::iter::Peekable;

/// What a link is together with the word behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Cut {
    /// The link as it was: what stands before the gap ends in a hyphen, as no room does.
    Whole(String),
    /// It names a room as it stands, and may be the first part of another one's code.
    Unclear,
}

impl Cut {
    /// Of `link` and the word behind it; `ends_line`: nothing else stands on that word's line. `None`: the two make no code, or the word is
    /// prose behind a room with a name.
    fn of(link: &str, gap: Gap, next: &str, ends_line: impl Fn() -> bool) -> Option<Self> {
        let (host, start) = link.rsplit_once('/')?;
        let is_path = !host.is_empty() && !host.ends_with('/') && !start.is_empty();
        if !is_path || !is_code(&format!("{start}{next}")) {
            return None;
        }
        // The server makes codes of such letters alone; a date, a number or a capital is a name's or the prose's.
        let is_made = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        match gap {
            Gap::Line | Gap::Break | Gap::Tab | Gap::Space if start.ends_with('-') => {
                Some(Self::Whole(format!("{link}{next}")))
            }
            // No word of prose fits a code with a hyphen; one without does, and more of its sentence stands behind it.
            Gap::Line | Gap::Tab if is_made(start) && is_made(next) && (next.contains('-') || ends_line()) => {
                Some(Self::Unclear)
            }
            Gap::Line | Gap::Break | Gap::Tab | Gap::Space | Gap::End | Gap::Sign | Gap::Closed => None,
        }
    }
}

/// `link`, with the rest of it where `words` gives that next, and whether it may be the first part of another one.
pub(crate) fn joined<'a, 'b, W>(link: Cow<'a, str>, words: &mut Peekable<W>) -> (Cow<'a, str>, bool)
where
    W: Iterator<Item = (Gap, &'b str)> + Clone,
{
    let Some((gap, next)) = words.peek().copied() else { return (link, false) };
    let ends_line = || words.clone().nth(1).is_none_or(|(gap, _)| matches!(gap, Gap::Line | Gap::Break));
    match Cut::of(&link, gap, next, ends_line) {
        Some(Cut::Whole(whole)) => {
            words.next();
            (Cow::Owned(whole), false)
        }
        Some(Cut::Unclear) => (link, true),
        None => (link, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::words;

    #[test]
    fn a_code_that_is_cut_is_told() {
        let host = "https://visio.agglo.example";
        let whole = Some(Cut::Whole(format!("{host}/abc-defg-hij")));
        for (start, gap, next, expected) in [
            ("abc-", Gap::Line, "defg-hij", whole.clone()),
            ("abc-defg-", Gap::Line, "hij", whole.clone()),
            ("abc-", Gap::Space, "defg-hij", whole.clone()),
            ("abc-", Gap::Tab, "defg-hij", whole),
            ("abc-defg", Gap::Line, "-hij", Some(Cut::Unclear)),
            ("abc-de", Gap::Line, "fg-hij", Some(Cut::Unclear)),
            ("abc-defg", Gap::Tab, "-hij", Some(Cut::Unclear)),
            ("abc-defg-h", Gap::Line, "ij", Some(Cut::Unclear)),
            // Prose behind a room with a name.
            ("cse-2026-12", Gap::Line, "1", None),
            ("cse-2026-1", Gap::Line, "10", None),
            ("dsi-2026", Gap::Line, "-odj", None),
            ("dsi-info-1", Gap::Line, "Le", None),
            ("dsi-info-a", Gap::Line, "Le", None),
            ("dsi-info-a", Gap::Break, "le", None),
            ("abc-defg", Gap::Space, "-hij", None),
            ("abc-", Gap::End, "defg-hij", None),
            ("abc-", Gap::Sign, "defg-hij", None),
            ("abc-", Gap::Line, "defg-hijk", None),
            ("abc-", Gap::Line, "évé-hij", None),
            ("abc-defg-hij", Gap::Line, "demain", None),
            ("", Gap::Line, "abc-defg-hij", None),
        ] {
            assert_eq!(Cut::of(&format!("{host}/{start}"), gap, next, || true), expected, "{start} {next}");
        }
        assert_eq!(Cut::of("https://abc-", Gap::Line, "defg-hij", || true), None, "a host");
        assert_eq!(Cut::of("abc-", Gap::Line, "defg-hij", || true), None);
        let written = Some(Cut::Whole("visio.agglo.example/abc-defg-hij".into()));
        assert_eq!(Cut::of("visio.agglo.example/abc-", Gap::Line, "defg-hij", || true), written);
        let sentence = |start, next| Cut::of(&format!("{host}/{start}"), Gap::Line, next, || false);
        assert_eq!(sentence("dsi-info-a", "le"), None, "more of it stands behind it");
        assert_eq!(sentence("abc-de", "fg-hij"), Some(Cut::Unclear));
    }

    #[test]
    fn whether_a_word_ends_its_line_is_looked_up() {
        for (text, may_be_cut) in [
            ("https://a.example/abc-defg-h\nij", true),
            ("https://a.example/abc-defg-h\nij\nDemain", true),
            ("https://a.example/abc-defg-h\nij demain", false),
            ("https://a.example/abc-defg-hij", false),
        ] {
            let mut words = words(text).peekable();
            let (_, link) = words.next().expect("a link");
            let link = Cow::Borrowed(link);
            assert_eq!(joined(link.clone(), &mut words), (link, may_be_cut), "{text:?}");
        }
    }
}
