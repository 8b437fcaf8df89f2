//! The stage thread, at display rate: newest pictures, at the size of their tiles, to the presenter. And the decoders.

use crate::clock::Clock;
use crate::report::{Board, Mark};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use visavis_media::{EncodedFrame, Frame, Latest};
use visavis_model::{Size, StageLayout, TrackId};
use visavis_video::decode::Worker;
use visavis_video::present::{Counter, Presenter};
use visavis_video::stage::{Picture, Stage};

/// A display's period.
const TICK: Duration = Duration::from_micros(16_667);

/// The period while nothing is shown.
const IDLE_TICK: Duration = Duration::from_millis(500);

/// Figures are written this often.
const FIGURES_EVERY: Duration = Duration::from_secs(1);

/// The most decode threads (architecture §3).
const MOST_DECODERS: usize = 4;

enum StageCommand {
    Layout(StageLayout),
    /// Who shows the second window, or that there is none any more.
    Second(Option<Box<dyn Presenter>>),
    SecondLayout(StageLayout),
    Attach(TrackId, Latest<Frame>),
    Detach(TrackId),
    /// Look around: it is to end.
    Wake,
}

/// What other threads hold of the stage. Cheap to clone.
#[derive(Clone)]
pub struct StageHandle {
    commands: Sender<StageCommand>,
    decoders: Arc<Mutex<Decoders>>,
}

#[derive(Default)]
struct Decoders {
    workers: Vec<Arc<Worker>>,
    /// Which worker a track stays on.
    homes: HashMap<TrackId, Arc<Worker>>,
}

impl StageHandle {
    fn lock(&self) -> MutexGuard<'_, Decoders> {
        self.decoders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes on a remote picture: it gets a decoder on the worker with the fewest.
    pub fn add(&self, track: &TrackId) {
        let mut decoders = self.lock();
        if decoders.workers.is_empty() {
            let count = std::thread::available_parallelism().map_or(1, |cores| cores.get() / 2).clamp(1, MOST_DECODERS);
            for number in 0..count {
                match Worker::start(&format!("decode-{number}")) {
                    Ok(worker) => decoders.workers.push(Arc::new(worker)),
                    Err(error) => tracing::error!(%error, "no thread to decode"),
                }
            }
        }
        let Some(worker) = decoders.workers.iter().min_by_key(|worker| worker.tracks()).cloned() else { return };
        let mailbox = Latest::new();
        worker.add(track.clone(), mailbox.clone(), None);
        decoders.homes.insert(track.clone(), worker);
        drop(decoders);
        let _ = self.commands.send(StageCommand::Attach(track.clone(), mailbox));
    }

    pub fn remove(&self, track: &TrackId) {
        if let Some(worker) = self.lock().homes.remove(track) {
            worker.remove(track);
        }
        let _ = self.commands.send(StageCommand::Detach(track.clone()));
    }

    /// Queues an access unit for its decoder.
    pub fn decode(&self, track: &TrackId, frame: EncodedFrame) {
        let worker = self.lock().homes.get(track).cloned();
        if let Some(worker) = worker {
            worker.push(track, frame);
        }
    }

    /// True once after the decoder lost its thread: a keyframe is needed.
    pub fn take_failure(&self, track: &TrackId) -> bool {
        let worker = self.lock().homes.get(track).cloned();
        worker.is_some_and(|worker| worker.take_failure(track))
    }

    /// The decoder's figures.
    pub fn decoded(&self, track: &TrackId) -> Option<visavis_video::decode::Stats> {
        let worker = self.lock().homes.get(track).cloned();
        worker.and_then(|worker| worker.stats(track))
    }
}

/// The thread, as the meeting holds it; ends when dropped.
pub struct StageThread {
    handle: StageHandle,
    own: Latest<Frame>,
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl StageThread {
    /// `showing` is told when a track's first picture is shown, and when its size changes.
    pub fn start(
        clock: Clock,
        board: Board,
        presenter: Box<dyn Presenter>,
        showing: impl Fn(&TrackId, Size) + Send + 'static,
    ) -> Self {
        let (commands, heard) = channel();
        let handle = StageHandle { commands, decoders: Arc::default() };
        let own = Latest::new();
        let _ = handle.commands.send(StageCommand::Attach(TrackId::local_camera(), own.clone()));
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let mut stage = StageLoop {
            clock,
            board,
            stage: Stage::new(presenter.form()),
            presenter,
            second: None,
            counter: Counter::default(),
            sizes: HashMap::new(),
            showing: Box::new(showing),
        };
        let thread = std::thread::Builder::new().name("stage".into()).spawn(move || stage.run(&heard, &stopped)).ok();
        Self { handle, own, stop, thread }
    }

    pub fn handle(&self) -> StageHandle {
        self.handle.clone()
    }

    /// Where the own pictures go.
    pub fn own(&self) -> Latest<Frame> {
        self.own.clone()
    }

    pub fn set_layout(&self, layout: StageLayout) {
        let _ = self.handle.commands.send(StageCommand::Layout(layout));
    }

    /// A second window shows pictures from now on, or none does.
    pub fn set_second(&self, presenter: Option<Box<dyn Presenter>>) {
        let _ = self.handle.commands.send(StageCommand::Second(presenter));
    }

    pub fn set_second_layout(&self, layout: StageLayout) {
        let _ = self.handle.commands.send(StageCommand::SecondLayout(layout));
    }

    /// The own camera is off: nothing of it stays.
    pub fn forget_own(&self) {
        self.own.take();
        let track = TrackId::local_camera();
        let _ = self.handle.commands.send(StageCommand::Detach(track.clone()));
        let _ = self.handle.commands.send(StageCommand::Attach(track, self.own.clone()));
    }

    /// The call is over: nothing of others stays.
    pub fn forget_remote(&self) {
        let tracks: Vec<_> = self.handle.lock().homes.keys().cloned().collect();
        tracks.iter().for_each(|track| self.handle.remove(track));
    }
}

impl Drop for StageThread {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.handle.commands.send(StageCommand::Wake);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct StageLoop {
    clock: Clock,
    board: Board,
    stage: Stage,
    presenter: Box<dyn Presenter>,
    second: Option<Box<dyn Presenter>>,
    counter: Counter,
    sizes: HashMap<TrackId, Size>,
    showing: Showing,
}

/// Told when a track's first picture is shown, and when its size changes.
type Showing = Box<dyn Fn(&TrackId, Size) + Send>;

impl StageLoop {
    fn run(&mut self, commands: &Receiver<StageCommand>, stop: &AtomicBool) {
        let mut next_figures = self.clock.now() + FIGURES_EVERY;
        let mut due = self.clock.now();
        while !stop.load(Ordering::Relaxed) {
            while let Ok(command) = commands.try_recv() {
                self.command(command);
            }
            self.tick();
            let now = self.clock.now();
            if now >= next_figures {
                next_figures = now + FIGURES_EVERY;
                self.sizes.keys().for_each(|track| self.figures(track));
            }
            due = due + if self.stage.is_empty() { IDLE_TICK } else { TICK };
            if due <= now {
                due = now;
            } else if self.stage.is_empty() {
                // Nothing is shown: a command wakes it, else it sleeps.
                if let Ok(command) = commands.recv_timeout(due.since(now)) {
                    self.command(command);
                    due = self.clock.now();
                }
            } else {
                std::thread::sleep(due.since(now));
            }
        }
        self.sizes.keys().for_each(|track| self.figures(track));
    }

