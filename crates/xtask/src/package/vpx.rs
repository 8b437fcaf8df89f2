//! libvpx, which is linked statically: the distribution's own archive for Linux; for Windows its sources, built with decoders only.
//!
//! Distributions mend faults within one number of upstream's: `1.12.0-1+deb12u6` is 1.12.0 like the one before. So the whole version names
//! the folder. A mended one is built anew, and cargo, which asks the bindings' build script again where a variable changes and not where a
//! file does, links it anew.

use super::libraries::sha256;
use super::toolchain::MINGW;
use crate::step::say;
use crate::tools::{self, TaskError};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::process::Command;
use visavis_tests::machines::archive;

const PACKAGE: &str = "libvpx-dev";

/// The library, ready to be linked.
#[derive(Debug)]
pub struct Vpx {
    /// Holds `libvpx.a`.
    library: PathBuf,
    include: PathBuf,
    installed: Installed,
}

/// Which libvpx is in a program, as it is written beside that: the machine may have another one by the time that it is packed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Linked {
    /// The distribution's, of the source package, whole.
    pub version: String,
    /// As `debian-12`.
    pub distribution: String,
    /// SHA-256 of the archive, in hexadecimal.
    pub hash: String,
}

/// What dpkg tells of the package, and the package of itself.
#[derive(Debug)]
struct Installed {
    version: String,
    source: String,
    /// Without what the distribution adds.
    upstream: String,
}

impl Vpx {
    /// Copies the distribution's archive.
    ///
    /// # Errors
    /// It is not installed.
    pub fn for_linux() -> Result<Self, TaskError> {
        let installed = Installed::ask()?;
        let include = tools::output(Command::new("pkg-config").args(["--variable=includedir", "vpx"]));
        let include = PathBuf::from(include.ok_or_else(missing)?.trim());
        // Not where pkg-config says: Debian's own file names a folder in which it does not lie. The compiler knows; without one it says the bare name.
        let archive = tools::output(Command::new("cc").arg("-print-file-name=libvpx.a")).ok_or_else(missing)?;
        let archive = Some(Path::new(archive.trim())).filter(|archive| archive.is_absolute()).ok_or_else(missing)?;
        let library = tools::folder("linux").join(installed.folder()).join("lib");
        std::fs::create_dir_all(&library)?;
        let unfinished = library.join("libvpx.new");
        std::fs::copy(archive, &unfinished)?;
        std::fs::rename(unfinished, library.join("libvpx.a"))?;
        Ok(Self { library, include, installed })
    }

    /// Builds it (half a minute) where that was not done yet.
    ///
    /// # Errors
    /// It is not installed, has no sources of that version, or does not compile.
    pub fn for_windows() -> Result<Self, TaskError> {
        let installed = Installed::ask()?;
        let folder = tools::folder("windows").join(installed.folder());
        if !folder.join("lib/libvpx.a").exists() {
            say(&format!("building libvpx {} for Windows", installed.source));
            build(&folder, &installed.source)?;
        }
        Ok(Self { library: folder.join("lib"), include: folder.join("include"), installed })
    }

    /// What the bindings' build script looks at.
    pub fn environment(&self) -> [(String, String); 4] {
        let shown = |path: &Path| path.display().to_string();
        [
            ("VPX_LIB_DIR".into(), shown(&self.library)),
            ("VPX_INCLUDE_DIR".into(), shown(&self.include)),
            ("VPX_VERSION".into(), self.installed.upstream.clone()),
            ("VPX_STATIC".into(), "1".into()),
        ]
    }

    /// Which one it is.
    ///
    /// # Errors
    /// The archive, or the name of this system, cannot be read.
    pub fn linked(&self) -> Result<Linked, TaskError> {
        let system = std::fs::read_to_string("/etc/os-release")?;
        Ok(Linked {
            version: self.installed.source.clone(),
            distribution: distribution(&system),
            hash: sha256(&std::fs::read(self.library.join("libvpx.a"))?),
        })
    }
}

impl Linked {
    /// Writes it beside a program that was just built.
    ///
    /// # Errors
    /// That cannot be written.
    pub fn write(&self, program: &Path) -> Result<(), TaskError> {
        Ok(std::fs::write(beside(program), serde_json::to_vec_pretty(self)?)?)
    }

    /// What is in a program that was built before.
    ///
    /// # Errors
    /// It does not say.
    pub fn read(program: &Path) -> Result<Self, TaskError> {
        let file = beside(program);
        let text = std::fs::read(&file).map_err(|_| {
            let program = program.display();
            TaskError::Failed(format!("which libvpx is in {program} is not known: it has to be built once more"))
        })?;
        Ok(serde_json::from_slice(&text)?)
    }
}

impl Installed {
    fn ask() -> Result<Self, TaskError> {
        let mut query = Command::new("dpkg-query");
        query.args(["-W", "-f", "${Version} ${source:Version}\n", PACKAGE]);
        let upstream = tools::output(Command::new("pkg-config").args(["--modversion", "vpx"]));
        Self::read(&tools::output(&mut query).unwrap_or_default(), &upstream.unwrap_or_default()).ok_or_else(missing)
    }

    /// A line for each architecture, all of one version.
    fn read(told: &str, upstream: &str) -> Option<Self> {
        let mut words = told.lines().next()?.split_whitespace().map(str::to_owned);
        let (version, source) = (words.next()?, words.next()?);
        let upstream = upstream.trim().to_owned();
        (!upstream.is_empty()).then_some(Self { version, source, upstream })
    }

