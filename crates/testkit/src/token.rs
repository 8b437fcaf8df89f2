//! Join tokens, as a server's operator issues them: JWT with HS256 (RFC 7519, RFC 7515 §3.1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde_json::Value;
use sha2::Sha256;
use thiserror::Error;

/// What the holder of a token may do in its room (LiveKit's `VideoGrant`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Grants {
    pub room: String,
    pub room_join: bool,
    pub can_publish: bool,
    pub can_subscribe: bool,
    pub can_publish_data: bool,
}

impl Grants {
    /// Everything that an ordinary participant may do in `room`.
    pub fn participant(room: &str) -> Self {
        Self { room: room.to_owned(), room_join: true, can_publish: true, can_subscribe: true, can_publish_data: true }
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    name: &'a str,
    nbf: u64,
    exp: u64,
    video: &'a Grants,
}

/// Who holds the token, and from when to when it is good; times in seconds since 1970.
#[derive(Clone, Copy, Debug)]
pub struct Holder<'a> {
    pub identity: &'a str,
    pub name: &'a str,
    pub not_before: u64,
    pub expires: u64,
}

/// A signed token for a server that knows `key` with `secret`.
pub fn token(key: &str, secret: &str, holder: Holder<'_>, grants: &Grants) -> String {
    let claims = Claims {
        iss: key,
        sub: holder.identity,
        name: holder.name,
        nbf: holder.not_before,
        exp: holder.expires,
        video: grants,
    };
    signed(secret, &claims)
}

/// A token of any claims.
pub fn signed(secret: &str, claims: &impl Serialize) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    // Strings and numbers only: serialisation has nothing to fail on.
    let body = URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims).unwrap_or_default());
    let signed = format!("{header}.{body}");
    let signature = URL_SAFE_NO_PAD.encode(sign(secret.as_bytes(), signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// Why a token is not believed, in the words of Python's PyJWT.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum TokenError {
    #[error("Not enough segments")]
    Form,
    #[error("Signature verification failed")]
    Signature,
    #[error("Signature has expired")]
    Expired,
}

/// The claims of a token that was signed with `secret` and is still good.
///
/// # Errors
/// It is no token, somebody else's, or over.
pub fn read(secret: &str, text: &str, unix_seconds: u64) -> Result<Value, TokenError> {
    let (signed, signature) = text.rsplit_once('.').ok_or(TokenError::Form)?;
    let (_, body) = signed.split_once('.').ok_or(TokenError::Form)?;
    let expected = URL_SAFE_NO_PAD.encode(sign(secret.as_bytes(), signed.as_bytes()));
    if expected != signature {
        return Err(TokenError::Signature);
    }
    let bytes = URL_SAFE_NO_PAD.decode(body).map_err(|_| TokenError::Form)?;
    let claims: Value = serde_json::from_slice(&bytes).map_err(|_| TokenError::Form)?;
    match claims["exp"].as_u64() {
        Some(expires) if expires <= unix_seconds => Err(TokenError::Expired),
        _ => Ok(claims),
    }
}

fn sign(secret: &[u8], text: &[u8]) -> Vec<u8> {
    // HMAC takes a key of any length (RFC 2104 §3), so this cannot fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return Vec::new() };
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_rfc_4231_test_case_2() {
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let hex: String =
            sign(b"Jefe", b"what do ya want for nothing?").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, expected);
    }

    #[test]
    fn a_token_says_who_and_what() {
        let holder = Holder { identity: "amal", name: "Amal É.", not_before: 5, expires: 9 };
        let text = token("key", "secret", holder, &Grants::participant("a room"));
        let parts: Vec<_> = text.split('.').collect();
        assert_eq!(parts.len(), 3);
        let claims: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
        assert_eq!(claims["sub"], "amal");
        assert_eq!(claims["name"], "Amal É.");
        assert_eq!(claims["exp"], 9);
        assert_eq!(claims["video"]["room"], "a room");
        assert_eq!(claims["video"]["roomJoin"], true);
    }

    #[test]
    fn only_an_own_token_is_believed_and_only_in_its_time() {
        let text = signed("secret", &serde_json::json!({ "sub": "amal", "exp": 9 }));
        assert_eq!(read("secret", &text, 8).unwrap()["sub"], "amal");
        assert_eq!(read("secret", &text, 9), Err(TokenError::Expired));
        assert_eq!(read("another", &text, 8), Err(TokenError::Signature));
        assert_eq!(read("secret", "a.b", 8), Err(TokenError::Form));
    }
}
