//! What the scheme of a word says about it.

use crate::words::{is_edge, is_unseen};

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
    let is_any = |names: [&str; 2]| names.iter().any(|name| scheme.eq_ignore_ascii_case(name));
    let other = rest.starts_with("//") || is_any(["file", "blob"]) || carries_content(word);
    is_scheme && other && !is_any(["http", "https"])
}

/// True for a word with a link in it that is none as a whole (*lien=https://…*).
pub(crate) fn hides_link(word: &str) -> bool {
    let is_web = |scheme: &str| ["http", "https"].iter().any(|name| scheme.eq_ignore_ascii_case(name));
    word.split_once("://").is_some_and(|(scheme, _)| !is_web(scheme))
}

/// True for a word that carries a program or a page with it: what stands behind it without white space is its content.
pub(crate) fn carries_content(word: &str) -> bool {
    let Some((scheme, rest)) = word.split_once(':') else { return false };
    // A date is no content: *Data:12/12/2026*.
    let is_date = !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || "/.-".contains(c));
    match scheme.to_ascii_lowercase().as_str() {
        "javascript" | "vbscript" => true,
        "data" => !is_date,
        _ => false,
    }
}

/// True for a text that is a program or a page as a whole: no link in it is meant for us.
pub(crate) fn is_content(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_control() || is_edge(c) || is_unseen(c));
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

    #[test]
    fn a_program_is_told_from_prose() {
        for text in [
            "javascript:alert(1)",
            " <JavaScript:x",
            "\u{feff}javascript:x",
            "java\tscript:x",
            "vbscript:x",
            "data:text/html,x",
            "DATA:,",
        ] {
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
        assert!(!carries_content("Data:12/12/2026") && carries_content("data:") && carries_content("data:1,2"));
        for word in ["ftp://a", "file:a", "blob:a", "javascript:a", "data:a", "data://a"] {
            assert!(has_other_scheme(word), "{word}");
        }
        for word in ["https://a", "http:a", "mailto:a", "Data:12/12/2026", "é://a", "a"] {
            assert!(!has_other_scheme(word), "{word}");
        }
        assert!(hides_link("a=https://b") && hides_link("2:https://b") && hides_link("view-source:http://b"));
        assert!(!hides_link("HTTPS://b") && !hides_link("https:b") && !hides_link("http://b?c=https://d"));
        assert!(has_scheme("HTTPS:x") && has_scheme("a://b") && !has_scheme("mailto:a") && !has_scheme("a.b/c"));
    }
}
