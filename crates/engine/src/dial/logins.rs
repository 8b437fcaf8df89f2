//! Who we are for proxies that ask: what the person said, or what the keyring has from before.

use super::proxy::Proxy;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use visavis_provider::Secret;
use visavis_settings::{SecretError, SecretStore};

/// How long a keyring may take; one that is locked waits for the person.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is known of proxies, one each.
#[derive(Default)]
pub(crate) struct ProxyLogins {
    secrets: Option<Arc<dyn SecretStore>>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// `user:password` by the proxy's name; those the keyring has already are `kept`.
    logins: HashMap<String, Login>,
    /// Whose kept login was not taken: it is not tried again, because directories lock the account of whoever tries again and again.
    refused: BTreeSet<String>,
    /// The last one that asked in vain.
    asking: Option<String>,
}

#[derive(Clone)]
struct Login {
    secret: Secret,
    kept: bool,
}

impl ProxyLogins {
    /// `secrets`: where logins outlive the application; `None`: nowhere.
    pub fn new(secrets: Option<Arc<dyn SecretStore>>) -> Self {
        Self { secrets, known: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name by which the person is asked, and under which the keyring keeps the login: `host:port`, with `https://` before it where
    /// TLS is spoken with the proxy, so that a secret that was said over TLS is never said without.
    pub fn name(proxy: &Proxy) -> String {
        let host = if proxy.host.contains(':') { format!("[{}]", proxy.host) } else { proxy.host.clone() };
        format!("{}{host}:{}", if proxy.secure { "https://" } else { "" }, proxy.port)
    }

    /// The person says who they are for the proxy of this name.
    pub fn say(&self, name: &str, user: &str, password: &str) {
        let secret = Secret::new(format!("{user}:{password}"));
        self.lock().logins.insert(name.to_owned(), Login { secret, kept: false });
    }

    /// The proxy that last asked in vain, if one did.
    pub fn asking(&self) -> Option<String> {
        self.lock().asking.clone()
    }

    /// What is known for this proxy without waiting.
    pub(super) fn known(&self, name: &str) -> Option<Secret> {
        self.lock().logins.get(name).map(|login| login.secret.clone())
    }

    /// What the keyring has, where it was not refused before.
    pub(super) async fn kept(&self, name: &str) -> Option<Secret> {
        let secrets = self.secrets.clone()?;
        if self.lock().refused.contains(name) {
            return None;
        }
        let key = secret_name(name);
        let asked = tokio::task::spawn_blocking(move || secrets.get(&key));
        let secret = tokio::time::timeout(PATIENCE, asked).await.ok()?.ok()?.ok()??;
        Some(Secret::new(secret))
    }

    /// The proxy took it: it is used from now on, and kept if it can be.
    pub(super) fn taken(&self, name: &str, secret: &Secret, from_keyring: bool) {
        let mut known = self.lock();
        if known.asking.as_deref() == Some(name) {
            known.asking = None;
        }
        known.refused.remove(name);
        let login =
            known.logins.entry(name.to_owned()).or_insert_with(|| Login { secret: secret.clone(), kept: false });
        if login.secret.reveal() != secret.reveal() {
            return;
        }
        let is_new = !std::mem::replace(&mut login.kept, true);
        drop(known);
        if let (true, false, Some(secrets)) = (is_new, from_keyring, self.secrets.clone()) {
            let (key, secret) = (secret_name(name), secret.clone());
            tokio::task::spawn_blocking(move || {
                let kept = secrets.set(&key, secret.reveal()).and_then(|()| list(&*secrets, &key));
                if let Err(error) = kept {
                    tracing::info!(%error, "the proxy's password is not kept");
                }
            });
        }
    }

    /// The proxy asks, and has no answer that it takes. `tried`: what it did not take.
    pub(super) fn in_vain(&self, name: &str, tried: Option<&Secret>) {
        let mut known = self.lock();
        known.asking = Some(name.to_owned());
        let Some(tried) = tried else { return };
        known.refused.insert(name.to_owned());
        // What somebody has said meanwhile stays.
        if known.logins.get(name).is_some_and(|login| login.secret.reveal() == tried.reveal()) {
            known.logins.remove(name);
        }
    }
}

/// Under which the keyring has the login for a proxy.
fn secret_name(proxy: &str) -> String {
    format!("proxy {proxy}")
}

/// Under which the keyring has the names of all of them, a line each: no keyring can be asked what it holds.
const LIST: &str = "proxies";

fn list(secrets: &dyn SecretStore, key: &str) -> Result<(), SecretError> {
    let names = secrets.get(LIST)?.unwrap_or_default();
    if names.lines().any(|name| name == key) {
        return Ok(());
    }
    secrets.set(LIST, &format!("{names}{key}\n"))
}

/// Forgets what the keyring has of proxies.
///
/// Errors: the keyring's; what comes after the first is still held.
pub(crate) fn forget(secrets: &dyn SecretStore) -> Result<(), SecretError> {
    let Some(names) = secrets.get(LIST)? else { return Ok(()) };
    names.lines().try_for_each(|name| secrets.forget(name))?;
    secrets.forget(LIST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_settings::MemoryStore;

    #[test]
    fn a_proxy_is_known_by_its_address_and_by_how_it_is_spoken_with() {
        let name = |text: &str| ProxyLogins::name(&Proxy::parse(text).unwrap());
        assert_eq!(name("http://alice:secret@proxy.example:3128"), "proxy.example:3128");
        assert_eq!(name("https://proxy.example"), "https://proxy.example:443");
        assert_eq!(name("http://[::1]:8080"), "[::1]:8080");
    }

    #[tokio::test]
    async fn what_was_refused_is_neither_tried_again_nor_kept() {
        let secrets = Arc::new(MemoryStore::default());
        secrets.set(&secret_name("p:1"), "alice:old").unwrap();
        let logins = ProxyLogins::new(Some(secrets.clone()));
        let kept = logins.kept("p:1").await.expect("the keyring's");
        assert_eq!((kept.reveal(), logins.asking()), ("alice:old", None));
        logins.in_vain("p:1", Some(&kept));
        assert_eq!(logins.asking().as_deref(), Some("p:1"));
        assert!(logins.kept("p:1").await.is_none() && logins.known("p:1").is_none());

        logins.say("p:1", "alice", "new");
        let said = logins.known("p:1").expect("what was said");
        logins.taken("p:1", &said, false);
        assert_eq!(logins.asking(), None);
        // The keyring is told on a thread of its own.
        for _ in 0..200 {
            if secrets.get(LIST).unwrap().is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(secrets.get(&secret_name("p:1")), Ok(Some("alice:new".into())));
        forget(&*secrets).unwrap();
        assert_eq!((secrets.get(&secret_name("p:1")), secrets.get(LIST)), (Ok(None), Ok(None)));
    }

    #[tokio::test]
    async fn what_is_said_while_another_is_refused_stays() {
        let logins = ProxyLogins::new(None);
        assert!(logins.kept("p:1").await.is_none());
        logins.say("p:1", "alice", "first");
        let first = logins.known("p:1").unwrap();
        logins.say("p:1", "alice", "second");
        logins.in_vain("p:1", Some(&first));
        assert_eq!(logins.known("p:1").unwrap().reveal(), "alice:second");
        assert!(logins.known("p:2").is_none());
    }
}
