//! Takes an archive apart: plain files below one folder, and nothing else.

use crate::UpdateFault;
use flate2::read::GzDecoder;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Component, Path, PathBuf};

/// Most files of an archive.
const MOST: usize = 200;
/// Most bytes of all files together.
const LARGEST: u64 = 512 * 1024 * 1024;

/// Writes the files of an archive into the empty folder `into`, without the folder that they lie in.
///
/// Errors: [`UpdateFault::Archive`] for links, paths that lead elsewhere, too many files or too many bytes;
/// [`UpdateFault::ReadOnly`]. What was written by then stays.
pub fn unpack(name: &str, content: &[u8], into: &Path) -> Result<(), UpdateFault> {
    let mut writer = Writer { into, files: 0, bytes: 0 };
    if name.ends_with(".zip") { zip(content, &mut writer) } else { tar(content, &mut writer) }?;
    if writer.files == 0 { Err(UpdateFault::Archive) } else { Ok(()) }
}

fn tar(content: &[u8], writer: &mut Writer<'_>) -> Result<(), UpdateFault> {
    let broken = |_| UpdateFault::Archive;
    let mut archive = tar::Archive::new(GzDecoder::new(content));
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let kind = entry.header().entry_type();
        if kind.is_dir() {
            continue;
        }
        if !kind.is_file() {
            return Err(UpdateFault::Archive);
        }
        let runs = entry.header().mode().map_err(broken)? & 0o100 != 0;
        let path = entry.path().map_err(broken)?.into_owned();
        writer.write(&path, runs, &mut entry)?;
    }
    // To its end, where its checksum is.
    let mut rest = archive.into_inner().take(LARGEST);
    std::io::copy(&mut rest, &mut std::io::sink()).map_err(broken).map(drop)
}

fn zip(content: &[u8], writer: &mut Writer<'_>) -> Result<(), UpdateFault> {
    let broken = |_| UpdateFault::Archive;
    let mut archive = zip::ZipArchive::new(Cursor::new(content)).map_err(broken)?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(broken)?;
        if entry.is_dir() {
            continue;
        }
        if !entry.is_file() {
            return Err(UpdateFault::Archive);
        }
        let path = PathBuf::from(entry.name().map_err(broken)?.as_ref());
        let runs = entry.unix_mode().is_some_and(|mode| mode & 0o100 != 0);
        writer.write(&path, runs, &mut entry)?;
    }
    Ok(())
}

struct Writer<'a> {
    into: &'a Path,
    files: usize,
    bytes: u64,
}

impl Writer<'_> {
    fn write(&mut self, path: &Path, runs: bool, content: &mut impl Read) -> Result<(), UpdateFault> {
        self.files += 1;
        let below = below_its_folder(path).filter(|_| self.files <= MOST).ok_or(UpdateFault::Archive)?;
        let file = self.into.join(below);
        let folder = file.parent().ok_or(UpdateFault::Archive)?;
        std::fs::create_dir_all(folder).map_err(|_| UpdateFault::ReadOnly)?;
        // Not over one that was there: two files of one name are no archive of ours.
        let mut written = File::create_new(&file).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => UpdateFault::Archive,
            _ => UpdateFault::ReadOnly,
        })?;
        let left = LARGEST - self.bytes;
        let mut content = content.take(left + 1);
        let mut buffer = [0; 64 * 1024];
        loop {
            let read = content.read(&mut buffer).map_err(|_| UpdateFault::Archive)?;
            if read == 0 {
                break;
            }
            self.bytes += read as u64;
            if self.bytes > LARGEST {
                return Err(UpdateFault::Archive);
            }
            std::io::Write::write_all(&mut written, &buffer[..read]).map_err(|_| UpdateFault::ReadOnly)?;
        }
        allow(&written, runs)?;
        written.sync_all().map_err(|_| UpdateFault::ReadOnly)
    }
}

#[cfg(unix)]
fn allow(file: &File, runs: bool) -> Result<(), UpdateFault> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::Permissions::from_mode(if runs { 0o755 } else { 0o644 });
    file.set_permissions(mode).map_err(|_| UpdateFault::ReadOnly)
}

