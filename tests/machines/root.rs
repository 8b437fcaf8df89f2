//! A copy of an image for one test: what is written there goes into a folder of its own.

use super::image::Image;
use super::shell;
use crate::servers::ServerError;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Lays the copy over its image, enters it, and runs the words that follow as whoever is asked for (`$4`), in the folder of the run.
const ENTER: &str = r#"
mount -t overlay overlay -o "lowerdir=$0,upperdir=$1/upper,workdir=$1/work" "$1/merged"
cd "$1/merged"
mount -t proc proc proc; mount --rbind /dev dev
mount -t tmpfs tmpfs tmp; chmod 1777 tmp
for folder in "$2" $3; do
    mkdir -p ".$folder"
    # Everybody gets there, also where it lies in root's own folder.
    above=$(dirname ".$folder"); until [ "$above" = . ]; do chmod a+x "$above"; above=$(dirname "$above"); done
    mount --rbind "$folder" ".$folder"
done
who=$4; shift 4
export HOME=/root USER=root
[ "$who" = root ] || export HOME="/home/$who" USER="$who"
[ "$who" = root ] || set -- setpriv --reuid "$who" --regid "$who" --clear-groups "$@"
exec env -i HOME="$HOME" USER="$USER" LANG=C.UTF-8 PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin $VISAVIS_ROOT_ENVIRONMENT chroot . "$@"
"#;
/// Where programs keep what they find out again, and what a run itself leaves.
const PASSING: &[&str] =
    &["/proc", "/dev", "/sys", "/tmp", "/run", "/var/log", "/var/cache", "/var/lib/apt", "/var/lib/dpkg", "/home"];

/// One copy; what was changed is in the folder of the run afterwards.
pub struct Root {
    image: PathBuf,
    folder: PathBuf,
    run: PathBuf,
    shared: Vec<PathBuf>,
    environment: Vec<(String, String)>,
    offline: bool,
}

impl Root {
    /// A fresh copy. `run` (a folder of the host) is there too, under the same name, for everybody.
    ///
    /// # Errors
    /// The folders cannot be made.
    pub fn fresh(image: &Image, run: &Path) -> Result<Self, ServerError> {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = run.join("root");
        for part in ["upper", "work", "merged"] {
            std::fs::create_dir_all(folder.join(part))?;
        }
        std::fs::set_permissions(run, std::fs::Permissions::from_mode(0o777))?;
        std::fs::set_permissions(folder.join("upper"), std::fs::Permissions::from_mode(0o755))?;
        let (image, run) = (image.folder().to_owned(), run.to_owned());
        Ok(Self { image, folder, run, shared: Vec::new(), environment: Vec::new(), offline: false })
    }

    /// A folder of the host that is there too, under the same name.
    pub fn share(&mut self, folder: &Path) {
        self.shared.push(folder.to_owned());
    }

    /// A variable without blanks in the environment of all its programs.
    pub fn set(&mut self, key: &str, value: &str) {
        self.environment.push((key.to_owned(), value.to_owned()));
    }

    /// Without any network from now on, or with the machine's.
    pub fn offline(&mut self, offline: bool) {
        self.offline = offline;
    }

    /// The words of a command of the host that runs what is put behind them inside, as `who`.
    pub fn enter(&self, who: &str) -> Vec<OsString> {
        let shared: Vec<_> = self.shared.iter().map(|folder| folder.to_string_lossy()).collect();
        let environment: Vec<_> = self.environment.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let mut words: Vec<OsString> = vec!["env".into()];
        words.push(format!("VISAVIS_ROOT_ENVIRONMENT={}", environment.join(" ")).into());
        words.extend(["unshare", "--mount", "--pid", "--fork", "--kill-child"].map(OsString::from));
        if self.offline {
            words.push("--net".into());
        }
        words.extend(["sh", "-ec", ENTER].map(OsString::from));
        words.extend([self.image.clone().into(), self.folder.clone().into(), self.run.clone().into()]);
        words.extend([shared.join(" ").into(), who.into()]);
        words
    }

    /// A command inside, as `who`.
    pub fn command(&self, who: &str, words: &[&str]) -> Command {
        let enter = self.enter(who);
        let mut command = Command::new(&enter[0]);
        command.args(&enter[1..]).args(words);
        command
    }

    /// Runs a shell script inside, as root, and gives what it printed.
    ///
    /// # Errors
    /// It fails.
    pub fn shell(&self, script: &str) -> Result<String, ServerError> {
        let output = self.command("root", &["sh", "-ec", script]).output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(text);
        }
        let words = format!("{text}\n{}", String::from_utf8_lossy(&output.stderr)).trim().to_owned();
        Err(ServerError::Start { what: script.to_owned(), words })
    }

    /// Every file and folder inside, but for what passes.
    ///
    /// # Errors
    /// As [`Self::shell`].
    pub fn files(&self) -> Result<BTreeSet<String>, ServerError> {
        let run = self.run.to_string_lossy();
        let first = run.split('/').nth(1).map(|first| format!("/{first}")).unwrap_or_default();
        let pruned: Vec<_> =
            PASSING.iter().copied().chain([first.as_str()]).map(|path| format!("-path {path} -prune")).collect();
        let listing = self.shell(&format!("find / -xdev {} -o -print", pruned.join(" -o ")))?;
        Ok(listing.lines().map(str::to_owned).collect())
    }

    /// A file inside, as the host sees it: where it was written there.
    pub fn written(&self, path: &str) -> PathBuf {
        self.folder.join("upper").join(path.trim_start_matches('/'))
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        // Some hundred megabytes, and nothing to read but for the logs, which are beside them.
        let _ = shell("a copy", "rm -rf \"$0\"", &[&self.folder.to_string_lossy()]);
    }
}
