//! `cargo xtask bench start`: how long it takes from the link to the first picture and the first sound.

use super::figures::{self, Arguments, Row, note, row};
use crate::step::say;
use crate::tools::TaskError;
use crate::{demo, setup};
use std::path::Path;
use std::time::{Duration, Instant};
use visavis_model::Report;
use visavis_tests::desktop::Desktop;
use visavis_tests::peers::{application, native};
use visavis_tests::places;
use visavis_tests::recording::Recording;
use visavis_tests::servers::livekit::{self, LivekitServer};
use visavis_tests::wait;

const ROOM: &str = "start";
const SCREEN: (u32, u32) = (1280, 800);
/// Long enough for pictures, sound and some hundred barcodes.
const CALL_SECONDS: u32 = 6;
const PATIENCE: Duration = Duration::from_secs(20);
/// Of full scale: a voice.
const LOUD: f32 = 0.02;
/// # Errors
/// Something is missing, a program did not start, or nothing was shown.
pub fn run(arguments: &Arguments) -> Result<(), TaskError> {
    setup::install()?;
    if !arguments.no_build {
        demo::build()?;
    }
    let folder = places::run("bench-start")?;
    let server = LivekitServer::start(&folder, livekit::Options::default())?;
    let mut other = native::Options::new(server.url(), vec![server.token(ROOM, "other")]);
    other.receives = false;
    let mut other = native::join("other", &folder, &other)?;
    other.joined()?;
    let mut rows = vec![
        row("without window: socket open", None),
        row("without window: joined", None),
        row("without window: first sound", Some(1000.0)),
        row("without window: first picture", Some(1200.0)),
        row("without window: capture to shown, median", None),
        row("window, by its report: first sound", Some(1000.0)),
        row("window, by the sound card (± 50 ms): first sound", Some(1000.0)),
        row("window, by its report: first picture", Some(1200.0)),
        row("window, by the screen: first picture", Some(1200.0)),
    ];
    for number in 1..=arguments.times {
        say(&format!("start {number} of {}", arguments.times));
        let (headless, windowed) = rows.split_at_mut(5);
        without_window(&server, &folder, headless)?;
        with_window(&server, &folder, windowed)?;
    }
    figures::print(&rows);
    Ok(())
}

fn without_window(server: &LivekitServer, folder: &Path, rows: &mut [Row]) -> Result<(), TaskError> {
    let mut options = application::Options::new(server.link(ROOM, "visavis"), "visavis", CALL_SECONDS);
    options.camera = "off".to_owned();
    let ended = application::join(folder, &options)?.finish(PATIENCE)?;
    let report = ended.report.ok_or_else(|| TaskError::Failed(format!("no report: {}", ended.log)))?;
    let latency = report.remote.iter().find_map(|track| track.video?.latency_ms_p50).map(f64::from);
    let times = report.times;
    let whole = |value: Option<u64>| value.map(|value| value as f64);
    let values = [
        whole(times.socket_open),
        whole(times.joined),
        whole(times.first_audio_heard),
        whole(times.first_picture_shown),
        latency,
    ];
    note(rows, &values);
    Ok(())
}

fn with_window(server: &LivekitServer, folder: &Path, rows: &mut [Row]) -> Result<(), TaskError> {
    let desktop = Desktop::in_memory(folder, SCREEN.0, SCREEN.1)?;
    // A sound card that is awake, as a real one is: PulseAudio's null sink renders two seconds of silence ahead while nobody
    // listens to it, and every program's first sound then waits for their end.
    let recording = folder.join("loudspeaker.wav");
    if recording.exists() {
        std::fs::remove_file(&recording)?;
    }
    let sound = desktop.sound().ok_or_else(|| TaskError::Failed("no sound card".to_owned()))?;
    let mut recorder = sound.record(&recording)?;
    wait::until("the sound card's first second", PATIENCE, || (seconds_of(&recording) > 1.0).then_some(()))?;
    let link = server.link(ROOM, "window");
    let report = folder.join("window.report.json");
    if report.exists() {
        std::fs::remove_file(&report)?;
    }
    let path = report.to_string_lossy();
    let heard_before = seconds_of(&recording);
    let begin = Instant::now();
    let options = [&link, "--direct", "--camera", "off", "--microphone", "synthetic", "--report", &path, "--verbose"];
    let _window = desktop.open(&options)?;
    let seen = wait::until("the other's picture on the screen", PATIENCE, || {
        let screen = desktop.look()?;
        figures::has_picture(&screen).then(|| begin.elapsed())
    })?;
    let times = wait::until("the window's report", PATIENCE, || {
        let report: Report = serde_json::from_slice(&std::fs::read(&report).ok()?).ok()?;
        report.times.first_audio_heard?;
        report.times.first_picture_shown?;
        Some(report.times)
    })?;
    wait::until("a second more of sound", PATIENCE, || {
        (seconds_of(&recording) > heard_before + begin.elapsed().as_secs_f64().min(4.0)).then_some(())
    })?;
    recorder.stop();
    let heard = Recording::read(&recording)
        .map_err(|error| TaskError::Failed(format!("the sound card's recording: {error}")))?
        .first_sound(LOUD, heard_before);
    let whole = |value: Option<u64>| value.map(|value| value as f64);
    note(
        rows,
        &[
            whole(times.first_audio_heard),
            heard.map(|at| (at - heard_before) * 1000.0),
            whole(times.first_picture_shown),
            Some(seen.as_secs_f64() * 1000.0),
        ],
    );
    Ok(())
}

/// What a 48 kHz recording of 16 bits holds so far.
fn seconds_of(recording: &Path) -> f64 {
    std::fs::metadata(recording).map_or(0.0, |file| file.len() as f64 / 96_000.0)
}
