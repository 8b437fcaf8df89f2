//! A file system of Debian with some packages, built once and then only read.

use super::archive::{self, Archive};
use super::shell;
use crate::places;
use crate::servers::ServerError;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What an image is built from; another recipe is another image.
#[derive(Clone, Debug, Hash)]
pub struct Recipe {
    pub name: &'static str,
    pub suite: String,
    /// Lines of a list of apt's sources.
    pub sources: String,
    /// Beside the smallest system that apt runs on, with what they need but not with what they recommend.
    pub packages: Vec<String>,
    /// A shell script that is run inside at the end.
    pub finish: &'static str,
}

/// An image on this machine.
#[derive(Clone, Debug)]
pub struct Image {
    folder: PathBuf,
}

/// What a fresh system is to be told: no service starts, and apt goes the way that it goes on this machine.
const PREPARE: &str = r#"
mount --bind "$0" "$0"
mount -t proc proc "$0/proc"; mount --rbind /dev "$0/dev"
cp /etc/resolv.conf "$0/etc/resolv.conf"
echo '127.0.0.1 localhost' > "$0/etc/hosts"
printf '#!/bin/sh\nexit 101\n' > "$0/usr/sbin/policy-rc.d"; chmod 755 "$0/usr/sbin/policy-rc.d"
apt-config dump --format '%F "%v";%n' Acquire | grep -E '(Check-|[Pp]roxy)' > "$0/etc/apt/apt.conf.d/00machine" || :
printf %s "$2" > "$0/etc/apt/sources.list"
export DEBIAN_FRONTEND=noninteractive LC_ALL=C HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin
chroot "$0" apt-get -qq update >&2
chroot "$0" apt-get -qq -y install --no-install-recommends $1 >&2
chroot "$0" apt-get clean
chroot "$0" sh -ec "$3" >&2
"#;

impl Recipe {
    /// This machine's own suite.
    ///
    /// # Errors
    /// apt does not tell where it comes from.
    pub fn of_machine(name: &'static str, packages: &[&str]) -> Result<Self, ServerError> {
        let archives = archive::all()?;
        let sources = archives.iter().map(|archive| archive.line("deb")).collect();
        Ok(Self { name, suite: archives[0].suite.clone(), sources, packages: owned(packages), finish: "true" })
    }

    /// Another suite of the same distribution.
    ///
    /// # Errors
    /// As [`Self::of_machine`].
    pub fn of_suite(name: &'static str, suite: &str, packages: &[&str]) -> Result<Self, ServerError> {
        let main = archive::all()?.swap_remove(0);
        let sources = Archive { suite: suite.to_owned(), ..main }.line("deb");
        Ok(Self { name, suite: suite.to_owned(), sources, packages: owned(packages), finish: "true" })
    }

    fn folder(&self) -> PathBuf {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        images().join(format!("{}-{:016x}", self.name, hasher.finish()))
    }
}

impl Image {
    /// Builds the image where it is not; takes a minute or two.
    ///
    /// # Errors
    /// No debootstrap, no root rights, or a package is not to be had.
    pub fn install(recipe: &Recipe) -> Result<Self, ServerError> {
        let folder = recipe.folder();
        if folder.is_dir() {
            return Ok(Self { folder });
        }
        std::fs::create_dir_all(images())?;
        // An earlier recipe's image, or one that was not finished.
        for old in std::fs::read_dir(images())?.flatten() {
            if old.file_name().to_string_lossy().starts_with(&format!("{}-", recipe.name)) {
                std::fs::remove_dir_all(old.path())?;
            }
        }
        let what = format!("the system {}", recipe.name);
        let unfinished = folder.with_extension("new");
        let path = unfinished.to_string_lossy();
        let site = recipe.sources.split_whitespace().nth(1).unwrap_or_default();
        shell(&what, "debootstrap --variant=minbase \"$1\" \"$0\" \"$2\" >&2", &[&path, &recipe.suite, site])?;
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-ec", PREPARE]).arg(&unfinished);
        command.args([&recipe.packages.join(" "), &recipe.sources, recipe.finish]);
        let output = command.output()?;
        if !output.status.success() {
            let words = String::from_utf8_lossy(&output.stderr);
            let last: Vec<_> = words.trim().lines().rev().take(5).collect();
            return Err(ServerError::Install { what, cause: last.join(" | ") });
        }
        std::fs::rename(&unfinished, &folder)?;
        Ok(Self { folder })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

fn images() -> PathBuf {
    places::cache().join("roots")
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
