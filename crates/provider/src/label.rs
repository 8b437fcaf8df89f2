//! What of prose stands at a link without a space: a word, and the marks of mailers and of Markdown.

use crate::words::is_unseen;

/// What a link begins with: one of ours, or to a program of others that a browser can stand in for.
const LINK_STARTS: [&str; 10] = [
    "http://",
    "https://",
    "livekit://",
    "msteams:/",
    "visavis:",
    "visio://",
    "ws://",
    "wss://",
    "zoommtg://",
    "zoomus://",
];

/// What before `:https://` is no word of prose, because it says what becomes of the link: our own schemes, those that make a program or
/// another page of it, and those of other programs. With one of the signs `+.%` in it (`web+x`) it is none anyway.
const NO_LABELS: [&str; 38] = [
    "about",
    "android-app",
    "blob",
    "chrome",
    "data",
    "feed",
    "file",
    "filesystem",
    "firefox",
    "ftp",
    "googlechrome",
    "googlechromes",
    "http",
    "https",
    "intent",
    "itms-apps",
    "itms-services",
    "jar",
    "javascript",
    "livekit",
    "mailto",
    "mhtml",
    "msteams",
    "res",
    "resource",
    "script",
    "search-ms",
    "shell",
    "vbscript",
    "view-source",
    "visavis",
    "visio",
    "webcal",
    "ws",
    "wss",
    "wyciwyg",
    "zoommtg",
    "zoomus",
];

/// What those begin with that browsers and systems have by the dozen (`ms-word`, `microsoft-edge`, `chrome-extension`).
const NO_LABEL_STARTS: [&str; 6] = ["chrome-", "microsoft-", "moz-", "ms-", "safari-", "x-"];

/// Characters before a link in which a label is looked for.
const LONGEST_LABEL: usize = 64;

/// The brackets and quotes that a page writes in letters, and what closes them.
const WRITTEN: [(&str, &str); 4] = [("&lt;", "&gt;"), ("&quot;", "&quot;"), ("&#39;", "&#39;"), ("&nbsp;", "&nbsp;")];

/// A word without the signs of the prose around it.
///
/// A link loses the word that stands at it (*Lien:https://…*, *Lien=https://…*), which is no word of its own: it could be read as a code;
/// and the marks before it (`*https://…*`, `→https://…`), with those at its end that close them. Whatever stands there, the link leads
/// where it says. Not so where it `may_be_rest` of a link before it: there `next=https://…` is a part of that one's query.
pub(crate) fn bare(word: &str, may_be_rest: bool) -> &str {
    let Some(at) = start_of_link(word) else { return without_signs(emphasised(without_signs(word))) };
    let (head, link) = word.split_at(at);
    if !is_head(head) || (may_be_rest && head.contains('=')) {
        return without_signs(word);
    }
    let mut link = link;
    for (_, closing) in WRITTEN.iter().filter(|(opening, _)| head.contains(opening)) {
        link = link.split(closing).next().unwrap_or(link);
    }
    link = without_signs(link);
    for mark in opening(head).chars() {
        link = link.strip_suffix(mark).map_or(link, without_signs);
    }
    // What is opened before another word is closed here: `*Lien : https://…*`. A link with a token keeps its last sign.
    let is_web = ["http://", "https://"].iter().any(|start| begins(link, start));
    if is_web { link.trim_end_matches(|c| matches!(c, '*' | '|') || ends_prose(c)) } else { link }
}

/// Where the first link begins, as far as a label may reach.
fn start_of_link(word: &str) -> Option<usize> {
    let is_start = |at: usize| word.get(at..).is_some_and(|rest| LINK_STARTS.iter().any(|start| begins(rest, start)));
    word.char_indices().map(|(at, _)| at).take(LONGEST_LABEL).find(|at| is_start(*at))
}

/// True for what may stand before a link: nothing, marks alone, or a word of prose with a mark behind it.
fn is_head(head: &str) -> bool {
    if head.chars().all(|c| is_mark(c) || c == '-') {
        return true;
    }
    let mut label = head;
    loop {
        let before = label;
        for (opening, _) in WRITTEN {
            label = label.strip_prefix(opening).unwrap_or(label);
            label = label.strip_suffix(opening).unwrap_or(label);
        }
        label = label.trim_matches(is_mark);
        if label == before {
            break;
        }
    }
    // Without a mark it is a part of the scheme.
    let is_apart = head.ends_with(is_mark);
    // A scheme begins with a letter, so a time is none.
    let is_time = label.chars().all(|c| c.is_ascii_digit() || c == ':');
    is_apart && (is_time || is_label(label))
}

/// The marks of `head` that are closed behind the link, outermost first.
fn opening(head: &str) -> &str {
    let is_pair = |c: char| matches!(c, '*' | '_' | '|');
    let last = head.get(head.trim_end_matches(is_pair).len()..).unwrap_or_default();
    if !last.is_empty() {
        return last;
    }
    let behind = head.trim_start_matches(is_pair);
    let first = head.get(..head.len() - behind.len()).unwrap_or_default();
    // In `_Lien_:https://…` they are closed already.
    if behind.contains(first) { "" } else { first }
}

/// A code, or a link as people write it, without the marks around it (`*abc-defg-hij*`): those that stand at both its ends.
fn emphasised(word: &str) -> &str {
    let mut inner = word;
    for mark in ['*', '_'].into_iter().cycle().take(4) {
        while let Some(within) = inner.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark)) {
            inner = within;
        }
    }
    if inner.starts_with(char::is_alphanumeric) { inner } else { word }
}

/// The signs of prose that end a word, and what is not seen among them.
pub(crate) fn ends_prose(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | '!' | ':' | '…' | '’' | '‘' | '›') || is_unseen(c)
}

