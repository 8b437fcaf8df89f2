//! Who may depend on whom (docs/ARCHITECTURE.md, "The house").

use super::metadata::{Metadata, Package};

/// Our crates, each with those of ours that it may depend on.
const EDGES: &[(&str, &[&str])] = &[
    ("visavis-model", &[]),
    ("visavis-media", &["visavis-model"]),
    ("visavis-provider", &["visavis-model", "visavis-media"]),
    ("visavis-calendar", &[]),
    ("visavis-transport", &["visavis-model", "visavis-media", "visavis-provider"]),
    ("visavis-audio", &["visavis-model", "visavis-media"]),
    ("visavis-video", &["visavis-model", "visavis-media"]),
    ("visavis-settings", &["visavis-model", "visavis-provider"]),
    ("visavis-diagnostics", &["visavis-model"]),
    ("visavis-update", &[]),
    (
        "visavis-engine",
        &[
            "visavis-model",
            "visavis-media",
            "visavis-provider",
            "visavis-transport",
            "visavis-audio",
            "visavis-video",
            "visavis-settings",
            "visavis-diagnostics",
            "visavis-calendar",
            "visavis-update",
        ],
    ),
    (
        "visavis",
        &[
            "visavis-model",
            "visavis-media",
            "visavis-provider",
            "visavis-video",
            "visavis-engine",
            "visavis-settings",
            "visavis-diagnostics",
            "visavis-calendar",
            "visavis-update",
        ],
    ),
    ("visavis-testkit", &["visavis-model", "visavis-media"]),
    ("visavis-tests", &["visavis-model", "visavis-media", "visavis-testkit", "visavis-update"]),
    ("xtask", &["visavis-model", "visavis-testkit", "visavis-tests", "visavis-update"]),
];

/// Pure crates read no clock, start nothing and open nothing.
const PURE: &[&str] = &["visavis-model", "visavis-media", "visavis-provider", "visavis-calendar"];
/// Device crates run on threads of the engine, not on a runtime.
const DEVICE: &[&str] = &["visavis-audio", "visavis-video"];
/// Not linked into a pure crate, not even through others.
const NOT_IN_PURE: &[&str] = &[
    "tokio",
    "mio",
    "async-std",
    "smol",
    "reqwest",
    "ureq",
    "hyper",
    "tokio-tungstenite",
    "webrtc",
    "rtc",
    "cpal",
    "nokhwa",
    "tauri",
    "gtk",
];
/// Not in the manifest of a device crate.
const NOT_IN_DEVICE: &[&str] = &["tokio", "tokio-tungstenite", "webrtc", "rtc", "tauri", "gtk"];
/// Only the composition root knows these.
const ONLY_IN_ROOT: &[&str] = &["tauri", "tauri-build", "gtk", "webkit2gtk", "wry"];
const ROOT: &str = "visavis";
/// Tests, demo and benches; nothing that ships.
const DEVELOPMENT: &[&str] = &["visavis-testkit", "visavis-tests", "xtask"];
/// Crates whose minor versions break: exact.
const EXACT: &[&str] = &["webrtc", "rtc", "livekit-protocol"];

/// A sentence for every breach.
pub fn check(metadata: &Metadata) -> Vec<String> {
    let mut breaches = Vec::new();
    for package in metadata.members() {
        breaches.extend(edges(package, metadata));
        breaches.extend(pins(package));
        if package.name != ROOT {
            breaches.extend(forbidden(package, ONLY_IN_ROOT, "only the composition root may"));
        }
        if DEVICE.contains(&package.name.as_str()) {
            breaches.extend(forbidden(package, NOT_IN_DEVICE, "a device crate may not"));
        }
        if PURE.contains(&package.name.as_str()) {
            let linked = metadata.linked(package);
            let found = NOT_IN_PURE.iter().filter(|name| linked.contains(**name));
            breaches.extend(found.map(|name| format!("{} is pure and links {name}", package.name)));
        }
    }
    breaches
}

fn edges(package: &Package, metadata: &Metadata) -> Vec<String> {
    let Some((_, allowed)) = EDGES.iter().find(|(name, _)| *name == package.name) else {
        return vec![format!("{} has no place in the house: add it to tidy's table of edges", package.name)];
    };
    let ours: Vec<_> = metadata.members().map(|member| member.name.as_str()).collect();
    let is_development = |name: &str| DEVELOPMENT.contains(&name);
    package
        .dependencies
        .iter()
        .filter(|dependency| ours.contains(&dependency.name.as_str()))
        .filter(|dependency| {
            let for_tests = dependency.kind.as_deref() == Some("dev") && is_development(&dependency.name);
            !for_tests && !allowed.contains(&dependency.name.as_str())
        })
        .map(|dependency| format!("{} may not depend on {}", package.name, dependency.name))
        .collect()
}

