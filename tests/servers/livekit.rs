//! `livekit-server`, the SFU behind Visio, installed by Go's own package manager and started on loopback.

use super::{ServerError, free_port};
use crate::places;
use crate::process::Process;
use crate::servers::namespace::Namespace;
use crate::wait;
use nix::sys::signal::Signal;
use serde_json::Value;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use visavis_testkit::meet;
use visavis_testkit::token::{self, Grants, Holder};

/// The newest version that Go's module proxy serves whole: later ones replace modules by forks.
pub const VERSION: &str = "1.13.5";
/// What the server knows its operator by.
pub const KEY: &str = "devkey";
/// At least 32 characters, or the server warns. For demonstrations: everybody knows it.
pub const SECRET: &str = "a-secret-for-demonstrations-only";
const READY: Duration = Duration::from_secs(20);
const TOKEN_SECONDS: u64 = 6 * 3600;

/// How the server is set up.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// No UDP at all: ICE over TCP has to carry the call.
    pub force_tcp: bool,
    /// More lines of its YAML configuration.
    pub extra: String,
    /// The network namespace to run in, instead of the machine's.
    pub namespace: Option<Namespace>,
    /// The address at which others reach it, beside loopback.
    pub address: Option<Ipv4Addr>,
}

/// A running server; stopped when dropped.
pub struct LivekitServer {
    process: Process,
    options: Options,
    ports: [u16; 3],
    log: PathBuf,
}

/// Where the server's program lies once installed.
pub fn program() -> PathBuf {
    places::cache().join(format!("servers/livekit-server-{VERSION}/server"))
}

/// Installs the server where it is not; takes a minute and a half on two cores.
///
/// # Errors
/// There is no Go, or it could not build the server.
pub fn install(go: &Path) -> Result<(), ServerError> {
    let program = program();
    if program.exists() {
        return Ok(());
    }
    let fail = |cause: String| ServerError::Install { what: format!("livekit-server {VERSION}"), cause };
    let status = Command::new(go)
        .args(["install", &format!("github.com/livekit/livekit-server/cmd/server@v{VERSION}")])
        .env("GOBIN", program.parent().unwrap_or(Path::new(".")))
        .env("GOFLAGS", "-mod=mod")
        .status()
        .map_err(|error| fail(error.to_string()))?;
    if status.success() && program.exists() { Ok(()) } else { Err(fail(format!("go install: {status}"))) }
}

