//! The package of Fedora and SUSE. None of their systems can be had here: it is installed by rpm itself into a Debian that has the same
//! libraries, and what it asks for is looked up there by the names of the libraries, as rpm's own resolver does.

use crate::{VERSION, is_at_most, next_version, package, run_folder};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use visavis_tests::machines::image::{Image, Recipe};
use visavis_tests::machines::root::Root;

const NAME: &str = "visavis-@-1.x86_64.rpm";
/// What the libraries are called by on Debian.
const LIBRARIES: [&str; 4] = ["libwebkit2gtk-4.1-0", "libgtk-3-0", "libasound2", "rpm"];

fn query(file: &Path, what: &str) -> BTreeSet<String> {
    let output = Command::new("rpm").args(["-qp", what]).arg(file).output().expect("rpm");
    String::from_utf8(output.stdout).expect("text").lines().map(str::to_owned).collect()
}

#[test]
fn it_is_installed_upgraded_and_removed_by_rpm() {
    let (old, new) = (package(NAME, VERSION), package(NAME, &next_version()));
    is_at_most(&old, 12.0);
    let files = query(&old, "-l");
    for path in [
        "/usr/bin/visavis",
        "/usr/share/applications/eu.visavis.client.desktop",
        "/usr/share/metainfo/eu.visavis.client.metainfo.xml",
        "/usr/share/icons/hicolor/scalable/apps/eu.visavis.client.svg",
        "/etc/visavis/policies/managed",
        "/usr/share/doc/visavis/THIRD-PARTY.txt.gz",
    ] {
        assert!(files.contains(path), "{path} is missing: {files:?}");
    }

    let run = run_folder("rpm", &[&old, &new]);
    let file = |version: &str| run.join(NAME.replace('@', version)).display().to_string();
    let mut root = Root::fresh(
        &Image::install(&Recipe::of_machine("rpm", &LIBRARIES).expect("apt's sources")).expect("a Debian"),
        &run,
    )
    .expect("a copy");
    root.offline(true);
    // Every library that it asks for is one that the loader finds.
    let found = root.shell("ldconfig -p").expect("ldconfig");
    let needed: Vec<_> =
        query(&old, "-R").into_iter().filter(|name| name.contains(".so.") || name.starts_with("lib")).collect();
    assert!(needed.iter().any(|name| name.starts_with("libwebkit2gtk-4.1.so.0()")), "{needed:?}");
    for name in &needed {
        let library = name.split('(').next().expect("a name");
        assert!(found.contains(&format!("{library} ")) || library.starts_with("ld-linux"), "{library} in {found}");
    }

    root.shell("rpm --initdb").expect("rpm");
    let before = root.files().expect("a listing");
    // Debian's own packages are none to rpm: what they hold was looked up above.
    root.shell(&format!("rpm -i --nodeps {}", file(VERSION))).expect("installed");
    assert_eq!(root.shell("rpm -V --nodeps visavis").expect("verified"), "");
    assert_eq!(root.shell("visavis --version").expect("runs").trim(), format!("visavis {VERSION}"));
    root.shell("echo '{}' > /etc/visavis/policies/managed/ours.json").expect("a policy");
    root.shell(&format!("rpm -U --nodeps {}", file(&next_version()))).expect("upgraded");
    assert_eq!(root.shell("rpm -q --qf '%{VERSION}' visavis").expect("rpm"), next_version());
    root.shell("rpm -e visavis").expect("removed");
    assert!(
        root.shell("test -e /etc/visavis/policies/managed/ours.json").is_ok(),
        "what the administrator wrote is theirs"
    );
    root.shell("rm -r /etc/visavis").expect("the policy is taken back");
    let after = root.files().expect("a listing");
    // Those that every system of rpm has from the start (its package `filesystem`), and this Debian has not.
    let common = ["/usr/share/applications", "/usr/share/metainfo"];
    let is_ours = |path: &&String| !path.contains("/rpm") && !common.contains(&path.as_str());
    let left: Vec<_> = after.difference(&before).filter(is_ours).collect();
    assert!(left.is_empty(), "left behind: {left:?}");
}