fn without_signs(word: &str) -> &str {
    word.trim_end_matches(ends_prose)
}

/// What stands between a word and a link, or before it: punctuation, dashes, arrows, bullets, pictures. Nothing that is not seen or that
/// turns the direction of what follows, and no sign of a scheme or a host.
fn is_mark(c: char) -> bool {
    matches!(c, '*' | '_' | '|' | '=' | ':' | ',' | ';' | '·' | '\u{fe0f}')
        || matches!(c, '\u{2010}'..='\u{2027}' | '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// True for a word of prose (*Rendez-vous*, *Salle2*, *14h30*, *d’accès*), also in letters with accents of their own.
fn is_label(word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '’' | '\u{300}'..='\u{36f}');
    word.chars().all(is_part)
        && word.chars().next().is_none_or(char::is_alphanumeric)
        && !NO_LABELS.iter().any(|no| word.eq_ignore_ascii_case(no))
        && !NO_LABEL_STARTS.iter().any(|start| begins(word, start))
}

fn begins(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_prose_at_a_link_is_none_of_it() {
        let labels = ["Lien", "Réunion", "URL", "conference", "C", "", "Rendez-vous", "Salle2", "x2", "Meeting-Link"];
        for label in labels.into_iter().chain(["d’accès", "Re\u{301}union", "Lien_1", "14h30", "14:30", "2"]) {
            for link in [
                "https://a.example/b",
                "HTTP://a.example/b",
                "https://a.example/b:c",
                "livekit://a.example/b?token=c",
                "WSS://a.example/b",
                "ws://a.example/b",
                "visavis://a.example/b",
                "visavis:https://a.example/b",
                "visio://a.example/b",
            ] {
                assert_eq!(bare(&format!("{label}:{link}"), true), link, "{label}");
                for mark in ["=", "|", ",", ";", "→", "–", "&lt;", "=&quot;", ":**", "➡\u{fe0f}", "👉"] {
                    let word = format!("{label}{mark}{link}");
                    assert_eq!(bare(&word, false), link, "{word}");
                }
            }
        }
        for scheme in NO_LABELS.into_iter().chain(["web+x", "-x", "a.b", "%6A", "ms-word", "x-y", "*x-y"]) {
            for scheme in [scheme.to_owned(), scheme.to_uppercase()] {
                for mark in [":", "=", "|", ":*", ":→", "", ".", "+", "-", "/", "?", "\u{200b}", "\u{202e}"] {
                    let word = format!("{scheme}{mark}https://a.example/b");
                    assert_eq!(bare(&word, false), word);
                }
            }
        }
        for word in [
            "Lien:a.example/b",
            "Lien:ftp://a.example/b",
            "Lien:https:/b",
            "Lien:URL:https://b",
            "x/Lien:https://b",
            "Lien:visio:b",
            "\u{202e}https://a.example/b",
            "a.example/?u=https://b.example/c",
            "u=a|u=https://b.example/c",
            "ofe|u|https://a.example/b",
            "1.2:https://a.example/b",
            "xhttps://a.example/b",
        ] {
            assert_eq!(bare(word, false), word);
        }
        // More of a query that is broken.
        assert_eq!(bare("next=https://a.example/b", true), "next=https://a.example/b");
        let long = format!("{}:https://a.example/b", "x".repeat(LONGEST_LABEL));
        assert_eq!(bare(&long, false), long);
    }

    #[test]
    fn the_marks_around_a_link_are_none_of_it() {
        for link in [
            "https://a.example/b",
            "https://a.example/b_",
            "HTTP://a.example/b?c=d|e,f*g_h=",
            "https://a.example/b?c=https://d.example/e",
            "livekit://a.example/b?token=c.d.e_",
            "visavis:a.example/b",
        ] {
            for text in [
                "*{}*",
                "**{}**",
                "_{}_",
                "__{}__",
                "**_{}_**",
                "|{}|",
                "*{}*.",
                "*{}.*,",
                "**{}**…",
                "*Lien:{}*",
                "**Lien:**{}",
                "Lien:*{}*",
                "_Lien_:{}",
                "→{}",
                "•{}",
                "-{}",
                "--{}",
                "–{}",
                "👉{}",
                "&lt;{}&gt;",
                "&lt;{}&gt;.",
                "href=&quot;{}&quot;&gt;ici&lt;/a&gt;",
                "*&lt;{}&gt;*",
                "*{}",
                "&nbsp;{}",
                "{}",
                "{}.",
                ":{}",
            ] {
                let word = text.replace("{}", link);
                assert_eq!(bare(&word, false), link, "{word}");
            }
        }
        // What was opened before.
        for text in ["{}*", "{}**.", "{}.**", "{}|"] {
            assert_eq!(bare(&text.replace("{}", "https://a.example/b?c"), false), "https://a.example/b?c", "{text}");
        }
        assert_eq!(bare("livekit://a.example/b?key=c&secret=d*", false), "livekit://a.example/b?key=c&secret=d*");
        // It ends there, and leads nowhere else.
        assert_eq!(bare("&lt;https://a.example&gt;.b.example/c", false), "https://a.example");
        assert_eq!(bare("*https://a.example*.b.example/c", false), "https://a.example*.b.example/c");
    }

    #[test]
    fn the_marks_around_a_code_are_none_of_it() {
        for word in ["*a-b*", "**a-b**", "_a-b_", "**_a-b_**", "_*a-b*_.", "*a-b.*", "a-b", "a-b…"] {
            assert_eq!(bare(word, false), "a-b", "{word}");
        }
        for word in ["*a", "a*", "a_", "_a", "*.a*", "**", "*", "_", "*a_", "é_"] {
            assert_eq!(bare(word, false), word);
        }
        assert_eq!(bare("…", false), "");
    }
}
