//! A portable installation, and how an update gets into it.

use crate::{Archive, KEY_FILE, Offer, UpdateFault, UpdateKey, archive};
use semver::Version;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Where updates lie until they are put in place.
const FOLDER: &str = "visavis-next";
/// Holds the version of what lies there whole; written last.
const READY: &str = "version";
const FILES: &str = "files";
/// Written and taken away, to see whether it can be.
const PROBE: &str = "probe";
/// What the program was called before, on systems that do not replace a program that runs.
const BEFORE: &str = "before";

/// Beside the program it keeps settings there too; whoever took it away does not want it back.
const MARKER: &str = "visavis-portable.txt";

/// The folder of a program that brings its own updates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    folder: PathBuf,
    program: PathBuf,
}

impl Installation {
    /// The installation of `program`, where a key lies beside it; `None` for all others, which are the system's to update.
    pub fn of(program: &Path) -> Option<Self> {
        let folder = program.parent()?;
        UpdateKey::beside(folder)?;
        Some(Self { folder: folder.to_owned(), program: program.to_owned() })
    }

    /// The key whose updates it takes.
    ///
    /// Errors: it is gone.
    pub fn key(&self) -> Result<UpdateKey, UpdateFault> {
        UpdateKey::beside(&self.folder).ok_or(UpdateFault::Signature)
    }

    /// The version that is ready to be put in place.
    pub fn ready(&self) -> Option<String> {
        std::fs::read_to_string(self.next().join(READY)).ok()
    }

    /// Looks whether an update can be laid into the folder of the program, before anybody reads it; leaves what lies there as it is.
    ///
    /// Errors: [`UpdateFault::ReadOnly`].
    pub fn probe(&self) -> Result<(), UpdateFault> {
        let next = self.next();
        let was_there = next.exists();
        let probe = next.join(PROBE);
        let written = std::fs::create_dir_all(&next)
            .and_then(|()| std::fs::File::create(&probe).map(drop))
            .and_then(|()| std::fs::remove_file(&probe));
        if !was_there {
            // Where it was made, nothing else lies in it.
            let _ = std::fs::remove_dir(&next);
        }
        written.map_err(|_| UpdateFault::ReadOnly)
    }

    /// Lays an archive ready whose bytes are those of `offer`.
    ///
    /// Errors: another archive, something in it that no update has, or a folder that cannot be written. Then nothing is ready.
    pub fn stage(&self, offer: &Offer, archive: &Archive, content: &[u8]) -> Result<(), UpdateFault> {
        archive.verify(content)?;
        let next = self.next();
        self.clean()?;
        let read_only = |_| UpdateFault::ReadOnly;
        std::fs::create_dir_all(next.join(FILES)).map_err(read_only)?;
        archive::unpack(&archive.name, content, &next.join(FILES))?;
        let name = self.program.file_name().unwrap_or_default();
        if !next.join(FILES).join(name).is_file() {
            return Err(UpdateFault::Archive);
        }
        let unfinished = next.join("version.new");
        let mut file = std::fs::File::create(&unfinished).map_err(read_only)?;
        file.write_all(offer.version.to_string().as_bytes()).and_then(|()| file.sync_all()).map_err(read_only)?;
        drop(file);
        std::fs::rename(unfinished, next.join(READY)).map_err(read_only)
    }

    /// Puts what is ready in place of version `own`, which is there, the program last; gives whether anything was. What is no newer (a
    /// person may have unpacked a newer archive by hand meanwhile) is taken away. What is cut off in the middle goes on at the next start.
    /// The key stays: it is changed by hand only; nor does the word that settings lie beside the program come back where it was taken away.
    ///
    /// Errors: [`UpdateFault::ReadOnly`]; what was there runs on. [`UpdateFault::Malformed`]: `own` is no version.
    pub fn apply(&self, own: &str) -> Result<bool, UpdateFault> {
        let Some(ready) = self.ready() else {
            self.clear();
            return Ok(false);
        };
        let own = Version::parse(own).map_err(|_| UpdateFault::Malformed)?;
        if Version::parse(&ready).is_ok_and(|ready| ready <= own) {
            return self.clean().map(|()| false);
        }
        let files = self.next().join(FILES);
        let mut names = Vec::new();
        list(&files, Path::new(""), &mut names).map_err(|_| UpdateFault::ReadOnly)?;
        let program = Path::new(self.program.file_name().unwrap_or_default());
        names.sort_by_key(|name| name == program);
        for name in names {
            if self.takes(&name) {
                self.replace(&files.join(&name), &self.folder.join(&name)).map_err(|_| UpdateFault::ReadOnly)?;
            }
        }
        self.clean()?;
        Ok(true)
    }

