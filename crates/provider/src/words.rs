//! The words of a pasted text that may be links, and what stands between them.

use crate::label::{bare, ends_prose};
use crate::scheme::has_scheme;
use crate::wrapped::unwrapped;
use std::net::Ipv6Addr;

/// Longest text in which a link is looked for, in bytes; longer pasted text is cut here.
pub(crate) const LONGEST_TEXT: usize = 16 * 1024;

/// Longest IPv6 address as it is written, in bytes, with the bracket behind it.
const LONGEST_ADDRESS: usize = 46;

/// What stands between a word and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    /// The word before has ended: there is none, or there are a sign and white space.
    End,
    /// Spaces alone: a link ends there.
    Space,
    /// White space with one end of a line in it, as mailers break lines; browsers read a link on over it.
    Line,
    /// White space with several lines in it, or with tabs: browsers read a link on over it as well.
    Break,
    /// Tabs alone, which stand in no prose.
    Tab,
    /// A quote or a bracket without white space.
    Sign,
    /// The end of a tag, without white space.
    Closed,
}

impl Gap {
    fn of(between: &str) -> Self {
        let is_white = |c: char| c.is_whitespace() || is_unseen(c);
        // What is not seen makes neither a gap nor an end of one.
        if !between.contains(char::is_whitespace) {
            // A dot stands in a host, and in no tag alone.
            if between.contains('>') && !between.contains('.') { Self::Closed } else { Self::Sign }
        } else if between.chars().all(|c| c == '\t' || is_unseen(c)) {
            Self::Tab
        } else if !between.chars().all(|c| is_white(c) || c == '.') {
            Self::End
        } else {
            match between.replace("\r\n", "\n").matches(['\n', '\r']).count() {
                0 if !between.contains('\t') => Self::Space,
                1 => Self::Line,
                _ => Self::Break,
            }
        }
    }

    /// Whether `word` behind it may be more of a link that the word before it is a part of.
    pub fn may_go_on(self, word: &str) -> bool {
        let in_host = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        match self {
            // Whatever it is: there is no white space yet.
            Self::Sign => true,
            Self::Line | Self::Break => word.contains(['.', '/']),
            Self::Tab => word.contains(['.', '/']) || word.chars().all(in_host),
            Self::End | Self::Space | Self::Closed => false,
        }
    }

    /// Whether what stands behind it may be the rest of a link.
    pub const fn may_be_in_link(self) -> bool {
        matches!(self, Self::Line | Self::Break | Self::Sign | Self::Tab)
    }

    /// Whether there is no white space in it.
    pub const fn touches(self) -> bool {
        matches!(self, Self::Sign | Self::Closed)
    }
}

/// The words of `text`, cut at [`LONGEST_TEXT`], without the signs of the prose around them.
pub(crate) fn words(text: &str) -> impl Iterator<Item = (Gap, &str)> + Clone {
    let mut end = text.len().min(LONGEST_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut rest = text.get(..end).unwrap_or_default();
    // What stands behind the last word.
    let mut behind = rest;
    let mut ended = true;
    // The last word is a link, or may be more of one.
    let mut may_go_on = false;
    std::iter::from_fn(move || {
        loop {
            let (_, tail) = rest.split_at(start_of_word(rest)?);
            let (word, after) = tail.split_at(end_of_word(tail));
            rest = after;
            let (between, _) = behind.split_at(behind.len() - tail.len());
            let gap = if ended { Gap::End } else { Gap::of(between) };
            let whole = word.trim_start_matches(|c| matches!(c, '‘' | '‚' | '„' | '‹') || is_unseen(c));
            let may_be_rest = may_go_on && gap.may_be_in_link();
            let word = bare(whole, may_be_rest);
            // A sign that stands alone, as a colon of French prose, is a part of the gap.
            if word.is_empty() {
                continue;
            }
            may_go_on = has_scheme(&unwrapped(word)) || (may_be_rest && gap.may_go_on(word));
            // A link may be broken behind a dot; behind these signs of prose, and white space, it has ended.
            let signs = whole.get(whole.trim_end_matches(ends_prose).len()..);
            let closed = signs.is_some_and(|signs| signs.contains([',', ';', '!', '…']));
            ended = closed && after.starts_with(char::is_whitespace);
            behind = after;
            return Some((gap, word));
        }
    })
}

pub(crate) fn is_edge(c: char) -> bool {
    c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\'' | '`' | '(' | ')' | '[' | ']' | '«' | '»' | '“' | '”')
}

