//! KDE's settings: `kioslaverc`, as `kde-cli-tools` and System Settings write it.

use super::{Exceptions, Proxy, Route, Target};
use std::path::PathBuf;

/// Largest file that is read.
const LARGEST: u64 = 256 * 1024;

/// `None` where the settings leave it to somebody else: a script, or the environment.
pub(super) fn ask(target: &Target, variable: &impl Fn(&str) -> Option<String>) -> Option<Route> {
    let folder = variable("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(variable("HOME")?).join(".config")))?;
    let file = folder.join("kioslaverc");
    if std::fs::metadata(&file).is_ok_and(|data| data.len() > LARGEST) {
        return None;
    }
    route(&std::fs::read_to_string(file).ok()?, target)
}

fn route(text: &str, target: &Target) -> Option<Route> {
    let value = |key: &str| {
        text.lines()
            .map(str::trim)
            .skip_while(|line| *line != "[Proxy Settings]")
            .skip(1)
            .take_while(|line| !line.starts_with('['))
            .filter_map(|line| line.split_once('='))
            // Keys may carry `[$e]` and the like.
            .find(|(name, _)| name.split('[').next() == Some(key))
            .map(|(_, value)| value.trim())
    };
    match value("ProxyType").unwrap_or("0") {
        "0" => Some(Route::Direct),
        "1" => {
            let exceptions = Exceptions::parse(value("NoProxyFor").unwrap_or_default());
            let reversed = value("ReversedException") == Some("true");
            if exceptions.contain(&target.host, target.port) != reversed {
                return Some(Route::Direct);
            }
            let proxy = value("httpsProxy").filter(|proxy| !proxy.is_empty())?;
            // `http://host 3128` in newer versions.
            let proxy = proxy.split_whitespace().collect::<Vec<_>>().join(":");
            Some(Proxy::parse(&proxy).map_or(Route::Unusable, Route::Proxy))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<Route> {
        route(text, &Target { host: "visio.example".into(), port: 443, secure: true })
    }

    fn settings(lines: &str) -> String {
        format!("PersistentProxyConnection=false\n\n[Proxy Settings]\n{lines}\n[Other]\nProxyType=0\n")
    }

    #[test]
    fn a_proxy_set_by_hand_with_its_exceptions() {
        let proxy = Some(Route::Proxy(Proxy::parse("proxy.example:3128").unwrap()));
        for written in ["httpsProxy=http://proxy.example 3128", "httpsProxy=http://proxy.example:3128"] {
            assert_eq!(of(&settings(&format!("ProxyType=1\n{written}"))), proxy);
            assert_eq!(of(&settings(&format!("NoProxyFor=.example\nProxyType=1\n{written}"))), Some(Route::Direct));
            let only = format!("NoProxyFor=.example\nReversedException=true\nProxyType=1\n{written}");
            assert_eq!(of(&settings(&only)), proxy);
        }
        assert_eq!(of(&settings("ProxyType=1\nhttpsProxy=socks://x 1")), Some(Route::Unusable));
    }

    #[test]
    fn no_proxy_and_what_others_decide() {
        assert_eq!(of(&settings("ProxyType=0\nhttpsProxy=http://proxy 1")), Some(Route::Direct));
        assert_eq!(of(""), Some(Route::Direct));
        assert_eq!(of(&settings("ProxyType=2\nProxy Config Script=http://wpad/x")), None);
        assert_eq!(of(&settings("ProxyType=4\nhttpsProxy=HTTPS_PROXY")), None);
    }
}
