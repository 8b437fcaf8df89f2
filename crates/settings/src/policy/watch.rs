//! Follows a source while the application runs.

use super::looks::{Looks, Stamps};
use super::stamp::{FileStamp, named};
use super::{Policy, Resolved, Source, resolve};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// A program that writes a file does so in several steps; it is read when they are over.
const SETTLES_IN: Duration = Duration::from_millis(200);
/// Where the system tells of changes it is looked at all the same, for those that it misses (what a link leads to).
const SELDOM: Duration = Duration::from_secs(30);
/// Where it tells of none; and how often the files that a policy names are looked at, of which nobody tells.
const OFTEN: Duration = Duration::from_secs(2);
/// The thread that is to end is waited for this long. Whoever hears of a policy may look at what it names, which may lie
/// where nothing answers: quitting does not wait for it.
const ENDS_WITHIN: Duration = Duration::from_secs(1);

/// A thread that reads a source again whenever it changes; dropped, it ends.
pub struct Watch {
    wake: Option<Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
    stop: Arc<AtomicBool>,
}

impl Watch {
    /// `known` is what was read before; `tell` hears of everything that differs from what it heard last. It hears the
    /// same again where a file that the policy names came, went or changed: what is shown, and said, of it is another
    /// then. Where any are named it hears so once at the start: they may have come since `known` was read.
    ///
    /// Errors: the system gives no thread.
    pub fn start(
        source: Arc<dyn Source>,
        known: Resolved,
        mut tell: impl FnMut(Resolved) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (wake, woken) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, waker) = (Arc::clone(&stop), wake.clone());
        let thread = std::thread::Builder::new().name("policy".into()).spawn(move || {
            let (mut last, mut seen, mut looks) = (known, Stamps::new(), Looks::default());
            while !stopped.load(Ordering::Acquire) {
                // Watched first, read then: what changes in between is heard.
                let watched = source.watch(&waker);
                let now = resolve(source.read());
                let files = looks.look(named(&now.policy)).unwrap_or_else(|| seen.clone());
                if now != last || files != seen {
                    tell(now.clone());
                    (last, seen) = (now, files);
                }
                let most = if watched.is_some() { SELDOM } else { OFTEN };
                let heard = wait(&woken, most, &last.policy, &mut looks, &seen);
                if heard == Err(RecvTimeoutError::Disconnected) {
                    return;
                }
                while heard.is_ok() && woken.recv_timeout(SETTLES_IN).is_ok() {
                    if stopped.load(Ordering::Acquire) {
                        return;
                    }
                }
            }
        })?;
        Ok(Self { wake: Some(wake), thread: Some(thread), stop })
    }
}

