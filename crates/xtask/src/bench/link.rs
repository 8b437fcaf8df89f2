//! `cargo xtask bench link`: how long it takes from the click on a Visio link until one is in the meeting and sees the others.

use super::figures::{self, Arguments, Row, note, row};
use crate::step::say;
use crate::tools::TaskError;
use crate::{demo, setup};
use std::path::Path;
use std::time::{Duration, Instant};
use visavis_model::Report;
use visavis_testkit::meet::Access;
use visavis_tests::desktop::Desktop;
use visavis_tests::peers::native;
use visavis_tests::places;
use visavis_tests::process::Process;
use visavis_tests::servers::livekit::{self, LivekitServer};
use visavis_tests::servers::meet::MeetServer;
use visavis_tests::wait;

const SLUG: &str = "abc-defg-hij";
const SCREEN: (u32, u32) = (1280, 800);
const PATIENCE: Duration = Duration::from_secs(20);
/// A start screen that has come to rest.
const REST: Duration = Duration::from_secs(3);

/// # Errors
/// Something is missing, a program did not start, or nothing was shown.
pub fn run(arguments: &Arguments) -> Result<(), TaskError> {
    setup::install()?;
    if !arguments.no_build {
        demo::build()?;
    }
    let folder = places::run("bench-link")?;
    let server = LivekitServer::start(&folder, livekit::Options::default())?;
    let meet = MeetServer::start(&server)?;
    meet.state().room(SLUG, Access::Public, &[]);
    let token = meet.pass(SLUG, "Other").map_err(|error| TaskError::Failed(error.to_string()))?;
    let mut other = native::Options::new(server.url(), vec![token]);
    other.receives = false;
    let mut other = native::join("other", &folder, &other)?;
    other.joined()?;
    let mut rows = vec![
        row("cold, by its report: joined", Some(2500.0)),
        row("cold, by the screen: the other's picture", Some(2500.0)),
        row("running already, by the screen: the other's picture", Some(1200.0)),
    ];
    for number in 1..=arguments.times {
        say(&format!("click {number} of {}", arguments.times));
        let (cold, warm) = rows.split_at_mut(2);
        cold_start(&meet, &folder, cold)?;
        warm_start(&meet, &folder, warm)?;
    }
    figures::print(&rows);
    Ok(())
}

fn options<'a>(meet: &'a MeetServer, more: &[&'a str]) -> Vec<String> {
    let common = ["--name", "Clicker", "--camera", "off", "--microphone", "synthetic"];
    let server = ["--server".to_owned(), format!("http://{}", meet.host())];
    more.iter().chain(&common).map(|&word| word.to_owned()).chain(server).collect()
}

fn cold_start(meet: &MeetServer, folder: &Path, rows: &mut [Row]) -> Result<(), TaskError> {
    let desktop = Desktop::in_memory(folder, SCREEN.0, SCREEN.1)?;
    let report = folder.join("cold.report.json");
    if report.exists() {
        std::fs::remove_file(&report)?;
    }
    let (link, path) = (meet.link(SLUG), report.to_string_lossy().into_owned());
    let options = options(meet, &[&link, "--direct", "--report", &path]);
    let begin = Instant::now();
    let _window = desktop.open(&options.iter().map(String::as_str).collect::<Vec<_>>())?;
    let seen = picture(&desktop, begin)?;
    let joined = wait::until("the report", PATIENCE, || {
        let report: Report = serde_json::from_slice(&std::fs::read(&report).ok()?).ok()?;
        report.times.joined
    })?;
    note(rows, &[Some(joined as f64), Some(seen)]);
    Ok(())
}

fn warm_start(meet: &MeetServer, folder: &Path, rows: &mut [Row]) -> Result<(), TaskError> {
    let desktop = Desktop::in_memory(folder, SCREEN.0, SCREEN.1)?;
    let mut first = desktop.command(places::binary());
    first.args(options(meet, &[])).arg("--preferences").arg(folder.join("preferences.json"));
    let _window = Process::start("visavis", &mut first, &folder.join("first.log"))?;
    wait::until("the start screen", PATIENCE, || {
        let screen = desktop.look()?;
        // Its paper is light; an empty screen is black.
        let light = screen.chunks_exact(4).filter(|pixel| pixel[0] > 0xe0).count();
        (light * 2 > screen.len() / 4).then_some(())
    })?;
    std::thread::sleep(REST);
    let link = meet.link(SLUG);
    let mut second = std::process::Command::new(places::binary());
    second.args([&link, "--direct"]).envs(desktop.environment());
    let begin = Instant::now();
    let mut second = Process::start("click", &mut second, &folder.join("second.log"))?;
    let seen = picture(&desktop, begin)?;
    second.wait(PATIENCE)?;
    note(rows, &[Some(seen)]);
    Ok(())
}

fn picture(desktop: &Desktop, begin: Instant) -> Result<f64, TaskError> {
    Ok(wait::until("the other's picture on the screen", PATIENCE, || {
        let screen = desktop.look()?;
        figures::has_picture(&screen).then(|| begin.elapsed().as_secs_f64() * 1000.0)
    })?)
}
