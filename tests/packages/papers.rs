//! What lies beside the program: notices, lists of parts, and what desktops and Debian's own checks say.

use crate::{VERSION, package, run_folder};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use visavis_tests::places;

const NAME: &str = "visavis_@_amd64.deb";

fn run(command: &mut Command) -> String {
    let output = command.output().expect("installed");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {text}");
    text
}

/// The package, unpacked.
fn unpacked(test: &str) -> PathBuf {
    let deb = package(NAME, VERSION);
    let folder = run_folder(test, &[]);
    run(Command::new("dpkg-deb").arg("-x").arg(deb).arg(&folder));
    folder
}

fn gunzip(file: &Path) -> String {
    run(Command::new("gzip").arg("-dc").arg(file))
}

/// Who looks for faults finds a library that no crate brings, with its whole version and its sum.
pub fn is_listed(list: &Value, name: &str, address: &str) {
    let found = list["components"].as_array().expect("components").iter().find(|one| one["name"] == name);
    let found = found.unwrap_or_else(|| panic!("{name} is in no list"));
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let (version, url) = (text(&found["version"]), text(&found["purl"]));
    let whole = format!("@{}", version.replace('+', "%2B"));
    assert!(url.contains(&whole) && url.contains(address), "{url}");
    assert!(version.len() > "1.12.0".len(), "{name} {version} is not its whole version");
    assert_eq!(found["hashes"][0]["content"].as_str().map(str::len), Some(64), "{found}");
}

#[test]
fn everybody_whose_work_is_in_it_is_named() {
    let doc = unpacked("papers").join("usr/share/doc/visavis");
    let notices = gunzip(&doc.join("THIRD-PARTY.txt.gz"));
    for words in [
        "OpenH264 Video Codec provided by Cisco Systems, Inc.",
        "Copyright (c) 2010, The WebM Project authors",
        "openh264-sys2 ",
        "opusic-sys ",
        "webrtc 0.21.1",
        "react-dom ",
        "SIL OPEN FONT LICENSE",
        "Apache License",
        // A crate that brings no text, and where the sources of one are that wants it told.
        "Copyright (c) Ralf Biedert and contributors (https://github.com/ralfbiedert/openh264-rs)",
        "    Its source code, under the same licence, is at https://crates.io/crates/cssparser/",
    ] {
        assert!(notices.contains(words), "{words}");
    }
    let list = |name: &str| -> Value { serde_json::from_str(&gunzip(&doc.join(name))).expect("JSON") };
    let crates = list("visavis.cdx.json.gz");
    let page = list("page.cdx.json.gz");
    for (list, least) in [(&crates, 200), (&page, 10)] {
        assert_eq!((list["bomFormat"].as_str(), list["specVersion"].as_str()), (Some("CycloneDX"), Some("1.5")));
        let components = list["components"].as_array().expect("components");
        assert!(components.len() > least, "{}", components.len());
        let urls: Vec<_> = components.iter().map(|one| one["purl"].as_str().expect("an address")).collect();
        let known = ["pkg:cargo/", "pkg:npm/", "pkg:deb/"];
        assert!(urls.iter().all(|url| known.iter().any(|start| url.starts_with(start))), "{urls:?}");
        // Whoever is in the list is in the notices.
        for one in components {
            let name = one["name"].as_str().expect("a name");
            let group = one["group"].as_str().map(|group| format!("{group}/")).unwrap_or_default();
            let line = format!("\n{group}{name} {}: ", one["version"].as_str().expect("a version"));
            assert!(notices.contains(&line), "{line}");
        }
    }
    for (list, algorithm) in [(&crates, "SHA-256"), (&page, "SHA-512")] {
        let mut components = list["components"].as_array().expect("components").iter();
        assert!(components.all(|one| one["hashes"][0]["alg"] == algorithm), "a part without its hash");
    }
    is_listed(&crates, "libvpx", "?arch=source&distro=");
    // And the other way round, with all that the page is made with.
    let (_, named) = notices.split_once("\nPackages of the page\n\n").expect("a heading");
    let named = named.split("\n\n").next().unwrap_or_default().lines().filter_map(|line| line.split_once(": "));
    let named: BTreeSet<_> = named.map(|(part, _)| part.to_owned()).collect();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let components = page["components"].as_array().expect("components").iter();
    let listed: BTreeSet<_> =
        components.map(|one| format!("{} {}", text(&one["name"]), text(&one["version"]))).collect();
    assert_eq!(named, listed);
    let asked = std::fs::read(places::repository().join("ui/package.json")).expect("the page's package");
    let asked: Value = serde_json::from_slice(&asked).expect("JSON");
    for (name, version) in asked["dependencies"].as_object().expect("dependencies") {
        assert!(listed.contains(&format!("{name} {}", text(version))), "{name}");
    }
    // Everybody's text, or its number, stands behind their name.
    let parts = notices.lines().take_while(|line| !line.starts_with('─'));
    let parts = parts.skip_while(|line| *line != "Crates of Rust").filter(|line| line.contains(": "));
    for line in parts.filter(|line| !line.starts_with("    ")) {
        assert!(line.ends_with(']'), "{line}");
    }
}

#[test]
fn desktops_and_debian_find_nothing_wrong() {
    let folder = unpacked("papers-checks");
    let entry = folder.join("usr/share/applications/eu.visavis.client.desktop");
    run(Command::new("desktop-file-validate").arg(&entry));
    // Behind the dashes nothing that a link says is an option.
    let entry = std::fs::read_to_string(entry).expect("a desktop entry");
    assert!(entry.contains("\nExec=visavis -- %u\n"), "{entry}");
    let metainfo = folder.join("usr/share/metainfo/eu.visavis.client.metainfo.xml");
    run(Command::new("appstreamcli").args(["validate", "--no-net", "--pedantic"]).arg(metainfo));
    let lintian = ["--fail-on", "error,warning", "--allow-root", "--no-cfg"];
    run(Command::new("lintian").args(lintian).arg(package(NAME, VERSION)));
}
