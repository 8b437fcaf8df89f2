//! What a program is made of: every crate, model and package of the page that ends up in it, with version and licence.

use crate::tools::{self, TaskError};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use visavis_tests::places;

/// Something of others that is in the program.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    pub name: String,
    pub version: String,
    /// As an SPDX expression, where it says.
    pub licence: String,
    /// Where its sources lie on this machine.
    pub folder: PathBuf,
    /// SHA-256 of its archive (of a model: of itself), in hexadecimal.
    pub hash: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    /// `null` for our own.
    source: Option<String>,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    kind: Option<String>,
}

/// The crates of others that are linked into `visavis` for this target, in order of their names.
///
/// # Errors
/// cargo does not tell.
pub fn crates(triple: &str) -> Result<Vec<Part>, TaskError> {
    let mut command = tools::cargo();
    command.args(["metadata", "--format-version", "1", "--locked", "--filter-platform", triple]);
    let text = tools::output(&mut command).ok_or_else(|| TaskError::Failed("cargo metadata".into()))?;
    let lock = std::fs::read_to_string(places::repository().join("Cargo.lock"))?;
    Ok(linked(&serde_json::from_str(&text)?, &hashes(&lock)))
}

fn linked(metadata: &Metadata, hashes: &BTreeMap<(String, String), String>) -> Vec<Part> {
    let packages: BTreeMap<_, _> = metadata.packages.iter().map(|package| (package.id.as_str(), package)).collect();
    let nodes: BTreeMap<_, _> = metadata.resolve.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    let mut seen = BTreeSet::new();
    let mut left: Vec<_> = metadata
        .packages
        .iter()
        .filter(|package| package.name == "visavis")
        .map(|package| package.id.as_str())
        .collect();
    while let Some(id) = left.pop() {
        // A macro runs in the compiler: neither it nor what it needs is shipped.
        let is_macro = |id: &str| {
            let kinds =
                packages.get(id).into_iter().flat_map(|package| &package.targets).flat_map(|target| &target.kind);
            kinds.into_iter().any(|kind| kind == "proc-macro")
        };
        if is_macro(id) || !seen.insert(id) {
            continue;
        }
        let edges = nodes.get(id).into_iter().flat_map(|node| &node.deps);
        left.extend(
            edges.filter(|edge| edge.dep_kinds.iter().any(|kind| kind.kind.is_none())).map(|edge| edge.pkg.as_str()),
        );
    }
    let mut parts: Vec<_> = seen
        .iter()
        .filter_map(|id| packages.get(id))
        .filter(|package| package.source.is_some())
        .map(|package| Part {
            name: package.name.clone(),
            version: package.version.clone(),
            licence: package.license.clone().unwrap_or_default(),
            folder: package.manifest_path.parent().unwrap_or(Path::new("")).to_owned(),
            hash: hashes.get(&(package.name.clone(), package.version.clone())).cloned(),
        })
        .collect();
    parts.sort();
    parts
}

/// The checksums of `Cargo.lock`, by name and version.
fn hashes(lock: &str) -> BTreeMap<(String, String), String> {
    let field = |block: &str, name: &str| {
        block
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \"")?.strip_suffix('"'))
            .map(str::to_owned)
    };
    let blocks = lock.split("[[package]]").skip(1);
    blocks
        .filter_map(|block| Some(((field(block, "name")?, field(block, "version")?), field(block, "checksum")?)))
        .collect()
}

/// What was learned by others and is in the program as numbers: it has no registry of crates, and so is written here. Its hash is that of
/// the file which is in the program.
///
/// # Errors
/// That cannot be read.
pub fn models() -> Result<Vec<Part>, TaskError> {
    let folder = places::repository().join("crates/video/model");
    let hash = Sha256::digest(std::fs::read(folder.join("selfie.bin"))?);
    Ok(vec![Part {
        name: "@mediapipe/selfie_segmentation".into(),
        version: "0.1.1675465747".into(),
        licence: "Apache-2.0".into(),
        folder,
        hash: Some(hash.iter().map(|byte| format!("{byte:02x}")).collect()),
    }])
}

#[derive(Deserialize)]
struct PageLock {
    packages: BTreeMap<String, PagePackage>,
}

#[derive(Deserialize)]
struct PagePackage {
    #[serde(default)]
    version: String,
    #[serde(default)]
    license: serde_json::Value,
    #[serde(default)]
    dev: bool,
}

/// The packages of the page, its development tools left out.
///
/// # Errors
/// The lock file cannot be read.
pub fn page() -> Result<Vec<Part>, TaskError> {
    let folder = places::repository().join("ui");
    let lock: PageLock = serde_json::from_slice(&std::fs::read(folder.join("package-lock.json"))?)?;
    let parts =
        lock.packages.iter().filter(|(path, package)| !path.is_empty() && !package.dev).map(|(path, package)| Part {
            name: path.rsplit_once("node_modules/").map_or(path.as_str(), |(_, name)| name).to_owned(),
            version: package.version.clone(),
            licence: package.license.as_str().unwrap_or_default().to_owned(),
            folder: folder.join(path),
            hash: None,
        });
    let mut parts: Vec<_> = parts.collect();
    parts.sort();
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_is_linked_is_a_part() {
        let package = |name: &str, ours: bool, kind: &str| {
            let source = if ours { serde_json::Value::Null } else { "registry".into() };
            json!({ "id": name, "name": name, "version": "1.0.0", "license": "MIT", "source": source,
                    "manifest_path": format!("/c/{name}/Cargo.toml"), "targets": [{ "kind": [kind] }] })
        };
        let node = |id: &str, deps: &[(&str, Option<&str>)]| {
            let deps: Vec<_> =
                deps.iter().map(|(pkg, kind)| json!({ "pkg": pkg, "dep_kinds": [{ "kind": kind }] })).collect();
            json!({ "id": id, "deps": deps })
        };
        let metadata = json!({
            "packages": [package("visavis", true, "bin"), package("a", false, "lib"), package("b", false, "lib"),
                         package("derive", false, "proc-macro"), package("syn", false, "lib"), package("cc", false, "lib")],
            "resolve": { "nodes": [
                node("visavis", &[("a", None), ("derive", None), ("cc", Some("build"))]),
                node("a", &[("b", None)]), node("b", &[("a", None)]), node("derive", &[("syn", None)]),
            ] }
        });
        let lock = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nchecksum = \"ab\"\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\n";
        let parts = linked(&serde_json::from_value(metadata).unwrap(), &hashes(lock));
        assert_eq!(parts.iter().map(|part| part.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(parts[0].hash.as_deref(), Some("ab"));
        assert_eq!(parts[0].folder, Path::new("/c/a"));
    }
}
