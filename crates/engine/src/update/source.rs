//! Where an update is read from: a folder, or an https server.

use crate::http::{Answer, Client, NoAnswer};
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;
use url::Url;
use visavis_provider::{CertificateFault, HttpRequest, ProxyFault, RequestId, SocketCause, header};
use visavis_update::{LARGEST_OFFER, UpdateFault};

/// Whether somebody needs the line is asked this often while a server is answering.
const ASK_EVERY: Duration = Duration::from_millis(200);
/// … and after each so many bytes of a file.
const PIECE: u64 = 64 * 1024;
/// What a server says beside its file (that it is elsewhere, that nobody may have it) is read up to this length.
const LARGEST_WORDS: usize = LARGEST_OFFER;

/// An https server.
pub(super) struct Mirror<'a> {
    pub url: &'a Url,
    pub client: Client,
    pub runtime: tokio::runtime::Runtime,
}

pub(super) enum Source<'a> {
    Folder(&'a Path),
    Mirror(Box<Mirror<'a>>),
}

impl Source<'_> {
    /// A file of it, of at most `most` bytes; `None` where `put_off` said yes meanwhile.
    ///
    /// Errors: see [`UpdateFault`]; [`UpdateFault::Malformed`]: it is longer.
    pub fn read(
        &self,
        name: &str,
        most: usize,
        patience: Duration,
        put_off: &dyn Fn() -> bool,
    ) -> Result<Option<Vec<u8>>, UpdateFault> {
        match self {
            Self::Folder(folder) => of_folder(&folder.join(name), most, put_off),
            Self::Mirror(mirror) => mirror.read(name, most, patience, put_off),
        }
    }
}

fn of_folder(path: &Path, most: usize, put_off: &dyn Fn() -> bool) -> Result<Option<Vec<u8>>, UpdateFault> {
    // A pipe or a device is none.
    if !path.metadata().is_ok_and(|file| file.is_file()) {
        return Err(UpdateFault::NoFile);
    }
    let mut bytes = Vec::new();
    let mut file = std::fs::File::open(path).map_err(|_| UpdateFault::NoFile)?;
    // A share may be as slow as any server.
    while !put_off() {
        if file.by_ref().take(PIECE).read_to_end(&mut bytes).map_err(|_| UpdateFault::NoFile)? == 0 {
            return Ok(Some(bytes));
        }
        if bytes.len() > most {
            return Err(UpdateFault::Malformed);
        }
    }
    Ok(None)
}

impl Mirror<'_> {
    fn read(
        &self,
        name: &str,
        most: usize,
        patience: Duration,
        put_off: &dyn Fn() -> bool,
    ) -> Result<Option<Vec<u8>>, UpdateFault> {
        let url = self.url.join(name).map_err(|_| UpdateFault::Malformed)?;
        let request = HttpRequest {
            id: RequestId(0),
            method: "GET",
            url: url.clone(),
            bearer: None,
            headers: Vec::new(),
            body: None,
            timeout: patience,
        };
        // Dropped in the middle, it is read no further: nothing drives its connection any more.
        let answer = self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = until(put_off) => None,
                answer = self.client.exchange_within(request, most.max(LARGEST_WORDS)) => Some(answer),
            }
        });
        let Some(answer) = answer else { return Ok(None) };
        let answer = answer.map_err(|why| match why {
            NoAnswer::TooLarge => UpdateFault::Malformed,
            NoAnswer::Failed(cause) => of_cause(&cause),
        })?;
        content(&url, answer, most).map(Some)
    }
}

async fn until(put_off: &dyn Fn() -> bool) {
    while !put_off() {
        tokio::time::sleep(ASK_EVERY).await;
    }
}

/// The file in an answer to a request for `url`.
fn content(url: &Url, answer: Answer, most: usize) -> Result<Vec<u8>, UpdateFault> {
    match answer.status {
        200 if answer.body.len() > most => Err(UpdateFault::Malformed),
        200 => Ok(answer.body.to_vec()),
        300..=399 => {
            let place = header(&answer.headers, "location").next().and_then(|place| url.join(place).ok());
            Err(UpdateFault::Redirected(place.as_ref().and_then(host)))
        }
        status => Err(UpdateFault::Status(status)),
    }
}

/// As a list of servers names it.
fn host(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

fn of_cause(cause: &SocketCause) -> UpdateFault {
    match cause {
        SocketCause::Forbidden => UpdateFault::NotAllowed,
        SocketCause::Certificate(fault) => UpdateFault::Certificate(of_certificate(*fault)),
        SocketCause::Encryption => UpdateFault::Encryption,
        SocketCause::Proxy(fault) => of_proxy(*fault),
        SocketCause::Status { status, .. } => UpdateFault::Status(*status),
        SocketCause::Nonsense => UpdateFault::Nonsense,
        SocketCause::NameUnknown
        | SocketCause::Refused
        | SocketCause::Unreachable
        | SocketCause::Timeout
        | SocketCause::Closed { .. }
        | SocketCause::Reset => UpdateFault::Unreachable,
    }
}

fn of_certificate(fault: CertificateFault) -> &'static str {
    match fault {
        CertificateFault::UnknownIssuer => "no authority of this computer or of ExtraRootCAs vouches for it",
        CertificateFault::Authority => "it is an authority’s own, which no server may show",
        CertificateFault::Expired => "it has expired",
        CertificateFault::NotYetValid => "it is not valid yet, or this computer’s clock is behind",
        CertificateFault::OtherName => "it is of another name",
        CertificateFault::Revoked => "it was revoked",
        CertificateFault::Broken => "it is damaged, or not for servers",
    }
}

