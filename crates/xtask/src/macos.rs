//! `cargo xtask test macos`: whether the application compiles for macOS, on a machine that has nothing of Apple's.
//!
//! Nothing is linked and nothing runs: the frameworks come with Xcode alone. The standard library is made from Debian's sources
//! (`package::toolchain`); Zig brings a compiler for C and C++ with the headers of macOS' C library.

use crate::package::toolchain;
use crate::setup::languages;
use crate::step::say;
use crate::tools::{self, TaskError};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use visavis_tests::places;

const TRIPLE: &str = "aarch64-apple-darwin";
/// Zig's name of it; the version is that of `installers/macos/tauri.conf.json`.
const ZIG_TRIPLE: &str = "aarch64-macos.12.0";
const ZIG_WHEEL: &str = "ziglang==0.15.1";
/// Leaves out what Apple's compiler is told of the target: Zig has names of its own.
const WITHOUT_APPLES_NAMES: &str = r#"for argument; do
    shift
    case "$argument" in
    --target=* | -mmacosx-version-min=* | -mmacos-version-min=*) ;;
    *) set -- "$@" "$argument" ;;
    esac
done
"#;

/// # Errors
/// A tool is not to be had, or something does not compile or is warned about.
pub fn run() -> Result<(), TaskError> {
    toolchain::compiler(&[])?;
    say("installing Zig");
    let zig = languages::from_wheel("zig", ZIG_WHEEL)?.join("ziglang");
    let folder = tools::folder("macos");
    let programs = programs(&folder.join("bin"), &zig.join("zig"))?;
    let mut command = tools::cargo();
    command.args(["check", "--locked", "-p", "visavis", "--target", TRIPLE, "-Zbuild-std=std,panic_unwind"]);
    command.envs(toolchain::COMPILER).env("CARGO_TARGET_DIR", places::target().with_file_name("target-mac"));
    command.env(format!("CARGO_TARGET_{}_RUSTFLAGS", TRIPLE.replace('-', "_").to_uppercase()), "-Dwarnings");
    for (variable, program) in [("CC", "cc"), ("CXX", "c++"), ("AR", "ar"), ("RANLIB", "ranlib")] {
        let program = programs.join(format!("macos-{program}"));
        command.env(format!("{variable}_{}", TRIPLE.replace('-', "_")), program);
    }
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::env::join_paths(std::iter::once(programs).chain(std::env::split_paths(&paths)));
    command.env("PATH", paths.map_err(|error| TaskError::Failed(error.to_string()))?);
    command.envs(vpx(&folder.join("vpx"), &zig)?);
    tools::run(&mut command)
}

/// What build scripts call, in a folder of its own; no name of this system's tools, for that folder comes first in the search path.
fn programs(folder: &Path, zig: &Path) -> Result<PathBuf, TaskError> {
    std::fs::create_dir_all(folder)?;
    let zig = zig.display();
    let compiler = |word: &str| format!("{WITHOUT_APPLES_NAMES}exec '{zig}' {word} -target {ZIG_TRIPLE} \"$@\"\n");
    let archiver = |word: &str| format!("exec '{zig}' {word} \"$@\"\n");
    let scripts = [
        ("macos-cc", compiler("cc")),
        ("macos-c++", compiler("c++")),
        ("macos-ar", archiver("ar")),
        ("macos-ranlib", archiver("ranlib")),
        // CMake asks for it before it compiles anything; only libraries that are shared would be given a name by it.
        ("install_name_tool", "exit 1\n".to_owned()),
    ];
    for (name, script) in scripts {
        let file = folder.join(name);
        std::fs::write(&file, format!("#!/bin/sh\n{script}"))?;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755))?;
    }
    Ok(folder.to_owned())
}

/// libvpx' headers, which are the same on every system; there is no library to link with.
fn vpx(folder: &Path, zig: &Path) -> Result<Vec<(String, String)>, TaskError> {
    let version = tools::output(Command::new("pkg-config").args(["--modversion", "vpx"]));
    let include = tools::output(Command::new("pkg-config").args(["--variable=includedir", "vpx"]));
    let (version, include) = version.zip(include).ok_or_else(|| TaskError::Missing("libvpx-dev".into()))?;
    std::fs::create_dir_all(folder)?;
    // Alone: the folder around them holds Linux' own.
    languages::link(&Path::new(include.trim()).join("vpx"), &folder.join("vpx"))?;
    let shown = folder.display().to_string();
    let headers = zig.join("lib/libc/include/any-macos-any");
    Ok(vec![
        ("VPX_LIB_DIR".into(), shown.clone()),
        ("VPX_INCLUDE_DIR".into(), shown),
        ("VPX_VERSION".into(), version.trim().to_owned()),
        ("VPX_STATIC".into(), "1".into()),
        (format!("BINDGEN_EXTRA_CLANG_ARGS_{TRIPLE}"), format!("-isystem {}", headers.display())),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_system_is_that_of_the_bundle() {
        let file = places::repository().join("installers/macos/tauri.conf.json");
        let bundle: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let oldest = bundle["bundle"]["macOS"]["minimumSystemVersion"].as_str().unwrap();
        assert!(ZIG_TRIPLE.ends_with(&format!("macos.{oldest}")), "{oldest}");
    }

    #[test]
    fn apples_names_are_left_out() {
        let folder = std::env::temp_dir().join(format!("visavis-macos-{}", std::process::id()));
        let programs = programs(&folder, Path::new("/bin/echo")).unwrap();
        let arguments = ["--target=arm64-apple-macosx", "-c", "a file.c", "-mmacosx-version-min=11.0", "-O2"];
        let said = tools::output(Command::new(programs.join("macos-cc")).args(arguments));
        std::fs::remove_dir_all(folder).unwrap();
        assert_eq!(said.as_deref().map(str::trim), Some("cc -target aarch64-macos.12.0 -c a file.c -O2"));
    }
}
