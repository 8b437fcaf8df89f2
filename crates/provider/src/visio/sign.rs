//! Signing in and out.
//!
//! Somebody signs in in a window of its own, at the server's own pages ([`Server::sign_in`]). When it comes back to the
//! server's root ([`Server::is_back`]), the cookies that [`Server::counts`] are put into a [`CookieJar`], and
//! [`Server::me`] tells whether it worked. A quiet sign-in is the same without a visible window.
//!
//! Signing out takes a request ([`Server::sign_out`]), a look at the identity provider's page ([`SignOut::page`]) and a
//! last request ([`Server::sign_out_callback`]).

use super::account::{Server, success};
use super::reply::{Reply, exact, flag, text};
use super::rest::{self, Call};
use crate::cookies::{host_of, is_loopback};
use crate::{Account, ActionError, CookieJar, Header, HttpRequest, RequestId, header};
use url::Url;

/// How a sign-out goes on after its first request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignOut {
    /// The identity provider's page, to be opened in a window: it ends the provider's session, and comes back.
    pub page: Url,
    /// For [`Server::sign_out_callback`].
    pub state: String,
}

impl SignOut {
    /// From the answer to [`Server::sign_out`]; `None` where it was the whole sign-out.
    pub fn read(headers: &[Header]) -> Option<Self> {
        let page = Url::parse(header(headers, "location").next()?).ok()?;
        let state = page.query_pairs().find(|(name, _)| name == "state")?.1.into_owned();
        let opens = page.scheme() == "https" || (page.scheme() == "http" && is_loopback(&page));
        (opens && !state.is_empty() && state.len() <= 256).then_some(Self { page, state })
    }
}

impl Server {
    /// Where a window goes to sign in. `quiet`: without a question; it comes back signed in, or as it was.
    pub fn sign_in(&self, quiet: bool) -> Url {
        let mut url = rest::api(&self.base, &["authenticate".to_owned()], None);
        let quiet = if quiet { "true" } else { "false" };
        // The server sends nobody to a host but its own, so the window is told by its way back to the root.
        url.query_pairs_mut().append_pair("silent", quiet).append_pair("returnTo", self.base.as_str());
        url
    }

    /// True where a window that signs in has come back to the server's root, as [`Self::sign_in`] asked for. An identity provider may
    /// live on the same host, under any other path.
    pub fn is_back(&self, at: &Url) -> bool {
        self.is_ours(at) && at.path() == "/"
    }

    pub(super) fn is_ours(&self, at: &Url) -> bool {
        host_of(at).is_some_and(|host| host == self.host) && at.scheme() == self.base.scheme()
    }

    /// Whether a cookie of that window is to be taken: the session and its protection, of this very host.
    pub fn counts(&self, name: &str, domain: &str) -> bool {
        let domain = domain.trim_start_matches('.').to_ascii_lowercase();
        let name_counts = rest::is_session(name) || rest::is_csrf(name);
        name_counts && self.base.host_str() == Some(domain.as_str())
    }

    /// A jar from such a window's cookies: (name, domain, value). `None` where there is no session among them. A session
    /// may be nobody's, after a quiet sign-in that came to nothing: [`Self::me`] tells.
    pub fn jar<'a>(&self, cookies: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>) -> Option<CookieJar> {
        let mut jar = CookieJar::new(&self.host);
        for (name, domain, value) in cookies {
            if self.counts(name, domain) {
                jar.put(name, value);
            }
        }
        jar.find(rest::is_session).is_some().then_some(jar)
    }

    /// What of a jar keeps somebody signed in, for the keyring ([`CookieJar::from_secret`] reads it).
    pub fn to_keep(&self, jar: &CookieJar) -> crate::Secret {
        jar.to_secret(|name| rest::is_session(name) || rest::is_csrf(name))
    }

    /// Takes the session out of a jar; what the door gave stays.
    pub fn forget_session(jar: &mut CookieJar) {
        jar.remove(|name| rest::is_session(name) || rest::is_csrf(name));
    }

    /// Asks whether the server wants its guests to try a quiet sign-in.
    pub fn config(&self, id: RequestId) -> HttpRequest {
        self.request(id, &CookieJar::new(&self.host), Call::get(&["config"]))
    }

    /// Reads [`Self::config`]'s answer; whatever it cannot read says no.
    pub fn read_quiet(&self, status: u16, headers: &[Header], body: &[u8]) -> bool {
        let reply = Reply::read(status, headers, body);
        reply.object().and_then(|config| flag(config, &["is_silent_login_enabled"])).unwrap_or(false)
    }

    /// The first of the requests that sign out. It ends nothing by itself where the server has an identity provider
    /// (measured): [`SignOut::read`] says what follows.
    pub fn sign_out(&self, id: RequestId, jar: &CookieJar) -> HttpRequest {
        self.request(id, jar, Call::get(&["logout"]))
    }

    /// The last one, which ends the server's session.
    pub fn sign_out_callback(&self, id: RequestId, jar: &CookieJar, state: &str) -> HttpRequest {
        self.request(id, jar, Call::get(&["logout-callback"]).query("state", state))
    }

    /// True where a window that signs out has come back from the identity provider.
    pub fn is_signed_out(&self, at: &Url) -> bool {
        self.is_ours(at) && matches!(at.path().trim_end_matches('/'), "" | "/api/v1.0/logout-callback")
    }

    /// Who we are.
    pub fn me(&self, id: RequestId, jar: &CookieJar) -> HttpRequest {
        self.request(id, jar, Call::get(&["users", "me"]))
    }

    /// Reads [`Self::me`]'s answer; [`ActionError::SignedOut`]: nobody.
    pub fn read_me(&self, status: u16, headers: &[Header], body: &[u8]) -> Result<Account, ActionError> {
        let value = success(status, headers, body)?;
        let name = text(&value, "full_name").or_else(|| text(&value, "short_name"));
        let account = Account { name: name.unwrap_or_default(), email: text(&value, "email").unwrap_or_default() };
        exact(&value, "id", 128).map(|_| account).ok_or(ActionError::Nonsense)
    }
}
