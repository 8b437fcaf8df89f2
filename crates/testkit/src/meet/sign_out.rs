//! Signing out: out to the OpenID provider (`logout/`), and back from it (`logout-callback/`), where the session ends.

use super::http::{Reply, Request};
use super::world::origin;
use super::{API, Meet, bad_request};
use std::time::Duration;

impl Meet {
    pub(super) fn sign_out(&mut self, request: &Request, now: Duration) -> Reply {
        let state = self.hex(32);
        let callback = format!("{}{API}logout-callback/", origin(&self.settings.base, request));
        let key = self.session_key(request);
        let openid = self.settings.openid.clone();
        if let Some(key) = key
            && let Some(session) = self.sessions.get_mut(&key).filter(|session| session.user.is_some())
            && let Some(id_token) = &session.id_token
            && let Some(to) = openid.and_then(|openid| openid.sign_out(id_token, &state, &callback))
        {
            // Nobody is signed out before the provider has sent them back.
            session.sign_outs.insert(state);
            return self.keeping(Reply::found(to), &key, now);
        }
        self.ended(request)
    }

    pub(super) fn sign_out_callback(&mut self, request: &Request) -> Result<Reply, Reply> {
        let session = self.session_key(request).and_then(|key| self.sessions.get(&key));
        let Some(session) = session.filter(|session| session.user.is_some()) else {
            return Ok(Reply::found(self.settings.base.clone()));
        };
        // Somebody else's link signs nobody out.
        let is_asked = request.query("state").is_some_and(|state| session.sign_outs.contains(&state));
        if is_asked { Ok(self.ended(request)) } else { Err(bad_request()) }
    }

    fn ended(&mut self, request: &Request) -> Reply {
        let home = Reply::found(self.settings.base.clone());
        match self.session_key(request) {
            Some(key) => {
                self.sessions.remove(&key);
                self.forgetting(home)
            }
            None => home,
        }
    }
}