fn of_proxy(fault: ProxyFault) -> UpdateFault {
    UpdateFault::Proxy(match fault {
        ProxyFault::Refused { status } => return UpdateFault::ProxyStatus(status),
        ProxyFault::Unreachable => "it does not answer",
        ProxyFault::AuthenticationRequired => "it asks for a name and a password (407)",
        ProxyFault::AuthenticationRefused => "it does not take the name and the password (407)",
        ProxyFault::AuthenticationUnknown => "it wants to be told who we are in a way that is not known here (407)",
        ProxyFault::Nonsense => "what answers there is no proxy that is known here",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use std::cell::Cell;
    use std::net::TcpListener;
    use std::time::Instant;
    use visavis_provider::Header;

    #[test]
    fn why_nothing_came_is_kept() {
        for (cause, expected) in [
            (SocketCause::Forbidden, UpdateFault::NotAllowed),
            (SocketCause::NameUnknown, UpdateFault::Unreachable),
            (SocketCause::Timeout, UpdateFault::Unreachable),
            (SocketCause::Nonsense, UpdateFault::Nonsense),
            (SocketCause::Encryption, UpdateFault::Encryption),
            (SocketCause::Proxy(ProxyFault::Refused { status: 403 }), UpdateFault::ProxyStatus(403)),
        ] {
            assert_eq!(of_cause(&cause), expected, "{cause:?}");
        }
        let words = |cause: SocketCause| of_cause(&cause).to_string();
        let unknown = words(SocketCause::Certificate(CertificateFault::UnknownIssuer));
        assert!(unknown.contains("certificate") && unknown.contains("ExtraRootCAs"), "{unknown}");
        let asks = words(SocketCause::Proxy(ProxyFault::AuthenticationRequired));
        assert!(asks.contains("proxy") && asks.contains("407"), "{asks}");
    }

    #[test]
    fn another_answer_than_the_file_is_told_as_what_it_is() {
        let url = "https://mirror.example/visavis/stable.json".parse().expect("a url");
        let said = |status, location: Option<&str>| {
            let headers = location.map(|place| Header::new("location", place)).into_iter().collect();
            content(&url, Answer { status, headers, body: Bytes::from_static(b"words") }, 5)
        };
        let redirected = |host: &str| Err(UpdateFault::Redirected(Some(host.to_owned())));
        assert_eq!(said(200, None), Ok(b"words".to_vec()));
        assert_eq!(said(404, None), Err(UpdateFault::Status(404)));
        assert_eq!(said(302, Some("https://storage.example/a?key=secret")), redirected("storage.example"));
        assert_eq!(said(307, Some("https://storage.example:8443/a")), redirected("storage.example:8443"));
        assert_eq!(said(302, Some("/sign-in")), redirected("mirror.example"));
        assert_eq!(said(302, None), Err(UpdateFault::Redirected(None)));
        let long = Answer { status: 200, headers: Vec::new(), body: Bytes::from_static(b"longer") };
        assert_eq!(content(&url, long, 5), Err(UpdateFault::Malformed));
    }

    #[test]
    fn a_file_is_read_as_long_as_nobody_needs_the_line() {
        let folder = std::env::temp_dir().join(format!("visavis-source-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("writable");
        std::fs::write(folder.join("a"), vec![7; 300_000]).expect("written");
        let source = Source::Folder(&folder);
        let read = |most, put_off: &dyn Fn() -> bool| source.read("a", most, Duration::ZERO, put_off);
        assert_eq!(read(300_000, &|| false).map(|bytes| bytes.map(|bytes| bytes.len())), Ok(Some(300_000)));
        assert_eq!(read(299_999, &|| false), Err(UpdateFault::Malformed));
        let asked = Cell::new(0);
        let third = || {
            asked.set(asked.get() + 1);
            asked.get() == 3
        };
        assert_eq!((read(300_000, &third), asked.get()), (Ok(None), 3));
        std::fs::remove_dir_all(folder).expect("removable");
    }

    #[test]
    fn a_server_that_is_slow_is_left_when_somebody_needs_the_line() {
        use crate::dial::{Dialer, Network, NetworkOptions, ProxyOptions};
        // Connects, and says nothing.
        let listener = TcpListener::bind("127.0.0.1:0").expect("a socket");
        let port = listener.local_addr().expect("a socket").port();
        let url = format!("https://127.0.0.1:{port}/").parse().expect("a url");
        let options = NetworkOptions { proxy: ProxyOptions::Direct, ..NetworkOptions::default() };
        let dialer = Dialer::new(Network::new(options, |_| None), "127.0.0.1");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let source = Source::Mirror(Box::new(Mirror { url: &url, client: Client::new(dialer), runtime }));
        let begun = Instant::now();
        let put_off = || begun.elapsed() > Duration::from_millis(300);
        assert_eq!(source.read("stable.json", 5, Duration::from_secs(30), &put_off), Ok(None));
        assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    }
}
