//! `cargo xtask bench call`: the same remote pictures shown by our window and by Chromium, one after the other.

use crate::step::say;
use crate::tools::TaskError;
use crate::{demo, setup};
use clap::Args;
use std::path::Path;
use std::time::Duration;
use visavis_model::Report;
use visavis_tests::desktop::Desktop;
use visavis_tests::peers::{browser, native};
use visavis_tests::places;
use visavis_tests::servers::livekit::{self, LivekitServer};
use visavis_tests::usage::{self, Usage};
use visavis_tests::wait;

#[derive(Debug, Args)]
pub struct Arguments {
    /// How many pictures the others send, 640 × 360 each.
    #[arg(long, default_value_t = 9)]
    remote: usize,
    #[arg(long, default_value_t = 15)]
    fps: u32,
    /// vp8, vp9 or h264.
    #[arg(long, default_value = "vp8", value_parser = ["vp8", "vp9", "h264"])]
    codec: String,
    /// How long each is measured, in seconds.
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// Others speak (a tone each) as well.
    #[arg(long)]
    sound: bool,
    /// Measure what is built already.
    #[arg(long)]
    no_build: bool,
}

const SCREEN: (u32, u32) = (1920, 1080);
/// Chromium's tiles, as large as ours are on that screen with nine others.
const TILE: (u32, u32) = (470, 312);
/// Both start up and ramp up before they are measured.
const SETTLE: Duration = Duration::from_secs(10);
const ROOM: &str = "bench";

/// One of the two, measured.
struct Measured {
    name: &'static str,
    usage: Usage,
    screen_seconds: f64,
    /// Pictures decoded a second, all tracks together.
    fps: Option<f64>,
}

/// # Errors
/// Something is missing, a program did not start, or one of the two showed nothing.
pub fn run(arguments: &Arguments) -> Result<(), TaskError> {
    setup::install()?;
    if !arguments.no_build {
        demo::build()?;
    }
    let folder = places::run("bench-call")?;
    let server = LivekitServer::start(&folder, livekit::Options::default())?;
    say(&format!("{} publishers, {} at 640 × 360, {} fps", arguments.remote, arguments.codec, arguments.fps));
    let tokens = (1..=arguments.remote).map(|number| server.token(ROOM, &format!("publisher {number}"))).collect();
    let mut publishers = native::Options::new(server.url(), tokens);
    publishers.codec = match arguments.codec.as_str() {
        "vp9" => "vp9",
        "h264" => "h264",
        _ => "vp8",
    };
    (publishers.fps, publishers.single, publishers.receives) = (arguments.fps, true, false);
    if !arguments.sound {
        publishers.sound = "off".to_owned();
    }
    let mut publishers = native::join("publishers", &folder, &publishers)?;
    for number in 1..=arguments.remote {
        let name = format!("publisher {number}");
        publishers.wait("published", |event| event["identity"] == name.as_str())?;
    }
    let desktop = Desktop::in_memory(&folder, SCREEN.0, SCREEN.1)?;
    let bench = Bench { arguments, server: &server, desktop: &desktop, folder: &folder };
    let ours = bench.ours()?;
    let chromium = bench.chromium()?;
    print(&ours, &chromium, arguments);
    say(&format!("logs and screenshots are in {}", folder.display()));
    Ok(())
}

struct Bench<'a> {
    arguments: &'a Arguments,
    server: &'a LivekitServer,
    desktop: &'a Desktop,
    folder: &'a Path,
}

