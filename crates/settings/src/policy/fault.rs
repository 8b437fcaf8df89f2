//! What is wrong with a policy: told to whoever wrote it, never a reason not to start.

use super::FileFault;
use std::path::PathBuf;
use thiserror::Error;
use visavis_provider::{BadPattern, LinkError};

/// Most faults of one value that are told.
const MOST_TOLD: usize = 8;

/// Why a value is not taken, or not wholly.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Fault {
    #[error("no such key{}", hint(.like))]
    UnknownKey { like: Option<&'static str> },
    #[error("must be {wanted}, is {found}")]
    WrongType { wanted: &'static str, found: &'static str },
    #[error("must be one of {}", .0.join(", "))]
    NotAChoice(&'static [&'static str]),
    #[error("must be a whole number from {least} to {most}")]
    OutOfRange { least: u32, most: u32 },
    #[error("is longer than {0} characters")]
    TooLong(usize),
    #[error("has more than {0} entries")]
    TooMany(usize),
    #[error("has more than {0} entries: only the first {0} count")]
    OnlyFirst(usize),
    #[error("is empty")]
    Empty,
    #[error("holds control characters")]
    ControlCharacters,
    #[error("is no server: {0}")]
    NoServer(LinkError),
    #[error("must begin with https://: only a server on this computer itself is reached without encryption")]
    NotEncrypted,
    #[error("is a server's address: what stands behind its host is left out")]
    OnlyHost,
    #[error(r#"is one text, and allows nothing: several hosts are a list, as in ["a.example.org", "b.example.org"]"#)]
    OneText,
    #[error("is not known, for what says it is left out (see there) or has no value: it allows nothing")]
    NotKnown,
    #[error("allows nothing by {}", join(.0))]
    BadPatterns(Vec<BadPattern>),
    #[error("is no address of a proxy, as in http://proxy.example.org:3128")]
    NoProxy,
    #[error("nothing is reached directly by it: it is no host, host:port, .domain or network, as in 10.0.0.0/8")]
    NoException,
    #[error("is no range of ports, as in 50000-50100")]
    NoPortRange,
    #[error("is neither the full path of a folder nor an https address")]
    NoUpdatePlace,
    #[error("is no name of a channel: small letters, digits and hyphens")]
    NoChannel,
    #[error("is no colour, as in #0b5f66")]
    NoColour,
    /// Both in hundredths.
    #[error("has a contrast of {}.{:02} where {}.{:02} is the least, so it is not used (VIS-POL-BRAND-81)", .found / 100, .found % 100, .least / 100, .least % 100)]
    Contrast { found: u32, least: u32 },
    #[error("is not the full path of a file")]
    NoPath,
    #[error("entry {}: {cause}", .index + 1)]
    Entry { index: usize, cause: Box<Fault> },
    #[error("has no {0}")]
    Missing(&'static str),
    #[error("has {0}, which is not known here")]
    UnknownPart(String),
    #[error("cannot be recommended: it is mandatory or absent")]
    OnlyMandatory,
    #[error("is reserved for a later version: without effect yet")]
    WithoutEffectYet,
    #[error("is without effect: {0}")]
    WithoutEffect(&'static str),
    #[error("needs {key}: else {otherwise}")]
    Needs { key: &'static str, otherwise: &'static str },
    #[error("its host is not among AllowedServers")]
    NotAmongAllowed,
    #[error("its link opens no meeting: {0}")]
    BadLink(LinkError),
    #[error("opens no meeting: {0}")]
    NoRoom(&'static str),
    #[error(r#"gets no shortcut, only rooms of a Visio server do: "desktop": false says that none is wanted"#)]
    NoShortcut,
    #[error("has fewer than {least} ports from {first} on: others are used beside them")]
    TooFewPorts { least: u32, first: u16 },
    #[error("{} {cause}", .path.display())]
    File { path: PathBuf, cause: FileFault },
    #[error("{}", several(.0))]
    Several(Vec<Fault>),
}

impl Fault {
    /// All of them as one; `None` where there is none.
    pub(super) fn of(faults: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut all: Vec<Self> = faults.into_iter().collect();
        if all.len() > 1 { Some(Self::Several(all)) } else { all.pop() }
    }
}

/// Something that is wrong with a place as a whole: a file, a folder, a registry key.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{place}: {kind}")]
pub struct Problem {
    /// The file's path or the registry key.
    pub place: String,
    pub kind: ProblemKind,
    /// What was read there before still applies.
    pub kept: bool,
}

/// What is wrong with it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ProblemKind {
    #[error("cannot be read: {0}")]
    Unreadable(String),
    #[error("is no file")]
    NoFile,
    #[error("is larger than {0} bytes")]
    TooLarge(u64),
    #[error("is refused: {} does not belong to the administrator", .0.display())]
    ForeignOwner(PathBuf),
    #[error("is refused: others than the administrator may write {}", .0.display())]
    WritableByOthers(PathBuf),
    #[error("is UTF-16: save it as UTF-8")]
    Utf16,
    #[error("is no UTF-8")]
    NotUtf8,
    #[error("is no JSON: {0}")]
    NoJson(String),
    #[error("is no property list: {0}")]
    NoPropertyList(String),
    #[error("must be an object of keys and values")]
    NoObject,
    #[error("has {0} twice: the last one counts")]
    Twice(String),
    #[error("may not be read by whoever runs this: what it says does not reach them")]
    Denied,
    /// It holds for who can.
    #[error("people cannot read it: mode {0:04o}")]
    Closed(u32),
    #[error("has more than {0} files: only the last {0} by their names are read")]
    TooManyFiles(usize),
    #[error("{0} is of a kind that is not read")]
    UnknownKind(String),
    /// It lies where nothing is looked for, or under a name that is none: whoever laid it may have meant otherwise.
    #[error("is not read: {0}")]
    Astray(&'static str),
}

impl Problem {
    /// Whether something that was said there may be unknown now: people are told then. What is no policy by its place or
    /// its name may be anything: whoever administers is told alone.
    pub fn hides(&self) -> bool {
        !matches!(self.kind, ProblemKind::Closed(_) | ProblemKind::Astray(_))
    }
}

fn hint(like: &Option<&'static str>) -> String {
    like.map_or(String::new(), |like| format!(": is {like} meant?"))
}

fn several(faults: &[Fault]) -> String {
    let mut told: Vec<_> = faults.iter().take(MOST_TOLD).map(ToString::to_string).collect();
    if faults.len() > MOST_TOLD {
        told.push(format!("and {} more", faults.len() - MOST_TOLD));
    }
    told.join("; ")
}

fn join(bad: &[BadPattern]) -> String {
    bad.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_faults_are_told_up_to_a_number() {
        let entry = |index| Fault::Entry { index, cause: Box::new(Fault::Empty) };
        let text = |count| Fault::of((0..count).map(entry)).map(|fault| fault.to_string()).unwrap_or_default();
        assert_eq!(text(0), "");
        assert_eq!(text(2), "entry 1: is empty; entry 2: is empty");
        assert!(text(64).ends_with("entry 8: is empty; and 56 more"), "{}", text(64));
    }
}
