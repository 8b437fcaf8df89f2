//! Where pages keep what they keep: a folder of the person's, or, where that cannot be made (a home that is read-only, a frozen profile),
//! one for this run alone. A private window would not do: Tauri makes the folder for it too, and its later ones have no page.

use std::fs::DirBuilder;
use std::io;
use std::path::{Path, PathBuf};
use tauri::{AppHandle, Manager as _, WebviewUrl, WebviewWindowBuilder, Wry};

/// The folder of this run.
pub struct PageStore {
    /// Where it is none of the person's.
    instead: Option<PathBuf>,
}

impl PageStore {
    /// Sees to it that there is one.
    ///
    /// Errors: not even one for this run can be made.
    pub fn find(app: &AppHandle) -> io::Result<Self> {
        // macOS' web view takes no folder; where the system names none, it looks for one itself.
        let own = if cfg!(target_os = "macos") { None } else { app.path().app_local_data_dir().ok() };
        let instead = own.map_or(Ok(None), |own| choose(&own, &std::env::temp_dir()))?;
        Ok(Self { instead })
    }

    /// Takes away what is of this run alone.
    pub fn end(&self) {
        if let Some(folder) = &self.instead
            && let Err(error) = std::fs::remove_dir_all(folder)
        {
            tracing::debug!(%error, "what pages kept for this run stays");
        }
    }
}

/// The folder of this run, where it is none of the person's.
pub fn instead(app: &AppHandle) -> Option<PathBuf> {
    app.try_state::<PageStore>().and_then(|store| store.instead.clone())
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
fn choose(own: &Path, temporary: &Path) -> io::Result<Option<PathBuf>> {
    let Err(error) = std::fs::create_dir_all(own) else { return Ok(None) };
    tracing::warn!(%error, "the folder of what pages keep cannot be made: it is kept for this run alone");
    let folder = temporary.join(format!("visavis-{:016x}", rand::random::<u64>()));
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    // Not one that is there: others may write in `temporary`.
    builder.create(&folder)?;
    Ok(Some(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_be_made_is_replaced_for_one_run() {
        let here = std::env::temp_dir().join(format!("visavis-page-store-{}", std::process::id()));
        let own = here.join("share/pages");
        assert_eq!(choose(&own, &here).expect("the person's"), None);
        assert!(own.is_dir());
        assert_eq!(choose(&own, &here).expect("the same"), None);
        // Below a file nothing can be made, by root neither.
        std::fs::write(here.join("file"), "").expect("a file");
        let closed = here.join("file/pages");
        let instead = choose(&closed, &here).expect("another").expect("for this run");
        assert!(instead.is_dir() && instead.starts_with(&here), "{}", instead.display());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&instead).expect("it").permissions().mode() & 0o777, 0o700);
        }
        assert_ne!(choose(&closed, &here).expect("another").as_ref(), Some(&instead));
        assert!(choose(&closed, &closed).is_err(), "nowhere");
        PageStore { instead: Some(instead.clone()) }.end();
        assert!(!instead.exists());
        std::fs::remove_dir_all(here).expect("gone");
    }
}
