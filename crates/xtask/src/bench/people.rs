//! `cargo xtask bench people`: a meeting of 150 people in our window, on the real server.
//!
//! Twelve show their picture, the others are there alone: they have names, raise hands, go and come again. Asked for: no frame of
//! the page longer than 100 ms, at most half a core for the window and its page, and nothing decoded that is not on the page.

mod crowd;
mod watch;

use crate::step::say;
use crate::tools::{self, TaskError};
use crate::{demo, setup};
use clap::Args;
use crowd::Crowd;
use std::process::Command;
use std::time::Duration;
use visavis_testkit::meet::Access;
use visavis_tests::desktop::Desktop;
use visavis_tests::places;
use visavis_tests::servers::livekit::{self, LivekitServer};
use visavis_tests::servers::meet::MeetServer;
use watch::{Part, Watch};

#[derive(Debug, Args)]
pub struct Arguments {
    /// How many are in the meeting, we among them.
    #[arg(long, default_value_t = 150)]
    people: usize,
    /// How many of them show their picture, 640 × 360 at 15 a second.
    #[arg(long, default_value_t = 12)]
    pictures: usize,
    /// How long each part lasts, in seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Measure what is built already.
    #[arg(long)]
    no_build: bool,
}

const SLUG: &str = "abc-defg-hij";
const SCREEN: (u32, u32) = (1280, 800);
/// The longest frame that is asked for, in milliseconds.
const FRAME_MS: f64 = 100.0;
/// Of a core, for the window and its page.
const CORE: f64 = 0.5;
/// Joins are over, and whoever came last is drawn.
const SETTLE: Duration = Duration::from_secs(8);
/// Weighs a tenth of what the window does for the scheduler.
const BEHIND: &str = "10";
const LIST: [&str; 2] = ["key", "ctrl+shift+p"];
/// A name and its end: each letter is another list.
const SEARCH: [&str; 12] =
    ["m", "a", "r", "t", "i", "n", "BackSpace", "BackSpace", "BackSpace", "BackSpace", "BackSpace", "BackSpace"];

/// # Errors
/// Something is missing, a program did not start, or the meeting did not come together.
pub fn run(arguments: &Arguments) -> Result<(), TaskError> {
    if arguments.pictures < 3 || arguments.people <= arguments.pictures + 1 {
        return Err(TaskError::Failed("three pictures at least, and people without one".to_owned()));
    }
    setup::install()?;
    if !arguments.no_build {
        demo::build()?;
        let mut crowd = tools::cargo();
        crowd.args(["build", "--locked", "--release", "-p", "visavis-transport", "--example", "crowd"]);
        tools::run(&mut crowd)?;
    }
    let folder = places::run("bench-people")?;
    let server = LivekitServer::start(&folder, livekit::Options::default())?;
    let meet = MeetServer::start(&server)?;
    meet.state().room(SLUG, Access::Public, &[]);
    say(&format!("{} people come in, {} of them with a picture", arguments.people - 1, arguments.pictures));
    let mut crowd = Crowd::gather(&folder, &server, &meet, SLUG, (arguments.people - 1, arguments.pictures))?;
    for process in crowd.processes().into_iter().chain([server.id()]) {
        stand_back(process)?;
    }
    let desktop = Desktop::in_memory(&folder, SCREEN.0, SCREEN.1)?;
    let link = meet.link(SLUG);
    let mut watch = Watch::open(&desktop, &folder, (&link, &meet.base()), arguments.seconds)?;
    watch.everybody(arguments.people)?;
    std::thread::sleep(SETTLE);
    let parts = measure(&mut watch, &mut crowd, &meet)?;
    desktop.screenshot("people")?;
    print(arguments, &parts);
    say(&format!("logs and screenshots are in {}", folder.display()));
    Ok(())
}

/// Lets a server, or the others, take only what the window leaves: in a real meeting they are on other machines.
///
/// `group` is the process that leads a group of its own.
fn stand_back(group: u32) -> Result<(), TaskError> {
    tools::run(Command::new("renice").args(["-n", BEHIND, "-g", &group.to_string()]))
}

/// Every part, one after the other.
fn measure(watch: &mut Watch<'_>, crowd: &mut Crowd, meet: &MeetServer) -> Result<Vec<Part>, TaskError> {
    let mut parts = vec![
        watch.part("a page of pictures", |_, _| Ok(()))?,
        watch.part("speakers change", |_, step| {
            crowd.speak(step);
            Ok(())
        })?,
        watch.part("hands", |_, step| crowd.hand(meet, step))?,
        watch.part("the list opens and closes", |watch, _| watch.keys(&LIST))?,
    ];
    watch.list(true)?;
    watch.shot("list")?;
    watch.find("find-person")?.click().map_err(watch::failed)?;
    parts.push(watch.part("a search", |watch, step| watch.keys(&["key", SEARCH[step % SEARCH.len()]]))?);
    watch.keys(&["key", "ctrl+a", "BackSpace"])?;
    parts.push(watch.part("speakers, with the list", |_, step| {
        crowd.speak(step);
        Ok(())
    })?);
    parts.push(watch.part("hands, with the list", |_, step| crowd.hand(meet, step))?);
    parts.push(watch.part("ten go and come, with the list", |_, step| {
        crowd.turn_over(step);
        Ok(())
    })?);
    crowd.turn_over(crowd::BACK);
    watch.list(false)?;
    let turn =
        |watch: &mut Watch<'_>, step: usize| watch.keys(&["key", if step % 4 < 2 { "alt+Next" } else { "alt+Prior" }]);
    parts.push(watch.part("pages", turn)?);
    for _ in 0..4 {
        watch.keys(&["key", "alt+Next"])?;
    }
    std::thread::sleep(Duration::from_secs(3));
    parts.push(watch.part("a page without pictures", |_, _| Ok(()))?);
    Ok(parts)
}

fn print(arguments: &Arguments, parts: &[Part]) {
    println!(
        "\n{} people, {} pictures, {} s each; of a core: page, window and their sum, and everything on this machine",
        arguments.people, arguments.pictures, arguments.seconds
    );
    println!(
        "{:<32} {:>8} {:>10} {:>7} {:>7} {:>7} {:>7} {:>8} {:>8} {:>8} {:>7}",
        "", "frames/s", "slowest ms", "> 100", "page", "window", "sum", "machine", "decoded", "on page", "PSS MB"
    );
    for part in parts {
        println!(
            "{:<32} {:>8.0} {:>10.0} {:>7} {:>7.2} {:>7.2} {:>7.2} {:>8.2} {:>8} {:>8} {:>7.0}",
            part.name,
            part.frames,
            part.slowest,
            part.over,
            part.page,
            part.window,
            part.page + part.window,
            part.machine,
            part.decoded,
            part.on_page,
            part.pss as f64 / 1e6,
        );
    }
    let slowest = parts.iter().map(|part| part.slowest).fold(0.0, f64::max);
    let most = parts.iter().map(|part| part.page + part.window).fold(0.0, f64::max);
    let unseen = parts.iter().filter(|part| part.decoded > part.on_page).count();
    println!(
        "slowest frame {slowest:.0} ms of {FRAME_MS:.0}; {most:.2} of a core of {CORE} at most; {unseen} parts in which something was decoded that is not on the page"
    );
}
