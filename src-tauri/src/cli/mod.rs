//! The command line: the window, or the same engine without one.

pub mod given;
mod meant;
mod scripted;
mod values;

use crate::policy::Organisation;
use clap::{Args, Parser, Subcommand};
use scripted::{command, cookies, read_commands};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use values::{background, camera, duration, microphone, size};
use visavis_diagnostics::{LogFile, LogLevel, start_tracing};
use visavis_engine::{Clock, HeadlessOptions, run_headless};
use visavis_model::{
    CameraChoice, Command, DeviceChoice, DeviceId, MicrophoneChoice, Reaction, ShareChoice, ShareMode, Size,
};
use visavis_provider::{KnownHosts, Provider};
use visavis_settings::{PreferencesFile, ShareFile};
use visavis_video::background::Effect;
use visavis_video::screen::System;

/// Visavis: the native meeting client for sovereign servers.
#[derive(Debug, Parser)]
#[command(name = "visavis", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Subcommands>,
    #[command(flatten)]
    window: WindowArguments,
}

#[derive(Debug, Subcommand)]
enum Subcommands {
    /// Join a meeting, with or without a window.
    Join(Box<JoinArguments>),
    /// What the organisation has decided here, and what is wrong with it (docs/policy.md).
    Policy(crate::policy::PolicyArguments),
    /// Tell what a link is and whom it would contact, without contacting anybody.
    Link(crate::link::LinkArguments),
    /// Write the support report: versions, settings, what went wrong, without a word about anybody.
    Bundle(crate::bundle::BundleArguments),
    /// The microphones, loudspeakers and cameras of this computer, and what happens to them.
    Devices(crate::devices::DevicesArguments),
    /// Look at the way to a server, step by step: proxy, name, certificate, media server.
    Doctor(crate::doctor::DoctorArguments),
    /// Look for a newer version where the organisation says (portable installations, docs/deployment.md).
    Update(crate::update::UpdateArguments),
}

/// How the window starts.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct WindowArguments {
    /// A meeting link to open; - reads it from the standard input, where nobody else sees its token. With a window also an .ics file: its
    /// next meeting.
    pub link: Option<String>,
    /// The name to be shown to others.
    #[arg(long)]
    pub name: Option<String>,
    /// Enter without the last look before.
    #[arg(long)]
    pub direct: bool,
    /// Come in with the microphone off; it can be turned on.
    #[arg(long)]
    pub microphone_off: bool,
    /// The same for the camera.
    #[arg(long)]
    pub camera_off: bool,
    /// synthetic, off, file:PATH or device:NAME.
    #[arg(long, value_parser = camera)]
    pub camera: Option<CameraChoice>,
    /// synthetic, off, file:PATH or device:NAME.
    #[arg(long, value_parser = microphone)]
    pub microphone: Option<MicrophoneChoice>,
    /// What comes behind the person at this start: none, blur, strong, or a picture's path.
    #[arg(long, value_parser = background)]
    pub background: Option<Effect>,
    /// Share from the entry on: screen, or window:TITLE, where a part of the title is enough.
    #[arg(long, value_name = "SOURCE", value_parser = values::share)]
    pub share: Option<ShareChoice>,
    /// With what programs play, where the system gives it: all but Visavis, or those of the window.
    #[arg(long, requires = "share")]
    pub share_sound: bool,
    /// How pictures reach the screen: above (painted over the page), below (under a transparent page) or canvas.
    #[arg(long, value_enum)]
    pub presenter: Option<crate::presenter::Choice>,
    /// A server that may be contacted in this start, as host or host:port; may be given several times.
    #[arg(long, value_name = "HOST")]
    pub server: Vec<String>,
    /// Language of the interface, as in fr or en-GB.
    #[arg(long)]
    pub language: Option<String>,
    /// Keep the settings of this start in this file instead of the user's.
    #[arg(long)]
    pub preferences: Option<PathBuf>,
    /// Open a window of its own, even where Visavis runs already (always so where this start has other options than a link).
    #[arg(long)]
    pub separate: bool,
    /// The window begins small: for a start with the session.
    #[arg(long)]
    pub minimized: bool,
    /// Keep the report of the call in this file (docs/report.md).
    #[arg(long)]
    pub report: Option<PathBuf>,
    /// Log in detail to the standard error stream.
    #[arg(long)]
    pub verbose: bool,
}

