//! Where own pictures come from: a camera, a file, or a drawing.

mod adjust;
mod camera;
mod convert;
mod light;
mod still;
mod synthetic;
mod worker;
mod y4m;

pub use adjust::Adjust;
pub use camera::Camera;
pub use still::Still;
pub use synthetic::Synthetic;
pub use worker::{Clock, State, Stats, Worker};
pub use y4m::Y4m;

use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};
use visavis_media::Frame;
use visavis_model::{CameraChoice, Fps, Size};

/// Longest time that [`Backend::next_frame`] blocks.
pub const PATIENCE: Duration = Duration::from_millis(1000);

/// A source of pictures, at its own pace.
pub trait Backend: Send {
    /// What the pictures will be like; the size of one picture may differ.
    fn format(&self) -> Format;

    /// The next picture, when it is due. Blocks at most [`PATIENCE`].
    ///
    /// The time of the frame is zero: [`Worker`] stamps it on its clock. After [`Error::NoPicture`] and
    /// [`Error::BrokenPicture`] the next call may succeed; every other error stays.
    fn next_frame(&mut self) -> Result<Frame, Error>;
}

/// What a source gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Format {
    pub size: Size,
    pub fps: Fps,
}

/// Why there is no picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("there is no camera")]
    NoCamera,
    #[error("the camera is used by another program")]
    Busy,
    #[error("the system does not let us use the camera")]
    Forbidden,
    /// Unplugged, or its driver failed.
    #[error("the camera stopped: {0}")]
    Stopped(String),
    #[error("the camera did not open in time")]
    OpenTimeout,
    /// No picture came in time; the next one may.
    #[error("no picture came in time")]
    NoPicture,
    /// One picture could not be read; the next one may.
    #[error("a picture could not be read: {0}")]
    BrokenPicture(String),
    #[error("the camera offers no format that we read")]
    NoFormat,
    #[error("the file cannot be opened: {0}")]
    FileOpen(std::io::ErrorKind),
    #[error("the file cannot be read: {0}")]
    FileRead(std::io::ErrorKind),
    #[error("the file is neither Y4M, PNG nor JPEG")]
    FileKind,
    #[error("the file is damaged: {0}")]
    FileDamaged(&'static str),
    #[error("the file holds a format that we do not read: {0}")]
    FileUnsupported(String),
    #[error("the file is too large: {0}")]
    FileTooLarge(String),
}

impl Error {
    /// True where the next call to [`Backend::next_frame`] may succeed.
    pub const fn passes(&self) -> bool {
        matches!(self, Self::NoPicture | Self::BrokenPicture(_))
    }
}

/// Opens what was chosen, as near to `want` and `fps` as it goes. `None` was chosen: [`Error::NoCamera`].
///
/// May take seconds where a camera's driver is slow: not for a thread that must not wait.
pub fn open(choice: &CameraChoice, want: Size, fps: Fps) -> Result<Box<dyn Backend + Send>, Error> {
    match choice {
        CameraChoice::None => Err(Error::NoCamera),
        CameraChoice::Synthetic => Ok(Box::new(Synthetic::new(want, fps, 0))),
        CameraChoice::File(path) => open_file(Path::new(path), want, fps),
        CameraChoice::System => Ok(Box::new(Camera::open(None, want, fps)?)),
        CameraChoice::Device(id) => Ok(Box::new(Camera::open(Some(id), want, fps)?)),
    }
}

/// Opens a Y4M film or a PNG or JPEG picture, told apart by their first bytes.
fn open_file(path: &Path, want: Size, fps: Fps) -> Result<Box<dyn Backend + Send>, Error> {
    let metadata = std::fs::metadata(path).map_err(|error| Error::FileOpen(error.kind()))?;
    // A pipe or a device would block or never end.
    if !metadata.is_file() {
        return Err(Error::FileKind);
    }
    let mut file = std::fs::File::open(path).map_err(|error| Error::FileOpen(error.kind()))?;
    let mut magic = [0; 10];
    let mut length = 0;
    while length < magic.len() {
        match file.read(&mut magic[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::FileRead(error.kind())),
        }
    }
    match &magic[..length] {
        magic if magic.starts_with(b"YUV4MPEG2 ") => Ok(Box::new(Y4m::open(path, want, fps)?)),
        magic if magic.starts_with(b"\x89PNG") => Ok(Box::new(Still::open(path, want, fps)?)),
        magic if magic.starts_with(b"\xff\xd8\xff") => Ok(Box::new(Still::open(path, want, fps)?)),
        _ => Err(Error::FileKind),
    }
}

/// Lets a source run at its rate on the wall clock; a late one does not hurry to catch up.
#[derive(Debug)]
struct Pace {
    interval: Duration,
    next: Option<Instant>,
}

impl Pace {
    /// At least one, at most 120 pictures a second.
    fn new(fps: Fps) -> Self {
        let fps = if fps.0.is_finite() { fps.0.clamp(1.0, 120.0) } else { 30.0 };
        Self { interval: Duration::from_secs_f32(1.0 / fps), next: None }
    }

    fn fps(&self) -> Fps {
        Fps(1.0 / self.interval.as_secs_f32())
    }

    /// Waits until the next picture is due: at most one interval.
    fn wait(&mut self) {
        let now = Instant::now();
        let due = self.next.unwrap_or(now);
        if due > now {
            std::thread::sleep((due - now).min(self.interval));
        }
        self.next = Some(if now > due + self.interval { now + self.interval } else { due + self.interval });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_picture_file_is_an_error_of_its_own() {
        let want = Size::new(640, 360);
        let open = |path: &str| open(&CameraChoice::File(path.to_owned()), want, Fps(30.0)).err();
        assert_eq!(open("/does/not/exist"), Some(Error::FileOpen(std::io::ErrorKind::NotFound)));
        assert_eq!(open("/"), Some(Error::FileKind));
        #[cfg(unix)]
        assert_eq!(open("/dev/zero"), Some(Error::FileKind));
        assert_eq!(open(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")), Some(Error::FileKind));
    }

    #[test]
    fn a_rate_that_is_no_number_is_one_all_the_same() {
        for fps in [f32::NAN, f32::INFINITY, -1.0, 0.0, 1e9] {
            let got = Pace::new(Fps(fps)).fps().0;
            assert!((1.0..=121.0).contains(&got), "{fps} gave {got}");
        }
    }
}
