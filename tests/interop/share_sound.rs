//! What programs play, shared with a screen or window: heard by a browser, and never the others' own voices.

use crate::ground::{self, Ground, US};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use visavis_testkit::sound::{rms, tone_share};
use visavis_tests::peers::{PATIENCE, Peer, application, remote};
use visavis_tests::process::Process;
use visavis_tests::recording::Recording;
use visavis_tests::servers::pulse::PulseAudio;
use visavis_tests::servers::xvfb::Xvfb;
use visavis_tests::wait;

/// What each plays, in hertz: the browser into the meeting, our microphone, a program, and another one.
const WEB: f32 = 440.0;
const OURS: f32 = 2_300.0;
const PROGRAM: f32 = 700.0;
const OTHER: f32 = 1_250.0;

/// A program that begins is heard within this, and so is one after a pause.
const WITHIN: f64 = 1.0;
/// A second of sound in ten pieces.
const STEP: f64 = 0.1;
/// Longer than the test takes.
const SECONDS: u32 = 240;

/// A screen, a sound card, a browser that speaks and writes down what it hears, and we in a room.
struct Scene {
    ground: Ground,
    card: PulseAudio,
    screen: Xvfb,
    web: Peer,
    ours: application::Call,
}

impl Scene {
    fn new(
        test: &str,
        prepare: impl FnOnce(&Path, &PulseAudio, &Xvfb),
        change: impl FnOnce(&mut application::Options),
    ) -> Self {
        let ground = Ground::new(test);
        let card = PulseAudio::start(&ground.folder).expect("a sound card");
        let screen = Xvfb::start(&ground.folder, 640, 480).expect("Xvfb");
        for hertz in [PROGRAM, OTHER, OURS] {
            write_tone(&tone_file(&ground.folder, hertz), hertz);
        }
        prepare(&ground.folder, &card, &screen);
        let mut options = ground.browser_options("Web");
        (options.codec, options.codes, options.record) = ("off", false, Some(ground.folder.join("web.wav")));
        let web = ground.browser("Web", &options);
        let mut options = ground.our_options(SECONDS);
        (options.camera, options.speaker, options.events) = ("off".into(), "system".into(), true);
        options.microphone = format!("file:{}", tone_file(&ground.folder, OURS).display());
        options.environment = card.environment().to_vec();
        options.environment.push(("DISPLAY", screen.display().to_owned()));
        options.environment.push(("WAYLAND_DISPLAY", String::new()));
        change(&mut options);
        let mut ours = application::join(&ground.folder, &options).expect("the application");
        ours.wait("phase", |phase| phase["kind"] == "in_meeting").expect("we are in");
        Self { ground, card, screen, web, ours }
    }

    /// A program that plays a tone into a loudspeaker until it is dropped.
    fn play(&self, sink: &str, hertz: f32) -> Process {
        self.card.speak_into(sink, &tone_file(&self.ground.folder, hertz)).expect("a program")
    }

    /// Waits until the browser plays a sound of ours, and gives it two seconds more.
    fn heard(&mut self, source: &str) {
        let web = &mut self.web;
        wait::until("our sound", PATIENCE, || {
            let seconds = remote(&web.stats().ok()?, US, source)?["seconds"].as_f64()?;
            (seconds > 0.5).then_some(())
        })
        .expect("the browser plays it");
        pass(2.0);
    }

    /// Ends the call and gives what the browser heard.
    fn end(mut self) -> Heard {
        ground::left(&self.ours.leave().expect("the application's end"));
        let ended = Instant::now();
        self.web.leave().expect("the browser's report");
        let recording = Recording::read(&self.ground.folder.join("web.wav")).expect("what the browser heard");
        drop(self.screen);
        Heard { recording, ended }
    }
}

/// What the browser heard, with a clock that a busy machine keeps to a few tenths of a second.
struct Heard {
    recording: Recording,
    ended: Instant,
}

impl Heard {
    /// A stretch from one moment to another.
    fn between(&self, from: Instant, to: Instant) -> &[f32] {
        let rate = f64::from(self.recording.rate);
        let place = |at: Instant| {
            let before_end = self.ended.saturating_duration_since(at).as_secs_f64();
            self.recording.samples.len().saturating_sub((before_end * rate) as usize)
        };
        &self.recording.samples[place(from)..place(to)]
    }

