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
    /// The filter of the standard error stream.
    const fn spoken(self) -> &'static str {
        match self {
            Self::Quiet => "error",
            Self::Normal => "warn",
            Self::Detailed => "debug",
        }
    }

    /// The filter of the log that is kept: what support wants to know is usual there.
    const fn kept(self) -> &'static str {
        match self {
            Self::Quiet => "error",
            Self::Normal => "info",
            Self::Detailed => "debug",
        }
    }
}

/// Starts logging for the process; later calls do nothing. `VISAVIS_LOG` (an `env_filter` directive) overrides what goes to the standard
/// error stream. `kept`: the log that is kept, and how much goes there.
///
/// The `webrtc` crate's own messages are cut down to errors: its warnings are noise in normal calls
/// (`livekit-with-webrtc-crate.md` §2) and its errors print packets.
pub fn start_tracing(level: LogLevel, kept: Option<(LogFile, LogLevel)>) {
    let filter = EnvFilter::try_from_env("VISAVIS_LOG").unwrap_or_else(|_| EnvFilter::new(directive(level.spoken())));
    let spoken = fmt::layer().with_writer(std::io::stderr).with_ansi(false).with_filter(filter);
    let kept = kept.map(|(file, level)| {
        let filter = EnvFilter::new(directive(level.kept()));
        fmt::layer().with_writer(move || file.clone()).with_ansi(false).with_filter(filter)
    });
    let _ = tracing_subscriber::registry().with(spoken).with(kept).try_init();
}

fn directive(ours: &str) -> String {
    format!(
        "{ours},webrtc=off,rtc=off,rtc_ice=off,rtc_dtls=off,rtc_srtp=off,rtc_sctp=off,rtc_interceptor=off,rtc_mdns=off,rtc_turn=off,rtc_datachannel=off,rtc_shared=off,tungstenite=off,tokio_tungstenite=off,rustls=off,sonora=off"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kept_log_holds_what_its_level_says() {
        let folder = std::env::temp_dir().join(format!("visavis-levels-{}", std::process::id()));
        for (level, steps, figures, warnings) in [
            (LogLevel::Quiet, false, false, false),
            (LogLevel::Normal, false, true, true),
            (LogLevel::Detailed, true, true, true),
        ] {
            let _ = std::fs::remove_dir_all(&folder);
            let file = LogFile::open(&folder).expect("a log");
            let filter = EnvFilter::new(directive(level.kept()));
            let layer = fmt::layer().with_writer(move || file.clone()).with_ansi(false).with_filter(filter);
            tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
                tracing::debug!("a step");
                tracing::info!("a figure");
                tracing::warn!("a warning");
                tracing::error!("an error");
            });
            let log = LogFile::read(&folder);
            let has = |words: &str| log.contains(words);
            let found = (has("a step"), has("a figure"), has("a warning"), has("an error"));
            assert_eq!(found, (steps, figures, warnings, true), "{level:?}");
        }
        std::fs::remove_dir_all(&folder).expect("gone");
    }
}
