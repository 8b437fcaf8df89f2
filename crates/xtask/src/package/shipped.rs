//! What is shipped: the profile `shipped`, with no path of this machine in it.

use super::toolchain::{self, Toolchain};
use super::vpx::{Linked, Vpx};
use crate::step::say;
use crate::tools::{self, TaskError};
use std::path::{Path, PathBuf};
use std::process::Command;
use visavis_tests::places;

/// What the page is made of.
const PAGE: [&str; 6] = ["src", "locales", "public", "index.html", "package-lock.json", "vite.config.ts"];

/// For which system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    Linux,
    Windows,
}

/// A built program and what has to lie beside it.
#[derive(Clone, Debug)]
pub struct Program {
    pub file: PathBuf,
    /// Windows: what shows the page is found by this library, which is not linked into programs of MinGW.
    pub beside: Vec<PathBuf>,
    /// The libvpx in it.
    pub vpx: Linked,
}

/// The program and its target triple; built anew where `compile` says so, the page with it.
///
/// # Errors
/// Something is missing, does not compile, asks for a DLL that Windows does not have, or holds nobody knows which libvpx.
pub fn program(system: System, compile: bool) -> Result<(Program, String), TaskError> {
    let triple = match system {
        System::Linux => host()?,
        System::Windows => toolchain::TRIPLE.to_owned(),
    };
    if compile {
        let page = places::repository().join("ui");
        // A page that is written again is another to cargo: minutes for the same octets.
        if newest(&page.join("dist")).is_none_or(|built| PAGE.iter().any(|of| newest(&page.join(of)) > Some(built))) {
            say("building the page");
            tools::run(Command::new("npm").args(["run", "build", "--silent"]).current_dir(&page))?;
        }
    }
    let (file, beside) = match system {
        System::Linux => (places::target().join(&triple).join("shipped/visavis"), Vec::new()),
        System::Windows => {
            let folder = toolchain::target().join(&triple).join("shipped");
            (folder.join("visavis.exe"), vec![folder.join("WebView2Loader.dll")])
        }
    };
    if compile {
        let vpx = match system {
            System::Linux => linux(&triple)?,
            System::Windows => windows(&triple)?,
        };
        vpx.write(&file)?;
    }
    let program = Program { vpx: Linked::read(&file)?, file, beside };
    if system == System::Windows {
        let dlls = toolchain::dlls(&program.file)?;
        let foreign = toolchain::foreign(&dlls);
        if !foreign.is_empty() {
            return Err(TaskError::Failed(format!("the program asks for {}: Windows has none", foreign.join(", "))));
        }
    }
    Ok((program, triple))
}

fn linux(triple: &str) -> Result<Linked, TaskError> {
    // Its shared library has another name with each Debian: linked statically, one package serves several.
    let vpx = Vpx::for_linux()?;
    let mut command = cargo(triple, &places::target(), &[]);
    command.envs(vpx.environment());
    say("building the application for Linux (profile shipped; the first time takes some minutes)");
    tools::run(&mut command)?;
    vpx.linked()
}

fn windows(triple: &str) -> Result<Linked, TaskError> {
    let tools_of = Toolchain::install()?;
    let target = toolchain::target();
    // The linker's clock is no part of a program.
    let flags = [tools_of.linker_path(), "-Clink-arg=-Wl,--no-insert-timestamp".into()];
    let mut command = cargo(triple, &target, &flags);
    command.envs(tools_of.environment()).arg("-Zbuild-std=std,panic_unwind");
    say("building the application for Windows (profile shipped; the first time takes many minutes)");
    tools::run(&mut command)?;
    tools_of.vpx().linked()
}

/// cargo for what is shipped, with these flags of rustc besides our own.
fn cargo(triple: &str, target: &Path, flags: &[String]) -> Command {
    let mut command = tools::cargo();
    command.args(["build", "--locked", "--profile", "shipped", "-p", "visavis", "--target", triple]);
    command.env("CARGO_TARGET_DIR", target);
    let name = triple.replace('-', "_");
    let places = places_of_this_machine(target);
    let rust = places.iter().map(|(from, to)| format!("--remap-path-prefix={from}={to}"));
    let rust: Vec<_> = rust.chain(flags.iter().cloned()).collect();
    command.env(format!("CARGO_TARGET_{}_RUSTFLAGS", name.to_uppercase()), rust.join(" "));
    let c: Vec<_> = places.iter().map(|(from, to)| format!("-ffile-prefix-map={from}={to}")).collect();
    for key in ["CFLAGS", "CXXFLAGS"] {
        command.env(format!("{key}_{name}"), c.join(" "));
    }
    command
}

/// Folders whose names would end up in the program, and what stands there instead.
fn places_of_this_machine(target: &Path) -> Vec<(String, &'static str)> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
    let mut places = vec![(places::repository().to_path_buf(), "/visavis"), (target.to_path_buf(), "/target")];
    places.extend(home.map(|home| (home, "/cargo")));
    places.push((PathBuf::from("/usr/src"), "/rust"));
    places.into_iter().map(|(from, to)| (from.display().to_string(), to)).collect()
}

/// When the last of the files below a path was written; `None` where there is none.
fn newest(path: &Path) -> Option<std::time::SystemTime> {
    let of = std::fs::metadata(path).ok()?;
    if of.is_file() {
        return of.modified().ok();
    }
    std::fs::read_dir(path).ok()?.flatten().filter_map(|entry| newest(&entry.path())).max()
}

/// The machine's own triple.
fn host() -> Result<String, TaskError> {
    let version = tools::output(Command::new("rustc").arg("-vV")).unwrap_or_default();
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| TaskError::Missing("rustc".into()))
}