/// Characters that are not seen, and that programs put around a link: marks of direction, joiners, the mark of an encoding. In a link they
/// deceive, and are refused; at its edges nothing is hidden.
pub(crate) const fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Where the first word of `text` begins.
fn start_of_word(text: &str) -> Option<usize> {
    let is_around = |c: char| is_edge(c) || is_unseen(c);
    text.char_indices().find(|(at, c)| !is_around(*c) || text.get(*at..).is_some_and(is_address)).map(|(at, _)| at)
}

/// Where the word ends that `text` begins with. The brackets of a host are none of the prose: those around an IPv6 address, and whatever
/// stands where a link has its host, so that a broken one is told as broken. Nor are those behind its host, where more of the link follows.
fn end_of_word(text: &str) -> usize {
    let mut in_host = false;
    let mut kept = 0;
    for (at, c) in text.char_indices() {
        if at < kept {
            continue;
        }
        let (before, rest) = text.split_at(at);
        match c {
            '[' if before.ends_with("://") || is_address(rest) => in_host = true,
            '[' if is_past_host(before) => match brackets_within(rest) {
                Some(length) => kept = at + length,
                None => return at,
            },
            ']' if in_host => in_host = false,
            _ if is_edge(c) => return at,
            _ => {}
        }
    }
    text.len()
}

/// True for the start of a link that has its host already.
fn is_past_host(text: &str) -> bool {
    text.split_once("://").is_some_and(|(_, link)| link.contains(['/', '?']))
}

/// How long the brackets are that `text`, the rest of a link, begins with. `None`: they are of the prose, because they are not closed,
/// hold a link, or no more of this one stands behind them.
fn brackets_within(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut length = None;
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.checked_sub(1)?,
            _ if depth == 0 => {
                length = Some(at);
                break;
            }
            _ if is_edge(c) || c == '/' => return None,
            _ => {}
        }
    }
    let behind = text.get(length?..)?.split(is_edge).next()?.trim_end_matches(['?', '.', ',', ';', ':', '!', '…']);
    // A word of prose may touch them too, and has no query.
    let is_more = behind.starts_with(['/', '?', '&', '='])
        || behind.contains(['?', '&', '=']) && behind.starts_with(|c: char| c.is_alphanumeric() || "-_%.".contains(c));
    let is_other = behind.split_once("://").is_some_and(|(start, _)| !start.contains(['/', '?', '&', '=']));
    length.filter(|_| is_more && !is_other)
}

