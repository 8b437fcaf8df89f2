//! The words of a pasted text that may be links, and what stands between them.

/// Longest text in which a link is looked for, in bytes; longer pasted text is cut here.
pub(crate) const LONGEST_TEXT: usize = 16 * 1024;

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
            let (between, tail) = rest.split_at(rest.find(|c| !is_edge(c))?);
            let (word, after) = tail.split_at(tail.find(is_edge).unwrap_or(tail.len()));
            rest = after;
            let word = word.trim_start_matches(['‘', '‚', '„', '‹']);
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
    c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\'' | '(' | ')' | '«' | '»' | '“' | '”')
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