    /// Takes away the program that an update put aside, which ran until then. Nothing else: an update may be on its way there.
    fn clear(&self) {
        let next = self.next();
        if std::fs::remove_dir_all(next.join(BEFORE)).is_ok() {
            // Where nothing else lies there.
            let _ = std::fs::remove_dir(next);
        }
    }

    /// Whether a file of an update is put in place.
    fn takes(&self, name: &Path) -> bool {
        name != Path::new(KEY_FILE) && (name != Path::new(MARKER) || self.folder.join(MARKER).exists())
    }

    /// Takes away what lies ready, or was left by an update.
    ///
    /// Errors: [`UpdateFault::ReadOnly`].
    pub fn clean(&self) -> Result<(), UpdateFault> {
        let next = self.next();
        // First the word that it is whole.
        let _ = std::fs::remove_file(next.join(READY));
        // Then what was to come: what runs, aside, may keep the rest from going (seen under wine, where it is listed first).
        let _ = std::fs::remove_dir_all(next.join(FILES));
        match std::fs::remove_dir_all(&next) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            // The program that this one was started from still runs: it is taken away the next time.
            Err(_) if next.join(BEFORE).is_dir() && !next.join(FILES).exists() => Ok(()),
            Err(_) => Err(UpdateFault::ReadOnly),
        }
    }

    fn replace(&self, new: &Path, old: &Path) -> std::io::Result<()> {
        if let Some(folder) = old.parent() {
            std::fs::create_dir_all(folder)?;
        }
        if !cfg!(windows) || !old.exists() {
            return std::fs::rename(new, old);
        }
        // Windows renames a program that runs, and does not write over it.
        let aside = self.next().join(BEFORE);
        std::fs::create_dir_all(&aside)?;
        let aside = aside.join(old.file_name().unwrap_or_default());
        let _ = std::fs::remove_file(&aside);
        std::fs::rename(old, &aside)?;
        std::fs::rename(new, old).or_else(|error| {
            std::fs::rename(&aside, old)?;
            Err(error)
        })
    }

    fn next(&self) -> PathBuf {
        self.folder.join(FOLDER)
    }
}

