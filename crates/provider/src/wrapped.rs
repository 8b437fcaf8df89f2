//! What links come wrapped in: our own schemes, and the rewriting of mail gateways. Undone without asking anybody.

use crate::proofpoint;
use std::borrow::Cow;
use url::Url;

/// Schemes under which the system hands us links to meetings.
const OWN_SCHEMES: [&str; 2] = ["visavis", "visio"];
/// Wrappings within wrappings that are undone.
const MOST_LAYERS: usize = 3;

/// The link within `word`; the word itself where it is wrapped in nothing.
///
/// `visavis://host/room` and `visio://host/room` stand for `https://host/room`; before a whole link (`visavis:https://…`) they stand for that
/// link. Mail gateways that rewrite links (Microsoft's *Safe Links*, Proofpoint's *URL Defense* 1 to 3, Barracuda, Cisco) keep the link
/// within, and so does Google: theirs is not contacted. Mimecast's holds a token alone and stays what it is.
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
    if !is_web(word) {
        return None;
    }
    let url = Url::parse(word).ok()?;
    let (host, path) = (url.host_str()?, url.path());
    let asked = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let inner = match host {
        "statics.teams.cdn.office.net" if path.contains("/safelinks/") => asked("url"),
        "linkprotect.cudasvc.com" if path == "/url" => asked("a"),
        // …/v2/url?u=https-3A__host_path, with `-` for `%` and `_` for `/`.
        "urldefense.proofpoint.com" if path == "/v2/url" => {
            asked("u").map(|text| percent_decoded(&text.replace('-', "%").replace('_', "/")))
        }
        "urldefense.proofpoint.com" if path == "/v1/url" => asked("u"),
        "urldefense.com" | "urldefense.us" | "urldefense.proofpoint.com" => proofpoint::third_kind(word),
        // …/TOKEN/https%3A%2F%2Fhost%2Fpath
        "secure-web.cisco.com" => path.splitn(3, '/').nth(2).map(percent_decoded),
        _ if is_safe_links(host) => asked("url"),
        _ if path == "/url" && is_google(host) => asked("q").or_else(|| asked("url")),
        _ => None,
    };
    inner.filter(|inner| is_web(inner))
}

/// Microsoft's, of everybody and of an administration of the United States.
fn is_safe_links(host: &str) -> bool {
    [".safelinks.protection.outlook.com", ".safelinks.protection.office365.us"].iter().any(|end| host.ends_with(end))
}

fn is_google(host: &str) -> bool {
    let land = host.strip_prefix("www.").unwrap_or(host).strip_prefix("google.");
    land.is_some_and(|land| ["com", "fr", "de", "nl", "be", "ch", "at", "lu", "ca", "co.uk"].contains(&land))
}

/// A part of a path with its `%2F` and the like read. A plus sign stands for itself.
pub(crate) fn percent_decoded(text: &str) -> String {
    // The query parser decodes what the path parser keeps.
    let text = text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    url::form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
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
            "https://urldefense.com/v3/__https:/visio.agglo.example/abc-defg-hij__;!!x!y$",
            "https://urldefense.com/v3/__https://visio.agglo.example/abc*defg*hij__;LS0!!x!y$",
            "https://urldefense.proofpoint.com/v1/url?u=https://visio.agglo.example/abc-defg-hij&k=x",
            "https://eur01.safelinks.protection.office365.us/?url=https%3A%2F%2Fvisio.agglo.example%2Fabc-defg-hij&data=x",
            "https://urldefense.proofpoint.com/v2/url?u=https-3A__visio.agglo.example_abc-2Ddefg-2Dhij&d=DwMF&c=x&e=",
            "https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fvisio.agglo.example%2fabc-defg-hij&c=E,1,x&typo=1",
            "https://secure-web.cisco.com/1S1h_Cy8-x/https%3A%2F%2Fvisio.agglo.example%2Fabc-defg-hij",
            "http://secure-web.cisco.com/1S1h_Cy8-x/https://visio.agglo.example/abc-defg-hij",
            "https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/atp-safelinks.html?url=https%3A%2F%2Fvisio.agglo.example%2Fabc-defg-hij&locale=fr",
            "https://www.google.com/url?q=https://visio.agglo.example/abc-defg-hij&sa=D",
            "https://www.google.fr/url?sa=t&url=https%3A%2F%2Fvisio.agglo.example%2Fabc-defg-hij",
        ] {
            assert_eq!(unwrapped(word), inner, "{word}");
        }
        for other in [
            "https://safelinks.protection.outlook.com.evil.example/?url=https%3A%2F%2Fa.example%2Fabc-defg-hij",
            "https://eur03.safelinks.protection.outlook.com/?url=javascript%3Aalert(1)",
            "https://urldefense.com/v3/__https://a.example/x*y__;!!z$",
            "https://urldefense.com/v3/__javascript*alert(1)__;Og!!z$",
            "https://safelinks.protection.office365.us.evil.example/?url=https%3A%2F%2Fa.example%2Fabc-defg-hij",
            "https://urldefense.proofpoint.com/v1/url?u=javascript%3Aalert(1)",
            "https://linkprotect.cudasvc.com.evil.example/url?a=https%3a%2f%2fa.example%2fabc-defg-hij",
            "https://secure-web.cisco.com/x/javascript%3Aalert(1)",
            "https://secure-web.cisco.com/https%3A%2F%2Fa.example",
            "https://www.google.evil.example/url?q=https://a.example/abc-defg-hij",
            "https://www.google.com/maps?q=https://a.example/abc-defg-hij",
            "https://protect-eu.mimecast.com/s/AbCdEfGhIj?domain=a.example",
        ] {
            assert_eq!(unwrapped(other), other);
        }
    }
}
