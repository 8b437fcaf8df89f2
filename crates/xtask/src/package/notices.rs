//! The names, notices and licences of others whose work is in the program.

use super::parts::Part;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// How deep below a part's own folder its libraries in C keep their licences (`opus/COPYING`, `upstream/LICENSE`).
const DEPTH: usize = 2;
/// Longer files are no licences.
const LONGEST: u64 = 200 * 1024;
const NAMES: [&str; 6] = ["license", "licence", "copying", "notice", "unlicense", "copyright"];
const RULE: &str = "────────────────────────────────────────────────────────────────────────────────";

/// The notices as one text: `opening`, then the parts of each kind with the numbers of their texts, then each text once.
pub fn text(opening: &str, kinds: &[(&str, &[Part])]) -> String {
    let mut texts = Texts::default();
    let mut parts = String::new();
    for (heading, kind) in kinds {
        let _ = writeln!(parts, "\n{heading}\n");
        for part in *kind {
            let numbers = texts.of(&part.folder);
            let shown: Vec<_> = numbers.iter().map(|number| format!("[{number}]")).collect();
            let licence = if part.licence.is_empty() { "licence in its text" } else { &part.licence };
            let _ = writeln!(parts, "{} {}: {licence} {}", part.name, part.version, shown.join(" "));
        }
    }
    let mut whole = format!("{}\n{parts}", opening.trim_end());
    for (number, text) in texts.in_order() {
        let _ = write!(whole, "\n{RULE}\n[{number}]\n\n{text}\n");
    }
    whole
}

/// Each text once, under the number that it got first.
#[derive(Default)]
struct Texts {
    numbers: BTreeMap<String, usize>,
}

impl Texts {
    fn of(&mut self, folder: &Path) -> Vec<usize> {
        let mut found = Vec::new();
        read(folder, DEPTH, &mut found);
        let mut numbers: Vec<_> = found
            .into_iter()
            .map(|text| {
                let next = self.numbers.len() + 1;
                *self.numbers.entry(text).or_insert(next)
            })
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    fn in_order(&self) -> Vec<(usize, &str)> {
        let mut texts: Vec<_> = self.numbers.iter().map(|(text, number)| (*number, text.as_str())).collect();
        texts.sort_unstable();
        texts
    }
}

/// Collects the texts in `folder`, in order of their paths.
fn read(folder: &Path, depth: usize, found: &mut Vec<String>) {
    let mut entries: Vec<_> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        if path.is_dir() {
            // What tests and tools need is not shipped; a package inside another is a part of its own.
            if depth > 0
                && !["tests", "test", "testdata", "benches", "examples", "node_modules", "target"].contains(&&*name)
            {
                read(&path, depth - 1, found);
            }
        } else if is_licence(&name)
            && std::fs::metadata(&path).is_ok_and(|data| data.len() <= LONGEST)
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            found.push(tidied(&text));
        }
    }
}

fn is_licence(name: &str) -> bool {
    let is_code = [".rs", ".js", ".ts", ".c", ".h", ".html", ".json"].iter().any(|end| name.ends_with(end));
    !is_code && NAMES.iter().any(|start| name.starts_with(start))
}

/// The same text from different hands is one text.
fn tidied(text: &str) -> String {
    let lines: Vec<_> = text.trim_start_matches('\u{feff}').lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_given_once() {
        let root = std::env::temp_dir().join(format!("visavis-notices-{}", std::process::id()));
        let part = |name: &str, files: &[(&str, &str)]| {
            let folder = root.join(name);
            for (file, text) in files {
                std::fs::create_dir_all(folder.join(file).parent().unwrap()).unwrap();
                std::fs::write(folder.join(file), text).unwrap();
            }
            Part { name: name.into(), version: "1.0.0".into(), licence: "MIT".into(), folder, hash: None }
        };
        let a = part("a", &[("LICENSE", "words\r\n"), ("up/COPYING", "C words"), ("tests/LICENSE", "no part")]);
        let b = part("b", &[("LICENSE-MIT", "words"), ("license.rs", "code")]);
        let text = text("Opening", &[("Crates", &[a, b])]);
        std::fs::remove_dir_all(root).unwrap();
        assert!(text.starts_with("Opening\n"));
        assert!(text.contains("a 1.0.0: MIT [1] [2]\nb 1.0.0: MIT [1]\n"), "{text}");
        assert_eq!(text.matches("\n\nwords\n").count(), 1);
        assert!(text.contains("C words") && !text.contains("no part") && !text.contains("code"));
    }
}
