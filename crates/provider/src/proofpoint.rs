//! The links that Proofpoint's *URL Defense* of the third kind holds, read as the decoder reads them that its makers publish.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The lengths of a run, in the order of their letters: `**A` stands for two characters.
const LENGTHS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The link within `…/v3/__LINK__;REPLACED!!…`.
///
/// Each character that the gateway replaced is a `*` there, a run of them `**` and its length; all of them stand behind the link, in order.
/// `None`: it cannot be read back.
pub(crate) fn third_kind(word: &str) -> Option<String> {
    let (_, rest) = word.split_once("/v3/__")?;
    let (link, behind) = rest.split_once("__;").unwrap_or((rest, ""));
    let replaced = match link.contains('*') {
        true => replaced(behind.split('!').next().unwrap_or_default())?,
        false => String::new(),
    };
    restored(&with_both_slashes(link), &replaced)
}

fn replaced(text: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?).ok()
}

/// Many mailers make `https:/` of what stands in a path.
fn with_both_slashes(link: &str) -> String {
    match link.split_once(":/") {
        Some((scheme, rest)) if !rest.starts_with('/') && scheme.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            format!("{scheme}://{rest}")
        }
        _ => link.to_owned(),
    }
}

fn restored(link: &str, replaced: &str) -> Option<String> {
    let mut replaced = replaced.chars();
    let mut link = link.chars().peekable();
    let mut whole = String::new();
    while let Some(c) = link.next() {
        if c != '*' {
            whole.push(c);
            continue;
        }
        let length = match link.next_if_eq(&'*') {
            Some(_) => LENGTHS.find(link.next()?)? + 2,
            None => 1,
        };
        for _ in 0..length {
            whole.push(replaced.next()?);
        }
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_replaced_is_put_back() {
        for (word, link) in [
            (
                "https://urldefense.com/v3/__https://teams.microsoft.com/l/meetup-join/19*3ameeting_x*40thread.v2/0?context=*7b*22Tid*22__;JSUlJSU!!abc!def$",
                "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%22Tid%22",
            ),
            ("https://urldefense.com/v3/__https://a.example/x*y__;JQ!!z$", "https://a.example/x%y"),
            ("https://urldefense.com/v3/__https://a.example/x*settings__;Iw!!x$", "https://a.example/x#settings"),
            ("https://urldefense.com/v3/__https:/a.example/x__;!!x!y$", "https://a.example/x"),
            ("https://urldefense.com/v3/__HTTPS:/a.example/x?y=a:/b__;!!x!y$", "HTTPS://a.example/x?y=a:/b"),
            ("https://urldefense.com/v3/__https://a.example/x", "https://a.example/x"),
            // A run of two, then one more.
            ("https://urldefense.com/v3/__https://a.example/**Ax*__;JSUj!!z$", "https://a.example/%%x#"),
        ] {
            assert_eq!(third_kind(word).as_deref(), Some(link), "{word}");
        }
    }

    #[test]
    fn what_cannot_be_put_back_is_no_link() {
        for behind in
            ["x*y", "x*y__;!!z$", "x**y__;JQ!!z$", "x**B__;JSU!!z$", "x**__;JQ!!z$", "x*é**__;JQ!!z$", "x*__;_w!!z$"]
        {
            assert_eq!(
                third_kind(&format!("https://urldefense.com/v3/__https://a.example/{behind}")),
                None,
                "{behind}"
            );
        }
        assert_eq!(third_kind("https://urldefense.com/x"), None);
    }
}
