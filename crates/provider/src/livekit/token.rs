//! Join tokens: JSON web tokens (RFC 7519) signed with HS256 (RFC 7518 §3.2).

use super::recognise::deceives;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// How long a token that we issue is good: as long as Meet's own.
const LIFETIME_SECONDS: u64 = 6 * 3600;
/// As much of a name as is shown, in characters.
const LONGEST_NAME: usize = 120;
/// Clocks of client and server may differ by so much.
const CLOCK_SKEW_SECONDS: u64 = 60;

/// The text is not a join token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotAToken;

/// What a token says about the room. The signature is for the server to check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Claims {
    pub(super) room: Option<String>,
}

#[derive(Deserialize)]
struct Payload {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    video: Option<Video>,
    #[serde(default)]
    exp: Option<u64>,
}

#[derive(Deserialize)]
struct Video {
    #[serde(default)]
    room: Option<String>,
    #[serde(default, rename = "canUpdateOwnMetadata")]
    may_rename: Option<bool>,
}

/// Who a token that we issue lets in.
pub(super) struct Grant<'a> {
    pub(super) key: &'a str,
    pub(super) secret: &'a str,
    pub(super) room: &'a str,
    pub(super) identity: &'a str,
    pub(super) name: &'a str,
    pub(super) unix_seconds: u64,
}

#[derive(Serialize)]
struct Issued<'a> {
    iss: &'a str,
    sub: &'a str,
    name: &'a str,
    nbf: u64,
    exp: u64,
    video: IssuedVideo<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IssuedVideo<'a> {
    room: &'a str,
    room_join: bool,
    can_publish: bool,
    can_publish_data: bool,
    can_subscribe: bool,
    can_update_own_metadata: bool,
}

/// Reads a token's claims without checking its signature.
pub(super) fn read(token: &str) -> Result<Claims, NotAToken> {
    let mut parts = token.split('.');
    let (Some(header), Some(payload), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(NotAToken);
    };
    let header: serde_json::Value = serde_json::from_slice(&decode(header)?).map_err(|_| NotAToken)?;
    if !header.is_object() || decode(signature)?.is_empty() {
        return Err(NotAToken);
    }
    let payload = read_payload(payload)?;
    Ok(Claims { room: payload.video.and_then(|video| video.room).filter(|room| !room.is_empty()) })
}

/// When a token is over, in Unix seconds; `None` where it does not say.
pub(crate) fn expiry(token: &str) -> Option<u64> {
    read_payload(token.split('.').nth(1)?).ok()?.exp
}

/// The name that whoever comes in with this token has, where they may not say another one; a server lets nobody where the token is silent.
pub(crate) fn given_name(token: &str) -> Option<String> {
    let payload = read_payload(token.split('.').nth(1)?).ok()?;
    let may_rename = payload.video.and_then(|video| video.may_rename).unwrap_or(false);
    let name: String = payload.name?.chars().filter(|c| !deceives(*c)).take(LONGEST_NAME).collect();
    Some(name.trim().to_owned()).filter(|name| !may_rename && !name.is_empty())
}

fn read_payload(part: &str) -> Result<Payload, NotAToken> {
    serde_json::from_slice(&decode(part)?).map_err(|_| NotAToken)
}

fn decode(part: &str) -> Result<Vec<u8>, NotAToken> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| NotAToken)
}

/// Issues a token. `None` only where the secret cannot be a key, which HMAC does not know.
pub(super) fn issue(grant: &Grant<'_>) -> Option<String> {
    let payload = Issued {
        iss: grant.key,
        sub: grant.identity,
        name: grant.name,
        nbf: grant.unix_seconds.saturating_sub(CLOCK_SKEW_SECONDS),
        exp: grant.unix_seconds.saturating_add(LIFETIME_SECONDS),
        video: IssuedVideo {
            room: grant.room,
            room_join: true,
            can_publish: true,
            can_publish_data: true,
            can_subscribe: true,
            can_update_own_metadata: true,
        },
    };
    let header = URL_SAFE_NO_PAD.encode(br#"{"alg":"HS256","typ":"JWT"}"#);
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&payload).ok()?);
    let signed = format!("{header}.{payload}");
    let mut mac = Hmac::<Sha256>::new_from_slice(grant.secret.as_bytes()).ok()?;
    mac.update(signed.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    Some(format!("{signed}.{signature}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant() -> Grant<'static> {
        Grant {
            key: "devkey",
            secret: "secret",
            room: "Salle « 1 »",
            identity: "me",
            name: "Zoé",
            unix_seconds: 1_700_000_000,
        }
    }

    #[test]
    fn a_name_is_given_where_the_token_says_so_and_no_other_may_be_said() {
        let token = |payload: &str| format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload));
        for (payload, name) in [
            (r#"{"name":"Zoé","video":{"room":"r"}}"#, Some("Zoé")),
            (r#"{"name":"Zoé"}"#, Some("Zoé")),
            (r#"{"name":"Z\u202eoé ","video":{"canUpdateOwnMetadata":false}}"#, Some("Zoé")),
            (r#"{"name":"Zoé","video":{"canUpdateOwnMetadata":true}}"#, None),
            (r#"{"name":" ","video":{"room":"r"}}"#, None),
            (r#"{"video":{"room":"r"}}"#, None),
            ("nonsense", None),
        ] {
            assert_eq!(given_name(&token(payload)).as_deref(), name, "{payload}");
        }
        assert_eq!(given_name("nonsense"), None);
        assert_eq!(given_name(&issue(&grant()).expect("token")), None, "ours may be changed");
        let long = token(&format!(r#"{{"name":"{}"}}"#, "é".repeat(4_000)));
        assert_eq!(given_name(&long).map(|name| name.chars().count()), Some(LONGEST_NAME));
    }

    #[test]
    fn an_issued_token_is_read_back() {
        let token = issue(&grant()).expect("token");
        assert_eq!(read(&token), Ok(Claims { room: Some("Salle « 1 »".into()) }));
        let payload = token.split('.').nth(1).expect("payload");
        let json: serde_json::Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).expect("base64")).expect("json");
        assert_eq!(json["nbf"], 1_699_999_940_u64);
        assert_eq!(json["exp"], 1_700_021_600_u64);
        assert_eq!(json["video"]["roomJoin"], true);
        assert_eq!(json["sub"], "me");
        assert_eq!(expiry(&token), Some(1_700_021_600));
        assert_eq!((expiry("e30.e30.c2ln"), expiry("nonsense")), (None, None));
    }

    #[test]
    fn the_signature_is_that_of_rfc_7515() {
        // RFC 7515 appendix A.1, with its octets as key.
        let key = URL_SAFE_NO_PAD
            .decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
            .expect("key");
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("any length");
        mac.update(b"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ");
        assert_eq!(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for text in ["", "abc", "a.b", "a.b.c.d", "!!.??.##", "e30.e30.", "e30.bm90IGpzb24.c2ln", "W10.e30.c2ln"] {
            assert_eq!(read(text), Err(NotAToken), "{text}");
        }
        // A token without a room is one.
        assert_eq!(read("e30.e30.c2ln"), Ok(Claims { room: None }));
    }
}
