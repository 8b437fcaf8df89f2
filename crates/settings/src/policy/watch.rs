//! Follows a source while the application runs.

use super::{Resolved, Source, resolve};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// A program that writes a file does so in several steps; it is read when they are over.
const SETTLES_IN: Duration = Duration::from_millis(200);
/// Where the system tells of changes it is looked at all the same, for those that it misses (what a link leads to).
const SELDOM: Duration = Duration::from_secs(30);
/// Where it tells of none.
const OFTEN: Duration = Duration::from_secs(2);

/// A thread that reads a source again whenever it changes; dropped, it ends.
pub struct Watch {
    wake: Option<Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
    stop: Arc<AtomicBool>,
}

impl Watch {
    /// `known` is what was read before; `tell` hears of everything that differs from what it heard last.
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
            let mut last = known;
            while !stopped.load(Ordering::Acquire) {
                // Watched first, read then: what changes in between is heard.
                let watched = source.watch(&waker);
                let now = resolve(source.read());
                if now != last {
                    tell(now.clone());
                    last = now;
                }
                let heard = woken.recv_timeout(if watched.is_some() { SELDOM } else { OFTEN });
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

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(wake) = self.wake.take() {
            let _ = wake.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::super::{Folder, Owner};
    use super::*;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::time::Instant;

    #[test]
    fn a_change_is_told_within_two_seconds_even_where_there_was_no_folder() {
        let base = std::env::temp_dir().join(format!("visavis-policy-{}-watch", std::process::id()));
        let _ = std::fs::remove_dir_all(&base);
        std::fs::create_dir_all(&base).expect("a folder");
        let base = base.canonicalize().expect("there");
        std::fs::set_permissions(&base, std::fs::Permissions::from_mode(0o755)).expect("a mode");
        let user = base.metadata().expect("there").uid();
        let source = Folder::new(base.join("policies"), Owner::Test { user, up_to: base.clone() });
        let (told, heard) = channel();
        let watch = Watch::start(Arc::new(source), Resolved::default(), move |now| {
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
}
