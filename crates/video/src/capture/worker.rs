//! The capture thread: a source on one end, a mailbox on the other; the newest picture wins.

use super::adjust::Adjuster;
use super::{Adjust, Backend, Error, Format, open};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use visavis_media::{Frame, Latest, MediaTime};
use visavis_model::{CameraChoice, Fps, Size};

/// Pictures that may be missing in a row, of one [`super::PATIENCE`] each, before the source counts as stopped.
const MAX_MISSING: u32 = 4;

/// The engine's clock.
pub type Clock = Arc<dyn Fn() -> MediaTime + Send + Sync>;

/// Where the source is in its life.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    Opening,
    Running(Format),
    /// It ended by this; nothing more comes. Starting another worker is the way to try again.
    Failed(Error),
    Stopped,
}

/// What happened so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Stats {
    pub state: State,
    pub frames: u64,
    /// Pictures that could not be read or did not come.
    pub errors: u64,
    pub last_error: Option<Error>,
    /// Size of the last picture.
    pub size: Size,
    /// When the last picture came.
    pub last_frame: Option<MediaTime>,
}

/// A thread that puts the pictures of a source, stamped, into a mailbox. Dropping it stops it, without waiting.
#[derive(Debug)]
pub struct Worker {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    stop: AtomicBool,
    stats: Mutex<Stats>,
    adjust: Mutex<Adjust>,
}

