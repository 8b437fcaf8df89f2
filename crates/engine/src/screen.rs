//! An own screen or window that is shared: a screen thread, and a thread that encodes what it gives.

mod end;

use crate::clock::Clock;
use crate::output::{VideoOutput, layer_sent};
use end::{issue_of, issue_of_end};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;
use visavis_media::{Frame, Latest, MediaTime};
use visavis_model::{Issue, Quality, ScreenKind, ScreenSource, ShareChoice, ShareMode, Size};
use visavis_settings::ShareFile;
use visavis_video::encode::{Content, ScreenLadder, screen_layers};
use visavis_video::screen::{self, Access, Error, Event, Movement, Picture, System, Wish};

/// Between two pictures of text, and of a film.
const DETAIL_EVERY: Duration = Duration::from_millis(66);
const MOTION_EVERY: Duration = Duration::from_millis(33);

/// How soon it is noticed that a film has stopped.
const FILM_PATIENCE: Duration = Duration::from_millis(500);
/// The encode thread is woken for everything else.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a share tells the meeting.
#[derive(Clone, Debug)]
pub enum ScreenEvent {
    /// What the choice has come to.
    Found(ScreenSource),
    /// The first picture came, or the size changed.
    Size(Size),
    Hidden(bool),
    Moving(bool),
    /// Whether this computer lets us hear its programs.
    SoundOffered(bool),
    /// Its sound could not begin; the pictures go on.
    SoundFailed,
    /// It ended by this.
    Failed(Issue),
}

/// How something is shared.
#[derive(Clone, Debug)]
pub struct ScreenOptions {
    pub choice: ShareChoice,
    pub mode: ShareMode,
    /// With a red frame around it.
    pub framed: bool,
    /// Whole screens are not shared.
    pub windows_only: bool,
    pub system: System,
    /// Where it is kept what the person chose in the system's dialog; `None`: nowhere.
    pub kept: Option<ShareFile>,
}

/// A share that runs. Dropping it stops it without waiting.
pub struct ScreenThread {
    stop: Arc<AtomicBool>,
    mode: Arc<AtomicU8>,
    worker: Arc<screen::Worker>,
    wake: SyncSender<()>,
    output: VideoOutput,
}

impl ScreenThread {
    pub fn start(clock: Clock, options: ScreenOptions, tell: impl Fn(ScreenEvent) + Clone + Send + 'static) -> Self {
        let (wake, woken) = sync_channel(1);
        let pictures: Latest<Picture> = Latest::new();
        let mode = Arc::new(AtomicU8::new(options.mode as u8));
        let stop = Arc::new(AtomicBool::new(false));
        let output = VideoOutput::waking(wake.clone());
        let worker = {
            let (wake, pictures) = (wake.clone(), pictures.clone());
            let (found, told) = (tell.clone(), tell.clone());
            // What vanished before it opened is told as what was chosen.
            let mut kind = screen::kind_of(&options.choice).unwrap_or(ScreenKind::Window);
            let mut seen = false;
            let (kept, over) = (options.kept.clone(), Arc::clone(&stop));
            let open = move || open(&options, &found);
            Arc::new(screen::Worker::start(DETAIL_EVERY, open, move |event| match event {
                Event::Opened(what) => kind = what,
                Event::Chosen(chosen) => {
                    kind = chosen.source.kind;
                    // A dialog that is answered after the share was stopped chose nothing.
                    if let (false, Some(kept), Some(again)) = (over.load(Ordering::Relaxed), &kept, &chosen.again)
                        && let Err(error) = kept.keep(kind, again)
                    {
                        tracing::warn!(%error, "what was chosen to be shared is not kept");
                    }
                    told(ScreenEvent::Found(chosen.source));
                }
                Event::Picture(picture) => {
                    seen = true;
                    pictures.put(picture);
                    let _ = wake.try_send(());
                }
                Event::Hidden(hidden) => told(ScreenEvent::Hidden(hidden)),
                Event::Ended(error) => told(ScreenEvent::Failed(issue_of_end(&error, kind, seen))),
            }))
        };
        let encode = EncodeLoop {
            clock,
            stop: Arc::clone(&stop),
            mode: Arc::clone(&mode),
            worker: Arc::clone(&worker),
            pictures,
            output: output.clone(),
            movement: Movement::default(),
            content: Content::Detail,
            size: Size::default(),
            ladder: None,
        };
        let run = move || encode.run(&woken, &tell);
        if let Err(error) = std::thread::Builder::new().name("encode-screen".into()).spawn(run) {
            tracing::error!(%error, "no thread to encode");
        }
        Self { stop, mode, worker, wake, output }
    }

    pub fn output(&self) -> VideoOutput {
        self.output.clone()
    }

