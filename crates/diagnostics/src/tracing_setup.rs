//! Where the log goes and how much of it.

use crate::log_file::LogFile;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt};

/// How much is logged to the standard error stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogLevel {
    /// Errors only.
    Quiet,
    #[default]
    Normal,
    Detailed,
}

/// Starts logging for the process; later calls do nothing. `VISAVIS_LOG` (an `env_filter` directive) overrides what goes to the standard
/// error stream. `kept`: what support wants to know is written there too.
///
/// The `webrtc` crate's own messages are cut down to errors: its warnings are noise in normal calls
/// (`livekit-with-webrtc-crate.md` §2) and its errors print packets.
pub fn start_tracing(level: LogLevel, kept: Option<LogFile>) {
    let ours = match level {
        LogLevel::Quiet => "error",
        LogLevel::Normal => "warn",
        LogLevel::Detailed => "debug",
    };
    let filter = EnvFilter::try_from_env("VISAVIS_LOG").unwrap_or_else(|_| EnvFilter::new(directive(ours)));
    let spoken = fmt::layer().with_writer(std::io::stderr).with_ansi(false).with_filter(filter);
    let kept = kept.map(|file| {
        fmt::layer().with_writer(move || file.clone()).with_ansi(false).with_filter(EnvFilter::new(directive("info")))
    });
    let _ = tracing_subscriber::registry().with(spoken).with(kept).try_init();
}

fn directive(ours: &str) -> String {
    format!(
        "{ours},webrtc=off,rtc=off,rtc_ice=off,rtc_dtls=off,rtc_srtp=off,rtc_sctp=off,rtc_interceptor=off,rtc_mdns=off,rtc_turn=off,rtc_datachannel=off,rtc_shared=off,tungstenite=off,tokio_tungstenite=off,rustls=off,sonora=off"
    )
}
