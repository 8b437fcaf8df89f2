//! The package of Debian and Ubuntu.

use super::layout::{self, Entry};
use super::release::{self, Release, gzip, installer};
use super::shipped::Program;
use crate::tools::{self, TaskError};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What building one needs besides the compiler.
pub const PACKAGES: &[&str] = &["dpkg-dev", "desktop-file-utils", "appstream", "lintian"];
/// Sound goes by PulseAudio's protocol, or by ALSA where nobody speaks it; links are opened by xdg-open; the keyring and WebKit speak D-Bus. GLib's programs
/// find who opens `visavis:` in a list that desktop-file-utils writes.
const RECOMMENDS: &str = "default-dbus-session-bus | dbus-session-bus, desktop-file-utils, pipewire-pulse | pulseaudio, xdg-desktop-portal, \
     xdg-utils";
const SUGGESTS: &str = "gnome-keyring | keepassxc | kwalletmanager";

/// Builds the package and says where it is.
///
/// # Errors
/// A tool is missing or refuses.
pub fn build(release: &Release, program: &Program, entries: &[Entry]) -> Result<PathBuf, TaskError> {
    let folder = layout::staging("deb");
    let mut entries = entries.to_vec();
    entries.push(Entry::new("usr/share/doc/visavis/changelog.gz", gzip(changelog(release)?.as_bytes())?));
    layout::write(&entries, &folder, release)?;
    let architecture = output(Command::new("dpkg").arg("--print-architecture"))?;
    let control = folder.join("DEBIAN");
    std::fs::create_dir_all(&control)?;
    let size: usize = entries.iter().map(|entry| entry.content.len().div_ceil(1024)).sum();
    std::fs::write(control.join("control"), stanza(release, architecture.trim(), &dependencies(program)?, size))?;
    for script in ["postinst", "postrm"] {
        std::fs::copy(installer(&format!("linux/{script}")), control.join(script))?;
        std::fs::set_permissions(control.join(script), std::fs::Permissions::from_mode(0o755))?;
    }
    std::fs::write(control.join("md5sums"), sums(&folder, &entries)?)?;
    layout::settle(&folder, release)?;
    let file = release::folder().join(format!("visavis_{}_{}.deb", release.version, architecture.trim()));
    let mut pack = Command::new("dpkg-deb");
    // The strongest there is: three per cent less than the usual, and 65 MB of memory where it is unpacked.
    pack.args(["--root-owner-group", "-Zxz", "-z9", "-Sextreme", "--build"]).arg(&folder).arg(&file);
    // Several threads write other octets than one.
    pack.env("DPKG_DEB_THREADS_MAX", "1");
    tools::run(pack.env("SOURCE_DATE_EPOCH", release.epoch.to_string()).stdout(std::process::Stdio::null()))?;
    Ok(file)
}

fn stanza(release: &Release, architecture: &str, depends: &str, size: usize) -> String {
    format!(
        "Package: visavis\nVersion: {}\nArchitecture: {architecture}\nMaintainer: {}\nInstalled-Size: {size}\nDepends: {depends}\n\
         Recommends: {RECOMMENDS}\nSuggests: {SUGGESTS}\nSection: net\nPriority: optional\n\
         Description: meetings on Visio and other servers built on LiveKit\n \
         A native client for video meetings: small, accessible, and manageable by\n \
         policies in /etc/visavis/policies. It contacts the server of the meeting and\n \
         no other: no telemetry, no update check.\n",
        release.version,
        release::maintainer(),
    )
}

fn changelog(release: &Release) -> Result<String, TaskError> {
    let date = release.date("%a, %d %b %Y %H:%M:%S +0000")?;
    let (version, who) = (&release.version, release::maintainer());
    Ok(format!("visavis ({version}) stable; urgency=medium\n\n  * Version {version}.\n\n -- {who}  {date}\n"))
}

/// The packages of the shared libraries that the program is linked with, as Debian's own tool finds them.
fn dependencies(program: &Program) -> Result<String, TaskError> {
    let folder = layout::staging("shlibs");
    std::fs::create_dir_all(folder.join("debian"))?;
    // It wants to stand in a source package.
    std::fs::write(folder.join("debian/control"), "Source: visavis\n\nPackage: visavis\nArchitecture: any\n")?;
    let mut command = Command::new("dpkg-shlibdeps");
    let text = output(command.args(["-O", "--warnings=0", "-e"]).arg(&program.file).current_dir(&folder))?;
    let found = text.lines().find_map(|line| line.strip_prefix("shlibs:Depends="));
    found.map(str::to_owned).ok_or_else(|| TaskError::Failed("dpkg-shlibdeps finds no library".into()))
}

/// `md5sums`, in order of the paths.
fn sums(folder: &Path, entries: &[Entry]) -> Result<String, TaskError> {
    let mut paths: Vec<_> = entries.iter().map(|entry| entry.path.as_str()).collect();
    paths.sort_unstable();
    output(Command::new("md5sum").args(paths).current_dir(folder))
}

fn output(command: &mut Command) -> Result<String, TaskError> {
    let program = command.get_program().to_string_lossy().into_owned();
    tools::output(command).ok_or(TaskError::Failed(program))
}
