//! Whom we trust: the authorities of the operating system and those that the policy adds, for every TLS connection alike.

use super::{DialError, NetworkOptions, Stream};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use visavis_provider::SocketCause;
use visavis_settings::policy::{FileStamp, pem_lines};

/// Largest file of authorities that is read.
const LARGEST_FILE: u64 = 4 * 1024 * 1024;

/// Why a file of authorities does not count.
#[derive(Debug, Error)]
pub enum RootsError {
    #[error("the file cannot be read")]
    Unreadable(#[from] std::io::Error),
    #[error("the file holds no certificate of an authority")]
    NoCertificate,
}

/// The authorities of a file, PEM or DER.
///
/// # Errors
/// It cannot be read, or holds none.
pub fn read_roots(path: &Path) -> Result<Vec<CertificateDer<'static>>, RootsError> {
    let file = std::fs::metadata(path)?;
    if !file.is_file() || file.len() > LARGEST_FILE {
        return Err(RootsError::NoCertificate);
    }
    let bytes = std::fs::read(path)?;
    // As `visavis policy` reads it.
    let lines = pem_lines(&bytes);
    let mut found: Vec<_> = CertificateDer::pem_slice_iter(&lines).filter_map(Result::ok).collect();
    if found.is_empty() {
        found.push(CertificateDer::from(bytes));
    }
    let (usable, _) = RootCertStore::empty().add_parsable_certificates(found.iter().cloned());
    if usable == 0 { Err(RootsError::NoCertificate) } else { Ok(found) }
}

/// What a configuration is made of: another one is made where this changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trust {
    extra_roots: Vec<PathBuf>,
    use_system: bool,
}

impl Trust {
    pub fn of(options: &NetworkOptions) -> Self {
        Self { extra_roots: options.extra_roots.clone(), use_system: options.use_system_trust }
    }

    pub fn uses_system(&self) -> bool {
        self.use_system
    }

    /// Whether there are files to look at.
    pub fn names_files(&self) -> bool {
        !self.extra_roots.is_empty()
    }

    /// How the files are now: others are read again.
    pub fn stamps(&self) -> Vec<Option<FileStamp>> {
        self.extra_roots.iter().map(|path| FileStamp::of(path)).collect()
    }

    /// The system's certificates (and those of `SSL_CERT_FILE` and `SSL_CERT_DIR`) and the files' own. Reads files.
    pub fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        if self.use_system {
            let found = rustls_native_certs::load_native_certs();
            if !found.errors.is_empty() {
                tracing::warn!(count = found.errors.len(), "some of the system's certificates are not readable");
            }
            roots.add_parsable_certificates(found.certs);
        }
        for path in &self.extra_roots {
            match read_roots(path) {
                Ok(found) => drop(roots.add_parsable_certificates(found)),
                Err(error) => tracing::warn!(%error, "a file of authorities is left out"),
            }
        }
        roots
    }
}

/// TLS 1.2 and 1.3 with forward secrecy and AEAD ciphers, which are all that ring has, with whom these vouch for.
pub(super) fn config_of(roots: Arc<RootCertStore>) -> Arc<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    match ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions() {
        Ok(builder) => Arc::new(builder.with_root_certificates(roots).with_no_client_auth()),
        // ring has all of the default versions' cipher suites: there is nothing to be unsafe about.
        Err(error) => unreachable!("ring lacks a protocol version: {error}"),
    }
}

/// TLS with `host` over a connection that is there.
pub(super) async fn negotiate(
    config: Arc<ClientConfig>,
    host: &str,
    stream: Stream,
) -> Result<TlsStream<Stream>, DialError> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_| DialError(SocketCause::Nonsense))?;
    Ok(TlsConnector::from(config).connect(name, stream).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_the_system_only_the_files_count() {
        let none = Trust { extra_roots: vec!["nowhere".into()], use_system: false };
        assert_ne!(none, Trust::of(&NetworkOptions::default()));
        // It is made all the same; its connections fail.
        let roots = none.roots();
        assert!(roots.is_empty() && Arc::strong_count(&config_of(Arc::new(roots))) > 0);
    }

    #[test]
    fn what_is_no_certificate_is_told() {
        let folder = std::env::temp_dir().join(format!("visavis-roots-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("ca.pem");
        std::fs::write(&file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
        assert!(matches!(read_roots(&file), Err(RootsError::NoCertificate)));
        assert!(matches!(read_roots(&folder), Err(RootsError::NoCertificate)));
        assert!(matches!(read_roots(&folder.join("none")), Err(RootsError::Unreadable(_))));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