    /// `make` takes no colons in names of files; no version has an underscore.
    fn folder(&self) -> String {
        format!("libvpx-{}", self.version.replace(':', "_"))
    }
}

fn missing() -> TaskError {
    TaskError::Missing(PACKAGE.into())
}

fn beside(program: &Path) -> PathBuf {
    program.with_file_name("visavis.libvpx.json")
}

/// `ID` and `VERSION_ID` of os-release(5); some have no number.
fn distribution(system: &str) -> String {
    let field = |name: &str| {
        let value = system.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        value.map(|value| value.trim().trim_matches('"'))
    };
    let name = field("ID").unwrap_or("debian");
    field("VERSION_ID").map_or_else(|| name.to_owned(), |number| format!("{name}-{number}"))
}

/// Fetches the sources of this version by apt, with the distribution's patches, and builds them into `folder`.
fn build(folder: &Path, version: &str) -> Result<(), TaskError> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let [work, unfinished] = ["work", "new"].map(|end| folder.with_file_name(format!("{name}.{end}")));
    if work.exists() {
        std::fs::remove_dir_all(&work)?;
    }
    std::fs::create_dir_all(work.join("lists/partial"))?;
    std::fs::create_dir_all(work.join("build"))?;
    std::fs::write(work.join("sources.list"), archive::all()?.iter().map(|of| of.line("deb-src")).collect::<String>())?;
    let apt = || {
        let mut command = Command::new("apt-get");
        command.current_dir(&work).args([
            "-qq",
            "-o",
            "Dir::Etc::sourceparts=/dev/null",
            "-o",
            "APT::Sandbox::User=root",
        ]);
        for (key, file) in [("Etc::sourcelist", "sources.list"), ("State::lists", "lists"), ("Cache", "cache")] {
            command.arg("-o").arg(format!("Dir::{key}={}", work.join(file).display()));
        }
        command
    };
    tools::run(apt().arg("update"))?;
    // Without its version it would be the newest, which the list of parts does not name. An archive keeps no older ones.
    tools::run(apt().arg("source").arg(format!("libvpx={version}"))).map_err(|error| {
        TaskError::Failed(format!("sources of libvpx {version}: {error}; is {PACKAGE} the newest (apt-get upgrade)?"))
    })?;
    // What it is configured with stands in the archive: no folder of this machine among it, so that the same sources give the same octets.
    let script = "exec >build.log 2>&1; cd build && ../libvpx-*/configure --target=x86_64-win64-gcc --prefix=/libvpx --as=nasm --enable-static \
                  --disable-shared --disable-examples --disable-tools --disable-docs --disable-unit-tests --disable-vp8-encoder \
                  --disable-vp9-encoder --disable-postproc --disable-webm-io --disable-libyuv --enable-runtime-cpu-detect \
                  && make -j\"$(nproc)\" install DESTDIR=\"$0\"";
    let mut make = Command::new("sh");
    make.args(["-ec", script]).arg(&unfinished).current_dir(&work).env("CROSS", format!("{MINGW}-"));
    make.env("CFLAGS", format!("-ffile-prefix-map={}=/libvpx", work.display()));
    tools::run(&mut make).map_err(|error| {
        TaskError::Failed(format!("libvpx for Windows: {error}; see {}", work.join("build.log").display()))
    })?;
    std::fs::rename(unfinished.join("libvpx"), folder)?;
    std::fs::remove_dir_all(&unfinished)?;
    Ok(std::fs::remove_dir_all(&work)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mended_one_lies_in_a_folder_of_its_own() {
        let folder = |told: &str| Installed::read(told, "1.12.0\n").map(|installed| installed.folder());
        let (old, new) = (folder("1.12.0-1+deb12u5 1.12.0-1+deb12u5\n"), folder("1.12.0-1+deb12u6 1.12.0-1+deb12u6\n"));
        assert_eq!(old.as_deref(), Some("libvpx-1.12.0-1+deb12u5"));
        assert_ne!(old, new);
        // Another compilation of the same sources is another archive, too; a second architecture is none.
        assert_eq!(folder("1:1.2-3+b1 1:1.2-3\n1:1.2-3+b1 1:1.2-3\n").as_deref(), Some("libvpx-1_1.2-3+b1"));
        assert_eq!(folder(""), None);
        assert!(Installed::read("1.2-3 1.2-3\n", "").is_none());
    }

    #[test]
    fn what_is_in_a_program_is_known_later() {
        let folder = std::env::temp_dir().join(format!("visavis-libvpx-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let program = folder.join("visavis");
        let before = Linked::read(&program).unwrap_err().to_string();
        let linked = Linked { version: "1.2-3".into(), distribution: "debian-12".into(), hash: "ab".into() };
        linked.write(&program).unwrap();
        let after = Linked::read(&program).unwrap();
        std::fs::remove_dir_all(folder).unwrap();
        assert!(before.contains("has to be built once more"), "{before}");
        assert_eq!(after, linked);
    }

    #[test]
    fn a_distribution_has_a_name_and_mostly_a_number() {
        assert_eq!(distribution("PRETTY_NAME=\"Debian\"\nVERSION_ID=\"12\"\nID=debian\n"), "debian-12");
        assert_eq!(distribution("ID=\"ubuntu\"\nID_LIKE=debian\nVERSION_ID=24.04\n"), "ubuntu-24.04");
        assert_eq!(distribution("ID=debian\n"), "debian");
    }
}
