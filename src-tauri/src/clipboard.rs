//! What the person has copied: read when they press the key for it, and never before.

use tauri::AppHandle;

/// Longest text that is taken, in bytes: a whole invitation is shorter.
const LONGEST: usize = 64 * 1024;

/// The text of the clipboard; empty where it holds none.
///
/// Errors: `failed` where the system gives none within a moment; `unsupported` where the page has to ask for it itself.
#[tauri::command]
pub async fn pasted_text(app: AppHandle) -> Result<String, &'static str> {
    read(&app).await.map(bounded)
}

#[cfg(target_os = "linux")]
async fn read(app: &AppHandle) -> Result<String, &'static str> {
    /// Whoever holds the text may not answer.
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let asked = app.run_on_main_thread(move || {
        let clipboard = gtk::Clipboard::get(&gtk::gdk::SELECTION_CLIPBOARD);
        clipboard.request_text(move |_, text| {
            let _ = sender.send(text.unwrap_or_default().to_owned());
        });
    });
    asked.map_err(|_| "failed")?;
    match tokio::time::timeout(PATIENCE, receiver).await {
        Ok(Ok(text)) => Ok(text),
        _ => Err("failed"),
    }
}

#[cfg(not(target_os = "linux"))]
#[allow(clippy::unused_async)]
async fn read(_: &AppHandle) -> Result<String, &'static str> {
    Err("unsupported")
}

fn bounded(mut text: String) -> String {
    let mut end = LONGEST.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_two_characters() {
        assert_eq!(bounded("é".repeat(LONGEST)).len(), LONGEST);
        assert_eq!(bounded(format!("a{}", "é".repeat(LONGEST))).len(), LONGEST - 1);
        assert_eq!(bounded("abc".into()), "abc");
    }
}
