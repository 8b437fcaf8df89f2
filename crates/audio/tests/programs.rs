//! What other programs play, heard on a real sound server: PulseAudio with two loudspeakers in memory, and `paplay` as the programs.
//!
//! The test starts itself again as a child with `XDG_RUNTIME_DIR` set, so that no environment is changed under running threads. Needs
//! `pulseaudio` (the project's test command installs it) and fails without it.
#![cfg(target_os = "linux")]

mod server;

use server::Server;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use visavis_audio::measure;
use visavis_audio::playback::{BlockWriter, Playback, Sink};
use visavis_audio::programs::{Programs, Whose, can_be_heard};
use visavis_media::AudioBlock;
use visavis_model::{DeviceChoice, DeviceId};

const CHILD: &str = "VISAVIS_TEST_PROGRAMS";
const MODULES: &[&str] = &[
    "module-null-sink sink_name=spk rate=48000 channels=2",
    // Another rate and more channels.
    "module-null-sink sink_name=usb rate=44100 channels=6",
];
/// What we play ourselves, and what two other programs play.
const OURS: f32 = 440.0;
const THEIRS: f32 = 700.0;
const OTHER: f32 = 1_250.0;

#[test]
fn programs_are_heard() {
    if std::env::var_os(CHILD).is_some() {
        let start = Instant::now();
        for (name, part) in [
            ("others are heard and we are not", others_are_heard_and_we_are_not as fn()),
            ("one process alone", one_process_alone),
            // Its loudspeaker goes in it.
            ("one that begins, moves and ends", one_that_begins_moves_and_ends),
            ("a dead server is told", a_dead_server_is_told),
        ] {
            part();
            println!("{name}: good after {:?}", start.elapsed());
        }
        return;
    }
    Server::start("programs", MODULES).run_again("programs_are_heard", CHILD);
}

/// A program that plays a tone until it is dropped. Nobody's child: what we start ourselves is ours, and not heard.
struct Player {
    process: u32,
}

impl Player {
    /// In both channels at a quarter of full scale, and in the lower rate of many files.
    fn start(sink: &str, hertz: f32) -> Self {
        Self::run("exec paplay --latency-msec=50 --device=$0 \"$1\"", sink, hertz)
    }

    /// The same as a child of another process, whose id it gives.
    fn start_below(sink: &str, hertz: f32) -> Self {
        let line = "paplay --latency-msec=50 --device=$0 \"$1\" & child=$!; trap \"kill $child\" TERM; wait";
        Self::run(line, sink, hertz)
    }

    fn run(line: &str, sink: &str, hertz: f32) -> Self {
        let file = folder().join(format!("{hertz}.wav"));
        if !file.exists() {
            write_tone(&file, hertz);
        }
        // The shell ends at once, and what it leaves behind belongs to the first process.
        let mut command = Command::new("sh");
        command.args(["-c", "sh -c \"$0\" \"$1\" \"$2\" </dev/null >/dev/null 2>&1 & echo $!", line, sink]).arg(file);
        let output = command.output().expect("a shell");
        let process = String::from_utf8_lossy(&output.stdout).trim().parse().expect("its number");
        Self { process }
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        let _ = Command::new("sh").args(["-c", &format!("kill {}", self.process)]).status();
    }
}

fn folder() -> PathBuf {
    PathBuf::from(std::env::var_os("XDG_RUNTIME_DIR").expect("set by the parent"))
}

