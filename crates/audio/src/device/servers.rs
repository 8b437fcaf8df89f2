//! The sound servers behind ALSA's plugins: ALSA lists a plugin wherever it is installed, whether or not its server runs.

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use visavis_model::DeviceId;

/// Where libpulse looks for a server of the whole computer.
const PULSE_OF_ALL: &str = "/var/run/pulse/native";

/// The same for PipeWire, a folder.
const PIPEWIRE_OF_ALL: &str = "/run/pipewire";

/// The kernel's list of sockets, and what it writes in it at one that takes connections.
const SOCKETS: &str = "/proc/net/unix";
const LISTENS: &str = "00010000";

/// A sound server to which ALSA has a plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    PulseAudio,
    PipeWire,
}

impl Server {
    /// The one that a device of ALSA's leads to; `None` where it leads to a card, or does not say.
    pub fn behind(id: &DeviceId, name: &str) -> Option<Self> {
        match id.as_str().strip_prefix("alsa:")? {
            "pulse" => Some(Self::PulseAudio),
            "pipewire" => Some(Self::PipeWire),
            // Whoever makes a plugin the default says so in its name ("… (currently PipeWire Media Server)").
            "default" if name.contains("PulseAudio") => Some(Self::PulseAudio),
            "default" if name.contains("PipeWire") => Some(Self::PipeWire),
            _ => None,
        }
    }

    /// Whether one is there to answer the plugin. No device is opened, and nobody is asked over a network.
    pub fn is_there(self) -> bool {
        self.answers(&|name| std::env::var(name).ok())
    }

    fn answers(self, variable: &dyn Fn(&str) -> Option<String>) -> bool {
        let set = |name: &str| variable(name).filter(|text| !text.trim().is_empty());
        self.places(&set).iter().any(Place::answers)
    }

    /// The sockets at which it may listen on this computer, where libpulse and PipeWire look for them, in their order.
    pub fn sockets(self) -> Vec<PathBuf> {
        let set = |name: &str| std::env::var(name).ok().filter(|text| !text.trim().is_empty());
        self.places(&set).iter().flat_map(Place::sockets).collect()
    }

    /// Where the plugin looks for it. Pure.
    fn places(self, set: &dyn Fn(&str) -> Option<String>) -> Vec<Place> {
        let folder = |name: &str| set(name).map(PathBuf::from);
        match self {
            Self::PulseAudio => {
                if let Some(named) = set("PULSE_SERVER") {
                    return named.split_whitespace().map(Place::of_pulse).collect();
                }
                let own = folder("PULSE_RUNTIME_PATH")
                    .or_else(|| folder("XDG_RUNTIME_DIR").map(|runtime| runtime.join("pulse")))
                    .map(|pulse| Place::Socket(pulse.join("native")));
                let settings = || folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config")));
                let own = own.or_else(|| settings().map(|settings| Place::Links(settings.join("pulse"))));
                own.into_iter().chain([Place::Socket(PULSE_OF_ALL.into())]).collect()
            }
            Self::PipeWire => {
                let named = set("PIPEWIRE_REMOTE").unwrap_or_else(|| "pipewire-0".to_owned());
                let runtime = folder("PIPEWIRE_RUNTIME_DIR").or_else(|| folder("XDG_RUNTIME_DIR"));
                let folders: Vec<PathBuf> = runtime.into_iter().chain([PIPEWIRE_OF_ALL.into()]).collect();
                // One name, or a list of them in JSON.
                let names = named.split(|letter: char| letter.is_whitespace() || "[],\"".contains(letter));
                let place = |name: &str| -> Vec<Place> {
                    match name.chars().next() {
                        None => Vec::new(),
                        Some('@') => vec![Place::Elsewhere],
                        // What begins with `/` takes the place of the folder.
                        Some(_) => folders.iter().map(|folder| Place::Socket(folder.join(name))).collect(),
                    }
                };
                names.flat_map(place).collect()
            }
        }
    }
}

