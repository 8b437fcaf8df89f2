//! What `cargo metadata --format-version 1` says, as far as the rings need it.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Deserialize)]
pub struct Metadata {
    pub packages: Vec<Package>,
    pub workspace_members: Vec<String>,
    pub resolve: Resolve,
}

#[derive(Debug, Deserialize)]
pub struct Package {
    pub id: String,
    pub name: String,
    pub dependencies: Vec<Dependency>,
}

/// A line of a manifest.
#[derive(Debug, Deserialize)]
pub struct Dependency {
    pub name: String,
    /// The version requirement, as in `^1.2`.
    pub req: String,
    /// `null` for an ordinary one, `dev`, `build`.
    pub kind: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Resolve {
    pub nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
pub struct Node {
    pub id: String,
    pub deps: Vec<Edge>,
}

#[derive(Debug, Deserialize)]
pub struct Edge {
    pub pkg: String,
    pub dep_kinds: Vec<EdgeKind>,
}

#[derive(Debug, Deserialize)]
pub struct EdgeKind {
    pub kind: Option<String>,
}

impl Metadata {
    /// Our own crates.
    pub fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id))
    }

    /// Every crate that is linked into `package`, itself not included: ordinary dependencies and theirs.
    pub fn linked(&self, package: &Package) -> BTreeSet<&str> {
        let nodes: BTreeMap<_, _> = self.resolve.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
        let names: BTreeMap<_, _> =
            self.packages.iter().map(|package| (package.id.as_str(), package.name.as_str())).collect();
        let mut found = BTreeSet::new();
        let mut left = vec![package.id.as_str()];
        while let Some(id) = left.pop() {
            for edge in nodes.get(id).map_or(&[][..], |node| &node.deps) {
                if edge.dep_kinds.iter().any(|kind| kind.kind.is_none()) && found.insert(edge.pkg.as_str()) {
                    left.push(&edge.pkg);
                }
            }
        }
        found.into_iter().filter_map(|id| names.get(id).copied()).collect()
    }
}
