//! A desktop for the application's window: the person's own, or a screen and a sound card in memory.

use crate::places;
use crate::process::{Process, ProcessError};
use crate::reader;
use crate::servers::ServerError;
use crate::servers::pulse::PulseAudio;
use crate::servers::xvfb::{self, Xvfb};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Every window fills the screen and has no frame: what is measured is the application's own. Alt+F4 closes it.
const WINDOW_RULES: &str = r#"<?xml version="1.0"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <applications><application class="*"><decor>no</decor><maximized>yes</maximized></application></applications>
  <keyboard><keybind key="A-F4"><action name="Close"/></keybind></keyboard>
</openbox_config>
"#;

/// Unlocks a keyring, made where there is none.
const KEYRING: &str = "printf 'a password' | gnome-keyring-daemon --unlock --components=secrets >/dev/null || exit; ";

/// Shows the system's notices, and gives the bus a moment to know of it.
const NOTICES: &str = "/usr/lib/notification-daemon/notification-daemon >/dev/null 2>&1 & sleep 0.3; ";

/// Shows the tray (Xfce's panel, which holds nothing else), and says where the bus is.
const TRAY: &str = "echo \"$DBUS_SESSION_BUS_ADDRESS\" >\"$XDG_CONFIG_HOME/bus\"; xfce4-panel --disable-wm-check >/dev/null 2>&1 & sleep 2; ";

/// The screen reader; goes on once it has said that it is there. The screen may still name the bus of an earlier program's session.
const READER: &str = "AT_SPI_BUS_ADDRESS=$(gdbus call --session --dest org.a11y.Bus --object-path /org/a11y/bus --method org.a11y.Bus.GetAddress | cut -d \\' -f 2); \
    export AT_SPI_BUS_ADDRESS; echo \"$AT_SPI_BUS_ADDRESS\" >\"$XDG_CONFIG_HOME/reader-bus\"; \
    echo \"$DBUS_SESSION_BUS_ADDRESS\" >\"$XDG_CONFIG_HOME/bus\"; \
    LANGUAGE=$VISAVIS_READER LC_ALL=C.UTF-8 orca --replace -e speech >\"$XDG_CONFIG_HOME/orca.log\" 2>&1 & \
    for i in $(seq 300); do [ -s \"$XDG_CONFIG_HOME/said.jsonl\" ] && break; sleep 0.1; done; ";

/// A panel in the upper left corner.
const PANEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
      <property name="icon-size" type="uint" value="24"/>
    </property>
  </property>
</channel>
"#;

/// Where folders that have a name of their own in each language are.
const FOLDERS: &str = "XDG_DESKTOP_DIR=\"$HOME/Desktop\"\n";

/// Puts a folder in the place of the organisation's, for what follows alone, and goes on with the rest of the line.
const MANAGED: &str = r#"mount --bind "$0" /etc/visavis && exec "$@""#;

/// Where windows open and sound plays.
pub struct Desktop {
    /// The window manager; ended before the screen that it needs.
    _windows: Option<Process>,
    screen: Option<Xvfb>,
    sound: Option<PulseAudio>,
    display: String,
    folder: PathBuf,
    keyring: bool,
    managed: Option<PathBuf>,
    notices: bool,
    tray: bool,
    /// The language of the screen reader, where there is one.
    reader: Option<String>,
}

impl Desktop {
    /// A screen of this size and a sound card, both in memory.
    ///
    /// # Errors
    /// Xvfb, openbox or PulseAudio is not installed or does not come up.
    pub fn in_memory(folder: &Path, width: u32, height: u32) -> Result<Self, ServerError> {
        let screen = Xvfb::start(folder, width, height)?;
        let sound = PulseAudio::start(folder)?;
        let display = screen.display().to_owned();
        let config = folder.join("home/.config");
        std::fs::create_dir_all(&config)?;
        std::fs::create_dir_all(folder.join("home/Desktop"))?;
        let home = folder.join("home").to_string_lossy().into_owned();
        std::fs::write(config.join("user-dirs.dirs"), FOLDERS.replace("$HOME", &home))?;
        let rules = folder.join("openbox.xml");
        std::fs::write(&rules, WINDOW_RULES)?;
        let mut command = Command::new("openbox");
        command
            .arg("--config-file")
            .arg(rules)
            .args(["--sm-disable"])
            .env("DISPLAY", &display)
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("XDG_SESSION_TYPE");
        let windows = Process::start("openbox", &mut command, &folder.join("openbox.log"))?;
        Ok(Self {
            screen: Some(screen),
            sound: Some(sound),
            display,
            folder: folder.to_owned(),
            keyring: false,
            managed: None,
            notices: false,
            tray: false,
            reader: None,
            _windows: Some(windows),
        })
    }

