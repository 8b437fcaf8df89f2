//! `cargo xtask package`: what people install. Everything is in `<target>/packages` afterwards.

mod cabinet;
mod deb;
mod layout;
mod libraries;
mod licences;
mod msi;
mod notices;
mod offer;
mod parts;
mod policies;
mod portable;
mod release;
mod rpm;
mod sbom;
mod shipped;
mod sign;
mod stamp;
mod tables;
pub mod toolchain;
pub mod trials;
mod vpx;

use crate::setup::{self, packages};
use crate::step::say;
use crate::tools::TaskError;
use clap::{Args, ValueEnum};
use release::Release;
use shipped::{Program, System};
use sign::Certificate;
use std::path::PathBuf;
use visavis_update::USUAL_CHANNEL;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Which packages; those for Linux where none is named.
    kinds: Vec<Kind>,
    /// The version that the packages bear, as 1.2.3 (an MSI up to 255.255.65535); this checkout's where absent.
    #[arg(long)]
    version: Option<String>,
    /// Pack what was built before.
    #[arg(long)]
    no_build: bool,
    /// For which channel the archives are offered to portable installations (`UpdateChannel`).
    #[arg(long, value_name = "NAME", default_value = USUAL_CHANNEL, value_parser = offer::channel)]
    channel: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Debian and Ubuntu.
    Deb,
    /// Fedora, Red Hat and SUSE.
    Rpm,
    /// An archive for Linux that is unpacked and run.
    Portable,
    /// Windows, for the whole machine.
    Msi,
    /// An archive for Windows that is unpacked and run.
    Zip,
    /// Nothing new: the archives of this version that lie there already are offered, to another channel say. By itself.
    Offer,
}

/// Those for Linux.
pub const LINUX: &[Kind] = &[Kind::Deb, Kind::Rpm, Kind::Portable];
/// Those for Windows, which a compiler of their own builds.
pub const WINDOWS: &[Kind] = &[Kind::Msi, Kind::Zip];

/// # Errors
/// Something is missing, does not compile, or breaks a rule for packages.
pub fn run(arguments: &Arguments) -> Result<(), TaskError> {
    setup::install()?;
    let kinds = if arguments.kinds.is_empty() { LINUX.to_vec() } else { arguments.kinds.clone() };
    let release = Release::new(arguments.version.as_deref())?;
    let files = if kinds == [Kind::Offer] {
        let offered = offer::write(&offer::finished(&release)?, &release, &arguments.channel)?;
        vec![offered.ok_or_else(|| TaskError::Failed("no key signs an offer (docs/deployment.md)".into()))?]
    } else if kinds.contains(&Kind::Offer) {
        return Err(TaskError::Failed("an offer is made by itself, of what was packed before".into()));
    } else {
        let mut files = build(&kinds, &release, !arguments.no_build)?;
        files.extend(offer::write(&files, &release, &arguments.channel)?);
        files
    };
    for file in files {
        sign::minisign(&file, &release)?;
        let size = std::fs::metadata(&file)?.len() as f64 / 1e6;
        say(&format!("{} ({size:.1} MB)", file.display()));
    }
    Ok(())
}

/// Packages in this version and in one that follows it, from one build, for the tests that install and upgrade them.
///
/// # Errors
/// As [`run`].
pub fn for_tests(kinds: &[Kind]) -> Result<(), TaskError> {
    packages::install_also(visavis_tests::machines::PACKAGES)?;
    let release = Release::new(None)?;
    build(kinds, &release, true)?;
    build(kinds, &release.next(), false)?;
    Ok(())
}

/// Packs once more what was built, and looks whether the same octets come out.
///
/// # Errors
/// They do not: a time, an order or a chance is in them.
pub fn twice(kinds: &[Kind]) -> Result<(), TaskError> {
    let release = Release::new(None)?;
    let pack = || -> Result<Vec<_>, TaskError> {
        let files = build(kinds, &release, false)?;
        files.into_iter().map(|file| Ok((std::fs::read(&file)?, file))).collect()
    };
    let (first, second) = (pack()?, pack()?);
    let differ: Vec<_> = first.iter().zip(&second).filter(|(one, other)| one.0 != other.0).collect();
    if let Some(((_, file), _)) = differ.first() {
        return Err(TaskError::Failed(format!("{} is not the same a second time", file.display())));
    }
    Ok(())
}

/// Signs the MSI of [`for_tests`] with a certificate made for it.
///
/// # Errors
/// The signature does not hold.
pub fn signatures() -> Result<(), TaskError> {
    packages::install_also(sign::AUTHENTICODE)?;
    let release = Release::new(None)?;
    sign::try_certificate(&release::folder().join(msi::name(&release)), &layout::staging("signatures"))
}

/// Builds packages of these kinds and says where they are.
///
/// # Errors
/// As [`run`].
fn build(kinds: &[Kind], release: &Release, compile: bool) -> Result<Vec<PathBuf>, TaskError> {
    let has = |kind| kinds.contains(&kind);
    if has(Kind::Msi) {
        // Before minutes of compiling.
        release.fits_windows()?;
    }
    std::fs::create_dir_all(release::folder())?;
    let mut files = Vec::new();
    if has(Kind::Deb) || has(Kind::Rpm) || has(Kind::Portable) {
        packages::install_also(deb::PACKAGES)?;
        packages::install_also(rpm::PACKAGES)?;
        let (program, triple) = shipped::program(System::Linux, compile)?;
        let entries = layout::entries(release, &program, &triple)?;
        if has(Kind::Deb) {
            files.push(deb::build(release, &program, &entries)?);
        }
        if has(Kind::Rpm) {
            files.push(rpm::build(release, &entries)?);
        }
        if has(Kind::Portable) {
            files.push(portable::build(System::Linux, release, &program, &release.papers(&program, &triple)?)?);
        }
    }
    if has(Kind::Msi) || has(Kind::Zip) {
        packages::install_also(msi::PACKAGES)?;
        let certificate = Certificate::given();
        if certificate.is_some() {
            packages::install_also(sign::AUTHENTICODE)?;
        }
        let (mut program, triple) = shipped::program(System::Windows, compile)?;
        if let Some(certificate) = &certificate {
            program = signed(program, certificate)?;
        }
        let papers = release.papers(&program, &triple)?;
        if has(Kind::Msi) {
            let file = msi::build(release, &program, &papers)?;
            if let Some(certificate) = &certificate {
                certificate.sign(&file)?;
            }
            files.push(file);
        }
        if has(Kind::Zip) {
            files.push(portable::build(System::Windows, release, &program, &papers)?);
        }
    }
    // Whoever deploys one of them writes policies, on whatever system.
    files.push(policies::build(release)?);
    Ok(files)
}

/// The program with its signature; cargo's own stays as it is.
fn signed(program: Program, certificate: &Certificate) -> Result<Program, TaskError> {
    let folder = layout::staging("signed");
    std::fs::create_dir_all(&folder)?;
    let copy = folder.join(program.file.file_name().unwrap_or_default());
    std::fs::copy(&program.file, &copy)?;
    certificate.sign(&copy)?;
    Ok(Program { file: copy, ..program })
}
