//! Calendar files of this computer.

use std::io::Read as _;
use std::path::Path;
use visavis_calendar::LARGEST_FILE;
use visavis_model::CalendarFault;

/// Files of a folder that are read.
const MOST_FILES: usize = 1000;

/// The content of an `.ics` file, or of all of them in a folder, one after the other.
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
    let mut all = Vec::new();
    for file in files {
        // One of many that cannot be read does not hide the others.
        let Ok(data) = one(&file, file.is_file()) else { continue };
        if all.len() + data.len() > LARGEST_FILE {
            return Err(CalendarFault::TooLarge);
        }
        all.extend_from_slice(&data);
        all.push(b'\n');
    }
    Ok(all)
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
    #[cfg(target_os = "linux")]
    fn what_never_ends_is_no_file() {
        assert_eq!(read(Path::new("/dev/zero")), Err(CalendarFault::File));
    }
}
