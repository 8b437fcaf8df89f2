//! Where things lie: the checkout, the cache outside of it, and the folder of each run.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The checkout that this process works for.
///
/// Found at run time, from where cargo says that it runs (`CARGO_MANIFEST_DIR`) or else from the working folder: checkouts that
/// share a target folder take each other's programs for fresh, so a path from the build may lead to another one.
pub fn repository() -> &'static Path {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    FOUND.get_or_init(|| {
        let starts =
            std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).into_iter().chain(std::env::current_dir());
        let found = starts.into_iter().find_map(|start| checkout_around(&start).map(Path::to_path_buf));
        found.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
    })
}

/// The nearest folder at or above `start` that is a checkout of this project.
fn checkout_around(start: &Path) -> Option<&Path> {
    start.ancestors().find(|folder| folder.join("Cargo.lock").is_file() && folder.join("src-tauri").is_dir())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checkout_is_the_one_that_we_stand_in() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(checkout_around(&here.join("peers/browser")), here.parent());
        assert_eq!(checkout_around(Path::new("/")), None);
        assert!(repository().join("tests/places.rs").is_file());
    }
}
