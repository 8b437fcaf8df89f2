//! Windows: a pipe whose name exists once for each person and session.

mod person;

use super::{Claim, DONE, LONGEST, PATIENCE, Request, STARTING, unanswered};
use person::Person;
use std::io::{Error, ErrorKind, Result};
use std::os::windows::io::AsRawHandle as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeServer, ServerOptions};
use tokio::runtime::Runtime;
use tokio::time::timeout;

/// The pipe, and what waits at it.
pub struct First {
    name: PathBuf,
    pipe: NamedPipeServer,
    runtime: Runtime,
}

/// The name of this person's pipe in this session.
pub fn place() -> Option<PathBuf> {
    let person = Person::ourselves().ok()?;
    Some(PathBuf::from(format!(r"\\.\pipe\eu.visavis.client-{}-{}", person::session().ok()?, person.sid())))
}

/// Claims the pipe `name`, or hands the request to whoever has it; without a request a pipe that is there is left alone.
pub fn claim(name: Option<&Path>, request: Option<&Request>) -> Claim {
    let Some(name) = name else { return Claim::Alone };
    match try_claim(name, request, STARTING) {
        Ok(claim) => claim,
        Err(error) => {
            tracing::warn!(%error, "other starts are not looked for");
            Claim::Alone
        }
    }
}

