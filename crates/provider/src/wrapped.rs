//! What links come wrapped in: our own schemes, and the rewriting of mail gateways. Undone without asking anybody.

use std::borrow::Cow;
use url::Url;

/// Schemes under which the system hands us links to meetings.
const OWN_SCHEMES: [&str; 2] = ["visavis", "visio"];
/// Wrappings within wrappings that are undone.
const MOST_LAYERS: usize = 3;

/// The link within `word`; the word itself where it is wrapped in nothing.
///
/// `visavis://host/room` and `visio://host/room` stand for `https://host/room`; before a whole link (`visavis:https://…`) they stand for that
/// link. Mail gateways that rewrite links (Microsoft's *Safe Links*, Proofpoint's *URL Defense* 3) keep the link within: theirs is
/// not contacted.
pub(crate) fn unwrapped(word: &str) -> Cow<'_, str> {
    let mut word = Cow::Borrowed(word);
    for _ in 0..MOST_LAYERS {
        match own(&word).or_else(|| mail(&word)) {
            Some(inner) => word = Cow::Owned(inner),
            None => break,
        }
    }
    word
}

fn own(word: &str) -> Option<String> {
    let (scheme, rest) = word.split_once(':')?;
    OWN_SCHEMES.iter().find(|own| scheme.eq_ignore_ascii_case(own))?;
    let rest = rest.trim_start_matches('/');
    // Browsers take `https:` for a host with an empty port, and write `visavis://https//host`.
    for scheme in ["https", "http", "livekit", "wss", "ws"] {
        let after = rest.get(..scheme.len()).filter(|start| start.eq_ignore_ascii_case(scheme));
        if let Some(inner) = after.and_then(|_| rest.get(scheme.len()..))
            && let Some(inner) = inner.strip_prefix("://").or_else(|| inner.strip_prefix("//"))
        {
            return Some(format!("{scheme}://{inner}"));
        }
    }
    Some(format!("https://{rest}"))
}

fn mail(word: &str) -> Option<String> {
    if !word.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://")) {
        return None;
    }
    let url = Url::parse(word).ok()?;
    let host = url.host_str()?;
    if host.ends_with(".safelinks.protection.outlook.com") {
        let inner = url.query_pairs().find(|(key, _)| key == "url")?.1.into_owned();
        return is_web(&inner).then_some(inner);
    }
    if host == "urldefense.com" || host == "urldefense.us" {
        // …/v3/__https://host/path__;!!… with each replaced character as `*`: a link that has one cannot be read back.
        let inner = word.split_once("/v3/__")?.1.split("__;").next()?;
        return (is_web(inner) && !inner.contains('*')).then(|| inner.to_owned());
    }
    None
}

fn is_web(text: &str) -> bool {
    ["https://", "http://"]
        .iter()
        .any(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

#[cfg(test)]
mod tests {
    use super::unwrapped;

    #[test]
    fn our_own_schemes_stand_for_a_link() {
        for (word, inner) in [
            ("visavis://visio.agglo.example/abc-defg-hij", "https://visio.agglo.example/abc-defg-hij"),
            ("VISIO://visio.agglo.example/abc-defg-hij", "https://visio.agglo.example/abc-defg-hij"),
            ("visavis:https://a.example/abc-defg-hij", "https://a.example/abc-defg-hij"),
            ("visavis://https//a.example/abc-defg-hij", "https://a.example/abc-defg-hij"),
            ("visio:///a.example/abc-defg-hij", "https://a.example/abc-defg-hij"),
            ("visavis:livekit://a.example/r?token=t", "livekit://a.example/r?token=t"),
            ("visavis:visio://a.example/abc-defg-hij", "https://visio://a.example/abc-defg-hij"),
            ("visavis:", "https://"),
            ("https://a.example/abc-defg-hij", "https://a.example/abc-defg-hij"),
            ("abc-defg-hij", "abc-defg-hij"),
            ("visavisé:x", "visavisé:x"),
        ] {
            assert_eq!(unwrapped(word), inner, "{word}");
        }
    }

    #[test]
    fn a_mail_gateways_rewriting_is_undone() {
        let inner = "https://visio.agglo.example/abc-defg-hij";
        for word in [
            "https://eur03.safelinks.protection.outlook.com/?url=https%3A%2F%2Fvisio.agglo.example%2Fabc-defg-hij&data=05%7C02",
            "https://urldefense.com/v3/__https://visio.agglo.example/abc-defg-hij__;!!Ab3x!Y$",
        ] {
            assert_eq!(unwrapped(word), inner, "{word}");
        }
        for other in [
            "https://safelinks.protection.outlook.com.evil.example/?url=https%3A%2F%2Fa.example%2Fabc-defg-hij",
            "https://eur03.safelinks.protection.outlook.com/?url=javascript%3Aalert(1)",
            "https://urldefense.com/v3/__https://a.example/x*y__;JQ!!z$",
        ] {
            assert_eq!(unwrapped(other), other);
        }
    }
}
