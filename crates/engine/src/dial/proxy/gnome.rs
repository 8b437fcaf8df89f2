//! GNOME's settings, and what every desktop's portal makes of its own.

use super::{Exceptions, Proxy, Route, Target};
use std::io::Read as _;
use std::process::{Command, Stdio};

/// `org.freedesktop.portal.ProxyResolver`: the desktop's own answer, a network's script (PAC) included. `None` where there is no portal.
pub(super) fn by_portal(target: &Target) -> Option<Route> {
    let lookup = || -> zbus::Result<Vec<String>> {
        let bus = zbus::blocking::Connection::session()?;
        let portal = zbus::blocking::Proxy::new(
            &bus,
            "org.freedesktop.portal.Desktop",
            "/org/freedesktop/portal/desktop",
            "org.freedesktop.portal.ProxyResolver",
        )?;
        portal.call("Lookup", &(format!("https://{}/", target.authority()),))
    };
    match lookup() {
        Ok(answers) => of_answers(answers.iter().map(String::as_str)),
        Err(error) => {
            // Its text may name the host.
            let kind = if matches!(error, zbus::Error::MethodError(..)) { "it does not answer" } else { "no bus" };
            tracing::debug!(kind, "no portal tells of a proxy");
            None
        }
    }
}

/// The first of several answers that we can use: `direct://`, `http://host:port`, …
fn of_answers<'a>(answers: impl Iterator<Item = &'a str>) -> Option<Route> {
    let mut unusable = None;
    for answer in answers {
        match answer {
            "direct://" => return Some(Route::Direct),
            text => match Proxy::parse(text) {
                Some(proxy) => return Some(Route::Proxy(proxy)),
                None => unusable = Some(Route::Unusable),
            },
        }
    }
    unusable
}

/// The settings themselves, by GLib's own program. `None` where there are none.
pub(super) fn by_settings(target: &Target) -> Option<Route> {
    let mut child = Command::new("gsettings")
        .args(["list-recursively", "org.gnome.system.proxy"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut text = String::new();
    let read = child.stdout.take()?.take(64 * 1024).read_to_string(&mut text);
    let _ = child.wait();
    read.ok()?;
    of_settings(&text, target)
}

fn of_settings(text: &str, target: &Target) -> Option<Route> {
    let value = |schema: &str, key: &str| {
        let line = text.lines().filter_map(|line| line.strip_prefix("org.gnome.system.proxy"));
        let mut found = line.filter_map(|line| line.strip_prefix(schema)?.strip_prefix(' ')?.split_once(' '));
        found.find(|(name, _)| *name == key).map(|(_, value)| value.trim_matches('\''))
    };
    match value("", "mode")? {
        "manual" => {
            // `['localhost', '127.0.0.0/8']`
            let exceptions = value("", "ignore-hosts").unwrap_or_default().replace(['[', ']', '\''], "");
            if Exceptions::parse(&exceptions).contain(&target.host, target.port) {
                return Some(Route::Direct);
            }
            let host = value(".https", "host").filter(|host| !host.is_empty());
            let Some(host) = host else { return Some(Route::Direct) };
            let proxy = Proxy::parse(&format!("{host}:{}", value(".https", "port").unwrap_or_default()));
            Some(proxy.map_or(Route::Unusable, Route::Proxy))
        }
        "auto" => {
            tracing::warn!("this desktop has a script for proxies and no portal that runs it");
            Some(Route::Direct)
        }
        _ => Some(Route::Direct),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(host: &str) -> Target {
        Target { host: host.into(), port: 443, secure: true }
    }

    #[test]
    fn the_portal_may_name_several() {
        let of = |answers: &[&str]| of_answers(answers.iter().copied());
        assert_eq!(of(&["direct://"]), Some(Route::Direct));
        let proxy = Some(Route::Proxy(Proxy::parse("proxy:3128").unwrap()));
        assert_eq!(of(&["socks://other:1080", "http://proxy:3128", "direct://"]), proxy);
        assert_eq!(of(&["socks://other:1080"]), Some(Route::Unusable));
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn settings_are_read_as_gsettings_prints_them() {
        let manual = "org.gnome.system.proxy autoconfig-url ''\norg.gnome.system.proxy ignore-hosts ['localhost', '.agglo.example']\n\
            org.gnome.system.proxy mode 'manual'\norg.gnome.system.proxy.http host 'other'\norg.gnome.system.proxy.http port 8080\n\
            org.gnome.system.proxy.https host 'proxy.example'\norg.gnome.system.proxy.https port 3128\n";
        let proxy = Some(Route::Proxy(Proxy::parse("proxy.example:3128").unwrap()));
        assert_eq!(of_settings(manual, &target("visio.example")), proxy);
        assert_eq!(of_settings(manual, &target("visio.agglo.example")), Some(Route::Direct));
        let none = manual.replace("'manual'", "'none'");
        assert_eq!(of_settings(&none, &target("visio.example")), Some(Route::Direct));
        let without = manual.replace("'proxy.example'", "''");
        assert_eq!(of_settings(&without, &target("visio.example")), Some(Route::Direct));
        assert_eq!(of_settings("", &target("visio.example")), None);
    }
}
