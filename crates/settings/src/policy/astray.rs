//! What lies beside the policies, and looks as if it were to be one: told, for nobody reads it.

use super::ProblemKind;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The folders that are read.
pub(super) const FOLDERS: [&str; 2] = ["managed", "recommended"];
/// Most of them that are told.
const MOST_TOLD: usize = 16;

/// Files that end like a policy and are not read, and folders that are none of ours, by their paths. What editors,
/// packages and backups leave (`a.json~`, `a.json.rpmsave`, `managed.old`, what begins with a dot) is passed over, and so
/// is what a link in one of our folders leads to.
pub(super) fn astray(base: &Path) -> Vec<(PathBuf, ProblemKind)> {
    let folders = FOLDERS.map(|name| base.join(name));
    let ours: Vec<PathBuf> = folders.iter().flat_map(|folder| shown(folder)).collect();
    let (read, other): (Vec<_>, Vec<_>) = ours.into_iter().filter(|path| is_json(path)).partition(|path| {
        // As the folders' own reading has it.
        path.extension().is_some_and(|ending| ending == "json")
    });
    let read: HashSet<PathBuf> = read.iter().chain(&folders).filter_map(|path| path.canonicalize().ok()).collect();
    // Itself, or something in it: `managed` may be a link to a folder beside it, or a file in it one to a file there.
    let is_read =
        |path: &Path| path.canonicalize().is_ok_and(|there| read.iter().any(|known| known.starts_with(&there)));
    let ending = other.into_iter().filter(|path| path.is_file()).map(|path| (path, "its name does not end in .json"));
    let beside = shown(base).into_iter().filter(|path| !folders.contains(path)).filter_map(|path| {
        let told = if path.is_dir() {
            (path.extension().is_none() && !is_backup(&path)).then_some("the folders are managed and recommended")
        } else {
            (is_json(&path) && path.is_file()).then_some("it lies in neither of managed and recommended")
        };
        told.map(|told| (path, told))
    });
    let mut all: Vec<_> = ending.chain(beside).filter(|(path, _)| !is_read(path)).collect();
    all.sort();
    all.into_iter().take(MOST_TOLD).map(|(path, told)| (path, ProblemKind::Astray(told))).collect()
}

/// What is in a folder and not hidden. A folder that cannot be read is told by whoever reads the policies in it.
fn shown(folder: &Path) -> Vec<PathBuf> {
    let paths = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    paths.filter(|path| path.file_name().is_some_and(|name| !name.as_encoded_bytes().starts_with(b"."))).collect()
}

fn is_backup(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().ends_with(b"~")
}

/// Ends in `.json`, in letters of any size, and is no schema (`"$schema": "../policy.schema.json"`).
fn is_json(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    name.ends_with(".json") && !name.ends_with(".schema.json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    /// What is told of these files and folders (those that end in `/`).
    fn told(test: &str, names: &[&str]) -> Vec<String> {
        let base = std::env::temp_dir().join(format!("visavis-astray-{}-{test}", std::process::id()));
        let _ = std::fs::remove_dir_all(&base);
        FOLDERS.iter().for_each(|name| std::fs::create_dir_all(base.join(name)).expect("a folder"));
        for name in names {
            match name.strip_suffix('/') {
                Some(folder) => std::fs::create_dir_all(base.join(folder)).expect("a folder"),
                None => std::fs::write(base.join(name), "{}").expect("a file"),
            }
        }
        symlink(base.join("linked.json"), base.join("managed/link.json")).expect("a link");
        symlink(base.join("site/in.json"), base.join("managed/in.json")).expect("a link");
        let short = |(path, kind): (PathBuf, ProblemKind)| {
            format!("{} {kind}", path.strip_prefix(&base).expect("below").display())
        };
        let told = astray(&base).into_iter().map(short).collect();
        let _ = std::fs::remove_dir_all(&base);
        told
    }

    #[test]
    fn what_was_laid_beside_is_told() {
        let beside = "is not read: it lies in neither of managed and recommended";
        let names =
            ["x.json", "managed/policy.JSON", "recommended/a.Json", "Managed/", "linked.json", "Managed/b.json"];
        let expected = [
            "Managed is not read: the folders are managed and recommended".to_owned(),
            "managed/policy.JSON is not read: its name does not end in .json".to_owned(),
            "recommended/a.Json is not read: its name does not end in .json".to_owned(),
            format!("x.json {beside}"),
        ];
        assert_eq!(told("beside", &names), expected);
    }

    #[test]
    fn backups_and_what_is_read_are_passed_over() {
        let names = [
            "managed/a.json",
            "managed/a.json~",
            "managed/a.json.rpmsave",
            "managed/a.json.dpkg-old",
            "managed/.a.JSON",
            "x.json.bak",
            "policy.schema.json",
            "README",
            ".git/",
            "managed.old/",
            "managed~/",
            "site/",
            "site/in.json",
        ];
        assert_eq!(told("backups", &names), Vec::<String>::new());
        assert!(astray(Path::new("/nowhere/at-all")).is_empty());
    }

    #[test]
    fn a_folder_that_ours_is_a_link_to_is_read() {
        let base = std::env::temp_dir().join(format!("visavis-astray-{}-swapped", std::process::id()));
        let _ = std::fs::remove_dir_all(&base);
        for folder in ["v41", "v42"] {
            std::fs::create_dir_all(base.join(folder)).expect("a folder");
        }
        std::fs::write(base.join("v42/50.json"), "{}").expect("a file");
        symlink(base.join("v42"), base.join("managed")).expect("a link");
        let told: Vec<_> = astray(&base).into_iter().map(|(path, _)| path).collect();
        let _ = std::fs::remove_dir_all(&base);
        assert_eq!(told, [base.join("v41")]);
    }

    #[test]
    fn not_all_of_very_many_are_told() {
        let names: Vec<String> = (0..MOST_TOLD + 4).map(|number| format!("{number}.json")).collect();
        assert_eq!(told("many", &names.iter().map(String::as_str).collect::<Vec<_>>()).len(), MOST_TOLD);
    }
}
