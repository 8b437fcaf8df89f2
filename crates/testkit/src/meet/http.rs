//! A request and its answer, before and behind the socket.

use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

/// One request.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    /// With its query, from the first slash.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// The first header of this name, in whatever case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The value of a cookie that came with it.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let pairs = self.header("cookie")?.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.filter(|(known, value)| *known == name && !value.is_empty()).map(|(_, value)| value).next()
    }

    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub(super) fn query(&self, key: &str) -> Option<String> {
        let url = Url::parse("http://host/").ok()?.join(&self.target).ok()?;
        url.query_pairs().find(|(known, _)| known == key).map(|(_, value)| value.into_owned())
    }

    pub(super) fn is_unsafe(&self) -> bool {
        !matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE")
    }

    /// The body as an object; none at all is an empty one.
    ///
    /// # Errors
    /// The answer to a body that is no JSON.
    pub(super) fn json(&self) -> Result<Value, Reply> {
        if self.body.is_empty() {
            return Ok(json!({}));
        }
        serde_json::from_slice(&self.body).map_err(|error| {
            // Python names the place where a value should have begun; the text is that of an object cut after its key.
            let at = error.column();
            Reply::detail(400, &format!("JSON parse error - Expecting value: line 1 column {} (char {at})", at + 1))
        })
    }
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// How long it lets itself be waited for.
    pub after: Duration,
}

impl Reply {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("Content-Type", "application/json".to_owned())];
        Self { status, headers, body: body.to_string().into_bytes(), after: Duration::ZERO }
    }

    pub(super) fn detail(status: u16, text: &str) -> Self {
        Self::json(status, &json!({ "detail": text }))
    }

    pub(super) fn error(status: u16, text: &str) -> Self {
        Self::json(status, &json!({ "error": text }))
    }

    /// What is wrong with one field.
    pub(super) fn field(name: &str, text: &str) -> Self {
        Self::json(400, &json!({ name: [text] }))
    }

    pub(super) fn success() -> Self {
        Self::json(200, &json!({ "status": "success" }))
    }

    /// One of Django's own pages.
    pub(super) fn page(status: u16, title: &str, words: &str) -> Self {
        let heading = title;
        let body = format!(
            "\n<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>{title}</title>\n</head>\n<body>\n  \
             <h1>{heading}</h1><p>{words}</p>\n</body>\n</html>\n"
        );
        let headers = vec![("Content-Type", "text/html; charset=utf-8".to_owned())];
        Self { status, headers, body: body.into_bytes(), after: Duration::ZERO }
    }

    pub(super) fn moved(to: String) -> Self {
        Self::empty(301).with("Content-Type", "text/html; charset=utf-8").with("Location", to)
    }

    pub(super) fn found(to: String) -> Self {
        Self { status: 302, ..Self::moved(to) }
    }

    pub(super) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), after: Duration::ZERO }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn after(mut self, time: Duration) -> Self {
        self.after = time;
        self
    }

    /// Every header of this name.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_taken_apart() {
        let request = Request {
            method: "POST".into(),
            target: "/api/v1.0/rooms/x/?username=Zo%C3%A9+B".into(),
            headers: vec![("COOKIE".into(), "a=1; lobbyParticipantId=x; b=".into())],
            body: b"{\"name\": ".to_vec(),
        };
        assert_eq!(request.path(), "/api/v1.0/rooms/x/");
        assert_eq!(request.query("username").as_deref(), Some("Zoé B"));
        assert_eq!(request.cookie("lobbyParticipantId"), Some("x"));
        assert_eq!((request.cookie("b"), request.cookie("c")), (None, None));
        assert!(request.is_unsafe());
        assert_eq!(request.json().unwrap_err().status, 400);
        assert_eq!(Request::default().json().unwrap(), json!({}));
    }
}
