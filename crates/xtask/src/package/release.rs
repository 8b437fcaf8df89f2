//! What all packages of one version share: its number, its day, and the papers that lie beside the program.

use super::shipped::Program;
use super::{libraries, notices, parts, sbom};
use crate::tools::{self, TaskError};
use flate2::{Compression, GzBuilder};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use visavis_tests::places;

/// One version of the application.
#[derive(Clone, Debug)]
pub struct Release {
    pub version: String,
    /// Seconds since 1970: `$SOURCE_DATE_EPOCH`, else the time of the last commit. All times in packages are this one.
    pub epoch: u64,
}

/// Who stands for the packages: `$VISAVIS_MAINTAINER` as `Name <address>`.
pub fn maintainer() -> String {
    std::env::var("VISAVIS_MAINTAINER")
        .unwrap_or_else(|_| "The Visavis maintainers <maintainers@visavis.example>".into())
}

/// A file of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    pub name: &'static str,
    pub content: Vec<u8>,
}

impl Release {
    /// This checkout's version, or the one that is given.
    ///
    /// # Errors
    /// No commit, and no `$SOURCE_DATE_EPOCH`.
    pub fn new(version: Option<&str>) -> Result<Self, TaskError> {
        let version = version.unwrap_or(env!("CARGO_PKG_VERSION")).to_owned();
        if !is_version(&version) {
            return Err(TaskError::Failed(format!("{version} is no version such as 1.2.3")));
        }
        let given = std::env::var("SOURCE_DATE_EPOCH").ok();
        let mut log = Command::new("git");
        log.args(["log", "-1", "--format=%ct"]).current_dir(places::repository());
        let epoch = given.or_else(|| tools::output(&mut log)).and_then(|text| text.trim().parse().ok());
        let epoch = epoch.ok_or_else(|| TaskError::Missing("SOURCE_DATE_EPOCH, or a commit".into()))?;
        Ok(Self { version, epoch })
    }

    /// The version after this one, with nothing new in it.
    pub fn next(&self) -> Self {
        let (front, last) = self.version.rsplit_once('.').unwrap_or((&self.version, "0"));
        let last = last.parse::<u32>().unwrap_or_default();
        Self { version: format!("{front}.{}", last + 1), epoch: self.epoch }
    }

    /// Whether an MSI can bear this version: Windows' installer compares numbers of 8, 8 and 16 bits, and takes no others for a newer one.
    ///
    /// # Errors
    /// A number is too large.
    pub fn fits_windows(&self) -> Result<(), TaskError> {
        let numbers = self.version.split('.').map(|number| number.parse::<u32>().unwrap_or(u32::MAX));
        if numbers.zip([255, 255, 65_535]).all(|(number, most)| number <= most) {
            return Ok(());
        }
        let version = &self.version;
        Err(TaskError::Failed(format!("{version} is no version for an MSI: Windows compares them up to 255.255.65535")))
    }

    /// The day, as `2026-11-29` with `%F`; formats are those of `date`.
    ///
    /// # Errors
    /// There is no `date`.
    pub fn date(&self, format: &str) -> Result<String, TaskError> {
        let mut command = Command::new("date");
        command.args(["-u", "-d", &format!("@{}", self.epoch), &format!("+{format}")]).env("LC_ALL", "C");
        let text = tools::output(&mut command).ok_or_else(|| TaskError::Missing("date".into()))?;
        Ok(text.trim().to_owned())
    }

    /// A template of `installers/` with version and day filled in.
    ///
    /// # Errors
    /// It is not there.
    pub fn template(&self, name: &str) -> Result<String, TaskError> {
        let text = std::fs::read_to_string(installer(name))?;
        Ok(text.replace("@VERSION@", &self.version).replace("@DATE@", &self.date("%F")?))
    }

    /// Licence, notices and lists of parts of this program for this target.
    ///
    /// # Errors
    /// cargo does not tell, or there is no text of somebody's licence.
    pub fn papers(&self, program: &Program, triple: &str) -> Result<Vec<Paper>, TaskError> {
        let (crates, models, page) = (parts::crates(triple)?, parts::models()?, parts::page()?);
        let libraries = libraries::of(program)?;
        let of_libraries: Vec<_> = libraries.iter().map(|library| library.part.clone()).collect();
        let kinds: [(&str, &[_]); 4] = [
            ("Crates of Rust", &crates),
            ("Libraries that no crate brings", &of_libraries),
            ("Models", &models),
            ("Packages of the page", &page),
        ];
        let notices = notices::text(&std::fs::read_to_string(installer("notices.txt"))?, &kinds)?;
        let list = |value: &serde_json::Value| serde_json::to_vec_pretty(value);
        Ok(vec![
            Paper { name: "THIRD-PARTY.txt", content: notices.into_bytes() },
            Paper {
                name: "visavis.cdx.json",
                content: list(&sbom::program(&self.version, &crates, &libraries, &models))?,
            },
            Paper { name: "page.cdx.json", content: list(&sbom::page(&self.version, &page))? },
        ])
    }
}

/// Whether it is three numbers. Five digits are as many as an MSI's last one may have.
fn is_version(text: &str) -> bool {
    let is_number = |part: &str| (1..=5).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split('.').count() == 3 && text.split('.').all(is_number)
}

/// The licence of Visavis itself, as plain text.
///
/// # Errors
/// It is not there.
pub fn licence() -> Result<String, TaskError> {
    let text = std::fs::read_to_string(installer("linux/copyright"))?;
    let (_, licence) = text.rsplit_once("License: MIT\n").unwrap_or_default();
    let lines =
        licence.lines().map(|line| line.trim_start_matches(' ')).map(|line| if line == "." { "" } else { line });
    let plain = lines.collect::<Vec<_>>().join("\n");
    Ok(format!("MIT License\n\nCopyright (c) 2026 The Visavis maintainers\n\n{plain}\n"))
}

/// A file of `installers/`.
pub fn installer(name: &str) -> PathBuf {
    places::repository().join("installers").join(name)
}

/// Where finished packages go.
pub fn folder() -> PathBuf {
    places::target().join("packages")
}

/// Compressed as `gzip -9n` does: without a name and a time.
///
/// # Errors
/// None that a memory has; the trait asks for it.
pub fn gzip(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut writer = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    writer.write_all(content)?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_three_numbers() {
        for good in ["0.1.0", "26.12.10001", "2026.12.0", "255.255.65535"] {
            assert!(is_version(good), "{good}");
        }
        for bad in ["", "1.2", "1.2.3.4", "1..3", "1.2.x", "1.2.-3", "1.2.3-rc1", "1.2.123456"] {
            assert!(!is_version(bad), "{bad}");
        }
    }

    #[test]
    fn a_version_that_windows_cannot_compare_is_no_msi() {
        let fits = |version: &str| Release { version: version.into(), epoch: 0 }.fits_windows();
        for good in ["0.1.0", "26.12.0", "255.255.9999", "1.0.65535"] {
            assert!(fits(good).is_ok(), "{good}");
        }
        for bad in ["2026.12.0", "256.0.0", "1.256.0", "1.0.65536"] {
            assert!(fits(bad).unwrap_err().to_string().starts_with(bad), "{bad}");
        }
    }
}