#[derive(Debug, Args)]
struct JoinArguments {
    #[command(flatten)]
    window: WindowArguments,
    /// No window: the report tells what happened (docs/report.md).
    #[arg(long)]
    headless: bool,
    /// Leave after this time in the meeting: 30s, 2m, 500ms.
    #[arg(long = "for", value_parser = duration)]
    duration: Option<Duration>,
    /// null or device:NAME (headless).
    #[arg(long, default_value = "null")]
    speaker: String,
    /// Write what is heard to this WAV file (headless).
    #[arg(long)]
    record: Option<PathBuf>,
    /// The stage on which others are shown, in pixels, as 1280x720 (headless): decides what is asked of the server.
    #[arg(long, value_parser = size, default_value = "1280x720")]
    stage: Size,
    /// Say this in the chat once in the meeting (headless).
    #[arg(long, value_name = "TEXT")]
    chat: Option<String>,
    /// Raise the hand once in the meeting (headless).
    #[arg(long)]
    hand: bool,
    /// React once in the meeting: thumbs_up, thumbs_down, clapping, heart, laughing, surprised, party, thanks (headless).
    #[arg(long, value_parser = reaction)]
    react: Option<Reaction>,
    /// A command of the engine as JSON, once in the meeting, in the order given (headless; docs/events.md).
    #[arg(long = "command", value_name = "JSON", value_parser = command)]
    commands: Vec<Command>,
    /// Read further commands from this file, a line of JSON each, as they come; - is the standard input (headless).
    #[arg(long = "commands", value_name = "FILE.jsonl")]
    later: Option<PathBuf>,
    /// Come with the cookies in this file, as a browser would send them to the link's server: name=value; name=value
    /// (headless). Whoever can read the file can act as the one who signed in.
    #[arg(long, value_name = "FILE")]
    cookie_file: Option<PathBuf>,
    /// Write what happens in the meeting to this file, a line of JSON each (headless; docs/events.md).
    #[arg(long, value_name = "FILE.jsonl")]
    events: Option<PathBuf>,
}

/// The kinds of server that can be joined: the only list of them.
pub fn providers() -> Vec<Arc<dyn Provider>> {
    vec![Arc::new(visavis_provider::livekit::Provider), Arc::new(visavis_provider::visio::Provider)]
}

/// Runs what the command line asks for.
pub fn run(started: Instant) -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // What follows a mistyped command is no argument of the window, which clap alone would complain of.
        Err(error) if error.use_stderr() => return mistyped().unwrap_or_else(|| error.exit()),
        Err(help) => help.exit(),
    };
    match cli.command {
        None => mistyped().unwrap_or_else(|| window(cli.window, started)),
        Some(Subcommands::Join(join)) if join.headless => headless(*join, started),
        Some(Subcommands::Link(link)) => crate::link::run(&link),
        Some(Subcommands::Bundle(bundle)) => crate::bundle::run(&bundle),
        Some(Subcommands::Join(join)) => window(WindowArguments { direct: true, ..join.window }, started),
        Some(Subcommands::Devices(devices)) => {
            start_tracing(LogLevel::Quiet, None);
            crate::devices::run(&devices)
        }
        Some(Subcommands::Doctor(arguments)) => {
            start_tracing(LogLevel::Quiet, None);
            crate::doctor::run(&arguments)
        }
        Some(Subcommands::Update(arguments)) => {
            start_tracing(LogLevel::Quiet, None);
            crate::update::run(&arguments)
        }
        Some(Subcommands::Policy(arguments)) => {
            start_tracing(LogLevel::Quiet, None);
            crate::policy::print(&arguments)
        }
    }
}

/// Tells which command this start may have meant with what it took for a link.
fn mistyped() -> Option<ExitCode> {
    let words: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    // The commands are listed for a word alone, not at every start.
    words.first().filter(|word| !word.starts_with('-'))?;
    let commands = <Cli as clap::CommandFactory>::command();
    let command = meant::meant(&words, commands.get_subcommands().map(clap::Command::get_name).chain(["help"]))?;
    eprintln!("visavis: no such command: is {command} meant? (a link of that name: visavis -- LINK)");
    Some(ExitCode::from(2))
}

/// As [`given::link`], from the standard input; what is wrong with it is told, and the exit code given.
pub fn link_of(said: Option<String>) -> Result<Option<String>, ExitCode> {
    given::link(said, std::io::stdin()).map_err(|error| {
        eprintln!("visavis: no link on the standard input: {error}");
        ExitCode::from(2)
    })
}

fn window(arguments: WindowArguments, started: Instant) -> ExitCode {
    let arguments = match link_of(arguments.link.clone()) {
        Ok(link) => WindowArguments { link, ..arguments },
        Err(code) => return code,
    };
    let organisation = Organisation::of_system();
    // Without a place for it the log goes to the standard error stream alone.
    let kept = crate::bundle::log_folder().and_then(|folder| LogFile::open(&folder).ok());
    // What this start says is for whoever sees it; the log that is kept goes by the organisation alone.
    let kept = kept.map(|file| (file, organisation.log_level(false, LogLevel::Normal)));
    start_tracing(organisation.log_level(arguments.verbose, LogLevel::Normal), kept);
    crate::window::run(arguments, &organisation, started)
}

fn reaction(text: &str) -> Result<Reaction, String> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).map_err(|_| format!("no reaction: {text}"))
}

