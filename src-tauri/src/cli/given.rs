//! A link that comes on the standard input: what stands in a process' arguments everybody on the computer can read, and some links carry a
//! token.

use std::io::{Error, ErrorKind, Read};

/// Longer is no link.
const LONGEST: u64 = 128 * 1024;
/// What stands for the standard input.
pub const INPUT: &str = "-";

/// The link itself: where it is `-`, what `input` holds, to its end.
///
/// # Errors
/// There is nothing, it is no text or too long.
pub fn link(said: Option<String>, input: impl Read) -> std::io::Result<Option<String>> {
    if said.as_deref() != Some(INPUT) {
        return Ok(said);
    }
    let mut text = String::new();
    input.take(LONGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LONGEST {
        return Err(Error::new(ErrorKind::InvalidData, "it is too long"));
    }
    match text.trim() {
        "" => Err(Error::new(ErrorKind::UnexpectedEof, "there is none")),
        link => Ok(Some(link.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dash_stands_for_what_comes() {
        let of = |said: Option<&str>, input: &str| link(said.map(str::to_owned), input.as_bytes()).ok().flatten();
        assert_eq!(of(Some("-"), " livekit://host/room?token=t\n").as_deref(), Some("livekit://host/room?token=t"));
        assert_eq!(of(Some("abc-defg-hij"), "other").as_deref(), Some("abc-defg-hij"));
        assert_eq!(of(None, "other"), None);
        assert!(link(Some("-".into()), " \n".as_bytes()).is_err());
        assert!(link(Some("-".into()), [0xff_u8].as_slice()).is_err());
        let long = "a".repeat(LONGEST as usize + 1);
        assert!(link(Some("-".into()), long.as_bytes()).is_err_and(|error| error.to_string() == "it is too long"));
    }
}
