//! The text of a licence for parts that bring none: most licences want theirs with every copy.

use super::parts::Part;
use super::release::installer;
use crate::tools::TaskError;

/// Licences with a text in `installers/licences`, in the order in which one is chosen where a part leaves the choice. Apache-2.0 comes first:
/// it wants its text alone, the others a line about the copyright too, which such a part does not bring either.
const STANDARD: [&str; 6] = ["Apache-2.0", "MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "MPL-2.0"];
/// Stands in their texts where they want that line.
const COPYRIGHT: &str = "@COPYRIGHT@";

/// The texts under which a part may be passed on that brings none.
///
/// # Errors
/// We have no text of its licence: somebody has to look for it.
pub fn of(part: &Part) -> Result<Vec<String>, TaskError> {
    let Some(chosen) = choice(&part.licence) else {
        let Part { name, version, licence, .. } = part;
        return Err(TaskError::Failed(format!("{name} {version} ({licence}) brings no text of its licence")));
    };
    let text = |name: &&str| std::fs::read_to_string(installer(&format!("licences/{name}.txt")));
    let texts = chosen.iter().map(text).collect::<std::io::Result<Vec<_>>>()?;
    Ok(texts.into_iter().map(|text| text.replace(COPYRIGHT, &copyright(part))).collect())
}

/// The licences to go by: one, or all of those that hold together. `None` where we have not their texts, or the expression is beyond this.
fn choice(expression: &str) -> Option<Vec<&'static str>> {
    // Cargo allowed a slash for OR.
    let expression = expression.replace('/', " OR ");
    let known = |name: &str| STANDARD.iter().find(|standard| **standard == name.trim()).copied();
    let together = |choice: &str| choice.split(" AND ").map(known).collect::<Option<Vec<_>>>();
    let rank = |names: &Vec<&str>| names.iter().filter_map(|name| STANDARD.iter().position(|of| of == name)).max();
    expression.split(" OR ").filter_map(together).min_by_key(rank)
}

/// Whose it is, as far as the part says.
fn copyright(part: &Part) -> String {
    let place = part.repository.as_deref().unwrap_or(&part.sources);
    if part.authors.is_empty() {
        return format!("Copyright (c) the authors and contributors of {} ({place})", part.name);
    }
    format!("Copyright (c) {} and contributors ({place})", part.authors.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_is_among_texts_that_we_have() {
        for (expression, chosen) in [
            ("MIT OR Apache-2.0", &["Apache-2.0"][..]),
            ("MIT/Apache-2.0", &["Apache-2.0"]),
            ("Apache-2.0 / MIT", &["Apache-2.0"]),
            ("Unlicense OR MIT", &["MIT"]),
            ("Apache-2.0 WITH LLVM-exception OR MIT", &["MIT"]),
            ("BSD-3-Clause AND MIT", &["BSD-3-Clause", "MIT"]),
            ("MPL-2.0", &["MPL-2.0"]),
        ] {
            assert_eq!(choice(expression).as_deref(), Some(chosen), "{expression}");
        }
        for unknown in ["", "Unicode-3.0", "MIT AND Unicode-3.0", "(MIT OR Apache-2.0) AND Unicode-3.0"] {
            assert_eq!(choice(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn a_text_names_whose_the_part_is() {
        let mut part = Part {
            name: "a".into(),
            version: "1.0.0".into(),
            licence: "MIT".into(),
            authors: vec!["Ada".into(), "Bea".into()],
            repository: Some("https://example.org/a".into()),
            sources: "https://crates.io/crates/a/1.0.0".into(),
            ..Part::default()
        };
        let text = of(&part).unwrap().concat();
        assert!(text.contains("\nCopyright (c) Ada, Bea and contributors (https://example.org/a)\n"), "{text}");
        (part.authors, part.repository) = (Vec::new(), None);
        let text = of(&part).unwrap().concat();
        assert!(text.contains("the authors and contributors of a (https://crates.io/crates/a/1.0.0)"), "{text}");
        part.licence = "Unicode-3.0".into();
        assert!(of(&part).unwrap_err().to_string().starts_with("a 1.0.0 (Unicode-3.0) brings no text"));
    }

    #[test]
    fn every_standard_text_is_there() {
        for name in STANDARD {
            let part = Part { name: "a".into(), licence: name.into(), ..Part::default() };
            let texts = of(&part).unwrap();
            assert!(texts.len() == 1 && texts[0].len() > 500 && !texts[0].contains(COPYRIGHT), "{name}");
            let wants_line = !["Apache-2.0", "MPL-2.0"].contains(&name);
            assert_eq!(texts[0].contains("the authors and contributors of a"), wants_line, "{name}");
        }
    }
}