    fn command(&mut self, command: StageCommand) {
        match command {
            StageCommand::Layout(layout) => {
                let gone = gone(self.stage.layout(), &layout);
                gone.iter().for_each(|track| self.presenter.clear(track));
                self.presenter.set_layout(&layout);
                self.stage.set_layout(layout);
                self.interrupt(&gone);
            }
            StageCommand::Second(presenter) => {
                let gone =
                    self.stage.second_layout().map_or(Vec::new(), |layout| gone(layout, &StageLayout::default()));
                self.stage.set_second(presenter.as_ref().map(|presenter| presenter.form()));
                self.second = presenter;
                self.interrupt(&gone);
            }
            StageCommand::SecondLayout(layout) => {
                // Of a window that is closed by now.
                let (Some(presenter), Some(before)) = (&mut self.second, self.stage.second_layout()) else { return };
                let gone = gone(before, &layout);
                gone.iter().for_each(|track| presenter.clear(track));
                presenter.set_layout(&layout);
                self.stage.set_second_layout(layout);
                self.interrupt(&gone);
            }
            StageCommand::Wake => {}
            StageCommand::Attach(track, mailbox) => self.stage.attach(track, mailbox),
            StageCommand::Detach(track) => {
                self.figures(&track);
                self.stage.detach(&track);
                let now = self.clock.now();
                for presenter in std::iter::once(&mut self.presenter).chain(&mut self.second) {
                    presenter.clear(&track);
                    presenter.flush(now);
                }
                self.sizes.remove(&track);
            }
        }
    }

    fn tick(&mut self) {
        let pictures = self.stage.tick();
        let in_second = self.stage.tick_second();
        if pictures.is_empty() && in_second.is_empty() {
            return;
        }
        let now = self.clock.now();
        show(&mut *self.presenter, &pictures, now);
        if let Some(second) = &mut self.second {
            show(&mut **second, &in_second, now);
        }
        // A picture in both windows is one picture.
        let shown_once = in_second.iter().filter(|one| pictures.iter().all(|picture| picture.track != one.track));
        for picture in pictures.iter().chain(shown_once).filter(|picture| picture.fresh) {
            self.count(picture, now);
        }
    }

    /// A tile that went is off by intention: the time until it is back is no freeze.
    fn interrupt(&mut self, gone: &[TrackId]) {
        for track in gone {
            if !self.stage.shows(track) {
                self.counter.interrupt(track);
            }
        }
    }

    fn count(&mut self, picture: &Picture, now: visavis_media::MediaTime) {
        let size = picture.source.size();
        if self.sizes.get(&picture.track) != Some(&size) {
            self.sizes.insert(picture.track.clone(), size);
            (self.showing)(&picture.track, size);
        }
        if picture.track != TrackId::local_camera() {
            self.board.mark(Mark::FirstPictureShown, now);
            self.counter.shown(&picture.track, &picture.source, now);
        }
    }

    fn figures(&self, track: &TrackId) {
        let size = self.sizes.get(track).copied();
        self.board.known_remote(track, |report| {
            let figures = report.video.get_or_insert_default();
            self.counter.fill(track, self.clock.now(), figures);
            if let Some(size) = size {
                figures.size = size;
            }
        });
    }
}

/// Tracks that had a tile before and have none now.
fn gone(before: &StageLayout, now: &StageLayout) -> Vec<TrackId> {
    let shown = |track: &TrackId| now.tiles.iter().any(|tile| tile.track == *track);
    before.tiles.iter().map(|tile| &tile.track).filter(|track| !shown(track)).cloned().collect()
}

fn show(presenter: &mut dyn Presenter, pictures: &[Picture], now: visavis_media::MediaTime) {
    if pictures.is_empty() {
        return;
    }
    pictures.iter().for_each(|picture| presenter.present(picture, now));
    presenter.flush(now);
}