impl Bench<'_> {
    fn ours(&self) -> Result<Measured, TaskError> {
        say("measuring visavis");
        let link = self.server.link(ROOM, "visavis");
        let report = self.folder.join("visavis.report.json");
        let path = report.to_string_lossy();
        let options = [&link, "--direct", "--camera", "off", "--microphone", "off", "--report", &path];
        let mut window = self.desktop.open(&options)?;
        let root = wait::until("the application's process", SETTLE, || usage::find(window.id(), &places::binary()))?;
        let mut measured = self.measure("visavis", root)?;
        self.desktop.screenshot("visavis")?;
        window.stop();
        measured.fps = std::fs::read(&report).ok().and_then(|bytes| fps_of(&serde_json::from_slice(&bytes).ok()?));
        Ok(measured)
    }

    fn chromium(&self) -> Result<Measured, TaskError> {
        say("measuring Chromium");
        let mut options = browser::Options::new(self.server.url(), self.server.token(ROOM, "chromium"));
        options.codec = "off";
        options.sound = "off".to_owned();
        (options.codes, options.adaptive, options.tile) = (false, true, TILE);
        options.display = Some(self.desktop.display().to_owned());
        let mut page = browser::join("chromium", self.folder, &options)?;
        let started = page.wait("browser", |_| true)?;
        for number in 1..=self.arguments.remote {
            let name = format!("publisher {number}");
            page.wait("picture", |event| event["identity"] == name.as_str())?;
        }
        let root = started["pid"].as_u64().and_then(|id| u32::try_from(id).ok()).unwrap_or_else(|| page.id());
        let before = decoded(&page.stats()?);
        let mut measured = self.measure("Chromium", root)?;
        let after = decoded(&page.stats()?);
        self.desktop.screenshot("chromium")?;
        page.leave()?;
        measured.fps = Some((after - before) / (SETTLE.as_secs() + self.arguments.seconds) as f64);
        Ok(measured)
    }

    fn measure(&self, name: &'static str, root: u32) -> Result<Measured, TaskError> {
        std::thread::sleep(SETTLE);
        let screen = self.desktop.screen_id().unwrap_or_default();
        let (start, screen_start) = (usage::start(root), usage::start(screen));
        std::thread::sleep(Duration::from_secs(self.arguments.seconds));
        let usage = usage::since(&start, root);
        let screen_seconds = usage::since(&screen_start, screen).cpu_seconds;
        Ok(Measured { name, usage, screen_seconds, fps: None })
    }
}

/// All pictures that a page decoded.
fn decoded(report: &serde_json::Value) -> f64 {
    report["remote"].as_array().into_iter().flatten().filter_map(|track| track["frames_decoded"].as_f64()).sum()
}

/// Pictures that our report says were decoded a second.
fn fps_of(report: &Report) -> Option<f64> {
    let seconds = report.duration_ms as f64 / 1000.0;
    let frames: u64 = report.remote.iter().filter_map(|track| track.video).map(|video| video.frames_decoded).sum();
    (seconds > 0.0).then(|| frames as f64 / seconds)
}

fn print(ours: &Measured, theirs: &Measured, arguments: &Arguments) {
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    println!();
    println!(
        "{} × 640 × 360 {} at {} fps, {} s each{}",
        arguments.remote,
        arguments.codec,
        arguments.fps,
        arguments.seconds,
        if arguments.sound { ", with sound" } else { "" }
    );
    println!(
        "{:<10} {:>10} {:>12} {:>10} {:>10} {:>16}",
        "", "CPU s", "% of a core", "PSS MB", "processes", "decoded fps"
    );
    for measured in [ours, theirs] {
        let share = measured.usage.cpu_seconds / arguments.seconds as f64 * 100.0;
        println!(
            "{:<10} {:>10.2} {:>12.1} {:>10.1} {:>10} {:>16}",
            measured.name,
            measured.usage.cpu_seconds,
            share,
            megabytes(measured.usage.pss_bytes),
            measured.usage.processes,
            measured.fps.map_or("not reported".to_owned(), |fps| format!("{fps:.1}")),
        );
    }
    let ratio = |ours: f64, theirs: f64| ours / theirs.max(0.01);
    println!(
        "{:<10} {:>10.2} {:>12} {:>10.2}",
        "ratio",
        ratio(ours.usage.cpu_seconds, theirs.usage.cpu_seconds),
        "",
        ratio(ours.usage.pss_bytes as f64, theirs.usage.pss_bytes as f64)
    );
    let with_screen = |measured: &Measured| measured.usage.cpu_seconds + measured.screen_seconds;
    println!(
        "with what the X server did for each ({:.2} s and {:.2} s): {:.2}",
        ours.screen_seconds,
        theirs.screen_seconds,
        ratio(with_screen(ours), with_screen(theirs))
    );
}
