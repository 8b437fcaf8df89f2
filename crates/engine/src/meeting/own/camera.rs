//! The own camera: opened, published, and tried again where it fails.

use super::*;
use crate::exit::WORKED;
use visavis_model::Size;

/// What is said of a camera that gives no pictures.
pub(in crate::meeting) const CAMERA_FAILURES: [IssueCode; 4] =
    [IssueCode::CameraNone, IssueCode::CameraForbidden, IssueCode::CameraBusy, IssueCode::CameraStopped];

/// When a camera that failed is tried again without a word; one that ran for a moment only waits twice as long each time.
const CAMERA_AGAIN: Duration = Duration::from_secs(3);
const CAMERA_AGAIN_AT_MOST: Duration = Duration::from_secs(60);

/// A camera that gave pictures for less than this has not recovered.
const RECOVERED_AFTER: Duration = Duration::from_secs(10);

/// It stands still: no time in which it recovers.
const NEVER: Duration = Duration::from_secs(24 * 3600);

/// The camera that gives no pictures.
#[derive(Clone, Debug)]
pub(in crate::meeting) struct CameraFailure {
    code: IssueCode,
    again: MediaTime,
    /// What was told of it.
    told: Vec<IssueCode>,
    /// So many times in a row it gave pictures, and failed before it had recovered.
    short: u32,
    /// It gives pictures again, since when and how large.
    runs: Option<(MediaTime, Size)>,
}

impl CameraFailure {
    fn new(code: IssueCode, now: MediaTime) -> Self {
        Self { code, again: now + CAMERA_AGAIN, told: vec![code], short: 0, runs: None }
    }

    /// A driver that hung may have recovered, and another program have let go. Anything else waits for the person, or for another list.
    pub(in crate::meeting) fn is_due(&self, now: MediaTime) -> bool {
        matches!(self.code, IssueCode::CameraBusy | IssueCode::CameraStopped) && now >= self.again
    }

    /// Whether the failure of another try is worth a word. Where it is listed and not found, it is coming or going: the next list tells.
    fn is_news(&self, code: IssueCode) -> bool {
        !self.told.contains(&code) && code != IssueCode::CameraNone
    }

    /// Whether nobody hears of pictures before the camera has recovered: it has given some, and failed, before.
    const fn is_doubted(&self) -> bool {
        self.short > 0
    }

    /// It gives pictures.
    fn started(&mut self, size: Size, now: MediaTime) {
        let since = self.runs.map_or(now, |(since, _)| since);
        self.runs = Some((since, size));
    }

    /// It gives none for a while, or some again: only pictures without a break are a recovery.
    fn stands(&mut self, still: bool, now: MediaTime) {
        if let Some((since, _)) = &mut self.runs {
            *since = if still { now + NEVER } else { now };
        }
    }

    /// How large its pictures are, once it has recovered.
    fn recovered(&self, now: MediaTime) -> Option<Size> {
        self.runs.filter(|(since, _)| now.since(*since) >= RECOVERED_AFTER).map(|(_, size)| size)
    }

    /// It failed once more.
    fn once_more(mut self, code: IssueCode, now: MediaTime) -> Self {
        self.short += u32::from(self.runs.take().is_some());
        if self.is_news(code) {
            self.code = code;
            self.told.push(code);
        }
        let longer = CAMERA_AGAIN.saturating_mul(1 << self.short.min(5));
        self.again = now + longer.min(CAMERA_AGAIN_AT_MOST);
        self
    }
}

impl Meeting {
    /// It is on, and may be.
    pub(in crate::meeting) fn wants_camera(&self) -> bool {
        let me = &self.state.view().me;
        me.camera_on && me.camera != CameraChoice::None && !self.options.rules.policy.disable_camera.is_on()
    }

