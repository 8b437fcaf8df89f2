//! The log that is kept for support: small, private, the last two pieces of it.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A piece is turned away when it is larger, in bytes.
const LARGEST: u64 = 512 * 1024;
/// Of each piece so much is read, from its end.
const MOST_READ: u64 = 256 * 1024;

/// A log in a folder of the user's, which nobody else can read: `log.txt`, and `log.1.txt` before it.
///
/// Cloned handles write to the same file. Writing never fails for the caller: a full disk costs lines, not the call.
#[derive(Clone, Debug)]
pub struct LogFile {
    piece: Arc<Mutex<Piece>>,
}

#[derive(Debug)]
struct Piece {
    folder: PathBuf,
    file: File,
    size: u64,
}

impl LogFile {
    /// Opens the log, and the folder where it is not there.
    ///
    /// Errors: the folder cannot be made, or the file not be written.
    pub fn open(folder: &Path) -> std::io::Result<Self> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
        let (file, size) = append(folder)?;
        Ok(Self { piece: Arc::new(Mutex::new(Piece { folder: folder.to_owned(), file, size })) })
    }

    /// `log` in the user's folder for state (`$XDG_STATE_HOME/visavis`, `%LOCALAPPDATA%\Visavis`). `lookup` reads the environment.
    pub fn folder(lookup: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
        let set = |key: &str| lookup(key).filter(|value| !value.is_empty()).map(PathBuf::from);
        Some(if cfg!(target_os = "windows") {
            set("LOCALAPPDATA")?.join("Visavis")
        } else if cfg!(target_os = "macos") {
            set("HOME")?.join("Library/Logs/Visavis")
        } else {
            let state = set("XDG_STATE_HOME").filter(|path| path.is_absolute());
            state.or_else(|| Some(set("HOME")?.join(".local/state")))?.join("visavis")
        })
    }

    /// What was logged of late, oldest first; nothing where there is no log.
    pub fn read(folder: &Path) -> String {
        ["log.1.txt", "log.txt"].iter().map(|name| end_of(&folder.join(name)).unwrap_or_default()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Piece> {
        self.piece.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn append(folder: &Path) -> std::io::Result<(File, u64)> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(folder.join("log.txt"))?;
    let size = file.metadata()?.len();
    Ok((file, size))
}

fn end_of(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(MOST_READ)))?;
    let mut bytes = Vec::new();
    file.take(MOST_READ).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    // A line that was cut is none.
    Ok(if length > MOST_READ { text.split_once('\n').map_or(String::new(), |(_, rest)| rest.to_owned()) } else { text })
}

impl Write for LogFile {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        let mut piece = self.lock();
        if piece.size > LARGEST {
            let _ = std::fs::rename(piece.folder.join("log.txt"), piece.folder.join("log.1.txt"));
            if let Ok((file, size)) = append(&piece.folder) {
                (piece.file, piece.size) = (file, size);
            }
        }
        if piece.file.write_all(line).is_ok() {
            piece.size += line.len() as u64;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_pieces_are_kept_and_no_more() {
        let folder = std::env::temp_dir().join(format!("visavis-log-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let mut log = LogFile::open(&folder).expect("a log");
        let line = format!("{}\n", "x".repeat(1023));
        for _ in 0..2000 {
            log.write_all(line.as_bytes()).expect("written");
        }
        log.write_all(b"the end\n").expect("written");
        let size: u64 =
            std::fs::read_dir(&folder).expect("there").flatten().map(|one| one.metadata().expect("of it").len()).sum();
        assert!(size < 2 * LARGEST + 4096, "{size}");
        let read = LogFile::read(&folder);
        assert!(read.ends_with("x\nthe end\n") && read.len() as u64 <= 2 * MOST_READ);
        assert!(read.lines().all(|line| line.len() == 1023 || line == "the end"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            assert_eq!(std::fs::metadata(folder.join("log.txt")).expect("there").mode() & 0o077, 0);
        }
        std::fs::remove_dir_all(&folder).expect("gone");
        assert_eq!(LogFile::read(&folder), "");
    }
}
