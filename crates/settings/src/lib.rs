//! What a person prefers, kept between starts; what the organisation decided over it; secrets in the system's keyring.

pub mod policy;
mod preferences;
mod private_file;
mod secret_store;
mod share_file;

pub use preferences::{LoadError, Preferences, PreferencesFile, SaveError};
pub use private_file::keep_private;
pub use secret_store::{KeyringStore, MemoryStore, SecretError, SecretStore};
pub use share_file::ShareFile;
