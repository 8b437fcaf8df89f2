//! The command line: the window, or the same engine without one.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use visavis_diagnostics::{LogLevel, start_tracing};
use visavis_engine::{Clock, HeadlessOptions, run_headless};
use visavis_model::{CameraChoice, Command, DeviceChoice, DeviceId, MicrophoneChoice, Reaction, Size};
use visavis_provider::{KnownHosts, Provider};

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
    Join(JoinArguments),
}

/// How the window starts.
#[derive(Clone, Debug, Default, Args)]
pub struct WindowArguments {
    /// A meeting link to open.
    pub link: Option<String>,
    /// The name to be shown to others.
    #[arg(long)]
    pub name: Option<String>,
    /// Enter without the last look before.
    #[arg(long)]
    pub direct: bool,
    /// synthetic, off, file:PATH or device:NAME.
    #[arg(long, value_parser = camera)]
    pub camera: Option<CameraChoice>,
    /// synthetic, off, file:PATH or device:NAME.
    #[arg(long, value_parser = microphone)]
    pub microphone: Option<MicrophoneChoice>,
    /// How pictures reach the screen: above (painted over the page), below (under a transparent page) or canvas.
    #[arg(long, value_enum)]
    pub presenter: Option<crate::presenter::Choice>,
    /// A server that may be contacted, as host or host:port; may be given several times.
    #[arg(long, value_name = "HOST")]
    pub server: Vec<String>,
    /// Language of the interface, as in fr or en-GB.
    #[arg(long)]
    pub language: Option<String>,
    /// Keep the settings of this start in this file instead of the user's.
    #[arg(long)]
    pub preferences: Option<PathBuf>,
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
    let cli = Cli::parse();
    match cli.command {
        None => window(cli.window, started),
        Some(Subcommands::Join(join)) if join.headless => headless(join, started),
        Some(Subcommands::Join(join)) => window(WindowArguments { direct: true, ..join.window }, started),
    }
}

fn window(arguments: WindowArguments, started: Instant) -> ExitCode {
    start_tracing(if arguments.verbose { LogLevel::Detailed } else { LogLevel::Normal });
    crate::window::run(arguments, started)
}

fn reaction(text: &str) -> Result<Reaction, String> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).map_err(|_| format!("no reaction: {text}"))
}

fn command(text: &str) -> Result<Command, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn headless(join: JoinArguments, started: Instant) -> ExitCode {
    start_tracing(if join.window.verbose { LogLevel::Detailed } else { LogLevel::Quiet });
    let Some(link) = join.window.link else {
        eprintln!("visavis: a link is needed");
        return ExitCode::from(2);
    };
    // Found now, not after the call.
    for path in join.window.report.iter().chain(&join.record).chain(&join.events) {
        if let Err(error) = std::fs::File::options().append(true).create(true).open(path) {
            eprintln!("visavis: {} cannot be written: {error}", path.display());
            return ExitCode::from(7);
        }
    }
    let loudspeaker = match join.speaker.as_str() {
        "null" => None,
        "system" => Some(DeviceChoice::System),
        other => Some(DeviceChoice::Device(DeviceId::from(other.strip_prefix("device:").unwrap_or(other)))),
    };
    let stop = Arc::new(AtomicBool::new(false));
    for signal in crate::window::ENDING_SIGNALS {
        if let Err(error) = signal_hook::flag::register(signal, Arc::clone(&stop)) {
            tracing::warn!(%error, "signals are not caught");
        }
    }
    let says = [
        join.chat.map(|text| Command::SendMessage { text }),
        join.hand.then_some(Command::RaiseHand { up: true }),
        join.react.map(|reaction| Command::React { reaction }),
    ];
    let (report, code) = run_headless(HeadlessOptions {
        clock: Clock::new(started),
        providers: providers(),
        known: KnownHosts::new(join.window.server.iter().map(String::as_str), false),
        commands: says.into_iter().flatten().chain(join.commands).collect(),
        events: join.events,
        link,
        name: join.window.name.unwrap_or_else(|| "Visavis".into()),
        camera: join.window.camera.unwrap_or(CameraChoice::None),
        microphone: join.window.microphone.unwrap_or(MicrophoneChoice::None),
        loudspeaker,
        duration: join.duration,
        record: join.record,
        stage: join.stage,
        stop: Box::new(move || stop.load(Ordering::Relaxed)),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: rand::random(),
    });
    let text = match serde_json::to_string_pretty(&report) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("visavis: the report cannot be written as text: {error}");
            return ExitCode::from(8);
        }
    };
    match join.window.report {
        None => println!("{text}"),
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

fn camera(text: &str) -> Result<CameraChoice, String> {
    Ok(match text {
        "synthetic" => CameraChoice::Synthetic,
        "off" => CameraChoice::None,
        "system" => CameraChoice::System,
        _ => match text.split_once(':') {
            Some(("file", path)) if !path.is_empty() => CameraChoice::File(path.to_owned()),
            Some(("device", name)) if !name.is_empty() => CameraChoice::Device(DeviceId::from(name)),
            _ => return Err("synthetic, off, system, file:PATH or device:NAME".into()),
        },
    })
}

fn microphone(text: &str) -> Result<MicrophoneChoice, String> {
    Ok(match camera(text)? {
        CameraChoice::Synthetic => MicrophoneChoice::Synthetic,
        CameraChoice::None => MicrophoneChoice::None,
        CameraChoice::System => MicrophoneChoice::System,
        CameraChoice::File(path) => MicrophoneChoice::File(path),
        CameraChoice::Device(id) => MicrophoneChoice::Device(id),
    })
}

fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &text[digits.len()..];
    let number: f64 = digits.parse().map_err(|_| "a number and ms, s, m or h".to_owned())?;
    let seconds = match unit {
        "ms" => number / 1000.0,
        "" | "s" => number,
        "m" => number * 60.0,
        "h" => number * 3600.0,
        _ => return Err("a number and ms, s, m or h".into()),
    };
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

fn size(text: &str) -> Result<Size, String> {
    let parsed =
        text.split_once('x').and_then(|(width, height)| Some(Size::new(width.parse().ok()?, height.parse().ok()?)));
    parsed
        .filter(|size| !size.is_empty() && size.width <= 8192 && size.height <= 8192)
        .ok_or_else(|| "a size such as 1280x720".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_read() {
        assert_eq!(camera("file:/a:b.y4m"), Ok(CameraChoice::File("/a:b.y4m".into())));
        assert_eq!(microphone("device:pulseaudio:mic"), Ok(MicrophoneChoice::Device("pulseaudio:mic".into())));
        assert!(camera("film").is_err() && camera("file:").is_err());
    }

    #[test]
    fn times_and_sizes_are_read() {
        assert_eq!(duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert!(
            duration("-1s").is_err()
                && duration("soon").is_err()
                && duration("").is_err()
                && duration("1e400s").is_err()
        );
        assert_eq!(size("640x360"), Ok(Size::new(640, 360)));
        assert!(size("0x1").is_err() && size("9999x1").is_err() && size("x").is_err());
    }

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }
}
