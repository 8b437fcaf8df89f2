//! Which shortcuts the organisation's word has laid on this person's desktop: what is to be done about them, and what is kept of it.

use super::entry::Entry;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use url::Url;

/// Largest record that is read, in bytes.
const LARGEST: u64 = 256 * 1024;

/// A shortcut that was laid. It is kept also when the person has deleted it, so that it does not come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Laid {
    pub url: Url,
    pub name: String,
    pub icon: Option<PathBuf>,
    pub program: PathBuf,
    pub file: PathBuf,
}

impl Laid {
    pub fn new(entry: &Entry, file: PathBuf) -> Self {
        let Entry { url, name, icon, program, .. } = entry.clone();
        Self { url, name, icon, program, file }
    }

    fn is_of(&self, entry: &Entry) -> bool {
        (&self.url, &self.name, &self.icon) == (&entry.url, &entry.name, &entry.icon)
    }
}

/// What is to be done.
#[derive(Debug, Default)]
pub struct Plan {
    pub keep: Vec<Laid>,
    /// Those that are taken away, as far as they are still there.
    pub remove: Vec<Laid>,
    pub lay: Vec<Entry>,
}

/// Compares what the policy wants with what was laid. Pure; `is_there` tells whether a file is.
///
/// `whole`: all of the policy could be read; what a file that is broken today no longer says is not taken away. A shortcut that the
/// person deleted is laid again only where the organisation changed it.
pub fn plan(wanted: Vec<Entry>, laid: Vec<Laid>, whole: bool, is_there: impl Fn(&Path) -> bool) -> Plan {
    let mut plan = Plan::default();
    let mut rest = laid;
    for entry in wanted {
        let same = |url: &Url| *url == entry.url;
        if plan.keep.iter().any(|one| same(&one.url)) || plan.lay.iter().any(|one| same(&one.url)) {
            continue;
        }
        let Some(at) = rest.iter().position(|one| same(&one.url)) else {
            plan.lay.push(entry);
            continue;
        };
        let before = rest.remove(at);
        // An installation that moved leaves shortcuts that start nothing.
        let moved = before.program != entry.program && is_there(&before.file);
        if before.is_of(&entry) && !moved {
            plan.keep.push(before);
        } else {
            plan.remove.push(before);
            plan.lay.push(entry);
        }
    }
    if whole {
        plan.remove.extend(rest);
    } else {
        plan.keep.extend(rest);
    }
    plan
}

/// What was laid; nothing where no record can be read.
pub fn load(record: &Path) -> Vec<Laid> {
    let small = std::fs::metadata(record).is_ok_and(|file| file.is_file() && file.len() <= LARGEST);
    let text = if small { std::fs::read(record).unwrap_or_default() } else { Vec::new() };
    serde_json::from_slice(&text).unwrap_or_default()
}

/// Keeps the record: beside the file first, then over it.
pub fn save(record: &Path, laid: &[Laid]) -> std::io::Result<()> {
    if let Some(folder) = record.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let beside = record.with_extension("json.new");
    std::fs::write(&beside, serde_json::to_vec_pretty(laid)?)?;
    std::fs::rename(&beside, record)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(room: &str, name: &str) -> Entry {
        Entry {
            name: name.into(),
            url: format!("https://visio.agglo.example/{room}").parse().expect("a url"),
            program: "/usr/bin/visavis".into(),
            direct: false,
            microphone_off: false,
            camera_off: false,
            icon: None,
            managed: true,
        }
    }

    fn laid(room: &str, name: &str) -> Laid {
        Laid::new(&entry(room, name), format!("/home/c/Desktop/{name}.desktop").into())
    }

    /// Kept, removed and laid, by their names.
    fn planned(wanted: &[Entry], before: &[Laid], whole: bool, there: bool) -> [Vec<String>; 3] {
        let plan = plan(wanted.to_vec(), before.to_vec(), whole, |_| there);
        let names = |laid: &[Laid]| laid.iter().map(|one| one.name.clone()).collect();
        [names(&plan.keep), names(&plan.remove), plan.lay.iter().map(|one| one.name.clone()).collect()]
    }

    fn all(kept: &[&str], removed: &[&str], laid: &[&str]) -> [Vec<String>; 3] {
        [kept, removed, laid].map(|names| names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn what_is_new_is_laid_and_what_is_gone_is_taken_away() {
        let (a, b) = (entry("aaa-aaaa-aaa", "A"), entry("bbb-bbbb-bbb", "B"));
        assert_eq!(planned(&[a.clone(), a], &[], true, true), all(&[], &[], &["A"]));
        let before = [laid("aaa-aaaa-aaa", "A")];
        assert_eq!(planned(std::slice::from_ref(&b), &before, true, true), all(&[], &["A"], &["B"]));
        assert_eq!(planned(&[b], &before, false, true), all(&["A"], &[], &["B"]), "a broken file");
        assert_eq!(planned(&[], &before, true, true), all(&[], &["A"], &[]));
    }

    #[test]
    fn one_that_a_person_deleted_comes_back_where_its_entry_changed() {
        let before = [laid("aaa-aaaa-aaa", "A")];
        let same = entry("aaa-aaaa-aaa", "A");
        for there in [true, false] {
            assert_eq!(planned(std::slice::from_ref(&same), &before, true, there), all(&["A"], &[], &[]));
        }
        let renamed = entry("aaa-aaaa-aaa", "Accueil");
        assert_eq!(planned(&[renamed], &before, true, false), all(&[], &["A"], &["Accueil"]));
        let pictured = Entry { icon: Some("/opt/a.png".into()), ..same.clone() };
        assert_eq!(planned(&[pictured], &before, true, false), all(&[], &["A"], &["A"]));
        let moved = Entry { program: "/opt/visavis".into(), ..same };
        assert_eq!(planned(std::slice::from_ref(&moved), &before, true, true), all(&[], &["A"], &["A"]));
        assert_eq!(planned(&[moved], &before, true, false), all(&["A"], &[], &[]));
    }
}