fn headless(join: JoinArguments, started: Instant) -> ExitCode {
    let organisation = Organisation::of_system();
    start_tracing(organisation.log_level(join.window.verbose, LogLevel::Quiet), None);
    let rules = organisation.rules();
    crate::policy::tell_problems(&rules.view);
    if join.window.link.as_deref() == Some("-") && join.later.as_deref() == Some(std::path::Path::new("-")) {
        eprintln!("visavis: link and commands cannot both come on the standard input");
        return ExitCode::from(2);
    }
    let link = match link_of(join.window.link) {
        Ok(Some(link)) => link,
        Ok(None) => {
            eprintln!("visavis: a link is needed");
            return ExitCode::from(2);
        }
        Err(code) => return code,
    };
    if visavis_engine::calendar_file(&crate::starts::from_here(link.clone())).is_some() {
        eprintln!("visavis: a calendar's file needs the window: give the link of its meeting");
        return ExitCode::from(2);
    }
    for path in join.window.report.iter().chain(&join.record).chain(&join.events) {
        if let Err(error) = std::fs::File::options().append(true).create(true).open(path) {
            eprintln!("visavis: {} cannot be written: {error}", path.display());
            return ExitCode::from(7);
        }
    }
    let known = KnownHosts::new(join.window.server.iter().map(String::as_str), false);
    let (kept, later) = match (
        join.cookie_file.as_deref().map(|path| cookies(path, &link, &known)).transpose(),
        join.later.as_deref().map(read_commands).transpose(),
    ) {
        (Ok(kept), Ok(later)) => (kept.flatten(), later),
        (Err(error), _) => {
            eprintln!("visavis: the cookies cannot be read: {error}");
            return ExitCode::from(7);
        }
        (_, Err(error)) => {
            eprintln!("visavis: the commands cannot be read: {error}");
            return ExitCode::from(7);
        }
    };
    let loudspeaker = match join.speaker.as_str() {
        "null" => None,
        "system" => Some(DeviceChoice::System),
        other => Some(DeviceChoice::Device(DeviceId::from(other.strip_prefix("device:").unwrap_or(other)))),
    };
    let shares = match &join.window.preferences {
        Some(path) => Some(PreferencesFile::new(path.clone())),
        None => crate::program::preferences(),
    };
    let stop = Arc::new(AtomicBool::new(false));
    for signal in crate::window::ENDING_SIGNALS {
        if let Err(error) = signal_hook::flag::register(signal, Arc::clone(&stop)) {
            tracing::warn!(%error, "signals are not caught");
        }
    }
    let says = [
        join.window.share.map(|choice| {
            let (mode, sound) = (ShareMode::Automatic, join.window.share_sound);
            Command::StartShare { choice, mode, sound }
        }),
        join.chat.map(|text| Command::SendMessage { text }),
        join.hand.then_some(Command::RaiseHand { up: true }),
        join.react.map(|reaction| Command::React { reaction }),
    ];
    let (report, code) = run_headless(HeadlessOptions {
        clock: Clock::new(started),
        providers: providers(),
        known,
        cookies: kept,
        later,
        commands: says.into_iter().flatten().chain(join.commands).collect(),
        events: join.events,
        link,
        name: join.window.name.unwrap_or_else(|| "Visavis".into()),
        rules,
        camera: join.window.camera.unwrap_or(CameraChoice::None),
        microphone: join.window.microphone.unwrap_or(MicrophoneChoice::None),
        background: join.window.background.unwrap_or_default(),
        loudspeaker,
        duration: join.duration,
        record: join.record,
        stage: join.stage,
        stop: Box::new(move || stop.load(Ordering::Relaxed)),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: rand::random(),
        screens: System::of(|name| std::env::var_os(name)),
        shares: shares.map(|file| ShareFile::new(file.neighbour("share.json"))),
    });
    let text = match serde_json::to_string_pretty(&report) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("visavis: the report cannot be written as text: {error}");
            return ExitCode::from(8);
        }
    };
    match join.window.report {
        None => {
            if let Err(error) = writeln!(std::io::stdout(), "{text}") {
                eprintln!("visavis: the report cannot be written: {error}");
                return ExitCode::from(7);
            }
        }
        Some(path) => {
            if let Err(error) = std::fs::write(&path, text) {
                eprintln!("visavis: the report cannot be written: {error}");
                return ExitCode::from(7);
            }
        }
    }
    for record in report.issues.iter().filter(|_| code.number() != 0) {
        eprintln!("visavis: {}", record.issue.code.text());
    }
    ExitCode::from(code.number())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the desktop entry and the Windows protocol handler start (`installers/`): a link comes from anybody.
    #[test]
    fn behind_the_dashes_a_link_is_no_option_and_no_subcommand() {
        for link in ["visio://meet.example/abc-defg-hij", "--server=other.example", "--direct", "policy"] {
            let cli = Cli::try_parse_from(["visavis", "--", link]).expect("a link");
            assert!(cli.command.is_none());
            assert_eq!(cli.window, WindowArguments { link: Some(link.into()), ..WindowArguments::default() });
        }
        assert!(Cli::try_parse_from(["visavis", "--", "a", "b"]).is_err());
        let empty = Cli::try_parse_from(["visavis", "--"]).expect("the start screen");
        assert_eq!(empty.window, WindowArguments::default());
    }

    #[test]
    fn the_command_line_is_consistent() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
