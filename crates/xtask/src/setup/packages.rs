//! Packages of Debian and Ubuntu.

use crate::step::say;
use crate::tools::{self, TaskError};
use std::collections::BTreeSet;
use std::process::Command;
use visavis_tests::places::has_program;

/// Each with what it is for: a package that nothing uses any more is easily found.
const PACKAGES: &[(&str, &[&str])] = &[
    (
        "compiling codecs, ciphers and sound",
        &["build-essential", "nasm", "cmake", "pkg-config", "clang", "libclang-dev"],
    ),
    ("sound and pictures", &["libasound2-dev", "libvpx-dev"]),
    ("the window", &["libwebkit2gtk-4.1-dev", "libgtk-3-dev", "libsoup-3.0-dev", "librsvg2-dev", "libxdo-dev"]),
    ("a screen without a screen", &["xvfb", "openbox", "imagemagick", "fonts-dejavu-core", "dbus"]),
    ("something to share, and to read it", &["xterm", "tesseract-ocr", "tesseract-ocr-eng"]),
    ("driving the window in tests", &["webkit2gtk-driver", "wmctrl", "xdotool"]),
    (
        "a keyring, notices, shortcuts",
        &["gnome-keyring", "notification-daemon", "libglib2.0-bin", "desktop-file-utils"],
    ),
    ("a tray", &["xfce4-panel", "xfconf"]),
    ("a screen reader", &["orca", "at-spi2-core", "python3-pyatspi"]),
    ("a sound card without a card", &["pulseaudio", "pulseaudio-utils", "libasound2-plugins", "espeak-ng", "sox"]),
    ("the web participant", &["chromium"]),
    ("the native participant", &["python3", "python3-venv"]),
    ("networks without UDP", &["iproute2", "nftables", "procps"]),
    ("an administration's network", &["squid", "stunnel4", "openssl", "tcpdump"]),
    ("fetching", &["ca-certificates", "git"]),
];

/// A fresh machine installs its own upgrades meanwhile: the lock of packages is waited for, ten minutes at most.
const WAIT: [&str; 2] = ["-o", "DPkg::Lock::Timeout=600"];

/// Packages that are not needed where their program came another way.
const UNLESS_PROGRAM: &[(&str, &str)] = &[("python3", "python3"), ("chromium", "chromium"), ("git", "git")];

/// Which packages are not installed.
///
/// # Errors
/// This is no Debian or Ubuntu.
pub fn missing() -> Result<Vec<String>, TaskError> {
    let wanted: Vec<_> = PACKAGES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    let mut missing = missing_of(&wanted)?;
    if missing.iter().any(|name| name == "python3-venv") {
        // A Python that came another way brings its own.
        let has_venv = tools::output(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_some();
        missing.retain(|name| name != "python3-venv" || !has_venv);
    }
    Ok(missing)
}

/// Installs what is missing, with root rights for that alone.
///
/// # Errors
/// A package is not to be had, or we may not install it.
pub fn install() -> Result<(), TaskError> {
    install_all(&missing()?)
}

/// Installs these packages where they are missing.
///
/// # Errors
/// As [`install`].
pub fn install_also(wanted: &[&str]) -> Result<(), TaskError> {
    install_all(&missing_of(wanted)?)
}

fn missing_of(wanted: &[&str]) -> Result<Vec<String>, TaskError> {
    if !has_program("dpkg-query") {
        return Err(TaskError::Missing("packages: no Debian or Ubuntu here (dpkg-query is not there)".to_owned()));
    }
    // Exits with a failure when one is unknown, and still tells the others.
    let output = Command::new("dpkg-query")
        .args(["-W", "-f", "${Package} ${db:Status-Abbrev}\n"])
        .args(wanted)
        .output()
        .map_err(|source| TaskError::Start { program: "dpkg-query".to_owned(), source })?;
    Ok(not_installed(wanted.iter().copied(), &String::from_utf8_lossy(&output.stdout), has_program))
}

fn install_all(missing: &[String]) -> Result<(), TaskError> {
    if missing.is_empty() {
        return Ok(());
    }
    say(&format!("installing packages: {}", missing.join(" ")));
    let refused = |_| TaskError::Missing(format!("packages {} (apt-get failed, see above)", missing.join(" ")));
    tools::run(apt()?.args(["update", "-qq"])).map_err(refused)?;
    tools::run(apt()?.args(["install", "-y", "-qq", "--no-install-recommends"]).args(missing)).map_err(refused)
}

fn apt() -> Result<Command, TaskError> {
    let is_root = tools::output(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    if is_root {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").args(WAIT);
        return Ok(command);
    }
    if !has_program("sudo") {
        return Err(TaskError::Missing("root rights to install packages (no sudo)".to_owned()));
    }
    let mut command = Command::new("sudo");
    command.args(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(WAIT);
    Ok(command)
}

fn not_installed<'a>(
    wanted: impl Iterator<Item = &'a str>,
    listing: &str,
    has_program: impl Fn(&str) -> bool,
) -> Vec<String> {
    let installed: BTreeSet<_> = listing
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter(|(_, state)| state.starts_with("ii"))
        .map(|(name, _)| name)
        .collect();
    wanted
        .filter(|name| !installed.contains(name))
        .filter(|name| !UNLESS_PROGRAM.iter().any(|(package, program)| package == name && has_program(program)))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_installed_is_missing() {
        let listing = "nasm ii \ncmake rc \nclang un \n";
        let missing = not_installed(["nasm", "cmake", "clang", "sox"].into_iter(), listing, |_| false);
        assert_eq!(missing, ["cmake", "clang", "sox"]);
    }

    #[test]
    fn a_program_that_came_another_way_needs_no_package() {
        assert!(not_installed(["git"].into_iter(), "", |name| name == "git").is_empty());
        assert_eq!(not_installed(["git"].into_iter(), "", |_| false), ["git"]);
    }

    #[test]
    fn no_package_is_named_twice() {
        let names: Vec<_> = PACKAGES.iter().flat_map(|(_, names)| names.iter()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    }
}
