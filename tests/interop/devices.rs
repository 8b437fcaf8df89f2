//! Devices that come, go and change under a real call: a headset that is pulled out, another default, a storm, a mute of the system.

use crate::ground::{Ground, US};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use visavis_testkit::sound::{rms, tone_share};
use visavis_tests::desktop;
use visavis_tests::peers::application::{self, Call};
use visavis_tests::peers::{Peer, remote};
use visavis_tests::recording::Recording;
use visavis_tests::servers::pulse::PulseAudio;
use visavis_tests::wait;

/// Longest time in which somebody is not heard.
pub(super) const LOST: f64 = 1.0;
/// What a look at a file every 20 ms and a process on a busy machine may add to what is told within a second.
const TOLD: Duration = Duration::from_millis(1200);
/// A sink in memory that nobody uses begins so late; what is told is told once it plays.
pub(super) const WAKES: Duration = Duration::from_secs(2);
/// A dead loudspeaker is given up after four seconds.
const GIVEN_UP: Duration = Duration::from_millis(4500);
pub(super) const MOVED: &str = "VIS-DEV-MOVED-78";
const TONE: f32 = 440.0;

/// A call on a sound card in memory: a browser sends a tone, and a voice speaks at our microphone.
pub(super) struct Scene {
    ground: Ground,
    pub card: PulseAudio,
    pub web: Peer,
    pub call: Call,
    voice: visavis_tests::process::Process,
}

impl Scene {
    pub fn new(test: &str, microphone: &str, speaker: &str, prepare: impl FnOnce(&PulseAudio)) -> Self {
        let ground = Ground::new(test);
        let card = PulseAudio::start(&ground.folder).expect("a sound card");
        let voice = ground.folder.join("voice.wav");
        let text = "one two three four five six seven eight nine ten, and on it goes without an end or any stop";
        desktop::voice(&voice, "en-gb", text).expect("espeak-ng");
        go_on(&voice, 90);
        prepare(&card);
        let speaking = card.speak(&voice).expect("a voice");
        let mut options = ground.browser_options("Web");
        (options.codec, options.record) = ("off", Some(ground.folder.join("web.wav")));
        let mut web = ground.browser("Web", &options);
        let mut ours = ground.our_options(300);
        (ours.camera, ours.microphone, ours.speaker) = ("off".into(), microphone.into(), speaker.into());
        (ours.events, ours.environment) = (true, card.environment().to_vec());
        let call = application::join(&ground.folder, &ours).expect("the application");
        web.wait("track", |event| event["identity"] == US && event["source"] == "microphone").expect("our microphone");
        // Echo and noise are learned in the first seconds.
        heard_for(&mut web, 6.0);
        Self { ground, card, web, call, voice: speaking }
    }

    fn voice_into(&self, sink: &str) -> visavis_tests::process::Process {
        self.card.speak_into(sink, &self.ground.folder.join("voice.wav")).expect("a voice")
    }

    /// Records a loudspeaker, and gives the moment of its first sample.
    pub fn record(&self, sink: &str, name: &str) -> (visavis_tests::process::Process, Instant, std::path::PathBuf) {
        let file = self.ground.folder.join(name);
        let recorder = self.card.record_from(sink, &file).expect("a recorder");
        // Its header is written when it starts, its first sound a moment later.
        wait::until("the recorder's first sound", Duration::from_secs(10), || {
            (std::fs::metadata(&file).ok()?.len() > 1000).then_some(())
        })
        .expect("a recording");
        (recorder, Instant::now(), file)
    }

    /// What the application told after the first `skip` events, and how long after `since`.
    fn told(&mut self, skip: usize, since: Instant, matches: impl Fn(&Value) -> bool) -> Value {
        self.told_within(TOLD, skip, since, matches)
    }

    pub fn told_within(
        &mut self,
        limit: Duration,
        skip: usize,
        since: Instant,
        matches: impl Fn(&Value) -> bool,
    ) -> Value {
        let issue = self.call.wait_after(skip, "issue", matches).expect("a sentence");
        assert!(since.elapsed() < limit, "told after {:?}: {issue}", since.elapsed());
        issue
    }