    pub(in crate::meeting) fn start_camera(&mut self) {
        let sender = self.sender.clone();
        let choice = self.state.view().me.camera.clone();
        let (preview, effect) = (self.stage.own(), self.effect());
        let adjust = crate::meeting::settings::adjust(&self.state.view().settings);
        self.remember_camera();
        self.cameras += 1;
        let number = self.cameras;
        let tell = move |event| {
            let _ = sender.send(Event::Camera(number, event));
        };
        let camera = CameraThread::start(self.clock, choice, self.options.seed, preview, adjust, effect, tell);
        self.camera = Some(camera);
    }

    pub(in crate::meeting) fn apply_camera(&mut self) {
        let on = self.wants_camera();
        if on && self.has_place() && self.camera.is_none() {
            self.state.edit().me.preview = Preview::Starting;
            (self.camera_failed, self.following.camera_ran) = (None, None);
            self.refusal_gone("camera");
            self.start_camera();
        } else if !on {
            self.stop_camera();
            self.state.edit().me.preview = Preview::Off;
            // What was said of it is over: turned on again it opens, or says anew why not.
            (self.camera_failed, self.following.camera_ran) = (None, None);
            CAMERA_FAILURES.into_iter().for_each(|code| self.issue_gone(code));
        }
        let works = self.camera_failed.is_none();
        let Some(call) = &mut self.call else { return };
        call.camera.on = on;
        call.camera.source_works = works;
        if let (true, Some(camera)) = (on, &self.camera) {
            call.net.camera(camera.output());
        }
        if call.camera_published {
            call.net.room(RoomCommand::SetMuted { track: TrackId::local_camera(), muted: !on || !works });
        }
    }

    /// Publishes the camera once its first picture has told its size.
    pub(in crate::meeting) fn publish_camera(&mut self, size: Size) {
        let Some(call) = &mut self.call else { return };
        if !call.camera_published && call.camera.on {
            call.camera_published = true;
            call.net.room(RoomCommand::Publish(publish::camera(size)));
        }
    }

    pub(in crate::meeting) fn stop_camera(&mut self) {
        if let Some(camera) = self.camera.take() {
            camera.stop();
        }
        self.stage.forget_own();
    }

    pub(in crate::meeting) fn camera_event(&mut self, event: CameraEvent) {
        if self.camera.is_none() {
            return;
        }
        let now = self.clock.now();
        match event {
            CameraEvent::Started { size } => match self.camera_failed.as_mut().filter(|failure| failure.is_doubted()) {
                Some(failure) => failure.started(size, now),
                None => self.camera_started(size),
            },
            CameraEvent::Still { still } => {
                if let Some(call) = &mut self.call {
                    call.camera.still = still;
                }
                if let Some(failure) = &mut self.camera_failed {
                    // What was told of it still stands.
                    failure.stands(still, now);
                } else if still {
                    self.issue(Issue::new(IssueCode::CameraStopped));
                } else {
                    self.issue_gone(IssueCode::CameraStopped);
                }
            }
            CameraEvent::Background(trouble) => self.background_trouble(&trouble),
            CameraEvent::Failed { issue } => match self.camera_failed.take() {
                Some(known) if !known.is_news(issue.code) => {
                    // It was tried without a word, and in vain.
                    self.camera_failed = Some(known.once_more(issue.code, now));
                    self.stop_camera();
                }
                known => {
                    let ran = self.following.camera_ran.take().filter(|ran| ran.recovered(now).is_none());
                    let failure = known.or(ran).map(|before| before.once_more(issue.code, now));
                    self.camera_failed(issue);
                    self.camera_failed = failure.or(self.camera_failed.take());
                }
            },
        }
    }

    /// It gives pictures: what was said of it is over.
    fn camera_started(&mut self, size: Size) {
        // In the room it is muted since it failed.
        let failed = self.camera_failed.take();
        let is_back = failed.is_some();
        if let Some(mut failed) = failed {
            failed.started(size, self.clock.now());
            self.following.camera_ran = Some(failed);
        }
        CAMERA_FAILURES.into_iter().for_each(|code| self.issue_gone(code));
        self.state.edit().me.preview = Preview::Showing { size };
        if let Some(call) = &mut self.call {
            call.camera.source_works = true;
            call.camera.still = false;
        }
        if is_back {
            self.apply_camera();
        }
        self.publish_camera(size);
    }

