//! Where the link of a meeting may be.

use crate::text::whole;
use calcard::icalendar::{ICalendarComponent, ICalendarEntry, ICalendarParameterName, ICalendarProperty};

/// Longest text that is given for one field, in bytes.
const LONGEST: usize = 16 * 1024;
/// Longest word that can be a link, in bytes.
const LONGEST_WORD: usize = 4096;
/// Fields of the same name that are looked at.
const MOST_OF_A_KIND: usize = 8;
/// The signs that a page writes in letters and that may stand in a link or around it.
const SIGNS: [(&str, char); 8] = [
    ("&nbsp;", ' '),
    ("&#160;", ' '),
    ("&#xA0;", ' '),
    ("&lt;", '<'),
    ("&gt;", '>'),
    ("&quot;", '"'),
    ("&#39;", '\''),
    ("&amp;", '&'),
];

/// Where a text was, in the order in which they are believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// `CONFERENCE` (RFC 7986 §5.11): says itself that it leads to the meeting.
    Conference,
    Url,
    /// What Outlook and Google write beside it.
    Service,
    Location,
    /// Its links only; a description is everybody's own prose.
    Description,
    /// The same as a page (`X-ALT-DESC`).
    Page,
}

/// A text in which the link may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkText {
    pub field: Field,
    pub text: String,
}

/// The texts of an event in which its link may be, best first.
pub(crate) fn of(event: &ICalendarComponent) -> Vec<LinkText> {
    let mut texts = Vec::new();
    for entry in &event.entries {
        let Some(field) = field(&entry.name) else { continue };
        if texts.iter().filter(|text: &&(u8, LinkText)| text.1.field == field).count() >= MOST_OF_A_KIND {
            continue;
        }
        let whole = whole(entry);
        let text = match field {
            Field::Description if !is_page(&whole) => links(&whole),
            Field::Description | Field::Page => links(&shown(&whole)),
            _ => cut(&whole, LONGEST).to_owned(),
        };
        if !text.trim().is_empty() {
            let later = u8::from(field == Field::Conference && !shows_pictures(entry));
            texts.push((later, LinkText { field, text }));
        }
    }
    texts.sort_by_key(|(later, text)| (text.field, *later));
    texts.into_iter().map(|(_, text)| text).collect()
}

fn field(name: &ICalendarProperty) -> Option<Field> {
    Some(match name {
        ICalendarProperty::Conference => Field::Conference,
        ICalendarProperty::Url => Field::Url,
        ICalendarProperty::Location => Field::Location,
        ICalendarProperty::Description => Field::Description,
        ICalendarProperty::Other(name) => match name.to_ascii_uppercase().as_str() {
            "X-MICROSOFT-SKYPETEAMSMEETINGURL" | "X-GOOGLE-CONFERENCE" => Field::Service,
            "X-ALT-DESC" => Field::Page,
            _ => return None,
        },
        _ => return None,
    })
}

/// `FEATURE=VIDEO`, or nothing said: beside it there may be a telephone number, or a page to watch only.
fn shows_pictures(entry: &ICalendarEntry) -> bool {
    let mut features =
        entry.parameters(&ICalendarParameterName::Feature).filter_map(|value| value.as_text()).peekable();
    features.peek().is_none() || features.any(|feature| feature.eq_ignore_ascii_case("VIDEO"))
}

/// Some programs write a page into `DESCRIPTION`. A text without tags that writes `&amp;` alone may mean just that.
fn is_page(text: &str) -> bool {
    let written =
        |(at, _): (usize, &str)| text.get(at..).and_then(sign).is_some_and(|(_, sign)| matches!(sign, ' ' | '<'));
    text.contains('<') || text.match_indices('&').any(written)
}

/// A page's text with its signs as they are shown. Each is read once: `&amp;lt;` shows `&lt;`, which is no tag.
fn shown(page: &str) -> String {
    let mut shown = String::with_capacity(page.len());
    let mut rest = page;
    while let Some((before, tail)) = rest.find('&').and_then(|at| rest.split_at_checked(at)) {
        let (length, sign) = sign(tail).unwrap_or((1, '&'));
        shown.push_str(before);
        shown.push(sign);
        rest = tail.get(length..).unwrap_or_default();
    }
    shown.push_str(rest);
    shown
}

/// The sign that a text begins with in letters, and how many these are.
fn sign(text: &str) -> Option<(usize, char)> {
    let begins = |name: &str| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    SIGNS.iter().find(|(name, _)| begins(name)).map(|(name, sign)| (name.len(), *sign))
}

