//! What people install: put on fresh systems, used there in real calls, upgraded and removed. Run by `cargo xtask test packages`, which
//! builds the packages in two versions before.

#[path = "../interop/ground.rs"]
#[allow(dead_code, reason = "the measures of calls, of which fewer are needed here")]
mod ground;

mod deb;
mod papers;
mod portable;
mod rpm;
mod windows;

use std::path::{Path, PathBuf};
use visavis_tests::places;

/// The version of this checkout, and one that follows it.
const VERSION: &str = env!("CARGO_PKG_VERSION");

fn next_version() -> String {
    let (front, last) = VERSION.rsplit_once('.').expect("a version");
    format!("{front}.{}", last.parse::<u32>().expect("a number") + 1)
}

/// A package that was built, by its name with `@` for the version.
fn package(name: &str, version: &str) -> PathBuf {
    let file = places::target().join("packages").join(name.replace('@', version));
    assert!(file.is_file(), "{} is not built: cargo xtask test packages", file.display());
    file
}

/// A folder of the host for one test, with the packages in it.
fn run_folder(test: &str, packages: &[&Path]) -> PathBuf {
    let folder = places::run(&format!("packages/{test}")).expect("a folder");
    for file in packages {
        std::fs::copy(file, folder.join(file.file_name().expect("a name"))).expect("copied");
    }
    folder
}

/// At most this many megabytes.
fn is_at_most(file: &Path, megabytes: f64) {
    let size = std::fs::metadata(file).expect("a file").len() as f64 / 1e6;
    assert!(size <= megabytes, "{} has {size:.1} MB", file.display());
}
