//! What the keyring holds of ours, where nothing is to be held any more.

use crate::dial::forget_proxies;
use crate::{accounts, calendar};
use visavis_model::CalendarPlace;
use visavis_provider::KnownHosts;
use visavis_provider::visio::Server;
use visavis_settings::{SecretError, SecretStore};

/// Forgets the sessions of these servers, the password of this calendar and those of all proxies, as far as they are held.
///
/// Waits for the keyring, which may wait for the person: call it on a thread that may.
///
/// Errors: the first of the keyring; what comes after it is still held.
pub fn forget_kept(
    secrets: &dyn SecretStore,
    servers: &KnownHosts,
    calendar: Option<&CalendarPlace>,
) -> Result<(), SecretError> {
    let urls = servers.hosts().filter_map(|host| servers.url(host));
    let sessions = urls.filter_map(Server::new).map(|server| accounts::kept_name(&server));
    sessions.chain(calendar.and_then(calendar::kept_name)).try_for_each(|name| secrets.forget(&name))?;
    forget_proxies(secrets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_settings::MemoryStore;

    #[test]
    fn what_was_kept_of_ours_is_forgotten_and_nothing_else() {
        let secrets = MemoryStore::default();
        for name in ["session a.example", "session b.example", "calendar c.example", "session other.example"] {
            secrets.set(name, "1").unwrap();
        }
        let servers = KnownHosts::new(["https://a.example/", "b.example", "never.example"], false);
        let place = CalendarPlace { address: "https://c.example/dav/".into(), ..CalendarPlace::default() };
        assert_eq!(forget_kept(&secrets, &servers, Some(&place)), Ok(()));
        assert_eq!(secrets.get("session other.example"), Ok(Some("1".into())));
        for name in ["session a.example", "session b.example", "calendar c.example"] {
            assert_eq!(secrets.get(name), Ok(None), "{name}");
        }
        let file = CalendarPlace { address: "/home/c/a.ics".into(), ..CalendarPlace::default() };
        assert_eq!(forget_kept(&secrets, &servers, Some(&file)), Ok(()));
    }
}
