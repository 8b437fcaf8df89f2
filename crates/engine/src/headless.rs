//! A call without a window: joins, counts what it sees and hears, leaves, and reports.

use crate::clock::Clock;
use crate::engine::{AudioOptions, BackgroundOptions, Engine, EngineEvent, EngineOptions};
use crate::exit::{ExitCode, ends_a_script, of_issue};
use crate::happenings::happenings;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::{
    CameraChoice, Command, DeviceChoice, EndReason, Fit, IssueCode, LocalView, MediaKind, MicrophoneChoice,
    ParticipantKind, Phase, Rect, Report, Size, Snapshot, StageLayout, Tile, TrackId, apply,
};
use visavis_provider::{CookieJar, KnownHosts, Provider};
use visavis_settings::ShareFile;
use visavis_video::background::Effect;
use visavis_video::present::Presenter;
use visavis_video::screen::System;
use visavis_video::stage::{Form, Picture};

/// How long a goodbye may take before we go without it.
const GOODBYE: Duration = Duration::from_secs(3);

/// What a headless call is made of.
pub struct HeadlessOptions {
    pub clock: Clock,
    pub providers: Vec<Arc<dyn Provider>>,
    /// Servers that may be contacted.
    pub known: KnownHosts,
    /// What the server keeps with us from before: a session in which somebody signed in.
    pub cookies: Option<CookieJar>,
    /// What is done once in the meeting, in this order.
    pub commands: Vec<Command>,
    /// What is done after that, as it comes.
    pub later: Option<Receiver<Command>>,
    /// Gets a line of JSON for whatever happens (docs/events.md).
    pub events: Option<PathBuf>,
    pub link: String,
    pub name: String,
    pub camera: CameraChoice,
    pub microphone: MicrophoneChoice,
    /// What comes behind the person.
    pub background: Effect,
    /// What the organisation has decided.
    pub rules: crate::rules::Rules,
    /// `None`: nothing is opened, everything is mixed all the same.
    pub loudspeaker: Option<DeviceChoice>,
    /// Time in the meeting; `None`: until `stop`.
    pub duration: Option<Duration>,
    pub record: Option<PathBuf>,
    /// The imagined window on which remote pictures are laid out.
    pub stage: Size,
    /// Asked ten times a second: leave now?
    pub stop: Box<dyn Fn() -> bool>,
    pub version: String,
    pub seed: u64,
    /// What has the screens of this computer.
    pub screens: System,
    /// Where it is kept what the person chose to share in the system's own dialog; `None`: nowhere.
    pub shares: Option<ShareFile>,
}

/// Shows nothing: the stage counts what it would have shown.
struct Unseen;

impl Presenter for Unseen {
    fn form(&self) -> Form {
        Form::Source
    }

    fn set_layout(&mut self, _: &StageLayout) {}
    fn present(&mut self, _: &Picture, _: MediaTime) {}
    fn clear(&mut self, _: &TrackId) {}
}

/// Runs one call to its end.
pub fn run_headless(options: HeadlessOptions) -> (Report, ExitCode) {
    let clock = options.clock;
    let initial = LocalView {
        name: options.name.clone(),
        microphone_on: options.microphone != MicrophoneChoice::None,
        camera_on: options.camera != CameraChoice::None,
        microphone: options.microphone.clone(),
        camera: options.camera.clone(),
        loudspeaker: options.loudspeaker.clone().unwrap_or_default(),
        ..LocalView::default()
    };
    // Where no device of the system is used, nothing of them is followed.
    let watch_devices = options.loudspeaker.is_some()
        || matches!(options.microphone, MicrophoneChoice::System | MicrophoneChoice::Device(_))
        || matches!(options.camera, CameraChoice::System | CameraChoice::Device(_));
    let engine = Engine::start(
        EngineOptions {
            clock,
            providers: options.providers,
            known: options.known,
            rules: options.rules,
            cookies: options.cookies.into_iter().collect(),
            secrets: None,
            recent: Vec::new(),
            window: Default::default(),
            settings: Default::default(),
            initial,
            audio: AudioOptions {
                without_loudspeaker: options.loudspeaker.is_none(),
                exactly: true,
                record: options.record.clone(),
            },
            background: BackgroundOptions { folder: None, forced: Some(options.background) },
            version: options.version.clone(),
            seed: options.seed,
            watch_devices,
            share: None,
            frame_shares: false,
            screens: options.screens,
            shares: options.shares,
        },
        Box::new(Unseen),
    );
    let Ok(engine) = engine else {
        return (
            Report { exit_code: ExitCode::Internal as i32, end: "failed".into(), ..Report::default() },
            ExitCode::Internal,
        );
    };
    let (events, heard) = channel();
    engine.subscribe(Box::new(move |event| match event {
        EngineEvent::Levels(_) | EngineEvent::Errand(_) => true,
        other => events.send(other.clone()).is_ok(),
    }));
    engine.command(Command::OpenLink { text: options.link });
    engine.command(Command::Join);

    let mut call = Call::new(options.duration, options.stage);
    let mut told = options.events.as_deref().and_then(|path| match std::fs::File::create(path) {
        Ok(file) => Some(std::io::BufWriter::new(file)),
        Err(error) => {
            tracing::error!(%error, "events are not written");
            None
        }
    });
    let mut commands = options.commands.into_iter();
    let mut before = Snapshot::default();
    let code = loop {
        match heard.recv_timeout(Duration::from_millis(100)) {
            Ok(EngineEvent::Snapshot(snapshot)) => call.snapshot = *snapshot,
            Ok(EngineEvent::Batch(batch)) => {
                apply(&mut call.snapshot, &batch);
            }
            Ok(EngineEvent::Levels(_) | EngineEvent::Errand(_)) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break ExitCode::Internal,
        }
        if let Some(file) = told.as_mut().filter(|_| call.snapshot.revision != before.revision) {
            let ms = clock.now().micros() / 1000;
            if let Err(error) = tell(file, ms, &before, &call.snapshot) {
                tracing::error!(%error, "events are not written any more");
                told = None;
            }
            before = call.snapshot.clone();
        }
        if let Some(layout) = call.layout() {
            engine.command(Command::Stage { layout });
        }
        if call.entered.is_some() {
            commands.by_ref().for_each(|command| engine.command(command));
            options.later.iter().flat_map(Receiver::try_iter).for_each(|command| engine.command(command));
        }
        match call.step(clock.now(), (options.stop)()) {
            Step::GoOn => {}
            Step::Leave => engine.command(Command::Leave),
            Step::End(code) => break code,
        }
    };
    let mut report = engine.report();
    drop(engine);
    let figures = visavis_diagnostics::process_use();
    report.process = figures.unwrap_or_default();
    report.exit_code = code as i32;
    report.end = end_with(code, &call.snapshot.phase).to_owned();
    (report, code)
}

