//! Libraries that are shipped and that no crate carries, for the lists of parts.

use super::parts::Part;
use super::release::installer;
use super::shipped::Program;
use super::stamp;
use super::vpx::Linked;
use crate::tools::TaskError;
use sha2::{Digest as _, Sha256};
use std::path::Path;

/// Where the package leaves who wrote libvpx, and its licence.
const VPX_PAPERS: &str = "/usr/share/doc/libvpx-dev";
/// The library that finds what shows the page, in the program's folder on Windows.
const LOADER: &str = "WebView2Loader.dll";
/// Its licence, in `installers`; the crate that brings it has its own alone.
const LOADER_PAPERS: &str = "licences/webview2";

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Library {
    pub part: Part,
    /// By which those who look for faults know it (a package URL).
    pub address: String,
}

/// Those in a program, and beside it.
///
/// # Errors
/// A file cannot be read, bears no version, or nobody knows what it is.
pub fn of(program: &Program) -> Result<Vec<Library>, TaskError> {
    let beside = program.beside.iter().map(|file| loader(file));
    std::iter::once(Ok(vpx(&program.vpx))).chain(beside).collect()
}

/// SHA-256 in hexadecimal.
pub fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// As a package of its distribution: what was mended there is mended here, and its own number does not tell.
fn vpx(linked: &Linked) -> Library {
    let Linked { version, distribution, hash } = linked;
    let name = distribution.split('-').next().unwrap_or_default();
    let escaped = version.replace('+', "%2B");
    Library {
        address: format!("pkg:deb/{name}/libvpx@{escaped}?arch=source&distro={distribution}"),
        part: Part {
            name: "libvpx".into(),
            version: version.clone(),
            licence: "BSD-3-Clause".into(),
            folder: VPX_PAPERS.into(),
            hash: Some(hash.clone()),
            sources: format!("apt-get source libvpx={version}"),
            ..Part::default()
        },
    }
}

/// It has the version of the package that Microsoft publishes it in.
fn loader(file: &Path) -> Result<Library, TaskError> {
    let refused = |why: &str| TaskError::Failed(format!("{}: {why}", file.display()));
    if file.file_name().is_none_or(|name| name != LOADER) {
        return Err(refused("no list of parts knows it"));
    }
    let content = std::fs::read(file)?;
    let version = stamp::of(&content).ok_or_else(|| refused("it bears no version"))?.version;
    Ok(Library {
        address: format!("pkg:nuget/Microsoft.Web.WebView2@{version}"),
        part: Part {
            name: LOADER.into(),
            licence: "BSD-3-Clause".into(),
            folder: installer(LOADER_PAPERS),
            hash: Some(sha256(&content)),
            authors: vec!["Microsoft Corporation".into()],
            sources: format!("https://www.nuget.org/packages/Microsoft.Web.WebView2/{version}"),
            version,
            ..Part::default()
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn program(beside: Vec<PathBuf>) -> Program {
        let vpx =
            Linked { version: "1.12.0-1+deb12u5".into(), distribution: "debian-12".into(), hash: sha256(b"archive") };
        Program { file: PathBuf::new(), beside, vpx }
    }

    #[test]
    fn libvpx_is_known_as_what_its_distribution_mended() {
        let libraries = of(&program(Vec::new())).unwrap();
        assert_eq!(libraries.len(), 1);
        assert_eq!(libraries[0].address, "pkg:deb/debian/libvpx@1.12.0-1%2Bdeb12u5?arch=source&distro=debian-12");
        assert_eq!(libraries[0].part.version, "1.12.0-1+deb12u5");
        assert_eq!(libraries[0].part.hash.as_deref().map(str::len), Some(64));
    }

    #[test]
    fn what_lies_beside_the_program_is_known_or_refused() {
        let refused = of(&program(vec!["/nowhere/other.dll".into()])).unwrap_err().to_string();
        assert!(refused.contains("no list of parts knows it"), "{refused}");
        let folder = std::env::temp_dir().join(format!("visavis-libraries-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join(LOADER);
        std::fs::write(&file, "MZ").unwrap();
        let refused = of(&program(vec![file.clone()])).unwrap_err().to_string();
        std::fs::write(&file, stamp::tests::resource([1, 0, 3800, 47], None)).unwrap();
        let libraries = of(&program(vec![file])).unwrap();
        std::fs::remove_dir_all(folder).unwrap();
        assert!(refused.contains("bears no version"), "{refused}");
        assert_eq!(libraries[1].address, "pkg:nuget/Microsoft.Web.WebView2@1.0.3800.47");
        assert_eq!((&*libraries[1].part.name, &*libraries[1].part.version), (LOADER, "1.0.3800.47"));
    }
}
