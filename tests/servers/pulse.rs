//! PulseAudio as a sound card: a loudspeaker whose sound can be recorded, and a microphone that can be spoken into.

use super::ServerError;
use crate::process::Process;
use crate::wait;
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

    /// Speaks a WAV file into the microphone, over and over, until the result is dropped.
    ///
    /// # Errors
    /// `paplay` is not installed.
    pub fn speak(&self, file: &Path) -> Result<Process, ServerError> {
        let mut command = Command::new("sh");
        command.args(["-c", "while paplay --device=micpipe \"$0\"; do :; done"]).arg(file).envs(self.environment());
        Ok(Process::start("paplay", &mut command, &self.folder.join("paplay.log"))?)
    }

    /// Records what the loudspeaker plays to `file` (WAV, mono, 48 kHz) until the result is stopped.
    ///
    /// # Errors
    /// `parecord` is not installed.
    pub fn record(&self, file: &Path) -> Result<Process, ServerError> {
        let mut command = Command::new("parecord");
        command
            .args([
                "--latency-msec=50",
                "--device=spk.monitor",
                "--channels=1",
                "--rate=48000",
                "--format=s16le",
                "--file-format=wav",
            ])
            .arg(file)
            .envs(self.environment());
        Ok(Process::start("parecord", &mut command, &self.folder.join("parecord.log"))?)
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
