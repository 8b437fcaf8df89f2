//! Real streams on a real sound server: PulseAudio with two null sinks in a folder of its own.
//!
//! The test starts itself again as a child with `XDG_RUNTIME_DIR` set, so that no environment is changed under running
//! threads. Needs `pulseaudio` (the project's test command installs it) and fails without it.
#![cfg(target_os = "linux")]

mod server;

use server::Server;
use std::process::Command;
use std::time::{Duration, Instant};
use visavis_audio::capture::{BlockReader, Capture};
use visavis_audio::device::{self, Error, Event};
use visavis_audio::measure;
use visavis_audio::playback::{BlockWriter, Playback, Sink};
use visavis_media::{AudioBlock, DeviceSource as _};
use visavis_model::{DeviceChoice, DeviceForm, DeviceId, DeviceKind, DeviceState, DeviceView};

const CHILD: &str = "VISAVIS_TEST_SOUND_CARD";
const MODULES: &[&str] = &[
    "module-null-sink sink_name=spk rate=48000 channels=1",
    // Another rate and two channels behind the microphone.
    "module-null-sink sink_name=micpipe rate=44100 channels=2",
    "module-remap-source source_name=mic master=spk.monitor source_properties=device.description=Desk",
];

#[test]
fn sound_card() {
    if std::env::var_os(CHILD).is_some() {
        let start = Instant::now();
        for (name, part) in [
            ("devices are listed", devices_are_listed as fn()),
            ("changes are told", changes_are_told),
            ("one opens beside another", one_opens_beside_another),
            ("opening and listing leaves nothing behind", opening_and_listing_leaves_nothing_behind),
            ("a pulled loudspeaker is told", a_pulled_loudspeaker_is_told),
            ("nothing is moved by the server", nothing_is_moved_by_the_server),
            ("a dead loudspeaker is an error", a_dead_loudspeaker_is_an_error),
            ("a tone comes back", a_tone_comes_back),
            ("what is not there is an error", what_is_not_there_is_an_error),
            ("what goes with nothing in its place is told", what_goes_with_nothing_in_its_place_is_told),
            ("a dead server is told", a_dead_server_is_told),
        ] {
            part();
            println!("{name}: good after {:?}", start.elapsed());
        }
        return;
    }
    Server::start("sound-card", MODULES).run_again("sound_card", CHILD);
}

fn devices_are_listed() {
    let devices = device::list();
    let ids = |kind| -> Vec<String> {
        devices.iter().filter(|device| device.kind == kind).map(|device| device.id.0.clone()).collect()
    };
    assert_eq!(ids(DeviceKind::Microphone), ["pulseaudio:mic"], "monitors are no microphones: {devices:?}");
    let mut loudspeakers = ids(DeviceKind::Loudspeaker);
    loudspeakers.sort();
    assert_eq!(loudspeakers, ["pulseaudio:micpipe", "pulseaudio:spk"]);
    assert!(devices.iter().any(|device| device.name == "Desk"), "{devices:?}");
    for kind in [DeviceKind::Microphone, DeviceKind::Loudspeaker] {
        assert_eq!(devices.iter().filter(|device| device.kind == kind && device.is_default).count(), 1, "{devices:?}");
    }
}

