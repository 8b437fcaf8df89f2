//! The words of a pasted text that may be links, and what stands between them.

/// Longest text in which a link is looked for, in bytes; longer pasted text is cut here.
pub(crate) const LONGEST_TEXT: usize = 16 * 1024;

/// What stands between a word and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    /// The word before has ended: there is none, or there are a sign and white space.
    End,
    /// White space alone. Browsers read a link on over a tab or a line.
    White,
    /// Tabs alone, which stand in no prose.
    Tab,
    /// A quote or a bracket without white space.
    Sign,
}

impl Gap {
    fn of(between: &str) -> Self {
        let is_white = |c: char| c.is_whitespace();
        if !between.contains(is_white) {
            Self::Sign
        } else if between.chars().all(|c| c == '\t') {
            Self::Tab
        } else if between.chars().all(is_white) {
            Self::White
        } else {
            Self::End
        }
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
            let word = word.trim_end_matches(['.', ',', ';', '!', ':', '…', '’', '‘', '›']);
            if word.is_empty() {
                // A sign that stands alone, as a dash of French prose.
                ended = true;
                continue;
            }
            let gap = if ended { Gap::End } else { Gap::of(between) };
            ended = false;
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
    // Browsers read a scheme on over tabs and lines.
    let start: String = text.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).take(11).collect();
    let start = start.to_ascii_lowercase();
    // A space behind it makes prose of it: in *Data: https://…* the word is only a word.
    let is_data = text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:"))
        && text.chars().nth(5).is_some_and(|c| !c.is_whitespace());
    start == "javascript:" || start.starts_with("vbscript:") || is_data
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(Gap, &str)> {
        words(text).collect()
    }

    #[test]
    fn what_stands_between_two_words_is_told() {
        assert_eq!(all("a b\n\tc\td"), [(Gap::End, "a"), (Gap::White, "b"), (Gap::White, "c"), (Gap::Tab, "d")]);
        assert_eq!(
            all("a(b) c <d>\"e\""),
            [(Gap::End, "a"), (Gap::Sign, "b"), (Gap::End, "c"), (Gap::End, "d"), (Gap::Sign, "e")]
        );
        assert_eq!(all("a, b : c"), [(Gap::End, "a"), (Gap::White, "b"), (Gap::End, "c")]);
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
        for text in ["Data: x", "data:", "data:\nx", "javascript", "see javascript:x", "file:x", "é", ""] {
            assert!(!is_content(text), "{text:?}");
        }
        assert!(carries_content("Data:text/html") && !carries_content("https:x") && !carries_content("data"));
        assert!(has_scheme("HTTPS:x") && has_scheme("a://b") && !has_scheme("mailto:a") && !has_scheme("a.b/c"));
    }
}
