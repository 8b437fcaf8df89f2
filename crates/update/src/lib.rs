//! Signed updates of a portable installation.
//!
//! Whoever runs a fleet lays three files into a folder or onto an https mirror: an [`Offer`] (`stable.json`), its minisign signature
//! (`stable.json.minisig`) and the archive that it names. An installation takes it where the signature is of the key beside its program,
//! the offer is for the channel that was asked for, and the version is newer than its own; what it took is put in place at the next start
//! ([`Installation::apply`]). Packages of the system (`.deb`, `.rpm`, MSI) have no such key, and are left to the system.

mod archive;
mod fault;
mod installation;
mod key;
mod offer;

pub use fault::UpdateFault;
pub use installation::Installation;
pub use key::{KEY_FILE, UpdateKey};
pub use offer::{Archive, LARGEST_ARCHIVE, LARGEST_OFFER, Offer, SYSTEM, USUAL_CHANNEL};
