//! Archives that are unpacked and run: `.tar.gz` for Linux, `.zip` for Windows.
//!
//! A file beside the program says that settings are kept there too (`installers/visavis-portable.txt`); without it they are the user's.

use super::layout::{self, Entry};
use super::release::{self, Paper, Release, gzip, installer};
use super::shipped::{Program, System};
use crate::tools::{self, TaskError};
use std::io::{Cursor, Write as _};
use std::path::PathBuf;
use std::process::Command;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Builds the archive and says where it is.
///
/// # Errors
/// A file is missing, or cannot be written.
pub fn build(system: System, release: &Release, program: &Program, papers: &[Paper]) -> Result<PathBuf, TaskError> {
    let name = |kind: &str| format!("visavis-{}-{kind}", release.version);
    let (folder, program_name) = match system {
        System::Linux => (name("linux-x86_64"), "visavis"),
        System::Windows => (name("windows-x64"), "visavis.exe"),
    };
    let mut entries =
        vec![Entry { mode: 0o755, ..Entry::new(format!("{folder}/{program_name}"), std::fs::read(&program.file)?) }];
    for file in &program.beside {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        entries.push(Entry::new(format!("{folder}/{name}"), std::fs::read(file)?));
    }
    entries.push(Entry::new(format!("{folder}/LICENSE.txt"), release::licence()?));
    let marker = std::fs::read(installer("visavis-portable.txt"))?;
    entries.push(Entry::new(format!("{folder}/visavis-portable.txt"), marker));
    // With its key an installation takes what whoever signed it offers (crates/update).
    if let Some(key) = super::sign::public_key()? {
        entries.push(Entry::new(format!("{folder}/{}", visavis_update::KEY_FILE), key));
    }
    entries.extend(papers.iter().map(|paper| Entry::new(format!("{folder}/{}", paper.name), paper.content.clone())));
    entries.sort_by(|one, other| one.path.cmp(&other.path));
    match system {
        System::Linux => tar(&folder, &entries, release),
        System::Windows => zip(&folder, &entries, release),
    }
}

fn tar(name: &str, entries: &[Entry], release: &Release) -> Result<PathBuf, TaskError> {
    let staging = layout::staging("portable");
    layout::write(entries, &staging, release)?;
    let mut command = Command::new("tar");
    command.args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--format=ustar", "-cf", "-"]).arg(name);
    let output =
        command.current_dir(&staging).output().map_err(|source| TaskError::Start { program: "tar".into(), source })?;
    if !output.status.success() {
        return Err(TaskError::Failed("tar".into()));
    }
    let file = release::folder().join(format!("{name}.tar.gz"));
    std::fs::write(&file, gzip(&output.stdout)?)?;
    Ok(file)
}

/// Packs the files, whose paths begin with `name`, into `name.zip` and says where it is.
///
/// # Errors
/// It cannot be written, or the release is older than what such an archive can say.
pub fn zip(name: &str, entries: &[Entry], release: &Release) -> Result<PathBuf, TaskError> {
    let failed = |error: zip::result::ZipError| TaskError::Failed(format!("the archive: {error}"));
    let number = |format: &str| release.date(format).map(|text| text.parse::<u16>().unwrap_or_default());
    let small = |format: &str| number(format).map(|number| u8::try_from(number).unwrap_or_default());
    let time = DateTime::from_date_and_time(
        number("%Y")?,
        small("%m")?,
        small("%d")?,
        small("%H")?,
        small("%M")?,
        small("%S")?,
    );
    // What is older than a zip archive can say (a build with SOURCE_DATE_EPOCH=0) is as old as it can say.
    let time = time.unwrap_or_default();
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(time);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for entry in entries {
        writer.start_file(&entry.path, options.unix_permissions(entry.mode)).map_err(failed)?;
        writer.write_all(&entry.content)?;
    }
    let file = release::folder().join(format!("{name}.zip"));
    std::fs::write(&file, writer.finish().map_err(failed)?.into_inner())?;
    tools::run(Command::new("touch").args(["-d", &format!("@{}", release.epoch)]).arg(&file))?;
    Ok(file)
}
