//! Why there is no connection, as errors of the system and of TLS tell it.

use std::io::ErrorKind;
use thiserror::Error;
use visavis_provider::{CertificateFault, ProxyFault, SocketCause};

/// Why there is no connection.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("no connection: {0:?}")]
pub(crate) struct DialError(pub SocketCause);

impl DialError {
    /// True where nobody allows the host.
    pub fn is_forbidden(&self) -> bool {
        self.0 == SocketCause::Forbidden
    }

    /// True where another path to the same host may work.
    pub fn is_of_the_path(&self) -> bool {
        matches!(
            self.0,
            SocketCause::NameUnknown | SocketCause::Refused | SocketCause::Unreachable | SocketCause::Timeout
        )
    }

    /// True where another authority may vouch for whoever was met.
    pub fn is_of_the_authorities(&self) -> bool {
        self.0 == SocketCause::Certificate(CertificateFault::UnknownIssuer)
    }

    /// The same of a handshake with a proxy: one that speaks no TLS of ours is no such proxy. Its certificate is told as any other, because
    /// the same authorities count; not as one that only its server's people can mend, which would be said of the server behind it.
    pub fn of_the_proxy(self) -> Self {
        match self.0 {
            SocketCause::Nonsense | SocketCause::Encryption | SocketCause::Reset => {
                Self(SocketCause::Proxy(ProxyFault::Nonsense))
            }
            SocketCause::Certificate(CertificateFault::Authority) => {
                Self(SocketCause::Certificate(CertificateFault::UnknownIssuer))
            }
            _ => self,
        }
    }
}

impl From<DialError> for SocketCause {
    fn from(error: DialError) -> Self {
        error.0
    }
}

impl From<std::io::Error> for DialError {
    fn from(error: std::io::Error) -> Self {
        Self(of_io_error(&error))
    }
}

/// The cause of an I/O error, a failed handshake included: rustls tells its own refusals as invalid data within one.
pub(crate) fn of_io_error(error: &std::io::Error) -> SocketCause {
    if error.kind() == ErrorKind::InvalidData
        && let Some(inner) = error.get_ref()
    {
        return inner.downcast_ref::<rustls::Error>().map_or(SocketCause::Nonsense, of_tls);
    }
    match error.kind() {
        ErrorKind::ConnectionRefused => SocketCause::Refused,
        ErrorKind::TimedOut => SocketCause::Timeout,
        ErrorKind::NetworkUnreachable
        | ErrorKind::HostUnreachable
        | ErrorKind::NetworkDown
        | ErrorKind::AddrNotAvailable => SocketCause::Unreachable,
        _ => SocketCause::Reset,
    }
}

fn of_tls(error: &rustls::Error) -> SocketCause {
    use rustls::AlertDescription as Alert;
    match error {
        rustls::Error::InvalidCertificate(fault) => SocketCause::Certificate(of_certificate(fault)),
        rustls::Error::NoCertificatesPresented => SocketCause::Certificate(CertificateFault::Broken),
        // RFC 6066 §3: the server has no certificate for this name.
        rustls::Error::AlertReceived(Alert::UnrecognisedName) => SocketCause::Certificate(CertificateFault::OtherName),
        rustls::Error::PeerIncompatible(_)
        | rustls::Error::AlertReceived(
            Alert::ProtocolVersion | Alert::HandshakeFailure | Alert::InsufficientSecurity | Alert::CertificateRequired,
        ) => SocketCause::Encryption,
        _ => SocketCause::Nonsense,
    }
}

fn of_certificate(error: &rustls::CertificateError) -> CertificateFault {
    use rustls::CertificateError as Error;
    match error {
        Error::Expired | Error::ExpiredContext { .. } => CertificateFault::Expired,
        Error::NotValidYet | Error::NotValidYetContext { .. } => CertificateFault::NotYetValid,
        Error::NotValidForName | Error::NotValidForNameContext { .. } => CertificateFault::OtherName,
        Error::Revoked => CertificateFault::Revoked,
        // `CA:TRUE`, as a certificate that vouches for itself often is. webpki has no other word for it here than its own.
        Error::Other(error) if error.to_string() == "CaUsedAsEndEntity" => CertificateFault::Authority,
        // `BadSignature`: an authority of the same name has another key.
        Error::UnknownIssuer | Error::BadSignature | Error::Other(_) => CertificateFault::UnknownIssuer,
        _ => CertificateFault::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Error;

    #[test]
    fn every_refusal_of_a_certificate_is_told_apart() {
        use rustls::CertificateError as Fault;
        for (fault, told) in [
            (Fault::UnknownIssuer, CertificateFault::UnknownIssuer),
            (Fault::Expired, CertificateFault::Expired),
            (Fault::NotValidYet, CertificateFault::NotYetValid),
            (Fault::NotValidForName, CertificateFault::OtherName),
            (Fault::Revoked, CertificateFault::Revoked),
            (Fault::BadSignature, CertificateFault::UnknownIssuer),
            (Fault::BadEncoding, CertificateFault::Broken),
        ] {
            let error = Error::new(ErrorKind::InvalidData, rustls::Error::InvalidCertificate(fault));
            assert_eq!(of_io_error(&error), SocketCause::Certificate(told));
        }
    }

    #[test]
    fn a_proxy_without_tls_is_none_and_its_certificate_is_told() {
        let nonsense = DialError(SocketCause::Proxy(ProxyFault::Nonsense));
        for cause in [SocketCause::Nonsense, SocketCause::Encryption, SocketCause::Reset] {
            assert_eq!(DialError(cause).of_the_proxy(), nonsense);
        }
        let untrusted = DialError(SocketCause::Certificate(CertificateFault::UnknownIssuer));
        assert_eq!(untrusted.clone().of_the_proxy(), untrusted);
        let of_itself = DialError(SocketCause::Certificate(CertificateFault::Authority));
        assert_eq!(of_itself.of_the_proxy(), untrusted);
    }

    #[test]
    fn other_errors_are_what_they_are() {
        let old = rustls::Error::AlertReceived(rustls::AlertDescription::ProtocolVersion);
        assert_eq!(of_io_error(&Error::new(ErrorKind::InvalidData, old)), SocketCause::Encryption);
        let no_tls = rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType);
        assert_eq!(of_io_error(&Error::new(ErrorKind::InvalidData, no_tls)), SocketCause::Nonsense);
        assert_eq!(of_io_error(&ErrorKind::ConnectionReset.into()), SocketCause::Reset);
        assert!(DialError(SocketCause::Timeout).is_of_the_path() && !DialError(SocketCause::Reset).is_of_the_path());
    }
}
