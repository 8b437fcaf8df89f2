//! `cargo xtask demo`: a room on a real server with synthetic participants, and the application in it.

use crate::setup;
use crate::step::say;
use crate::test;
use crate::tools::{self, TaskError};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use visavis_tests::desktop::{self, Desktop};
use visavis_tests::peers::{Peer, application, browser};
use visavis_tests::places;
use visavis_tests::process::Process;
use visavis_tests::servers::livekit::{self, LivekitServer};

#[derive(Debug, Args)]
pub struct Arguments {
    /// How many others are in the room.
    #[arg(long, default_value_t = 3)]
    peers: usize,
    /// One of them is a real Chromium page.
    #[arg(long)]
    browser: bool,
    #[arg(long, default_value = "demo")]
    room: String,
    /// End after this time: 60s, 5m. Without it, when the window closes or at Ctrl-C.
    #[arg(long = "for", value_parser = duration)]
    duration: Option<Duration>,
    /// Show what is built already.
    #[arg(long)]
    no_build: bool,
}

/// Who is in the room, with espeak-ng's voice for each and what they say.
const PEOPLE: &[(&str, &str, &str)] = &[
    (
        "Amal",
        "en-gb+f3",
        "Good morning. I can hear you well, and the picture is sharp. Shall we begin with the agenda?",
    ),
    ("Bruno", "fr+m3", "Bonjour à tous. Le budget de l'an prochain est dans le document partagé, merci de le relire."),
    ("Chiara", "it+f2", "Buongiorno. Io vedo tutti, e il suono arriva senza interruzioni. Possiamo cominciare."),
    ("Dagmar", "de+f4", "Guten Morgen. Ich habe zwei Punkte zur Tagesordnung, beide sind schnell besprochen."),
    ("Emeka", "en-gb+m7", "Thank you. I will share the figures in a moment, please tell me when you see them."),
    ("Fatou", "fr+f5", "Merci beaucoup. Je prends les notes de la réunion et je les envoie ce soir."),
];
const EVERY_PICTURE: Duration = Duration::from_secs(10);
/// Peers stay a little longer than the window.
const PEERS_LONGER: u64 = 30;
const A_DAY: u64 = 24 * 3600;

/// # Errors
/// Something is missing, or a program did not start.
pub fn run(arguments: &Arguments) -> Result<(), TaskError> {
    setup::install()?;
    if !arguments.no_build {
        build()?;
    }
    let folder = places::run("demo")?;
    let stop = stop_signal()?;
    say("starting livekit-server on loopback");
    let server = LivekitServer::start(&folder, livekit::Options::default())?;
    let room = Room { server: &server, arguments, folder: &folder };
    let _others = room.fill()?;
    let desktop = Desktop::of_person(&folder)?;
    say(&format!("opening visavis in the room \"{}\" at {}", arguments.room, server.url()));
    let link = server.link(&arguments.room, "you");
    let mut options = vec![link.as_str(), "--name", "You", "--direct"];
    let mut speaking = None;
    if let Some(sound) = desktop.sound() {
        options.extend(["--camera", "synthetic"]);
        let file = folder.join("you.wav");
        desktop::voice(&file, "en-gb", "Hello everybody, this is me, at a microphone that is not there.")?;
        speaking = Some(sound.speak(&file)?);
    }
    let mut window = desktop.open(&options)?;
    let pictures = stay(arguments, &desktop, &mut window, &stop)?;
    drop(speaking);
    for picture in &pictures {
        say(&format!("screenshot: {}", picture.display()));
    }
    say(&format!("ending everything; logs and reports are in {}", folder.display()));
    Ok(())
}

/// Builds the page and the application as people get it.
pub fn build() -> Result<(), TaskError> {
    say("building the page");
    tools::run(Command::new("npm").args(["run", "build", "--silent"]).current_dir(places::repository().join("ui")))?;
    say("building the application (release; the first time takes some minutes)");
    tools::run(&mut test::release())
}

