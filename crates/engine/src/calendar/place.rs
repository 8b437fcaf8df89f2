//! Where a calendar is, from what a person writes.

use std::path::{Path, PathBuf};
use url::{Host, Url};

/// Longest address, in bytes.
const LONGEST: usize = 2048;
/// Where Windows asks for shares (SMB): one that a policy allows on another port alone is not allowed.
const SHARE_PORT: u16 = 445;

/// A place that a calendar can be read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A CalDAV server, or one calendar on it.
    Server(Url),
    /// One `.ics` file on a web server.
    Feed(Url),
    /// An `.ics` file of this computer or of a share, or a folder of them.
    File(PathBuf),
}

impl Place {
    /// `host`, `somebody@host`, an address of a server or of a file there (`webcal:` too), or a path. Encrypted, but for this machine.
    ///
    /// `None`: it is nothing of that, or holds a user name or password in an address.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
            return None;
        }
        if let Some(path) = path_of(text) {
            return Some(Self::File(path));
        }
        if is_file_address(text) {
            return None;
        }
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
            // A mail address stands for its server.
            None => ("https".to_owned(), text.rsplit_once('@').map_or(text, |(_, host)| host)),
        };
        let feed = matches!(scheme.as_str(), "webcal" | "webcals");
        let scheme = match scheme.as_str() {
            "webcal" | "webcals" | "https" | "caldavs" => "https",
            "http" | "caldav" => "http",
            _ => return None,
        };
        let mut url = Url::parse(&format!("{scheme}://{rest}")).ok()?;
        if !url.username().is_empty() || url.password().is_some() || url.host_str().is_none_or(str::is_empty) {
            return None;
        }
        if url.scheme() == "http"
            && !is_this_machine(&url)
            && (url.port().is_some() || url.set_scheme("https").is_err())
        {
            return None;
        }
        url.set_fragment(None);
        let is_file = feed || url.path().to_ascii_lowercase().ends_with(".ics");
        Some(if is_file { Self::Feed(url) } else { Self::Server(url) })
    }

    /// Who is contacted, as `host` or `host:port`; `None`: nobody, it is on this computer. On Windows a path may name a host; elsewhere
    /// none does.
    pub fn host(&self) -> Option<String> {
        match self {
            Self::Server(url) | Self::Feed(url) => {
                let host = url.host_str()?;
                Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
            }
            Self::File(path) => path.to_str().filter(|_| cfg!(windows)).and_then(share_host),
        }
    }

    /// What is shown of it.
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => name_of(path),
            _ => self.host().unwrap_or_default(),
        }
    }
}

/// The name of a file, without its folders.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// A path from the root, or a `file:` address.
fn path_of(text: &str) -> Option<PathBuf> {
    if is_file_address(text) {
        return Url::parse(text).ok()?.to_file_path().ok();
    }
    let path = Path::new(text);
    path.is_absolute().then(|| path.to_owned())
}

fn is_file_address(text: &str) -> bool {
    text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:"))
}

/// The host of a share, as a path of Windows from the root names it: `\\host\share\…`, with either slash, also as a device
/// (`\\?\UNC\host\share\…`). `None`: the path is on a drive of this computer, whatever that leads to.
///
/// What else is a device may lead to any host. It is given as `?`, which is none: no list allows it.
fn share_host(path: &str) -> Option<String> {
    let is_slash = |c: char| matches!(c, '/' | '\\');
    let rest = path.strip_prefix(is_slash)?.strip_prefix(is_slash)?;
    let mut parts = rest.split(is_slash).filter(|part| !part.is_empty());
    let first = parts.next().unwrap_or_default();
    let share = |host: &str| Some(format!("{host}:{SHARE_PORT}"));
    if !matches!(first, "?" | ".") {
        return share(first);
    }
    let device = parts.next().unwrap_or_default();
    // `..` leads from one device to another; Windows overlooks dots and spaces at the end of a name.
    let climbs = parts.clone().any(|part| part.trim_end_matches(['.', ' ']).is_empty());
    match device.as_bytes() {
        _ if climbs => {}
        [letter, b':'] if letter.is_ascii_alphabetic() => return None,
        name if name.eq_ignore_ascii_case(b"UNC") => return share(parts.next().unwrap_or_default()),
        _ => {}
    }
    Some("?".into())
}

