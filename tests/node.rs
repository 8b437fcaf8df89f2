//! Programs for node that are kept in this folder, with packages of npm's registry at the versions of their lock files.

use crate::places;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::process::Command;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum NodeError {
    #[error("{what} is not installed: cargo xtask setup")]
    NotInstalled { what: &'static str },
    #[error("{what} could not be installed: {cause}")]
    Install { what: &'static str, cause: String },
    #[error("input or output failed")]
    Io(#[from] std::io::Error),
}

/// A folder with programs and the lock file of their packages.
#[derive(Clone, Copy, Debug)]
pub struct NodeFolder {
    /// What is said of it where it is missing.
    pub what: &'static str,
    /// The folder in the checkout.
    pub source: &'static str,
    /// The beginning of the name of the folder of its packages in the cache.
    pub cached: &'static str,
}

impl NodeFolder {
    /// A file of the folder.
    pub fn file(&self, name: &str) -> PathBuf {
        places::repository().join(self.source).join(name)
    }

    pub fn is_installed(&self) -> bool {
        self.packages().join("installed").exists()
    }

    /// Where its packages are installed, a folder for each state of the lock file.
    pub fn packages(&self) -> PathBuf {
        let lock = std::fs::read(self.file("package-lock.json")).unwrap_or_default();
        let mut hasher = DefaultHasher::new();
        lock.hash(&mut hasher);
        places::cache().join(format!("{}-{:016x}", self.cached, hasher.finish()))
    }

    /// Installs the packages at the versions of the lock file.
    ///
    /// # Errors
    /// There is no npm, or it fails.
    pub fn install(&self) -> Result<(), NodeError> {
        if self.is_installed() {
            return Ok(());
        }
        let folder = self.packages();
        std::fs::create_dir_all(&folder)?;
        for file in ["package.json", "package-lock.json"] {
            std::fs::copy(self.file(file), folder.join(file))?;
        }
        let fail = |cause: String| NodeError::Install { what: self.what, cause };
        let status = Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"])
            .current_dir(&folder)
            .status()
            .map_err(|error| fail(error.to_string()))?;
        if !status.success() {
            return Err(fail(format!("npm ci: {status}")));
        }
        Ok(std::fs::write(folder.join("installed"), "")?)
    }

    /// Makes `node` run a program of the folder, with the packages.
    ///
    /// # Errors
    /// The packages are not installed.
    pub fn run(&self, mut node: Command, program: &str) -> Result<Command, NodeError> {
        if !self.is_installed() {
            return Err(NodeError::NotInstalled { what: self.what });
        }
        node.arg(self.file(program)).env("VISAVIS_NODE_MODULES", self.packages().join("node_modules"));
        Ok(node)
    }
}