fn tell(file: &mut impl std::io::Write, ms: i64, before: &Snapshot, after: &Snapshot) -> std::io::Result<()> {
    for mut line in happenings(before, after) {
        line["ms"] = ms.into();
        writeln!(file, "{line}")?;
    }
    file.flush()
}

/// How a call ended, as the report spells it; `in_meeting` while it lasts.
pub const fn end_of(phase: &Phase) -> &'static str {
    match phase {
        Phase::Ended { reason: EndReason::Left, .. } | Phase::Home => "left",
        Phase::Ended { reason: EndReason::Ended, .. } => "ended",
        Phase::Ended { reason: EndReason::Removed, .. } => "removed",
        Phase::Ended { reason: EndReason::OtherDevice, .. } => "other_device",
        Phase::Ended { reason: EndReason::Alone, .. } => "alone",
        Phase::InMeeting { .. } => "in_meeting",
        Phase::Lobby { .. } => "in_lobby",
        Phase::PreJoin { .. } | Phase::Joining { .. } | Phase::Failed { .. } => "failed",
    }
}

/// The same for a script that ends with `code`: who never came in has not left.
const fn end_with(code: ExitCode, phase: &Phase) -> &'static str {
    match phase {
        _ if matches!(code, ExitCode::Left) => "left",
        Phase::Home => "failed",
        phase => end_of(phase),
    }
}

#[derive(Debug, PartialEq)]
enum Step {
    GoOn,
    Leave,
    End(ExitCode),
}

/// What a person in front of the window would do: lay out, look, leave.
struct Call {
    snapshot: Snapshot,
    duration: Option<Duration>,
    stage: Size,
    told: StageLayout,
    entered: Option<MediaTime>,
    leaving: Option<MediaTime>,
}

impl Call {
    fn new(duration: Option<Duration>, stage: Size) -> Self {
        Self {
            snapshot: Snapshot::default(),
            duration,
            stage,
            told: StageLayout::default(),
            entered: None,
            leaving: None,
        }
    }

    /// The layout, where it changed.
    fn layout(&mut self) -> Option<StageLayout> {
        let tracks: Vec<TrackId> = self
            .snapshot
            .participants
            .values()
            .filter(|view| view.kind != ParticipantKind::Hidden)
            .flat_map(|view| view.publications.iter().filter(|one| one.source.kind() == MediaKind::Video && !one.muted))
            .map(|publication| publication.track.clone())
            .collect();
        let layout = StageLayout { tiles: grid(tracks, self.stage), covers: Vec::new(), scale_milli: 1000 };
        (layout != self.told).then(|| {
            self.told = layout.clone();
            layout
        })
    }