/// True for a text that begins with an IPv6 address in its brackets.
fn is_address(text: &str) -> bool {
    let Some(inside) = text.strip_prefix('[') else { return false };
    let end = inside.bytes().take(LONGEST_ADDRESS).position(|byte| byte == b']');
    end.and_then(|end| inside.get(..end)).is_some_and(|address| address.parse::<Ipv6Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(Gap, &str)> {
        words(text).collect()
    }

    #[test]
    fn what_stands_between_two_words_is_told() {
        assert_eq!(all("a b\n\tc\td"), [(Gap::End, "a"), (Gap::Space, "b"), (Gap::Line, "c"), (Gap::Tab, "d")]);
        assert_eq!(
            all("a(b) c <d>\"e\""),
            [(Gap::End, "a"), (Gap::Sign, "b"), (Gap::End, "c"), (Gap::End, "d"), (Gap::Closed, "e")]
        );
        assert_eq!(all("a, b : c"), [(Gap::End, "a"), (Gap::End, "b"), (Gap::End, "c")]);
        for (text, gap) in [
            ("a[.][b", Gap::Sign),
            ("a(.)(b", Gap::Sign),
            ("a[:](,)(b", Gap::Sign),
            ("a,(b", Gap::Sign),
            ("a<.>b", Gap::Sign),
            ("a<,>b", Gap::Closed),
            ("a[.] b", Gap::End),
            ("a (.)b", Gap::End),
            ("a\n!\nb", Gap::End),
            ("a\n.\nb", Gap::Break),
            ("a\r\n b", Gap::Line),
            ("a\r\n\r\nb", Gap::Break),
            ("a \tb", Gap::Break),
            ("a . b", Gap::Space),
            ("*a*, b", Gap::End),
            ("*a*\n_b_", Gap::Line),
            ("a`.`b", Gap::Sign),
            ("`a`\nb", Gap::End),
        ] {
            assert_eq!(all(text), [(Gap::End, "a"), (gap, "b")], "{text:?}");
        }
        assert_eq!(all("x Lien:https://a, y"), [(Gap::End, "x"), (Gap::Space, "https://a"), (Gap::End, "y")]);
        assert_eq!(all(" . … "), []);
        assert_eq!(all(&"é".repeat(LONGEST_TEXT)).len(), 1);
    }

    #[test]
    fn the_signs_of_prose_are_none_of_a_link() {
        for text in
            ["x…", "«\u{a0}x\u{a0}»", "‘x’", "„x“", "‹x›,", "(x).", "x !", "“x…”", "x’…", "`x`.", "*x*", "‘*x*’,"]
        {
            assert_eq!(all(text), [(Gap::End, "x")], "{text}");
        }
    }

    #[test]
    fn what_is_not_seen_is_none_of_a_word_at_its_edges() {
        for mark in ['\u{200b}', '\u{200e}', '\u{202a}', '\u{202e}', '\u{2060}', '\u{2066}', '\u{2069}', '\u{feff}'] {
            for text in ["{}x", "x{}", "{}x{}", "{}{} x{}.", "x.{}", "«{}x{}»", "‘{}x{}’", "{}‘x’", "<{}x{}>", "{}"]
            {
                let text = text.replace("{}", &mark.to_string());
                let expected = if text.contains('x') { vec![(Gap::End, "x")] } else { Vec::new() };
                assert_eq!(all(&text), expected, "{text:?}");
            }
            // It stays in one, and no gap is another for it.
            let within = format!("x{mark}y");
            assert_eq!(all(&within), [(Gap::End, within.as_str())]);
            for (text, gap) in [
                ("a\n{}b", Gap::Line),
                ("a{}\n{}b", Gap::Line),
                ("a\t{}b", Gap::Tab),
                ("a {}b", Gap::Space),
                ("a[{}b", Gap::Sign),
            ] {
                let text = text.replace("{}", &mark.to_string());
                assert_eq!(all(&text), [(Gap::End, "a"), (gap, "b")], "{text:?}");
            }
        }
    }

    #[test]
    fn brackets_are_signs_of_prose_but_around_a_host() {
        assert_eq!(all("[a](b) c[d]"), [(Gap::End, "a"), (Gap::Sign, "b"), (Gap::End, "c"), (Gap::Sign, "d")]);
        assert_eq!(all("[] [ ] [[ ]]"), []);
        assert_eq!(all("[::1"), [(Gap::End, "::1")]);
        for word in [
            "https://a.example/b",
            "[::1]",
            "[2001:db8::1]:8443/b",
            "https://[::1]/b",
            "https://[::ffff:255.255.255.255]:1/b",
            "https://[x]/b",
            "https://c@[::1]/b",
            "visavis:[::1]/b",
        ] {
            for text in [word.to_owned(), format!("[{word}]"), format!("([{word}])."), format!("[[{word}]")] {
                assert_eq!(all(&text), [(Gap::End, word)], "{text}");
            }
        }
        // A broken one stays whole.
        for word in ["https://[::1/b", "https://["] {
            assert_eq!(all(word), [(Gap::End, word)]);
        }
        assert_eq!(all(&"[".repeat(LONGEST_TEXT)), []);
    }

    #[test]
    fn brackets_within_a_link_are_its_own() {
        for word in [
            "livekit://a.example/b[1]?token=c",
            "wss://a.example/[1]?token=c",
            "https://a.example/[b][[1]]/c[2]d?e",
            "https://a.example?b[0]=1&c[]=2",
            "https://a.example/b[1]-2/c?d",
            "https://a.example/b[1]%20c?d",
            "https://a.example/b[1].2?c",
            "https:///[x]/b",
        ] {
            for text in [word.to_owned(), format!("[{word}]"), format!("([{word}])."), format!("[x]({word})")] {
                assert_eq!(all(&text).last().map(|(_, word)| *word), Some(word), "{text}");
            }
        }
        for text in [
            "https://a.example/b[1]",
            "https://a.example/b[1].",
            "https://a.example/b[1] c",
            "https://a.example/b[1]?",
            "https://a.example/b[1]et ?",
            "https://a.example/b[1]et?",
            "https://a.example/b[1]et/ou",
            "https://a.example/b](c)",
            "https://a.example/b]c",
            "https://a.example/b[1](c)",
            "https://a.example/b[1]]/c",
            "https://a.example/b[c d]e",
            "https://a.example/b[c",
            "https://a.example/b[https://c.example/d]e",
            "https://a.example/b[c]https://c.example/d",
            "https://a.example/b[c]Lien:https://c.example/d",
            "https://a.example/b[1]- c",
        ] {
            assert_eq!(all(text)[0], (Gap::End, "https://a.example/b"), "{text}");
        }
        assert!(all(&"https://a/b[c]".repeat(LONGEST_TEXT / 8)).len() > 2300);
        assert!(all(&"https://a/b[".repeat(LONGEST_TEXT / 8)).len() > 1300);
    }
}
