//! The screen thread: a source on one end, whoever is told on the other.

use super::{Chosen, Error, Picture, Source, Step};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use visavis_model::ScreenKind;

/// How long a source is waited for before it is looked whether anything else is wanted: four times a second costs nothing.
const PATIENCE: Duration = Duration::from_millis(250);

/// What the thread tells.
#[derive(Clone, Debug)]
pub enum Event {
    /// It is there, or the person is asked.
    Opened(ScreenKind),
    /// The person has chosen.
    Chosen(Chosen),
    Picture(Picture),
    Hidden(bool),
    /// It ended by this; nothing more comes.
    Ended(Error),
}

#[derive(Debug, Default)]
struct Wishes {
    stop: AtomicBool,
    paused: AtomicBool,
    /// Microseconds between two pictures.
    interval: AtomicU64,
}

/// A source that runs on a thread of its own. Dropping it stops it, without waiting.
#[derive(Debug)]
pub struct Worker {
    wishes: Arc<Wishes>,
}

impl Worker {
    /// Runs the source that `open` gives, which is called on the thread.
    pub fn start(
        interval: Duration,
        open: impl FnOnce() -> Result<(ScreenKind, Box<dyn Source>), Error> + Send + 'static,
        mut tell: impl FnMut(Event) + Send + 'static,
    ) -> Self {
        let wishes = Arc::new(Wishes::default());
        wishes.interval.store(interval.as_micros() as u64, Ordering::Relaxed);
        let thread = {
            let wishes = Arc::clone(&wishes);
            move || {
                if let Err(error) = run(&wishes, open, &mut tell) {
                    tell(Event::Ended(error));
                }
            }
        };
        if let Err(error) = std::thread::Builder::new().name("screen".into()).spawn(thread) {
            tracing::error!(%error, "no thread for the screen");
        }
        Self { wishes }
    }

    /// At least this long between two pictures.
    pub fn set_interval(&self, interval: Duration) {
        self.wishes.interval.store(interval.as_micros() as u64, Ordering::Relaxed);
    }

    /// Asks the thread to end; it does within a quarter of a second.
    pub fn stop(&self) {
        self.wishes.stop.store(true, Ordering::Relaxed);
    }

    /// No pictures until it goes on.
    pub fn set_paused(&self, paused: bool) {
        self.wishes.paused.store(paused, Ordering::Relaxed);
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop();
    }
}

fn run(
    wishes: &Wishes,
    open: impl FnOnce() -> Result<(ScreenKind, Box<dyn Source>), Error>,
    tell: &mut impl FnMut(Event),
) -> Result<(), Error> {
    let (kind, mut source) = open()?;
    tell(Event::Opened(kind));
    let mut passing = Passing::default();
    while !wishes.stop.load(Ordering::Relaxed) {
        source.set_interval(Duration::from_micros(wishes.interval.load(Ordering::Relaxed)));
        let was_paused = wishes.paused.load(Ordering::Relaxed);
        source.set_paused(was_paused);
        let step = source.next(PATIENCE)?;
        if let Some(event) = passing.pass(step, was_paused, wishes.paused.load(Ordering::Relaxed)) {
            tell(event);
        }
    }
    Ok(())
}

/// What of a source's steps is told. A pause that begins while the source waits counts at once: what came in it is held back.
#[derive(Debug, Default)]
struct Passing {
    held: Option<Picture>,
    hidden: bool,
}

