//! Unix: a lock and a socket in the user's runtime folder, or in one of the person's own where there is none.

use super::{Claim, DONE, LONGEST, PATIENCE, Request, STARTING, unanswered};
use std::fs::{File, TryLockError};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use visavis_diagnostics::LogFile;

/// In the runtime folder, which is not ours alone.
const FOLDER: &str = "visavis";

/// The lock and the socket.
pub struct First {
    listener: UnixListener,
    socket: PathBuf,
    lock: File,
}

/// Where the starts of one person meet; `None` where there is no such folder.
pub fn place() -> Option<PathBuf> {
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let us = rustix::process::geteuid().as_raw();
    let is_ours = |path: &Path| std::fs::metadata(path).is_ok_and(|of| of.is_dir() && of.uid() == us);
    let found = place_of(|key| std::env::var(key).ok(), us, &host, is_ours);
    if found.is_none() && !cfg!(target_os = "macos") {
        tracing::warn!("other starts are not looked for: there is neither a runtime folder nor a home");
    }
    found
}

/// In the session's runtime folder, also where this start was not told of it; else one for this computer (a home may be several computers')
/// beside the log, of a short name: a socket's path has little room. Pure, but for `is_ours`.
fn place_of(
    lookup: impl Fn(&str) -> Option<String>,
    user: u32,
    host: &str,
    is_ours: impl Fn(&Path) -> bool,
) -> Option<PathBuf> {
    let told = lookup("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(target_os = "macos") {
        return told.map(|runtime| runtime.join(FOLDER));
    }
    let of_session = PathBuf::from(format!("/run/user/{user}"));
    if let Some(runtime) = told.into_iter().chain([of_session]).find(|path| is_ours(path)) {
        return Some(runtime.join(FOLDER));
    }
    LogFile::folder(lookup).map(|state| state.join("at").join(format!("{:08x}", short(host))))
}

/// FNV-1a, which is the same in each version of ours.
fn short(host: &str) -> u32 {
    host.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Claims the place in `folder` (as [`place`] finds it), or hands the request to whoever has it; without a request a place that is
/// taken is left alone.
pub fn claim(folder: Option<&Path>, request: Option<&Request>) -> Claim {
    let Some(folder) = folder.filter(|folder| folder.is_absolute()) else { return Claim::Alone };
    match try_claim(folder, request, STARTING) {
        Ok(claim) => claim,
        Err(error) => {
            // Also where the path is too long for a socket.
            tracing::warn!(%error, "other starts are not looked for");
            Claim::Alone
        }
    }
}

/// `patience`: for a first one that starts. Errors: whether there is one is not known.
fn try_claim(folder: &Path, request: Option<&Request>, patience: Duration) -> std::io::Result<Claim> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    // A link may hold a token: it goes to nobody but ourselves.
    let of = std::fs::symlink_metadata(folder)?;
    if !of.is_dir() || of.uid() != rustix::process::geteuid().as_raw() || of.mode() & 0o077 != 0 {
        return Err(std::io::Error::other("the folder is not ours alone"));
    }
    let socket = folder.join("instance");
    let lock = File::options().create(true).truncate(false).write(true).open(folder.join("instance.lock"))?;
    let begun = Instant::now();
    loop {
        match lock.try_lock() {
            Ok(()) => {
                // Whoever has the lock owns the socket: what lies there is left over.
                let _ = std::fs::remove_file(&socket);
                let listener = UnixListener::bind(&socket)?;
                return Ok(Claim::First(First { listener, socket, lock }));
            }
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) => {}
        }
        let Some(request) = request else { return Ok(Claim::Alone) };
        let left = patience.saturating_sub(begun.elapsed());
        let Err(error) = hand(&socket, request, left) else { return Ok(Claim::Handed) };
        if let Some(claim) = unanswered(request, &error, begun.elapsed(), patience) {
            tracing::warn!(%error, "the first start does not answer");
            return Ok(claim);
        }
        // It starts, or it ends.
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Hands it over within `left`. What is given up is not heard later: whoever answers finds nobody.
fn hand(socket: &Path, request: &Request, left: Duration) -> std::io::Result<()> {
    let mut stream = UnixStream::connect(socket)?;
    // None at all is no time that a socket takes.
    stream.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line)?;
    let mut answer = [0; DONE.len()];
    stream.read_exact(&mut answer)?;
    if answer == DONE { Ok(()) } else { Err(std::io::ErrorKind::InvalidData.into()) }
}

