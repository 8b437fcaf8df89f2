//! The list of parts for machines: CycloneDX 1.5 (ECMA-424), one for the program and one for the page in it.

use super::libraries::Library;
use super::parts::Part;
use serde_json::{Value, json};

/// The crates, the libraries that none of them brings, and the models. No time and no serial number: the same parts give the same octets.
pub fn program(version: &str, crates: &[Part], libraries: &[Library], models: &[Part]) -> Value {
    let components: Vec<_> = crates
        .iter()
        .map(|part| component(part, "library", address_of_crate(part)))
        .chain(libraries.iter().map(|library| component(&library.part, "library", library.address.clone())))
        .chain(models.iter().map(|part| component(part, "machine-learning-model", address_in_npm(part))))
        .collect();
    list("visavis", &format!("pkg:cargo/visavis@{version}"), version, &components)
}

/// The packages of the page.
pub fn page(version: &str, packages: &[Part]) -> Value {
    let components: Vec<_> = packages.iter().map(|part| component(part, "library", address_in_npm(part))).collect();
    list("visavis-ui", &format!("pkg:npm/visavis-ui@{version}"), version, &components)
}

/// A list of what `own` is made of.
fn list(name: &str, own: &str, version: &str, components: &[Value]) -> Value {
    let references: Vec<_> = components.iter().map(|component| &component["bom-ref"]).collect();
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": { "type": "application", "bom-ref": own, "name": name, "version": version, "licenses": [{ "expression": "MIT" }] },
        },
        "components": components,
        "dependencies": [{ "ref": own, "dependsOn": references }],
    })
}

fn address_of_crate(part: &Part) -> String {
    format!("pkg:cargo/{}@{}", part.name, part.version)
}

/// The page's packages come from npm, and so do models.
fn address_in_npm(part: &Part) -> String {
    format!("pkg:npm/{}@{}", part.name.replace('@', "%40"), part.version)
}

fn component(part: &Part, kind: &str, url: String) -> Value {
    let mut value = json!({ "type": kind, "bom-ref": url, "name": part.name, "version": part.version, "purl": url });
    if !part.licence.is_empty() {
        // Cargo allowed a slash for OR.
        value["licenses"] = json!([{ "expression": part.licence.replace('/', " OR ") }]);
    }
    if let Some(hash) = &part.hash {
        value["hashes"] = json!([{ "alg": algorithm(hash), "content": hash }]);
    }
    value
}

/// By which a hash in hexadecimal was made: Cargo's and ours have 256 bits, those of npm 512.
fn algorithm(hash: &str) -> &'static str {
    if hash.len() == 128 { "SHA-512" } else { "SHA-256" }
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
            hash: Some("ab".into()),
            ..Part::default()
        };
        let library = Library {
            part: Part { name: "libb".into(), version: "1.0-1+deb12u1".into(), ..Part::default() },
            address: "pkg:deb/debian/libb@1.0-1%2Bdeb12u1?arch=source".into(),
        };
        let list = program("0.1.0", &[part], &[library], &super::super::parts::models().unwrap());
        let component = &list["components"][0];
        assert_eq!(component["purl"], "pkg:cargo/a@1.0.0");
        assert_eq!(component["licenses"][0]["expression"], "MIT OR Apache-2.0");
        assert_eq!(component["hashes"][0]["content"], "ab");
        assert_eq!(list["dependencies"][0]["dependsOn"][0], component["bom-ref"]);
        let library = &list["components"][1];
        assert_eq!((library["type"].as_str(), library["version"].as_str()), (Some("library"), Some("1.0-1+deb12u1")));
        assert_eq!(library["purl"], "pkg:deb/debian/libb@1.0-1%2Bdeb12u1?arch=source");
        let model = &list["components"][2];
        assert_eq!(model["type"], "machine-learning-model");
        assert_eq!(model["purl"], "pkg:npm/%40mediapipe/selfie_segmentation@0.1.1675465747");
        assert_eq!(model["hashes"][0]["content"].as_str().map(str::len), Some(64));
        assert_eq!(list["dependencies"][0]["dependsOn"][2], model["bom-ref"]);
    }

    #[test]
    fn a_package_of_the_page_has_its_address_licence_and_hash() {
        let part = Part {
            name: "@scope/a".into(),
            version: "1.0.0".into(),
            licence: "MIT".into(),
            hash: Some("ab".repeat(64)),
            ..Part::default()
        };
        let list = page("0.1.0", &[part]);
        let component = &list["components"][0];
        assert_eq!(component["name"], "@scope/a");
        assert_eq!(component["purl"], "pkg:npm/%40scope/a@1.0.0");
        assert_eq!(component["licenses"][0]["expression"], "MIT");
        assert_eq!(component["hashes"][0]["alg"], "SHA-512");
        assert_eq!(list["metadata"]["component"]["bom-ref"], list["dependencies"][0]["ref"]);
        assert_eq!(list["dependencies"][0]["dependsOn"][0], component["bom-ref"]);
    }
}