    pub fn set_mode(&self, mode: ShareMode) {
        self.mode.store(mode as u8, Ordering::Relaxed);
        let _ = self.wake.try_send(());
    }

    /// Others see the last picture until it goes on.
    pub fn set_paused(&self, paused: bool) {
        self.worker.set_paused(paused);
    }
}

impl Drop for ScreenThread {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.worker.stop();
        self.output.set_sink(None);
    }
}

/// What can be shared, with small pictures. Takes some tenths of a second. Nothing is listed where the system itself asks.
pub fn look_for_screens(system: System, windows_only: bool) -> Result<Vec<ScreenSource>, Issue> {
    let sources = screen::access(system).and_then(|access| match access {
        Access::Listed(mut desktop) => desktop.sources(true),
        Access::Asked(_) => Ok(Vec::new()),
    });
    let mut sources = sources.map_err(|error| issue_of(&error, ScreenKind::Screen))?;
    sources.retain(|source| !windows_only || source.kind == ScreenKind::Window);
    Ok(sources)
}

fn open(options: &ScreenOptions, found: &impl Fn(ScreenEvent)) -> Result<(ScreenKind, Box<dyn screen::Source>), Error> {
    let mut desktop = match screen::access(options.system)? {
        Access::Listed(desktop) => desktop,
        Access::Asked(mut chooser) => return Ok((ScreenKind::Screen, chooser.ask(&wish(options))?)),
    };
    let source = chosen(desktop.as_mut(), &options.choice)?;
    if options.windows_only && source.kind == ScreenKind::Screen {
        return Err(Error::NotAllowed);
    }
    let (kind, id) = (source.kind, source.id.clone());
    found(ScreenEvent::Found(source));
    Ok((kind, desktop.open(&id, options.framed)?))
}

/// What a choice has come to. A window that was minimised since the picker listed it is in no list now, and not gone.
fn chosen(desktop: &mut dyn screen::Desktop, choice: &ShareChoice) -> Result<ScreenSource, Error> {
    let sources = desktop.sources(false)?;
    match (screen::choose(&sources, choice), choice) {
        (Some(source), _) => Ok(source.clone()),
        (None, ShareChoice::Source(id)) => desktop.describe(id),
        (None, ShareChoice::WindowTitled(_)) => Err(Error::NotFound),
        (None, _) => Err(Error::Gone),
    }
}

/// What the system is to ask for. What was chosen before is had again only where a script says beforehand what it wants: whoever
/// presses a key is asked.
fn wish(options: &ScreenOptions) -> Wish {
    let kind = match options.choice {
        ShareChoice::MainScreen => Some(ScreenKind::Screen),
        ShareChoice::WindowTitled(_) => Some(ScreenKind::Window),
        ShareChoice::Asked | ShareChoice::Source(_) => None,
    };
    let again = options.kept.as_ref().zip(kind).and_then(|(kept, kind)| kept.chosen(kind));
    Wish { kind, windows_only: options.windows_only, again }
}

struct EncodeLoop {
    clock: Clock,
    stop: Arc<AtomicBool>,
    mode: Arc<AtomicU8>,
    worker: Arc<screen::Worker>,
    pictures: Latest<Picture>,
    output: VideoOutput,
    movement: Movement,
    content: Content,
    size: Size,
    ladder: Option<ScreenLadder>,
}

impl EncodeLoop {
    fn run(mut self, woken: &Receiver<()>, tell: &impl Fn(ScreenEvent)) {
        while !self.stop.load(Ordering::Relaxed) {
            let wait = self.wait();
            if !wait.is_zero() && woken.recv_timeout(wait) == Err(RecvTimeoutError::Disconnected) {
                return;
            }
            let now = self.clock.now();
            let picture = self.pictures.take();
            self.follow(picture.as_ref().map_or(0, |picture| picture.changed), now, tell);
            if let Some(picture) = picture {
                self.show(Frame { surface: picture.surface, time: now }, tell);
            }
            self.encode(now);
        }
    }

    fn wait(&self) -> Duration {
        let now = self.clock.now();
        let due = self.ladder.as_ref().filter(|_| self.output.lock().sink.is_some()).and_then(ScreenLadder::due);
        let patience = if self.movement.is_moving() { FILM_PATIENCE } else { PATIENCE };
        due.map_or(patience, |due| due.since(now).min(patience))
    }

    /// Text or a film.
    fn follow(&mut self, changed: u32, now: MediaTime, tell: &impl Fn(ScreenEvent)) {
        let was_moving = self.movement.is_moving();
        let moving = self.movement.changed(changed, now);
        if moving != was_moving {
            tell(ScreenEvent::Moving(moving));
        }
        let mode = self.mode.load(Ordering::Relaxed);
        let moves = mode == ShareMode::Motion as u8 || (mode == ShareMode::Automatic as u8 && moving);
        let content = if moves { Content::Motion } else { Content::Detail };
        if std::mem::replace(&mut self.content, content) != content {
            self.worker.set_interval(if moves { MOTION_EVERY } else { DETAIL_EVERY });
            if let Some(ladder) = &mut self.ladder {
                ladder.set_content(content, now);
            }
        }
    }

