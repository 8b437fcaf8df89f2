//! The one HTTP client, for sessions and for what is asked outside of a meeting.

use crate::dial::{DialError, Dialer, Stream, Target, of_io_error};
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use hyper::{Request, Response, Uri};
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use visavis_provider::{Header, HttpRequest, LARGEST_BODY, LONGEST_HEADER, MOST_HEADERS, SocketCause};

/// What of an answer's header is told.
const TOLD: [&str; 7] = ["content-type", "date", "etag", "location", "retry-after", "set-cookie", WAYS_IN];
/// How a server lets people sign in (RFC 9110 §11.6.1).
const WAYS_IN: &str = "www-authenticate";
/// A connection that nobody used for so long is closed.
const IDLE: Duration = Duration::from_secs(60);
const NAME: HeaderValue = HeaderValue::from_static(concat!("Visavis/", env!("CARGO_PKG_VERSION")));

/// Sends requests as `provider::HttpRequest` demands; cheap to clone, clones share their connections.
///
/// No cookies, no redirections, HTTP/1.1; whom it contacts, and how, is the [`Dialer`]'s business.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    dialer: Dialer,
    client: legacy::Client<Connector, Full<Bytes>>,
}

/// What came back, within the limits that [`HttpRequest`] names.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub headers: Vec<Header>,
    pub body: Bytes,
}

/// Why nothing came back.
#[derive(Clone, Debug)]
pub(crate) enum NoAnswer {
    /// Its body is larger than is taken of it.
    TooLarge,
    Failed(SocketCause),
}

impl From<SocketCause> for NoAnswer {
    fn from(cause: SocketCause) -> Self {
        Self::Failed(cause)
    }
}

impl Client {
    /// A client without connections yet.
    pub fn new(dialer: Dialer) -> Self {
        let client = legacy::Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(hyper_util::rt::TokioTimer::new())
            .build(Connector(dialer.clone()));
        Self { dialer, client }
    }

    /// One request and its one answer, within the request's time.
    pub async fn exchange(&self, request: HttpRequest) -> Result<Answer, SocketCause> {
        self.exchange_within(request, LARGEST_BODY).await.map_err(|why| match why {
            NoAnswer::TooLarge => SocketCause::Nonsense,
            NoAnswer::Failed(cause) => cause,
        })
    }

    /// The same for an answer of at most `largest` bytes.
    pub async fn exchange_within(&self, request: HttpRequest, largest: usize) -> Result<Answer, NoAnswer> {
        // Asked anew for each: the policy may have changed while a connection was open.
        if !self.dialer.allows(&request.url) {
            tracing::warn!("a request to a host that neither the user nor the policy allows is not sent");
            return Err(SocketCause::Forbidden.into());
        }
        let limit = request.timeout;
        tokio::time::timeout(limit, self.ask(request, largest)).await.unwrap_or(Err(SocketCause::Timeout.into()))
    }

    async fn ask(&self, request: HttpRequest, largest: usize) -> Result<Answer, NoAnswer> {
        let response = self.client.request(of(request)?).await.map_err(|error| cause_of(&error))?;
        let status = response.status().as_u16();
        let told = told(response.headers());
        Ok(Answer { status, headers: told, body: body(response, largest).await? })
    }
}

fn of(request: HttpRequest) -> Result<Request<Full<Bytes>>, SocketCause> {
    let nonsense = |_| SocketCause::Nonsense;
    let uri: Uri =
        request.url.as_str().split('#').next().unwrap_or_default().parse().map_err(|_| SocketCause::Nonsense)?;
    let mut made =
        Request::builder().method(request.method).uri(uri).body(Full::from(request.body.unwrap_or_default()));
    if let Ok(made) = &mut made {
        let headers = made.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        headers.insert(USER_AGENT, NAME);
        for (index, header) in request.headers.iter().enumerate() {
            let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| SocketCause::Nonsense)?;
            let value = secret(header.value.reveal())?;
            // What the session says stands in place of ours.
            let repeats = request.headers.iter().take(index).any(|before| before.name == header.name);
            if repeats {
                headers.append(name, value)
            } else {
                headers.insert(name, value).is_some()
            };
        }
        if let Some(bearer) = &request.bearer {
            headers.insert(AUTHORIZATION, secret(&format!("Bearer {}", bearer.reveal()))?);
        }
    }
    made.map_err(nonsense)
}