/// Where a server may be.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Socket(PathBuf),
    /// A folder whose links `…-runtime` lead to folders with a socket: PulseAudio's, where nobody has made `XDG_RUNTIME_DIR`.
    Links(PathBuf),
    /// On another computer, or named in another way: the person's word is taken for it.
    Elsewhere,
}

impl Place {
    /// One word of `PULSE_SERVER`.
    fn of_pulse(word: &str) -> Self {
        // `{…}` in front names the computer on which it counts.
        let word = word.rsplit('}').next().unwrap_or(word);
        let path = Path::new(word.strip_prefix("unix:").unwrap_or(word));
        if path.is_absolute() { Self::Socket(path.to_owned()) } else { Self::Elsewhere }
    }

    fn answers(&self) -> bool {
        *self == Self::Elsewhere || self.sockets().iter().any(|path| takes_connections(path))
    }

    fn sockets(&self) -> Vec<PathBuf> {
        match self {
            Self::Socket(path) => vec![path.clone()],
            Self::Links(folder) => {
                let links = std::fs::read_dir(folder).into_iter().flatten().flatten();
                let runtime = links.filter(|link| link.file_name().to_string_lossy().ends_with("-runtime"));
                runtime.map(|link| link.path().join("native")).collect()
            }
            Self::Elsewhere => Vec::new(),
        }
    }
}

/// Whether somebody listens at a socket: one that died may have left its file.
///
/// PipeWire tells the whole desktop of whoever connects, and this is asked more than once a second: the kernel knows without that.
fn takes_connections(path: &Path) -> bool {
    if !path.exists() {
        return false;
    }
    let sockets = std::fs::read(SOCKETS).unwrap_or_default();
    // What came in from another container is not in our list, nor is another way of writing its path.
    is_listed(&String::from_utf8_lossy(&sockets), path) || UnixStream::connect(path).is_ok()
}