fn write_tone(file: &Path, hertz: f32) {
    let format = hound::WavSpec {
        channels: 2,
        sample_rate: 44_100,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(file, format).expect("a file");
    for index in 0..44_100 * 60 {
        let sample = 0.25 * (std::f32::consts::TAU * hertz * (index % 44_100) as f32 / 44_100.0).sin();
        for _ in 0..2 {
            writer.write_sample((sample * f32::from(i16::MAX)) as i16).expect("written");
        }
    }
    writer.finalize().expect("written");
}

/// Hears for so long, as a thread of a share does, while we play a tone of our own.
struct Room {
    programs: Programs,
    /// Into both loudspeakers, so that none sleeps.
    _playing: [Playback; 2],
    writer: BlockWriter,
    written: usize,
    /// When it was last listened to.
    last: Instant,
}

impl Room {
    fn new(whose: Whose) -> Self {
        let open = |id: &str| Playback::open(&DeviceChoice::Device(DeviceId::from(id))).expect("the sink opens");
        let ((playback, writer), (other, _)) = (open("pulseaudio:spk"), open("pulseaudio:usb"));
        let programs = Programs::open(whose).expect("they can be heard");
        let mut room = Self { programs, _playing: [playback, other], writer, written: 0, last: Instant::now() };
        // A loudspeaker in memory into which nobody has played begins two seconds late.
        room.hear(Duration::from_millis(2_500));
        room
    }

    fn hear(&mut self, time: Duration) -> Vec<f32> {
        // What was played while nobody listened is passed over.
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_millis(50) {
            self.programs.listen(Duration::from_millis(1)).expect("the server goes on");
        }
        for _ in 0..self.last.elapsed().as_millis() / 10 {
            self.programs.block();
        }
        let (start, mut heard) = (Instant::now(), Vec::new());
        let mut blocks = 0;
        while start.elapsed() < time {
            for _ in 0..self.writer.due() {
                let from = self.written * 480;
                let tone = |index: usize| ((from + index) % 48_000) as f32 / 48_000.0 * OURS * std::f32::consts::TAU;
                self.writer.write(&AudioBlock(std::array::from_fn(|index| 0.25 * tone(index).sin())));
                self.written += 1;
            }
            self.programs.listen(Duration::from_millis(2)).expect("the server goes on");
            while blocks * 10 < start.elapsed().as_millis() {
                heard.extend(self.programs.block().0);
                blocks += 1;
            }
        }
        self.last = Instant::now();
        heard
    }

    /// The tone alone, from its begin on; gives when that was, in seconds.
    fn hears(&mut self, time: Duration, hertz: f32) -> f32 {
        let heard = self.hear(time);
        let onset = measure::onset(&heard, 48_000, hertz, 480, 0.12).unwrap_or_else(|| panic!("no {hertz} Hz"));
        let steady = &heard[(onset + 4_800).min(heard.len())..];
        let share = |hertz: f32, least: f32| measure::presence(steady, 48_000, &[hertz], 4_800, least);
        println!(
            "{hertz} Hz from {:.2} s on, amplitude {:.3}; our own {:.5}",
            onset as f32 / 48_000.0,
            measure::amplitude(steady, 48_000, hertz),
            measure::amplitude(steady, 48_000, OURS)
        );
        assert!(share(hertz, 0.2) > 0.7, "{} of the windows hold {hertz} Hz", share(hertz, 0.2));
        assert_eq!(share(OURS, 0.01), 0.0, "our own sound is in it");
        onset as f32 / 48_000.0
    }
}

fn others_are_heard_and_we_are_not() {
    assert!(can_be_heard());
    let mut room = Room::new(Whose::Others);
    let alone = room.hear(Duration::from_millis(800));
    assert_eq!(measure::rms(&alone), 0.0, "nobody else plays");
    let _player = Player::start("spk", THEIRS);
    room.hears(Duration::from_secs(3), THEIRS);
    assert_eq!(room.programs.count(), 1);
}

fn one_that_begins_moves_and_ends() {
    let mut room = Room::new(Whose::Others);
    let first = Player::start("spk", THEIRS);
    room.hears(Duration::from_secs(2), THEIRS);
    let second = Player::start("spk", OTHER);
    let begun = room.hears(Duration::from_secs(2), OTHER);
    assert!(begun < 1.0, "a program that begins is heard after {begun} s");
    // Into the other loudspeaker, which then goes: the server moves it back.
    let pactl = |words: &[&str]| {
        let output = Command::new("pactl").args(words).output().expect("pactl is installed");
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    drop(first);
    let list = pactl(&["list", "short", "sink-inputs"]);
    let clients = pactl(&["list", "sink-inputs"]);
    let input = clients
        .split("Sink Input #")
        .find(|part| part.contains(&format!("application.process.id = \"{}\"", second.process)))
        .and_then(|part| part.split_whitespace().next())
        .unwrap_or_else(|| panic!("no stream of it in {list}"));
    pactl(&["move-sink-input", input, "usb"]);
    room.hear(Duration::from_millis(800));
    let moved = room.hears(Duration::from_secs(2), OTHER);
    assert!(moved < 0.2, "not heard {} s after it moved", moved + 0.8);
    drop(second);
    room.hear(Duration::from_millis(700));
    assert_eq!((room.programs.count(), measure::rms(&room.hear(Duration::from_millis(500)))), (0, 0.0));
    // A loudspeaker that goes with who plays into it ends nothing.
    let third = Player::start("usb", THEIRS);
    room.hears(Duration::from_secs(4), THEIRS);
    let modules = pactl(&["list", "short", "modules"]);
    let module =
        modules.lines().find(|line| line.contains("sink_name=usb")).and_then(|line| line.split_whitespace().next());
    pactl(&["unload-module", module.expect("the other loudspeaker's module")]);
    room.hear(Duration::from_millis(500));
    drop(third);
    let _fourth = Player::start("spk", OTHER);
    room.hears(Duration::from_secs(2), OTHER);
}

fn one_process_alone() {
    let _other = Player::start("spk", OTHER);
    let player = Player::start_below("spk", THEIRS);
    let mut room = Room::new(Whose::Process(player.process));
    let heard = {
        room.hears(Duration::from_secs(3), THEIRS);
        room.hear(Duration::from_secs(1))
    };
    assert!(measure::amplitude(&heard, 48_000, OTHER) < 0.01, "another program is in it");
}

fn a_dead_server_is_told() {
    let mut programs = Programs::open(Whose::Others).expect("they can be heard");
    assert!(Command::new("pulseaudio").arg("--kill").status().expect("pulseaudio is installed").success());
    let start = Instant::now();
    while programs.listen(Duration::from_millis(10)).is_ok() {
        assert!(start.elapsed() < Duration::from_secs(10), "nothing is told");
    }
    assert_eq!(programs.block(), AudioBlock::SILENCE);
    assert!(!can_be_heard());
    assert!(Programs::open(Whose::Others).is_err());
}
