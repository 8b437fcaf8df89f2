//! The one HTTP client, for sessions and for what is asked outside of a meeting.

use bytes::{Bytes, BytesMut};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use std::error::Error as StdError;
use std::sync::Arc;
use visavis_provider::{Header, HttpRequest, LARGEST_BODY, LONGEST_HEADER, MOST_HEADERS, SocketCause};

/// What of an answer's header is told.
const TOLD: [&str; 4] = ["content-type", "location", "retry-after", "set-cookie"];

/// Sends requests as `provider::HttpRequest` demands; cheap to clone.
///
/// No cookies, no redirections, no proxy of the environment, HTTP/1.1, the system's certificates.
#[derive(Clone, Debug)]
pub(crate) struct Client(reqwest::Client);

/// What came back, within the limits that [`HttpRequest`] names.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub headers: Vec<Header>,
    pub body: Bytes,
}

impl Client {
    /// Errors: the TLS library does not start.
    pub fn new() -> reqwest::Result<Self> {
        client().map(Self)
    }

    /// One request and its one answer, within the request's time.
    pub async fn exchange(&self, request: HttpRequest) -> Result<Answer, SocketCause> {
        let limit = request.timeout;
        tokio::time::timeout(limit, exchange(&self.0, request)).await.unwrap_or(Err(SocketCause::Timeout))
    }
}

fn client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(rustls::ClientConfig::clone(&crate::tls::config()))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .http1_only()
        .dns_resolver(Arc::new(Resolver))
        .user_agent(concat!("Visavis/", env!("CARGO_PKG_VERSION")))
        .build()
}

async fn exchange(client: &reqwest::Client, request: HttpRequest) -> Result<Answer, SocketCause> {
    let method = request.method.parse().map_err(|_| SocketCause::Nonsense)?;
    let mut headers = HeaderMap::new();
    for header in &request.headers {
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| SocketCause::Nonsense)?;
        headers.append(name, secret(header.value.reveal())?);
    }
    if let Some(bearer) = &request.bearer {
        headers.insert(AUTHORIZATION, secret(&format!("Bearer {}", bearer.reveal()))?);
    }
    let mut builder = client.request(method, request.url).headers(headers);
    if let Some(body) = request.body {
        builder = builder.body(body);
    }
    let mut response = builder.send().await.map_err(|error| cause_of(&error))?;
    let status = response.status().as_u16();
    let told = told(response.headers());
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| cause_of(&error))? {
        if body.len() + chunk.len() > LARGEST_BODY {
            return Err(SocketCause::Nonsense);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers: told, body: body.freeze() })
}

fn secret(value: &str) -> Result<HeaderValue, SocketCause> {
    let mut value = HeaderValue::from_str(value).map_err(|_| SocketCause::Nonsense)?;
    value.set_sensitive(true);
    Ok(value)
}

fn told(headers: &HeaderMap) -> Vec<Header> {
    headers
        .iter()
        .filter(|(name, value)| TOLD.contains(&name.as_str()) && value.len() <= LONGEST_HEADER)
        .filter_map(|(name, value)| Some(Header::new(name.as_str(), value.to_str().ok()?)))
        .take(MOST_HEADERS)
        .collect()
}

/// Why there is no answer, from the innermost cause that says something.
fn cause_of(error: &reqwest::Error) -> SocketCause {
    match innermost(error) {
        Some(cause) => cause,
        None if error.is_timeout() => SocketCause::Timeout,
        // The connection was there: what came over it was no HTTP.
        None => SocketCause::Nonsense,
    }
}

fn innermost(error: &(dyn StdError + 'static)) -> Option<SocketCause> {
    let mut source = Some(error);
    let mut cause = None;
    while let Some(inner) = source {
        if inner.is::<NameUnknown>() {
            return Some(SocketCause::NameUnknown);
        }
        if inner.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_incomplete_message) {
            // It closed in the middle, without a word of its own: gone, as a server that is started again.
            cause = Some(SocketCause::Reset);
        }
        source = match inner.downcast_ref::<std::io::Error>() {
            Some(error) => {
                cause = Some(crate::socket::of_io_error(error));
                // Its `source` is that of what it holds: it would pass over the refusal of TLS within.
                error.get_ref().map(|held| held as &(dyn StdError + 'static))
            }
            None => inner.source(),
        };
    }
    cause
}

#[derive(Debug, thiserror::Error)]
#[error("the name is not known")]
struct NameUnknown;

/// The system's resolver, whose failures can be told from others.
struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(|_| NameUnknown)?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_that_nobody_vouches_for_is_told_as_such() {
        use std::io::{Error, ErrorKind};
        let unknown = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let refused = Error::new(ErrorKind::InvalidData, unknown);
        // As hyper wraps it.
        assert_eq!(innermost(&Error::other(refused)), Some(SocketCause::Certificate));
        assert_eq!(innermost(&Error::from(ErrorKind::ConnectionReset)), Some(SocketCause::Reset));
        assert_eq!(innermost(&rustls::Error::DecryptError), None);
    }
}
