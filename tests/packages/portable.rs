//! The archives: unpacked anywhere, run from there.

use crate::{VERSION, package, run_folder};
use std::path::Path;
use std::process::Command;

/// Markers and papers beside the program.
pub fn is_whole(folder: &Path, program: &str) {
    for name in [program, "visavis-portable.txt", "LICENSE.txt", "THIRD-PARTY.txt", "visavis.cdx.json", "page.cdx.json"]
    {
        assert!(folder.join(name).is_file(), "{name} is missing");
    }
}

#[test]
fn who_writes_policies_gets_the_templates() {
    let archive = package("visavis-@-policy.zip", VERSION);
    let run = run_folder("policy", &[]);
    let unzip = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])";
    assert!(Command::new("python3").args(["-c", unzip]).arg(archive).arg(&run).status().expect("python3").success());
    let folder = run.join(format!("visavis-{VERSION}-policy"));
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_else(|_| panic!("{name} is missing"));
    for (name, words) in [
        ("policy.md", "# Managing Visavis by policy"),
        ("policy.schema.json", "\"ServerURL\""),
        ("macos/visavis.mobileconfig", "<key>ServerURL</key>"),
        ("windows/visavis.admx", "policyDefinitions"),
        ("windows/en-US/visavis.adml", "policyDefinitionResources"),
        ("windows/fr-FR/visavis.adml", "policyDefinitionResources"),
    ] {
        assert!(read(name).contains(words), "{words} in {name}");
    }
}

#[test]
fn the_archive_for_linux_runs_where_it_is_unpacked() {
    let archive = package("visavis-@-linux-x86_64.tar.gz", VERSION);
    let run = run_folder("portable-linux", &[]);
    assert!(Command::new("tar").arg("-xzf").arg(archive).current_dir(&run).status().expect("tar").success());
    let folder = run.join(format!("visavis-{VERSION}-linux-x86_64"));
    is_whole(&folder, "visavis");
    let said = Command::new(folder.join("visavis")).arg("--version").output().expect("runs");
    assert_eq!(String::from_utf8_lossy(&said.stdout).trim(), format!("visavis {VERSION}"));
}
