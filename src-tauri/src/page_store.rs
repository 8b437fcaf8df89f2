//! Where pages keep what they keep: a folder of the person's, or, where that cannot be made (a home that is read-only, a frozen profile),
//! one for this run alone. A private window would not do: Tauri makes the folder for it too, and its later ones have no page.

use std::fs::{DirBuilder, DirEntry, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tauri::{AppHandle, Manager as _, WebviewUrl, WebviewWindowBuilder, Wry};

/// What the folders for one run are called in the temporary one, before sixteen hexadecimal digits.
const PREFIX: &str = "visavis-";

/// A file in each of them. Whose run lives holds its lock; it goes last.
const HELD: &str = "held";

/// The web view's own processes end a moment after its window: Windows removes nothing that they have open.
const ENDING: Duration = Duration::from_secs(2);
const AGAIN: Duration = Duration::from_millis(100);

/// The folder of this run.
pub struct PageStore {
    /// Where it is none of the person's.
    instead: Option<Instead>,
}

/// A folder for one run.
struct Instead {
    folder: PathBuf,
    /// `None`: the system holds nothing there, and no later start takes the folder away.
    held: Mutex<Option<File>>,
}

impl PageStore {
    /// Sees to it that there is one, and takes away what earlier runs left, beside the start.
    ///
    /// Errors: not even one for this run can be made.
    pub fn find(app: &AppHandle) -> io::Result<Self> {
        // macOS' web view takes no folder; where the system names none, it looks for one itself.
        if cfg!(target_os = "macos") {
            return Ok(Self { instead: None });
        }
        let temporary = std::env::temp_dir();
        let own = app.path().app_local_data_dir().ok();
        let instead = own.map_or(Ok(None), |own| choose(&own, &temporary))?;
        if let Err(error) = std::thread::Builder::new().name("page-store".into()).spawn(move || clear(&temporary)) {
            tracing::debug!(%error, "what pages kept for earlier runs stays");
        }
        Ok(Self { instead })
    }

    /// Takes away what is of this run alone.
    pub fn end(&self) {
        let Some(Instead { folder, held }) = &self.instead else { return };
        let end = Instant::now() + ENDING;
        let mut emptied = empty(folder);
        while emptied.is_err() && Instant::now() < end {
            std::thread::sleep(AGAIN);
            emptied = empty(folder);
        }
        drop(held.lock().unwrap_or_else(PoisonError::into_inner).take());
        if let Err(error) = emptied.and_then(|()| remove(folder)) {
            tracing::debug!(%error, "what pages kept for this run stays until the next one");
        }
    }
}

/// The folder of this run, where it is none of the person's.
pub fn instead(app: &AppHandle) -> Option<PathBuf> {
    app.try_state::<PageStore>().and_then(|store| store.instead.as_ref().map(|instead| instead.folder.clone()))
}

/// Where the folders of further windows lie.
///
/// Errors: the system names none.
pub fn base(app: &AppHandle) -> tauri::Result<PathBuf> {
    instead(app).map_or_else(|| app.path().app_local_data_dir(), Ok)
}

/// A window of ours, to be built: all of them have one store.
pub fn window<'a>(app: &'a AppHandle, label: &str, url: WebviewUrl) -> WebviewWindowBuilder<'a, Wry, AppHandle> {
    let builder = WebviewWindowBuilder::new(app, label, url);
    match instead(app) {
        Some(folder) => builder.data_directory(folder),
        None => builder,
    }
}

/// `None`: the person's `own`, which is made; else a new one in `temporary`.
fn choose(own: &Path, temporary: &Path) -> io::Result<Option<Instead>> {
    let Err(error) = std::fs::create_dir_all(own) else { return Ok(None) };
    tracing::warn!(%error, "the folder of what pages keep cannot be made: it is kept for this run alone");
    let folder = temporary.join(format!("{PREFIX}{:016x}", rand::random::<u64>()));
    #[cfg_attr(not(unix), allow(unused_mut, reason = "the mode is Unix' own"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    // Not one that is there: others may write in `temporary`.
    builder.create(&folder)?;
    let held = hold(&folder).inspect_err(|error| tracing::debug!(%error, "the folder is not held")).ok();
    Ok(Some(Instead { folder, held: Mutex::new(held) }))
}

