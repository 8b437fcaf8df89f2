//! From the bytes of a file to its text.

use calcard::icalendar::{ICalendarEntry, ICalendarProperty};

/// Largest file that is read, in bytes.
pub const LARGEST_FILE: usize = 4 * 1024 * 1024;

/// The text of one calendar file: UTF-8, or what its byte order mark says; what is neither is read as Windows-1252's common part (Latin-1).
pub fn decode(data: &[u8]) -> String {
    match data {
        [0xef, 0xbb, 0xbf, rest @ ..] => {
            utf8(rest).unwrap_or_else(|| String::from_utf8_lossy(&unfolded(rest)).into_owned())
        }
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => utf8(data).unwrap_or_else(|| data.iter().map(|byte| char::from(*byte)).collect()),
    }
}

/// A line may be folded in the middle of a character (RFC 5545 §3.1): what is no UTF-8 as it stands may be UTF-8 unfolded.
fn utf8(data: &[u8]) -> Option<String> {
    match std::str::from_utf8(data) {
        Ok(text) => Some(text.to_owned()),
        Err(_) => String::from_utf8(unfolded(data)).ok(),
    }
}

/// Without the line breaks that only fold: those before a space or a tab, which goes with them.
fn unfolded(data: &[u8]) -> Vec<u8> {
    let mut whole = Vec::with_capacity(data.len());
    let mut rest = data;
    while let Some((first, after)) = rest.split_first() {
        rest = match rest {
            [b'\r', b'\n', b' ' | b'\t', behind @ ..] | [b'\n', b' ' | b'\t', behind @ ..] => behind,
            _ => {
                whole.push(*first);
                after
            }
        };
    }
    whole
}

fn utf16(data: &[u8], of: fn([u8; 2]) -> u16) -> String {
    let units = data.chunks_exact(2).map(|pair| of([pair[0], pair[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// The text of a property. The parser takes it apart where it may hold several values; most who write a comma mean a comma.
pub(crate) fn whole(entry: &ICalendarEntry) -> String {
    let parts: Vec<_> = entry.values.iter().filter_map(|value| value.as_text()).collect();
    parts.join(if matches!(entry.name, ICalendarProperty::Other(_)) { ";" } else { "," })
}

/// One line as it is shown: no control characters, none that turn or hide the text around them, not endless.
pub(crate) fn one_line(text: &str, most: usize) -> String {
    let mut line = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        let word: String = word.chars().filter(|c| !is_invisible(*c)).collect();
        if word.is_empty() {
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
        if line.chars().count() > most {
            return line.chars().take(most).chain(['…']).collect();
        }
    }
    line
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_write_it_is_read() {
        let text = "SUMMARY:Réunion d’équipe";
        let little: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let big: Vec<u8> = [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        let marked: Vec<u8> = [0xef, 0xbb, 0xbf].into_iter().chain(text.bytes()).collect();
        for data in [text.as_bytes(), &little, &big, &marked] {
            assert_eq!(decode(data), text);
        }
        assert_eq!(decode(b"R\xe9union"), "Réunion");
        assert_eq!(decode(&[0xff, 0xfe, 0x00]), "");
    }

    #[test]
    fn a_line_may_be_folded_within_a_character() {
        for fold in ["\r\n ", "\n ", "\r\n\t"] {
            let text = "SUMMARY:Réunion d’équipe\r\nUID:1\r\n";
            let at = text.find('’').unwrap() + 1;
            let data = [&text.as_bytes()[..at], fold.as_bytes(), &text.as_bytes()[at..]].concat();
            assert!(std::str::from_utf8(&data).is_err());
            assert_eq!(decode(&data), text);
            assert_eq!(decode(&[&[0xef, 0xbb, 0xbf], data.as_slice()].concat()), text);
        }
        // Latin-1 stays Latin-1, with its folds.
        assert_eq!(decode(b"R\xe9\r\n union"), "Ré\r\n union");
        assert_eq!(decode(&[0xc3, b'\r']), "Ã\r");
    }

    #[test]
    fn a_title_is_one_line() {
        assert_eq!(one_line(" Point\r\n d’équipe\u{202e}\u{7} ", 40), "Point d’équipe");
        assert_eq!(one_line(&"é".repeat(50), 40).chars().count(), 41);
        assert_eq!(one_line("\u{200b}", 4), "");
    }
}
