//! The offer of this version to portable installations: `stable.json` beside its archives.

use super::release::{self, Release};
use super::sign;
use crate::tools::TaskError;
use std::path::PathBuf;
use visavis_update::{Archive, Offer};

/// How an archive's name ends, and what its system is called in an offer.
const SYSTEMS: [(&str, &str); 2] = [("-linux-x86_64.tar.gz", "linux-x86_64"), ("-windows-x64.zip", "windows-x64")];

/// Writes the offer of those among `files` that are archives and says where it is; `None` where there are none, or no key signs it.
///
/// # Errors
/// The version is none, or a file cannot be read.
pub fn write(files: &[PathBuf], release: &Release) -> Result<Option<PathBuf>, TaskError> {
    if sign::public_key()?.is_none() {
        return Ok(None);
    }
    let version = release.version.parse().map_err(|error| TaskError::Failed(format!("the version: {error}")))?;
    let mut offer = Offer { version, archives: Default::default() };
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if let Some((_, system)) = SYSTEMS.iter().find(|(end, _)| name.ends_with(end)) {
            offer.archives.insert((*system).to_owned(), Archive::of(&name, &std::fs::read(file)?));
        }
    }
    if offer.archives.is_empty() {
        return Ok(None);
    }
    let file = release::folder().join("stable.json");
    std::fs::write(&file, serde_json::to_vec_pretty(&offer)?)?;
    Ok(Some(file))
}