/// `patience`: for a first one that starts. Errors: whether there is one is not known.
fn try_claim(name: &Path, request: Option<&Request>, patience: Duration) -> Result<Claim> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let begun = Instant::now();
    loop {
        let entered = runtime.enter();
        match open(name, true) {
            Ok(pipe) => {
                drop(entered);
                return Ok(Claim::First(First { name: name.to_owned(), pipe, runtime }));
            }
            // `FILE_FLAG_FIRST_PIPE_INSTANCE`: there is one.
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {}
            Err(error) => return Err(error),
        }
        drop(entered);
        let Some(request) = request else { return Ok(Claim::Alone) };
        let left = patience.saturating_sub(begun.elapsed());
        let handed = runtime.block_on(async { timeout(left, hand(name, request)).await.map_err(Error::from)? });
        let Err(error) = handed else { return Ok(Claim::Handed) };
        if let Some(claim) = unanswered(request, &error, begun.elapsed(), patience) {
            tracing::warn!(%error, "the first start does not answer");
            return Ok(claim);
        }
        // It starts, it ends, or it listens to another.
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// One end of the pipe that only this person can open.
fn open(name: &Path, first: bool) -> Result<NamedPipeServer> {
    let access = person::Access::only(&Person::ourselves()?)?;
    let mut options = ServerOptions::new();
    options.first_pipe_instance(first).reject_remote_clients(true);
    // SAFETY: the attributes are whole, and live until the pipe is there.
    unsafe { options.create_with_security_attributes_raw(name, access.attributes()) }
}

async fn hand(name: &Path, request: &Request) -> Result<()> {
    // Whoever answers may ask who we are, not act as we (`SECURITY_IDENTIFICATION` is what tokio asks for).
    let mut pipe = ClientOptions::new().open(name)?;
    // A link may hold a token, and anybody may make a pipe of any name: it goes to nobody but ourselves.
    let server = person::server_of(pipe.as_raw_handle())?;
    if Person::of_process(server)? != Person::ourselves()? {
        return Err(Error::new(ErrorKind::PermissionDenied, "the pipe is not ours"));
    }
    person::may_come_to_front(server);
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    pipe.write_all(&line).await?;
    let mut answer = [0; DONE.len()];
    pipe.read_exact(&mut answer).await?;
    if answer == DONE { Ok(()) } else { Err(ErrorKind::InvalidData.into()) }
}

impl First {
    /// Tells of each later start, on a thread of its own, until the application ends.
    pub fn listen(self, tell: impl Fn(Request) + Send + 'static) -> Result<()> {
        std::thread::Builder::new().name("instance".into()).spawn(move || {
            // Whole: what the closure does not name it does not hold.
            let Self { name, mut pipe, runtime } = self;
            let ended = runtime.block_on(async {
                loop {
                    pipe.connect().await?;
                    // The next one first: the name never goes away.
                    let next = open(&name, false)?;
                    let mut heard = std::mem::replace(&mut pipe, next);
                    match timeout(PATIENCE, take(&mut heard)).await.map_err(Error::from).flatten() {
                        Ok(request) => tell(request),
                        Err(error) => tracing::debug!(%error, "another start said nothing"),
                    }
                }
            });
            let ended: Result<()> = ended;
            if let Err(error) = ended {
                tracing::warn!(%error, "other starts are not heard");
            }
        })?;
        Ok(())
    }
}

async fn take(pipe: &mut NamedPipeServer) -> Result<Request> {
    let mut line = Vec::new();
    BufReader::new((&mut *pipe).take(LONGEST)).read_until(b'\n', &mut line).await?;
    let request = serde_json::from_slice(&line)?;
    pipe.write_all(DONE).await?;
    // Until the other has read it and is gone.
    let _ = pipe.read(&mut [0]).await;
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    fn name(test: &str) -> PathBuf {
        PathBuf::from(format!(r"\\.\pipe\visavis-test-{}-{test}", std::process::id()))
    }

    fn request(link: &str) -> Request {
        Request { link: Some(link.into()), direct: true, ..Request::default() }
    }

    #[test]
    fn the_second_start_hands_its_link_to_the_first() {
        let name = name("second");
        let Claim::First(first) = claim(Some(&name), Some(&Request::default())) else { panic!("not the first") };
        let (sender, heard) = channel();
        first.listen(move |request| drop(sender.send(request))).expect("a thread");
        assert!(matches!(claim(Some(&name), None), Claim::Alone), "with options of its own it has its own window");
        for link in ["https://a.example/abc-defg-hij", "b\nc \u{1f600}"] {
            assert!(matches!(claim(Some(&name), Some(&request(link))), Claim::Handed));
            assert_eq!(heard.recv_timeout(PATIENCE).expect("told"), request(link));
        }
    }

    #[test]
    fn a_session_starts_one_window_however_slow_its_first_one_is() {
        let name = name("slow");
        // Holds the pipe, and does not listen.
        let first = claim(Some(&name), Some(&Request::default()));
        assert!(matches!(first, Claim::First(_)));
        let late = |request: &Request| {
            try_claim(&name, Some(request), Duration::from_millis(100)).expect("a place that is taken")
        };
        let session = Request { minimized: true, ..Request::default() };
        assert!(matches!(late(&session), Claim::Handed));
        for asked in [Request::default(), request("x"), Request { minimized: true, ..request("x") }] {
            assert!(matches!(late(&asked), Claim::Alone), "{asked:?} wants a window");
        }
        drop(first);
        assert!(matches!(late(&session), Claim::First(_)), "it is the first then");
    }

    #[test]
    fn one_that_ended_leaves_its_place() {
        let name = name("ended");
        drop(claim(Some(&name), Some(&Request::default())));
        assert!(matches!(claim(Some(&name), Some(&request("x"))), Claim::First(_)));
    }

    #[test]
    fn nonsense_in_the_pipe_is_passed_over() {
        use std::io::Write as _;
        let name = name("nonsense");
        let Claim::First(first) = claim(Some(&name), Some(&Request::default())) else { panic!("not the first") };
        let (sender, heard) = channel();
        first.listen(move |request| drop(sender.send(request))).expect("a thread");
        let mut pipe = std::fs::File::options().read(true).write(true).open(&name).expect("opened");
        // It may be cut off in the middle.
        let _ = pipe.write_all(&vec![b'{'; 100_000]);
        drop(pipe);
        assert!(matches!(claim(Some(&name), Some(&request("x"))), Claim::Handed));
        assert_eq!(heard.recv_timeout(PATIENCE).expect("told"), request("x"));
    }

    #[test]
    fn our_place_is_ours() {
        let place = place().expect("a place");
        assert!(place.to_string_lossy().contains("-S-1-"), "{}", place.display());
        assert!(matches!(claim(None, Some(&request("x"))), Claim::Alone));
    }
}
