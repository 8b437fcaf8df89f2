//! A blind person's screen reader: what Orca says of the window, and the tree that it reads it from (AT-SPI).

use crate::desktop::Desktop;
use crate::places;
use crate::servers::ServerError;
use crate::wait;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// For something to be said: queues settle first, and machines are busy.
const PATIENCE: Duration = Duration::from_secs(30);
/// Debian's own: the screen reader's libraries are there, and in no other Python.
const PYTHON: &str = "/usr/bin/python3";
/// What is said by the Orca of a desktop ([`Desktop::with_reader`]), in order.
pub struct Reader {
    said_in: PathBuf,
    read: u64,
    /// Its end that is no whole line yet.
    rest: Vec<u8>,
    said: Vec<String>,
    heard: usize,
}

impl Reader {
    /// Listens to the Orca that the next program of this desktop comes with.
    pub fn new(desktop: &Desktop) -> Self {
        let said_in = said_in(&desktop.home());
        // What an earlier one said is not to be heard again.
        let _ = std::fs::remove_file(&said_in);
        Self { said_in, read: 0, rest: Vec::new(), said: Vec::new(), heard: 0 }
    }

    /// Everything that was said so far.
    pub fn said(&mut self) -> &[String] {
        // What is not there yet says nothing.
        let _ = self.read_on();
        &self.said
    }

    /// Waits until something is said that `is` it, after all that was waited for before, and gives it.
    ///
    /// # Panics
    /// It is not said in time; the sentence has everything that was.
    pub fn hears(&mut self, what: &str, is: impl Fn(&str) -> bool) -> String {
        let found = wait::until(what, PATIENCE, || {
            let from = self.heard;
            let at = self.said().iter().skip(from).position(|text| is(text))?;
            Some(from + at)
        });
        let Ok(at) = found else { panic!("{what:?} was not said; what was: {:#?}", self.said) };
        self.heard = at + 1;
        self.said[at].clone()
    }

    /// Waits until exactly this is said.
    ///
    /// # Panics
    /// As [`Self::hears`].
    pub fn says(&mut self, text: &str) {
        self.hears(text, |said| said == text);
    }

    /// How often exactly this was said.
    pub fn times(&mut self, text: &str) -> usize {
        self.said().iter().filter(|said| *said == text).count()
    }

    fn read_on(&mut self) -> std::io::Result<()> {
        let mut file = std::fs::File::open(&self.said_in)?;
        file.seek(SeekFrom::Start(self.read))?;
        self.read += file.read_to_end(&mut self.rest)? as u64;
        let whole = self.rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let lines: Vec<u8> = self.rest.drain(..whole).collect();
        self.said.extend(String::from_utf8_lossy(&lines).lines().filter_map(heard));
        Ok(())
    }
}

/// Lets the Orca of a person with this home, and these data, write down what it says, and look for no voice: there is none.
///
/// # Errors
/// A file cannot be written.
pub fn prepare(data: &Path, home: &Path) -> std::io::Result<()> {
    let (orca, voice) = (data.join("orca"), home.join(".config/speech-dispatcher"));
    std::fs::create_dir_all(&orca)?;
    std::fs::create_dir_all(&voice)?;
    std::fs::write(voice.join("speechd.conf"), "DisableAutoSpawn\n")?;
    let customizations = "orca-customizations.py";
    std::fs::copy(places::repository().join("tests/reader").join(customizations), orca.join(customizations)).map(drop)
}

/// Where the Orca of a person with this home writes what it says.
fn said_in(home: &Path) -> PathBuf {
    home.join(".config/said.jsonl")
}

/// One line of that, with ordinary spaces in place of those that French signs have.
fn heard(line: &str) -> Option<String> {
    serde_json::from_str::<String>(line).ok().map(|text| text.trim_end().replace(['\u{a0}', '\u{202f}'], " "))
}

/// Something that assistive technology sees.
#[derive(Clone, Debug, Deserialize)]
pub struct Thing {
    pub role: String,
    pub name: String,
    pub description: String,
    pub states: Vec<String>,
    pub attributes: BTreeMap<String, String>,
    pub children: Vec<Thing>,
}

impl Thing {
    /// Everything of this role in here, in order.
    pub fn all(&self, role: &str) -> Vec<&Self> {
        let mut found = Vec::new();
        self.collect(&|thing| thing.role == role, &mut found);
        found
    }

    /// The one thing of this role and name in here.
    ///
    /// # Panics
    /// There is none, or more than one; the sentence has all names of this role.
    pub fn one(&self, role: &str, name: &str) -> &Self {
        let all = self.all(role);
        let mut named = all.iter().filter(|thing| thing.name == name);
        let (Some(found), None) = (named.next(), named.next()) else {
            panic!("not one {role} {name:?} but {:?}", all.iter().map(|thing| &thing.name).collect::<Vec<_>>());
        };
        found
    }

    pub fn is(&self, state: &str) -> bool {
        self.states.iter().any(|known| known == state)
    }

    fn collect<'a>(&'a self, wanted: &dyn Fn(&Self) -> bool, found: &mut Vec<&'a Self>) {
        if wanted(self) {
            found.push(self);
        }
        for child in &self.children {
            child.collect(wanted, found);
        }
    }
}

/// What assistive technology sees of the application that runs on this desktop.
///
/// # Errors
/// The application is not there, or tells nothing.
pub fn tree(desktop: &Desktop) -> Result<Thing, ServerError> {
    let script = places::repository().join("tests/reader/tree.py");
    let (bus, own) = (desktop.bus(), desktop.home().join(".config/reader-bus"));
    let (bus, own) = (std::fs::read_to_string(bus)?, std::fs::read_to_string(own)?);
    let mut command = Command::new(PYTHON);
    command.arg(script).arg("visavis").envs(desktop.environment());
    command.env("DBUS_SESSION_BUS_ADDRESS", bus.trim()).env("AT_SPI_BUS_ADDRESS", own.trim());
    let output = command.output()?;
    serde_json::from_slice(&output.stdout).map_err(|error| {
        let words = format!("{error}: {}", String::from_utf8_lossy(&output.stderr));
        ServerError::Start { what: "the tree of what is accessible".to_owned(), words }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_hears_whole_lines() {
        let said_in = std::env::temp_dir().join(format!("visavis-said-{}.jsonl", std::process::id()));
        std::fs::write(&said_in, "\"Deux bouton.\"\n\"Sofia : \\\"Bonjour\\\" \"\n\"Enc").unwrap();
        let mut reader = Reader { said_in: said_in.clone(), read: 0, rest: Vec::new(), said: Vec::new(), heard: 0 };
        assert_eq!(reader.said(), ["Deux bouton.", "Sofia : \"Bonjour\""]);
        let mut file = std::fs::File::options().append(true).open(&said_in).unwrap();
        std::io::Write::write_all(&mut file, b"ore\"\n").unwrap();
        reader.says("Encore");
        assert_eq!(reader.times("Deux bouton."), 1);
        std::fs::remove_file(said_in).unwrap();
    }

    #[test]
    fn things_are_found_by_role_and_name() {
        let leaf = |role: &str, name: &str| Thing {
            role: role.to_owned(),
            name: name.to_owned(),
            description: String::new(),
            states: vec!["pressed".to_owned()],
            attributes: BTreeMap::new(),
            children: Vec::new(),
        };
        let tree = Thing { children: vec![leaf("button", "A"), leaf("button", "B")], ..leaf("frame", "") };
        assert_eq!(tree.all("button").len(), 2);
        assert!(tree.one("button", "B").is("pressed"));
    }
}