/// The calendar file that a text from outside names, whether or not it is there.
pub fn calendar_file(text: &str) -> Option<PathBuf> {
    let text = text.trim();
    if text.len() > LONGEST || text.chars().any(char::is_control) {
        return None;
    }
    path_of(text).filter(|path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("ics")))
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_provider::AllowedHosts;

    fn server(text: &str) -> Option<Place> {
        Some(Place::Server(Url::parse(text).expect("an address")))
    }

    #[test]
    fn what_people_write_is_read() {
        for text in [
            "cloud.agglo.example",
            " Cloud.agglo.example ",
            "camille@cloud.agglo.example",
            "http://cloud.agglo.example",
        ] {
            assert_eq!(Place::read(text), server("https://cloud.agglo.example/"), "{text}");
        }
        assert_eq!(
            Place::read("https://h.example:8443/remote.php/dav#x"),
            server("https://h.example:8443/remote.php/dav")
        );
        assert_eq!(Place::read("http://127.0.0.1:5232"), server("http://127.0.0.1:5232/"));
        let feed = |text: &str| Some(Place::Feed(Url::parse(text).expect("an address")));
        assert_eq!(Place::read("webcal://h.example/team?x=1"), feed("https://h.example/team?x=1"));
        assert_eq!(Place::read("https://h.example/private-1/basic.ICS"), feed("https://h.example/private-1/basic.ICS"));
        assert_eq!(Place::read("https://h.example:8443/").expect("a place").name(), "h.example:8443");
    }

    #[test]
    #[cfg(unix)]
    fn files_are_told_from_servers() {
        let file = Place::File("/home/c/agenda perso.ics".into());
        assert_eq!(Place::read("/home/c/agenda perso.ics"), Some(file.clone()));
        assert_eq!(Place::read("file:///home/c/agenda%20perso.ics"), Some(file.clone()));
        assert_eq!(file.name(), "agenda perso.ics");
        assert_eq!(calendar_file("file:///home/c/a.ICS"), Some("/home/c/a.ICS".into()));
        assert_eq!(calendar_file("/etc/passwd"), None);
        assert_eq!(calendar_file("https://h.example/a.ics"), None);
    }

    #[test]
    #[cfg(not(windows))]
    fn a_path_with_two_slashes_is_on_this_computer() {
        let place = Place::read("//other.example/s/a.ics").expect("a place");
        assert_eq!((place.host(), &place), (None, &Place::File("//other.example/s/a.ics".into())));
        assert_eq!(calendar_file("//other.example/s/a.ics"), Some("//other.example/s/a.ics".into()));
        // No share is reached by an address here.
        for text in ["file://other.example/s/a.ics", r"file:\\other.example\s\a.ics"] {
            assert_eq!((Place::read(text), calendar_file(text)), (None, None), "{text}");
        }
    }

    #[test]
    #[cfg(windows)]
    fn a_share_is_on_its_host() {
        for text in [r"\\other.example\s\a.ics", "//other.example/s/a.ics", "file://other.example/s/a.ics"] {
            let place = Place::read(text).expect("a place");
            assert!(matches!(place, Place::File(_)), "{text}");
            assert_eq!(place.host().as_deref(), Some("other.example:445"), "{text}");
            assert!(calendar_file(text).is_some(), "{text}");
        }
        for text in [r"C:\a\b.ics", "file:///C:/a/b.ics", r"\\?\C:\a\b.ics"] {
            assert_eq!(Place::read(text).map(|place| place.host()), Some(None), "{text}");
        }
    }

    #[test]
    fn the_host_of_a_share_is_read_from_its_path() {
        for path in [
            r"\\other.example\s\a.ics",
            "//other.example/s/a.ics",
            r"\/other.example\s/a.ics",
            r"\\\other.example\s\a.ics",
            r"\\other.example",
            r"\\?\UNC\other.example\s\a.ics",
            r"\\.\unc\other.example\s\a.ics",
            "//?/UNC/other.example/s/a.ics",
        ] {
            assert_eq!(share_host(path).as_deref(), Some("other.example:445"), "{path}");
        }
        for path in [r"C:\a\b.ics", "c:/a/b.ics", r"\a\b.ics", "/a/b.ics", r"\\?\C:\a\b.ics", "//./d:/a/b.ics", "a", ""]
        {
            assert_eq!(share_host(path), None, "{path}");
        }
        let (allowed, _) = AllowedHosts::only(["other.example", "10.1.2.3", "secure.example:443", "unc", "s"]);
        let allows = |path: &str| share_host(path).is_none_or(|host| allowed.allows(&host));
        assert!(allows(r"\\OTHER.example\s\a.ics") && allows(r"\\10.1.2.3\s\a.ics") && allows(r"C:\a.ics"));
        for path in [
            r"\\evil.example\s\a.ics",
            r"\\secure.example\s\a.ics",
            r"\\other.example@SSL@8443\s\a.ics",
            r"\\other.example:443\s\a.ics",
            r"\\?\UNC\evil.example\s\a.ics",
            r"\\?\GLOBALROOT\Device\Mup\evil.example\s\a.ics",
            r"\\.\C:\..\UNC\evil.example\s\a.ics",
            r"\\.\C:\.. \UNC\evil.example\s\a.ics",
            r"\\?\UNC",
            r"\\?\",
            r"\\",
        ] {
            assert!(!allows(path), "{path}");
            assert!(share_host(path).is_some_and(|host| AllowedHosts::any().allows(&host)), "{path}");
        }
    }

    #[test]
    fn what_is_no_place_is_none() {
        for text in [
            "",
            "  ",
            "https://c:secret@h.example/",
            "http://h.example:8080/",
            "ftp://h.example",
            "a b",
            "https://",
            "a\u{7}b",
        ] {
            assert_eq!(Place::read(text), None, "{text:?}");
        }
        assert_eq!(Place::read(&format!("h.example/{}", "x".repeat(3000))), None);
    }
}
