//! The words of a pasted text that may be links, and what stands between them.

use std::net::Ipv6Addr;

/// Longest text in which a link is looked for, in bytes; longer pasted text is cut here.
pub(crate) const LONGEST_TEXT: usize = 16 * 1024;

/// Longest IPv6 address as it is written, in bytes, with the bracket behind it.
const LONGEST_ADDRESS: usize = 46;

/// What before `:https://` is no word of prose, because it says what becomes of the link: our own schemes, those that make a program or
/// another page of it, and those of other programs. With a sign in it (`view-source`, `web+x`) it is none anyway.
const NO_LABELS: [&str; 28] = [
    "about",
    "blob",
    "chrome",
    "data",
    "feed",
    "file",
    "filesystem",
    "ftp",
    "http",
    "https",
    "intent",
    "jar",
    "javascript",
    "livekit",
    "mailto",
    "mhtml",
    "msteams",
    "res",
    "resource",
    "script",
    "vbscript",
    "visavis",
    "visio",
    "webcal",
    "ws",
    "wss",
    "zoommtg",
    "zoomus",
];

/// What stands between a word and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    /// The word before has ended: there is none, or there are a sign and white space.
    End,
    /// Spaces alone: a link ends there.
    Space,
    /// White space with a line or a tab in it, over which browsers read a link on.
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
        let is_white = |c: char| c.is_whitespace();
        if !between.contains(is_white) {
            if between.contains('>') { Self::Closed } else { Self::Sign }
        } else if between.chars().all(|c| c == '\t') {
            Self::Tab
        } else if !between.chars().all(is_white) {
            Self::End
        } else if between.contains(['\t', '\n', '\r']) {
            Self::Break
        } else {
            Self::Space
        }
    }

    /// Whether `word` behind it may be more of a link that the word before it is a part of.
    pub fn may_go_on(self, word: &str) -> bool {
        let in_host = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        match self {
            Self::Break | Self::Sign => word.contains(['.', '/']),
            Self::Tab => word.contains(['.', '/']) || word.chars().all(in_host),
            Self::End | Self::Space | Self::Closed => false,
        }
    }

    /// Whether what stands behind it may be the rest of a link.
    pub const fn may_be_in_link(self) -> bool {
        matches!(self, Self::Break | Self::Sign | Self::Tab)
    }

    /// Whether there is no white space in it.
    pub const fn touches(self) -> bool {
        matches!(self, Self::Sign | Self::Closed)
    }
}

/// The words of `text`, cut at [`LONGEST_TEXT`], without the signs of the prose around them.
pub(crate) fn words(text: &str) -> impl Iterator<Item = (Gap, &str)> {
    let mut end = text.len().min(LONGEST_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut rest = text.get(..end).unwrap_or_default();
    let mut ended = true;
    std::iter::from_fn(move || {
        loop {
            let (between, tail) = rest.split_at(start_of_word(rest)?);
            let (word, after) = tail.split_at(end_of_word(tail));
            rest = after;
            let word = without_label(word.trim_start_matches(['‘', '‚', '„', '‹']));
            let whole = word;
            let word = word.trim_end_matches(['.', ',', ';', '!', ':', '…', '’', '‘', '›']);
            // A link may be broken behind a dot; behind these signs of prose it has ended.
            let closed = whole.get(word.len()..).is_some_and(|signs| signs.contains([',', ';', '!', '…']));
            if word.is_empty() {
                // A sign that stands alone, as a dash of French prose.
                ended = true;
                continue;
            }
            let gap = if ended { Gap::End } else { Gap::of(between) };
            ended = closed;
            return Some((gap, word));
        }
    })
}

fn is_edge(c: char) -> bool {
    c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\'' | '(' | ')' | '[' | ']' | '«' | '»' | '“' | '”')
}

/// Where the first word of `text` begins.
fn start_of_word(text: &str) -> Option<usize> {
    text.char_indices().find(|(at, c)| !is_edge(*c) || text.get(*at..).is_some_and(is_address)).map(|(at, _)| at)
}

/// Where the word ends that `text` begins with. The brackets of a host are none of the prose: those around an IPv6 address, and whatever
/// stands where a link has its host, so that a broken one is told as broken.
fn end_of_word(text: &str) -> usize {
    let mut in_host = false;
    for (at, c) in text.char_indices() {
        let (before, rest) = text.split_at(at);
        match c {
            '[' if before.ends_with("://") || is_address(rest) => in_host = true,
            ']' if in_host => in_host = false,
            _ if is_edge(c) => return at,
            _ => {}
        }
    }
    text.len()
}

/// True for a text that begins with an IPv6 address in its brackets.
fn is_address(text: &str) -> bool {
    let Some(inside) = text.strip_prefix('[') else { return false };
    let end = inside.bytes().take(LONGEST_ADDRESS).position(|byte| byte == b']');
    end.and_then(|end| inside.get(..end)).is_some_and(|address| address.parse::<Ipv6Addr>().is_ok())
}

