//! Requests to the server's REST API (`/api/v1.0/`, final slashes matter).

use crate::cookies::host_of;
use crate::{CookieJar, Header, HttpRequest, RequestId, Secret};
use bytes::Bytes;
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// For what is quick everywhere.
const TIMEOUT: Duration = Duration::from_secs(10);
/// A recording that does not start is told after 22 s (measured).
pub(super) const SLOW: Duration = Duration::from_secs(60);

/// Who asks.
#[derive(Clone, Debug)]
pub(super) enum Ask {
    /// The cookies; with an unsafe method also what Django's protection against forged requests wants.
    Cookies,
    /// A LiveKit token; cookies are kept out of it.
    Bearer(Secret),
}

/// A request before it has a number.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) method: &'static str,
    pub(super) path: Vec<String>,
    pub(super) query: Option<(&'static str, String)>,
    pub(super) body: Option<Value>,
    pub(super) ask: Ask,
    pub(super) timeout: Duration,
}

impl Call {
    pub(super) fn get(path: &[&str]) -> Self {
        Self::new("GET", path, None)
    }

    pub(super) fn post(path: &[&str], body: Option<Value>) -> Self {
        Self::new("POST", path, body)
    }

    pub(super) fn new(method: &'static str, path: &[&str], body: Option<Value>) -> Self {
        let path = path.iter().map(|part| (*part).to_owned()).collect();
        Self { method, path, query: None, body, ask: Ask::Cookies, timeout: TIMEOUT }
    }

    pub(super) fn bearer(mut self, token: &Secret) -> Self {
        self.ask = Ask::Bearer(token.clone());
        self
    }

    pub(super) fn query(mut self, key: &'static str, value: &str) -> Self {
        self.query = Some((key, value.to_owned()));
        self
    }

    pub(super) fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The request to the server at `base`.
    pub(super) fn request(self, id: RequestId, base: &Url, jar: &CookieJar) -> HttpRequest {
        let url = api(base, &self.path, self.query.as_ref());
        let mut headers = vec![Header::new("accept", "application/json")];
        if self.body.is_some() {
            headers.push(Header::new("content-type", "application/json"));
        }
        let bearer = match self.ask {
            Ask::Bearer(token) => Some(token),
            Ask::Cookies => {
                headers.extend(jar.header(&url));
                if self.method != "GET" {
                    // Either of Origin and Referer is enough, and the window's own origin is refused (measured).
                    headers.extend(origin(base).map(|origin| Header::new("origin", origin)));
                    headers.extend(csrf(jar).map(|token| Header::new("x-csrftoken", token.reveal())));
                }
                None
            }
        };
        let body = self.body.map(|body| Bytes::from(body.to_string()));
        HttpRequest { id, method: self.method, url, bearer, headers, body, timeout: self.timeout }
    }
}

/// A url of the API; each part of `path` is one segment, whatever is in it.
pub(super) fn api(base: &Url, path: &[String], query: Option<&(&'static str, String)>) -> Url {
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.clear().extend(["api", "v1.0"]).extend(path).push("");
    }
    if let Some((key, value)) = query {
        url.query_pairs_mut().append_pair(key, value);
    }
    url
}

/// `https://host[:port]`.
pub(super) fn origin(base: &Url) -> Option<String> {
    Some(format!("{}://{}", base.scheme(), host_of(base)?))
}

/// The cookie that holds a Django session: `sessionid`, in development `meet_sessionid`.
pub(super) fn is_session(name: &str) -> bool {
    name == "sessionid" || name.ends_with("_sessionid")
}

/// The cookie that a page repeats in a header to show that it can read it.
pub(super) fn is_csrf(name: &str) -> bool {
    name == "csrftoken" || name.ends_with("_csrftoken")
}

fn csrf(jar: &CookieJar) -> Option<&Secret> {
    jar.find(is_csrf)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header;

    fn one<'a>(request: &'a HttpRequest, name: &'a str) -> Option<&'a str> {
        header(&request.headers, name).next()
    }

    #[test]
    fn a_moderators_request_shows_its_cookies_and_where_it_comes_from() {
        let base = Url::parse("https://meet.example:444/").expect("url");
        let mut jar = CookieJar::new("meet.example:444");
        jar.put("sessionid", "s");
        jar.put("csrftoken", "c");
        let call = Call::post(&["rooms", "a/b?c", "enter"], Some(serde_json::json!({ "x": 1 })));
        let request = call.request(RequestId(7), &base, &jar);
        assert_eq!(request.url.as_str(), "https://meet.example:444/api/v1.0/rooms/a%2Fb%3Fc/enter/");
        assert_eq!(one(&request, "cookie"), Some("sessionid=s; csrftoken=c"));
        assert_eq!(one(&request, "x-csrftoken"), Some("c"));
        assert_eq!(one(&request, "origin"), Some("https://meet.example:444"));
        assert_eq!(one(&request, "content-type"), Some("application/json"));
        assert_eq!(request.body.as_deref(), Some(&b"{\"x\":1}"[..]));

        let get = Call::get(&["rooms", "x"]).query("username", "Zoé & co").request(RequestId(8), &base, &jar);
        assert_eq!(get.url.query(), Some("username=Zo%C3%A9+%26+co"));
        assert_eq!((one(&get, "origin"), one(&get, "x-csrftoken")), (None, None));
    }

    #[test]
    fn a_bearer_comes_without_cookies() {
        let base = Url::parse("https://meet.example/").expect("url");
        let mut jar = CookieJar::new("meet.example");
        jar.put("sessionid", "s");
        let call = Call::post(&["rooms", "x", "start-subtitle"], None).bearer(&Secret::new("t"));
        let request = call.request(RequestId(1), &base, &jar);
        assert_eq!(request.bearer, Some(Secret::new("t")));
        assert_eq!((one(&request, "cookie"), one(&request, "content-type")), (None, None));
        assert!(!format!("{request:?}").contains("\"t\""));
    }
}
