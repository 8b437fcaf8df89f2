//! Where everything lies on a Linux system (Filesystem Hierarchy Standard, freedesktop.org), the same for `.deb` and `.rpm`.

use super::release::{Release, gzip, installer};
use super::shipped::Program;
use crate::tools::{self, TaskError};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use visavis_tests::places;

pub const ID: &str = "eu.visavis.client";
const SIZES: [u16; 9] = [16, 22, 24, 32, 48, 64, 128, 256, 512];

/// One file of the system.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Without a slash at the beginning.
    pub path: String,
    pub mode: u32,
    pub content: Vec<u8>,
}

impl Entry {
    pub fn new(path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), mode: 0o644, content: content.into() }
    }
}

/// Everything but what is particular to one kind of package.
///
/// # Errors
/// A file is missing, or a list of parts cannot be made.
pub fn entries(release: &Release, program: &Program, triple: &str) -> Result<Vec<Entry>, TaskError> {
    let icons = places::repository().join("icons");
    let doc = "usr/share/doc/visavis";
    let hicolor = "usr/share/icons/hicolor";
    let mut entries = vec![
        Entry { mode: 0o755, ..Entry::new("usr/bin/visavis", std::fs::read(&program.file)?) },
        Entry::new(format!("usr/share/applications/{ID}.desktop"), release.template(&format!("linux/{ID}.desktop"))?),
        Entry::new(
            format!("usr/share/metainfo/{ID}.metainfo.xml"),
            release.template(&format!("linux/{ID}.metainfo.xml"))?,
        ),
        Entry::new(format!("{hicolor}/scalable/apps/{ID}.svg"), std::fs::read(icons.join("app.svg"))?),
        Entry::new(
            format!("{hicolor}/symbolic/apps/{ID}-symbolic.svg"),
            std::fs::read(icons.join("mark-monochrome.svg"))?,
        ),
        Entry::new("usr/share/man/man1/visavis.1.gz", gzip(release.template("linux/visavis.1")?.as_bytes())?),
        Entry::new(format!("{doc}/copyright"), std::fs::read(installer("linux/copyright"))?),
    ];
    let schema = std::fs::read(installer("policy/policy.schema.json"))?;
    entries.push(Entry::new(format!("{doc}/policy.schema.json"), schema));
    for size in SIZES {
        let path = format!("{hicolor}/{size}x{size}/apps/{ID}.png");
        entries.push(Entry::new(path, std::fs::read(icons.join(format!("{size}x{size}.png")))?));
    }
    for paper in release.papers(program, triple)? {
        entries.push(Entry::new(format!("{doc}/{}.gz", paper.name), gzip(&paper.content)?));
    }
    Ok(entries)
}

/// Writes the files below an empty `folder`, all with the release's time.
///
/// # Errors
/// They cannot be written.
pub fn write(entries: &[Entry], folder: &Path, release: &Release) -> Result<(), TaskError> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    for entry in entries {
        let path = folder.join(&entry.path);
        std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
        std::fs::write(&path, &entry.content)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(entry.mode))?;
    }
    settle(folder, release)
}

/// Folders can be entered by all, whatever this person's umask, and everything has the release's time.
///
/// # Errors
/// The folder is not ours.
pub fn settle(folder: &Path, release: &Release) -> Result<(), TaskError> {
    tools::run(Command::new("find").arg(folder).args(["-type", "d", "-exec", "chmod", "755", "{}", "+"]))?;
    let time = format!("@{}", release.epoch);
    tools::run(Command::new("find").arg(folder).args(["-depth", "-exec", "touch", "-h", "-d", &time, "{}", "+"]))
}

/// Where a kind of package is laid out before it is packed.
pub fn staging(kind: &str) -> PathBuf {
    super::release::folder().join("staging").join(kind)
}
