//! Pictures that a person takes for what is behind them: read with care, since they come from anywhere, and kept as a copy.

use crate::capture::{Error, Still};
use crate::scale::to_bgra;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::sync::Arc;
use visavis_media::{I420, Pool};
use visavis_model::{Fps, Size};

/// A picture is kept no larger.
const LARGEST: Size = Size::new(1920, 1080);

/// Why a picture is not kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    #[error(transparent)]
    Picture(#[from] Error),
    #[error("the picture cannot be written: {0}")]
    Write(#[from] std::io::Error),
    #[error("the picture cannot be written: {0}")]
    Encode(#[from] png::EncodingError),
}

/// The picture in a file, not larger than a screen.
///
/// # Errors
/// It is no picture file, cannot be read, or is larger than what is taken from anybody.
pub fn picture_of(path: &Path) -> Result<Arc<I420>, Error> {
    let is_file = std::fs::metadata(path).map_err(|error| Error::FileOpen(error.kind()))?.is_file();
    // A pipe or a device would block or never end.
    if !is_file {
        return Err(Error::FileKind);
    }
    Ok(Arc::clone(Still::open(path, LARGEST, Fps(1.0))?.picture()))
}

/// Keeps a copy of the picture in `folder`, in place of the one before, and says its name there. Where and when it was taken, and
/// with what, does not come along. `keep` writes a file whole, and into a folder that may not be there yet.
///
/// # Errors
/// As [`picture_of`], or the folder cannot be written.
pub fn keep_picture(
    from: &Path,
    folder: &Path,
    keep: impl FnOnce(&Path, &[u8]) -> std::io::Result<()>,
) -> Result<String, KeepError> {
    let file = encoded(&*picture_of(from)?)?;
    let mut hash = DefaultHasher::new();
    file.hash(&mut hash);
    // Another name for another picture: whoever shows it sees that it has changed.
    let name = format!("behind-{:016x}.png", hash.finish());
    keep(&folder.join(&name), &file)?;
    for entry in std::fs::read_dir(folder)?.flatten() {
        let other = entry.file_name();
        let other = other.to_string_lossy();
        if other.starts_with("behind-") && other.ends_with(".png") && *other != *name {
            let _ = std::fs::remove_file(entry.path());
        }
    }
    Ok(name)
}

fn encoded(picture: &I420) -> Result<Vec<u8>, png::EncodingError> {
    let bgra = to_bgra(picture, &Pool::new(0));
    let rgb: Vec<u8> = bgra.data().chunks_exact(4).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, bgra.size().width, bgra.size().height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header()?.write_image_data(&rgb)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(file: &Path, content: &[u8]) -> std::io::Result<()> {
        std::fs::create_dir_all(file.parent().unwrap())?;
        std::fs::write(file, content)
    }

    #[test]
    fn one_picture_is_kept_and_looks_the_same() {
        let folder = std::env::temp_dir().join(format!("visavis-keep-{}", std::process::id()));
        let astronaut = Path::new(env!("CARGO_MANIFEST_DIR")).join("model/astronaut.png");
        let first = keep_picture(&astronaut, &folder, keep).unwrap();
        let (before, after) = (picture_of(&astronaut).unwrap(), picture_of(&folder.join(&first)).unwrap());
        assert_eq!(before.size(), after.size());
        let apart = |index: usize| {
            let pairs = before.planes()[index].data.iter().zip(after.planes()[index].data);
            pairs.map(|(one, other)| one.abs_diff(*other)).max().unwrap()
        };
        // Strong colours lose a little on the way there and back.
        assert!(apart(0) <= 8, "{}", apart(0));
        assert!(keep_picture(&folder.join(&first), &folder, keep).is_ok());
        let other = Path::new(env!("CARGO_MANIFEST_DIR")).join("model/astronaut-mask.png");
        let second = keep_picture(&other, &folder, keep).unwrap();
        let left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, [std::ffi::OsString::from(&second)]);
        assert_ne!(first, second);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_is_no_picture_is_not_taken() {
        let folder = std::env::temp_dir().join(format!("visavis-keep-not-{}", std::process::id()));
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        assert!(matches!(keep_picture(&manifest, &folder, keep), Err(KeepError::Picture(_))));
        assert!(matches!(keep_picture(Path::new("/"), &folder, keep), Err(KeepError::Picture(Error::FileKind))));
        #[cfg(unix)]
        assert!(matches!(
            keep_picture(Path::new("/dev/zero"), &folder, keep),
            Err(KeepError::Picture(Error::FileKind))
        ));
        assert!(!folder.exists());
    }
}
