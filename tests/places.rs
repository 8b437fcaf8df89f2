//! Where things lie: the checkout, the cache outside of it, and the folder of each run.

use std::path::{Path, PathBuf};

/// The checkout.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Installed servers and peers, kept between checkouts: `$VISAVIS_CACHE`, else `~/.cache/visavis`.
pub fn cache() -> PathBuf {
    if let Some(folder) = std::env::var_os("VISAVIS_CACHE") {
        return folder.into();
    }
    std::env::var_os("HOME").map_or_else(std::env::temp_dir, PathBuf::from).join(".cache/visavis")
}

/// What cargo builds: `$CARGO_TARGET_DIR`, else a folder of the cache.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| cache().join("target"), PathBuf::from)
}

/// The application: `$VISAVIS_BIN`, else the release build.
pub fn binary() -> PathBuf {
    std::env::var_os("VISAVIS_BIN").map_or_else(|| target().join("release/visavis"), PathBuf::from)
}

/// An empty folder for the logs, reports and pictures of the run called `name`; what an earlier run left is deleted.
///
/// # Errors
/// The folder cannot be made.
pub fn run(name: &str) -> std::io::Result<PathBuf> {
    let folder = target().join("visavis-runs").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Whether a program of this name is in the search path.
pub fn has_program(name: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(name).is_file()))
}
