//! Whom we trust: the roots of the operating system, for sockets and HTTP alike.

use rustls::{ClientConfig, RootCertStore};
use std::sync::{Arc, OnceLock};

/// The configuration of every TLS connection of this process: ring, TLS 1.2 and 1.3, the system's certificates (and those of
/// `SSL_CERT_FILE` and `SSL_CERT_DIR`), read once.
///
/// Certificates that the system keeps and nobody can read are left out: connections that need them fail and say so.
pub(crate) fn config() -> Arc<ClientConfig> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    Arc::clone(CONFIG.get_or_init(|| {
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::warn!(%error, "some of the system's certificates are not readable");
        }
        roots.add_parsable_certificates(found.certs);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        match versions {
            Ok(builder) => Arc::new(builder.with_root_certificates(roots).with_no_client_auth()),
            // ring has all of the default versions' cipher suites: there is nothing to be unsafe about.
            Err(error) => unreachable!("ring lacks a protocol version: {error}"),
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_once() {
        assert!(Arc::ptr_eq(&config(), &config()));
    }
}