/// Waits for a word, for a file of the policy that is another than was `seen`, and at most so long. Nobody tells of
/// these files, which may lie anywhere, or nowhere yet: they are looked at, which costs nothing where none are named.
fn wait(
    woken: &Receiver<()>,
    most: Duration,
    policy: &Policy,
    looks: &mut Looks,
    seen: &[Option<FileStamp>],
) -> Result<(), RecvTimeoutError> {
    let files = named(policy);
    let step = if files.is_empty() { most } else { most.min(OFTEN) };
    let mut left = most;
    loop {
        let heard = woken.recv_timeout(step.min(left));
        left = left.saturating_sub(step);
        if heard != Err(RecvTimeoutError::Timeout) || left.is_zero() {
            return heard;
        }
        if looks.look(files.clone()).is_some_and(|files| files != seen) {
            return heard;
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(wake) = self.wake.take() {
            let _ = wake.send(());
        }
        let Some(thread) = self.thread.take() else { return };
        let end = Instant::now() + ENDS_WITHIN;
        while !thread.is_finished() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(2));
        }
        if thread.is_finished() {
            let _ = thread.join();
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::super::{Folder, Owner};
    use super::*;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

    /// A folder for policies, and what reads it.
    fn place(test: &str) -> (std::path::PathBuf, Arc<dyn Source>) {
        let base = std::env::temp_dir().join(format!("visavis-policy-{}-{test}", std::process::id()));
        let _ = std::fs::remove_dir_all(&base);
        std::fs::create_dir_all(&base).expect("a folder");
        let base = base.canonicalize().expect("there");
        std::fs::set_permissions(&base, std::fs::Permissions::from_mode(0o755)).expect("a mode");
        let user = base.metadata().expect("there").uid();
        let source = Folder::new(base.join("policies"), Owner::Test { user, up_to: base.clone() });
        (base, Arc::new(source))
    }

    #[test]
    fn a_file_that_is_named_is_told_of_when_it_comes_changes_and_goes() {
        let (base, source) = place("files");
        let managed = base.join("policies/managed");
        std::fs::create_dir_all(&managed).expect("folders");
        let mark = base.join("mark.png");
        let policy = serde_json::json!({ "BrandMark": mark, "DisableChat": true });
        std::fs::write(managed.join("a.json"), policy.to_string()).expect("written");
        let known = resolve(source.read());
        let (told, heard) = channel();
        let watch = Watch::start(source, known.clone(), move |now| {
            let _ = told.send(now);
        })
        .expect("a thread");
        let again = |why: &str| assert_eq!(heard.recv_timeout(Duration::from_secs(10)).as_ref(), Ok(&known), "{why}");
        again("it may have come meanwhile");
        std::fs::write(&mark, "a").expect("written");
        again("it came");
        std::fs::write(&mark, "abc").expect("written");
        again("it changed");
        std::fs::remove_file(&mark).expect("gone");
        again("it went");
        assert!(heard.recv_timeout(OFTEN * 2).is_err(), "nothing is another");
        drop(watch);
        let _ = std::fs::remove_dir_all(&base);
    }

    #[test]
    fn a_change_is_told_within_two_seconds_even_where_there_was_no_folder() {
        let (base, source) = place("watch");
        let (told, heard) = channel();
        let watch = Watch::start(source, Resolved::default(), move |now| {
            let _ = told.send(now);
        })
        .expect("a thread");
        let managed = base.join("policies/managed");
        let write = |text: &str| {
            let started = Instant::now();
            // As editors and deployment tools do: beside it, then over it.
            let beside = base.join("beside");
            std::fs::write(&beside, text).expect("written");
            std::fs::rename(&beside, managed.join("a.json")).expect("moved");
            started
        };
        std::thread::sleep(Duration::from_millis(100));
        std::fs::create_dir_all(&managed).expect("folders");
        let _ = heard.recv_timeout(Duration::from_millis(500));
        for (text, chat_off) in [(r#"{"DisableChat": true}"#, true), (r#"{"DisableChat": false}"#, false)] {
            let started = write(text);
            let now = heard.recv_timeout(Duration::from_secs(5)).expect("a change");
            assert_eq!(now.policy.disable_chat.is_on(), chat_off);
            assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
        }
        std::fs::remove_dir_all(base.join("policies")).expect("gone");
        assert_eq!(heard.recv_timeout(Duration::from_secs(5)), Ok(Resolved::default()));
        // The same again is no change.
        std::fs::create_dir_all(&managed).expect("folders");
        assert!(heard.recv_timeout(Duration::from_millis(700)).is_err());
        let started = Instant::now();
        drop(watch);
        assert!(started.elapsed() < Duration::from_secs(1));
        let _ = std::fs::remove_dir_all(&base);
    }

    #[test]
    fn whoever_hears_and_does_not_come_back_keeps_nobody_from_quitting() {
        let (base, source) = place("hangs");
        let managed = base.join("policies/managed");
        std::fs::create_dir_all(&managed).expect("folders");
        std::fs::write(managed.join("a.json"), r#"{"DisableChat": true}"#).expect("written");
        let ((told, heard), (go, wait)) = (channel(), channel::<()>());
        let watch = Watch::start(source, Resolved::default(), move |_| {
            let _ = told.send(());
            let _ = wait.recv();
        })
        .expect("a thread");
        assert!(heard.recv_timeout(Duration::from_secs(10)).is_ok());
        let (gone, done) = channel();
        std::thread::spawn(move || {
            drop(watch);
            let _ = gone.send(());
        });
        assert!(done.recv_timeout(Duration::from_secs(10)).is_ok(), "it hangs");
        drop(go);
        let _ = std::fs::remove_dir_all(&base);
    }
}
