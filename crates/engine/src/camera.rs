//! The own picture: a capture thread, a background thread, and an encode thread for the preview and all layers.

use crate::clock::Clock;
use crate::output::{VideoOutput, layer_sent};
use crate::publish::{CAMERA_FPS, CAMERA_SIZE};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use visavis_media::{Frame, Latest, MediaTime};
use visavis_model::{CameraChoice, Codec, Issue, IssueCode, Quality, Size};
use visavis_video::background::{self, Effect, Trouble};
use visavis_video::capture::{self, Adjust};
use visavis_video::encode::Ladder;

/// No new picture for so long: the camera counts as still.
const STILL_AFTER: Duration = Duration::from_secs(3);

/// Smaller pictures cannot be encoded.
const LEAST_SIDE: u32 = 16;

/// How long the encode thread waits for a picture before it looks around.
const PATIENCE: Duration = Duration::from_millis(200);

/// What the camera tells the meeting.
#[derive(Clone, Debug)]
pub enum CameraEvent {
    /// The first picture came, or the size changed.
    Started {
        size: Size,
    },
    Still {
        still: bool,
    },
    /// It ended by this.
    Failed {
        issue: Issue,
    },
    /// The background is not as it was wanted.
    Background(Trouble),
}

/// A camera that runs. Dropping it stops it without waiting for its driver.
pub struct CameraThread {
    stop: Arc<AtomicBool>,
    mailbox: Latest<Frame>,
    output: VideoOutput,
    background: Option<Arc<background::Worker>>,
    capturing: Arc<capture::Worker>,
}

impl CameraThread {
    /// Opens the chosen source in the background; pictures go to `preview` as well.
    pub fn start(
        clock: Clock,
        choice: CameraChoice,
        seed: u64,
        preview: Latest<Frame>,
        adjust: Adjust,
        effect: Effect,
        tell: impl Fn(CameraEvent) + Send + 'static,
    ) -> Self {
        let (taken, mailbox) = (Latest::new(), Latest::new());
        let background = background::Worker::start(taken.clone(), mailbox.clone(), effect).map(Arc::new);
        let background = background.inspect_err(|error| tracing::error!(%error, "no thread for the background")).ok();
        let worker = Arc::new(capture::Worker::start(
            move || match choice {
                CameraChoice::Synthetic => {
                    Ok(Box::new(capture::Synthetic::new(CAMERA_SIZE, CAMERA_FPS, seed as u32)) as Box<_>)
                }
                choice => capture::open(&choice, CAMERA_SIZE, CAMERA_FPS),
            },
            adjust,
            taken,
            clock.shared(),
        ));
        let stop = Arc::new(AtomicBool::new(false));
        let output = VideoOutput::default();
        let mut encode = EncodeLoop {
            clock,
            stop: Arc::clone(&stop),
            mailbox: mailbox.clone(),
            worker: Arc::clone(&worker),
            background: background.clone(),
            output: output.clone(),
            preview,
            size: Size::default(),
            still: false,
            ladder: None,
        };
        if let Err(error) = std::thread::Builder::new().name("encode".into()).spawn(move || encode.run(&tell)) {
            tracing::error!(%error, "no thread to encode");
        }
        Self { stop, mailbox, output, background, capturing: worker }
    }

    /// Another background from the next picture on.
    pub fn set_background(&self, effect: Effect) {
        if let Some(background) = &self.background {
            background.set(effect);
        }
    }

    /// Turned, or brightened, otherwise from the next picture on.
    pub fn adjust(&self, adjust: Adjust) {
        self.capturing.adjust(adjust);
    }

    pub fn output(&self) -> VideoOutput {
        self.output.clone()
    }

    /// Asks both threads to end.
    pub fn stop(self) {}
}

impl Drop for CameraThread {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.capturing.stop();
        if let Some(background) = &self.background {
            background.stop();
        }
        self.mailbox.close();
        self.output.set_sink(None);
    }
}

struct EncodeLoop {
    clock: Clock,
    stop: Arc<AtomicBool>,
    mailbox: Latest<Frame>,
    worker: Arc<capture::Worker>,
    background: Option<Arc<background::Worker>>,
    output: VideoOutput,
    preview: Latest<Frame>,
    size: Size,
    still: bool,
    ladder: Option<Ladder>,
}

