//! A portal that answers what a test wants, on a bus of the test's own: the real `dbus-daemon`, which starts no service by itself.

use super::super::answer::{NAME, PATH};
use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;
use zbus::blocking::{Connection, connection::Builder};
use zbus::message::Header;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

const REQUEST: &str = "org.freedesktop.portal.Request";
pub const SHORTCUTS: &str = super::super::answer::SHORTCUTS;

type Options = HashMap<String, OwnedValue>;
type Asked = Vec<(String, Options)>;
/// Ids, and what the system calls their keys.
pub type Keys = &'static [(&'static str, &'static str)];

/// A bus of its own.
pub struct Bus {
    daemon: Child,
    address: String,
    folder: PathBuf,
}

impl Bus {
    pub fn start() -> Self {
        static BUSES: AtomicU32 = AtomicU32::new(0);
        let number = BUSES.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("visavis-keys-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let settings = folder.join("bus.conf");
        let words = format!(
            "<busconfig><type>session</type><listen>unix:dir={}</listen><policy context=\"default\">\
             <allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
            folder.display()
        );
        std::fs::write(&settings, words).expect("a file");
        let mut command = Command::new("dbus-daemon");
        command.arg("--config-file").arg(&settings).args(["--nofork", "--print-address"]).stdout(Stdio::piped());
        // It says that it may not have as many files as it would like.
        command.stderr(Stdio::null());
        let mut daemon = command.spawn().expect("dbus-daemon (cargo xtask setup)");
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().expect("its output")).read_line(&mut address).expect("its address");
        Self { daemon, address: address.trim().to_owned(), folder }
    }

    pub fn connect(&self) -> Connection {
        let builder = Builder::address(&*self.address).expect("an address");
        builder.method_timeout(Duration::from_secs(10)).build().expect("the bus")
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// How the portal answers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    /// What the session begins with, as KDE's before Plasma 6.
    pub at_once: Keys,
    /// What the person lets the program have; what `BindShortcuts` ends with.
    pub code: u32,
    pub bound: Keys,
    /// What `ListShortcuts` tells.
    pub listed: Keys,
}

/// The portal; gone from the bus when it is dropped.
pub struct Fake {
    bus: Connection,
    asked: Receiver<String>,
}

struct Portal {
    manner: Manner,
    asked: Sender<String>,
}

#[zbus::interface(name = "org.freedesktop.portal.GlobalShortcuts")]
impl Portal {
    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        1
    }

    fn create_session(
        &self,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] bus: &zbus::Connection,
    ) -> OwnedObjectPath {
        let _ = self.asked.send("CreateSession".into());
        let session = format!("{PATH}/session/{}/{}", sender(&header), text(&options, "session_handle_token"));
        let mut results = HashMap::from([("session_handle", Value::from(session))]);
        if !self.manner.at_once.is_empty() {
            results.insert("shortcuts", listed(self.manner.at_once));
        }
        respond(bus, &header, &options, 0, results)
    }

    fn bind_shortcuts(
        &self,
        _session: OwnedObjectPath,
        shortcuts: Asked,
        _parent: String,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] bus: &zbus::Connection,
    ) -> OwnedObjectPath {
        let names: Vec<_> = shortcuts.iter().map(|(_, about)| text(about, "description")).collect();
        let _ = self.asked.send(format!("BindShortcuts {}", names.join(", ")));
        let results = HashMap::from([("shortcuts", listed(self.manner.bound))]);
        respond(bus, &header, &options, self.manner.code, results)
    }

    fn list_shortcuts(
        &self,
        _session: OwnedObjectPath,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] bus: &zbus::Connection,
    ) -> OwnedObjectPath {
        let _ = self.asked.send("ListShortcuts".into());
        respond(bus, &header, &options, 0, HashMap::from([("shortcuts", listed(self.manner.listed))]))
    }
}

impl Fake {
    pub fn start(bus: &Bus, manner: Manner) -> Self {
        let (tell, asked) = channel();
        let bus = bus.connect();
        bus.object_server().at(PATH, Portal { manner, asked: tell }).expect("an object");
        bus.request_name(NAME).expect("the name");
        Self { bus, asked }
    }

    /// What it was asked next.
    pub fn asked(&self) -> String {
        self.asked.recv_timeout(Duration::from_secs(10)).expect("a question")
    }

    pub fn is_asked(&self) -> bool {
        self.asked.recv_timeout(Duration::from_millis(200)).is_ok()
    }

    /// One of our keys goes down (`Activated`) or up (`Deactivated`).
    pub fn key(&self, member: &str, client: &str, id: &str) {
        key(&self.bus, member, client, id);
    }

    pub fn change(&self, client: &str, keys: Keys) {
        let told = (session(client), pairs(keys));
        self.bus.emit_signal(None::<&str>, PATH, SHORTCUTS, "ShortcutsChanged", &told).expect("a signal");
    }

    pub fn close_session(&self, client: &str) {
        let closed = "org.freedesktop.portal.Session";
        self.bus.emit_signal(None::<&str>, session(client), closed, "Closed", &()).expect("a signal");
    }

    /// Whether somebody of this name is on the bus.
    pub fn sees(&self, name: &str) -> bool {
        let names = zbus::blocking::fdo::DBusProxy::new(&self.bus).expect("the bus");
        names.name_has_owner(name.try_into().expect("a name")).expect("an answer")
    }
}

/// Says that a key goes down or up, as whoever has this connection.
pub fn key(bus: &Connection, member: &str, client: &str, id: &str) {
    let told = (session(client), id, 5_u64, HashMap::<&str, Value<'_>>::new());
    bus.emit_signal(None::<&str>, PATH, SHORTCUTS, member, &told).expect("a signal");
}

fn session(client: &str) -> OwnedObjectPath {
    let sender = client.trim_start_matches(':').replace('.', "_");
    OwnedObjectPath::try_from(format!("{PATH}/session/{sender}/visavis")).expect("a path")
}

fn sender(header: &Header<'_>) -> String {
    header.sender().map(|name| name.trim_start_matches(':').replace('.', "_")).unwrap_or_default()
}

fn text(options: &Options, key: &str) -> String {
    options.get(key).and_then(|value| value.downcast_ref::<&str>().ok()).unwrap_or_default().to_owned()
}

fn pairs(keys: Keys) -> Vec<(&'static str, HashMap<&'static str, Value<'static>>)> {
    keys.iter().map(|(id, name)| (*id, HashMap::from([("trigger_description", Value::from(*name))]))).collect()
}

fn listed(keys: Keys) -> Value<'static> {
    Value::from(pairs(keys))
}

/// The request ends a moment after it was called.
fn respond(
    bus: &zbus::Connection,
    header: &Header<'_>,
    options: &Options,
    code: u32,
    results: HashMap<&'static str, Value<'static>>,
) -> OwnedObjectPath {
    let path = format!("{PATH}/request/{}/{}", sender(header), text(options, "handle_token"));
    let path = OwnedObjectPath::try_from(path).expect("a path");
    let (bus, to) = (Connection::from(bus.clone()), path.clone());
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        let _ = bus.emit_signal(None::<&str>, to, REQUEST, "Response", &(code, results));
    });
    path
}
