//! What a program is made of: every crate, model and package of the page that ends up in it, with version and licence.

use crate::tools::{self, TaskError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use visavis_tests::places;

/// Something of others that is in the program.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    pub name: String,
    pub version: String,
    /// As an SPDX expression, where it says.
    pub licence: String,
    /// Where its sources lie on this machine.
    pub folder: PathBuf,
    /// SHA-256 of its archive (of a model: of itself; of a package of the page: SHA-512), in hexadecimal.
    pub hash: Option<String>,
    /// Who wrote it, without addresses, where it says.
    pub authors: Vec<String>,
    /// Where it is written, where it says.
    pub repository: Option<String>,
    /// Where everybody finds the sources of this very version.
    pub sources: String,
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
    #[serde(default)]
    authors: Vec<String>,
    repository: Option<String>,
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
            authors: package.authors.iter().map(|author| without_address(author)).collect(),
            repository: package.repository.clone(),
            sources: format!("https://crates.io/crates/{}/{}", package.name, package.version),
        })
        .collect();
    parts.sort();
    parts
}

/// `Name <address>` without the address.
fn without_address(author: &str) -> String {
    author.split('<').next().unwrap_or_default().trim().to_owned()
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
    let hash = hexadecimal(&Sha256::digest(std::fs::read(folder.join("selfie.bin"))?));
    let (name, version) = ("@mediapipe/selfie_segmentation", "0.1.1675465747");
    Ok(vec![Part {
        name: name.into(),
        version: version.into(),
        licence: "Apache-2.0".into(),
        folder,
        hash: Some(hash),
        sources: package_of_npm(name, version),
        ..Part::default()
    }])
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn package_of_npm(name: &str, version: &str) -> String {
    format!("https://www.npmjs.com/package/{name}/v/{version}")
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
    /// `sha512-` and the hash in base64; several may stand there, parted by blanks.
    #[serde(default)]
    integrity: String,
    #[serde(default)]
    dev: bool,
    #[serde(default, rename = "devOptional")]
    dev_optional: bool,
    #[serde(default)]
    optional: bool,
}

/// The packages of the page. Left out is what its development alone needs, and what is there because another package could make use of it
/// (types, TypeScript, a program for each system): nothing of these is in what is built.
///
/// # Errors
/// The lock file cannot be read.
pub fn page() -> Result<Vec<Part>, TaskError> {
    let folder = places::repository().join("ui");
    let lock: PageLock = serde_json::from_slice(&std::fs::read(folder.join("package-lock.json"))?)?;
    Ok(listed(&lock, &folder))
}

fn listed(lock: &PageLock, folder: &Path) -> Vec<Part> {
    let shipped = |package: &PagePackage| !package.dev && !package.dev_optional && !package.optional;
    let packages = lock.packages.iter().filter(|(path, package)| !path.is_empty() && shipped(package));
    let part = |(path, package): (&String, &PagePackage)| {
        let name = path.rsplit_once("node_modules/").map_or(path.as_str(), |(_, name)| name);
        Part {
            name: name.to_owned(),
            version: package.version.clone(),
            licence: package.license.as_str().unwrap_or_default().to_owned(),
            folder: folder.join(path),
            hash: sha512(&package.integrity),
            sources: package_of_npm(name, &package.version),
            ..Part::default()
        }
    };
    let mut parts: Vec<_> = packages.map(part).collect();
    parts.sort();
    // The same one may lie in several places.
    parts.dedup_by(|one, other| (&one.name, &one.version) == (&other.name, &other.version));
    parts
}

/// The SHA-512 of an `integrity`, in hexadecimal.
fn sha512(integrity: &str) -> Option<String> {
    let text = integrity.split_whitespace().find_map(|hash| hash.strip_prefix("sha512-"))?;
    Some(hexadecimal(&STANDARD.decode(text).ok()?))
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
                    "authors": ["Ada <ada@example.org>"], "repository": "https://example.org/a",
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
        assert_eq!(parts[0].authors, ["Ada"]);
        assert_eq!(parts[0].repository.as_deref(), Some("https://example.org/a"));
        assert_eq!(parts[0].sources, "https://crates.io/crates/a/1.0.0");
    }

    #[test]
    fn what_development_alone_needs_is_no_part_of_the_page() {
        let lock = json!({ "packages": {
            "": { "version": "0.1.0" },
            "node_modules/@scope/a": { "version": "1.0.0", "license": "MIT", "integrity": "sha1-AA== sha512-/wA=" },
            "node_modules/b": { "version": "1.0.0", "license": "MIT", "peer": true },
            "node_modules/@scope/a/node_modules/b": { "version": "1.0.0", "license": "MIT" },
            "node_modules/@scope/a/node_modules/c": { "version": "2.0.0", "license": "MIT" },
            "node_modules/tool": { "version": "1.0.0", "dev": true },
            "node_modules/types": { "version": "1.0.0", "devOptional": true },
            "node_modules/for-another-system": { "version": "1.0.0", "optional": true },
        } });
        let parts = listed(&serde_json::from_value(lock).unwrap(), Path::new("/ui"));
        assert_eq!(parts.iter().map(|part| part.name.as_str()).collect::<Vec<_>>(), ["@scope/a", "b", "c"]);
        assert_eq!(parts[0].hash.as_deref(), Some("ff00"));
        assert_eq!(parts[0].sources, "https://www.npmjs.com/package/@scope/a/v/1.0.0");
        assert_eq!(parts[2].folder, Path::new("/ui/node_modules/@scope/a/node_modules/c"));
    }

    #[test]
    fn everything_that_the_page_asks_for_is_a_part_with_its_hash() {
        let parts = page().unwrap();
        let asked = std::fs::read(places::repository().join("ui/package.json")).unwrap();
        let asked: serde_json::Value = serde_json::from_slice(&asked).unwrap();
        for name in asked["dependencies"].as_object().unwrap().keys() {
            assert!(parts.iter().any(|part| part.name == *name), "{name}");
        }
        assert!(parts.iter().all(|part| part.hash.as_ref().is_some_and(|hash| hash.len() == 128)));
        assert!(!parts.iter().any(|part| part.name.starts_with("typescript") || part.name.starts_with("@types/")));
    }
}
