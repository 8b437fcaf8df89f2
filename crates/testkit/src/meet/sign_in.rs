//! Signing in by way of the OpenID provider: out to it (`authenticate/`), and back from it (`callback/`).

use super::http::{Reply, Request};
use super::openid::{IdentityProvider, OpenId};
use super::session::Session;
use super::world::origin;
use super::{API, Meet, bad_request, server_error};
use std::time::Duration;
use url::Url;

impl Meet {
    pub(super) fn authenticate(&mut self, request: &Request, now: Duration) -> Result<Reply, Reply> {
        let openid = self.openid()?;
        let here = origin(&self.settings.base, request);
        let silent = request.query("silent").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let back = request.query("returnTo").filter(|back| !back.is_empty() && is_ours(&here, back));
        let (state, nonce) = (self.hex(32), self.hex(32));
        let key = self.session_key(request).unwrap_or_else(|| self.hex(32));
        let to = openid.sign_in(&callback(&here), &state, &nonce, silent);
        let session = self.sessions.entry(key.clone()).or_default();
        session.sign_ins.insert(state, nonce);
        session.back = back;
        session.silent |= silent;
        Ok(self.keeping(Reply::found(to), &key, now))
    }

    pub(super) fn callback(
        &mut self,
        request: &Request,
        now: Duration,
        provider: &mut dyn IdentityProvider,
    ) -> Result<Reply, Reply> {
        let openid = self.openid()?;
        let Some(key) = self.session_key(request) else { return Ok(Reply::found(self.settings.base.clone())) };
        let (code, state) = (request.query("code"), request.query("state"));
        let session = self.sessions.entry(key.clone()).or_default();
        let asked = state.as_ref().and_then(|state| session.sign_ins.remove(state));
        if request.query("error").is_some() {
            if session.user.is_some() {
                self.sessions.remove(&key);
                return Ok(self.forgetting(Reply::found(self.settings.base.clone())));
            }
            return Ok(self.without_user(&key, now));
        }
        let Some((code, _)) = code.zip(state) else { return Ok(self.without_user(&key, now)) };
        // A state that this browser was not sent out with: somebody else's sign-in, or one that was used before.
        let nonce = asked.ok_or_else(bad_request)?;
        let callback = callback(&origin(&self.settings.base, request));
        let form = [
            ("client_id", openid.client.as_str()),
            ("client_secret", openid.secret.as_str()),
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", callback.as_str()),
        ];
        let tokens = provider.token(&openid.token, &form).map_err(|_| server_error())?;
        let text = |name: &str| tokens[name].as_str().unwrap_or_default();
        let id_token = text("id_token");
        if !openid.believes(id_token, &nonce, now) {
            return Err(bad_request());
        }
        let claims = provider.userinfo(&openid.userinfo, text("access_token")).map_err(|_| server_error())?;
        match self.user_of(&claims) {
            Some(user) => Ok(self.with_user(&key, &user, id_token, now)),
            None => Ok(self.without_user(&key, now)),
        }
    }

    /// Somebody has signed in: the browser gets another session, so that nobody who knew the old one is signed in with them.
    fn with_user(&mut self, key: &str, user: &str, id_token: &str, now: Duration) -> Reply {
        let before = self.sessions.remove(key).unwrap_or_default();
        let is_refreshed = before.user.as_deref() == Some(user);
        let is_another = before.user.is_some() && !is_refreshed;
        let mut session = if is_another { Session::default() } else { before };
        session.user = Some(user.to_owned());
        session.id_token = Some(id_token.to_owned());
        let to = session.back.clone().unwrap_or_else(|| self.settings.base.clone());
        let reply = Reply::found(to);
        if is_refreshed {
            self.sessions.insert(key.to_owned(), session);
            return self.keeping(reply, key, now);
        }
        let key = self.hex(32);
        session.csrf = self.hex(32);
        let reply = self.protecting(reply, &session.csrf, now);
        self.sessions.insert(key.clone(), session);
        self.keeping(reply, &key, now)
    }

    /// Nobody has signed in. Who was asked nothing is sent back to where they were, as if nothing had been tried.
    fn without_user(&mut self, key: &str, now: Duration) -> Reply {
        let session = self.sessions.entry(key.to_owned()).or_default();
        let back = if std::mem::take(&mut session.silent) { session.back.clone() } else { None };
        let to = back.unwrap_or_else(|| self.settings.base.clone());
        self.keeping(Reply::found(to), key, now)
    }

    /// The provider, where there is one.
    pub(super) fn openid(&self) -> Result<OpenId, Reply> {
        self.settings.openid.clone().ok_or_else(super::not_found)
    }
}

fn callback(here: &str) -> String {
    format!("{here}{API}callback/")
}

/// Whether an address, as a browser reads it, is one of the server at `here`.
fn is_ours(here: &str, address: &str) -> bool {
    let (Ok(home), false) = (Url::parse(here), address.chars().any(char::is_control)) else { return false };
    let Ok(url) = home.join(address) else { return false };
    matches!(url.scheme(), "http" | "https") && (url.host_str(), url.port()) == (home.host_str(), home.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_to_the_server_itself() {
        let here = "https://meet.example:8443";
        for good in ["https://meet.example:8443/", "https://meet.example:8443/abc-defg-hij?x=1", "/abc-defg-hij"] {
            assert!(is_ours(here, good), "{good}");
        }
        for bad in [
            "https://evil.example/",
            "https://meet.example/",
            "https://meet.example:8443@evil.example/",
            "//evil.example/",
            "/\\evil.example/",
            "///evil.example/",
            "visavis://meet.example:8443/",
            "javascript:alert(1)",
            "https://meet.exa\nmple:8443/",
        ] {
            assert!(!is_ours(here, bad), "{bad}");
        }
    }
}
