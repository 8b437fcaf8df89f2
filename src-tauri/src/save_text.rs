//! Saving a text where the person says, and nowhere else.

/// Longest text that is saved, in bytes: a day of captions.
const LONGEST: usize = 16 * 1024 * 1024;
/// Longest suggested name, in characters.
const LONGEST_NAME: usize = 80;

/// Asks where, and saves. `false`: the person thought better of it.
///
/// Errors: `refused` where there is too much of it, `failed` where it cannot be written.
#[tauri::command]
pub async fn save_text(name: String, text: String) -> Result<bool, &'static str> {
    if text.len() > LONGEST {
        return Err("refused");
    }
    let dialog = rfd::AsyncFileDialog::new().set_file_name(file_name(&name)).add_filter("Text", &["txt"]);
    let Some(file) = dialog.save_file().await else { return Ok(false) };
    match file.write(text.as_bytes()).await {
        Ok(()) => Ok(true),
        Err(error) => {
            tracing::warn!(%error, "a text is not saved");
            Err("failed")
        }
    }
}

/// A name that is only a name: no folders, nothing hidden, nothing that turns the text around it.
fn file_name(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|c| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { ' ' } else { c })
        .filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'))
        .take(LONGEST_NAME)
        .collect();
    let name = name.trim().trim_start_matches('.').trim();
    let name = name.strip_suffix(".txt").unwrap_or(name);
    if name.is_empty() { "Visavis.txt".to_owned() } else { format!("{name}.txt") }
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_suggested_name_stays_in_its_folder() {
        assert_eq!(file_name("Point d’équipe 12:00"), "Point d’équipe 12 00.txt");
        assert_eq!(file_name("../../.bashrc"), ".. .bashrc.txt");
        assert_eq!(file_name("a.txt"), "a.txt");
        assert_eq!(file_name("\u{202e}"), "Visavis.txt");
        assert_eq!(file_name(&"x".repeat(300)).len(), 84);
    }
}