fn cut(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// The words that can be links, a line each. Where there was more than white space between two, a line says so: what stands directly
/// behind a link may be the rest of it, and so may what stands behind signs and words without white space or the end of a tag.
fn links(text: &str) -> String {
    let is_white = |c: char| c.is_whitespace() || c.is_control();
    let is_sign = |c: char| matches!(c, '<' | '>' | '"' | '\'' | '(' | ')' | '«' | '»');
    let is_edge = |c: char| is_white(c) || is_sign(c);
    let mut found = String::new();
    let (mut word_between, mut white, mut sign, mut closed) = (false, false, false, false);
    for piece in text.split_inclusive(is_edge) {
        let word = piece.strip_suffix(is_edge).unwrap_or(piece);
        if word.len() <= LONGEST_WORD && looks_like_link(word) {
            let between = match found.is_empty() {
                true => "",
                false if (word_between && (white || closed)) || (white && sign) => "\n…\n",
                false => "\n",
            };
            if found.len() + between.len() + word.len() > LONGEST {
                break;
            }
            found.push_str(between);
            found.push_str(word);
            (word_between, white, sign, closed) = (false, false, false, false);
        } else {
            word_between |= !word.is_empty();
        }
        white |= piece.ends_with(is_white);
        sign |= piece.ends_with(is_sign);
        closed |= piece.ends_with('>');
    }
    found
}

/// With a scheme, or as people write it: `host.example/room`.
fn looks_like_link(word: &str) -> bool {
    word.contains("://") || word.split_once('/').is_some_and(|(host, room)| host.contains('.') && !room.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use calcard::icalendar::ICalendar;

    fn texts(properties: &str) -> Vec<(Field, String)> {
        let calendar =
            ICalendar::parse(format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{properties}END:VEVENT\r\nEND:VCALENDAR\r\n"));
        of(&calendar.unwrap().components[1]).into_iter().map(|text| (text.field, text.text)).collect()
    }

    #[test]
    fn the_fields_come_in_the_order_in_which_they_are_believed() {
        let found = texts(
            "X-ALT-DESC;FMTTYPE=text/html:<a href=\"https://a.example/p?x=1&amp;y=2\">ici</a>\r\n\
             DESCRIPTION:Bonjour\\, voyez https://a.example/d\\net 01/02.\r\n\
             LOCATION:Salle 3\\, https://a.example/l\r\n\
             X-GOOGLE-CONFERENCE:https://meet.google.com/abc-defg-hij\r\n\
             URL:https://a.example/u\r\n\
             CONFERENCE;VALUE=URI;FEATURE=PHONE:tel:+33123456789\r\n\
             CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO:https://a.example/c?a=1,2;b\r\n",
        );
        let expected = [
            (Field::Conference, "https://a.example/c?a=1,2;b"),
            (Field::Conference, "tel:+33123456789"),
            (Field::Url, "https://a.example/u"),
            (Field::Service, "https://meet.google.com/abc-defg-hij"),
            (Field::Location, "Salle 3, https://a.example/l"),
            (Field::Description, "https://a.example/d"),
            (Field::Page, "https://a.example/p?x=1&y=2"),
        ];
        assert_eq!(found, expected.map(|(field, text)| (field, text.to_owned())));
    }

    #[test]
    fn a_link_at_the_end_of_a_long_description_is_found() {
        let prose = "Ordre du jour et autres points, voir ci-dessous. ".repeat(2100);
        let found = texts(&format!("DESCRIPTION:{prose}\\nhttps://a.example/abc-defg-hij\r\n"));
        assert_eq!(found, [(Field::Description, "https://a.example/abc-defg-hij".to_owned())]);
    }

    #[test]
    fn a_description_that_is_a_page_is_read_as_one() {
        let link = "https://a.example/abc-defg-hij";
        for prose in [
            "Rejoindre&nbsp;:&nbsp;https://a.example/abc-defg-hij<br>",
            "Rejoindre&#160;:&#xa0;https://a.example/abc-defg-hij&NBSP;",
            "https://a.example/abc-defg-hij&nbsp;",
            "&lt;https://a.example/abc-defg-hij&gt;",
            "<a href=&quot;https://a.example/abc-defg-hij&quot;>é&</a>",
            "<a href=&#39;https://a.example/abc-defg-hij&#39;>&n</a>",
        ] {
            for name in ["DESCRIPTION", "X-ALT-DESC"] {
                let field = if name == "DESCRIPTION" { Field::Description } else { Field::Page };
                let prose = prose.replace(';', "\\;");
                assert_eq!(texts(&format!("{name}:{prose}\r\n")), [(field, link.to_owned())], "{prose}");
            }
        }
        for (prose, found) in [
            ("<p>https://a.example/b?x=1&amp;y=2</p>", "https://a.example/b?x=1&y=2"),
            // Read once.
            ("<p>https://a.example/b?x=&amp;lt;1</p>", "https://a.example/b?x=&lt;1"),
            // No page.
            ("https://a.example/b?x=1&amp;y=2", "https://a.example/b?x=1&amp;y=2"),
            ("https://a.example/b?x=1&y=2&lt=3", "https://a.example/b?x=1&y=2&lt=3"),
        ] {
            let found = [(Field::Description, found.to_owned())];
            assert_eq!(texts(&format!("DESCRIPTION:{}\r\n", prose.replace(';', "\\;"))), found, "{prose}");
        }
        assert_eq!(shown("&&amp;&"), "&&&");
        assert_eq!(shown(&"&".repeat(1_000_000)).len(), 1_000_000);
    }

    #[test]
    fn it_is_told_whether_two_links_touch() {
        for (prose, found) in [
            ("https://visio.exa\tmple.org/abc", "https://visio.exa\nmple.org/abc"),
            ("https://a.example\\n b.example/abc", "https://a.example\nb.example/abc"),
            ("https://a.example(b.example/abc", "https://a.example\nb.example/abc"),
            ("https://a.example(.)(b.example/abc", "https://a.example\nb.example/abc"),
            ("https://a.example[.][b.example/abc", "https://a.example[.][b.example/abc"),
            ("<a href=\"https://a.example\">x</a>b.example/abc", "https://a.example\n…\nb.example/abc"),
            ("https://a.example et b.example/abc", "https://a.example\n…\nb.example/abc"),
            ("<https://a.example>\\nb.example/abc", "https://a.example\n…\nb.example/abc"),
        ] {
            assert_eq!(texts(&format!("DESCRIPTION:{prose}\r\n")), [(Field::Description, found.to_owned())], "{prose}");
        }
    }

    #[test]
    fn a_flood_of_links_is_cut() {
        let found = texts(&format!(
            "DESCRIPTION:{}\r\n{}",
            "https://a.example/b ".repeat(9000),
            "URL:https://a.example\r\n".repeat(99)
        ));
        assert_eq!(found.len(), MOST_OF_A_KIND + 1);
        assert!(found.iter().all(|(_, text)| text.len() <= LONGEST));
    }
}
