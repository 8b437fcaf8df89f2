//! Whether the files that a policy names are still those that were looked at.

use super::Policy;
use super::check::is_share;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What tells one state of a file from another without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileStamp {
    modified: Option<SystemTime>,
    length: u64,
    /// A package may give two files the same time, and rights that come later change no content.
    #[cfg(unix)]
    changed: (i64, i64),
}

impl FileStamp {
    /// `None` where nothing is in reach, and for what lies on another computer, which is not looked for.
    pub fn of(path: &Path) -> Option<Self> {
        if is_share(path) {
            return None;
        }
        let found = std::fs::metadata(path).ok()?;
        Some(Self {
            modified: found.modified().ok(),
            length: found.len(),
            #[cfg(unix)]
            changed: {
                use std::os::unix::fs::MetadataExt as _;
                (found.ctime(), found.ctime_nsec())
            },
        })
    }
}

/// The files that a policy names: pictures and certificates.
pub(super) fn named(policy: &Policy) -> Vec<PathBuf> {
    let mark = policy.brand_mark.forced().map(|file| file.0.as_path());
    let rooms = policy.managed_rooms.over(None).map(|rooms| rooms.0.as_slice()).unwrap_or_default();
    let certificates = policy.extra_root_cas.forced().map(|files| files.0.as_slice()).unwrap_or_default();
    let pictures = mark.into_iter().chain(rooms.iter().filter_map(|room| room.icon.as_deref()));
    pictures.chain(certificates.iter().map(PathBuf::as_path)).map(Path::to_path_buf).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_content_is_another_state_and_reading_is_none() {
        let file = std::env::temp_dir().join(format!("visavis-stamp-{}", std::process::id()));
        let _ = std::fs::remove_file(&file);
        assert_eq!(FileStamp::of(&file), None);
        std::fs::write(&file, "a").expect("written");
        let first = FileStamp::of(&file);
        assert!(first.is_some());
        std::fs::read(&file).expect("read");
        assert_eq!(FileStamp::of(&file), first);
        std::fs::write(&file, "ab").expect("written");
        assert_ne!(FileStamp::of(&file), first);
        assert_eq!(FileStamp::of(Path::new(&format!("/{}", file.display()))), None, "a share is not looked at");
        std::fs::remove_file(file).expect("gone");
    }
}
