//! What administrators get is made from the keys themselves: `installers/policy` and `docs/policy.md`.
//!
//! A file that is not what it should be is written anew, and the test fails once: commit it.

mod admx;
mod bundle;
mod mobileconfig;
mod page;
mod schema;
mod words;

use std::path::{Path, PathBuf};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compares a committed file with what it should be.
fn up_to_date(path: &str, text: &str) {
    let file = repository().join(path);
    let same = std::fs::read_to_string(&file).ok().as_deref() == Some(text);
    if !same {
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(&file, text).expect("written");
    }
    assert!(same, "{path} was not what the keys say; it is written anew, commit it");
}