    /// Ends the call and gives what the browser heard.
    pub fn end(mut self) -> Recording {
        let ended = self.call.leave().expect("the application's end");
        assert_eq!(ended.code, 0, "{}", ended.log);
        self.web.leave().expect("the browser's report");
        Recording::read(&self.ground.folder.join("web.wav")).expect("what the browser heard")
    }
}

/// Makes a voice that speaks for so many seconds without a pause between one time and the next.
fn go_on(file: &std::path::Path, seconds: usize) {
    let once = Recording::read(file).expect("a voice");
    let is_loud = |sample: &f32| sample.abs() > 0.01;
    let (first, last) = (once.samples.iter().position(is_loud), once.samples.iter().rposition(is_loud));
    // A voice without any pause is noise to whoever suppresses noise.
    let mut once_on = once.samples[first.expect("a voice")..last.expect("a voice")].to_vec();
    once_on.resize(once_on.len() + once.rate as usize / 4, 0.0);
    let format = hound::WavSpec {
        channels: 1,
        sample_rate: once.rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(file, format).expect("a file");
    for sample in once_on.iter().cycle().take(seconds * once.rate as usize) {
        writer.write_sample((sample * f32::from(i16::MAX)) as i16).expect("written");
    }
    writer.finalize().expect("written");
}

/// Waits until the browser has played our sound for so long, from now.
pub(super) fn heard_for(web: &mut Peer, seconds: f64) {
    let mut played = || remote(&web.stats().ok()?, US, "microphone")?["seconds"].as_f64();
    let start = wait::until("our sound", Duration::from_secs(20), &mut played).expect("our sound");
    wait::until("more of our sound", Duration::from_secs(60), || (played()? > start + seconds).then_some(()))
        .expect("our sound goes on");
}

/// When a tone is first played after `from`, in seconds of the recording.
pub(super) fn tone_from(recording: &Recording, from: f64) -> Option<f64> {
    let step = recording.rate as usize / 20;
    let skip = (from.max(0.0) * f64::from(recording.rate)) as usize;
    let mut windows = recording.samples.get(skip..)?.chunks_exact(step);
    let is_tone = |window: &[f32]| rms(window) > 0.01 && tone_share(window, recording.rate, TONE) > 0.5;
    windows.position(is_tone).map(|at| from + at as f64 / 20.0)
}

/// The longest time without a voice since a moment, between the first and the last of it, in seconds. The recording has just ended.
pub(super) fn longest_silence(recording: &Recording, since: Instant) -> f64 {
    let samples = recording.end(since.elapsed().as_secs() as u32);
    let loud: Vec<bool> = samples.chunks(recording.rate as usize / 20).map(|window| rms(window) > 0.003).collect();
    let first = loud.iter().position(|loud| *loud).expect("a voice");
    let last = loud.iter().rposition(|loud| *loud).expect("a voice");
    loud[first..=last].split(|loud| *loud).map(<[bool]>::len).max().unwrap_or(0) as f64 / 20.0
}

#[test]
fn a_headset_that_is_pulled_out_moves_the_sound_and_turns_the_microphone_off() {
    let mut headset = None;
    let mut scene = Scene::new("headset", "device:headset-mic", "device:headset", |card| {
        headset = Some(card.plug("headset", "Casque Jabra", "device.form_factor=headset").expect("a headset"));
    });
    let (mut recorder, start, file) = scene.record("spk", "spk.wav");
    std::thread::sleep(Duration::from_secs(1));

    let (out, before) = (Instant::now(), scene.call.seen().len());
    scene.card.unplug(headset.as_ref().expect("a headset")).expect("pulled out");
    let issue = scene.told(before, out, |issue| issue["code"] == MOVED && issue["params"]["now"] == "loudspeaker_off");
    assert_eq!((&issue["params"]["cause"], &issue["params"]["name"]), (&json!("gone"), &json!("Casque Jabra")));
    assert_eq!(
        (&issue["params"]["loudspeaker"], &issue["action"]),
        (&json!("Loudspeaker"), &json!("turn_on_microphone"))
    );
    scene.call.wait_after(before, "own_microphone", |on| *on == json!(false)).expect("the microphone is off");
    std::thread::sleep(Duration::from_secs(2));
    recorder.stop();
    let pulled = out.duration_since(start).as_secs_f64();
    let played = tone_from(&Recording::read(&file).expect("a recording"), pulled).expect("the tone at the loudspeaker");
    println!("the tone went on {:.2} s after the headset was pulled out", played - pulled);
    assert!(played - pulled <= LOST, "{played} {pulled}");

    // It was chosen, so it is taken back; who turned the microphone off turns it on.
    let (back, before) = (Instant::now(), scene.call.seen().len());
    scene.card.plug("headset", "Casque Jabra", "device.form_factor=headset").expect("plugged in again");
    let _voice = scene.voice_into("headset-pipe");
    let is_back = |issue: &Value| issue["code"] == MOVED && issue["params"]["cause"] == "back";
    let issue = scene.told_within(TOLD + WAKES, before, back, is_back);
    assert_eq!(issue["params"]["name"], "Casque Jabra");
    let (mut recorder, _, file) = scene.record("headset", "headset.wav");
    std::thread::sleep(WAKES + Duration::from_secs(3));
    recorder.stop();
    tone_from(&Recording::read(&file).expect("a recording"), 0.0).expect("the tone in the headset");
    let before = scene.web.seen().len();
    scene.call.command(&json!({ "kind": "set_microphone_on", "on": true }));
    scene
        .web
        .wait_after(before, "muted", |event| event["source"] == "microphone" && event["muted"] == false)
        .expect("our microphone is on");
    std::thread::sleep(Duration::from_secs(4));
    let heard = scene.end();
    assert!(rms(heard.end(2)) > 0.003, "nothing from the headset's microphone at the browser");
}

#[test]
fn the_call_follows_the_systems_default_both_ways() {
    let mut scene = Scene::new("default", "system", "system", |_| ());
    scene.card.plug("usb", "USB speakerphone", "").expect("a device");
    let _voice = scene.voice_into("usb-pipe");
    // Nobody takes it unasked.
    let is_offered = |issue: &Value| issue["code"] == "VIS-DEV-NEW-75" && issue["params"]["name"] == "USB speakerphone";
    scene.call.wait("issue", is_offered).expect("an offer");
    let (mut recorder, start, file) = scene.record("usb", "usb.wav");
    std::thread::sleep(Duration::from_secs(1));

    let (at, before) = (Instant::now(), scene.call.seen().len());
    scene.card.control(&["set-default-sink", "usb"]).expect("a new default");
    scene.card.control(&["set-default-source", "usb-mic"]).expect("a new default");
    let both = |issue: &Value| issue["code"] == MOVED && issue["params"]["now"] == "loudspeaker_microphone";
    let issue = scene.told(before, at, both);
    assert_eq!(
        (&issue["params"]["cause"], &issue["params"]["microphone"]),
        (&json!("system"), &json!("USB speakerphone"))
    );
    std::thread::sleep(Duration::from_secs(2));
    recorder.stop();
    let changed = at.duration_since(start).as_secs_f64();
    let recording = Recording::read(&file).expect("a recording");
    let played = tone_from(&recording, changed).expect("the tone at the new loudspeaker");
    println!("the tone moved {:.2} s after the default", played - changed);
    assert!(played - changed <= LOST && tone_from(&recording, 0.0).is_some_and(|first| first >= changed - 0.2));
    // The old microphone is silent now: what is heard comes from the new one.
    scene.voice.stop();
    heard_for(&mut scene.web, 3.0);
    let heard = scene.end();
    let silence = longest_silence(&heard, at);
    println!("longest time without our voice: {silence:.2} s");
    assert!(silence <= LOST && rms(heard.end(2)) > 0.003, "{silence} s without our voice");
}

#[test]
fn a_storm_of_plugs_leaves_the_call_with_sound() {
    let mut scene = Scene::new("storm", "system", "system", |_| ());
    let (mut recorder, start, file) = scene.record("spk", "spk.wav");
    for turn in 0..10 {
        let begun = Instant::now();
        let plugged = scene.card.plug("storm", "Storm", "").expect("plugged in");
        if turn % 2 == 0 {
            scene.card.control(&["set-default-sink", "storm"]).expect("a new default");
        }
        std::thread::sleep(Duration::from_millis(250).saturating_sub(begun.elapsed()));
        scene.card.unplug(&plugged).expect("pulled out");
        std::thread::sleep(Duration::from_millis(500).saturating_sub(begun.elapsed()));
    }
    let over = start.elapsed().as_secs_f64();
    std::thread::sleep(Duration::from_secs(3));
    recorder.stop();
    let played = Recording::read(&file).expect("a recording");
    let back = tone_from(&played, over).expect("the tone after the storm");
    println!("the tone was there {:.2} s after the storm", back - over);
    assert!(back - over <= LOST, "{back} {over}");
    heard_for(&mut scene.web, 2.0);
    let told: Vec<String> = scene.call.seen().iter().map(|event| format!("    {event}")).collect();
    let silence = longest_silence(&scene.end(), start);
    println!("longest time without our voice in the storm: {silence:.2} s");
    if silence > LOST {
        println!("{}", told.join("\n"));
    }
    assert!(silence <= LOST, "{silence} s without our voice");
}

#[test]
fn a_microphone_that_the_system_mutes_is_told_and_turned_on_again() {
    let mut scene = Scene::new("muted", "system", "system", |_| ());
    let (at, before) = (Instant::now(), scene.call.seen().len());
    scene.card.control(&["set-source-mute", "mic", "1"]).expect("muted");
    let issue = scene.told(before, at, |issue| issue["code"] == "VIS-MIC-OSMUTE-52");
    assert_eq!(issue["action"], "unmute");
    scene.call.command(&json!({ "kind": "unmute_microphone" }));
    wait::until("the mute goes", Duration::from_secs(5), || {
        scene.card.control(&["get-source-mute", "mic"]).ok()?.contains("no").then_some(())
    })
    .expect("the system's mute is off");
    heard_for(&mut scene.web, 2.0);
    let heard = scene.end();
    assert!(rms(heard.end(1)) > 0.003, "our voice is back");
}

#[test]
fn a_sound_server_that_hangs_blocks_neither_the_meeting_nor_its_end() {
    let mut scene = Scene::new("hangs", "system", "system", |_| ());
    let before = scene.call.seen().len();
    scene.card.freeze(true);
    let is_told = |issue: &Value| issue["code"] == "VIS-MIC-NONE-50" && issue["params"]["cause"] == "server";
    scene.call.wait_after(before, "issue", is_told).expect("a sentence");
    // The meeting goes on: what is asked of it is done.
    let said = scene.web.seen().len();
    scene.call.command(&json!({ "kind": "send_message", "text": "no sound" }));
    scene.web.wait_after(said, "chat", |event| event["text"] == "no sound").expect("our message");
    let asked = Instant::now();
    let ended = scene.call.leave().expect("it ends");
    println!("ended {:?} after it was asked to", asked.elapsed());
    assert!(ended.code == 0 && asked.elapsed() < Duration::from_secs(5), "{} {:?}", ended.code, asked.elapsed());
    scene.card.freeze(false);
}

#[test]
fn a_loudspeaker_that_stands_still_is_told_and_taken_up_again() {
    let mut scene = Scene::new("still", "system", "system", |_| ());
    let before = scene.call.seen().len();
    scene.card.control(&["suspend-sink", "spk", "1"]).expect("suspended");
    // The sink behind the microphone takes its place.
    let is_told = |issue: &Value| issue["code"] == MOVED && issue["params"]["cause"] == "dead";
    scene.call.wait_after(before, "issue", is_told).expect("a sentence");
    // Once: it is tried again and again, in vain.
    std::thread::sleep(Duration::from_secs(8));
    let told = scene.call.seen().iter().skip(before).filter(|event| is_told(&event["value"])).count();
    assert_eq!(told, 1, "told again with every try");
    let other = |event: &&Value| event["what"] == "issue" && event["value"]["code"] == "VIS-OUT-NONE-58";
    assert_eq!(scene.call.seen().iter().skip(before).find(other), None, "told again in other words");
    scene.card.control(&["suspend-sink", "spk", "0"]).expect("it goes on");
    let (mut recorder, _, file) = scene.record("spk", "spk.wav");
    std::thread::sleep(WAKES + Duration::from_secs(8));
    recorder.stop();
    tone_from(&Recording::read(&file).expect("a recording"), 0.0).expect("the tone is back");
    scene.end();
}

#[test]
fn a_bluetooth_headset_in_telephone_quality_is_told_with_a_better_microphone() {
    let mut scene = Scene::new("telephone", "device:bt-mic", "system", |card| {
        let properties = "device.bus=bluetooth bluetooth.protocol=headset_head_unit";
        card.plug("bt", "Oreillette", properties).expect("a headset");
    });
    let issue = scene.call.wait("issue", |issue| issue["code"] == "VIS-MIC-PHONE-76").expect("a sentence");
    assert_eq!((&issue["params"]["name"], &issue["action"]), (&json!("Oreillette"), &json!("use_device")));
    assert_eq!(issue["params"]["microphone"], "pulseaudio:mic");
    scene.end();
}

#[test]
fn a_headset_under_another_profile_is_not_pulled_out() {
    // What lies between the dots is the card.
    let load = |card: &PulseAudio, profile: &str| {
        let named = format!("sink_name=bt.X.{profile}");
        let described = "sink_properties=\"device.description='WH-1000' device.bus=bluetooth\"";
        let words = ["load-module", "module-null-sink", &named, "rate=48000", "channels=1", described];
        card.control(&words).expect("a profile").trim().to_owned()
    };
    let mut music = String::new();
    let scene = Scene::new("profile", "system", "device:pulseaudio:bt.X.a2dp_sink", |card| {
        music = load(card, "a2dp_sink");
    });
    let before = scene.call.seen().len();
    // There is no moment in which the list has neither: nothing is gone, and nothing is there again.
    load(&scene.card, "headset_head_unit");
    scene.card.control(&["unload-module", &music]).expect("the profile goes");
    let (mut recorder, _, file) = scene.record("bt.X.headset_head_unit", "telephone.wav");
    std::thread::sleep(WAKES + Duration::from_secs(3));
    recorder.stop();
    tone_from(&Recording::read(&file).expect("a recording"), 0.0).expect("the tone in the headset");
    let issues: Vec<Value> =
        scene.call.seen()[before..].iter().filter(|event| event["what"] == "issue").cloned().collect();
    let said = |code: &str| issues.iter().map(|event| &event["value"]).rfind(|issue| issue["code"] == code);
    assert_eq!(said("VIS-DEV-NEW-75"), None, "nobody has plugged anything in: {issues:?}");
    assert_eq!(said(MOVED), None, "nobody has pulled anything out: {issues:?}");
    scene.end();
}

#[test]
fn where_one_is_pulled_out_and_the_next_is_dead_a_third_one_is_tried() {
    let mut usb = None;
    let mut scene = Scene::new("third", "system", "system", |card| {
        usb = Some(card.plug("usb", "USB speakerphone", "").expect("a device"));
        let described = "sink_properties=device.description=Dead";
        let words = ["load-module", "module-null-sink", "sink_name=dead", "rate=48000", "channels=1", described];
        card.control(&words).expect("a device");
        card.control(&["suspend-sink", "dead", "1"]).expect("suspended");
        card.control(&["set-default-sink", "usb"]).expect("a default");
    });
    let (mut recorder, start, file) = scene.record("spk", "spk.wav");
    let (out, before) = (Instant::now(), scene.call.seen().len());
    scene.card.control(&["set-default-sink", "dead"]).expect("a new default");
    scene.card.unplug(usb.as_ref().expect("a device")).expect("pulled out");
    let is_gone = |issue: &Value| issue["code"] == MOVED && issue["params"]["cause"] == "gone";
    let issue = scene.told_within(GIVEN_UP + TOLD, before, out, is_gone);
    assert_eq!(
        (&issue["params"]["name"], &issue["params"]["loudspeaker"]),
        (&json!("USB speakerphone"), &json!("Loudspeaker"))
    );
    // The dead one is tried beside it, and that it cannot be used is told with what goes on.
    let is_kept = |issue: &Value| issue["code"] == "VIS-OUT-NONE-58" && issue["params"]["cause"] == "kept";
    let issue = scene.call.wait_after(before, "issue", is_kept).expect("a sentence");
    assert_eq!((&issue["params"]["name"], &issue["params"]["loudspeaker"]), (&json!("Dead"), &json!("Loudspeaker")));
    recorder.stop();
    let pulled = out.duration_since(start).as_secs_f64();
    let played = tone_from(&Recording::read(&file).expect("a recording"), pulled).expect("the tone at the third one");
    println!("the tone went on {:.2} s after the loudspeaker was pulled out", played - pulled);
    assert!(played - pulled <= (GIVEN_UP + TOLD).as_secs_f64(), "{played} {pulled}");
    scene.end();
}