/// The files below a folder, by their paths from there.
fn list(folder: &Path, below: &Path, names: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder.join(below))? {
        let entry = entry?;
        let name = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            list(folder, &name, names)?;
        } else {
            names.push(name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::tests::{folder, tarball};
    use crate::key::tests::pair;

    fn installation(test: &str) -> (Installation, PathBuf) {
        let folder = folder(test);
        let program = folder.join("visavis");
        std::fs::write(&program, "old").expect("written");
        assert!(Installation::of(&program).is_none(), "without a key it is the system's");
        std::fs::write(folder.join(KEY_FILE), pair().0).expect("written");
        std::fs::write(folder.join("settings.json"), "mine").expect("written");
        (Installation::of(&program).expect("an installation"), folder)
    }

    fn offer(content: &[u8]) -> (Offer, Archive) {
        let archive = Archive::of("visavis-9.tar.gz", content);
        let version = "9.0.0".parse().expect("a version");
        (Offer { channel: "stable".to_owned(), version, archives: Default::default() }, archive)
    }

    #[test]
    fn an_update_replaces_the_program_and_keeps_what_is_not_its_own() {
        let (installation, folder) = installation("applied");
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("there");
        assert_eq!(installation.apply("1.0.0"), Ok(false));
        let key = read(KEY_FILE);
        let content =
            tarball(&[("v/visavis", "new"), ("v/doc/LICENSE.txt", "words"), ("v/visavis-update.pub", "evil")]);
        let (offer, archive) = offer(&content);
        assert_eq!(installation.stage(&offer, &archive, &content), Ok(()));
        assert_eq!((installation.ready().as_deref(), read("visavis").as_str()), (Some("9.0.0"), "old"));
        assert_eq!(installation.apply("1.0.0"), Ok(true));
        assert_eq!(
            (read("visavis"), read("doc/LICENSE.txt"), read("settings.json")),
            ("new".into(), "words".into(), "mine".into())
        );
        assert_eq!(read(KEY_FILE), key, "the key is changed by hand only");
        assert!(installation.ready().is_none() && !folder.join(FOLDER).exists());
        std::fs::remove_dir_all(folder).expect("removable");
    }

    #[test]
    fn settings_stay_where_they_are() {
        let (installation, folder) = installation("marker");
        let content = tarball(&[("v/visavis", "new"), ("v/visavis-portable.txt", "beside"), ("v/doc/a.txt", "a")]);
        let (offer, archive) = offer(&content);
        let marker = folder.join(MARKER);
        installation.stage(&offer, &archive, &content).expect("ready");
        assert_eq!(installation.apply("1.0.0"), Ok(true));
        assert!(!marker.exists() && folder.join("doc/a.txt").is_file() && !folder.join(FOLDER).exists());
        std::fs::write(&marker, "").expect("written");
        installation.stage(&offer, &archive, &content).expect("ready");
        assert_eq!(installation.apply("1.0.0"), Ok(true));
        assert_eq!(std::fs::read_to_string(&marker).expect("there"), "beside");
        std::fs::remove_dir_all(folder).expect("removable");
    }

    #[test]
    fn the_program_before_goes_at_a_start_with_nothing_to_do() {
        let (installation, folder) = installation("before");
        let next = folder.join(FOLDER);
        let before = next.join(BEFORE);
        std::fs::create_dir_all(&before).expect("writable");
        std::fs::write(before.join("visavis.exe"), "old").expect("written");
        // What is on its way is left alone.
        std::fs::create_dir_all(next.join(FILES)).expect("writable");
        assert_eq!(installation.apply("1.0.0"), Ok(false));
        assert!(!before.exists() && next.join(FILES).is_dir());
        std::fs::create_dir_all(&before).expect("writable");
        std::fs::remove_dir(next.join(FILES)).expect("removable");
        assert_eq!(installation.apply("1.0.0"), Ok(false));
        assert!(!next.exists());
        std::fs::remove_dir_all(folder).expect("removable");
    }

    #[test]
    fn what_is_not_whole_is_not_ready() {
        let (installation, folder) = installation("broken");
        let content = tarball(&[("v/visavis", "new")]);
        let (offer, archive) = offer(&content);
        assert_eq!(installation.stage(&offer, &archive, &content[1..]), Err(UpdateFault::OtherArchive));
        let other = tarball(&[("v/another", "new")]);
        let other_archive = Archive::of("a.tar.gz", &other);
        assert_eq!(installation.stage(&offer, &other_archive, &other), Err(UpdateFault::Archive), "no program in it");
        assert_eq!((installation.ready(), installation.apply("1.0.0")), (None, Ok(false)));
        // One that was laid ready before goes when another begins.
        assert_eq!(installation.stage(&offer, &archive, &content), Ok(()));
        assert_eq!(installation.stage(&offer, &other_archive, &other), Err(UpdateFault::Archive));
        assert_eq!(installation.ready(), None);
        std::fs::remove_dir_all(folder).expect("removable");
    }

    #[test]
    fn whether_the_folder_can_be_written_is_seen_without_an_archive() {
        let (installation, folder) = installation("probe");
        let next = folder.join(FOLDER);
        assert_eq!(installation.probe(), Ok(()));
        assert!(!next.exists(), "it leaves nothing behind");
        let content = tarball(&[("v/visavis", "new")]);
        let (offer, archive) = offer(&content);
        installation.stage(&offer, &archive, &content).expect("ready");
        assert_eq!((installation.probe(), installation.ready().as_deref()), (Ok(()), Some("9.0.0")));
        assert!(!next.join(PROBE).exists());
        std::fs::remove_dir_all(&next).expect("removable");
        // No folder, for whoever may write everywhere too.
        std::fs::write(&next, "").expect("written");
        assert_eq!(installation.probe(), Err(UpdateFault::ReadOnly));
        assert!(next.is_file());
        std::fs::remove_dir_all(folder).expect("removable");
    }

    #[test]
    fn what_lies_ready_is_no_way_back() {
        let (installation, folder) = installation("back");
        let content = tarball(&[("v/visavis", "from 9")]);
        let (offer, archive) = offer(&content);
        for own in ["9.0.0", "10.0.0"] {
            installation.stage(&offer, &archive, &content).expect("ready");
            assert_eq!(installation.apply(own), Ok(false), "{own} was unpacked by hand meanwhile");
            assert_eq!(std::fs::read_to_string(folder.join("visavis")).expect("there"), "old");
            assert_eq!(installation.ready(), None);
        }
        std::fs::remove_dir_all(folder).expect("removable");
    }

    #[test]
    fn one_that_was_cut_off_goes_on() {
        let (installation, folder) = installation("cut-off");
        let content = tarball(&[("v/visavis", "new"), ("v/a", "1")]);
        let (offer, archive) = offer(&content);
        installation.stage(&offer, &archive, &content).expect("ready");
        std::fs::rename(folder.join(FOLDER).join(FILES).join("a"), folder.join("a")).expect("half done");
        assert_eq!(installation.apply("1.0.0"), Ok(true));
        assert_eq!(std::fs::read_to_string(folder.join("visavis")).expect("there"), "new");
        std::fs::remove_dir_all(folder).expect("removable");
    }
}
