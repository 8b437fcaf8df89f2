//! HTTP, as a session asks for it. The engine has the client; proxies and TLS are its business.

use crate::{RequestId, Secret};
use bytes::Bytes;
use std::time::Duration;
use url::Url;

/// Largest body of a response that is handed in, in bytes.
pub const LARGEST_BODY: usize = 1024 * 1024;
/// Most headers of a response that are handed in.
pub const MOST_HEADERS: usize = 64;
/// Longest value of a response's header that is handed in, in bytes.
pub const LONGEST_HEADER: usize = 8 * 1024;

/// One header. The value may be a cookie or a token, so it is never printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Lower case.
    pub name: String,
    pub value: Secret,
}

impl Header {
    pub fn new(name: &str, value: impl Into<String>) -> Self {
        Self { name: name.to_ascii_lowercase(), value: Secret::new(value) }
    }
}

/// One request. The executor
///
/// * contacts the host only where its gate allows it, else answers [`crate::Input::HttpFailed`] with `Forbidden`;
/// * sends `headers` as they are, `bearer` as `Authorization: Bearer …`, and adds nothing that tells more than
///   `Host`, `User-Agent`, `Accept` and `Accept-Encoding`; it has **no cookie jar of its own**, and sends no `Referer`;
/// * **follows no redirection**: a 3xx is an answer like another, with its `location`;
/// * verifies certificates like the socket does, and speaks HTTP/1.1 or 2;
/// * answers each request exactly once: [`crate::Input::HttpResponse`] with any status, or
///   [`crate::Input::HttpFailed`] with `Timeout` after `timeout` for the whole exchange (connecting, headers and body),
///   and with `Nonsense` where the body, decompressed, is larger than [`LARGEST_BODY`] or the answer is not HTTP;
/// * hands in the headers `content-type`, `location`, `retry-after` and **every** `set-cookie` (others may be left
///   out), names in lower case, at most [`MOST_HEADERS`] of at most [`LONGEST_HEADER`] bytes;
/// * runs requests side by side (a recording that starts takes 22 s), and drops those that are left when the
///   session is over;
/// * logs neither urls nor headers nor bodies.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    pub id: RequestId,
    /// Upper case.
    pub method: &'static str,
    pub url: Url,
    pub bearer: Option<Secret>,
    pub headers: Vec<Header>,
    /// `headers` tell its type.
    pub body: Option<Bytes>,
    /// For the whole exchange.
    pub timeout: Duration,
}

/// The values of the headers called `name` (lower case), in order.
pub fn header<'a>(headers: &'a [Header], name: &'a str) -> impl Iterator<Item = &'a str> {
    headers.iter().filter(move |header| header.name == name).map(|header| header.value.reveal())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_found_by_its_name_and_never_printed() {
        let headers = [Header::new("Set-Cookie", "a=hunter2"), Header::new("set-cookie", "b=2"), Header::new("x", "")];
        assert_eq!(header(&headers, "set-cookie").collect::<Vec<_>>(), ["a=hunter2", "b=2"]);
        assert!(!format!("{headers:?}").contains("hunter2"));
    }
}