/// Makes the file that says whose a folder is. It has its name once it is held: another start never finds it free.
fn hold(folder: &Path) -> io::Result<File> {
    let new = folder.join("new");
    let file = File::create_new(&new)?;
    file.lock()?;
    std::fs::rename(new, folder.join(HELD))?;
    Ok(file)
}

/// Takes away what runs left that ended without a word, or whose web view still had it open.
fn clear(temporary: &Path) {
    let Ok(entries) = std::fs::read_dir(temporary) else { return };
    for entry in entries.flatten().filter(is_of_a_run) {
        let folder = entry.path();
        let Ok(held) = File::options().write(true).open(folder.join(HELD)) else { continue };
        if held.try_lock().is_err() {
            continue;
        }
        let emptied = empty(&folder);
        drop(held);
        if let Err(error) = emptied.and_then(|()| remove(&folder)) {
            tracing::debug!(%error, "what pages kept for an earlier run stays");
        }
    }
}

/// Whether it is a folder of ours for one run, and no link to another.
fn is_of_a_run(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    let digits = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
    let is_called_so =
        digits.is_some_and(|digits| digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    is_called_so && entry.metadata().is_ok_and(|of| of.is_dir() && is_mine(&of))
}

#[cfg(unix)]
fn is_mine(of: &std::fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(of) == rustix::process::geteuid().as_raw()
}

/// The temporary folder is the person's own.
#[cfg(not(unix))]
fn is_mine(_: &std::fs::Metadata) -> bool {
    true
}

/// Takes away what lies in a folder, but for the file by which the next start knows it.
fn empty(folder: &Path) -> io::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name() == HELD {
            continue;
        }
        if entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())?;
        } else {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Takes an empty folder away.
fn remove(folder: &Path) -> io::Result<()> {
    match std::fs::remove_file(folder.join(HELD)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => std::fs::remove_dir(folder),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(test: &str) -> PathBuf {
        std::env::temp_dir().join(format!("visavis-page-store-{}-{test}", std::process::id()))
    }

    /// One for a run, in `here`: below a file nothing else can be made, by root neither.
    fn for_a_run(here: &Path) -> Instead {
        std::fs::create_dir_all(here).expect("a folder");
        std::fs::write(here.join("file"), "").expect("a file");
        choose(&here.join("file/pages"), here).expect("another").expect("for this run")
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_replaced_for_one_run() {
        let here = place("instead");
        let own = here.join("share/pages");
        assert!(choose(&own, &here).expect("the person's").is_none());
        assert!(own.is_dir());
        assert!(choose(&own, &here).expect("the same").is_none());
        let instead = for_a_run(&here);
        let folder = instead.folder.clone();
        assert!(folder.is_dir() && folder.starts_with(&here), "{}", folder.display());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&folder).expect("it").permissions().mode() & 0o777, 0o700);
        }
        assert_ne!(for_a_run(&here).folder, folder);
        let closed = here.join("file/pages");
        assert!(choose(&closed, &closed).is_err(), "nowhere");
        std::fs::write(folder.join("cookies"), "").expect("kept");
        PageStore { instead: Some(instead) }.end();
        assert!(!folder.exists());
        std::fs::remove_dir_all(here).expect("gone");
    }

    #[test]
    fn what_a_run_left_goes_with_the_next_start_and_what_lives_stays() {
        let here = place("left");
        let (living, left) = (for_a_run(&here), for_a_run(&here));
        for folder in [&living.folder, &left.folder] {
            std::fs::create_dir_all(folder.join("store")).expect("a folder");
            std::fs::write(folder.join("store/cookies"), "").expect("kept");
        }
        // It was killed.
        let gone = left.folder.clone();
        drop(left);
        // One that is just being made, and what is another's.
        let (new, other) = (here.join("visavis-0123456789abcdef"), here.join("visavis-notes"));
        for folder in [&new, &other] {
            std::fs::create_dir(folder).expect("a folder");
        }
        std::fs::write(other.join(HELD), "").expect("a file");
        // A program that another test is starting at this moment holds what we hold until it runs.
        let since = std::time::Instant::now();
        while gone.exists() && since.elapsed() < std::time::Duration::from_secs(10) {
            clear(&here);
        }
        assert!(!gone.exists());
        assert!(living.folder.join("store/cookies").is_file() && new.is_dir() && other.is_dir());
        drop(living);
        std::fs::remove_dir_all(here).expect("gone");
    }
}
