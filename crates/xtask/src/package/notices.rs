//! The names, notices and licences of others whose work is in the program.

use super::licences;
use super::parts::Part;
use crate::tools::TaskError;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// How deep below a part's own folder its libraries in C keep their licences (`opus/COPYING`, `upstream/LICENSE`).
const DEPTH: usize = 2;
/// Longer files are no licences.
const LONGEST: u64 = 200 * 1024;
const NAMES: [&str; 6] = ["license", "licence", "copying", "notice", "unlicense", "copyright"];
/// Folders with nothing else in them (REUSE).
const FOLDERS: [&str; 2] = ["licenses", "licences"];
const RULE: &str = "────────────────────────────────────────────────────────────────────────────────";

/// The notices as one text: `opening`, then the parts of each kind with the numbers of their texts, then each text once.
///
/// # Errors
/// A part has no text, and there is none for it.
pub fn text(opening: &str, kinds: &[(&str, &[Part])]) -> Result<String, TaskError> {
    let mut texts = Texts::default();
    let mut parts = String::new();
    for (heading, kind) in kinds {
        let _ = writeln!(parts, "\n{heading}\n");
        for part in *kind {
            let numbers = texts.number(found(part, kind)?);
            let shown: Vec<_> = numbers.iter().map(|number| format!("[{number}]")).collect();
            let licence = if part.licence.is_empty() { "licence in its text" } else { &part.licence };
            let _ = writeln!(parts, "{} {}: {licence} {}", part.name, part.version, shown.join(" "));
            // It wants everybody to be told where the sources are.
            if part.licence.contains("MPL-2.0") {
                let _ = writeln!(parts, "    Its source code, under the same licence, is at {}.", part.sources);
            }
        }
    }
    let mut whole = format!("{}\n{parts}", opening.trim_end());
    for (number, text) in texts.in_order() {
        let _ = write!(whole, "\n{RULE}\n[{number}]\n\n{text}\n");
    }
    Ok(whole)
}

/// The texts of a part: those that it brings, else what lies at the top of another one of its kind from the same repository (where one
/// licence is for all, and not every crate has it), else the standard ones.
fn found(part: &Part, kind: &[Part]) -> Result<Vec<String>, TaskError> {
    // Without this all would have the standard texts, and nobody's name.
    if !part.folder.is_dir() {
        return Err(TaskError::Missing(format!("the sources of {} {}", part.name, part.version)));
    }
    let mut texts = Vec::new();
    read(&part.folder, DEPTH, false, &mut texts);
    let related = |other: &&Part| {
        part.repository.is_some() && other.repository == part.repository && other.licence == part.licence
    };
    for other in kind.iter().filter(related) {
        if texts.is_empty() {
            read(&other.folder, 0, false, &mut texts);
        }
    }
    if texts.is_empty() { Ok(licences::of(part)?.iter().map(|text| tidied(text)).collect()) } else { Ok(texts) }
}

/// Each text once, under the number that it got first.
#[derive(Default)]
struct Texts {
    numbers: BTreeMap<String, usize>,
}

impl Texts {
    fn number(&mut self, texts: Vec<String>) -> Vec<usize> {
        let mut numbers: Vec<_> = texts
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

/// Collects the texts in `folder`, in order of their paths; with `all` it is one of licences (`LICENSES/MIT.txt`).
fn read(folder: &Path, depth: usize, all: bool, found: &mut Vec<String>) {
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
                read(&path, depth - 1, all || FOLDERS.contains(&&*name), found);
            }
        } else if !is_code(&name)
            && (all || NAMES.iter().any(|start| name.starts_with(start)))
            && std::fs::metadata(&path).is_ok_and(|data| data.len() <= LONGEST)
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            found.push(tidied(&text));
        }
    }
}

fn is_code(name: &str) -> bool {
    [".rs", ".js", ".ts", ".c", ".h", ".html", ".json"].iter().any(|end| name.ends_with(end))
}

/// The same text from different hands is one text.
fn tidied(text: &str) -> String {
    let lines: Vec<_> = text.trim_start_matches('\u{feff}').lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// A part with these files.
    fn part(root: &Path, name: &str, files: &[(&str, &str)]) -> Part {
        let folder = root.join(name);
        std::fs::create_dir_all(&folder).unwrap();
        for (file, text) in files {
            std::fs::create_dir_all(folder.join(file).parent().unwrap()).unwrap();
            std::fs::write(folder.join(file), text).unwrap();
        }
        Part { name: name.into(), version: "1.0.0".into(), licence: "MIT".into(), folder, ..Part::default() }
    }

    /// A folder for one test.
    fn root(test: &str) -> PathBuf {
        std::env::temp_dir().join(format!("visavis-notices-{test}-{}", std::process::id()))
    }

    #[test]
    fn equal_texts_are_given_once() {
        let root = root("once");
        let a = part(&root, "a", &[("LICENSE", "words\r\n"), ("up/COPYING", "C words"), ("tests/LICENSE", "no part")]);
        let b = part(&root, "b", &[("LICENSE-MIT", "words"), ("license.rs", "code")]);
        let text = text("Opening", &[("Crates", &[a, b])]).unwrap();
        std::fs::remove_dir_all(root).unwrap();
        assert!(text.starts_with("Opening\n"));
        assert!(text.contains("a 1.0.0: MIT [1] [2]\nb 1.0.0: MIT [1]\n"), "{text}");
        assert_eq!(text.matches("\n\nwords\n").count(), 1);
        assert!(text.contains("C words") && !text.contains("no part") && !text.contains("code"));
    }

    #[test]
    fn a_part_without_a_text_has_its_relatives_or_the_standard_one() {
        let root = root("missing");
        let from = |repository: &str, part: Part| Part { repository: Some(repository.into()), ..part };
        let parts = [
            from("https://example.org/one", part(&root, "bare", &[("up/LICENSE.rs", "code")])),
            from("https://example.org/one", part(&root, "related", &[("LICENSE", "one"), ("up/LICENSE", "C words")])),
            from("https://example.org/two", part(&root, "alone", &[])),
            part(&root, "reuse", &[("LICENSES/MIT.txt", "two")]),
            Part { licence: "MPL-2.0".into(), sources: "https://crates.io/x".into(), ..part(&root, "weak", &[]) },
        ];
        let whole = text("Opening", &[("Crates", &parts)]).unwrap();
        let strange = Part { licence: "Own-1.0".into(), ..part(&root, "strange", &[]) };
        let refused = text("Opening", &[("Crates", &[strange])]);
        std::fs::remove_dir_all(root).unwrap();
        assert!(whole.contains("bare 1.0.0: MIT [1]\nrelated 1.0.0: MIT [1] [2]\nalone 1.0.0: MIT [3]\n"), "{whole}");
        assert!(whole.contains("and contributors of alone (https://example.org/two)\n"), "{whole}");
        assert!(whole.contains("reuse 1.0.0: MIT [4]\nweak 1.0.0: MPL-2.0 [5]\n    Its source code"), "{whole}");
        assert!(whole.contains("is at https://crates.io/x.\n") && whole.contains("Mozilla Public License"), "{whole}");
        assert!(refused.unwrap_err().to_string().contains("strange"));
        // Sources that are not there are no reason for a standard text.
        let gone = Part { folder: "/nowhere/at/all".into(), licence: "MIT".into(), ..Part::default() };
        assert!(text("Opening", &[("Crates", &[gone])]).is_err());
    }
}
