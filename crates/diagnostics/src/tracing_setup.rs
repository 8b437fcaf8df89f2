//! Where the log goes and how much of it.

use crate::log_file::LogFile;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt};

/// How much is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogLevel {
    /// Errors only.
    Quiet,
    #[default]
    Normal,
    Detailed,
}

impl LogLevel {
    /// What of ours goes to the standard error stream.
    const fn spoken(self) -> &'static str {
        match self {
            Self::Quiet => "error",
            Self::Normal => "warn",
            Self::Detailed => "debug",
        }
    }

    /// What of ours goes to the log that is kept: what support wants to know is usual there.
    const fn kept(self) -> &'static str {
        match self {
            Self::Quiet => "error",
            Self::Normal => "info",
            Self::Detailed => "debug",
        }
    }

    /// What of others' code goes anywhere: never its steps, which name hosts (`hyper_util` each that it keeps a connection to).
    const fn of_others(self) -> &'static str {
        match self {
            Self::Quiet => "error",
            Self::Normal | Self::Detailed => "warn",
        }
    }
}

/// Starts logging for the process; later calls do nothing. `VISAVIS_LOG` (an `env_filter` directive) overrides what goes to the standard
/// error stream. `kept`: the log that is kept, and how much goes there.
///
/// The `webrtc` crate's own messages are cut down to errors: its warnings are noise in normal calls
/// (`livekit-with-webrtc-crate.md` §2) and its errors print packets.
pub fn start_tracing(level: LogLevel, kept: Option<(LogFile, LogLevel)>) {
    let filter =
        EnvFilter::try_from_env("VISAVIS_LOG").unwrap_or_else(|_| EnvFilter::new(directive(level, level.spoken())));
    let spoken = fmt::layer().with_writer(std::io::stderr).with_ansi(false).with_filter(filter);
    let kept = kept.map(|(file, level)| {
        let filter = EnvFilter::new(directive(level, level.kept()));
        fmt::layer().with_writer(move || file.clone()).with_ansi(false).with_filter(filter)
    });
    let _ = tracing_subscriber::registry().with(spoken).with(kept).try_init();
}

/// The target of everything of ours begins with `visavis`, that of the program and those of its crates (`visavis_engine`).
fn directive(level: LogLevel, ours: &str) -> String {
    let of_others = level.of_others();
    format!(
        "{of_others},visavis={ours},webrtc=off,rtc=off,rtc_ice=off,rtc_dtls=off,rtc_srtp=off,rtc_sctp=off,rtc_interceptor=off,rtc_mdns=off,rtc_turn=off,rtc_datachannel=off,rtc_shared=off,tungstenite=off,tokio_tungstenite=off,rustls=off,sonora=off"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the log keeps of what `say` logs.
    fn kept(name: &str, level: LogLevel, say: impl FnOnce()) -> String {
        let folder = std::env::temp_dir().join(format!("visavis-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let file = LogFile::open(&folder).expect("a log");
        let filter = EnvFilter::new(directive(level, level.kept()));
        let layer = fmt::layer().with_writer(move || file.clone()).with_ansi(false).with_filter(filter);
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), say);
        let log = LogFile::read(&folder);
        std::fs::remove_dir_all(&folder).expect("gone");
        log
    }

    #[test]
    fn the_kept_log_holds_what_its_level_says() {
        for (level, steps, figures, warnings) in [
            (LogLevel::Quiet, false, false, false),
            (LogLevel::Normal, false, true, true),
            (LogLevel::Detailed, true, true, true),
        ] {
            let log = kept("levels", level, || {
                tracing::debug!("a step");
                tracing::info!("a figure");
                tracing::warn!("a warning");
                tracing::error!("an error");
            });
            let has = |words: &str| log.contains(words);
            let found = (has("a step"), has("a figure"), has("a warning"), has("an error"));
            assert_eq!(found, (steps, figures, warnings, true), "{level:?}");
        }
    }

    #[test]
    fn of_the_code_of_others_only_warnings_are_kept() {
        for level in [LogLevel::Quiet, LogLevel::Normal, LogLevel::Detailed] {
            let log = kept("others", level, || {
                tracing::debug!(target: "hyper_util::client::legacy::pool", "connection for (\"https\", meet-intern)");
                tracing::info!(target: "zbus::connection", "figure of meet-intern");
                tracing::warn!(target: "zbus::connection", "their warning");
                tracing::error!(target: "hyper_util::client", "their error");
                tracing::error!(target: "webrtc::peer_connection", "packet of meet-intern");
                tracing::info!(target: "visavis", "our program");
                tracing::info!(target: "visavis_engine::net::driver", "our engine");
            });
            assert!(!log.contains("meet-intern") && log.contains("their error"), "{level:?}: {log}");
            let told = level != LogLevel::Quiet;
            for words in ["their warning", "our program", "our engine"] {
                assert_eq!(log.contains(words), told, "{level:?}, {words}: {log}");
            }
        }
    }
}
