//! Requests to the server of a calendar: it and no other, with the person's name and password.

use crate::dial::{Dialer, Network};
use crate::http::{Answer, Client, NoAnswer};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::time::Duration;
use url::Url;
use visavis_calendar::LARGEST_FILE;
use visavis_model::CalendarFault;
use visavis_provider::{Header, HttpRequest, RequestId, Secret, SocketCause, header};

/// For one request and its answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// A server that leads in circles is not followed.
const MOST_MOVES: usize = 5;

/// Who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Login {
    pub user: String,
    pub password: Secret,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    pub method: &'static str,
    /// `Depth` and a body, for CalDAV.
    pub body: Option<(&'static str, &'a str)>,
    /// The version that we have.
    pub unless: Option<&'a str>,
}

impl<'a> Question<'a> {
    pub const fn dav(method: &'static str, depth: &'static str, body: &'a str) -> Self {
        Self { method, body: Some((depth, body)), unless: None }
    }
}

/// Asks one server.
#[derive(Clone, Debug)]
pub(crate) struct Asker {
    client: Client,
    /// Scheme, host and port that the person named.
    origin: Url,
    authorization: Option<Secret>,
}

impl Asker {
    /// Asks the server of `origin`, and never another one.
    pub fn new(network: Network, origin: &Url, login: Option<&Login>) -> Self {
        let authorization = login.map(|login| {
            let text = format!("{}:{}", login.user, login.password.reveal());
            Secret::new(format!("Basic {}", STANDARD.encode(text)))
        });
        let client = Client::new(Dialer::new(network, origin.host_str().unwrap_or_default()));
        Self { client, origin: origin.clone(), authorization }
    }

    /// Where a link in an answer leads, if that is the same server.
    pub fn follow(&self, from: &Url, href: &str) -> Option<Url> {
        let url = from.join(href).ok()?;
        self.is_same(&url).then_some(url)
    }

    /// The server itself; encrypted where it was not before.
    fn is_same(&self, url: &Url) -> bool {
        let better = self.origin.scheme() == "http" && url.scheme() == "https";
        let same =
            url.scheme() == self.origin.scheme() && url.port_or_known_default() == self.origin.port_or_known_default();
        let place = url.host_str() == self.origin.host_str() && (same || better);
        place && url.username().is_empty() && url.password().is_none()
    }

    /// One question, wherever the server moves it to; the answer with the place that gave it.
    ///
    /// Errors: nobody answers, the password is not taken, or no password ever is, the answer is larger than a calendar may be, or the server
    /// leads elsewhere: there is no calendar then, and nobody forbids one.
    pub async fn ask(&self, url: &Url, question: Question<'_>) -> Result<(Url, Answer), CalendarFault> {
        let mut url = url.clone();
        for _ in 0..MOST_MOVES {
            if !self.is_same(&url) {
                return Err(CalendarFault::NoCalendar);
            }
            let answer = self.exchange(&url, question).await.map_err(fault)?;
            match answer.status {
                401 => return Err(fault_of_sign_in(&answer.headers)),
                301 | 302 | 303 | 307 | 308 => {
                    let to = header(&answer.headers, "location").next().and_then(|to| url.join(to).ok());
                    url = to.ok_or(CalendarFault::NoCalendar)?;
                }
                _ => return Ok((url, answer)),
            }
        }
        Err(CalendarFault::NoCalendar)
    }

    /// Asks once more where the connection broke: a server that refuses a question before it has read it (Radicale) breaks it while it answers, and
    /// its answer may be lost with it. All questions only read, so they may be repeated (RFC 9110 §9.2.2).
    async fn exchange(&self, url: &Url, question: Question<'_>) -> Result<Answer, NoAnswer> {
        match self.client.exchange_within(self.request(url, question), LARGEST_FILE).await {
            Err(NoAnswer::Failed(SocketCause::Reset)) => {
                self.client.exchange_within(self.request(url, question), LARGEST_FILE).await
            }
            answer => answer,
        }
    }

    fn request(&self, url: &Url, question: Question<'_>) -> HttpRequest {
        let mut headers = Vec::new();
        if let Some(authorization) = &self.authorization {
            headers.push(Header::new("authorization", authorization.reveal()));
        }
        if let Some((depth, _)) = question.body {
            headers.push(Header::new("depth", depth));
            headers.push(Header::new("content-type", "application/xml; charset=utf-8"));
        }
        if let Some(version) = question.unless {
            headers.push(Header::new("if-none-match", version));
        }
        HttpRequest {
            id: RequestId(0),
            method: question.method,
            url: url.clone(),
            bearer: None,
            headers,
            body: question.body.map(|(_, body)| body.to_owned().into()),
            timeout: PATIENCE,
        }
    }
}

fn fault(why: NoAnswer) -> CalendarFault {
    match why {
        NoAnswer::TooLarge => CalendarFault::TooLarge,
        NoAnswer::Failed(SocketCause::Certificate(_)) => CalendarFault::Certificate,
        NoAnswer::Failed(SocketCause::Forbidden) => CalendarFault::NotAllowed,
        NoAnswer::Failed(SocketCause::Nonsense) => CalendarFault::NoCalendar,
        NoAnswer::Failed(_) => CalendarFault::Unreachable,
    }
}

/// What a refusal (401) is: whoever wants another kind of sign-in takes no password, be it right. One that says nothing of kinds is
/// believed to have ours.
fn fault_of_sign_in(headers: &[Header]) -> CalendarFault {
    let mut kinds = header(headers, "www-authenticate").filter(|kinds| !kinds.trim().is_empty()).peekable();
    match kinds.peek().is_some() && !kinds.any(has_basic) {
        true => CalendarFault::OtherSignIn,
        false => CalendarFault::Password,
    }
}

/// Whether one of the kinds in a value is Basic: they stand behind commas, as do the parameters of each, which may hold commas in quotes.
fn has_basic(kinds: &str) -> bool {
    let (mut quoted, mut escaped) = (false, false);
    let is_end = |c: char| {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        c == ',' && !quoted
    };
    let mut parts = kinds.split(is_end);
    parts.any(|part| part.split_whitespace().next().is_some_and(|kind| kind.eq_ignore_ascii_case("basic")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_kind_of_sign_in_is_no_wrong_password() {
        use CalendarFault::{OtherSignIn, Password};
        for (kinds, fault) in [
            (&["", " "][..], Password),
            (&[], Password),
            (&["Basic realm=\"Agglo\", charset=\"UTF-8\""], Password),
            (&["basic"], Password),
            (&["Negotiate", "BASIC realm=\"Zimbra\""], Password),
            (&["Digest realm=\"a, b\", nonce=\"c\", Basic realm=\"d\""], Password),
            (&["Digest realm=\"a\",Basic"], Password),
            (&["Digest realm=\"BaikalDAV\", qop=\"auth\", nonce=\"a\", opaque=\"b\""], OtherSignIn),
            (&["Digest realm=\"a, Basic b, \\\", Basic c\", nonce=\"d\""], OtherSignIn),
            (&["Negotiate", "Bearer realm=\"basic\""], OtherSignIn),
            (&["Bearer Basic=1"], OtherSignIn),
        ] {
            let headers: Vec<_> = kinds.iter().map(|kind| Header::new("WWW-Authenticate", *kind)).collect();
            assert_eq!(fault_of_sign_in(&headers), fault, "{kinds:?}");
        }
    }
}
