//! The package of Fedora, Red Hat and SUSE.

use super::layout::{self, Entry};
use super::release::{self, Release};
use crate::tools::{self, TaskError};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

pub const PACKAGES: &[&str] = &["rpm"];
/// The administrator's folders: the package's own, so that they are there and go when they are empty.
const FOLDERS: [&str; 4] =
    ["/etc/visavis", "/etc/visavis/policies", "/etc/visavis/policies/managed", "/etc/visavis/policies/recommended"];

/// Builds the package and says where it is. Its dependencies are the names of the shared libraries, which `rpmbuild` finds.
///
/// # Errors
/// rpmbuild is missing or refuses.
pub fn build(release: &Release, entries: &[Entry]) -> Result<PathBuf, TaskError> {
    let (source, top) = (layout::staging("rpm"), layout::staging("rpmbuild"));
    layout::write(entries, &source, release)?;
    for folder in FOLDERS {
        std::fs::create_dir_all(source.join(&folder[1..]))?;
    }
    layout::settle(&source, release)?;
    std::fs::create_dir_all(&top)?;
    let file = top.join("visavis.spec");
    std::fs::write(&file, spec(release, entries)?)?;
    let mut command = Command::new("rpmbuild");
    command.args(["--quiet", "-bb", "--target", "x86_64", "--buildroot"]).arg(top.join("root"));
    let definitions = [
        ("_topdir", top.display().to_string()),
        ("visavis_files", source.display().to_string()),
        ("_rpmdir", release::folder().display().to_string()),
        ("_rpmfilename", "%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm".into()),
        // The same octets on every machine and at every time.
        ("_buildhost", "localhost".into()),
        ("use_source_date_epoch_as_buildtime", "1".into()),
        ("clamp_mtime_to_source_date_epoch", "1".into()),
        ("source_date_epoch_from_changelog", "0".into()),
        // Understood by every rpm that is in use.
        ("_binary_payload", "w6.xzdio".into()),
    ];
    for (key, value) in definitions {
        command.arg("--define").arg(format!("{key} {value}"));
    }
    command.env("SOURCE_DATE_EPOCH", release.epoch.to_string()).arg(&file);
    tools::run(command.stdout(std::process::Stdio::null()))?;
    Ok(release::folder().join(format!("visavis-{}-1.x86_64.rpm", release.version)))
}

fn spec(release: &Release, entries: &[Entry]) -> Result<String, TaskError> {
    let mut text = release.template("linux/visavis.spec")?.replace("@MAINTAINER@", &release::maintainer());
    for folder in FOLDERS {
        let _ = writeln!(text, "%dir %attr(0755, root, root) {folder}");
    }
    // Ours alone; all others are the system's.
    text.push_str("%dir %attr(0755, root, root) /usr/share/doc/visavis\n");
    let mut paths: Vec<_> = entries.iter().map(|entry| (entry.path.as_str(), entry.mode)).collect();
    paths.sort_unstable();
    for (path, mode) in paths {
        let kind = if path.contains("/share/doc/") { "%doc " } else { "" };
        let _ = writeln!(text, "%attr({mode:04o}, root, root) {kind}/{path}");
    }
    Ok(text)
}
