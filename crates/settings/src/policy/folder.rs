//! Policies as files: `managed/*.json` and `recommended/*.json`.

use super::astray::{FOLDERS, astray};
use super::{Layer, Level, Owner, Problem, ProblemKind, Reading, Scope, Source};
use notify::{EventKind, RecursiveMode, Watcher as _};
use serde_json::{Map, Value as Json};
use std::any::Any;
use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, PoisonError};

/// Largest file, in bytes.
const LARGEST: u64 = 1024 * 1024;
/// Most files of a folder.
const MOST_FILES: usize = 256;

/// A folder with `managed` and `recommended` in it. Files are read in the order of their names, so that the last one wins, key by
/// key. A file that was good and is broken now is kept as it was while the application runs.
#[derive(Debug)]
pub struct Folder {
    base: PathBuf,
    owner: Owner,
    good: Mutex<HashMap<PathBuf, Map<String, Json>>>,
}

impl Folder {
    pub fn new(base: impl Into<PathBuf>, owner: Owner) -> Self {
        Self { base: base.into(), owner, good: Mutex::default() }
    }

    /// `/etc/visavis/policies`, of root alone.
    pub fn of_system() -> Self {
        Self::new("/etc/visavis/policies", Owner::Root)
    }

    fn level(&self, level: Level, reading: &mut Reading) {
        let folder = self.base.join(match level {
            Level::Mandatory => "managed",
            Level::Recommended => "recommended",
        });
        let tell = |reading: &mut Reading, place: &Path, kind, kept| {
            reading.problems.push(Problem { place: place.display().to_string(), kind, kept });
        };
        let mut paths = match names(&folder) {
            Ok(paths) => paths,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
            Err(error) => return tell(reading, &folder, unreadable(&error), false),
        };
        paths.sort();
        if paths.len() > MOST_FILES {
            tell(reading, &folder, ProblemKind::TooManyFiles(MOST_FILES), false);
            // The last ones win, so they are what is read; lists that the first ones may have close, until one of these says them.
            paths.drain(..paths.len() - MOST_FILES);
            if level == Level::Mandatory {
                let origin = folder.display().to_string();
                reading.layers.push(Layer { level, scope: Scope::Machine, origin, values: closed(|_| true) });
            }
        }
        let mut good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        for path in paths {
            let mut values = match self.file(&path) {
                Ok((values, twice)) => {
                    self.tell_closed(&folder, reading);
                    self.tell_closed(&path, reading);
                    twice.into_iter().for_each(|key| tell(reading, &path, ProblemKind::Twice(key), false));
                    good.insert(path.clone(), values.clone());
                    values
                }
                Err(Unread { kind, lists }) => {
                    let before = good.get(&path);
                    tell(reading, &path, kind, before.is_some());
                    match before {
                        Some(before) => before.clone(),
                        None if lists.is_empty() || level == Level::Recommended => continue,
                        // A list that nobody can read allows nothing, as one of another type.
                        None => lists,
                    }
                }
            };
            // A word to editors, as in `"$schema": "policy.schema.json"`.
            values.remove("$schema");
            let origin = path.display().to_string();
            reading.layers.push(Layer { level, scope: Scope::Machine, origin, values });
        }
        good.retain(|path, _| !path.starts_with(&folder) || path.symlink_metadata().is_ok());
    }

    /// Says what keeps people from reading what was read here, as whoever lays a file as root does not see it; once.
    fn tell_closed(&self, path: &Path, reading: &mut Reading) {
        let Ok(there) = path.canonicalize() else { return };
        for (place, mode) in self.owner.closed_to_people(&there) {
            let problem = Problem { place: place.display().to_string(), kind: ProblemKind::Closed(mode), kept: false };
            if !reading.problems.contains(&problem) {
                reading.problems.push(problem);
            }
        }
    }

    fn file(&self, path: &Path) -> Result<(Map<String, Json>, Vec<String>), Unread> {
        let path = path.canonicalize().map_err(|error| unreadable(&error))?;
        let is_file = path.metadata().map_err(|error| unreadable(&error))?.is_file();
        if !is_file {
            // Not even opened: a pipe or a device does something then.
            return Err(ProblemKind::NoFile.into());
        }
        let no_waiting = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOFOLLOW;
        let file = File::options().read(true).custom_flags(no_waiting.bits() as i32).open(&path);
        let file = file.map_err(|error| unreadable(&error))?;
        let found = file.metadata().map_err(|error| unreadable(&error))?;
        if !found.is_file() {
            return Err(ProblemKind::NoFile.into());
        }
        let mut bytes = Vec::new();
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
        if bytes.len() as u64 > LARGEST {
            // What else it says was not looked at.
            return Err(Unread { kind: ProblemKind::TooLarge(LARGEST), lists: closed(|_| true) });
        }
        let read = self.owner.approves(&path, &found).and_then(|()| object(&bytes));
        read.map_err(|kind| Unread { kind, lists: lists_in(&bytes) })
    }
}

