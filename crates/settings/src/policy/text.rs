//! Values that are texts, numbers and lists of texts.

use super::value::{Read, list, text, without_password, wrong};
use super::{Fault, Form, Value};
use serde_json::Value as Json;
use std::path::PathBuf;
use visavis_provider::{AllowedHosts, KnownHosts, LinkError, ProxyExceptions};

/// Longest name, in characters.
const LONGEST_NAME: usize = 120;
/// Longest address, in characters.
pub(super) const LONGEST_ADDRESS: usize = 300;
/// Most hosts of a list.
const MOST_HOSTS: usize = 1024;
/// Most files of certificates.
const MOST_FILES: usize = 64;
/// Longest path of a file, in characters.
const LONGEST_PATH: usize = 1024;

/// A name to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShortText(pub String);

impl Value for ShortText {
    const FORM: Form = Form::Text { longest: LONGEST_NAME };

    fn read(json: &Json) -> Read<Self> {
        text(json, LONGEST_NAME).map(Self).into()
    }

    fn shown(&self) -> String {
        self.0.clone()
    }
}

/// A meeting server: `host`, `host:port` or its root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAddress {
    /// As it is written: for [`KnownHosts`].
    pub text: String,
    /// `host` or `host:port`.
    pub host: String,
}

impl Value for ServerAddress {
    const FORM: Form = Form::Text { longest: LONGEST_ADDRESS };

    fn read(json: &Json) -> Read<Self> {
        let server = match text(json, LONGEST_ADDRESS).and_then(server) {
            Ok(server) => server,
            Err(fault) => return Read { value: None, fault: Some(fault) },
        };
        // It is reached encrypted all the same, as it always was; whoever wrote it believes otherwise.
        let is_plain = server.text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http:"));
        let plain = (is_plain && !server.is_plain()).then_some(Fault::NotEncrypted);
        let behind = server.says_more().then_some(Fault::OnlyHost);
        Read { value: Some(server), fault: Fault::of(plain.into_iter().chain(behind)) }
    }

    fn shown(&self) -> String {
        self.text.clone()
    }
}

fn server(text: String) -> Result<ServerAddress, Fault> {
    let mut known = KnownHosts::default();
    let host = known.add(&text).map_err(|error| match error {
        LinkError::NotEncrypted => Fault::NotEncrypted,
        other => Fault::NoServer(other),
    })?;
    Ok(ServerAddress { text, host })
}

impl ServerAddress {
    /// There is a path, or the like, behind the host.
    fn says_more(&self) -> bool {
        let behind = self.text.split_once("://").map_or(self.text.as_str(), |(_, behind)| behind);
        behind.split_once(['/', '?', '#']).is_some_and(|(_, more)| !more.is_empty())
    }

    /// Reached without encryption, as a server on this computer may be.
    fn is_plain(&self) -> bool {
        let mut known = KnownHosts::default();
        known.add(&self.text).is_ok() && known.first().is_some_and(|url| url.scheme() == "http")
    }
}

/// Patterns of hosts. A list that cannot be read allows nothing, not everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPatterns {
    pub patterns: Vec<String>,
    pub allowed: AllowedHosts,
}

impl Value for HostPatterns {
    const FORM: Form = Form::List { most: MOST_HOSTS };

    fn read(json: &Json) -> Read<Self> {
        let (entries, mut faults) = match hosts(json) {
            Ok(entries) => (entries, Vec::new()),
            Err(fault) => (Vec::new(), vec![fault]),
        };
        let (mut patterns, mut places) = (Vec::new(), Vec::new());
        for (index, entry) in entries.iter().enumerate() {
            match entry.as_str() {
                Some(pattern) => {
                    patterns.push(pattern.trim().to_owned());
                    places.push(index);
                }
                None => faults.push(Fault::Entry { index, cause: Box::new(wrong("a text", entry)) }),
            }
        }
        let (allowed, mut bad) = AllowedHosts::only(patterns.iter().map(String::as_str));
        if !bad.is_empty() {
            bad.iter_mut().for_each(|bad| bad.index = places[bad.index]);
            faults.push(Fault::BadPatterns(bad));
        }
        Read { value: Some(Self { patterns, allowed }), fault: Fault::of(faults) }
    }

    fn shown(&self) -> String {
        // None of them is a login: one that was written all the same allows nothing.
        self.patterns.iter().map(|pattern| without_password(pattern)).collect::<Vec<_>>().join(", ")
    }
}

/// The entries of a list of hosts; one host alone may be its text, what looks like several is no host.
fn hosts(json: &Json) -> Result<Vec<&Json>, Fault> {
    let is_gap = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|');
    match json {
        Json::Null => Err(Fault::NotKnown),
        Json::String(text) if text.trim().contains(is_gap) => Err(Fault::OneText),
        other => list(other, MOST_HOSTS),
    }
}