/// Hears of Ctrl-C and of a request to end.
fn stop_signal() -> Result<Receiver<()>, TaskError> {
    let (sender, receiver) = mpsc::channel();
    ctrlc::set_handler(move || {
        // Nobody listens any more: we are ending already.
        let _ = sender.send(());
    })
    .map_err(|error| TaskError::Failed(format!("Ctrl-C cannot be heard: {error}")))?;
    Ok(receiver)
}

/// Until the time is over, the window is closed, or a person asks to end; pictures of a screen that nobody sees.
fn stay(
    arguments: &Arguments,
    desktop: &Desktop,
    window: &mut Process,
    stop: &Receiver<()>,
) -> Result<Vec<PathBuf>, TaskError> {
    let start = Instant::now();
    let mut pictures = Vec::new();
    let mut next_picture = EVERY_PICTURE;
    loop {
        let passed = start.elapsed();
        let over = arguments.duration.is_some_and(|duration| passed >= duration);
        if desktop.is_in_memory() && (over || passed >= next_picture) {
            pictures.push(desktop.screenshot(&format!("screen-{:03}s", passed.as_secs()))?);
            next_picture += EVERY_PICTURE;
        }
        if over {
            return Ok(pictures);
        }
        if let Some(status) = window.ended()? {
            return if status.success() {
                Ok(pictures)
            } else {
                Err(TaskError::Failed(format!("the application ended with {status}; see {}", window.log().display())))
            };
        }
        match stop.recv_timeout(Duration::from_millis(200)) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return Ok(pictures),
        }
    }
}

/// The room before we enter it.
struct Room<'a> {
    server: &'a LivekitServer,
    arguments: &'a Arguments,
    folder: &'a Path,
}

impl Room<'_> {
    fn fill(&self) -> Result<(Vec<application::Call>, Option<Peer>), TaskError> {
        let seconds = self.arguments.duration.map_or(A_DAY, |duration| duration.as_secs() + PEERS_LONGER);
        let mut calls = Vec::new();
        let mut page = None;
        for number in 0..self.arguments.peers {
            let (name, voice, text) = PEOPLE[number % PEOPLE.len()];
            let round = number / PEOPLE.len();
            let name = if round == 0 { name.to_owned() } else { format!("{name} {}", round + 1) };
            let sound = self.folder.join(format!("{name}.wav"));
            desktop::voice(&sound, voice, text)?;
            let sound = format!("file:{}", sound.display());
            if self.arguments.browser && number == 0 {
                say(&format!("{name} joins in Chromium"));
                let token = self.server.token(&self.arguments.room, &name);
                let mut options = browser::Options::new(self.server.url(), token);
                (options.sound, options.adaptive, options.codes, options.codec) = (sound, true, false, "vp9");
                page = Some(browser::join(&name, self.folder, &options)?);
            } else {
                say(&format!("{name} joins"));
                let link = self.server.link(&self.arguments.room, &name);
                let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
                let mut options = application::Options::new(link, &name, seconds);
                options.microphone = sound;
                calls.push(application::join(self.folder, &options)?);
            }
        }
        if let Some(page) = &mut page {
            page.joined()?;
        }
        Ok((calls, page))
    }
}

/// `60s`, `5m`, `1h`, or seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let (number, factor) = match text.strip_suffix(['s', 'm', 'h']) {
        Some(number) if text.ends_with('m') => (number, 60),
        Some(number) if text.ends_with('h') => (number, 3600),
        Some(number) => (number, 1),
        None => (text, 1),
    };
    let number: u64 = number.parse().map_err(|_| "a time is written 60s, 5m or 1h".to_owned())?;
    number.checked_mul(factor).map(Duration::from_secs).ok_or_else(|| "too long".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        assert_eq!(duration("60s"), Ok(Duration::from_secs(60)));
        assert_eq!(duration("5m"), Ok(Duration::from_secs(300)));
        assert_eq!(duration("7"), Ok(Duration::from_secs(7)));
        assert!(duration("soon").is_err());
        assert!(duration("99999999999999999999h").is_err());
    }
}
