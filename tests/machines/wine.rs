//! Windows as far as wine has it: a Debian that is new enough for it, and a fresh Windows in each copy.

use super::image::{Image, Recipe};
use super::root::Root;
use crate::servers::ServerError;
use crate::servers::pulse::PulseAudio;
use crate::servers::xvfb::Xvfb;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Its wine (10.0) has what programs of today's Rust ask Windows for; bookworm's has not.
const SUITE: &str = "trixie";
const PREFIX: &str = "/windows";

/// A Windows for one test.
pub struct Wine {
    root: Root,
    run: PathBuf,
}

/// The system with wine in it; building it takes two minutes.
///
/// # Errors
/// As [`Image::install`].
pub fn image() -> Result<Image, ServerError> {
    let recipe = Recipe::of_suite("wine", SUITE, &["wine", "wine64", "ca-certificates", "libpulse0"])?;
    Image::install(&Recipe {
        finish: "export WINEPREFIX=/windows WINEARCH=win64 WINEDEBUG=-all; wineboot -i; wineserver -w",
        ..recipe
    })
}

impl Wine {
    /// A fresh Windows; `run` is there too, as on the host and as a folder of drive `Z:`.
    ///
    /// # Errors
    /// wine is not installed.
    pub fn fresh(run: &Path) -> Result<Self, ServerError> {
        let mut root = Root::fresh(&image()?, run)?;
        for (key, value) in [("WINEPREFIX", PREFIX), ("WINEARCH", "win64"), ("WINEDEBUG", "-all")] {
            root.set(key, value);
        }
        Ok(Self { root, run: run.to_owned() })
    }

    /// Gives it a desktop: its windows are on this screen.
    pub fn show_on(&mut self, screen: &Xvfb) {
        self.root.set("DISPLAY", screen.display());
        self.root.share(Path::new("/tmp/.X11-unix"));
    }

    /// Gives it sound: the devices of this server.
    pub fn sound_by(&mut self, server: &PulseAudio) {
        for (key, value) in server.environment() {
            self.root.set(key, &value);
        }
        self.root.share(server.folder());
    }

    /// The words of a command of the host that starts what is put behind them: a program of Windows and its arguments. Paths of the
    /// host are understood, for the working folder is on `Z:`.
    pub fn enter(&self) -> Vec<OsString> {
        let mut words = self.root.enter("root");
        // What it leaves running (wine's own server) ends with it.
        words.extend(
            ["sh", "-ec", "code=0; wine \"$@\" || code=$?; wineserver -w; exit $code", "sh"].map(OsString::from),
        );
        words
    }

    /// Runs a program of Windows to its end.
    ///
    /// # Errors
    /// wine cannot be started.
    pub fn run(&self, words: &[&str]) -> Result<Output, ServerError> {
        let enter = self.enter();
        Ok(Command::new(&enter[0]).args(&enter[1..]).args(words).output()?)
    }

    /// msiexec without a window, with these words of its command line as an administrator writes them; its exit code, of which Unix
    /// keeps the lower eight bits.
    ///
    /// By a batch file: `PROPERTY="a b"` is quoted as no argument of Unix is.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn msiexec(&self, words: &str) -> Result<i32, ServerError> {
        let file = self.run.join("install.bat");
        let words = words.replace('%', "%%");
        std::fs::write(&file, format!("@msiexec {words} /qn\r\n@exit /b %errorlevel%\r\n"))?;
        Ok(self.run(&["cmd", "/c", &file.to_string_lossy().replace('/', "\\")])?.status.code().unwrap_or(-1))
    }

    /// The data of a value of the registry's 64-bit side, as `reg query` shows it; `""` asks for a key's own value. `None` where it is not there.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn registry(&self, key: &str, value: &str) -> Result<Option<String>, ServerError> {
        let mut words = vec!["reg", "query", key];
        words.extend(if value.is_empty() { vec!["/ve"] } else { vec!["/v", value] });
        let output = self.run(&[words.as_slice(), &["/reg:64"]].concat())?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let data = text.lines().find_map(|line| {
            let (_, typed) = line.split_once("    REG_")?;
            typed.split_once("    ").map(|(_, data)| data.trim_end_matches('\r').to_owned())
        });
        Ok(data)
    }

    /// A folder or file of drive `C:`, as the host sees it: where it was written there.
    pub fn written(&self, path: &str) -> PathBuf {
        self.root.written(&format!("{PREFIX}/drive_c/{path}"))
    }

    pub fn root(&self) -> &Root {
        &self.root
    }
}
