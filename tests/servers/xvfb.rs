//! A screen without a screen, and pictures of it.

use super::ServerError;
use crate::process::Process;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const READY: Duration = Duration::from_secs(20);

/// An X server that draws to memory, on a display number of its own.
pub struct Xvfb {
    server: Process,
    display: String,
    /// The screen's memory as a file (XWD).
    memory: PathBuf,
}

impl Xvfb {
    /// A screen of this size, 24 bits deep.
    ///
    /// # Errors
    /// Xvfb is not installed or does not come up.
    pub fn start(log_folder: &Path, width: u32, height: u32) -> Result<Self, ServerError> {
        let mut command = Command::new("Xvfb");
        command.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            &format!("{width}x{height}x24"),
            "-nolisten",
            "tcp",
            "-noreset",
            "-fbdir",
        ]);
        command.arg(log_folder);
        let server = Process::talk("Xvfb", &mut command, &log_folder.join("xvfb.log"))?;
        match server.line(READY) {
            Some(number) => {
                Ok(Self { server, display: format!(":{}", number.trim()), memory: log_folder.join("Xvfb_screen0") })
            }
            None => Err(ServerError::Start { what: "Xvfb".to_owned(), words: server.log_text() }),
        }
    }

    /// The value for `DISPLAY`.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// The process that draws.
    pub fn id(&self) -> u32 {
        self.server.id()
    }

    /// Ends it at once, as a crash does.
    pub fn die(&mut self) {
        self.server.kill();
    }

    /// What is on the screen at this moment, read from its memory: costs next to nothing, so it disturbs no measurement.
    ///
    /// Rows from the top, pixels of four octets: blue, green, red, nothing. `None` where the memory cannot be read.
    pub fn look(&self) -> Option<Vec<u8>> {
        const HEADER: usize = 100;
        const COLOR: usize = 12;
        let file = std::fs::read(&self.memory).ok()?;
        let field = |number: usize| {
            let bytes = file.get(number * 4..number * 4 + 4)?;
            Some(u32::from_be_bytes(bytes.try_into().ok()?) as usize)
        };
        // XWDFile.h: header size, …, width, height, …, bits a pixel, bytes a line, …, colours.
        let (begin, width, height, bits, line, colors) =
            (field(0)?, field(4)?, field(5)?, field(11)?, field(12)?, field(19)?);
        if begin < HEADER || bits != 32 {
            return None;
        }
        let pixels = file.get(begin + colors * COLOR..)?;
        let rows = (0..height).map(|row| pixels.get(row * line..row * line + width * 4));
        rows.collect::<Option<Vec<_>>>().map(|rows| rows.concat())
    }

    /// Saves the whole screen, video included, as PNG.
    ///
    /// # Errors
    /// ImageMagick is not installed, or cannot.
    pub fn screenshot(&self, file: &Path) -> Result<(), ServerError> {
        screenshot(&self.display, file)
    }
}

/// Saves the screen of that display as PNG.
///
/// # Errors
/// ImageMagick is not installed, or cannot.
pub fn screenshot(display: &str, file: &Path) -> Result<(), ServerError> {
    let output = Command::new("import").args(["-display", display, "-window", "root"]).arg(file).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(ServerError::Start { what: "import".to_owned(), words: String::from_utf8_lossy(&output.stderr).into_owned() })
}

/// The pixels of a PNG within a rectangle (left, top, width, height), three octets each.
///
/// # Errors
/// ImageMagick is not installed, or the file is no picture.
pub fn pixels(file: &Path, (left, top, width, height): (i32, i32, u32, u32)) -> Result<Vec<u8>, ServerError> {
    let output = Command::new("convert")
        .arg(file)
        .args(["-crop", &format!("{width}x{height}+{left}+{top}"), "+repage", "-depth", "8", "rgb:-"])
        .output()?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(ServerError::Start { what: "convert".to_owned(), words: String::from_utf8_lossy(&output.stderr).into_owned() })
}
