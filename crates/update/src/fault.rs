//! What can be wrong with an update.

use thiserror::Error;

/// Why an update is not taken. None of these stops the application. The words name no host, and go into the log; see
/// [`UpdateFault::told`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UpdateFault {
    #[error("the source does not answer")]
    Unreachable,
    #[error("the folder of the source cannot be read, or the file that is due is not in it")]
    NoFile,
    /// With the reason, as a part of a sentence.
    #[error("the certificate of the source does not count: {0}")]
    Certificate(&'static str),
    #[error("the source knows no encryption that is safe and that both know")]
    Encryption,
    /// With the reason, as a part of a sentence.
    #[error("the proxy does not lead to the source: {0}")]
    Proxy(&'static str),
    #[error("the proxy does not lead to the source: it answers with status {0}")]
    ProxyStatus(u16),
    #[error("the source answers with status {0}, not with the file")]
    Status(u16),
    /// With the host that it names, where it names one.
    #[error("the source sends on to another address, which is not followed")]
    Redirected(Option<String>),
    #[error("what the source answers is not HTTP")]
    Nonsense,
    #[error("AllowedServers does not name the source’s host")]
    NotAllowed,
    #[error("the signature is not of the key that lies beside the program")]
    Signature,
    #[error("the offer is not what it should be")]
    Malformed,
    #[error("the offer was signed for another channel")]
    OtherChannel,
    #[error("the offer has nothing for this system")]
    NotForUs,
    #[error("the archive is not the one that the offer names")]
    OtherArchive,
    #[error("the archive has something in it that no update has")]
    Archive,
    #[error("the folder of the program cannot be written")]
    ReadOnly,
}

impl UpdateFault {
    /// The same words for the person who asked, with the host that the source sends on to.
    pub fn told(&self) -> String {
        match self {
            Self::Redirected(Some(host)) => format!("the source sends on to {host}, which is not followed"),
            other => other.to_string(),
        }
    }

    /// Whether the source was not reached, which may be otherwise soon: the line, the proxy, or a server that is down. All else stays as
    /// it is until somebody mends it.
    pub const fn is_on_the_way(&self) -> bool {
        match self {
            Self::Unreachable
            | Self::NoFile
            | Self::Certificate(_)
            | Self::Encryption
            | Self::Proxy(_)
            | Self::ProxyStatus(_)
            | Self::Status(_)
            | Self::Redirected(_)
            | Self::Nonsense => true,
            Self::NotAllowed
            | Self::Signature
            | Self::Malformed
            | Self::OtherChannel
            | Self::NotForUs
            | Self::OtherArchive
            | Self::Archive
            | Self::ReadOnly => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_told_to_the_person_and_not_to_the_log() {
        let fault = UpdateFault::Redirected(Some("storage.example".into()));
        assert!(fault.told().contains("storage.example"), "{}", fault.told());
        assert!(!fault.to_string().contains("storage"), "{fault}");
        assert_eq!(UpdateFault::Redirected(None).told(), UpdateFault::Redirected(None).to_string());
        assert_eq!(UpdateFault::Status(404).told(), "the source answers with status 404, not with the file");
    }
}
