//! What administrators lay where policies are made: the templates of every system, the schema, and the page that explains the keys.

use super::layout::Entry;
use super::portable;
use super::release::{Release, installer};
use crate::tools::TaskError;
use std::path::PathBuf;
use visavis_tests::places;

/// Their names in the archive, and where they lie in `installers/policy`. Below `windows` they lie as in `PolicyDefinitions`.
const TEMPLATES: [&str; 5] = [
    "policy.schema.json",
    "macos/visavis.mobileconfig",
    "windows/visavis.admx",
    "windows/en-US/visavis.adml",
    "windows/fr-FR/visavis.adml",
];

/// Builds the archive and says where it is.
///
/// # Errors
/// A file is missing, or cannot be written.
pub fn build(release: &Release) -> Result<PathBuf, TaskError> {
    let folder = format!("visavis-{}-policy", release.version);
    let mut entries =
        vec![Entry::new(format!("{folder}/policy.md"), std::fs::read(places::repository().join("docs/policy.md"))?)];
    for name in TEMPLATES {
        entries.push(Entry::new(format!("{folder}/{name}"), std::fs::read(installer(&format!("policy/{name}")))?));
    }
    entries.sort_by(|one, other| one.path.cmp(&other.path));
    portable::zip(&folder, &entries, release)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// Every file below a folder, with its path from `root`.
    fn files(root: &Path, folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
        let found = entries.flat_map(|path| match path.is_dir() {
            true => files(root, &path),
            false => vec![path.strip_prefix(root).unwrap().to_string_lossy().into_owned()],
        });
        found.collect()
    }

    #[test]
    fn no_template_is_left_out() {
        let root = installer("policy");
        let mut there = files(&root, &root);
        there.sort();
        let mut named = TEMPLATES.map(str::to_owned);
        named.sort();
        assert_eq!(there, named);
    }
}
