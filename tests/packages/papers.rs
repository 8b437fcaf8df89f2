//! What lies beside the program: notices, lists of parts, and what desktops and Debian's own checks say.

use crate::{VERSION, package, run_folder};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

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
        assert!(urls.iter().all(|url| url.starts_with("pkg:cargo/") || url.starts_with("pkg:npm/")), "{urls:?}");
        // Whoever is in the list is in the notices.
        for one in components {
            let name = one["name"].as_str().expect("a name");
            let group = one["group"].as_str().map(|group| format!("{group}/")).unwrap_or_default();
            let line = format!("\n{group}{name} {}: ", one["version"].as_str().expect("a version"));
            assert!(notices.contains(&line), "{line}");
        }
    }
    let hashed =
        crates["components"].as_array().expect("components").iter().all(|one| one["hashes"][0]["alg"] == "SHA-256");
    assert!(hashed, "a crate without its hash");
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
