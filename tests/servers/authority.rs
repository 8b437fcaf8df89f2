//! A private authority, and a TLS front with its certificates: Debian's stunnel before a server that speaks no TLS itself.

use super::ServerError;
use super::corporate::{Corporate, SERVER};
use crate::process::Process;
use crate::wait;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use std::path::{Path, PathBuf};
use std::time::Duration;

const READY: Duration = Duration::from_secs(20);

/// An authority that no operating system knows.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its certificate, PEM.
    pub file: PathBuf,
}

impl Authority {
    /// # Errors
    /// No key can be made, or no file written.
    pub fn new(folder: &Path, name: &str) -> Result<Self, ServerError> {
        let key = KeyPair::generate().map_err(failed)?;
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let file = folder.join(format!("{name}.pem"));
        std::fs::write(&file, params.self_signed(&key).map_err(failed)?.pem())?;
        Ok(Self { issuer: Issuer::new(params, key), file })
    }

    /// A file with a key and a certificate for these names and addresses, good for years.
    ///
    /// # Errors
    /// No key can be made, or no file written.
    pub fn certificate(&self, folder: &Path, names: &[&str]) -> Result<PathBuf, ServerError> {
        let key = KeyPair::generate().map_err(failed)?;
        let names: Vec<_> = names.iter().map(ToString::to_string).collect();
        let params = CertificateParams::new(names).map_err(failed)?;
        let certificate = params.signed_by(&key, &self.issuer).map_err(failed)?;
        let file = folder.join("server.pem");
        std::fs::write(&file, format!("{}{}", key.serialize_pem(), certificate.pem()))?;
        Ok(file)
    }
}

fn failed(error: rcgen::Error) -> ServerError {
    ServerError::Start { what: "the authority".to_owned(), words: error.to_string() }
}

/// Port 443 of the server: TLS, in front of `port` of its loopback. Stopped when dropped.
pub struct TlsFront {
    _process: Process,
}

impl TlsFront {
    /// # Errors
    /// stunnel is not installed, or does not come up.
    pub fn start(
        network: &Corporate,
        authority: &Authority,
        names: &[&str],
        port: u16,
        folder: &Path,
    ) -> Result<Self, ServerError> {
        let certificate = authority.certificate(folder, names)?;
        let config = folder.join("stunnel.conf");
        std::fs::write(
            &config,
            format!(
                "foreground = yes\npid =\ndebug = 5\n[https]\naccept = {SERVER}:443\nconnect = 127.0.0.1:{port}\ncert = {}\n",
                certificate.display()
            ),
        )?;
        let mut command = network.servers.command("stunnel4");
        let mut process = Process::start("stunnel", command.arg(&config), &folder.join("stunnel.log"))?;
        let ready = wait::until("stunnel's readiness", READY, || {
            let over = !matches!(process.ended(), Ok(None));
            (over || process.log_text().contains("Configuration successful")).then_some(!over)
        })?;
        if ready {
            return Ok(Self { _process: process });
        }
        Err(ServerError::Start { what: "stunnel".to_owned(), words: process.log_text() })
    }
}
