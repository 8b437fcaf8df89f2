//! Who may have written a file.

use super::ProblemKind;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Write bits of group and others. Access lists show in those of the group.
const OTHERS_WRITE: u32 = 0o022;

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

/// The user that stands for all who have no number here.
fn overflow_user() -> u32 {
    let told = std::fs::read_to_string("/proc/sys/kernel/overflowuid");
    told.ok().and_then(|text| text.trim().parse().ok()).unwrap_or(65_534)
}