impl Passing {
    /// `was_paused`: as the source knew when it was asked; `is_paused`: as it is now.
    fn pass(&mut self, step: Step, was_paused: bool, is_paused: bool) -> Option<Event> {
        match step {
            Step::Chosen(chosen) => Some(Event::Chosen(chosen)),
            Step::Hidden(hidden) => {
                self.hidden = hidden;
                Some(Event::Hidden(hidden))
            }
            Step::Picture(picture) => {
                let before = self.held.take().map_or(0, |held| held.changed);
                let picture = Picture { changed: (before + picture.changed).min(1000), ..picture };
                if is_paused {
                    self.held = Some(picture);
                    return None;
                }
                Some(Event::Picture(picture))
            }
            // The pause is over, and nothing has changed since: before that nobody knows whether it is still on the screen.
            Step::Still if !was_paused && !is_paused && !self.hidden => self.held.take().map(Event::Picture),
            Step::Still => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use visavis_media::{I420, Surface};
    use visavis_model::Size;

    /// Gives a picture each time until it is paused, then says that it is gone.
    struct Scripted(Sender<&'static str>, bool);

    impl Source for Scripted {
        fn next(&mut self, _: Duration) -> Result<Step, Error> {
            if self.1 {
                return Err(Error::Gone);
            }
            let surface = Surface::I420(Arc::new(I420::black(Size::new(4, 4))));
            Ok(Step::Picture(Picture { surface, changed: 1000 }))
        }

        fn set_interval(&mut self, interval: Duration) {
            assert_eq!(interval, Duration::from_millis(50));
        }

        fn set_paused(&mut self, paused: bool) {
            self.1 = paused;
        }
    }

    impl Drop for Scripted {
        fn drop(&mut self) {
            let _ = self.0.send("dropped");
        }
    }

    fn start() -> (Worker, Receiver<Event>, Receiver<&'static str>) {
        let (dropped, end) = channel();
        let (told, events) = channel();
        let open = move || Ok((ScreenKind::Window, Box::new(Scripted(dropped, false)) as Box<dyn Source>));
        let worker = Worker::start(Duration::from_millis(50), open, move |event| {
            let _ = told.send(event);
        });
        (worker, events, end)
    }

    #[test]
    fn what_comes_in_a_pause_waits_for_its_end_and_gives_way_to_what_is_newer() {
        let picture = |changed| {
            Step::Picture(Picture { surface: Surface::I420(Arc::new(I420::black(Size::new(4, 4)))), changed })
        };
        let changed =
            |event: Option<Event>| if let Some(Event::Picture(picture)) = event { Some(picture.changed) } else { None };
        let mut passing = Passing::default();
        assert_eq!(changed(passing.pass(picture(1), false, false)), Some(1));
        // It began while the source waited.
        assert_eq!(changed(passing.pass(picture(2), false, true)), None);
        assert_eq!(changed(passing.pass(Step::Still, true, true)), None);
        assert_eq!(changed(passing.pass(Step::Still, true, false)), None, "the source has not looked yet");
        assert_eq!(changed(passing.pass(Step::Still, false, false)), Some(2));
        assert_eq!(changed(passing.pass(Step::Still, false, false)), None, "once");
        // Something newer is there at its end: what was held is never shown.
        assert_eq!(changed(passing.pass(picture(3), false, true)), None);
        assert_eq!(changed(passing.pass(picture(4), false, false)), Some(7));
        assert_eq!(changed(passing.pass(Step::Still, false, false)), None);
        // Of a window that is hidden by now nobody knows whether it is still so.
        assert_eq!(changed(passing.pass(picture(5), false, true)), None);
        assert!(matches!(passing.pass(Step::Hidden(true), true, true), Some(Event::Hidden(true))));
        assert_eq!(changed(passing.pass(Step::Still, false, false)), None);
        assert!(matches!(passing.pass(Step::Hidden(false), false, false), Some(Event::Hidden(false))));
        assert_eq!(changed(passing.pass(Step::Still, false, false)), Some(5));
    }

    const LONG: Duration = Duration::from_secs(10);

    #[test]
    fn pictures_come_and_the_end_is_told() {
        let (worker, events, end) = start();
        assert!(matches!(events.recv_timeout(LONG), Ok(Event::Opened(ScreenKind::Window))));
        assert!(matches!(events.recv_timeout(LONG), Ok(Event::Picture(_))));
        worker.set_paused(true);
        let last = events.iter().last();
        assert!(matches!(last, Some(Event::Ended(Error::Gone))), "{last:?}");
        assert_eq!(end.recv_timeout(LONG), Ok("dropped"));
    }

    #[test]
    fn dropping_it_ends_the_source() {
        let (worker, _events, end) = start();
        drop(worker);
        assert_eq!(end.recv_timeout(LONG), Ok("dropped"));
    }

    #[test]
    fn one_that_does_not_open_says_why() {
        let (told, events) = channel();
        let worker = Worker::start(
            Duration::ZERO,
            || Err(Error::NoDesktop),
            move |event| {
                let _ = told.send(event);
            },
        );
        assert!(matches!(events.recv_timeout(LONG), Ok(Event::Ended(Error::NoDesktop))));
        drop(worker);
    }
}
