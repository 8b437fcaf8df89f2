//! PulseAudio as a sound card: a loudspeaker whose sound can be recorded, and a microphone that can be spoken into.

use super::ServerError;
use crate::process::Process;
use crate::wait;
use nix::sys::signal::Signal;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

static NEXT: AtomicU32 = AtomicU32::new(0);
const READY: Duration = Duration::from_secs(15);

/// A PulseAudio server of our own: sink `spk` (default), sink `micpipe`, and source `mic` (default) that gives what is
/// played into `micpipe`.
pub struct PulseAudio {
    process: Process,
    folder: PathBuf,
}

/// A device that was plugged in: what `pactl` calls its parts.
#[derive(Clone, Debug)]
pub struct Plugged {
    modules: [String; 3],
}

impl PulseAudio {
    /// # Errors
    /// PulseAudio is not installed or does not come up.
    pub fn start(log_folder: &Path) -> Result<Self, ServerError> {
        // Sockets have short names: not in the log folder.
        let folder = std::env::temp_dir().join(format!(
            "visavis-pulse-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        ));
        std::fs::create_dir_all(&folder)?;
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700))?;
        let mut command = Command::new("pulseaudio");
        command
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--disable-shm=yes", "--use-pid-file=no"])
            .args(["-L", &format!("module-native-protocol-unix auth-anonymous=1 socket={}", folder.join("native").display())])
            .args(["-L", "module-null-sink sink_name=spk rate=48000 channels=1 sink_properties=device.description=Loudspeaker"])
            .args(["-L", "module-null-sink sink_name=micpipe rate=48000 channels=1"])
            .args(["-L", "module-remap-source source_name=mic master=micpipe.monitor source_properties=device.description=Microphone"])
            .env("XDG_RUNTIME_DIR", &folder)
            .env("HOME", &folder)
            .env_remove("DISPLAY");
        let process = Process::start("pulseaudio", &mut command, &log_folder.join("pulseaudio.log"))?;
        let server = Self { process, folder };
        wait::until("PulseAudio's answer", READY, || server.control(&["info"]).ok())?;
        server.control(&["set-default-sink", "spk"])?;
        server.control(&["set-default-source", "mic"])?;
        Ok(server)
    }

    /// What a program needs in its environment to find this server and no other.
    pub fn environment(&self) -> [(&'static str, String); 2] {
        let folder = self.folder.display();
        [("PULSE_SERVER", format!("unix:{folder}/native")), ("XDG_RUNTIME_DIR", folder.to_string())]
    }

    /// Where its socket lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Speaks a WAV file into the microphone, over and over, until the result is dropped.
    ///
    /// # Errors
    /// `paplay` is not installed.
    pub fn speak(&self, file: &Path) -> Result<Process, ServerError> {
        self.speak_into("micpipe", file)
    }

    /// The same into the sink that stands behind another microphone.
    ///
    /// # Errors
    /// `paplay` is not installed.
    pub fn speak_into(&self, sink: &str, file: &Path) -> Result<Process, ServerError> {
        let mut command = Command::new("sh");
        // Without it the sink is filled two seconds at a time, and whoever listens anew hears nothing for so long.
        let line = format!("while paplay --latency-msec=100 --device={sink} \"$0\"; do :; done");
        command.args(["-c", &line]).arg(file).envs(self.environment());
        Ok(Process::start("paplay", &mut command, &self.folder.join("paplay.log"))?)
    }

    /// Records what the loudspeaker plays to `file` (WAV, mono, 48 kHz) until the result is stopped.
    ///
    /// # Errors
    /// `parecord` is not installed.
    pub fn record(&self, file: &Path) -> Result<Process, ServerError> {
        self.record_from("spk", file)
    }

    /// The same of another loudspeaker.
    ///
    /// # Errors
    /// `parecord` is not installed.
    pub fn record_from(&self, sink: &str, file: &Path) -> Result<Process, ServerError> {
        let mut command = Command::new("parecord");
        command
            .args([
                "--latency-msec=50",
                &format!("--device={sink}.monitor"),
                "--channels=1",
                "--rate=48000",
                "--format=s16le",
                "--file-format=wav",
            ])
            .arg(file)
            .envs(self.environment());
        Ok(Process::start("parecord", &mut command, &self.folder.join("parecord.log"))?)
    }

    /// Plugs in a device with a loudspeaker `NAME` and a microphone `NAME-mic`, both called `title`; what is spoken into `NAME-pipe`
    /// is what the microphone hears. `properties`: the microphone's, as `device.form_factor=headset`.
    ///
    /// # Errors
    /// As [`Self::control`].
    pub fn plug(&self, name: &str, title: &str, properties: &str) -> Result<Plugged, ServerError> {
        let load = |arguments: &[String]| -> Result<String, ServerError> {
            let mut words = vec!["load-module"];
            words.extend(arguments.iter().map(String::as_str));
            Ok(self.control(&words)?.trim().to_owned())
        };
        let described = format!("device.description='{title}' {properties}");
        let pipe = load(&[
            "module-null-sink".into(),
            format!("sink_name={name}-pipe"),
            "rate=48000".into(),
            "channels=1".into(),
        ])?;
        let loudspeaker = load(&[
            "module-null-sink".into(),
            format!("sink_name={name}"),
            "rate=48000".into(),
            "channels=1".into(),
            format!("sink_properties=\"{described}\""),
        ])?;
        let microphone = load(&[
            "module-remap-source".into(),
            format!("source_name={name}-mic"),
            format!("master={name}-pipe.monitor"),
            format!("source_properties=\"{described}\""),
        ])?;
        Ok(Plugged { modules: [loudspeaker, microphone, pipe] })
    }

    /// Pulls it out again: first its loudspeaker, at once after that its microphone, as a cable does.
    ///
    /// # Errors
    /// As [`Self::control`].
    pub fn unplug(&self, plugged: &Plugged) -> Result<(), ServerError> {
        for module in &plugged.modules {
            self.control(&["unload-module", module])?;
        }
        Ok(())
    }

    /// Lets it hang, as a driver in trouble does, or go on.
    pub fn freeze(&self, frozen: bool) {
        self.process.signal(if frozen { Signal::SIGSTOP } else { Signal::SIGCONT });
    }

    /// Ends it at once, as a crash does: its socket's file stays.
    pub fn die(&mut self) {
        self.process.kill();
    }

    /// Runs `pactl` against this server and gives what it prints.
    ///
    /// # Errors
    /// It fails or is not installed.
    pub fn control(&self, arguments: &[&str]) -> Result<String, ServerError> {
        let output = Command::new("pactl").args(arguments).envs(self.environment()).output()?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(ServerError::Start { what: "pactl".to_owned(), words })
    }
}

impl Drop for PulseAudio {
    fn drop(&mut self) {
        self.process.stop();
        // Left to the machine's own cleaning where it cannot be deleted.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
