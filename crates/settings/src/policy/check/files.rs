//! The files that a policy names: looked at as whoever runs this can.

use std::path::{Path, PathBuf};
use thiserror::Error;

/// The computer's files.
pub trait Files {
    /// The first `most` bytes of a file, and what keeps others from reading it.
    fn read(&self, path: &Path, most: u64) -> Result<Found, FileFault>;
}

/// A file that could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub bytes: Vec<u8>,
    /// The file, or a folder above it, that people cannot read, and its mode.
    pub closed: Option<(PathBuf, u32)>,
}

/// Why a file that a policy names cannot be used, or not by everybody.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FileFault {
    /// A share is another host: a path in a policy is no reason to contact one.
    #[error("lies on another computer, where it is not looked for")]
    Share,
    #[error("is not there")]
    Missing,
    #[error("is no file")]
    NoFile,
    #[error("cannot be read: {0}")]
    Unreadable(String),
    #[error("is larger than {0} bytes")]
    TooLarge(u64),
    #[error("is no PNG file")]
    NoPng,
    #[error("is {width} × {height} pixels where at most {most_width} × {most_height} are shown (VIS-POL-BRAND-81)")]
    TooWide { width: u32, height: u32, most_width: u32, most_height: u32 },
    #[error("holds no certificate")]
    NoCertificate,
    #[error("cannot be read by people: mode {mode:04o} of {}", .place.display())]
    Closed { place: PathBuf, mode: u32 },
}

/// Those of this computer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path, most: u64) -> Result<Found, FileFault> {
        use std::io::{ErrorKind, Read as _};
        if is_share(path) {
            return Err(FileFault::Share);
        }
        let told = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound => FileFault::Missing,
            kind => FileFault::Unreadable(kind.to_string()),
        };
        // Not even opened where it is none: a pipe or a device does something then.
        if !std::fs::metadata(path).map_err(told)?.is_file() {
            return Err(FileFault::NoFile);
        }
        let mut bytes = Vec::new();
        std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)).map_err(told)?;
        Ok(Found { bytes, closed: closed(path) })
    }
}

/// `\\server\…` on Windows; what looks like one is none of this computer elsewhere either.
pub fn is_share(path: &Path) -> bool {
    path.to_str().is_none_or(|path| path.starts_with("\\\\") || path.starts_with("//"))
}

#[cfg(target_os = "linux")]
fn closed(path: &Path) -> Option<(PathBuf, u32)> {
    // By where a link leads.
    super::super::owner::closed_to_people(&path.canonicalize().ok()?, None).into_iter().next()
}

/// Elsewhere rights are no mode.
#[cfg(not(target_os = "linux"))]
fn closed(_: &Path) -> Option<(PathBuf, u32)> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_and_what_is_none_is_told() {
        let folder = std::env::temp_dir().join(format!("visavis-files-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("a");
        std::fs::write(&file, "abcdef").expect("written");
        assert_eq!(Disk.read(&file, 3).map(|found| found.bytes), Ok(b"abc".to_vec()));
        assert_eq!(Disk.read(&folder, 3), Err(FileFault::NoFile));
        assert_eq!(Disk.read(&folder.join("b"), 3), Err(FileFault::Missing));
        for share in [format!("/{}", file.display()), r"\\server\share\a".into()] {
            assert_eq!(Disk.read(Path::new(&share), 3), Err(FileFault::Share), "{share}");
        }
        std::fs::remove_dir_all(folder).expect("gone");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_only_its_owner_may_read_is_told_beside_its_content() {
        use std::os::unix::fs::PermissionsExt as _;
        let file = std::env::temp_dir().join(format!("visavis-closed-{}", std::process::id()));
        std::fs::write(&file, "a").expect("written");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("a mode");
        let there = file.canonicalize().expect("there");
        let found = Disk.read(&file, 3).expect("ours");
        assert_eq!(found.closed, Some((there.clone(), 0o600)));
        let (place, mode) = found.closed.expect("closed");
        let told = FileFault::Closed { place, mode }.to_string();
        assert_eq!(told, format!("cannot be read by people: mode 0600 of {}", there.display()));
        assert_eq!(Disk.read(Path::new("/dev/null"), 3), Err(FileFault::NoFile));
        std::fs::remove_file(file).expect("gone");
    }
}
