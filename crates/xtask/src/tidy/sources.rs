//! Rules for files: their length, and what may not be in them.

use crate::tools::TaskError;
use std::path::{Path, PathBuf};

const LONGEST: usize = 400;
/// Files that may be longer, one a line, with the reason after the path.
const LONG_FILES: &str = include_str!("long-files.txt");
/// Folders that are not ours: built, installed or generated.
const NOT_OURS: &[&str] = &[".git", "node_modules", "target", "dist", "generated", "gen", "__pycache__"];
const CODE: &[&str] = &["rs", "ts", "tsx", "css", "js", "mjs", "py"];
const TEXT: &[&str] = &["rs", "ts", "tsx", "css", "js", "mjs", "py", "md", "toml", "json", "yml", "html", "sh", "txt"];
const PURE: &[&str] = &["crates/model", "crates/media", "crates/provider", "crates/calendar"];

/// A sentence for every breach below `root`.
///
/// # Errors
/// A file cannot be read.
pub fn check(root: &Path) -> Result<Vec<String>, TaskError> {
    let mut breaches = Vec::new();
    for path in files(root)? {
        let Ok(text) = std::fs::read_to_string(root.join(&path)) else { continue };
        breaches.extend(file(&path, &text));
    }
    for folder in PURE {
        if !root.join(folder).join("clippy.toml").exists() {
            breaches.push(format!("{folder} is pure and has no clippy.toml that forbids clocks and threads"));
        }
    }
    Ok(breaches)
}

/// Every text file of ours, relative to `root`.
fn files(root: &Path) -> Result<Vec<PathBuf>, TaskError> {
    let mut found = Vec::new();
    let mut left = vec![PathBuf::new()];
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let name = entry.file_name();
            let path = folder.join(&name);
            if entry.file_type()?.is_dir() {
                if !NOT_OURS.contains(&name.to_string_lossy().as_ref()) {
                    left.push(path);
                }
            } else if has_extension(&path, TEXT) && name != "package-lock.json" {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn has_extension(path: &Path, wanted: &[&str]) -> bool {
    path.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| wanted.contains(&extension))
}

/// What is wrong with one file.
fn file(path: &Path, text: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    let shown = path.to_string_lossy();
    if has_extension(path, CODE) {
        let lines = text.lines().count();
        if lines > LONGEST && !may_be_long(&shown) {
            breaches.push(format!(
                "{shown} has {lines} lines: over {LONGEST}, split it or give a reason in long-files.txt"
            ));
        }
    }
    // Spelled in two parts, or this file would break its own rule.
    let unfinished =
        [concat!("to", "do!("), concat!("unimple", "mented!("), concat!("#[ig", "nore"), concat!("d", "bg!(")];
    let machine = [concat!("/ro", "ot/"), concat!("/wo", "rk/")];
    let page_only = concat!("@tauri", "-apps");
    for (number, line) in text.lines().enumerate() {
        let place = || format!("{shown}:{}", number + 1);
        if has_extension(path, &["rs"]) {
            breaches.extend(
                unfinished.iter().filter(|word| line.contains(**word)).map(|word| format!("{}: {word}", place())),
            );
        }
        if machine.iter().any(|folder| names_folder(line, folder)) {
            breaches.push(format!("{}: a folder of one machine", place()));
        }
        let is_page =
            shown.starts_with("ui/src/") && !shown.starts_with("ui/src/engine/tauri") && !shown.contains(".test.");
        // A text of its licence is no use of it.
        if is_page && line.contains(page_only) && !line.contains("/LICENSE") {
            breaches.push(format!("{}: {page_only} belongs into ui/src/engine/tauri*", place()));
        }
    }
    breaches
}

/// Whether `folder` begins an absolute path here: not in the middle of an address or a relative path.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "/.-_}~$@".contains(c))
    })
}

fn may_be_long(path: &str) -> bool {
    LONG_FILES.lines().filter_map(|line| line.split_whitespace().next()).any(|allowed| allowed == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaches(path: &str, text: &str) -> Vec<String> {
        file(Path::new(path), text)
    }

    #[test]
    fn long_files_are_found() {
        let long = "x\n".repeat(LONGEST + 1);
        assert_eq!(breaches("crates/a/src/b.rs", &long).len(), 1);
        assert!(breaches("crates/a/src/b.rs", &"x\n".repeat(LONGEST)).is_empty());
        assert!(breaches("docs/long.md", &long).is_empty());
    }

    #[test]
    fn unfinished_code_is_found() {
        let line = concat!("    to", "do!()");
        assert_eq!(breaches("a.rs", line), [concat!("a.rs:1: to", "do!(")]);
        assert!(breaches("a.md", line).is_empty());
    }

    #[test]
    fn folders_of_a_machine_are_found() {
        assert_eq!(breaches("a.md", concat!("see /ro", "ot/x")), ["a.md:1: a folder of one machine"]);
        assert!(breaches("a.md", concat!("https://host/wo", "rk/page and ui/src/wo", "rk/x")).is_empty());
    }

    #[test]
    fn the_shell_is_known_in_one_place() {
        let line = concat!("import { invoke } from '@tauri", "-apps/api/core';");
        assert_eq!(breaches("ui/src/App.tsx", line).len(), 1);
        assert!(breaches("ui/src/engine/tauri.ts", line).is_empty());
    }
}
