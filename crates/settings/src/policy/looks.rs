//! Looks at the files that a policy names, without waiting for those that do not answer.

use super::stamp::FileStamp;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// How files are, each as it lies; `None` for one that is not in reach.
pub(super) type Stamps = Vec<Option<FileStamp>>;

/// A look is waited for this long. What is on a mount whose server is away may answer never.
const ANSWERS_WITHIN: Duration = Duration::from_millis(500);

/// A thread that looks at files, asked for at most one look at a time. Nobody joins it: dropped, it ends after the look
/// that it is at.
#[derive(Default)]
pub(super) struct Looks(Option<Looker>);

struct Looker {
    files: Vec<PathBuf>,
    ask: Sender<()>,
    seen: Receiver<Stamps>,
    is_asked: bool,
    last: Option<Stamps>,
}

impl Looks {
    /// How the files are; as they were when they last answered, where they do not answer in time; `None` where they
    /// never did.
    pub fn look(&mut self, files: Vec<PathBuf>) -> Option<Stamps> {
        self.look_by(files, |files| files.iter().map(|file| FileStamp::of(file)).collect())
    }

    fn look_by(&mut self, files: Vec<PathBuf>, by: impl Fn(&[PathBuf]) -> Stamps + Send + 'static) -> Option<Stamps> {
        if files.is_empty() {
            self.0 = None;
            return Some(Stamps::new());
        }
        // Other files do not wait for those that hang: they have a thread of their own.
        if self.0.as_ref().is_none_or(|looker| looker.files != files) {
            self.0 = Looker::start(files, by);
        }
        self.0.as_mut()?.look()
    }
}

impl Looker {
    fn start(files: Vec<PathBuf>, by: impl Fn(&[PathBuf]) -> Stamps + Send + 'static) -> Option<Self> {
        let ((ask, asked), (tell, seen)) = (channel(), channel());
        let named = files.clone();
        let run = move || {
            while asked.recv().is_ok() {
                if tell.send(by(&named)).is_err() {
                    return;
                }
            }
        };
        // Without a thread it is tried again with the next look.
        std::thread::Builder::new().name("policy files".into()).spawn(run).ok()?;
        Some(Self { files, ask, seen, is_asked: false, last: None })
    }

    fn look(&mut self) -> Option<Stamps> {
        // One that hangs was waited for when it was asked.
        let most = if self.is_asked { Duration::ZERO } else { ANSWERS_WITHIN };
        if !self.is_asked {
            self.is_asked = self.ask.send(()).is_ok();
        }
        if let Ok(seen) = self.seen.recv_timeout(most) {
            self.is_asked = false;
            self.last = Some(seen);
        }
        self.last.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Instant;

    #[test]
    fn what_does_not_answer_is_asked_once_and_heard_when_it_does() {
        let (go, wait) = channel();
        let wait = Arc::new(std::sync::Mutex::new(wait));
        let count = Arc::new(AtomicUsize::new(0));
        let mut looks = Looks::default();
        let mut look = |file: &str| {
            let (wait, count) = (Arc::clone(&wait), Arc::clone(&count));
            looks.look_by(vec![file.into()], move |files| {
                count.fetch_add(1, Ordering::SeqCst);
                if files[0].ends_with("hangs") {
                    let _: Result<(), _> = wait.lock().expect("whole").recv();
                }
                vec![None]
            })
        };
        assert_eq!(look("hangs"), None);
        let since = Instant::now();
        for _ in 0..20 {
            assert_eq!(look("hangs"), None);
        }
        assert!(since.elapsed() < ANSWERS_WITHIN * 10, "not waited for each time");
        assert!(count.load(Ordering::SeqCst) <= 1, "asked once");
        go.send(()).expect("it waits");
        let end = Instant::now() + Duration::from_secs(10);
        while look("hangs").is_none() {
            assert!(Instant::now() < end, "never heard");
            std::thread::sleep(Duration::from_millis(5));
        }
        look("hangs");
        // It hangs again, and is left there.
        assert_eq!(look("other"), Some(vec![None]));
        drop(looks);
    }

    #[test]
    fn without_files_there_is_nothing_to_look_at() {
        assert_eq!(Looks::default().look(Vec::new()), Some(Vec::new()));
    }
}