impl First {
    /// Tells of each later start, on a thread of its own, until the application ends.
    pub fn listen(self, tell: impl Fn(Request) + Send + 'static) -> std::io::Result<()> {
        std::thread::Builder::new().name("instance".into()).spawn(move || {
            // Whole: what the closure does not name it does not hold, and the lock would be gone.
            let Self { listener, socket, lock } = self;
            for stream in listener.incoming() {
                let told = stream.and_then(take);
                match told {
                    Ok(request) => tell(request),
                    Err(error) => tracing::debug!(%error, "another start said nothing"),
                }
            }
            let _ = std::fs::remove_file(&socket);
            drop(lock);
        })?;
        Ok(())
    }
}

fn take(mut stream: UnixStream) -> std::io::Result<Request> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let deadline = Instant::now() + PATIENCE;
    let mut line = Vec::new();
    let mut reader = BufReader::new(&mut stream).take(LONGEST);
    while !line.ends_with(b"\n") {
        let piece = reader.fill_buf()?;
        if piece.is_empty() || Instant::now() > deadline {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let end = piece.iter().position(|byte| *byte == b'\n').map_or(piece.len(), |end| end + 1);
        line.extend_from_slice(&piece[..end]);
        reader.consume(end);
    }
    let request = serde_json::from_slice(&line)?;
    stream.write_all(DONE)?;
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("visavis-instance-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        folder.join(FOLDER)
    }

    fn request(link: &str) -> Request {
        Request { link: Some(link.into()), direct: true, ..Request::default() }
    }

    #[test]
    fn the_second_start_hands_its_link_to_the_first() {
        let folder = folder("second");
        let Claim::First(first) = claim(Some(&folder), Some(&Request::default())) else { panic!("not the first") };
        let (sender, heard) = channel();
        first.listen(move |request| drop(sender.send(request))).expect("a thread");
        assert!(matches!(claim(Some(&folder), None), Claim::Alone), "with options of its own it has its own window");
        for link in ["https://a.example/abc-defg-hij", "b\nc \u{1f600}"] {
            assert!(matches!(claim(Some(&folder), Some(&request(link))), Claim::Handed));
            assert_eq!(heard.recv_timeout(PATIENCE).expect("told"), request(link));
        }
    }

    #[test]
    fn what_a_crash_left_behind_is_no_first() {
        let folder = folder("left");
        drop(claim(Some(&folder), Some(&Request::default())));
        assert!(folder.join("instance").exists());
        assert!(matches!(claim(Some(&folder), Some(&request("x"))), Claim::First(_)));
    }

    #[test]
    fn nonsense_on_the_socket_is_passed_over() {
        let folder = folder("nonsense");
        let Claim::First(first) = claim(Some(&folder), Some(&Request::default())) else { panic!("not the first") };
        let (sender, heard) = channel();
        first.listen(move |request| drop(sender.send(request))).expect("a thread");
        let mut stream = UnixStream::connect(folder.join("instance")).expect("connected");
        stream.write_all(&vec![b'{'; 100_000]).expect("written");
        drop(stream);
        assert!(matches!(claim(Some(&folder), Some(&request("x"))), Claim::Handed));
        assert_eq!(heard.recv_timeout(PATIENCE).expect("told"), request("x"));
    }

    #[test]
    fn a_folder_of_others_is_no_place_to_meet() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = folder("open");
        std::fs::create_dir(&folder).expect("a folder");
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).expect("open");
        assert!(matches!(claim(Some(&folder), Some(&request("x"))), Claim::Alone));
        std::fs::remove_dir(&folder).expect("gone");
        std::os::unix::fs::symlink(std::env::temp_dir(), &folder).expect("a link");
        assert!(matches!(claim(Some(&folder), Some(&request("x"))), Claim::Alone));
    }

    #[test]
    fn a_session_starts_one_window_however_slow_its_first_one_is() {
        let folder = folder("slow");
        // Holds the lock and the socket, and does not listen.
        let first = claim(Some(&folder), Some(&Request::default()));
        assert!(matches!(first, Claim::First(_)));
        let late =
            |request: &Request| try_claim(&folder, Some(request), Duration::from_millis(100)).expect("a taken place");
        let session = Request { minimized: true, ..Request::default() };
        assert!(matches!(late(&session), Claim::Handed));
        for asked in [Request::default(), request("x"), Request { minimized: true, ..request("x") }] {
            assert!(matches!(late(&asked), Claim::Alone), "{asked:?} wants a window");
        }
        drop(first);
        assert!(matches!(late(&session), Claim::First(_)), "it is the first then");
        assert!(matches!(claim(None, Some(&session)), Claim::Alone));
    }

    #[test]
    fn what_was_given_up_is_not_heard_when_the_first_one_listens() {
        let folder = folder("late");
        let Claim::First(first) = claim(Some(&folder), Some(&Request::default())) else { panic!("not the first") };
        let given_up = try_claim(&folder, Some(&request("given up")), Duration::from_millis(50));
        assert!(matches!(given_up, Ok(Claim::Alone)));
        let (sender, heard) = channel();
        let late = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(300));
            first.listen(move |request| drop(sender.send(request))).expect("a thread");
        });
        assert!(matches!(claim(Some(&folder), Some(&request("x"))), Claim::Handed));
        late.join().expect("it listens");
        assert_eq!(heard.recv_timeout(PATIENCE).expect("told"), request("x"));
    }

    #[test]
    #[cfg(not(target_os = "macos"))]
    fn starts_meet_in_the_runtime_folder_or_in_one_of_the_persons() {
        let of = |runtime: &str, home: &str, ours: &[&str]| {
            let lookup = |key: &str| match key {
                "XDG_RUNTIME_DIR" => Some(runtime.to_owned()),
                "HOME" => Some(home.to_owned()),
                _ => None,
            };
            place_of(lookup, 7, "pc", |path| ours.iter().any(|known| path == Path::new(known)))
        };
        let is = |path: &str| Some(PathBuf::from(path));
        assert_eq!(of("/r", "/h", &["/r", "/run/user/7"]), is("/r/visavis"));
        let own = is("/h/.local/state/visavis/at/4e4e5564");
        // Not told, told of nothing, or of another's.
        for runtime in ["", "relative", "/gone"] {
            assert_eq!(of(runtime, "/h", &["/run/user/7"]), is("/run/user/7/visavis"), "{runtime:?}");
            assert_eq!(of(runtime, "/h", &[]), own, "{runtime:?}");
        }
        assert_eq!(of("", "", &[]), None);
    }

    #[test]
    #[cfg(not(target_os = "macos"))]
    fn a_socket_has_room_in_a_long_home_however_long_the_name_of_the_computer_is() {
        let home = format!("/home/{}", "h".repeat(50));
        let lookup = |key: &str| (key == "HOME").then(|| home.clone());
        let of = |host: &str| place_of(lookup, 7, host, |_| false).expect("a place").join("instance");
        let long = of(&"n".repeat(64));
        assert!(long.as_os_str().len() <= 107, "{long:?}");
        assert_ne!(long, of("pc"));
    }

    #[test]
    fn a_socket_without_room_is_no_place_to_meet() {
        let place = folder("room").join("r".repeat(100));
        assert!(matches!(claim(Some(&place), Some(&request("x"))), Claim::Alone));
    }

    #[test]
    fn a_place_of_the_persons_is_made_and_closed_to_others() {
        let place = folder("state").join("at/pc");
        let Claim::First(first) = claim(Some(&place), Some(&Request::default())) else { panic!("not the first") };
        let mode = |path: &Path| std::fs::metadata(path).expect("a folder").mode() & 0o777;
        assert_eq!((mode(&place), mode(place.parent().expect("a folder"))), (0o700, 0o700));
        let (sender, heard) = channel();
        first.listen(move |request| drop(sender.send(request))).expect("a thread");
        assert!(matches!(claim(Some(&place), Some(&request("x"))), Claim::Handed));
        assert_eq!(heard.recv_timeout(PATIENCE).expect("told"), request("x"));
    }

    #[test]
    fn without_a_place_each_start_is_its_own() {
        assert!(matches!(claim(None, Some(&Request::default())), Claim::Alone));
        assert!(matches!(claim(Some(Path::new("relative")), Some(&Request::default())), Claim::Alone));
    }
}
