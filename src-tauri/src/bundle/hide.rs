//! What the support report must not say: of the person, the organisation, this computer and those in the meeting.

use url::Url;
use visavis_diagnostics::{Kind, Redactor};
use visavis_engine::dial::proxy::decoded;
use visavis_model::Snapshot;
use visavis_settings::Preferences;
use visavis_settings::policy::{ManagedRoom, Policy, ProxyAddress, Setting, UpdatePlace};

/// Where the environment names proxies, in small letters or large ones.
const PROXIES: [&str; 6] = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

/// Who uses this computer, what it is called, and through whom it goes out. `lookup` reads the environment.
pub fn machine(redactor: &mut Redactor, lookup: impl Fn(&str) -> Option<String>) {
    let said = |key: &str| lookup(key).unwrap_or_default();
    for key in ["USER", "USERNAME", "LOGNAME"] {
        redactor.hide(&said(key), Kind::Name);
    }
    #[cfg(unix)]
    redactor.hide(rustix::system::uname().nodename().to_str().unwrap_or_default(), Kind::Host);
    redactor.hide(&said("COMPUTERNAME"), Kind::Host);
    for address in PROXIES.map(said) {
        if let Some(ProxyAddress(proxy)) = proxy(address.trim()) {
            redactor.hide(proxy.host_str().unwrap_or_default(), Kind::Host);
            login(redactor, &proxy);
        }
    }
}

/// Read as the client reads it. What it cannot use (SOCKS, a path behind the host) is private as well: its login ends at the last `@` too.
fn proxy(text: &str) -> Option<ProxyAddress> {
    ProxyAddress::parse(text).or_else(|| {
        let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
        let (login, place) = rest.rsplit_once('@').unwrap_or(("", rest));
        let place = place.split(['/', '?', '#']).next().unwrap_or_default();
        ProxyAddress::parse(&format!("http://{login}@{place}"))
    })
}

/// What the person chose.
pub fn preferences(redactor: &mut Redactor, preferences: &Preferences) {
    redactor.hide(&preferences.name, Kind::Name);
    for url in preferences.servers.iter().filter_map(|server| Url::parse(server).ok()) {
        redactor.hide(url.host_str().unwrap_or_default(), Kind::Host);
    }
    for recent in &preferences.recent {
        host(redactor, &recent.host);
        redactor.hide(&recent.room, Kind::Room);
    }
    if let Some(place) = &preferences.calendar {
        redactor.hide(&place.address, Kind::Address);
        redactor.hide(&place.user, Kind::Name);
        redactor.hide(&place.name, Kind::Host);
    }
}

/// What the window shows.
pub fn snapshot(redactor: &mut Redactor, snapshot: &Snapshot) {
    redactor.hide(&snapshot.room.name, Kind::Room);
    redactor.hide(&snapshot.me.name, Kind::Name);
    let people = snapshot.participants.values().map(|view| &view.name);
    let others = snapshot.messages.iter().map(|message| &message.author_name);
    for name in people.chain(others).chain(snapshot.together.waiting.iter().map(|waiter| &waiter.name)) {
        redactor.hide(name, Kind::Name);
    }
    for server in &snapshot.home.servers {
        host(redactor, &server.host);
        if let Some(account) = &server.account {
            redactor.hide(&account.name, Kind::Name);
            redactor.hide(&account.email, Kind::Address);
        }
        for room in server.rooms.iter().flatten() {
            redactor.hide(&room.name, Kind::Room);
        }
    }
    for meeting in &snapshot.home.calendar.meetings {
        redactor.hide(&meeting.title, Kind::Room);
    }
    for device in &snapshot.devices.list {
        redactor.hide(&device.name, Kind::Secret);
    }
}

/// What the organisation says, forced and advised.
pub fn policy(redactor: &mut Redactor, policy: &Policy) {
    for name in both(&policy.display_name) {
        redactor.hide(&name.0, Kind::Name);
    }
    // As a whole: their words are those of many.
    for name in both(&policy.organisation_name).chain(both(&policy.brand_name)) {
        redactor.hide(&name.0, Kind::Secret);
    }
    for server in both(&policy.server_url) {
        host(redactor, &server.text);
    }
    for pattern in both(&policy.allowed_servers).chain(both(&policy.sign_in_hosts)).flat_map(|list| &list.patterns) {
        host(redactor, pattern);
    }
    for pattern in both(&policy.no_proxy).flat_map(|list| &list.0) {
        host(redactor, pattern);
    }
    for room in both(&policy.managed_rooms).flat_map(|rooms| &rooms.0) {
        managed_room(redactor, room);
    }
    for proxy in both(&policy.proxy_server) {
        redactor.hide(proxy.0.host_str().unwrap_or_default(), Kind::Host);
        login(redactor, &proxy.0);
    }
    for place in both(&policy.update_source) {
        match place {
            UpdatePlace::Folder(folder) => redactor.hide(&folder.to_string_lossy(), Kind::Path),
            UpdatePlace::Mirror(url) => redactor.hide(url.host_str().unwrap_or_default(), Kind::Host),
        }
    }
}

fn both<T>(key: &Setting<T>) -> impl Iterator<Item = &T> {
    key.mandatory.iter().chain(&key.recommended).map(|given| &given.value)
}

/// Who signs in with an address, and the password: as they are written, and as they are said.
fn login(redactor: &mut Redactor, url: &Url) {
    let user = decoded(url.username());
    // With a domain before it, as Windows has it.
    for name in [url.username(), user.as_str()].into_iter().chain(user.split('\\')) {
        redactor.hide(name, Kind::Name);
    }
    let password = url.password().unwrap_or_default();
    redactor.hide(password, Kind::Secret);
    redactor.hide(&decoded(password), Kind::Secret);
}

/// The host of an address or a pattern. What is below one word alone (`*.fr`) looks like a host without us.
fn host(redactor: &mut Redactor, text: &str) {
    let behind = text.split_once("://").map_or(text, |(_, behind)| behind);
    let named = behind.trim_start_matches("*.").trim_start_matches('.');
    let Ok(url) = Url::parse(&format!("https://{named}")) else { return };
    let host = url.host_str().unwrap_or_default();
    if host.contains(char::is_alphanumeric) && (named == behind || host.contains('.')) {
        redactor.hide(host, Kind::Host);
    }
}

fn managed_room(redactor: &mut Redactor, room: &ManagedRoom) {
    redactor.hide(&room.name, Kind::Room);
    let behind = room.link.split_once("://").map_or(room.link.as_str(), |(_, behind)| behind);
    let Some((server, path)) = behind.split_once('/') else {
        redactor.hide(behind, Kind::Room);
        return;
    };
    host(redactor, server);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    redactor.hide(path.rsplit('/').find(|part| !part.is_empty()).unwrap_or_default(), Kind::Room);
}

#[cfg(test)]
mod tests;
