//! A real sound server for one test, and the test once more as its client.

use std::path::PathBuf;
use std::process::Command;

/// A running PulseAudio; ends with it.
pub struct Server {
    folder: PathBuf,
}

impl Server {
    /// With these modules beside its socket, in a folder that is called by `name`.
    pub fn start(name: &str, modules: &[&str]) -> Self {
        let folder = std::env::temp_dir().join(format!("visavis-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for the sound server");
        std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))
            .expect("a private folder");
        let server = Self { folder };
        let status = server
            .command("pulseaudio")
            // Returns when the server is ready, or cannot be.
            .args(["-n", "--daemonize=yes", "--exit-idle-time=-1", "--disallow-exit=no", "--log-target=null"])
            .args(["-L", "module-native-protocol-unix"])
            .args(modules.iter().flat_map(|module| ["-L", module]))
            .status()
            .expect("pulseaudio must be installed: apt-get install pulseaudio");
        assert!(status.success(), "pulseaudio did not start: {status}");
        server
    }

    /// Starts `test` of this program again with the server in its environment and `mark` set, and shows what it says.
    pub fn run_again(&self, test: &str, mark: &str) {
        let output = self
            .command(std::env::current_exe().expect("this test").to_str().expect("a path"))
            .args([test, "--exact", "--nocapture"])
            .env(mark, "1")
            .output()
            .expect("this test starts");
        println!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{}", output.status);
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("XDG_RUNTIME_DIR", &self.folder).env("HOME", &self.folder).env_remove("PULSE_SERVER");
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.command("pulseaudio").arg("--kill").status();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