fn pactl(words: &[&str]) -> String {
    let output = Command::new("pactl").args(words).output().expect("pactl is installed");
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Threads and open files of this process.
fn held() -> (usize, usize) {
    let count = |of: &str| std::fs::read_dir(format!("/proc/self/{of}")).expect("Linux has it").count();
    (count("task"), count("fd"))
}

/// Waits until no more is held than before: closing is done elsewhere, so it may take a moment.
fn nothing_is_left(before: (usize, usize)) {
    let deadline = Instant::now() + Duration::from_secs(10);
    let left = || (held().0.saturating_sub(before.0), held().1.saturating_sub(before.1));
    while left() > (0, 0) && Instant::now() < deadline {
        std::thread::park_timeout(Duration::from_millis(20));
    }
    let (threads, files) = left();
    assert!(threads == 0 && files == 0, "{threads} threads and {files} open files more");
}

/// What pactl does is in the list within a second, and the source keeps what it promises.
fn changes_are_told() {
    let mut sound = device::SystemSound::new();
    visavis_testkit::devices::keeps_contract(&mut sound).expect("the contract");
    let mut becomes = |what: &str, is: &dyn Fn(&[DeviceView]) -> bool| {
        let start = Instant::now();
        while !is(&sound.list()) {
            assert!(start.elapsed() < Duration::from_secs(1), "{what}: not within a second");
            sound.wait(Duration::from_secs(1));
        }
    };
    let find = |list: &[DeviceView], id: &str| list.iter().find(|device| device.id.as_str() == id).cloned();
    let module =
        pactl(&["load-module", "module-null-sink", "sink_name=usb", "sink_properties=device.form_factor=headset"]);
    becomes("a plug", &|list| find(list, "pulseaudio:usb").is_some_and(|device| device.form == DeviceForm::Headset));
    pactl(&["set-default-sink", "usb"]);
    becomes("a default", &|list| find(list, "pulseaudio:usb").is_some_and(|device| device.is_default));
    pactl(&["set-source-mute", "mic", "1"]);
    becomes("a mute", &|list| find(list, "pulseaudio:mic").is_some_and(|device| device.state == DeviceState::Muted));
    device::unmute(DeviceKind::Microphone, &DeviceId::from("pulseaudio:mic")).expect("unmuted");
    becomes("its end", &|list| find(list, "pulseaudio:mic").is_some_and(|device| device.state == DeviceState::Ready));
    pactl(&["set-sink-mute", "usb", "1"]);
    becomes("a mute", &|list| find(list, "pulseaudio:usb").is_some_and(|device| device.state == DeviceState::Muted));
    device::unmute(DeviceKind::Loudspeaker, &DeviceId::from("pulseaudio:usb")).expect("unmuted");
    becomes("its end", &|list| find(list, "pulseaudio:usb").is_some_and(|device| device.state == DeviceState::Ready));
    pactl(&["unload-module", &module]);
    becomes("a pull", &|list| find(list, "pulseaudio:usb").is_none());
}

/// Whoever changes the loudspeaker hears the one until the other is open; here a third, too.
fn one_opens_beside_another() {
    let open = |id: &str| Playback::open(&device(id)).expect("the sink opens");
    // By the name that people read, which looks like an id.
    let described = "sink_properties=\"device.description='Room: front'\"";
    let room = pactl(&["load-module", "module-null-sink", "sink_name=room", described]);
    assert_eq!(open("Room: front").0.device(), Some(&DeviceId::from("pulseaudio:room")));
    pactl(&["unload-module", &room]);
    let playing = [open("pulseaudio:spk"), open("pulseaudio:micpipe"), open("pulseaudio:spk")];
    std::thread::park_timeout(Duration::from_millis(500));
    for (playback, _writer) in &playing {
        assert!(playback.requested_samples() > 0, "each is played by the server");
    }
}

/// Devices are listed every two seconds for hours.
fn opening_and_listing_leaves_nothing_behind() {
    let before = held();
    for _ in 0..2 {
        // A null sink that nobody uses takes two seconds to begin: this one is heard meanwhile.
        let heard = Capture::open(&device("pulseaudio:mic")).expect("the source opens");
        for _ in 0..10 {
            assert!(!device::list().is_empty());
            drop(Playback::open(&device("pulseaudio:spk")).expect("the sink opens"));
        }
        drop(heard);
    }
    nothing_is_left(before);
}

/// The server answers for it as for any other; that nothing is played shows only in what it asks for.
fn a_dead_loudspeaker_is_an_error() {
    let before = held();
    pactl(&["suspend-sink", "spk", "1"]);
    assert_eq!(Playback::open(&device("pulseaudio:spk")).map(|_| ()), Err(Error::Timeout));
    nothing_is_left(before);
    pactl(&["suspend-sink", "spk", "0"]);
    drop(Playback::open(&device("pulseaudio:spk")).expect("the sink opens"));
    nothing_is_left(before);
}

/// Waits until more is played than now.
fn plays_on(playback: &Playback) {
    let (played, start) = (playback.requested_samples(), Instant::now());
    while playback.requested_samples() <= played {
        assert!(start.elapsed() < Duration::from_secs(4), "it does not play on");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// Its stream ends, and another one knows nothing of it.
fn a_pulled_loudspeaker_is_told() {
    let before = held();
    let (other, _other) = Playback::open(&device("pulseaudio:spk")).expect("the sink opens");
    for _ in 0..3 {
        let module = pactl(&["load-module", "module-null-sink", "sink_name=pulled"]);
        let (playback, _writer) = Playback::open(&device("pulseaudio:pulled")).expect("the sink opens");
        pactl(&["unload-module", &module]);
        let start = Instant::now();
        let event = loop {
            match playback.poll_event() {
                None if start.elapsed() < Duration::from_secs(5) => std::thread::park_timeout(Duration::from_millis(5)),
                event => break event,
            }
        };
        assert_eq!(event, Some(Event::DeviceGone));
        plays_on(&other);
        assert_eq!(other.poll_event(), None);
    }
    drop((other, _other));
    nothing_is_left(before);
}

/// Another default takes nobody's microphone and loudspeaker away; what was opened by name stays there.
fn nothing_is_moved_by_the_server() {
    let before = held();
    let (playback, _writer) = Playback::open(&device("pulseaudio:spk")).expect("the sink opens");
    let (capture, _reader) = Capture::open(&device("pulseaudio:mic")).expect("the source opens");
    let module = pactl(&["load-module", "module-null-sink", "sink_name=other"]);
    let source = pactl(&["load-module", "module-remap-source", "source_name=other-mic", "master=other.monitor"]);
    // Of a server that moves nothing because it is the default already nothing can be learned.
    for (sink, microphone) in [("spk", "mic"), ("other", "other-mic")] {
        pactl(&["set-default-sink", sink]);
        pactl(&["set-default-source", microphone]);
    }
    let index_of = |devices: &str, name: &str| -> String {
        let list = pactl(&["list", "short", devices]);
        let line = list.lines().find(|line| line.split('\t').nth(1) == Some(name)).expect("it is listed");
        line.split('\t').next().unwrap_or_default().to_owned()
    };
    for (devices, name, streams) in [("sinks", "spk", "sink-inputs"), ("sources", "mic", "source-outputs")] {
        let wanted = index_of(devices, name);
        let list = pactl(&["list", "short", streams]);
        assert!(list.lines().any(|line| line.split('\t').nth(1) == Some(&*wanted)), "{streams} are elsewhere: {list}");
    }
    plays_on(&playback);
    assert_eq!((playback.poll_event(), capture.poll_event()), (None, None));
    drop((playback, capture));
    pactl(&["set-default-sink", "spk"]);
    pactl(&["set-default-source", "mic"]);
    pactl(&["unload-module", &source]);
    pactl(&["unload-module", &module]);
    nothing_is_left(before);
}

fn what_goes_with_nothing_in_its_place_is_told() {
    let before = held();
    let (playback, _writer) = Playback::open(&device("pulseaudio:spk")).expect("the sink opens");
    let (capture, _reader) = Capture::open(&device("pulseaudio:mic")).expect("the source opens");
    pactl(&["unload-module", "module-null-sink"]);
    let deadline = Instant::now() + Duration::from_secs(5);
    let (mut at_playback, mut at_capture) = (None, None);
    while (at_playback.is_none() || at_capture.is_none()) && Instant::now() < deadline {
        at_playback = at_playback.or(playback.poll_event());
        at_capture = at_capture.or(capture.poll_event());
        std::thread::park_timeout(Duration::from_millis(5));
    }
    assert_eq!((at_playback, at_capture), (Some(Event::DeviceGone), Some(Event::DeviceGone)));
    assert_eq!(Playback::open(&DeviceChoice::System).map(|_| ()), Err(Error::NoDevice));
    assert_eq!(Capture::open(&DeviceChoice::System).map(|_| ()), Err(Error::NoDevice));
    drop((playback, capture));
    nothing_is_left(before);
    pactl(&["load-module", "module-null-sink", "sink_name=spk", "rate=48000", "channels=1"]);
    pactl(&["load-module", "module-remap-source", "source_name=mic", "master=spk.monitor"]);
}

fn device(id: &str) -> DeviceChoice {
    DeviceChoice::Device(DeviceId::from(id))
}

/// The audio thread's loop, in small: writes what the loudspeaker asks for and reads what the microphone has.
struct Loop {
    reader: BlockReader,
    writer: BlockWriter,
    written: usize,
    heard: Vec<f32>,
    start: Instant,
}

impl Loop {
    fn run(&mut self, time: Duration, mut next: impl FnMut(usize) -> AudioBlock) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            for _ in 0..self.writer.due() {
                self.writer.write(&next(self.written));
                self.written += 1;
            }
            while let Some(block) = self.reader.read() {
                self.heard.extend_from_slice(&block.0);
            }
            // A sound card runs in real time, and so does this loop; nothing depends on how long this takes.
            std::thread::park_timeout(Duration::from_millis(2));
        }
    }
}

fn tone(block: usize) -> AudioBlock {
    AudioBlock(std::array::from_fn(|index| {
        let clock = (block * 480 + index) as f32;
        0.25 * (std::f32::consts::TAU * 440.0 * clock / 48_000.0).sin()
    }))
}

fn a_tone_comes_back() {
    let (playback, writer) = Playback::open(&device("pulseaudio:spk")).expect("the sink opens");
    let (capture, reader) = Capture::open(&device("pulseaudio:mic")).expect("the source opens");
    let mut audio = Loop { reader, writer, written: 0, heard: Vec::new(), start: Instant::now() };
    audio.run(Duration::from_millis(700), |_| AudioBlock::SILENCE);
    let silent = audio.heard.len();
    assert!(silent > 9_600, "only {silent} samples in 700 ms");
    assert!(measure::rms(&audio.heard) < 1e-4);

    audio.heard.clear();
    audio.start = Instant::now();
    let first = audio.written;
    audio.run(Duration::from_secs(3), |block| tone(block - first));
    let took = audio.start.elapsed();

    let onset = measure::onset(&audio.heard, 48_000, 440.0, 480, 0.12).expect("the tone is heard");
    let latency_ms = onset as f32 / 48.0;
    let steady = &audio.heard[onset + 9_600..];
    // In windows: a hole of a busy machine spoils its own window and not the phase of all that follows.
    let share = |hertz: f32, least: f32| measure::presence(steady, 48_000, &[hertz], 4_800, least);
    println!(
        "amplitude {:.4}, rms {:.4}, written to heard {latency_ms:.1} ms, underruns {}, dropped {}, {} samples in {took:?}",
        measure::amplitude(steady, 48_000, 440.0),
        measure::rms(steady),
        playback.underruns(),
        capture.dropped_samples(),
        audio.heard.len(),
    );
    assert!(latency_ms < 250.0, "{latency_ms} ms from written to heard");
    assert!(share(440.0, 0.24) > 0.7, "{} of the windows hold the tone", share(440.0, 0.24));
    assert_eq!(share(440.0, 0.26), 0.0, "louder than it was sent");
    assert!(share(880.0, 0.02) < 0.2 && share(240.0, 0.02) < 0.2, "something beside the tone");
    assert_eq!((playback.rate(), capture.rate(), capture.dropped_samples()), (48_000, 48_000, 0));
    let expected = took.as_secs_f32() * 48_000.0;
    assert!((audio.heard.len() as f32 - expected).abs() < 0.15 * expected, "{} of {expected}", audio.heard.len());
    assert_eq!((playback.poll_event(), capture.poll_event()), (None, None));
}

fn what_is_not_there_is_an_error() {
    assert_eq!(Playback::open(&device("pulseaudio:nowhere")).map(|_| ()), Err(Error::NotFound));
    assert_eq!(Capture::open(&device("pulseaudio:nowhere")).map(|_| ()), Err(Error::NotFound));
    assert_eq!(Capture::open(&device("pulseaudio:spk")).map(|_| ()), Err(Error::NotFound), "a sink is no microphone");
    assert_eq!(
        Playback::open(&device("pulseaudio:mic")).map(|_| ()),
        Err(Error::NotFound),
        "a source is no loudspeaker"
    );
    assert!(Capture::open(&DeviceChoice::System).is_ok());
    assert!(Playback::open(&DeviceChoice::System).is_ok());
}

fn a_dead_server_is_told() {
    let (playback, _writer) = Playback::open(&device("pulseaudio:spk")).expect("the sink opens");
    let (capture, _reader) = Capture::open(&device("pulseaudio:mic")).expect("the source opens");
    let killed = Command::new("pulseaudio").arg("--kill").status().expect("pulseaudio is installed");
    assert!(killed.success());
    let deadline = Instant::now() + Duration::from_secs(20);
    let (mut at_playback, mut at_capture) = (None, None);
    while (at_playback.is_none() || at_capture.is_none()) && Instant::now() < deadline {
        at_playback = at_playback.or(playback.poll_event());
        at_capture = at_capture.or(capture.poll_event());
        std::thread::park_timeout(Duration::from_millis(5));
    }
    for event in [at_playback, at_capture] {
        assert!(matches!(event, Some(Event::DeviceGone | Event::Invalidated)), "{event:?}");
    }
    let left = device::list();
    assert!(left.iter().all(|device| !device.id.0.starts_with("pulseaudio:")), "{left:?}");
    // ALSA lists its plugin to the server all the same (`libasound2-plugins`).
    assert!(left.iter().all(|device| device.id.0 != "alsa:pulse"), "a plugin without its server: {left:?}");
    assert!(matches!(Playback::open(&device("pulseaudio:spk")).map(|_| ()), Err(Error::NotFound)));
}
