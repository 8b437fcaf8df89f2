//! Answers of the server, read with suspicion: a proxy, a captive portal or another version may have written them.

use super::account::Server;
use crate::{ActionError, Header, header};
use serde_json::Value;
use url::Url;

/// Longest text that is taken from an answer, in characters.
const LONGEST_TEXT: usize = 512;
/// Longest address, in bytes.
const LONGEST_ADDRESS: usize = 2048;
/// What every address of the API begins with.
const API: &str = "/api/";
/// Waits that a server may ask for, in seconds.
const LONGEST_WAIT: u32 = 600;
const SHORTEST_WAIT: u32 = 1;

/// One answer. `body` is `None` where it is not JSON.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Option<Value>,
    retry_after: Option<u32>,
    /// Where it would be answered.
    location: Option<String>,
}

impl Reply {
    pub(super) fn read(status: u16, headers: &[Header], body: &[u8]) -> Self {
        let retry_after = header(headers, "retry-after").find_map(|text| text.trim().parse().ok());
        let location = header(headers, "location").next().filter(|text| text.len() <= LONGEST_ADDRESS);
        // A page that is no JSON fails at its first letter; what is JSON is bounded by the size of a body.
        Self { status, body: serde_json::from_slice(body).ok(), retry_after, location: location.map(str::to_owned) }
    }

    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The object of a success; `None` where it is none.
    pub(super) fn object(&self) -> Option<&Value> {
        self.body.as_ref().filter(|body| self.is_success() && body.is_object())
    }

    /// The root of the server that answers the same question now, where this is another one. A page to sign in or to pay at is none.
    pub(super) fn moved(&self, base: &Url) -> Option<Url> {
        let to = Url::parse(self.location.as_deref()?).ok()?;
        let is_same_question = matches!(self.status, 301 | 302 | 307 | 308) && to.path().starts_with(API);
        let server = Server::new(&to).filter(|_| is_same_question)?;
        (server.base().origin() != base.origin()).then(|| server.base().clone())
    }

    /// Seconds after which the server wants to be asked again.
    pub(super) fn wait(&self) -> u32 {
        self.retry_after.unwrap_or(10).clamp(SHORTEST_WAIT, LONGEST_WAIT)
    }

    /// What came of an action.
    pub(super) fn outcome(&self) -> Result<(), ActionError> {
        let is_json = self.body.is_some();
        Err(match self.status {
            204 | 205 => return Ok(()),
            200..300 if is_json => return Ok(()),
            400 | 413 | 415 | 422 => ActionError::Invalid,
            401 => ActionError::SignedOut,
            403 => ActionError::NotAllowed,
            404 if is_json => ActionError::Gone,
            // The page of an unknown path: a server that is older than what we ask for.
            404 | 405 | 501 => ActionError::Unsupported,
            409 => ActionError::Conflict,
            429 => ActionError::Throttled { seconds: self.wait() },
            500.. => ActionError::Failed,
            _ => ActionError::Nonsense,
        })
    }
}

/// A text of an object, cut, without control characters; `None` where it is empty or something else.
pub(super) fn text(object: &Value, key: &str) -> Option<String> {
    let text: String = object.get(key)?.as_str()?.chars().filter(|c| !c.is_control()).take(LONGEST_TEXT).collect();
    (!text.is_empty()).then_some(text)
}

/// A text that is taken as it is or not at all: ids, tokens, urls.
pub(super) fn exact(object: &Value, key: &str, longest: usize) -> Option<String> {
    let text = object.get(key)?.as_str()?;
    let fits = !text.is_empty() && text.len() <= longest && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

pub(super) fn flag(object: &Value, path: &[&str]) -> Option<bool> {
    path.iter().try_fold(object, |value, key| value.get(key))?.as_bool()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply::read(status, &[Header::new("retry-after", "58")], body.as_bytes())
    }

    #[test]
    fn each_answer_has_its_outcome() {
        assert_eq!(reply(200, "{}").outcome(), Ok(()));
        assert_eq!(reply(204, "").outcome(), Ok(()));
        for (status, body, error) in [
            (200, "<!doctype html>", ActionError::Nonsense),
            (301, "", ActionError::Nonsense),
            (400, "<h1>Bad Request</h1>", ActionError::Invalid),
            (401, "{}", ActionError::SignedOut),
            (403, "{}", ActionError::NotAllowed),
            (404, "{}", ActionError::Gone),
            (404, "<h1>Not Found</h1>", ActionError::Unsupported),
            (409, "{}", ActionError::Conflict),
            (429, "{}", ActionError::Throttled { seconds: 58 }),
            (502, "{}", ActionError::Failed),
            (500, "<h1>Server Error</h1>", ActionError::Failed),
            (0, "", ActionError::Nonsense),
        ] {
            assert_eq!(reply(status, body).outcome(), Err(error), "{status} {body}");
        }
    }

    #[test]
    fn a_server_that_moved_says_where_and_nobody_else_does() {
        let base = Url::parse("https://old.example/").expect("url");
        let moved = |status: u16, to: &str| {
            let root = Reply::read(status, &[Header::new("location", to)], b"").moved(&base);
            root.map(|root| root.to_string())
        };
        let api = "https://new.example:8443/api/v1.0/config/?a=b";
        assert_eq!(moved(301, api), Some("https://new.example:8443/".into()));
        let plain = "http://new.example/api/v1.0/config/";
        assert_eq!(moved(302, plain), Some("https://new.example/".into()), "never without encryption");
        for (status, to) in [
            (200, api),
            (301, "https://old.example/api/v1.0/config/"),
            (302, "https://portal.example/login"),
            (302, "/api/v1.0/config/"),
            (301, "visio:new"),
            (301, ""),
        ] {
            assert_eq!(moved(status, to), None, "{status} {to}");
        }
    }

    #[test]
    fn texts_are_bounded() {
        let object = serde_json::json!({ "a": "x\n".repeat(5000), "b": 7, "c": "", "d": "ok" });
        assert_eq!(text(&object, "a").map(|text| text.len()), Some(LONGEST_TEXT));
        assert_eq!((text(&object, "b"), text(&object, "c"), text(&object, "x")), (None, None, None));
        assert_eq!((exact(&object, "a", 10), exact(&object, "d", 10)), (None, Some("ok".into())));
        assert_eq!(flag(&serde_json::json!({ "a": { "b": true } }), &["a", "b"]), Some(true));
    }

    #[test]
    fn a_wait_is_bounded() {
        let wait = |text: &str| Reply::read(429, &[Header::new("retry-after", text)], b"").wait();
        assert_eq!((wait("0"), wait("99999"), wait("soon"), wait("-4")), (1, 600, 10, 10));
    }

    proptest! {
        #[test]
        fn no_answer_panics(status: u16, body in proptest::collection::vec(any::<u8>(), 0..200), after in ".{0,20}") {
            let reply = Reply::read(status, &[Header::new("retry-after", after)], &body);
            let _ = (reply.outcome(), reply.object().is_some(), reply.wait());
        }
    }
}