fn forbidden(package: &Package, names: &[&str], why: &str) -> Vec<String> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind.is_none() && names.contains(&dependency.name.as_str()))
        .map(|dependency| format!("{} depends on {}: {why}", package.name, dependency.name))
        .collect()
}

fn pins(package: &Package) -> Vec<String> {
    package
        .dependencies
        .iter()
        .filter(|dependency| EXACT.contains(&dependency.name.as_str()) && !dependency.req.starts_with('='))
        .map(|dependency| format!("{} asks for {} {}: must be exact", package.name, dependency.name, dependency.req))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// A dependency, its kind and its requirement.
    type Line<'a> = (&'a str, Option<&'a str>, &'a str);

    /// Made-up metadata: `(crate, [(dependency, kind, requirement)])`; crates of ours are the members.
    fn made_up(crates: &[(&str, &[Line<'_>])]) -> Metadata {
        let packages: Vec<Value> = crates
            .iter()
            .map(|(name, dependencies)| {
                let dependencies: Vec<_> = dependencies
                    .iter()
                    .map(|(name, kind, req)| json!({ "name": name, "kind": kind, "req": req }))
                    .collect();
                json!({ "id": name, "name": name, "dependencies": dependencies })
            })
            .collect();
        let nodes: Vec<Value> = crates
            .iter()
            .map(|(name, dependencies)| {
                let deps: Vec<_> = dependencies
                    .iter()
                    .map(|(name, kind, _)| json!({ "pkg": name, "dep_kinds": [{ "kind": kind }] }))
                    .collect();
                json!({ "id": name, "deps": deps })
            })
            .collect();
        let members: Vec<_> = crates
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| name.starts_with("visavis") || *name == "xtask")
            .collect();
        serde_json::from_value(
            json!({ "packages": packages, "workspace_members": members, "resolve": { "nodes": nodes } }),
        )
        .unwrap()
    }

    #[test]
    fn the_house_as_drawn_is_allowed() {
        let metadata = made_up(&[
            ("visavis-model", &[("serde", None, "^1")]),
            ("visavis-media", &[("visavis-model", None, "*")]),
            (
                "visavis-transport",
                &[("visavis-provider", None, "*"), ("webrtc", None, "=0.21.1"), ("tokio", None, "^1")],
            ),
            ("visavis-provider", &[("visavis-media", None, "*"), ("visavis-testkit", Some("dev"), "*")]),
            ("visavis-testkit", &[("visavis-model", None, "*")]),
            ("visavis", &[("tauri", None, "^2"), ("visavis-engine", None, "*")]),
            ("visavis-engine", &[("visavis-transport", None, "*")]),
        ]);
        assert_eq!(check(&metadata), Vec::<String>::new());
    }

    #[test]
    fn an_edge_against_the_direction_is_found() {
        let metadata = made_up(&[
            ("visavis-model", &[("visavis-media", None, "*")]),
            ("visavis-media", &[]),
            ("visavis-audio", &[("visavis-transport", None, "*")]),
            ("visavis-transport", &[]),
        ]);
        assert_eq!(
            check(&metadata),
            ["visavis-model may not depend on visavis-media", "visavis-audio may not depend on visavis-transport"]
        );
    }

    #[test]
    fn tokio_is_found_behind_another_crate() {
        let metadata = made_up(&[
            ("visavis-provider", &[("wire", None, "^1")]),
            ("wire", &[("tokio", None, "^1")]),
            ("tokio", &[]),
            ("visavis-media", &[("wire", Some("dev"), "^1")]),
            ("visavis-video", &[("tokio", None, "^1")]),
        ]);
        assert_eq!(
            check(&metadata),
            ["visavis-provider is pure and links tokio", "visavis-video depends on tokio: a device crate may not"]
        );
    }

    #[test]
    fn the_testkit_ships_with_nothing() {
        let metadata = made_up(&[("visavis-engine", &[("visavis-testkit", None, "*")]), ("visavis-testkit", &[])]);
        assert_eq!(check(&metadata), ["visavis-engine may not depend on visavis-testkit"]);
    }

    #[test]
    fn tauri_lives_in_the_root_alone() {
        let metadata = made_up(&[("visavis-engine", &[("tauri", None, "^2")])]);
        assert_eq!(check(&metadata), ["visavis-engine depends on tauri: only the composition root may"]);
    }

    #[test]
    fn loose_pins_and_unknown_crates_are_found() {
        let metadata = made_up(&[("visavis-transport", &[("rtc", None, "^0.21")]), ("visavis-utils", &[])]);
        let breaches = check(&metadata);
        assert_eq!(breaches[0], "visavis-transport asks for rtc ^0.21: must be exact");
        assert!(breaches[1].starts_with("visavis-utils has no place in the house"));
    }
}