/// Whether the kernel's list has a socket of that path which takes connections. Pure.
fn is_listed(sockets: &str, path: &Path) -> bool {
    let Some(path) = path.to_str() else { return false };
    sockets.lines().filter_map(|line| line.strip_suffix(path)).any(|about| {
        // The path comes last, after a space; it may have spaces itself.
        about.ends_with(' ') && about.split_whitespace().nth(3) == Some(LISTENS)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    fn places(server: Server, variables: &[(&str, &str)]) -> Vec<Place> {
        server.places(&|name| variables.iter().find(|(set, _)| *set == name).map(|(_, text)| (*text).to_owned()))
    }

    fn socket(path: &str) -> Place {
        Place::Socket(path.into())
    }

    #[test]
    fn plugins_are_told_from_cards() {
        let behind = |id: &str, name: &str| Server::behind(&DeviceId::from(id), name);
        assert_eq!(behind("alsa:pulse", "PulseAudio Sound Server"), Some(Server::PulseAudio));
        assert_eq!(behind("alsa:pipewire", "PipeWire Sound Server"), Some(Server::PipeWire));
        let default = |name: &str| behind("alsa:default", name);
        assert_eq!(default("Default ALSA Output (currently PipeWire Media Server)"), Some(Server::PipeWire));
        assert_eq!(default("Default ALSA Output (currently PulseAudio Sound Server)"), Some(Server::PulseAudio));
        assert_eq!(default("Default Audio Device"), None);
        assert_eq!(behind("alsa:default:CARD=PCH", "PulseAudio's own card"), None);
        assert_eq!(behind("wasapi:pulse", "pulse"), None);
    }

    #[test]
    fn a_plugin_looks_where_the_environment_says() {
        let all = socket("/var/run/pulse/native");
        let pulse = |variables: &[(&str, &str)]| places(Server::PulseAudio, variables);
        assert_eq!(pulse(&[("XDG_RUNTIME_DIR", "/r")]), [socket("/r/pulse/native"), all.clone()]);
        let own = [("PULSE_RUNTIME_PATH", "/p"), ("XDG_RUNTIME_DIR", "/r")];
        assert_eq!(pulse(&own), [socket("/p/native"), all.clone()]);
        assert_eq!(pulse(&[("HOME", "/h")]), [Place::Links("/h/.config/pulse".into()), all.clone()]);
        assert_eq!(pulse(&[]), [all]);
        let named = [("PULSE_SERVER", "{abc}unix:/a /b tcp:sound.example"), ("XDG_RUNTIME_DIR", "/r")];
        assert_eq!(pulse(&named), [socket("/a"), socket("/b"), Place::Elsewhere]);

        let pipewire = |variables: &[(&str, &str)]| places(Server::PipeWire, variables);
        let all = socket("/run/pipewire/pipewire-0");
        assert_eq!(pipewire(&[("XDG_RUNTIME_DIR", "/r")]), [socket("/r/pipewire-0"), all.clone()]);
        assert_eq!(pipewire(&[]), [all]);
        let named = [("PIPEWIRE_REMOTE", "[\"a\", \"/b\"]"), ("PIPEWIRE_RUNTIME_DIR", "/p"), ("XDG_RUNTIME_DIR", "/r")];
        let ours = [socket("/p/a"), socket("/run/pipewire/a"), socket("/b"), socket("/b")];
        assert_eq!(pipewire(&named), ours);
        assert_eq!(pipewire(&[("PIPEWIRE_REMOTE", "@a")]), [Place::Elsewhere]);
    }

    #[test]
    fn a_server_that_went_does_not_answer_though_its_socket_is_there() {
        let folder = std::env::temp_dir().join(format!("visavis-servers-{}", std::process::id()));
        let runtime = folder.join("run");
        let pulse = folder.join("settings/pulse");
        std::fs::create_dir_all(&runtime).unwrap();
        std::fs::create_dir_all(&pulse).unwrap();
        let text = |path: &Path| path.to_str().map(str::to_owned);
        let session = |name: &str| if name == "XDG_RUNTIME_DIR" { text(&runtime) } else { None };
        assert!(!Server::PipeWire.answers(&session));
        let listener = UnixListener::bind(runtime.join("pipewire-0")).unwrap();
        assert!(Server::PipeWire.answers(&session));
        // The kernel's own list is enough: nobody has connected.
        listener.set_nonblocking(true).unwrap();
        assert_eq!(listener.accept().map(|_| ()).map_err(|error| error.kind()), Err(std::io::ErrorKind::WouldBlock));
        drop(listener);
        assert!(runtime.join("pipewire-0").exists());
        assert!(!Server::PipeWire.answers(&session));

        // Without a runtime folder PulseAudio leaves a link to one.
        std::os::unix::fs::symlink(&runtime, pulse.join("0123-runtime")).unwrap();
        let links = Place::Links(pulse);
        assert!(!links.answers());
        let listener = UnixListener::bind(runtime.join("native")).unwrap();
        // By another path than the kernel's list has.
        assert!(links.answers());
        drop(listener);
        assert!(!links.answers());
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn the_kernels_list_is_read_to_the_letter() {
        let sockets = "Num       RefCount Protocol Flags    Type St Inode Path\n\
            000000008774ea67: 00000003 00000000 00000000 0001 03 52153\n\
            0000000045091d44: 00000003 00000000 00000000 0001 03 52152 /run/user/1000/pulse/native\n\
            000000009a0ad0ff: 00000002 00000000 00010000 0001 01 52228 /run/user/1000/pipe wire-0\n";
        assert!(is_listed(sockets, Path::new("/run/user/1000/pipe wire-0")));
        assert!(!is_listed(sockets, Path::new("/run/user/1000/pulse/native")), "a connection is no door");
        assert!(!is_listed(sockets, Path::new("wire-1")));
        assert!(!is_listed(sockets, Path::new("/1000/pipe wire-0")));
        assert!(!is_listed("", Path::new("/a")));
    }
}
