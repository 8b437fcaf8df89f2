//! The environment of every program that a task starts, and the errors of tasks.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use thiserror::Error;
use visavis_tests::{peers::PeerError, places, process::ProcessError, servers::ServerError, wait::TimedOut};

/// Why a task failed.
#[derive(Debug, Error)]
pub enum TaskError {
    #[error("missing and not to be installed here: {0}")]
    Missing(String),
    #[error("{0}")]
    Failed(String),
    #[error("{program} cannot be started")]
    Start { program: String, source: std::io::Error },
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error(transparent)]
    Peer(#[from] PeerError),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    TimedOut(#[from] TimedOut),
    #[error("input or output failed")]
    Io(#[from] std::io::Error),
    #[error("cargo's metadata cannot be read")]
    Metadata(#[from] serde_json::Error),
}

/// Where setup puts tools that the machine lacks.
pub fn folder(name: &str) -> PathBuf {
    places::cache().join("tools").join(name)
}

/// One build folder outside of the checkout for all calls, and the installed tools in the search path.
///
/// # Safety
/// No other thread may run.
pub unsafe fn prepare_environment() {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let own = [folder("node/bin"), folder("go/bin"), folder("cargo/bin")].into_iter().filter(|path| path.is_dir());
    let system = std::env::split_paths(&paths).collect::<Vec<_>>();
    let path = std::env::join_paths(own.chain(system)).unwrap_or(paths);
    // SAFETY: the caller's promise.
    unsafe {
        std::env::set_var("PATH", path);
        std::env::set_var("CARGO_TARGET_DIR", places::target());
    }
}

/// The cargo that runs us, without what it told us of our own crate: there are build scripts that look at it (ring's), and everything that
/// stands on them would be compiled anew by turns with a cargo that was called by hand.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.current_dir(places::repository());
    for (key, _) in std::env::vars_os() {
        if key.to_str().is_some_and(|key| key.starts_with("CARGO_PKG_") || key.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(key);
        }
    }
    command
}

/// Runs a command whose output a person sees.
///
/// # Errors
/// It cannot be started, or ends with a failure.
pub fn run(command: &mut Command) -> Result<(), TaskError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(|source| TaskError::Start { program: program.clone(), source })?;
    if status.success() { Ok(()) } else { Err(TaskError::Failed(format!("{program}: {status}"))) }
}

/// What a command prints, or nothing where it fails or is not there.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