/// Bits per second, in thousands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kilobits(pub u32);

impl Kilobits {
    const LEAST: u32 = 50;
    const MOST: u32 = 20_000;
}

impl Value for Kilobits {
    const FORM: Form = Form::Number { least: Self::LEAST, most: Self::MOST };

    fn read(json: &Json) -> Read<Self> {
        let out = Fault::OutOfRange { least: Self::LEAST, most: Self::MOST };
        match json.as_number() {
            Some(number) => number
                .as_u64()
                .and_then(|number| u32::try_from(number).ok())
                .filter(|number| (Self::LEAST..=Self::MOST).contains(number))
                .map(Self)
                .ok_or(out),
            None => Err(wrong("a number", json)),
        }
        .into()
    }

    fn shown(&self) -> String {
        self.0.to_string()
    }
}

/// A range of ports, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortRange {
    pub first: u16,
    pub last: u16,
}

impl Value for PortRange {
    const FORM: Form = Form::Text { longest: 11 };

    fn read(json: &Json) -> Read<Self> {
        let range = |text: String| {
            let (first, last) = text.split_once('-').unwrap_or((&text, &text));
            let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
            (first > 0 && first <= last).then_some(Self { first, last })
        };
        text(json, 32).and_then(|text| range(text).ok_or(Fault::NoPortRange)).into()
    }

    fn shown(&self) -> String {
        format!("{}-{}", self.first, self.last)
    }
}

/// Hosts that are reached without the proxy, as in `NO_PROXY`: those of them that say something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoProxyList(pub Vec<String>);

impl Value for NoProxyList {
    const FORM: Form = Form::List { most: MOST_HOSTS };

    fn read(json: &Json) -> Read<Self> {
        let entries = match list(json, MOST_HOSTS) {
            Ok(entries) => entries,
            Err(fault) => return Read { value: None, fault: Some(fault) },
        };
        let (mut good, mut faults) = (Vec::new(), Vec::new());
        for (index, entry) in entries.into_iter().enumerate() {
            let cause = match text(entry, LONGEST_ADDRESS) {
                // A text may hold several, as in `NO_PROXY`.
                Ok(text) => {
                    let (says, nothing) = ProxyExceptions::sorted(&text);
                    let fault = says.is_empty() || !nothing.is_empty();
                    good.extend(says.into_iter().map(str::to_owned));
                    fault.then_some(Fault::NoException)
                }
                Err(cause) => Some(cause),
            };
            faults.extend(cause.map(|cause| Fault::Entry { index, cause: Box::new(cause) }));
        }
        Read { value: Some(Self(good)), fault: Fault::of(faults) }
    }

    fn shown(&self) -> String {
        self.0.join(", ")
    }
}

/// Full paths of files with certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles(pub Vec<PathBuf>);

impl Value for CertificateFiles {
    const FORM: Form = Form::List { most: MOST_FILES };

    fn read(json: &Json) -> Read<Self> {
        let path = |entry: &Json| {
            let path = text(entry, LONGEST_PATH).map(PathBuf::from)?;
            if path.is_absolute() { Ok(path) } else { Err(Fault::NoPath) }
        };
        each(json, MOST_FILES, path).map_value(Self)
    }

    fn shown(&self) -> String {
        self.0.iter().map(|path| path.to_string_lossy()).collect::<Vec<_>>().join(", ")
    }
}

/// The entries of a list; what is none is left out and said.
fn each<T>(json: &Json, most: usize, read: impl Fn(&Json) -> Result<T, Fault>) -> Read<Vec<T>> {
    let entries = match list(json, most) {
        Ok(entries) => entries,
        Err(fault) => return Read { value: None, fault: Some(fault) },
    };
    let (mut good, mut faults) = (Vec::new(), Vec::new());
    for (index, entry) in entries.into_iter().enumerate() {
        match read(entry) {
            Ok(entry) => good.push(entry),
            Err(cause) => faults.push(Fault::Entry { index, cause: Box::new(cause) }),
        }
    }
    Read { value: Some(good), fault: Fault::of(faults) }
}