    /// In which of its tenths of a second a tone is a good part of what is heard.
    fn pieces(&self, from: Instant, to: Instant, hertz: f32) -> Vec<bool> {
        let step = (f64::from(self.recording.rate) * STEP) as usize;
        let is_tone = |piece: &[f32]| rms(piece) > 0.005 && tone_share(piece, self.recording.rate, hertz) > 0.1;
        self.between(from, to).chunks_exact(step).map(is_tone).collect()
    }

    /// How long after a moment a tone is first heard, in seconds.
    fn after(&self, from: Instant, to: Instant, hertz: f32) -> f64 {
        let pieces = self.pieces(from, to, hertz);
        let first = pieces.iter().position(|is| *is).unwrap_or_else(|| panic!("no {hertz} Hz in {pieces:?}"));
        first as f64 * STEP
    }

    /// The share of the time in which a tone is heard.
    fn share(&self, from: Instant, to: Instant, hertz: f32) -> f64 {
        let pieces = self.pieces(from, to, hertz);
        pieces.iter().filter(|is| **is).count() as f64 / pieces.len().max(1) as f64
    }

    /// The largest part that the browser's own tone has of a whole second.
    fn own_voice(&self, from: Instant, to: Instant) -> f32 {
        let rate = self.recording.rate;
        self.between(from, to)
            .chunks_exact(rate as usize)
            .map(|second| tone_share(second, rate, WEB))
            .fold(0.0, f32::max)
    }
}

fn tone_file(folder: &Path, hertz: f32) -> PathBuf {
    folder.join(format!("{hertz}.wav"))
}

