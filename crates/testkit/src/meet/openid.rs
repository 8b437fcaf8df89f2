//! The OpenID provider as Meet sees it: its addresses, what Meet asks of it, and which of its answers Meet believes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use std::time::Duration;
use thiserror::Error;
use url::form_urlencoded::Serializer;

/// An OpenID provider, and Meet as its client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenId {
    /// How it names itself in its tokens.
    pub issuer: String,
    /// Where a browser goes to sign in.
    pub authorization: String,
    /// Where a browser goes to sign out; where there is none, Meet signs out by itself.
    pub end_session: Option<String>,
    /// Where Meet hands in what the browser brought back.
    pub token: String,
    /// Where Meet asks who that is.
    pub userinfo: String,
    pub client: String,
    pub secret: String,
}

/// The provider was not reached, or refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the OpenID provider was not reached or refused")]
pub struct OpenIdError;

/// The way to the provider.
pub trait IdentityProvider {
    /// Posts a form to the token endpoint and gives the answer's object.
    ///
    /// # Errors
    /// As the provider says.
    fn token(&mut self, endpoint: &str, form: &[(&str, &str)]) -> Result<Value, OpenIdError>;

    /// Asks who the holder of an access token is.
    ///
    /// # Errors
    /// As the provider says.
    fn userinfo(&mut self, endpoint: &str, access_token: &str) -> Result<Value, OpenIdError>;
}

impl OpenId {
    /// Where a browser goes to sign in.
    pub(super) fn sign_in(&self, callback: &str, state: &str, nonce: &str, silent: bool) -> String {
        let mut query = Serializer::new(String::new());
        query.extend_pairs([("response_type", "code"), ("scope", "openid email"), ("client_id", self.client.as_str())]);
        query.extend_pairs([("redirect_uri", callback), ("state", state)]);
        if silent {
            query.append_pair("prompt", "none");
        }
        query.append_pair("nonce", nonce);
        format!("{}?{}", self.authorization, query.finish())
    }

    /// Where a browser goes to sign out; `None` where the provider has no such place.
    pub(super) fn sign_out(&self, id_token: &str, state: &str, callback: &str) -> Option<String> {
        let mut query = Serializer::new(String::new());
        query.extend_pairs([("id_token_hint", id_token), ("state", state), ("post_logout_redirect_uri", callback)]);
        Some(format!("{}?{}", self.end_session.as_ref()?, query.finish()))
    }

    /// Whether an id token is this provider's answer to the question with this nonce. It comes from the provider's own
    /// token endpoint, which stands for its signature (`OpenID` Connect Core 3.1.3.7, 6).
    pub(super) fn believes(&self, id_token: &str, nonce: &str, now: Duration) -> bool {
        let Some(claims) = claims(id_token) else { return false };
        let is_for_us = match &claims["aud"] {
            Value::Array(list) => list.iter().any(|one| *one == self.client.as_str()),
            one => *one == self.client.as_str(),
        };
        let is_fresh = claims["exp"].as_u64().is_some_and(|end| end > now.as_secs());
        is_for_us && is_fresh && claims["iss"] == self.issuer.as_str() && claims["nonce"] == nonce
    }
}

fn claims(token: &str) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token;
    use serde_json::json;

    fn provider() -> OpenId {
        OpenId {
            issuer: "https://id.example".into(),
            authorization: "https://id.example/auth".into(),
            end_session: None,
            token: "https://id.example/token".into(),
            userinfo: "https://id.example/me".into(),
            client: "meet".into(),
            secret: "s".into(),
        }
    }

    #[test]
    fn an_id_token_is_believed_that_answers_the_question() {
        let now = Duration::from_secs(1000);
        let good = json!({ "iss": "https://id.example", "aud": "meet", "exp": 1001, "nonce": "n" });
        let believed = |change: Value| {
            let mut claims = good.clone();
            claims.as_object_mut().unwrap().extend(change.as_object().cloned().unwrap());
            provider().believes(&token::signed("k", &claims), "n", now)
        };
        assert!(believed(json!({})) && believed(json!({ "aud": ["other", "meet"] })));
        for wrong in [json!({ "iss": "x" }), json!({ "aud": "x" }), json!({ "exp": 1000 }), json!({ "nonce": "x" })] {
            assert!(!believed(wrong.clone()), "{wrong}");
        }
        assert!(!provider().believes("nonsense", "n", now) && !provider().believes("a.b.c", "n", now));
    }

    #[test]
    fn a_provider_without_an_end_of_sessions_is_not_asked_for_it() {
        assert_eq!(provider().sign_out("t", "s", "https://meet.example/"), None);
    }
}