/// A link without the word of prose that stands at it (*Lien:https://…*), which is no word of its own: it could be read as a code.
/// Whatever that word is, the link leads where it says.
fn without_label(word: &str) -> &str {
    let Some((label, link)) = word.split_once(':') else { return word };
    let begins = |scheme: &str| link.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let is_label = label.chars().all(char::is_alphabetic) && !NO_LABELS.iter().any(|no| label.eq_ignore_ascii_case(no));
    if is_label && (begins("https://") || begins("http://")) { link } else { word }
}

/// True for a word that is a link with its scheme, whatever that is.
pub(crate) fn has_scheme(word: &str) -> bool {
    let web = |(scheme, _): (&str, &str)| ["http", "https"].iter().any(|name| scheme.eq_ignore_ascii_case(name));
    word.contains("://") || word.split_once(':').is_some_and(web)
}

/// True for a word that is a link, though none to a page.
pub(crate) fn has_other_scheme(word: &str) -> bool {
    let Some((scheme, rest)) = word.split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.len() <= 32
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let active = ["javascript", "data", "file", "vbscript", "blob"];
    let web = ["http", "https"].iter().any(|name| scheme.eq_ignore_ascii_case(name));
    is_scheme && !web && (rest.starts_with("//") || active.iter().any(|name| scheme.eq_ignore_ascii_case(name)))
}

/// True for a word that carries a program or a page with it: what stands behind it without white space is its content.
pub(crate) fn carries_content(word: &str) -> bool {
    let Some((scheme, _)) = word.split_once(':') else { return false };
    ["javascript", "vbscript", "data"].iter().any(|name| scheme.eq_ignore_ascii_case(name))
}

/// True for a text that is a program or a page as a whole: no link in it is meant for us.
pub(crate) fn is_content(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_control() || is_edge(c));
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    // White space behind it makes prose of it: in *Data: https://…* the word is only a word.
    if rest.is_empty() || rest.starts_with(char::is_whitespace) || scheme.len() > 64 {
        return false;
    }
    // Browsers read a scheme on over tabs and lines.
    let scheme: String = scheme.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    match scheme.to_ascii_lowercase().as_str() {
        "javascript" | "vbscript" => true,
        // RFC 2397 §3: there is a comma before the content; a date has none.
        "data" => rest.split_whitespace().next().is_some_and(|first| first.contains(',')),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(Gap, &str)> {
        words(text).collect()
    }

    #[test]
    fn what_stands_between_two_words_is_told() {
        assert_eq!(all("a b\n\tc\td"), [(Gap::End, "a"), (Gap::Space, "b"), (Gap::Break, "c"), (Gap::Tab, "d")]);
        assert_eq!(
            all("a(b) c <d>\"e\""),
            [(Gap::End, "a"), (Gap::Sign, "b"), (Gap::End, "c"), (Gap::End, "d"), (Gap::Closed, "e")]
        );
        assert_eq!(all("a, b : c"), [(Gap::End, "a"), (Gap::End, "b"), (Gap::End, "c")]);
        assert_eq!(all(" . … "), []);
        assert_eq!(all(&"é".repeat(LONGEST_TEXT)).len(), 1);
    }

    #[test]
    fn the_signs_of_prose_are_none_of_a_link() {
        for text in ["x…", "«\u{a0}x\u{a0}»", "‘x’", "„x“", "‹x›,", "(x).", "x !", "“x…”", "x’…"]
        {
            assert_eq!(all(text), [(Gap::End, "x")], "{text}");
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
    fn a_word_of_prose_at_a_link_is_none_of_it() {
        for label in ["Lien", "Réunion", "URL", "conference", "C", ""] {
            for link in ["https://a.example/b", "HTTP://a.example/b", "https://a.example/b:c"] {
                assert_eq!(
                    all(&format!("x {label}:{link}, y")),
                    [(Gap::End, "x"), (Gap::Space, link), (Gap::End, "y")]
                );
            }
        }
        for scheme in NO_LABELS.into_iter().chain(["view-source", "web+x", "x2", "a.b", "%6A"]) {
            for scheme in [scheme.to_owned(), scheme.to_uppercase()] {
                let word = format!("{scheme}:https://a.example/b");
                assert_eq!(all(&word), [(Gap::End, &*word)]);
            }
        }
        for word in
            ["Lien:a.example/b", "Lien:ftp://a.example/b", "Lien:https:/b", "Lien:URL:https://b", "x/Lien:https://b"]
        {
            assert_eq!(all(word), [(Gap::End, word)]);
        }
    }

    #[test]
    fn a_program_is_told_from_prose() {
        for text in
            ["javascript:alert(1)", " <JavaScript:x", "java\tscript:x", "vbscript:x", "data:text/html,x", "DATA:,"]
        {
            assert!(is_content(text), "{text:?}");
        }
        for text in [
            "Data: x",
            "data:",
            "data:\nx",
            "Data:12/12/2026 https://a.example",
            "JavaScript: a, b",
            "javascript",
            "see javascript:x",
            "file:x",
            "é",
            "",
        ] {
            assert!(!is_content(text), "{text:?}");
        }
        assert!(carries_content("Data:text/html") && !carries_content("https:x") && !carries_content("data"));
        assert!(has_scheme("HTTPS:x") && has_scheme("a://b") && !has_scheme("mailto:a") && !has_scheme("a.b/c"));
    }
}
