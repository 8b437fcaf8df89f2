//! Calendar files of this computer.

use std::io::Read as _;
use std::path::Path;
use visavis_calendar::{LARGEST_FILE, decode};
use visavis_model::CalendarFault;

/// Files of a folder that are read.
const MOST_FILES: usize = 1000;

/// The content of an `.ics` file, or of all of them in a folder, one after the other and in UTF-8.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, CalendarFault> {
    let about = std::fs::metadata(path).map_err(|_| CalendarFault::File)?;
    if !about.is_dir() {
        return one(path, about.is_file());
    }
    let entries = std::fs::read_dir(path).map_err(|_| CalendarFault::File)?;
    let mut files: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("ics")))
        .take(MOST_FILES)
        .collect();
    if files.is_empty() {
        return Err(CalendarFault::NoCalendar);
    }
    files.sort();
    let mut all = String::new();
    for file in files {
        // One of many that cannot be read does not hide the others.
        let Ok(data) = one(&file, file.is_file()) else { continue };
        // Each in its own letters: one that an old program wrote says nothing of the others.
        let text = decode(&data);
        if all.len() + text.len() > LARGEST_FILE {
            return Err(CalendarFault::TooLarge);
        }
        all.push_str(&text);
        all.push('\n');
    }
    Ok(all.into_bytes())
}

/// A pipe or a device may wait for ever, and is no calendar.
fn one(path: &Path, is_file: bool) -> Result<Vec<u8>, CalendarFault> {
    if !is_file {
        return Err(CalendarFault::File);
    }
    let mut data = Vec::new();
    let file = std::fs::File::open(path).map_err(|_| CalendarFault::File)?;
    file.take(LARGEST_FILE as u64 + 1).read_to_end(&mut data).map_err(|_| CalendarFault::File)?;
    if data.len() > LARGEST_FILE { Err(CalendarFault::TooLarge) } else { Ok(data) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_all_of_its_calendars() {
        let folder = std::env::temp_dir().join(format!("visavis-calendars-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("inner.ics")).expect("a folder");
        assert_eq!(read(&folder.join("gone.ics")), Err(CalendarFault::File));
        for (name, text) in [("a.ics", "A"), ("b.ICS", "B"), ("c.txt", "C")] {
            std::fs::write(folder.join(name), text).expect("a file");
        }
        assert_eq!(read(&folder), Ok(b"A\nB\n".to_vec()));
        assert_eq!(read(&folder.join("a.ics")), Ok(b"A".to_vec()));
        std::fs::write(folder.join("a.ics"), vec![b'x'; LARGEST_FILE + 1]).expect("a file");
        assert_eq!(read(&folder.join("a.ics")), Err(CalendarFault::TooLarge));
        assert_eq!(read(&folder), Ok(b"B\n".to_vec()));
        std::fs::remove_dir_all(&folder).expect("removed");
    }

    #[test]
    fn each_file_of_a_folder_is_read_in_its_own_letters() {
        let folder = std::env::temp_dir().join(format!("visavis-calendar-letters-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        let text = "Réunion d’été";
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let marked: Vec<u8> = [0xef, 0xbb, 0xbf].into_iter().chain(text.bytes()).collect();
        for (name, data) in [("a", &*wide), ("b", b"R\xe9union"), ("c", text.as_bytes()), ("d", &*marked)] {
            std::fs::write(folder.join(format!("{name}.ics")), data).expect("a file");
        }
        let all = "Réunion d’été\nRéunion\nRéunion d’été\nRéunion d’été\n";
        assert_eq!(read(&folder).map(|data| String::from_utf8_lossy(&data).into_owned()), Ok(all.to_owned()));
        std::fs::remove_dir_all(&folder).expect("removed");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_never_ends_is_no_file() {
        assert_eq!(read(Path::new("/dev/zero")), Err(CalendarFault::File));
    }
}