impl LivekitServer {
    /// Starts a server on ports of its own and waits until it answers. Its log goes to `folder`.
    ///
    /// # Errors
    /// It is not installed, or does not come up.
    pub fn start(folder: &Path, options: Options) -> Result<Self, ServerError> {
        if !program().exists() {
            return Err(ServerError::NotInstalled { what: format!("livekit-server {VERSION}") });
        }
        let log = folder.join("livekit-server.log");
        let mut last = None;
        // Another program may take a port between our look and the server's start.
        for _ in 0..3 {
            let ports = [free_port()?, free_port()?, free_port()?];
            match Self::launch(&options, ports, &log) {
                Ok(process) => return Ok(Self { process, options, ports, log }),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or(ServerError::NotInstalled { what: "livekit-server".to_owned() }))
    }

    fn launch(options: &Options, [port, tcp, udp]: [u16; 3], log: &Path) -> Result<Process, ServerError> {
        let config = format!(
            "port: {port}\nkeys:\n  {KEY}: {SECRET}\nlogging:\n  level: info\nrtc:\n  tcp_port: {tcp}\n  udp_port: {udp}\n  \
             use_external_ip: false\n  enable_loopback_candidate: {}\n  force_tcp: {}\n{}",
            // Loopback and the address would be told as one candidate, of which only the first is answered.
            options.address.is_none(),
            options.force_tcp,
            options.extra
        );
        let mut command = match &options.namespace {
            Some(namespace) => namespace.command(program()),
            None => Command::new(program()),
        };
        let node = options.address.unwrap_or(Ipv4Addr::LOCALHOST).to_string();
        // Where it listens for one address alone, its media do too.
        let listen = if options.address.is_some() { "0.0.0.0" } else { "127.0.0.1" };
        command.args(["--bind", listen, "--node-ip", &node, "--config-body", &config]);
        let seen_before = std::fs::metadata(log).map_or(0, |data| data.len() as usize);
        let mut process = Process::start("livekit-server", &mut command, log)?;
        let ready = wait::until("livekit-server's answer", READY, || {
            if !matches!(process.ended(), Ok(None)) {
                return Some(false);
            }
            let answers = match options.namespace {
                // Its loopback is not ours: its own word has to do.
                Some(_) => {
                    process.log_text().get(seen_before..).is_some_and(|new| new.contains("starting LiveKit server"))
                }
                None => is_ok(port),
            };
            answers.then_some(true)
        });
        match ready {
            Ok(true) => Ok(process),
            Ok(false) | Err(_) => {
                let text = process.log_text();
                let words: Vec<_> = text.lines().rev().take(3).collect();
                Err(ServerError::Start { what: "livekit-server".to_owned(), words: words.join(" | ") })
            }
        }
    }

    /// The port of the signalling socket.
    pub fn port(&self) -> u16 {
        self.ports[0]
    }

    /// The address as a web or native SDK takes it.
    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port())
    }

    /// The port over which media go over TCP.
    pub fn media_tcp(&self) -> u16 {
        self.ports[1]
    }

    /// And over UDP.
    pub fn media_udp(&self) -> u16 {
        self.ports[2]
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    pub fn log_text(&self) -> String {
        self.process.log_text()
    }

    /// A token for an ordinary participant, good for hours.
    pub fn token(&self, room: &str, identity: &str) -> String {
        self.token_with(identity, &Grants::participant(room))
    }

    /// A token with these grants.
    pub fn token_with(&self, identity: &str, grants: &Grants) -> String {
        token_of(identity, grants)
    }

    /// A link to a room, with a token for `identity`, as our application takes it.
    pub fn link(&self, room: &str, identity: &str) -> String {
        link(self.port(), room, &self.token(room, identity))
    }

    /// Asks its `RoomService` (Twirp: HTTP POST, JSON) for something, as whoever runs the room.
    ///
    /// # Errors
    /// It does not do it.
    pub fn ask(&self, method: &str, room: &str, body: &Value) -> Result<(), ureq::Error> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let token = token::signed(SECRET, &meet::admin_claims(KEY, room, now));
        let url = format!("http://127.0.0.1:{}/twirp/livekit.RoomService/{method}", self.port());
        let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(READY)).build().into();
        agent.post(url).header("Authorization", format!("Bearer {token}")).send_json(body).map(drop)
    }

    /// Ends the server with no good-bye, as a crash does.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Stops it without a word: its sockets stay open, and nothing comes from it until [`Self::awake`].
    pub fn freeze(&self) {
        self.process.signal(Signal::SIGSTOP);
    }

    /// Lets it go on after [`Self::freeze`].
    pub fn awake(&self) {
        self.process.signal(Signal::SIGCONT);
    }

    /// Starts it again on the same ports.
    ///
    /// # Errors
    /// It does not come up.
    pub fn restart(&mut self) -> Result<(), ServerError> {
        self.process.kill();
        self.process = Self::launch(&self.options, self.ports, &self.log)?;
        Ok(())
    }

    pub fn stop(&mut self) {
        self.process.stop();
    }
}

/// A token of every server that is started here.
pub fn token_of(identity: &str, grants: &Grants) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let holder = Holder { identity, name: identity, not_before: now.saturating_sub(60), expires: now + TOKEN_SECONDS };
    token::token(KEY, SECRET, holder, grants)
}

/// A link as a person gets it in an invitation.
pub fn link(port: u16, room: &str, token: &str) -> String {
    format!("livekit://127.0.0.1:{port}/{room}?token={token}")
}

fn is_ok(port: u16) -> bool {
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(1))).build().into();
    agent.get(format!("http://127.0.0.1:{port}/")).call().is_ok_and(|answer| answer.status() == 200)
}
