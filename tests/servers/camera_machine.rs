//! A small virtual machine with a real V4L2 camera (the kernel's `vivid` driver), for machines that have none.
//!
//! Debian's own kernel under software emulation; its programs and ours come from the host's file system, read-only.

use super::ServerError;
use crate::places;
use crate::process::Process;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// What it is built from and run by.
pub const PACKAGES: &[&str] = &["qemu-system-x86", "seabios", "busybox-static", "cpio", "kmod", "xz-utils"];
/// Loaded in this order, each after those that it needs.
const MODULES: &[&str] = &["virtio_pci", "9pnet_virtio", "9p", "vivid"];
/// One camera of the webcam kind.
const VIVID_OPTIONS: &str = "n_devs=1 node_types=0x1 input_types=0x0 no_error_inj=1";
const INIT: &str = r#"#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t devtmpfs dev /dev
while read module options; do $b insmod "/modules/$module" $options; done < /modules/order
$b ifconfig lo 127.0.0.1 up
$b mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=262144,cache=loose host /host
for kind in proc:proc sysfs:sys tmpfs:tmp tmpfs:run; do $b mount -t "${kind%:*}" none "/host/${kind#*:}"; done
$b mount --bind /dev /host/dev
$b chroot /host /usr/bin/env -i HOME=/tmp PATH=/usr/sbin:/usr/bin:/sbin:/bin /bin/sh "$VISAVIS_SCRIPT"
$b poweroff -f
"#;

/// The kernel and the first file system, ready to boot.
#[derive(Clone, Debug)]
pub struct CameraMachine {
    kernel: PathBuf,
    initrd: PathBuf,
}

impl CameraMachine {
    /// Fetches the kernel by Debian's package manager and builds the first file system, where that was not done yet.
    ///
    /// # Errors
    /// No Debian, or one of [`PACKAGES`] is not installed.
    pub fn install() -> Result<Self, ServerError> {
        let package = kernel_package()?;
        let folder = places::cache().join("machines").join(&package);
        let machine = Self { kernel: folder.join("kernel"), initrd: folder.join("initrd.gz") };
        if machine.initrd.exists() {
            return Ok(machine);
        }
        fs::create_dir_all(&folder)?;
        let unpacked = folder.join("unpacked");
        shell(&folder, "apt-get download -qq \"$0\" && dpkg-deb -x \"$0\"_*.deb unpacked", &[&package])?;
        let release = package.trim_start_matches("linux-image-").to_owned();
        shell(&folder, "depmod -b unpacked \"$0\"", &[&release])?;
        fs::copy(unpacked.join(format!("boot/vmlinuz-{release}")), &machine.kernel)?;
        first_file_system(&folder, &unpacked.join("lib/modules").join(&release))?;
        shell(&folder, "cd first && find . | cpio -o -H newc --quiet | gzip > ../initrd.new", &[])?;
        shell(&folder, "rm -rf unpacked first ./*.deb && mv initrd.new initrd.gz", &[])?;
        Ok(machine)
    }

    /// Boots, runs the shell script at `script` (a path of the host) and gives what it printed.
    ///
    /// Inside, only `/tmp` and `/run` can be written to, and there is no network but loopback.
    ///
    /// # Errors
    /// It does not end within `limit`.
    pub fn run(&self, script: &Path, log: &Path, limit: Duration) -> Result<String, ServerError> {
        let mut command = Command::new("qemu-system-x86_64");
        command
            .args(["-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "2048"])
            .args(["-nographic", "-no-reboot", "-nic", "none"])
            .arg("-kernel")
            .arg(&self.kernel)
            .arg("-initrd")
            .arg(&self.initrd)
            .args(["-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"])
            .arg("-append")
            .arg(format!("console=ttyS0 quiet panic=-1 VISAVIS_SCRIPT={}", script.display()));
        let mut process = Process::start("the camera's machine", &mut command, log)?;
        process.wait(limit)?;
        Ok(process.log_text().replace('\r', ""))
    }
}

/// The newest kernel of this Debian, as its meta package names it.
fn kernel_package() -> Result<String, ServerError> {
    let output = Command::new("apt-cache").args(["depends", "linux-image-amd64"]).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let found = text.lines().find_map(|line| line.trim().strip_prefix("Depends: linux-image-").map(str::to_owned));
    found
        .map(|release| format!("linux-image-{release}"))
        .ok_or_else(|| ServerError::NotInstalled { what: "a Debian kernel (apt-get update?)".to_owned() })
}

/// Lays out busybox, the modules with their order, and the first program.
fn first_file_system(folder: &Path, modules: &Path) -> Result<(), ServerError> {
    let first = folder.join("first");
    for name in ["bin", "proc", "dev", "host", "modules"] {
        fs::create_dir_all(first.join(name))?;
    }
    fs::copy("/bin/busybox", first.join("bin/busybox"))?;
    fs::write(first.join("init"), INIT)?;
    let dependencies = fs::read_to_string(modules.join("modules.dep"))?;
    let mut order = String::new();
    for path in load_order(&dependencies, MODULES) {
        let name = path.rsplit('/').next().unwrap_or(&path);
        let plain = name.trim_end_matches(".xz");
        fs::copy(modules.join(&path), first.join("modules").join(name))?;
        if plain != name {
            shell(&first.join("modules"), "xz -d \"$0\"", &[name])?;
        }
        let options = if plain == "vivid.ko" { VIVID_OPTIONS } else { "" };
        order += &format!("{plain} {options}\n");
    }
    fs::write(first.join("modules/order"), order)?;
    shell(&first, "chmod 755 init bin/busybox", &[])
}

/// The files to load for `wanted`, by depmod's `modules.dep`: its lists name the first to load last.
fn load_order(dependencies: &str, wanted: &[&str]) -> Vec<String> {
    let mut order: Vec<String> = Vec::new();
    for name in wanted {
        let is_it = |path: &str| path.rsplit('/').next().is_some_and(|file| file.split('.').next() == Some(*name));
        // Built into the kernel where there is no line.
        let Some((file, needs)) =
            dependencies.lines().filter_map(|line| line.split_once(':')).find(|(file, _)| is_it(file))
        else {
            continue;
        };
        for path in needs.split_whitespace().rev().chain([file]) {
            if !order.iter().any(|known| known == path) {
                order.push(path.to_owned());
            }
        }
    }
    order
}

fn shell(folder: &Path, script: &str, arguments: &[&str]) -> Result<(), ServerError> {
    let output =
        Command::new("sh").args(["-ec", script]).args(arguments).current_dir(folder).stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let cause = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(ServerError::Install { what: "the camera's machine".to_owned(), cause })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_loaded_after_what_they_need() {
        let dependencies = "fs/9p.ko: net/9pnet.ko fs/fscache.ko fs/netfs.ko\nnet/9pnet.ko:\nmedia/vivid.ko.xz: v4l2/videodev.ko.xz mc.ko.xz\n";
        assert_eq!(
            load_order(dependencies, &["9p", "built_in", "vivid", "9pnet"]),
            [
                "fs/netfs.ko",
                "fs/fscache.ko",
                "net/9pnet.ko",
                "fs/9p.ko",
                "mc.ko.xz",
                "v4l2/videodev.ko.xz",
                "media/vivid.ko.xz"
            ]
        );
    }
}