    /// The person's desktop where there is one, else one in memory.
    ///
    /// # Errors
    /// As [`Self::in_memory`].
    pub fn of_person(folder: &Path) -> Result<Self, ServerError> {
        let has_screen = ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
        if !has_screen {
            return Self::in_memory(folder, 1280, 800);
        }
        let display = std::env::var("DISPLAY").unwrap_or_default();
        Ok(Self {
            screen: None,
            sound: None,
            display,
            folder: folder.to_owned(),
            keyring: false,
            managed: None,
            notices: false,
            tray: false,
            reader: None,
            _windows: None,
        })
    }

    /// With a keyring that is unlocked, as after a person's login: the real `gnome-keyring-daemon`. What it keeps outlives its programs.
    #[must_use]
    pub fn with_keyring(self) -> Self {
        Self { keyring: true, ..self }
    }

    /// As on a computer that an organisation manages: programs find what is in `folder` as `/etc/visavis`. Takes root's rights.
    ///
    /// # Errors
    /// The place cannot be made.
    pub fn managed(self, folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all("/etc/visavis")?;
        Ok(Self { managed: Some(folder.to_owned()), ..self })
    }

    /// With somebody who shows the system's notices: the real `notification-daemon`.
    #[must_use]
    pub fn with_notices(self) -> Self {
        Self { notices: true, ..self }
    }

