//! An administration's proxy: Debian's squid, which wants a password and opens tunnels to port 443 alone.

use super::ServerError;
use super::corporate::{Corporate, GATEWAY};
use crate::process::Process;
use crate::wait;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

pub const PORT: u16 = 3128;
pub const USER: &str = "alice";
/// For demonstrations: everybody knows it.
pub const PASSWORD: &str = "s3cret";
const READY: Duration = Duration::from_secs(30);

/// A running proxy on the gateway; stopped when dropped.
pub struct Squid {
    _process: Process,
    /// It gives up its rights, so it writes where everybody may.
    folder: PathBuf,
}

impl Squid {
    /// # Errors
    /// It is not installed, or does not come up.
    pub fn start(network: &Corporate, log_folder: &Path) -> Result<Self, ServerError> {
        let folder = std::env::temp_dir().join(format!("visavis-squid-{}", std::process::id()));
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o777))?;
        let hash = Command::new("openssl").args(["passwd", "-apr1", PASSWORD]).output()?;
        std::fs::write(folder.join("passwd"), format!("{USER}:{}", String::from_utf8_lossy(&hash.stdout)))?;
        let config = folder.join("squid.conf");
        std::fs::write(&config, settings(&folder))?;
        let mut command = network.gateway.command("squid");
        command.args(["-N", "-f"]).arg(&config);
        let mut process = Process::start("squid", &mut command, &log_folder.join("squid.log"))?;
        let cache_log = folder.join("cache.log");
        let ready = wait::until("squid's readiness", READY, || {
            let text = std::fs::read_to_string(&cache_log).unwrap_or_default();
            let over = !matches!(process.ended(), Ok(None));
            (over || text.contains("Accepting HTTP Socket connections")).then_some(!over)
        })?;
        if ready {
            return Ok(Self { _process: process, folder });
        }
        Err(ServerError::Start { what: "squid".to_owned(), words: process.log_text() })
    }

    /// Its address, as the environment has it; with the password where it is to be told.
    pub fn address(&self, with_password: bool) -> String {
        if with_password {
            format!("http://{USER}:{PASSWORD}@{GATEWAY}:{PORT}")
        } else {
            format!("http://{GATEWAY}:{PORT}")
        }
    }

    /// What it was asked so far: one line each.
    pub fn asked(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.join("access.log")).unwrap_or_default();
        text.lines().map(ToOwned::to_owned).collect()
    }
}

impl Drop for Squid {
    fn drop(&mut self) {
        // A leftover in a folder for temporary files hurts nobody.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn settings(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "http_port {GATEWAY}:{PORT}\nvisible_hostname proxy.test\npid_filename none\ncache deny all\n\
         cache_log {folder}/cache.log\naccess_log stdio:{folder}/access.log\ncoredump_dir {folder}\n\
         shutdown_lifetime 1 seconds\npinger_enable off\n\
         auth_param basic program /usr/lib/squid/basic_ncsa_auth {folder}/passwd\nauth_param basic realm corp\n\
         acl authed proxy_auth REQUIRED\nacl CONNECT method CONNECT\nacl https port 443\n\
         http_access deny CONNECT !https\nhttp_access allow authed\nhttp_access deny all\n"
    )
}