/// Forty seconds of a tone at a quarter of full scale, in both channels.
fn write_tone(file: &Path, hertz: f32) {
    let format = hound::WavSpec {
        channels: 2,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(file, format).expect("a file");
    for index in 0..40 * 48_000 {
        let sample = 0.25 * (std::f32::consts::TAU * hertz * (index % 48_000) as f32 / 48_000.0).sin();
        for _ in 0..2 {
            writer.write_sample((sample * f32::from(i16::MAX)) as i16).expect("written");
        }
    }
    writer.finalize().expect("written");
}

fn pass(seconds: f64) {
    std::thread::sleep(Duration::from_secs_f64(seconds));
}

#[test]
fn programs_are_heard_with_a_shared_screen_and_the_others_are_not() {
    let mut usb = None;
    let plug = |_: &Path, card: &PulseAudio, _: &Xvfb| {
        usb = Some(card.plug("usb", "USB speakers", "").expect("a second loudspeaker"));
    };
    let mut scene = Scene::new("share-sound", plug, |_| {});
    scene.heard("microphone");
    let begun = Instant::now();
    scene.ours.command(&json!({ "kind": "start_share", "choice": { "kind": "main_screen" }, "sound": true }));
    scene.web.wait("track", |event| event["source"] == "screen_share_audio").expect("our sound");
    scene.ours.wait("own_share", |share| share["sound"] == "on" && share["published"] == true).expect("it goes along");
    pass(3.0);

    let played = Instant::now();
    let program = scene.play("spk", PROGRAM);
    pass(3.0);
    // The meeting is really played here.
    let file = scene.ground.folder.join("spk.wav");
    let mut recorder = scene.card.record(&file).expect("a recorder");
    pass(3.0);
    recorder.stop();
    let paused = Instant::now();
    scene.ours.command(&json!({ "kind": "pause_share", "paused": true }));
    scene
        .web
        .wait("muted", |event| event["source"] == "screen_share_audio" && event["muted"] == true)
        .expect("a pause");
    pass(3.0);
    let goes_on = Instant::now();
    scene.ours.command(&json!({ "kind": "pause_share", "paused": false }));
    pass(3.0);

    // The program ends, another one plays elsewhere, and that loudspeaker is pulled out.
    drop(program);
    let ended = Instant::now();
    pass(2.0);
    let other = Instant::now();
    let second = scene.play("usb", OTHER);
    pass(4.0);
    scene.card.unplug(usb.as_ref().expect("it is plugged in")).expect("pulled out");
    pass(1.0);
    drop(second);
    pass(1.0);
    let again = Instant::now();
    let _third = scene.play("spk", PROGRAM);
    pass(3.0);

    // The sound ends alone, and comes back with it.
    let silenced = Instant::now();
    scene.ours.command(&json!({ "kind": "set_share_sound", "on": false }));
    scene.web.wait("track_gone", |event| event["source"] == "screen_share_audio").expect("it is taken back");
    pass(2.0);
    let (back, before) = (Instant::now(), scene.web.seen().len());
    scene.ours.command(&json!({ "kind": "set_share_sound", "on": true }));
    scene.web.wait_after(before, "track", |event| event["source"] == "screen_share_audio").expect("our sound again");
    pass(3.0);
    let (stopped, before) = (Instant::now(), scene.web.seen().len());
    scene.ours.command(&json!({ "kind": "stop_share" }));
    for source in ["screen_share", "screen_share_audio"] {
        scene.web.wait_after(before, "track_gone", |event| event["source"] == source).expect("it is over");
    }
    scene.ours.wait_after(0, "own_share", Value::is_null).expect("it is over");
    pass(3.0);
    let last = Instant::now();
    let heard = scene.end();

    let first = heard.after(played, paused, PROGRAM);
    let resumed = heard.after(goes_on, ended, PROGRAM);
    let (elsewhere, later) = (heard.after(other, again, OTHER), heard.after(again, silenced, PROGRAM));
    let own = heard.own_voice(begun, last);
    println!(
        "heard {first:.1} s after it began, {resumed:.1} s after the pause, {elsewhere:.1} s on another loudspeaker, \
         {later:.1} s after that went; the browser's own tone: {own:.6} of what it hears"
    );
    for late in [first, resumed, later] {
        assert!(late <= WITHIN, "{late} s");
    }
    // A loudspeaker in memory into which nobody has played begins two seconds late.
    assert!(elsewhere <= WITHIN + 2.0, "{elsewhere} s");
    let second = Duration::from_secs(1);
    assert_eq!(heard.share(begun, played, PROGRAM), 0.0, "nothing plays");
    assert!(heard.share(played + second, paused, PROGRAM) > 0.95, "it goes on");
    assert_eq!(heard.share(paused + second, goes_on, PROGRAM), 0.0, "a pause is silent");
    assert_eq!(heard.share(ended + second, again, PROGRAM), 0.0, "it has ended");
    assert_eq!(heard.share(silenced + second, back, PROGRAM), 0.0, "its sound has ended");
    assert!(heard.share(back + second * 2, stopped, PROGRAM) > 0.9, "its sound is back");
    assert_eq!(heard.share(stopped + second, last, PROGRAM), 0.0, "the share has ended");
    assert!(own < 0.001, "the browser hears itself: {own}");
    let ours = heard.share(begun, last, OURS);
    assert!(ours > 0.97, "our microphone goes on: {ours}");
    let spk = Recording::read(&file).expect("what was played here");
    let here = tone_share(spk.end(1), spk.rate, WEB);
    assert!(here > 0.05, "the meeting is not played here, so this proves nothing: {here}");
}

#[test]
fn of_a_window_its_own_program_is_heard() {
    let (mut player, mut manager) = (None, None);
    let open = |folder: &Path, card: &PulseAudio, screen: &Xvfb| {
        let start = |name: &str, words: &[&str]| {
            let mut command = Command::new(name);
            command.args(words).env("DISPLAY", screen.display()).envs(card.environment());
            Process::start(name, &mut command, &folder.join(format!("{name}.log"))).expect(name)
        };
        manager = Some(start("openbox", &["--sm-disable", "--config-file", "/dev/null"]));
        let file = tone_file(folder, PROGRAM).display().to_string();
        let line = format!("while paplay --latency-msec=100 '{file}'; do :; done");
        player = Some(start("xterm", &["-T", "Player", "-geometry", "40x10", "-e", "sh", "-c", &line]));
        wait::until("the player", PATIENCE, || {
            let words = ["search", "--onlyvisible", "--name", "^Player$"];
            let found = Command::new("xdotool").args(words).env("DISPLAY", screen.display()).output().ok()?;
            found.status.success().then_some(())
        })
        .expect("the player");
    };
    let mut scene = Scene::new("share-sound-window", open, |options| {
        options.microphone = "off".into();
        options.arguments = ["--share", "window:Player", "--share-sound"].map(str::to_owned).to_vec();
    });
    let _other = scene.play("spk", OTHER);
    scene.ours.wait("own_share", |share| share["sound"] == "on" && share["published"] == true).expect("it goes along");
    scene.heard("screen_share_audio");
    let from = Instant::now();
    pass(4.0);
    let to = Instant::now();
    let heard = scene.end();
    drop((player, manager));
    assert!(heard.share(from, to, PROGRAM) > 0.95, "the window's own program");
    assert_eq!(heard.share(from, to, OTHER), 0.0, "no other program");
    assert!(heard.own_voice(from, to) < 0.001, "nor the meeting");
}
