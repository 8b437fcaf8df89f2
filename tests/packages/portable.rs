//! The archives: unpacked anywhere, run from there.

use crate::{VERSION, package, run_folder};
use std::path::Path;
use std::process::Command;
use visavis_tests::machines::wine::Wine;

/// Markers and papers beside the program.
fn is_whole(folder: &Path, program: &str) {
    for name in [program, "visavis-portable.txt", "LICENSE.txt", "THIRD-PARTY.txt", "visavis.cdx.json", "page.cdx.json"]
    {
        assert!(folder.join(name).is_file(), "{name} is missing");
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

#[test]
fn the_archive_for_windows_runs_where_it_is_unpacked() {
    let archive = package("visavis-@-windows-x64.zip", VERSION);
    let run = run_folder("portable-windows", &[]);
    let unzip = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])";
    assert!(Command::new("python3").args(["-c", unzip]).arg(archive).arg(&run).status().expect("python3").success());
    let folder = run.join(format!("visavis-{VERSION}-windows-x64"));
    is_whole(&folder, "visavis.exe");
    assert!(folder.join("WebView2Loader.dll").is_file());
    let wine = Wine::fresh(&run).expect("a Windows");
    let said = wine.run(&[&folder.join("visavis.exe").to_string_lossy(), "--version"]).expect("wine");
    assert_eq!(String::from_utf8_lossy(&said.stdout).trim(), format!("visavis {VERSION}"));
}