async fn body(response: Response<Incoming>, largest: usize) -> Result<Bytes, NoAnswer> {
    let mut incoming = response.into_body();
    let mut body = BytesMut::new();
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|error| cause_of(&error))?;
        let Some(data) = frame.data_ref() else { continue };
        if body.len() + data.len() > largest {
            return Err(NoAnswer::TooLarge);
        }
        body.extend_from_slice(data);
    }
    Ok(body.freeze())
}

/// Opens the client's connections.
#[derive(Clone, Debug)]
struct Connector(Dialer);

impl tower_service::Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = DialError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, DialError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), DialError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let dialer = self.0.clone();
        Box::pin(async move {
            let target = uri.to_string().parse().ok().as_ref().and_then(Target::of);
            let target = target.ok_or(DialError(SocketCause::Nonsense))?;
            Ok(TokioIo::new(dialer.dial(&target).await?))
        })
    }
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
        .filter_map(|(name, value)| Some(Header::new(name.as_str(), text(name, value)?)))
        .take(MOST_HEADERS)
        .collect()
}

/// The value of a header. The realm of a sign-in may be in any letters, and says nothing of its kind.
fn text(name: &HeaderName, value: &HeaderValue) -> Option<String> {
    match name.as_str() {
        WAYS_IN => Some(String::from_utf8_lossy(value.as_bytes()).into_owned()),
        _ => value.to_str().ok().map(str::to_owned),
    }
}

/// Why there is no answer, from the innermost cause that says something.
fn cause_of(error: &(dyn StdError + 'static)) -> SocketCause {
    // A connection that was there, and what came over it was no HTTP.
    innermost(error).unwrap_or(SocketCause::Nonsense)
}

fn innermost(error: &(dyn StdError + 'static)) -> Option<SocketCause> {
    let mut source = Some(error);
    let mut cause = None;
    while let Some(inner) = source {
        if let Some(error) = inner.downcast_ref::<DialError>() {
            return Some(error.0.clone());
        }
        if inner.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_incomplete_message) {
            // It closed in the middle, without a word of its own: gone, as a server that is started again.
            cause = Some(SocketCause::Reset);
        }
        if let Some(error) = inner.downcast_ref::<std::io::Error>() {
            cause = Some(of_io_error(error));
        }
        source = inner.source();
    }
    cause
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_cause_is_told() {
        use std::io::{Error, ErrorKind};
        assert_eq!(innermost(&Error::from(ErrorKind::ConnectionReset)), Some(SocketCause::Reset));
        assert_eq!(innermost(&DialError(SocketCause::Forbidden)), Some(SocketCause::Forbidden));
        assert_eq!(innermost(&rustls::Error::DecryptError), None);
    }

    #[test]
    fn a_header_of_the_session_stands_in_place_of_ours() {
        let request = HttpRequest {
            id: visavis_provider::RequestId(1),
            method: "GET",
            url: "https://a.example/x?y#z".parse().expect("a url"),
            bearer: None,
            headers: vec![Header::new("accept", "text/plain"), Header::new("cookie", "a"), Header::new("cookie", "b")],
            body: None,
            timeout: Duration::from_secs(1),
        };
        let made = of(request).expect("a request");
        assert_eq!(made.uri().to_string(), "https://a.example/x?y");
        let all =
            |name| made.headers().get_all(name).iter().map(|value| value.to_str().expect("text")).collect::<Vec<_>>();
        assert_eq!((all("accept"), all("cookie")), (vec!["text/plain"], vec!["a", "b"]));
    }
}
