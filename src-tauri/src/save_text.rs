//! Saving and reading a text where the person says, and nowhere else.

use serde::Deserialize;

/// Longest text that is saved, in bytes: a day of captions.
const LONGEST: usize = 16 * 1024 * 1024;
/// Longest text that is read, in bytes: settings.
const LONGEST_READ: usize = 256 * 1024;
/// Longest suggested name, in characters.
const LONGEST_NAME: usize = 80;

/// What a text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextKind {
    #[default]
    Txt,
    Json,
}

impl TextKind {
    const fn extension(self) -> &'static str {
        match self {
            Self::Txt => "txt",
            Self::Json => "json",
        }
    }

    const fn filter(self) -> &'static str {
        match self {
            Self::Txt => "Text",
            Self::Json => "JSON",
        }
    }
}

/// Asks where, and saves. `false`: the person thought better of it.
///
/// Errors: `refused` where there is too much of it, `failed` where it cannot be written.
#[tauri::command]
pub async fn save_text(name: String, text: String, kind: Option<TextKind>) -> Result<bool, &'static str> {
    if text.len() > LONGEST {
        return Err("refused");
    }
    let kind = kind.unwrap_or_default();
    let dialog = rfd::AsyncFileDialog::new()
        .set_file_name(file_name(&name, kind))
        .add_filter(kind.filter(), &[kind.extension()]);
    let Some(file) = dialog.save_file().await else { return Ok(false) };
    match file.write(text.as_bytes()).await {
        Ok(()) => Ok(true),
        Err(error) => {
            tracing::warn!(%error, "a text is not saved");
            Err("failed")
        }
    }
}

/// Asks for a JSON file, and reads it. `None`: the person thought better of it.
///
/// Errors: `refused` where it is no text or too much of it, `failed` where it cannot be read.
#[tauri::command]
pub async fn open_text() -> Result<Option<String>, &'static str> {
    let kind = TextKind::Json;
    let dialog = rfd::AsyncFileDialog::new().add_filter(kind.filter(), &[kind.extension()]);
    let Some(file) = dialog.pick_file().await else { return Ok(None) };
    read(file.path()).map(Some)
}

fn read(path: &std::path::Path) -> Result<String, &'static str> {
    use std::io::Read as _;
    let failed = |error: std::io::Error| {
        tracing::warn!(%error, "a text is not read");
        "failed"
    };
    // What never ends (a device, a pipe) is no file of settings.
    if !path.metadata().map_err(failed)?.is_file() {
        return Err("refused");
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(LONGEST_READ as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > LONGEST_READ {
        return Err("refused");
    }
    String::from_utf8(bytes).map_err(|_| "refused")
}

/// A name that is only a name: no folders, nothing hidden, nothing that turns the text around it.
fn file_name(name: &str, kind: TextKind) -> String {
    let name: String = name
        .chars()
        .map(|c| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { ' ' } else { c })
        .filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'))
        .take(LONGEST_NAME)
        .collect();
    let name = name.trim().trim_start_matches('.').trim();
    let extension = kind.extension();
    let name = name.strip_suffix(&format!(".{extension}")).unwrap_or(name);
    let name = if name.is_empty() { "Visavis" } else { name };
    format!("{name}.{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suggested_name_stays_in_its_folder() {
        let name = |text: &str| file_name(text, TextKind::Txt);
        assert_eq!(name("Point d’équipe 12:00"), "Point d’équipe 12 00.txt");
        assert_eq!(name("../../.bashrc"), ".. .bashrc.txt");
        assert_eq!(name("a.txt"), "a.txt");
        assert_eq!(name("\u{202e}"), "Visavis.txt");
        assert_eq!(name(&"x".repeat(300)).len(), 84);
        assert_eq!(file_name("a.json", TextKind::Json), "a.json");
    }

    #[test]
    fn only_a_text_of_some_size_is_read() {
        let folder = std::env::temp_dir().join(format!("visavis-open-text-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.join(name);
            std::fs::write(&path, bytes).expect("written");
            read(&path)
        };
        assert_eq!(file("a.json", "{\"é\":1}".as_bytes()), Ok("{\"é\":1}".to_owned()));
        assert_eq!(file("b.json", &[0xff, 0xfe, 0]), Err("refused"));
        assert_eq!(file("c.json", &vec![b' '; LONGEST_READ + 1]), Err("refused"));
        assert_eq!(read(&folder), Err("refused"));
        assert_eq!(read(&folder.join("none.json")), Err("failed"));
        #[cfg(unix)]
        assert_eq!(read(std::path::Path::new("/dev/zero")), Err("refused"));
        let _ = std::fs::remove_dir_all(&folder);
    }
}