/// A file that is left out.
struct Unread {
    kind: ProblemKind,
    /// The lists of hosts that it names, without a value.
    lists: Map<String, Json>,
}

impl From<ProblemKind> for Unread {
    fn from(kind: ProblemKind) -> Self {
        Self { kind, lists: Map::new() }
    }
}

/// The keys that a broken file names whose lists are to be closed where they cannot be read.
fn lists_in(bytes: &[u8]) -> Map<String, Json> {
    // In UTF-16 there are zeros between.
    let text: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    closed(|key| text.windows(key.len()).any(|part| part == key.as_bytes()))
}

/// Those of the lists of hosts that are named, without a value: they allow nothing.
fn closed(is_named: impl Fn(&str) -> bool) -> Map<String, Json> {
    let named = ["AllowedServers", "SignInHosts"].into_iter().filter(|key| is_named(key));
    named.map(|key| (key.to_owned(), Json::Null)).collect()
}

impl Source for Folder {
    fn read(&self) -> Reading {
        let mut reading = Reading::default();
        self.level(Level::Recommended, &mut reading);
        self.level(Level::Mandatory, &mut reading);
        // Last: what is read comes first.
        let problem = |(path, kind): (PathBuf, _)| Problem { place: path.display().to_string(), kind, kept: false };
        reading.problems.extend(astray(&self.base).into_iter().map(problem));
        reading
    }

    fn watch(&self, wake: &Sender<()>) -> Option<Box<dyn Any>> {
        let wake = wake.clone();
        let told = move |event: notify::Result<notify::Event>| {
            // Our own reading is no change.
            if !event.is_ok_and(|event| matches!(event.kind, EventKind::Access(access) if !is_write(access))) {
                let _ = wake.send(());
            }
        };
        let mut watcher = notify::recommended_watcher(told).ok()?;
        let mut watched = 0;
        for folder in FOLDERS.map(|name| self.base.join(name)) {
            // What is not there yet comes into the nearest folder that is.
            let there = folder.ancestors().find(|path| path.is_dir());
            watched += there.map_or(0, |path| usize::from(watcher.watch(path, RecursiveMode::NonRecursive).is_ok()));
        }
        let _ = watcher.watch(&self.base, RecursiveMode::NonRecursive);
        (watched == 2).then(|| Box::new(watcher) as Box<dyn Any>)
    }
}

fn is_write(access: notify::event::AccessKind) -> bool {
    use notify::event::{AccessKind, AccessMode};
    access == AccessKind::Close(AccessMode::Write)
}

fn names(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if !hidden && path.extension().is_some_and(|extension| extension == "json") {
            paths.push(path);
        }
    }
    Ok(paths)
}

/// The kind alone: the place is told beside it.
fn unreadable(error: &std::io::Error) -> ProblemKind {
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => ProblemKind::Denied,
        kind => ProblemKind::Unreadable(kind.to_string()),
    }
}

/// The object that a file holds, and the keys that stand in it twice.
fn object(bytes: &[u8]) -> Result<(Map<String, Json>, Vec<String>), ProblemKind> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(ProblemKind::Utf16);
    }
    // What Windows' editors write first.
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| ProblemKind::NotUtf8)?;
    let json: Json = serde_json::from_str(text).map_err(|error| ProblemKind::NoJson(error.to_string()))?;
    let Json::Object(values) = json else { return Err(ProblemKind::NoObject) };
    let Pairs(names) = serde_json::from_str(text).map_err(|error| ProblemKind::NoJson(error.to_string()))?;
    let twice = |name: &&String| names.iter().filter(|other| other == name).count() > 1;
    let mut twice: Vec<String> = values.keys().filter(twice).cloned().collect();
    twice.truncate(16);
    Ok((values, twice))
}

/// The names of an object, as often as they stand there.
struct Pairs(Vec<String>);

impl<'de> serde::Deserialize<'de> for Pairs {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> serde::de::Visitor<'de> for Names {
            type Value = Pairs;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut names = Vec::new();
                while let Some((name, _)) = map.next_entry::<String, serde::de::IgnoredAny>()? {
                    // More are not keys of ours.
                    if names.len() < 1000 {
                        names.push(name);
                    }
                }
                Ok(Pairs(names))
            }
        }
        deserializer.deserialize_map(Names)
    }
}

#[cfg(test)]
#[path = "folder_tests.rs"]
mod tests;
