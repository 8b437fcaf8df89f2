//! Pictures that a policy names: PNG files of this computer, not too large for their place.

use super::{FileFault, Files};
use std::path::Path;

/// Largest picture of a room or an organisation, in bytes.
const LARGEST: u64 = 64 * 1024;
/// Largest mark of an organisation, in pixels: its place is 160 × 32 points, on screens of up to four pixels a point.
const LARGEST_MARK: (u32, u32) = (640, 128);
/// How a PNG file begins (RFC 2083 §3.1).
const PNG: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];

/// A picture that can be shown, and what keeps it from others than who looks now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The whole file.
    pub png: Vec<u8>,
    pub closed: Option<FileFault>,
}

/// The picture of a room.
pub fn room_picture(path: &Path, files: &dyn Files) -> Result<Picture, FileFault> {
    let found = files.read(path, LARGEST + 1)?;
    if found.bytes.len() as u64 > LARGEST {
        return Err(FileFault::TooLarge(LARGEST));
    }
    if !found.bytes.starts_with(&PNG) {
        return Err(FileFault::NoPng);
    }
    Ok(Picture { png: found.bytes, closed: found.closed.map(|(place, mode)| FileFault::Closed { place, mode }) })
}

/// The mark of an organisation, which also has to fit its place.
pub fn mark(path: &Path, files: &dyn Files) -> Result<Picture, FileFault> {
    let picture = room_picture(path, files)?;
    let (width, height) = size(&picture.png).ok_or(FileFault::NoPng)?;
    let (most_width, most_height) = LARGEST_MARK;
    if (1..=most_width).contains(&width) && (1..=most_height).contains(&height) {
        Ok(picture)
    } else {
        Err(FileFault::TooWide { width, height, most_width, most_height })
    }
}

/// Width and height, by the header.
fn size(png: &[u8]) -> Option<(u32, u32)> {
    let side = |at: usize| Some(u32::from_be_bytes(png.get(at..at + 4)?.try_into().ok()?));
    (png.get(12..16)? == b"IHDR").then_some((side(16)?, side(20)?))
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::tests::Laid;
    use super::*;

    /// What begins like a picture of that size.
    pub fn png(width: u32, height: u32) -> Vec<u8> {
        [&PNG[..], &[0, 0, 0, 13], b"IHDR", &width.to_be_bytes(), &height.to_be_bytes()].concat()
    }

    #[test]
    fn only_a_small_png_is_a_picture() {
        let files = Laid::default()
            .with("/a.png", png(700, 700))
            .with("/a.svg", "<svg onload=alert(1)>")
            .with("/big.png", [&PNG[..], &[0; 65_536]].concat());
        let read = |path: &str| room_picture(Path::new(path), &files).map(|picture| picture.png.len());
        assert_eq!(read("/a.png"), Ok(24));
        assert_eq!(read("/a.svg"), Err(FileFault::NoPng));
        assert_eq!(read("/big.png"), Err(FileFault::TooLarge(65_536)));
        assert_eq!(read("/none.png"), Err(FileFault::Missing));
    }

    #[test]
    fn a_mark_fits_its_place() {
        let files = Laid::default()
            .with("/fits.png", png(640, 128))
            .with("/wide.png", png(641, 128))
            .with("/none.png", png(0, 1))
            .with("/cut.png", PNG);
        let read = |path: &str| mark(Path::new(path), &files).map(|_| ()).map_err(|fault| fault.to_string());
        assert_eq!(read("/fits.png"), Ok(()));
        assert_eq!(
            read("/wide.png"),
            Err("is 641 × 128 pixels where at most 640 × 128 are shown (VIS-POL-BRAND-81)".into())
        );
        assert!(read("/none.png").is_err());
        assert_eq!(read("/cut.png"), Err("is no PNG file".into()));
    }
}
