//! What the server remembers of a browser between its requests, and the cookies that stand for it.

use super::Meet;
use super::http::{Reply, Request};
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use time::OffsetDateTime;

/// How long a browser keeps its session, and its protection against forged requests.
const SESSION: Duration = Duration::from_secs(12 * 3600);
const CSRF: Duration = Duration::from_secs(52 * 7 * 24 * 3600);

/// One browser.
#[derive(Clone, Debug, Default)]
pub(super) struct Session {
    /// The protection against forged requests, which its cookie repeats.
    pub(super) csrf: String,
    /// [`super::User::id`]; `None`: nobody has signed in.
    pub(super) user: Option<String>,
    /// The nonces of sign-ins under way, by their state.
    pub(super) sign_ins: HashMap<String, String>,
    /// The states of sign-outs under way.
    pub(super) sign_outs: HashSet<String>,
    /// Where the last sign-in that was begun leads back to.
    pub(super) back: Option<String>,
    /// A sign-in was begun that asks nobody anything.
    pub(super) silent: bool,
    /// The provider's word for who signed in.
    pub(super) id_token: Option<String>,
}

impl Meet {
    /// The session that came with the request, where the server knows it: its key.
    pub(super) fn session_key(&self, request: &Request) -> Option<String> {
        let key = request.cookie(self.session_cookie())?;
        self.sessions.contains_key(key).then(|| key.to_owned())
    }

    /// Meet's development configuration, the one without encryption, has a name of its own.
    pub(super) fn session_cookie(&self) -> &'static str {
        if self.is_encrypted() { "sessionid" } else { "meet_sessionid" }
    }

    fn is_encrypted(&self) -> bool {
        self.settings.base.starts_with("https:")
    }

    fn secure(&self) -> &'static str {
        if self.is_encrypted() { "; Secure" } else { "" }
    }

    /// The answer with a session for the browser to keep.
    pub(super) fn keeping(&self, reply: Reply, session: &str, now: Duration) -> Reply {
        let (name, secure) = (self.session_cookie(), self.secure());
        let age = age(SESSION, now);
        reply.with("Set-Cookie", format!("{name}={session}; {age}; HttpOnly; Path=/; SameSite=Lax{secure}"))
    }

    /// The answer with a protection against forged requests; pages can read it.
    pub(super) fn protecting(&self, reply: Reply, csrf: &str, now: Duration) -> Reply {
        let age = age(CSRF, now);
        reply.with("Set-Cookie", format!("csrftoken={csrf}; {age}; Path=/; SameSite=Lax{}", self.secure()))
    }

    /// The answer that takes the session away from the browser.
    pub(super) fn forgetting(&self, reply: Reply) -> Reply {
        let age = "expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0";
        reply.with("Set-Cookie", format!("{}=\"\"; {age}; Path=/; SameSite=Lax", self.session_cookie()))
    }
}

fn age(age: Duration, now: Duration) -> String {
    format!("expires={}; Max-Age={}", date(now + age), age.as_secs())
}

/// A time as HTTP writes it (RFC 9110, 5.6.7).
fn date(time: Duration) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    let time = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (weekday, month) = (time.weekday().to_string(), time.month().to_string());
    let (hour, minute, second) = time.to_hms();
    let (day, year) = (time.day(), time.year());
    format!("{weekday:.3}, {day:02} {month:.3} {year} {hour:02}:{minute:02}:{second:02} GMT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_recorded() {
        assert_eq!(date(Duration::from_secs(1_795_600_132)), "Wed, 25 Nov 2026 09:48:52 GMT");
        assert_eq!(date(Duration::ZERO), "Thu, 01 Jan 1970 00:00:00 GMT");
    }
}
