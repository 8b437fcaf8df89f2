//! Where the log goes and how much of it.

use tracing_subscriber::EnvFilter;

/// How much is logged to the standard error stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogLevel {
    /// Errors only.
    Quiet,
    #[default]
    Normal,
    Detailed,
}

/// Starts logging for the process; later calls do nothing. `VISAVIS_LOG` (an `env_filter` directive) overrides.
///
/// The `webrtc` crate's own messages are cut down to errors: its warnings are noise in normal calls
/// (`livekit-with-webrtc-crate.md` §2) and its errors print packets.
pub fn start_tracing(level: LogLevel) {
    let ours = match level {
        LogLevel::Quiet => "error",
        LogLevel::Normal => "warn",
        LogLevel::Detailed => "debug",
    };
    let directive = format!(
        "{ours},webrtc=off,rtc=off,rtc_ice=off,rtc_dtls=off,rtc_srtp=off,rtc_sctp=off,rtc_interceptor=off,rtc_mdns=off,rtc_turn=off,rtc_datachannel=off,rtc_shared=off,tungstenite=off,tokio_tungstenite=off,rustls=off,sonora=off"
    );
    let filter = EnvFilter::try_from_env("VISAVIS_LOG").unwrap_or_else(|_| EnvFilter::new(directive));
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).try_init();
}
