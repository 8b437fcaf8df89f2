//! What a command of the command line says, to its end.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

/// Exit code where what was said could not be laid down: a full disk.
const NOT_WRITTEN: u8 = 7;

/// Writes `text` and a line's end to the standard output, nothing where the text is empty; gives `code`, or 7 with a word on the
/// standard error stream where it was not taken whole. Whoever closes the pipe (`| grep -q`, `| head`) has what it asked for.
pub fn print(text: &str, code: u8) -> ExitCode {
    ExitCode::from(match write(&mut std::io::stdout(), text) {
        Ok(()) => code,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => code,
        Err(error) => {
            eprintln!("visavis: the answer cannot be written: {error}");
            NOT_WRITTEN
        }
    })
}

fn write(to: &mut impl Write, text: &str) -> std::io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    to.write_all(text.as_bytes())?;
    to.write_all(b"\n")?;
    // The standard output keeps what has no line's end yet, and a full disk shows here.
    to.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_end_and_nothing_has_none() {
        let said = |text: &str| {
            let mut taken = Vec::new();
            write(&mut taken, text).map(|()| String::from_utf8_lossy(&taken).into_owned()).expect("taken")
        };
        assert_eq!((said("a\nb").as_str(), said("").as_str()), ("a\nb\n", ""));
    }

    #[test]
    fn a_pipe_that_closes_is_known() {
        let (reader, mut writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        assert_eq!(write(&mut writer, "a").map_err(|error| error.kind()), Err(ErrorKind::BrokenPipe));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_told() {
        let mut full = std::io::BufWriter::new(std::fs::File::options().write(true).open("/dev/full").expect("opened"));
        assert!(write(&mut full, "a").is_err());
    }
}
