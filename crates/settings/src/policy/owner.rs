//! Who may have written a file.

use super::ProblemKind;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Write bits of group and others. Access lists show in those of the group.
const OTHERS_WRITE: u32 = 0o022;
/// Bits of others: to read a file or folder, and to pass a folder.
const OTHERS_READ: u32 = 0o004;
const OTHERS_PASS: u32 = 0o001;

/// Whose word counts.
#[derive(Clone, Debug)]
pub enum Owner {
    /// The administrator's: the file and every folder above it belong to root, and nobody else may write there.
    Root,
    /// In tests: what belongs to this user, up to this folder.
    Test { user: u32, up_to: PathBuf },
}

impl Owner {
    /// Errors: somebody else may change what is at `path` (without links, and its metadata is `found`), or put something
    /// else there.
    pub fn approves(&self, path: &Path, found: &Metadata) -> Result<(), ProblemKind> {
        self.approves_one(path, found)?;
        for above in path.ancestors().skip(1) {
            if let Self::Test { up_to, .. } = self
                && !above.starts_with(up_to)
            {
                break;
            }
            let folder = std::fs::metadata(above).map_err(|error| ProblemKind::Unreadable(error.kind().to_string()))?;
            self.approves_one(above, &folder)?;
        }
        Ok(())
    }

    /// What keeps people from reading the file or folder at `path` (without links), and its mode; it holds for who can all the same.
    pub fn closed_to_people(&self, path: &Path) -> Vec<(PathBuf, u32)> {
        let up_to = match self {
            Self::Root => None,
            Self::Test { up_to, .. } => Some(up_to.as_path()),
        };
        closed_to_people(path, up_to)
    }

    fn approves_one(&self, path: &Path, found: &Metadata) -> Result<(), ProblemKind> {
        let ours = match self {
            // In a sandbox to which root is not mapped, what is root's looks like nobody's (user_namespaces(7)).
            Self::Root => found.uid() == 0 || found.uid() == overflow_user(),
            Self::Test { user, .. } => found.uid() == *user,
        };
        if !ours {
            return Err(ProblemKind::ForeignOwner(path.to_owned()));
        }
        if found.mode() & OTHERS_WRITE != 0 {
            return Err(ProblemKind::WritableByOthers(path.to_owned()));
        }
        Ok(())
    }
}

/// The file or folder at `path` where not everybody may read it, and the folders above it, to `up_to`, that not everybody may pass.
/// Access lists are not looked at.
pub(super) fn closed_to_people(path: &Path, up_to: Option<&Path>) -> Vec<(PathBuf, u32)> {
    let ours = path.ancestors().take_while(|above| up_to.is_none_or(|up_to| above.starts_with(up_to)));
    let closed = ours.enumerate().filter_map(|(height, place)| {
        let found = std::fs::metadata(place).ok()?;
        let read = if height == 0 { OTHERS_READ } else { 0 };
        let wanted = read | if found.is_dir() { OTHERS_PASS } else { 0 };
        let mode = found.mode() & 0o7777;
        (mode & wanted != wanted).then(|| (place.to_owned(), mode))
    });
    closed.collect()
}

/// The user that stands for all who have no number here.
fn overflow_user() -> u32 {
    let told = std::fs::read_to_string("/proc/sys/kernel/overflowuid");
    told.ok().and_then(|text| text.trim().parse().ok()).unwrap_or(65_534)
}
