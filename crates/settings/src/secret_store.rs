//! Where secrets are kept: the system's keyring, or memory until the end of the session. Never a file.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use thiserror::Error;

/// Name of the application in the keyring.
const SERVICE: &str = "visavis";

/// Why a secret is not to be had or kept. Holds no secret.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SecretError {
    #[error("this system has no keyring that answers")]
    NoKeyring,
    #[error("the keyring refused: {0}")]
    Refused(String),
}

/// Keeps secrets by name. Calls may wait for the user to unlock a keyring: never call from a thread that must not wait.
pub trait SecretStore: Send + Sync {
    /// `None` where nothing is kept under that name.
    fn get(&self, name: &str) -> Result<Option<String>, SecretError>;
    fn set(&self, name: &str, secret: &str) -> Result<(), SecretError>;
    /// Forgets; a name that is not there is no error.
    fn forget(&self, name: &str) -> Result<(), SecretError>;
}

/// The system's keyring (Secret Service, Credential Manager, Keychain).
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyringStore;

impl KeyringStore {
    fn entry(name: &str) -> Result<keyring::Entry, SecretError> {
        keyring::Entry::new(SERVICE, name).map_err(of_keyring)
    }
}

impl SecretStore for KeyringStore {
    fn get(&self, name: &str) -> Result<Option<String>, SecretError> {
        match Self::entry(name)?.get_password() {
            Ok(secret) => Ok(Some(secret)),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(of_keyring(error)),
        }
    }

    fn set(&self, name: &str, secret: &str) -> Result<(), SecretError> {
        Self::entry(name)?.set_password(secret).map_err(of_keyring)
    }

    fn forget(&self, name: &str) -> Result<(), SecretError> {
        match Self::entry(name)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(of_keyring(error)),
        }
    }
}

fn of_keyring(error: keyring::Error) -> SecretError {
    match error {
        keyring::Error::NoStorageAccess(_) | keyring::Error::PlatformFailure(_) | keyring::Error::NoDefaultStore => {
            SecretError::NoKeyring
        }
        // The error's own text may hold the entry's name, never its secret.
        other => SecretError::Refused(other.to_string()),
    }
}

/// Secrets until the end of the session, where there is no keyring.
#[derive(Debug, Default)]
pub struct MemoryStore {
    secrets: Mutex<HashMap<String, String>>,
}

impl SecretStore for MemoryStore {
    fn get(&self, name: &str) -> Result<Option<String>, SecretError> {
        Ok(self.secrets.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned())
    }

    fn set(&self, name: &str, secret: &str) -> Result<(), SecretError> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), secret.to_owned());
        Ok(())
    }

    fn forget(&self, name: &str) -> Result<(), SecretError> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_keeps_and_forgets() {
        let store = MemoryStore::default();
        assert_eq!(store.get("a"), Ok(None));
        store.set("a", "1").expect("kept");
        assert_eq!(store.get("a"), Ok(Some("1".into())));
        store.forget("a").expect("forgotten");
        assert_eq!(store.get("a"), Ok(None));
    }
}