    fn step(&mut self, now: MediaTime, stop: bool) -> Step {
        let inside = self.entered.map(|at| now.since(at));
        if let Some(issue) = self.snapshot.issues.iter().find(|issue| ends_a_script(issue, inside)) {
            return Step::End(
                if matches!(issue.code, IssueCode::LinkUnknown | IssueCode::ServerUnknown | IssueCode::ServerNotAllowed)
                {
                    ExitCode::BadLink
                } else {
                    ExitCode::SourceFailed
                },
            );
        }
        match &self.snapshot.phase {
            Phase::Failed { issue, .. } => return Step::End(of_issue(issue.code)),
            Phase::Ended { reason: EndReason::Left, .. } => return Step::End(ExitCode::Left),
            Phase::Ended { .. } => return Step::End(ExitCode::EndedByServer),
            Phase::InMeeting { .. } => {
                self.entered.get_or_insert(now);
            }
            Phase::Home | Phase::PreJoin { .. } | Phase::Joining { .. } | Phase::Lobby { .. } => {}
        }
        if let Some(since) = self.leaving {
            return if now.since(since) > GOODBYE { Step::End(ExitCode::Left) } else { Step::GoOn };
        }
        let over = self.entered.zip(self.duration).is_some_and(|(entered, duration)| now.since(entered) >= duration);
        if over || stop {
            self.leaving = Some(now);
            return Step::Leave;
        }
        Step::GoOn
    }
}

/// Tracks in rows of equal tiles that fill the stage.
fn grid(tracks: Vec<TrackId>, stage: Size) -> Vec<Tile> {
    let count = tracks.len() as u32;
    let columns = (1..=count).find(|columns| columns * columns >= count).unwrap_or(1);
    let rows = count.div_ceil(columns).max(1);
    let (width, height) = ((stage.width / columns).max(1), (stage.height / rows).max(1));
    tracks
        .into_iter()
        .zip(0..)
        .map(|(track, index): (_, u32)| Tile {
            track,
            rect: Rect { x: (index % columns * width) as i32, y: (index / columns * height) as i32, width, height },
            fit: Fit::Contain,
            mirrored: false,
            radius: 0,
            veiled: false,
            smooth: false,
            part: None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::Issue;

    #[test]
    fn tiles_fill_the_stage_without_overlap() {
        for count in 1..=30_u32 {
            let tiles = grid((0..count).map(|n| TrackId(n.to_string())).collect(), Size::new(1280, 720));
            assert_eq!(tiles.len(), count as usize);
            for (index, tile) in tiles.iter().enumerate() {
                assert!(tile.rect.x as u32 + tile.rect.width <= 1280 && tile.rect.y as u32 + tile.rect.height <= 720);
                assert!(tiles[..index].iter().all(|other| (other.rect.x, other.rect.y) != (tile.rect.x, tile.rect.y)));
            }
        }
        assert!(grid(Vec::new(), Size::new(1280, 720)).is_empty());
    }

    #[test]
    fn a_script_leaves_after_its_time_and_not_before_it_is_in() {
        let mut call = Call::new(Some(Duration::from_secs(5)), Size::new(10, 10));
        let at = |seconds: i64| MediaTime::from_millis(seconds * 1000);
        assert_eq!(call.step(at(60), false), Step::GoOn);
        let link = visavis_model::Link {
            kind: visavis_model::LinkKind::Livekit,
            host: String::new(),
            room: String::new(),
            secure: false,
            given_name: None,
        };
        call.snapshot.phase = Phase::InMeeting { link, reconnecting_for: None };
        assert_eq!(call.step(at(61), false), Step::GoOn);
        assert_eq!(call.step(at(66), false), Step::Leave);
        assert_eq!(call.step(at(67), false), Step::GoOn);
        assert_eq!(call.step(at(70), false), Step::End(ExitCode::Left));
    }

    #[test]
    fn a_device_that_does_not_open_ends_it_and_one_that_is_kept_does_not() {
        let mut call = Call::new(None, Size::new(10, 10));
        call.snapshot.issues = vec![Issue::new(IssueCode::MicrophoneBusy).with("cause", "kept")];
        assert_eq!(call.step(MediaTime::ZERO, false), Step::GoOn);
        // That the sound of the other kind has moved says nothing of this one.
        call.snapshot.issues.push(Issue::new(IssueCode::DevicesMoved).with("microphone", "Own"));
        assert_eq!(call.step(MediaTime::ZERO, false), Step::GoOn);
        call.snapshot.issues.push(Issue::new(IssueCode::LoudspeakerNone).with("cause", "busy"));
        assert_eq!(call.step(MediaTime::ZERO, false), Step::End(ExitCode::SourceFailed));
    }

    #[test]
    fn every_failure_has_its_code() {
        let mut call = Call::new(None, Size::new(10, 10));
        for (code, exit) in [
            (IssueCode::ServerRefused, ExitCode::ServerNotReached),
            (IssueCode::InvitationRefused, ExitCode::InvitationRefused),
            (IssueCode::ConnectionLost, ExitCode::Lost),
        ] {
            call.snapshot.phase = Phase::Failed { issue: Issue::new(code), link: None };
            assert_eq!(call.step(MediaTime::ZERO, false), Step::End(exit));
        }
        call.snapshot.phase = Phase::Home;
        call.snapshot.issues = vec![Issue::new(IssueCode::LinkUnknown)];
        assert_eq!(call.step(MediaTime::ZERO, false), Step::End(ExitCode::BadLink));
        assert_eq!(end_with(ExitCode::BadLink, &Phase::Home), "failed");
        assert_eq!(end_with(ExitCode::Left, &Phase::Home), "left");
    }
}