#[cfg(not(unix))]
fn allow(_: &File, _: bool) -> Result<(), UpdateFault> {
    Ok(())
}

/// A path without its first folder; `None` where it leads elsewhere, or is in no folder.
fn below_its_folder(path: &Path) -> Option<PathBuf> {
    let mut parts = path.components();
    if !matches!(parts.next()?, Component::Normal(_)) {
        return None;
    }
    let mut below = PathBuf::new();
    for part in parts {
        let Component::Normal(name) = part else { return None };
        // A drive, or a stream of a file, on Windows.
        if name.to_string_lossy().contains([':', '\\']) {
            return None;
        }
        below.push(name);
    }
    (!below.as_os_str().is_empty()).then_some(below)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write as _;

    pub(crate) fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("visavis-update-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("writable");
        folder
    }

    /// A `.tar.gz` of these paths and texts, written byte by byte so that paths can be what no tool writes.
    pub(crate) fn tarball(files: &[(&str, &str)]) -> Vec<u8> {
        let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (path, text) in files {
            let mut header = tar::Header::new_ustar();
            header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_size(text.len() as u64);
            header.set_mode(0o755);
            header.set_entry_type(tar::EntryType::Regular);
            header.set_cksum();
            builder.append(&header, text.as_bytes()).expect("written");
        }
        builder.into_inner().expect("written").finish().expect("written")
    }

    fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (path, text) in files {
            writer.start_file(*path, zip::write::SimpleFileOptions::default()).expect("written");
            writer.write_all(text.as_bytes()).expect("written");
        }
        writer.finish().expect("written").into_inner()
    }

    #[test]
    fn files_come_out_without_their_folder() {
        let files = [("visavis-1/visavis", "program"), ("visavis-1/fonts/a", "font")];
        for (name, content) in [("a.tar.gz", tarball(&files)), ("a.zip", zipped(&files))] {
            let folder = folder(&format!("out-{name}"));
            assert_eq!(unpack(name, &content, &folder), Ok(()), "{name}");
            assert_eq!(std::fs::read_to_string(folder.join("visavis")).expect("there"), "program");
            assert_eq!(std::fs::read_to_string(folder.join("fonts/a")).expect("there"), "font");
            std::fs::remove_dir_all(folder).expect("removable");
        }
    }

    #[test]
    fn what_leads_elsewhere_is_no_update() {
        for path in ["../visavis", "v/../../visavis", "/etc/visavis", "visavis", "v/C:visavis", "v/..", "v/a\\b"] {
            for (name, content) in [("a.tar.gz", tarball(&[(path, "x")])), ("a.zip", zipped(&[(path, "x")]))] {
                let folder = folder("elsewhere");
                assert_eq!(unpack(name, &content, &folder), Err(UpdateFault::Archive), "{path} in {name}");
                assert_eq!(std::fs::read_dir(&folder).expect("there").count(), 0, "{path} in {name}");
            }
        }
    }

    #[test]
    fn links_and_nonsense_are_no_update() {
        let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        builder.append_link(&mut header, "v/visavis", "/etc/passwd").expect("written");
        let link = builder.into_inner().expect("written").finish().expect("written");
        let folder = folder("nonsense");
        assert_eq!(unpack("a.tar.gz", &link, &folder), Err(UpdateFault::Archive));
        for (name, content) in [("a.tar.gz", &b"nonsense"[..]), ("a.zip", b"nonsense"), ("a.zip", b"")] {
            assert_eq!(unpack(name, content, &folder), Err(UpdateFault::Archive));
        }
        let twice = tarball(&[("v/a", "1"), ("v/a", "2")]);
        assert_eq!(unpack("a.tar.gz", &twice, &folder), Err(UpdateFault::Archive));
    }

    #[test]
    fn a_truncated_archive_is_no_update() {
        let whole = tarball(&[("v/visavis", &"program ".repeat(10_000))]);
        for length in [whole.len() / 2, whole.len() - 9] {
            assert_eq!(unpack("a.tar.gz", &whole[..length], &folder("cut")), Err(UpdateFault::Archive), "{length}");
        }
    }
}
