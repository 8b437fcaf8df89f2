//! The picture behind the person: asked for in the system's own dialog, and kept as a copy.

use crate::commands::Shell;
use tauri::State;
use visavis_settings::keep_private;
use visavis_video::background::{KeepError, keep_picture};

/// Asks for a picture and keeps it; the name by which the settings know it. `None`: the person thought better of it.
///
/// Errors: `refused` where it is no picture or too large, `failed` where it cannot be kept.
#[tauri::command]
pub async fn choose_background(shell: State<'_, Shell>) -> Result<Option<String>, &'static str> {
    let Some(folder) = shell.pictures.clone() else { return Err("failed") };
    let dialog = rfd::AsyncFileDialog::new().add_filter("PNG, JPEG", &["png", "jpg", "jpeg"]);
    let Some(file) = dialog.pick_file().await else { return Ok(None) };
    let path = file.path().to_owned();
    // A large picture takes a while, and a file may lie on a network that does not answer.
    let keep = move || keep_picture(&path, &folder, keep_private);
    let kept = tauri::async_runtime::spawn_blocking(keep).await;
    match kept {
        Ok(Ok(name)) => Ok(Some(name)),
        Ok(Err(KeepError::Picture(error))) => {
            tracing::info!(%error, "no picture for the background");
            Err("refused")
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "no picture for the background");
            Err("failed")
        }
        Err(error) => {
            tracing::error!(%error, "no picture for the background");
            Err("failed")
        }
    }
}