    /// With a tray in the upper left corner: the real panel of Xfce.
    ///
    /// # Errors
    /// Its settings cannot be written.
    pub fn with_tray(self) -> std::io::Result<Self> {
        let folder = self.home().join(".config/xfce4/xfconf/xfce-perchannel-xml");
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("xfce4-panel.xml"), PANEL)?;
        Ok(Self { tray: true, ..self })
    }

    /// With a blind person's screen reader, which speaks this language: the real Orca. What it says is heard by [`crate::reader::Reader`].
    ///
    /// # Errors
    /// Its settings cannot be written.
    pub fn with_reader(self, language: &str) -> std::io::Result<Self> {
        reader::prepare(&self.folder.join("data"), &self.home())?;
        Ok(Self { reader: Some(language.to_owned()), ..self })
    }

    /// Where the address of the session bus is written down for programs that come [`Self::with_tray`] or [`Self::with_reader`].
    pub fn bus(&self) -> PathBuf {
        self.home().join(".config/bus")
    }

    /// Says something on the session bus of a program that was started [`Self::with_tray`]: the words of `gdbus emit --session`.
    ///
    /// # Errors
    /// `gdbus` is not installed, or nobody listens there.
    pub fn signal(&self, words: &[&str]) -> Result<(), ServerError> {
        let bus = std::fs::read_to_string(self.bus())?;
        let mut command = Command::new("gdbus");
        let output =
            command.args(["emit", "--session"]).args(words).env("DBUS_SESSION_BUS_ADDRESS", bus.trim()).output()?;
        if output.status.success() {
            return Ok(());
        }
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(ServerError::Start { what: "gdbus".to_owned(), words })
    }

    /// Where this desktop's person keeps what lies on it: below their own home.
    pub fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    /// Types as a person does, into whatever has the focus: `xdotool`'s words, as `type TEXT` and `key Return`.
    ///
    /// # Errors
    /// xdotool is not installed, or fails.
    pub fn input(&self, words: &[&str]) -> Result<String, ServerError> {
        let output = Command::new("xdotool").args(words).env("DISPLAY", &self.display).output()?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if output.status.success() { Ok(text) } else { Err(std::io::Error::other(format!("xdotool {words:?}")).into()) }
    }

    /// What taskbars and pagers ask the window manager for, in the words of `wmctrl`.
    ///
    /// # Errors
    /// It is not installed, or refuses.
    pub fn ask_manager(&self, words: &[&str]) -> Result<(), ServerError> {
        let status = Command::new("wmctrl").args(words).env("DISPLAY", &self.display).status()?;
        if status.success() { Ok(()) } else { Err(std::io::Error::other(format!("wmctrl {words:?}")).into()) }
    }

    /// Whether nobody can see it.
    pub fn is_in_memory(&self) -> bool {
        self.screen.is_some()
    }

    pub fn display(&self) -> &str {
        &self.display
    }

    pub fn sound(&self) -> Option<&PulseAudio> {
        self.sound.as_ref()
    }

    /// The process that draws the screen in memory.
    pub fn screen_id(&self) -> Option<u32> {
        self.screen.as_ref().map(Xvfb::id)
    }

    /// What a program of this desktop has in its environment.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let Some(sound) = &self.sound else { return Vec::new() };
        let mut environment = vec![
            ("DISPLAY", self.display.clone()),
            ("LIBGL_ALWAYS_SOFTWARE", "1".to_owned()),
            ("GDK_BACKEND", "x11".to_owned()),
            // What programs keep is this desktop's, not the person's.
            ("XDG_DATA_HOME", self.folder.join("data").to_string_lossy().into_owned()),
            ("XDG_CONFIG_HOME", self.home().join(".config").to_string_lossy().into_owned()),
            ("XDG_STATE_HOME", self.home().join(".local/state").to_string_lossy().into_owned()),
        ];
        environment.push(match &self.reader {
            None => ("NO_AT_BRIDGE", "1".to_owned()),
            Some(language) => ("VISAVIS_READER", language.clone()),
        });
        environment.extend(sound.environment());
        environment
    }

    /// A command that runs `program` on this desktop, with a session bus.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command;
        if self.is_in_memory() {
            command = match &self.managed {
                None => Command::new("dbus-run-session"),
                Some(folder) => {
                    let mut command = Command::new("unshare");
                    command.args(["--mount", "sh", "-c", MANAGED]).arg(folder).arg("dbus-run-session");
                    command
                }
            };
            command.arg("--");
            let before =
                [(self.keyring, KEYRING), (self.notices, NOTICES), (self.tray, TRAY), (self.reader.is_some(), READER)];
            let before: String = before.iter().filter(|(wanted, _)| *wanted).map(|(_, line)| *line).collect();
            if !before.is_empty() {
                command.args(["sh", "-c", &(before + r#"exec "$@""#), "sh"]);
            }
            command.arg(program);
            for name in ["WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "DBUS_SESSION_BUS_ADDRESS"] {
                command.env_remove(name);
            }
        } else {
            command = Command::new(program);
        }
        command.envs(self.environment());
        command
    }

    /// Opens the application with these arguments, with settings of its own that nobody else sees.
    ///
    /// # Errors
    /// It is not built.
    pub fn open(&self, arguments: &[&str]) -> Result<Process, ProcessError> {
        let mut command = self.command(places::binary());
        command.args(arguments).arg("--separate").arg("--preferences").arg(self.folder.join("preferences.json"));
        Process::start("visavis", &mut command, &self.folder.join("visavis.log"))
    }

    /// What is on a screen in memory now ([`Xvfb::look`]); `None` on a person's own.
    pub fn look(&self) -> Option<Vec<u8>> {
        self.screen.as_ref()?.look()
    }

    /// Saves the whole screen, pictures included, as PNG.
    ///
    /// # Errors
    /// ImageMagick is not installed, or cannot.
    pub fn screenshot(&self, name: &str) -> Result<PathBuf, ServerError> {
        let file = self.folder.join(format!("{name}.png"));
        xvfb::screenshot(&self.display, &file)?;
        Ok(file)
    }
}

/// Speaks `text` to a WAV file with one of espeak-ng's voices.
///
/// # Errors
/// espeak-ng is not installed, or does not know the voice.
pub fn voice(file: &Path, voice: &str, text: &str) -> Result<(), ServerError> {
    let output = Command::new("espeak-ng").args(["-v", voice, "-s", "150", "-w"]).arg(file).arg(text).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(ServerError::Start {
        what: "espeak-ng".to_owned(),
        words: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}
