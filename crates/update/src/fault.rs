//! What can be wrong with an update.

use thiserror::Error;

/// Why an update is not taken. None of these stops the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UpdateFault {
    #[error("the source does not answer, or has no offer for this channel")]
    Unreachable,
    #[error("AllowedServers does not name the source’s host")]
    NotAllowed,
    #[error("the signature is not of the key that lies beside the program")]
    Signature,
    #[error("the offer is not what it should be")]
    Malformed,
    #[error("the offer has nothing for this system")]
    NotForUs,
    #[error("the archive is not the one that the offer names")]
    OtherArchive,
    #[error("the archive has something in it that no update has")]
    Archive,
    #[error("the folder of the program cannot be written")]
    ReadOnly,
}