impl EncodeLoop {
    fn run(&mut self, tell: &impl Fn(CameraEvent)) {
        while !self.stop.load(Ordering::Relaxed) {
            let Some(frame) = self.mailbox.wait(PATIENCE) else {
                if let Some(error) = self.worker.failure() {
                    tell(CameraEvent::Failed { issue: issue_of(&error) });
                    return;
                }
                self.look(tell);
                continue;
            };
            if std::mem::take(&mut self.still) {
                tell(CameraEvent::Still { still: false });
            }
            if frame.size() != self.size {
                self.size = frame.size();
                self.ladder = None;
                if self.size.width < LEAST_SIDE || self.size.height < LEAST_SIDE {
                    tell(CameraEvent::Failed { issue: Issue::new(IssueCode::SourceFile).with("cause", "format") });
                    return;
                }
                tell(CameraEvent::Started { size: self.size });
            }
            if let Some(trouble) = self.background.as_ref().and_then(|background| background.take_trouble()) {
                tell(CameraEvent::Background(trouble));
            }
            self.preview.put(frame.clone());
            self.encode(&frame);
        }
    }

    fn look(&mut self, tell: &impl Fn(CameraEvent)) {
        let last = self.worker.stats().last_frame;
        let still = last.is_some_and(|at: MediaTime| self.clock.now().since(at) > STILL_AFTER);
        if still && !self.still {
            self.still = true;
            tell(CameraEvent::Still { still });
        }
    }

    fn encode(&mut self, frame: &Frame) {
        let (sink, rates, keyframes) = {
            let mut wanted = self.output.lock();
            let Some(sink) = wanted.sink.clone() else {
                // Nobody takes pictures: the encoders' memory goes too.
                self.ladder = None;
                return;
            };
            (sink, wanted.rates, std::mem::take(&mut wanted.keyframes))
        };
        if rates.iter().all(Option::is_none) {
            return;
        }
        if self.ladder.is_none() {
            match Ladder::new(Codec::H264, self.size, CAMERA_FPS) {
                Ok(ladder) => self.ladder = Some(ladder),
                Err(error) => {
                    tracing::error!(%error, "no encoder");
                    return;
                }
            }
        }
        let Some(ladder) = &mut self.ladder else { return };
        for quality in Quality::ALL {
            let rate = rates[quality.index()];
            ladder.set(quality, rate.is_some(), rate.unwrap_or_default(), CAMERA_FPS);
            if keyframes[quality.index()] {
                ladder.request_keyframe(quality);
            }
        }
        let mut dropped = false;
        for encoded in ladder.encode(frame) {
            let layer = encoded.layer;
            if sink.try_send(encoded).is_err() {
                // A layer with a hole is of no use before its next keyframe.
                dropped = true;
                ladder.request_keyframe(layer.unwrap_or(Quality::High));
            }
        }
        let layers = ladder.stats().iter().map(layer_sent).collect();
        let mut wanted = self.output.lock();
        wanted.dropped += u64::from(dropped);
        wanted.layers = layers;
    }
}

/// What a source's failure is for the user.
fn issue_of(error: &capture::Error) -> Issue {
    use capture::Error;
    match error {
        Error::NoCamera => Issue::new(IssueCode::CameraNone),
        Error::Busy => Issue::new(IssueCode::CameraBusy),
        Error::Forbidden => Issue::new(IssueCode::CameraForbidden),
        Error::Stopped(_) | Error::OpenTimeout | Error::NoPicture | Error::BrokenPicture(_) | Error::NoFormat => {
            Issue::new(IssueCode::CameraStopped)
        }
        Error::FileOpen(_) | Error::FileRead(_) => Issue::new(IssueCode::SourceFile).with("cause", "unreadable"),
        Error::FileKind | Error::FileDamaged(_) | Error::FileUnsupported(_) => {
            Issue::new(IssueCode::SourceFile).with("cause", "format")
        }
        Error::FileTooLarge(_) => Issue::new(IssueCode::SourceFile).with("cause", "too_large"),
    }
}
