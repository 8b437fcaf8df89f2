//! What the person chose to share in the system's own dialog, so that a start by a script need not ask again.

use crate::keep_private;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use visavis_model::ScreenKind;

/// Far more than any system's word for a choice.
const LARGEST_FILE: u64 = 64 * 1024;

/// A file with the system's words for what was chosen. They open nothing for anybody but this program in this session, and are no
/// secret; a file that cannot be read means that the person is asked.
#[derive(Clone, Debug)]
pub struct ShareFile {
    path: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Chosen {
    kind: ScreenKind,
    again: String,
}

impl ShareFile {
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// What was chosen last, where it was of this kind.
    pub fn chosen(&self, kind: ScreenKind) -> Option<String> {
        let length = std::fs::metadata(&self.path).ok()?.len();
        let octets = (length <= LARGEST_FILE).then(|| std::fs::read(&self.path).ok()).flatten()?;
        let chosen: Chosen = serde_json::from_slice(&octets).ok()?;
        (chosen.kind == kind).then_some(chosen.again)
    }

    /// Keeps what was chosen in the place of what was.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn keep(&self, kind: ScreenKind, again: &str) -> std::io::Result<()> {
        keep_private(&self.path, &serde_json::to_vec(&Chosen { kind, again: again.to_owned() })?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_choice_is_kept_for_its_kind() {
        let folder = std::env::temp_dir().join(format!("visavis-share-file-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let file = ShareFile::new(folder.join("visavis/share.json"));
        assert_eq!(file.chosen(ScreenKind::Screen), None);
        file.keep(ScreenKind::Screen, "one").expect("kept");
        file.keep(ScreenKind::Window, "two").expect("kept");
        assert_eq!(file.chosen(ScreenKind::Window).as_deref(), Some("two"));
        assert_eq!(file.chosen(ScreenKind::Screen), None);
        for broken in ["", "{}", r#"{"kind":"planet","again":"x"}"#] {
            std::fs::write(&file.path, broken).expect("written");
            assert_eq!(file.chosen(ScreenKind::Window), None, "{broken}");
        }
        std::fs::write(&file.path, vec![b' '; 70_000]).expect("written");
        assert_eq!(file.chosen(ScreenKind::Window), None, "too long");
    }
}