impl<T> Read<T> {
    fn map_value<U>(self, make: impl FnOnce(T) -> U) -> Read<U> {
        Read { value: self.value.map(make), fault: self.fault }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read<T: Value>(json: Json) -> Read<T> {
        T::read(&json)
    }

    #[test]
    fn a_server_is_a_host_or_its_root() {
        let server = read::<ServerAddress>(json!("https://Visio.Example/"));
        assert_eq!(server.value.map(|server| server.host).as_deref(), Some("visio.example"));
        assert!(matches!(read::<ServerAddress>(json!("a b")).fault, Some(Fault::NoServer(_))));
        assert_eq!(
            read::<ServerAddress>(json!(7)).fault,
            Some(Fault::WrongType { wanted: "a text", found: "a number" })
        );
        assert_eq!(read::<ServerAddress>(json!("a\u{0}b")).fault, Some(Fault::ControlCharacters));
        assert_eq!(read::<ServerAddress>(json!("  ")).fault, Some(Fault::Empty));
        for (plain, taken) in
            [("http://visio.example", true), ("HTTP://visio.example:8080/", false), ("http://127.0.0.1.example", true)]
        {
            let read = read::<ServerAddress>(json!(plain));
            assert_eq!((read.value.is_some(), read.fault), (taken, Some(Fault::NotEncrypted)), "{plain}");
        }
        for local in ["http://127.0.0.1:8071", "http://localhost/", "https://localhost:8071", "http.example"] {
            assert_eq!(read::<ServerAddress>(json!(local)).fault, None, "{local}");
        }
    }

    #[test]
    fn a_list_of_hosts_that_cannot_be_read_allows_nothing() {
        for bad in [json!(7), json!({"a": 1}), json!([7]), json!(["*"]), json!(null), json!(vec!["a.example"; 2000])] {
            let read = read::<HostPatterns>(bad.clone());
            let allowed = read.value.expect("closed").allowed;
            assert!(!allowed.is_any() && !allowed.allows("a.example") && read.fault.is_some(), "{bad}");
        }
        let some = read::<HostPatterns>(json!(["a.example", "b b", 7]));
        assert!(some.value.expect("patterns").allowed.allows("a.example"));
        let told = "entry 3: must be a text, is a number; allows nothing by entry 2: this is no host";
        assert_eq!(some.fault.map(|fault| fault.to_string()).as_deref(), Some(told));
        let after = read::<HostPatterns>(json!([7, "b b"])).fault.map(|fault| fault.to_string()).unwrap_or_default();
        assert!(after.ends_with("entry 2: this is no host"), "{after}");
        let lone = read::<HostPatterns>(json!("a.example"));
        assert!(lone.fault.is_none() && lone.value.expect("patterns").allowed.allows("a.example"));
        for several in ["a.example,b.example", "a.example b.example", "a.example; b.example", "a.example\nb.example"] {
            let read = read::<HostPatterns>(json!(several));
            let allowed = read.value.expect("closed").allowed;
            assert!(!allowed.is_any() && !allowed.allows("a.example") && !allowed.allows("b.example"), "{several}");
            assert_eq!(read.fault, Some(Fault::OneText));
        }
        let none = read::<HostPatterns>(json!([]));
        assert!(none.fault.is_none() && !none.value.expect("patterns").allowed.allows("a.example"));
    }

    #[test]
    fn an_exception_of_the_proxy_that_says_nothing_is_told() {
        let none = "nothing is reached directly by it: it is no host, host:port, .domain or network, as in 10.0.0.0/8";
        let all = json!(["https://visio.example/", "a.example:x", ".b.example, 10.0.0.0/8", 7, "c.example;d/"]);
        let said = read::<NoProxyList>(all);
        let good = ["https://visio.example/", ".b.example", "10.0.0.0/8", "c.example"].map(str::to_owned);
        assert_eq!(said.value, Some(NoProxyList(good.to_vec())));
        let told = format!("entry 2: {none}; entry 4: must be a text, is a number; entry 5: {none}");
        assert_eq!(said.fault.map(|fault| fault.to_string()), Some(told));
        assert_eq!(read::<NoProxyList>(json!("*")), Read { value: Some(NoProxyList(vec!["*".into()])), fault: None });
        assert_eq!(read::<NoProxyList>(json!([])).fault, None);
    }

    #[test]
    fn numbers_and_ranges_have_their_bounds() {
        assert_eq!(read(json!(1500)), Read { value: Some(Kilobits(1500)), fault: None });
        for bad in [json!(49), json!(20_001), json!(-1), json!(1e99), json!(99.5), json!("100")] {
            assert!(read::<Kilobits>(bad.clone()).value.is_none(), "{bad}");
        }
        assert_eq!(read(json!("50000-50100")).value, Some(PortRange { first: 50_000, last: 50_100 }));
        assert_eq!(read(json!("7881")).value, Some(PortRange { first: 7881, last: 7881 }));
        for bad in ["0-1", "2-1", "1-70000", "a-b", "1-2-3", "-"] {
            assert_eq!(read::<PortRange>(json!(bad)).fault, Some(Fault::NoPortRange), "{bad}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn certificates_are_named_by_full_paths() {
        let files = read::<CertificateFiles>(json!(["/etc/ssl/a.pem", "b.pem"]));
        assert_eq!(files.value, Some(CertificateFiles(vec!["/etc/ssl/a.pem".into()])));
        assert_eq!(files.fault, Some(Fault::Entry { index: 1, cause: Box::new(Fault::NoPath) }));
    }
}