impl Shared {
    fn with<T>(&self, change: impl FnOnce(&mut Stats) -> T) -> T {
        change(&mut self.stats.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Worker {
    /// Opens what was chosen, in the thread, and runs it.
    pub fn open(choice: CameraChoice, want: Size, fps: Fps, out: Latest<Frame>, clock: Clock) -> Self {
        Self::start(move || open(&choice, want, fps), Adjust::default(), out, clock)
    }

    /// Runs the source that `open` gives; its pictures are adjusted first.
    pub fn start(
        open: impl FnOnce() -> Result<Box<dyn Backend + Send>, Error> + Send + 'static,
        adjust: Adjust,
        out: Latest<Frame>,
        clock: Clock,
    ) -> Self {
        let stats = Stats {
            state: State::Opening,
            frames: 0,
            errors: 0,
            last_error: None,
            size: Size::default(),
            last_frame: None,
        };
        let shared =
            Arc::new(Shared { stop: AtomicBool::new(false), stats: Mutex::new(stats), adjust: Mutex::new(adjust) });
        let thread = {
            let shared = Arc::clone(&shared);
            move || {
                let end = run(&shared, open, &out, &clock);
                shared.with(|stats| {
                    if let Some(error) = &end {
                        stats.last_error = Some(error.clone());
                    }
                    stats.state = end.map_or(State::Stopped, State::Failed);
                });
            }
        };
        if let Err(error) = std::thread::Builder::new().name("capture".into()).spawn(thread) {
            shared.with(|stats| stats.state = State::Failed(Error::Stopped(error.to_string())));
        }
        Self { shared }
    }

    /// Asks the thread to end; it does within [`super::PATIENCE`]. Pictures may still come until then.
    pub fn stop(&self) {
        self.shared.stop.store(true, Ordering::Relaxed);
    }

    /// From the next picture on.
    pub fn adjust(&self, adjust: Adjust) {
        *self.shared.adjust.lock().unwrap_or_else(PoisonError::into_inner) = adjust;
    }

    pub fn stats(&self) -> Stats {
        self.shared.with(|stats| stats.clone())
    }

    /// The error that ended it, if one did.
    pub fn failure(&self) -> Option<Error> {
        self.shared.with(|stats| if let State::Failed(error) = &stats.state { Some(error.clone()) } else { None })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Until asked to stop (`None`) or until an error that stays.
fn run(
    shared: &Shared,
    open: impl FnOnce() -> Result<Box<dyn Backend + Send>, Error>,
    out: &Latest<Frame>,
    clock: &Clock,
) -> Option<Error> {
    let mut source = match open() {
        Ok(source) => source,
        Err(error) => return Some(error),
    };
    shared.with(|stats| stats.state = State::Running(source.format()));
    let mut adjuster = Adjuster::new();
    let mut missing = 0;
    while !shared.stop.load(Ordering::Relaxed) {
        match source.next_frame() {
            Ok(frame) => {
                missing = 0;
                let adjust = *shared.adjust.lock().unwrap_or_else(PoisonError::into_inner);
                let frame = adjuster.apply(Frame { time: clock(), ..frame }, adjust);
                shared.with(|stats| {
                    stats.frames += 1;
                    stats.size = frame.size();
                    stats.last_frame = Some(frame.time);
                });
                out.put(frame);
            }
            Err(error) => {
                missing += u32::from(error == Error::NoPicture);
                let last = !error.passes() || missing >= MAX_MISSING;
                shared.with(|stats| {
                    stats.errors += 1;
                    stats.last_error = Some(error.clone());
                });
                if last {
                    return Some(if error == Error::NoPicture { Error::Stopped("no pictures".into()) } else { error });
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Synthetic;
    use std::sync::mpsc::{Sender, channel};
    use std::time::Duration;
    use visavis_media::{I420, Surface};
    use visavis_model::Turn;

    struct Scripted {
        script: std::vec::IntoIter<Result<(), Error>>,
        ended: Sender<()>,
    }

    impl Backend for Scripted {
        fn format(&self) -> Format {
            Format { size: Size::new(4, 4), fps: Fps(30.0) }
        }

        fn next_frame(&mut self) -> Result<Frame, Error> {
            let picture = || Surface::I420(Arc::new(I420::black(Size::new(4, 4))));
            let step = self.script.next().unwrap_or(Err(Error::Stopped("script ended".into())));
            step.map(|()| Frame { surface: picture(), time: MediaTime::ZERO })
        }
    }

    impl Drop for Scripted {
        fn drop(&mut self) {
            let _ = self.ended.send(());
        }
    }

    fn play(script: Vec<Result<(), Error>>) -> Stats {
        let (ended, end) = channel();
        let out = Latest::new();
        let source = Scripted { script: script.into_iter(), ended };
        let clock: Clock = Arc::new(|| MediaTime::from_millis(7));
        let worker = Worker::start(
            move || Ok(Box::new(source) as Box<dyn Backend + Send>),
            Adjust::default(),
            out.clone(),
            clock,
        );
        end.recv_timeout(Duration::from_secs(10)).expect("the thread ends");
        while worker.failure().is_none() {
            std::thread::yield_now();
        }
        assert!(out.take().is_none_or(|frame| frame.time == MediaTime::from_millis(7)));
        worker.stats()
    }

    #[test]
    fn a_passing_error_is_counted_and_the_source_goes_on() {
        let broken = || Err(Error::BrokenPicture("x".into()));
        let stats = play(vec![Ok(()), broken(), Ok(()), Err(Error::NoPicture), Ok(()), Err(Error::Forbidden), Ok(())]);
        assert_eq!((stats.frames, stats.errors), (3, 3));
        assert_eq!(stats.state, State::Failed(Error::Forbidden));
    }

    #[test]
    fn a_source_that_gives_nothing_counts_as_stopped() {
        let stats = play((0..MAX_MISSING).map(|_| Err(Error::NoPicture)).collect());
        assert_eq!(stats.state, State::Failed(Error::Stopped("no pictures".into())));
    }

    #[test]
    fn one_that_does_not_open_says_why() {
        let clock: Clock = Arc::new(|| MediaTime::ZERO);
        let worker = Worker::start(|| Err(Error::Busy), Adjust::default(), Latest::new(), clock);
        while worker.failure().is_none() {
            std::thread::yield_now();
        }
        assert_eq!(worker.failure(), Some(Error::Busy));
    }

    #[test]
    fn pictures_arrive_and_stopping_ends_the_thread() {
        let out = Latest::new();
        let clock: Clock = Arc::new(|| MediaTime::from_millis(1));
        let synthetic = || Ok(Box::new(Synthetic::new(Size::new(64, 48), Fps(120.0), 0)) as Box<dyn Backend + Send>);
        let turned = Adjust { turn: Turn::Left, ..Adjust::default() };
        let worker = Worker::start(synthetic, turned, out.clone(), clock);
        let frame = out.wait(Duration::from_secs(10)).expect("a picture");
        assert_eq!(frame.size(), Size::new(48, 64));
        worker.adjust(Adjust::default());
        while out.wait(Duration::from_secs(10)).expect("a picture").size() != Size::new(64, 48) {}
        worker.stop();
        while worker.stats().state != State::Stopped {
            std::thread::yield_now();
        }
    }
}
