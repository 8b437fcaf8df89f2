//! Names as others see them.

/// Longest name, in characters.
const LONGEST_NAME: usize = 128;

/// Characters that turn or hide the text around them: zero width, bidirectional controls (Unicode UTR 36 §3).
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A name as others will see it: one line, no control characters, not endless.
pub(super) fn clean_name(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .take(LONGEST_NAME)
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::clean_name;

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(clean_name("  Camille\u{7}\nRenard "), "CamilleRenard");
        assert_eq!(clean_name("a\u{202e}b"), "ab");
        assert_eq!(clean_name(&"é".repeat(500)).chars().count(), 128);
    }
}
