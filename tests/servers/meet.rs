//! La Suite Meet (Visio): `visavis_testkit::meet` on a port, in front of the real `livekit-server` and, where there is one,
//! a real OpenID provider ([`super::openid`]).

mod outside;

use super::livekit::{KEY, LivekitServer, SECRET};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use outside::{Outside, agent};
use serde_json::Value;
use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::oneshot;
use visavis_testkit::meet::{self, Meet, Settings};

/// Longest body that is read, in bytes.
const LONGEST_BODY: usize = 1 << 20;

/// A running server; stopped when dropped, with all of its connections.
pub struct MeetServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

struct Shared {
    meet: Mutex<Meet>,
    answered: Mutex<Vec<(String, u16)>>,
    outside: Outside,
}

impl MeetServer {
    /// A server on a port of its own, without rooms and people.
    ///
    /// # Errors
    /// No port is free, or no thread.
    pub fn start(livekit: &LivekitServer) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let sfu = format!("http://127.0.0.1:{}", livekit.port());
        let settings = Settings::new(&format!("http://{address}"), &sfu, KEY, SECRET);
        let shared = Shared {
            meet: Mutex::new(Meet::new(settings, u64::from(address.port()))),
            answered: Mutex::default(),
            outside: Outside::new(sfu),
        };
        let mut server = Self { address, shared: Arc::new(shared), running: None };
        server.listen(listener)?;
        Ok(server)
    }

    fn listen(&mut self, listener: TcpListener) -> io::Result<()> {
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let shared = Arc::clone(&self.shared);
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new().name("meet".into()).spawn(move || {
            runtime.block_on(async {
                // Dropped, it is as if stopped.
                tokio::select! { () = accept(listener, shared) => {} _ = stopped => {} }
            });
            // Answers that are being waited for are not: they end with their connections.
            runtime.shutdown_background();
        })?;
        self.running = Some((stop, thread));
        Ok(())
    }

    /// `host:port`.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// Its address, without a final slash.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address of a room, as people pass it on.
    pub fn link(&self, slug: &str) -> String {
        format!("{}/{slug}", self.base())
    }

    /// Its state: rooms, people, settings. The server answers nothing until it is given back.
    pub fn state(&self) -> MutexGuard<'_, Meet> {
        lock(&self.shared.meet)
    }

    /// Method and path with the status of every request answered so far, oldest first.
    pub fn answered(&self) -> Vec<(String, u16)> {
        lock(&self.shared.answered).clone()
    }

    /// Asks as a client would, for a participant who is no application of ours: `bearer` is the SFU's token.
    ///
    /// # Errors
    /// It does not answer, or not in JSON.
    pub fn ask(&self, method: &str, path: &str, bearer: Option<&str>, body: &Value) -> Result<(u16, Value), MeetError> {
        let url = format!("http://{}/api/v1.0/{path}", self.address);
        let mut request = ureq::http::Request::builder().method(method).uri(url);
        if let Some(token) = bearer {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = request.header("Content-Type", "application/json").body(body)?;
        let mut answer = agent().run(request)?;
        Ok((answer.status().as_u16(), answer.body_mut().read_json()?))
    }

    /// The SFU's token of a guest in a room that is open to everybody.
    ///
    /// # Errors
    /// There is no such room, or it is not open.
    pub fn pass(&self, slug: &str, name: &str) -> Result<String, MeetError> {
        let (status, room) = self.ask("GET", &format!("rooms/{slug}/?username={name}"), None, &Value::Null)?;
        room["livekit"]["token"].as_str().map(ToOwned::to_owned).ok_or(MeetError::NoPass(status))
    }

    /// Stops it; its port refuses connections from now on.
    pub fn stop(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            let _ = stop.send(());
            let _ = thread.join();
        }
    }

    /// Starts it again on the same port, with the state it had.
    ///
    /// # Errors
    /// The port was taken by somebody else.
    pub fn restart(&mut self) -> io::Result<()> {
        self.stop();
        let listener = TcpListener::bind(self.address)?;
        self.listen(listener)
    }
}

impl Drop for MeetServer {
    fn drop(&mut self) {
        self.stop();
    }
}

#[derive(Debug, thiserror::Error)]
pub enum MeetError {
    #[error("the request is none")]
    Request(#[from] ureq::http::Error),
    #[error("no answer that can be read")]
    Answer(#[from] ureq::Error),
    #[error("the room gives no pass (status {0})")]
    NoPass(u16),
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(request, Arc::clone(&shared)));
            // A client that goes away early is no fault of this server.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(request: Request<Incoming>, shared: Arc<Shared>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LONGEST_BODY).collect().await else { return Ok(plain(413)) };
    let headers = parts.headers.iter();
    let asked = meet::Request {
        method: parts.method.to_string(),
        target: parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        headers: headers
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        body: body.to_bytes().to_vec(),
    };
    // Asking the SFU or the provider blocks.
    let Ok(reply) = tokio::task::spawn_blocking(move || shared.handle(&asked)).await else { return Ok(plain(500)) };
    tokio::time::sleep(reply.after).await;
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(*name, value);
    }
    Ok(response.body(Full::from(reply.body)).unwrap_or_else(|_| plain(500)))
}

fn plain(status: u16) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    response
}

impl Shared {
    fn handle(&self, request: &meet::Request) -> meet::Reply {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let reply = lock(&self.meet).handle(request, now, &mut &self.outside);
        lock(&self.answered).push((format!("{} {}", request.method, request.target), reply.status));
        reply
    }
}

/// What a panic left behind is looked at all the same: the test that panicked says why.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
