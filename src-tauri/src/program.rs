//! Where this program lies, and what belongs to it there.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use visavis_settings::PreferencesFile;

static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();

/// This program's file, as it was found at the first question.
///
/// To be asked when the process begins: once another version lies in its place, Linux calls the one that runs deleted, and what is written
/// with that name starts nothing.
///
/// Errors: the system does not say.
pub fn path() -> io::Result<&'static Path> {
    let found = FOUND.get_or_init(|| std::env::current_exe().ok());
    found.as_deref().ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// The preferences of whoever runs it: beside the program where it is carried about, else in the person's own folder.
pub fn preferences() -> Option<PreferencesFile> {
    let beside = path().ok().and_then(PreferencesFile::beside);
    beside.or_else(|| PreferencesFile::in_home(|key| std::env::var(key).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_same_file_for_good() {
        let first = path().expect("a program");
        assert!(first.is_absolute() && first.is_file(), "{}", first.display());
        assert!(std::ptr::eq(path().expect("the same"), first));
    }
}
