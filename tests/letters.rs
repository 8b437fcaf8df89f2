//! Whether the letters of a picture can be read: by Tesseract, which needs them sharper than a person does.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// A page of words that a reader of letters knows.
pub const PAGE: &str = "Minutes of the archive committee\n\
    The budget for scanning grows by twelve percent next year.\n\
    Marieke sends the schedule before Thursday evening.\n\
    Storage moves to the second building in October.\n\
    Everybody reads the report about public rooms.\n\
    The next meeting takes place in the small library.\n";

/// The share of a text's longer words that are read in a picture, of 0 to 1.
///
/// # Panics
/// Tesseract is not installed.
pub fn words_of(file: &Path, text: &str) -> f64 {
    let output = Command::new("tesseract").arg(file).args(["-", "--psm", "6"]).output().expect("tesseract");
    let seen = String::from_utf8_lossy(&output.stdout).to_lowercase();
    let seen: Vec<&str> = seen.split(|c: char| !c.is_alphanumeric()).collect();
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| word.trim_matches('.').to_lowercase())
        .filter(|word| word.len() > 3)
        .collect();
    words.iter().filter(|word| seen.contains(&word.as_str())).count() as f64 / words.len() as f64
}

/// Writes twenty lines a second to a pipe that a terminal shows, for so many seconds.
///
/// # Errors
/// Nobody reads it any more.
pub fn scroll(pipe: &Path, seconds: u32) -> std::io::Result<()> {
    for number in 0..seconds * 20 {
        std::fs::write(pipe, format!("Line {number} of what runs through, with words up to the edge of it.\n"))?;
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
