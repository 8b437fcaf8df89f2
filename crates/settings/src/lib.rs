//! What a person prefers, kept between starts; secrets in the system's keyring.
//!
//! Managed policy comes over these in a later issue; every reader already asks for the effective value
//! here, at one place.

mod preferences;
mod secret_store;

pub use preferences::{LoadError, Preferences, PreferencesFile, SaveError};
pub use secret_store::{KeyringStore, MemoryStore, SecretError, SecretStore};
