//! What compiles for Windows on Debian: its own compiler with the matching sources of the standard library, MinGW, and libvpx
//! (`vpx`).
//!
//! Debian ships no standard library for Windows, but it does ship the sources of the very compiler that it builds its browsers with
//! (`rustc-web`, `rust-web-src`): cargo builds the standard library from them.

use super::vpx::Vpx;
use crate::setup::packages;
use crate::tools::{self, TaskError};
use std::path::{Path, PathBuf};
use std::process::Command;
use visavis_tests::places;

/// Debian's compiler and the sources of its standard library.
const COMPILER_PACKAGES: [&str; 2] = ["rustc-web", "rust-web-src"];
/// Packages of Debian that only Windows needs.
const PACKAGES: &[&str] =
    &["gcc-mingw-w64-x86-64", "g++-mingw-w64-x86-64", "nasm", "cmake", "dpkg-dev", "clang", "libclang-dev"];
/// Debian's compiler; rustup's comes first in the search path.
const RUSTC: &str = "/usr/bin/rustc";
/// Makes cargo take it, and lets it build a standard library.
pub const COMPILER: [(&str, &str); 2] = [("RUSTC", RUSTC), ("RUSTC_BOOTSTRAP", "1")];
pub const TRIPLE: &str = "x86_64-pc-windows-gnu";
pub const MINGW: &str = "x86_64-w64-mingw32";

/// The tools, ready to compile.
#[derive(Debug)]
pub struct Toolchain {
    /// GCC's libraries to be linked statically, and nothing else: [`statics`].
    statics: PathBuf,
    vpx: Vpx,
}

impl Toolchain {
    /// Installs what is missing, and builds libvpx (half a minute) where that was not done yet.
    ///
    /// # Errors
    /// This is no Debian, or one that lacks the packages.
    pub fn install() -> Result<Self, TaskError> {
        compiler(PACKAGES)?;
        Ok(Self { statics: statics()?, vpx: Vpx::for_windows()? })
    }

    /// The `-L` of the linker that keeps GCC's DLLs out.
    pub fn linker_path(&self) -> String {
        format!("-Lnative={}", self.statics.display())
    }

    /// What cargo and the build scripts need in their environment, besides `RUSTFLAGS`.
    pub fn environment(&self) -> Vec<(String, String)> {
        let target = TRIPLE.replace('-', "_");
        let compiler = COMPILER.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let others = [
            (format!("CARGO_TARGET_{}_LINKER", target.to_uppercase()), format!("{MINGW}-gcc")),
            ("BINDGEN_EXTRA_CLANG_ARGS".into(), format!("--target={MINGW} -isystem /usr/{MINGW}/include")),
        ];
        compiler.into_iter().chain(others).chain(self.vpx.environment()).collect()
    }

    /// The libvpx that is linked.
    pub fn vpx(&self) -> &Vpx {
        &self.vpx
    }
}

/// Installs Debian's compiler with the matching sources of the standard library, and these packages with it.
///
/// # Errors
/// This is no Debian, or one that lacks the packages.
pub fn compiler(with: &[&str]) -> Result<(), TaskError> {
    packages::install_also(&[&COMPILER_PACKAGES, with].concat())?;
    let version = tools::output(Command::new(RUSTC).arg("--version"))
        .ok_or_else(|| TaskError::Missing(format!("{RUSTC} (package rustc-web)")))?;
    let number = version.split_whitespace().nth(1).unwrap_or_default();
    let sources = PathBuf::from(format!("/usr/src/rustc-{number}/library"));
    if sources.is_dir() {
        return Ok(());
    }
    Err(TaskError::Missing(format!("{} for {}", sources.display(), version.trim())))
}

/// A folder with nothing but what is to be linked statically. Opus asks for the stack protector's DLL and OpenH264 for that of C++; found
/// here first, they are archives. The protector's needs the C runtime behind it, which the linker has read by then: hence the script.
fn statics() -> Result<PathBuf, TaskError> {
    let missing = || TaskError::Missing(format!("{MINGW}-gcc"));
    let file =
        tools::output(Command::new(format!("{MINGW}-gcc")).arg("-print-libgcc-file-name")).ok_or_else(missing)?;
    let gcc = Path::new(file.trim()).parent().ok_or_else(missing)?;
    let folder = tools::folder("windows/static");
    std::fs::create_dir_all(&folder)?;
    let cpp = gcc.join("libstdc++.a");
    let group = |first: &Path, others: &str| format!("GROUP ( {} {others} )\n", first.display());
    std::fs::write(folder.join("libstdc++.a"), group(&cpp, ""))?;
    let protector = group(&gcc.join("libssp.a"), "-lmingwex -lmsvcrt -ladvapi32 -lkernel32");
    std::fs::write(folder.join("libssp.a"), protector)?;
    Ok(folder)
}

/// The DLLs that a program of Windows asks for, by `objdump -p`.
///
/// # Errors
/// It is no such program.
pub fn dlls(program: &Path) -> Result<Vec<String>, TaskError> {
    let listing = tools::output(Command::new(format!("{MINGW}-objdump")).arg("-p").arg(program))
        .ok_or_else(|| TaskError::Failed(format!("{} is no program of Windows", program.display())))?;
    Ok(named_dlls(&listing))
}

fn named_dlls(listing: &str) -> Vec<String> {
    let mut names: Vec<_> =
        listing.lines().filter_map(|line| line.trim().strip_prefix("DLL Name: ")).map(str::to_lowercase).collect();
    names.sort();
    names.dedup();
    names
}

/// Those of GCC and its like, which Windows does not have.
pub fn foreign(dlls: &[String]) -> Vec<&str> {
    dlls.iter().map(String::as_str).filter(|name| name.starts_with("lib")).collect()
}

/// Where cargo builds for Windows: beside our own folder, for another compiler.
pub fn target() -> PathBuf {
    places::target().with_file_name("target-win")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_of_gcc_are_found() {
        let listing = "\tDLL Name: KERNEL32.dll\n\tvma: Hint\n\tDLL Name: libssp-0.dll\n\tDLL Name: KERNEL32.dll\n";
        let names = named_dlls(listing);
        assert_eq!(names, ["kernel32.dll", "libssp-0.dll"]);
        assert_eq!(foreign(&names), ["libssp-0.dll"]);
    }
}
