//! The list of parts for machines: CycloneDX 1.5 (ECMA-424), one for Rust and one for the page.

use super::parts::Part;
use crate::tools::{self, TaskError};
use serde_json::{Value, json};
use std::process::Command;
use visavis_tests::places;

/// The crates, and the models in them. No time and no serial number: the same parts give the same octets.
pub fn crates(version: &str, crates: &[Part], models: &[Part]) -> Value {
    let components: Vec<_> = crates
        .iter()
        .map(|part| component(part, "library", address_of_crate(part)))
        .chain(models.iter().map(|part| component(part, "machine-learning-model", address_of_model(part))))
        .collect();
    let references: Vec<_> = components.iter().map(|component| &component["bom-ref"]).collect();
    let own = format!("pkg:cargo/visavis@{version}");
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": { "type": "application", "bom-ref": own, "name": "visavis", "version": version, "licenses": [{ "expression": "MIT" }] },
        },
        "components": components,
        "dependencies": [{ "ref": own, "dependsOn": references }],
    })
}

fn address_of_crate(part: &Part) -> String {
    format!("pkg:cargo/{}@{}", part.name, part.version)
}

/// Models come from packages of npm.
fn address_of_model(part: &Part) -> String {
    format!("pkg:npm/{}@{}", part.name.replace('@', "%40"), part.version)
}

fn component(part: &Part, kind: &str, url: String) -> Value {
    let mut value = json!({ "type": kind, "bom-ref": url, "name": part.name, "version": part.version, "purl": url });
    if !part.licence.is_empty() {
        // Cargo allowed a slash for OR.
        value["licenses"] = json!([{ "expression": part.licence.replace('/', " OR ") }]);
    }
    if let Some(hash) = &part.hash {
        value["hashes"] = json!([{ "alg": "SHA-256", "content": hash }]);
    }
    value
}

/// The page's packages, as npm itself lists them.
///
/// # Errors
/// npm cannot.
pub fn page() -> Result<Value, TaskError> {
    let mut command = Command::new("npm");
    command.args(["sbom", "--sbom-format", "cyclonedx", "--omit", "dev", "--package-lock-only"]);
    command.current_dir(places::repository().join("ui"));
    let text = tools::output(&mut command).ok_or_else(|| TaskError::Failed("npm sbom".into()))?;
    Ok(without_chance(serde_json::from_str(&text)?))
}

/// Takes out what differs from one run to the next.
fn without_chance(mut list: Value) -> Value {
    if let Some(list) = list.as_object_mut() {
        list.remove("serialNumber");
        if let Some(metadata) = list.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove("timestamp");
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_its_address_licence_and_hash() {
        let part = Part {
            name: "a".into(),
            version: "1.0.0".into(),
            licence: "MIT/Apache-2.0".into(),
            folder: Default::default(),
            hash: Some("ab".into()),
        };
        let list = crates("0.1.0", &[part], &super::super::parts::models().unwrap());
        let component = &list["components"][0];
        assert_eq!(component["purl"], "pkg:cargo/a@1.0.0");
        assert_eq!(component["licenses"][0]["expression"], "MIT OR Apache-2.0");
        assert_eq!(component["hashes"][0]["content"], "ab");
        assert_eq!(list["dependencies"][0]["dependsOn"][0], component["bom-ref"]);
        let model = &list["components"][1];
        assert_eq!(model["type"], "machine-learning-model");
        assert_eq!(model["purl"], "pkg:npm/%40mediapipe/selfie_segmentation@0.1.1675465747");
        assert_eq!(model["hashes"][0]["content"].as_str().map(str::len), Some(64));
        assert_eq!(list["dependencies"][0]["dependsOn"][1], model["bom-ref"]);
    }

    #[test]
    fn what_changes_by_itself_is_taken_out() {
        let list =
            without_chance(json!({ "serialNumber": "urn:uuid:1", "metadata": { "timestamp": "now", "tools": [] } }));
        assert_eq!(list, json!({ "metadata": { "tools": [] } }));
    }
}