    fn show(&mut self, frame: Frame, tell: &impl Fn(ScreenEvent)) {
        let size = frame.size();
        if self.ladder.is_none() {
            match ScreenLadder::new(&screen_layers(size), self.content) {
                Ok(ladder) => self.ladder = Some(ladder),
                Err(error) => tracing::error!(%error, "no encoder"),
            }
        }
        if std::mem::replace(&mut self.size, size) != size {
            tell(ScreenEvent::Size(size));
        }
        if let Some(ladder) = &mut self.ladder {
            ladder.show(frame);
        }
    }

    fn encode(&mut self, now: MediaTime) {
        let Some(ladder) = &mut self.ladder else { return };
        let (sink, rates, keyframes) = {
            let mut wanted = self.output.lock();
            let Some(sink) = wanted.sink.clone() else {
                ladder.introduce_anew();
                return;
            };
            (sink, wanted.rates, std::mem::take(&mut wanted.keyframes))
        };
        // A share of one layer has the high one, of two the lower ones: what is not there is ignored.
        for quality in Quality::ALL {
            let rate = rates[quality.index()];
            ladder.set(quality, rate.is_some(), rate.unwrap_or_default(), now);
            if keyframes[quality.index()] {
                ladder.request_keyframe(quality, now);
            }
        }
        let mut dropped = false;
        for encoded in ladder.encode(now) {
            let layer = encoded.layer;
            if sink.try_send(encoded).is_err() {
                dropped = true;
                ladder.request_keyframe(layer.unwrap_or(Quality::High), now + DETAIL_EVERY);
            }
        }
        let layers = ladder.stats().iter().map(layer_sent).collect();
        let mut wanted = self.output.lock();
        wanted.dropped += u64::from(dropped);
        wanted.layers = layers;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::ScreenId;

    /// It lists a screen; its one window is minimised.
    struct Minimised;

    impl screen::Desktop for Minimised {
        fn sources(&mut self, _: bool) -> Result<Vec<ScreenSource>, Error> {
            Ok(vec![source("screen:1", ScreenKind::Screen)])
        }

        fn describe(&mut self, id: &ScreenId) -> Result<ScreenSource, Error> {
            if id.as_str() == "window:7" { Ok(source("window:7", ScreenKind::Window)) } else { Err(Error::Gone) }
        }

        fn open(&mut self, _: &ScreenId, _: bool) -> Result<Box<dyn screen::Source>, Error> {
            Err(Error::NoDesktop)
        }
    }

    fn source(id: &str, kind: ScreenKind) -> ScreenSource {
        let (id, title, size) = (id.into(), "Text".to_owned(), Size::new(200, 100));
        ScreenSource { id, kind, title, size, own: false, thumbnail: None, process: None }
    }

    #[test]
    fn a_window_that_was_minimised_since_it_was_listed_is_not_gone() {
        let id = |choice| chosen(&mut Minimised, &choice).map(|source| source.id.as_str().to_owned());
        assert_eq!(id(ShareChoice::Source("window:7".into())), Ok("window:7".to_owned()));
        assert_eq!(id(ShareChoice::Source("window:8".into())), Err(Error::Gone));
        assert_eq!(id(ShareChoice::Source("screen:2".into())), Err(Error::Gone));
        assert_eq!(id(ShareChoice::MainScreen), Ok("screen:1".to_owned()));
        assert_eq!(id(ShareChoice::WindowTitled("Text".into())), Err(Error::NotFound));
    }

    #[test]
    fn whoever_presses_a_key_is_asked_and_a_script_is_not_asked_twice() {
        let folder = std::env::temp_dir().join(format!("visavis-share-wish-{}", std::process::id()));
        let kept = ShareFile::new(folder.join("share.json"));
        kept.keep(ScreenKind::Screen, "kept").expect("kept");
        let wish = |choice, windows_only| {
            let (mode, framed, system) = (ShareMode::Automatic, false, System::Wayland);
            wish(&ScreenOptions { choice, mode, framed, windows_only, system, kept: Some(kept.clone()) })
        };
        let again = Some("kept".to_owned());
        assert_eq!(wish(ShareChoice::Asked, false), Wish::default());
        let screen = Wish { kind: Some(ScreenKind::Screen), again, ..Wish::default() };
        assert_eq!(wish(ShareChoice::MainScreen, false), screen);
        let window = Wish { kind: Some(ScreenKind::Window), windows_only: true, again: None };
        assert_eq!(wish(ShareChoice::WindowTitled("T".into()), true), window);
    }
}