    /// A camera of which nobody was told that it gives pictures has done so for long enough.
    pub(super) fn look_at_recovery(&mut self, now: MediaTime) {
        let failure = self.camera_failed.as_ref().filter(|_| self.camera.is_some());
        if let Some(size) = failure.and_then(|failure| failure.recovered(now)) {
            self.camera_started(size);
        }
    }

    pub(in crate::meeting) fn camera_failed(&mut self, issue: Issue) {
        // In the room are only pictures that came: `ends_a_script` looks for this, and no sentence does.
        let has_worked = self.call.as_ref().is_some_and(|call| call.camera_published);
        let issue = if has_worked { issue.with(WORKED, "true") } else { issue };
        self.camera_failed = Some(CameraFailure::new(issue.code, self.clock.now()));
        self.state.edit().me.preview = Preview::Failed { code: issue.code };
        CAMERA_FAILURES.into_iter().filter(|code| *code != issue.code).for_each(|code| self.issue_gone(code));
        self.issue(issue);
        if let Some(camera) = self.camera.take() {
            camera.stop();
        }
        if let Some(call) = &mut self.call {
            call.camera.source_works = false;
            if call.camera_published {
                call.net.room(RoomCommand::SetMuted { track: TrackId::local_camera(), muted: true });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { width: 640, height: 360 };

    fn at(millis: i64) -> MediaTime {
        MediaTime::from_millis(millis)
    }

    #[test]
    fn a_camera_that_may_have_recovered_is_tried_again_without_a_word() {
        let failure = |code| CameraFailure::new(code, at(1000));
        for code in CAMERA_FAILURES {
            let tried = matches!(code, IssueCode::CameraBusy | IssueCode::CameraStopped);
            assert_eq!((failure(code).is_due(at(3999)), failure(code).is_due(at(4000))), (false, tried), "{code:?}");
        }
        let stopped = failure(IssueCode::CameraStopped);
        assert!(stopped.is_news(IssueCode::CameraBusy) && stopped.is_news(IssueCode::CameraForbidden));
        assert!(!stopped.is_news(IssueCode::CameraStopped) && !stopped.is_news(IssueCode::CameraNone));
        // What was told is not told again, whatever was told since.
        let busy = stopped.once_more(IssueCode::CameraBusy, at(5000));
        assert!(!busy.is_news(IssueCode::CameraStopped) && !busy.is_news(IssueCode::CameraBusy));
    }

    #[test]
    fn a_camera_that_gives_a_few_pictures_each_time_has_not_recovered() {
        let code = IssueCode::CameraStopped;
        let mut failure = CameraFailure::new(code, at(0));
        let mut waits = Vec::new();
        for _ in 0..6 {
            failure.started(SIZE, at(1000));
            assert_eq!(failure.recovered(at(5000)), None);
            failure = failure.once_more(code, at(5000));
            assert!(failure.is_doubted() && !failure.is_news(code));
            waits.push(failure.again.since(at(5000)).as_secs());
        }
        assert_eq!(waits, [6, 12, 24, 48, 60, 60]);
        // A try without any picture is no run.
        assert_eq!(failure.clone().once_more(code, at(5000)).short, failure.short);
        failure.started(SIZE, at(10_000));
        failure.started(SIZE, at(15_000));
        assert_eq!((failure.recovered(at(19_999)), failure.recovered(at(20_000))), (None, Some(SIZE)));
        failure.stands(true, at(18_000));
        assert_eq!(failure.recovered(at(60_000)), None);
        failure.stands(false, at(61_000));
        assert_eq!((failure.recovered(at(70_999)), failure.recovered(at(71_000))), (None, Some(SIZE)));
    }
}
