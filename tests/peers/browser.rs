//! The web participant: `livekit-client` in Debian's Chromium, driven by `browser/peer.mjs`.

use super::{Peer, PeerError};
use crate::node::NodeFolder;
use crate::process::Process;
use crate::servers::namespace::Namespace;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How a browser joins.
#[derive(Clone, Debug)]
pub struct Options {
    pub url: String,
    pub token: String,
    /// `default` (the library's own choice), `vp9` (scalable), `vp8`, `h264` or `off`.
    pub codec: &'static str,
    /// Width × height of what it sends.
    pub size: (u32, u32),
    pub fps: u32,
    /// `off`, `tone:440` or `file:PATH`.
    pub sound: String,
    /// Where it writes what it hears (WAV, mono, 48 kHz).
    pub record: Option<PathBuf>,
    /// Asks only for what its tiles need and sends only what is asked for, as Visio does.
    pub adaptive: bool,
    /// Width × height of its tiles in CSS pixels.
    pub tile: (u32, u32),
    /// Reads the barcodes of what it sees.
    pub codes: bool,
    /// In a window on this display, instead of headless.
    pub display: Option<String>,
    pub namespace: Option<Namespace>,
}

impl Options {
    /// As a person's browser joins: the library's defaults, 720p at 30 fps and a tone.
    pub fn new(url: String, token: String) -> Self {
        Self {
            url,
            token,
            codec: "default",
            size: (1280, 720),
            fps: 30,
            sound: "tone:440".to_owned(),
            record: None,
            adaptive: false,
            tile: (640, 360),
            codes: true,
            display: None,
            namespace: None,
        }
    }
}

/// The programs that drive a browser, and their packages.
pub(super) const PROGRAMS: NodeFolder =
    NodeFolder { what: "the browser peer", source: "tests/peers/browser", cached: "peers/browser" };

/// Installs the packages at the versions of the lock file.
///
/// # Errors
/// There is no npm, or it fails.
pub fn install() -> Result<(), PeerError> {
    Ok(PROGRAMS.install()?)
}

/// Whether the packages are installed.
pub fn is_installed() -> bool {
    PROGRAMS.is_installed()
}

/// Where the packages are installed.
pub fn packages() -> PathBuf {
    PROGRAMS.packages()
}

/// Starts a browser that joins; events come as they happen. Its log goes to `folder`.
///
/// # Errors
/// Its packages are not installed, or node cannot be started.
pub fn join(name: &str, folder: &Path, options: &Options) -> Result<Peer, PeerError> {
    let node = match &options.namespace {
        Some(namespace) => namespace.command("node"),
        None => Command::new("node"),
    };
    let mut command = PROGRAMS.run(node, "peer.mjs")?;
    let pair = |(width, height): (u32, u32)| format!("{width}x{height}");
    let given: [(&str, OsString); 7] = [
        ("--url", options.url.clone().into()),
        ("--token", options.token.clone().into()),
        ("--codec", options.codec.into()),
        ("--size", pair(options.size).into()),
        ("--fps", options.fps.to_string().into()),
        ("--sound", options.sound.clone().into()),
        ("--tile", pair(options.tile).into()),
    ];
    for (key, value) in given {
        command.arg(key).arg(value);
    }
    if let Some(file) = &options.record {
        command.arg("--record").arg(file);
    }
    if options.adaptive {
        command.arg("--adaptive");
    }
    if !options.codes {
        command.arg("--no-codes");
    }
    if let Some(display) = &options.display {
        command.arg("--headed").env("DISPLAY", display);
    }
    Ok(Peer::new(Process::talk(name, &mut command, &folder.join(format!("{name}.log")))?))
}
