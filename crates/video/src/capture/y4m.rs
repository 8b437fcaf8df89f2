//! Films as YUV4MPEG2, 8-bit 4:2:0, streamed and looped.

use super::{Backend, Error, Format, Pace};
use crate::scale::{Scaler, shrink_into};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use visavis_media::{Frame, I420, MediaTime, Pool, Surface};
use visavis_model::{Fps, Rect, Size};

/// Longest header line, in bytes.
const MAX_LINE: u64 = 1024;

/// One film file. Holds one picture in memory, however long the film is.
#[derive(Debug)]
pub struct Y4m {
    reader: BufReader<File>,
    size: Size,
    /// At most what was wanted.
    shown: Size,
    /// Every `stride`-th picture is shown, so that the rate is at most the wanted one.
    stride: u32,
    pace: Pace,
    /// Where the first picture starts.
    first: u64,
    pool: Pool,
    scaler: Scaler,
}

impl Y4m {
    /// Reads the header. Pictures larger than `want` are scaled down; a rate above `fps` loses pictures.
    pub fn open(path: &Path, want: Size, fps: Fps) -> Result<Self, Error> {
        let file = File::open(path).map_err(|error| Error::FileOpen(error.kind()))?;
        let mut reader = BufReader::with_capacity(64 * 1024, file);
        let line = read_line(&mut reader)?.ok_or(Error::FileDamaged("no header"))?;
        let header = Header::parse(&line)?;
        let first = reader.stream_position().map_err(|error| Error::FileRead(error.kind()))?;
        let wanted = if fps.0.is_finite() { fps.0.max(1.0) } else { 30.0 };
        let stride = (header.fps / wanted).round().max(1.0) as u32;
        let mut film = Self {
            reader,
            size: header.size,
            shown: shrink_into(header.size, want),
            stride,
            pace: Pace::new(Fps(header.fps / stride as f32)),
            first,
            pool: Pool::new(6),
            scaler: Scaler::default(),
        };
        // A film without one whole picture is an error now, not later.
        film.read_picture()?.ok_or(Error::FileDamaged("no whole picture in it"))?;
        film.rewind()?;
        Ok(film)
    }

    fn rewind(&mut self) -> Result<(), Error> {
        self.reader.seek(SeekFrom::Start(self.first)).map(|_| ()).map_err(|error| Error::FileRead(error.kind()))
    }

    /// The next picture of the file; `None` at its end, also where the last picture is cut off.
    fn read_picture(&mut self) -> Result<Option<I420>, Error> {
        let Some(line) = read_line(&mut self.reader)? else { return Ok(None) };
        if !line.starts_with(b"FRAME") {
            return Err(Error::FileDamaged("a picture does not start with FRAME"));
        }
        let length = I420::byte_len(self.size);
        let mut data = self.pool.take(length);
        match self.reader.read_exact(&mut data) {
            Ok(()) => Ok(I420::new(self.size, data)),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(Error::FileRead(error.kind())),
        }
    }

    /// Passes over one picture; false at the end of the film.
    fn skip_picture(&mut self) -> Result<bool, Error> {
        let Some(line) = read_line(&mut self.reader)? else { return Ok(false) };
        if !line.starts_with(b"FRAME") {
            return Err(Error::FileDamaged("a picture does not start with FRAME"));
        }
        let length = I420::byte_len(self.size) as i64;
        self.reader.seek_relative(length).map(|()| true).map_err(|error| Error::FileRead(error.kind()))
    }
}

impl Backend for Y4m {
    fn format(&self) -> Format {
        Format { size: self.shown, fps: self.pace.fps() }
    }

    fn next_frame(&mut self) -> Result<Frame, Error> {
        self.pace.wait();
        let picture = match self.read_picture()? {
            Some(picture) => picture,
            None => {
                self.rewind()?;
                self.read_picture()?.ok_or(Error::FileDamaged("it became shorter"))?
            }
        };
        for _ in 1..self.stride {
            if !self.skip_picture()? {
                self.rewind()?;
            }
        }
        let whole = Rect { x: 0, y: 0, width: self.size.width, height: self.size.height };
        let picture = if self.shown == self.size {
            picture
        } else {
            self.scaler.resize(&picture, whole, self.shown, false).ok_or(Error::FileDamaged("empty picture"))?
        };
        Ok(Frame { surface: Surface::I420(Arc::new(picture)), time: MediaTime::ZERO })
    }
}

struct Header {
    size: Size,
    fps: f32,
}

impl Header {
    fn parse(line: &[u8]) -> Result<Self, Error> {
        let text = std::str::from_utf8(line).map_err(|_| Error::FileDamaged("its header is no text"))?;
        let mut words = text.split_ascii_whitespace();
        if words.next() != Some("YUV4MPEG2") {
            return Err(Error::FileKind);
        }
        let (mut width, mut height, mut fps) = (0u32, 0u32, 30.0);
        for word in words {
            let (key, value) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
            let number = || value.parse().map_err(|_| Error::FileDamaged("a size that is no number"));
            match key {
                "W" => width = number()?,
                "H" => height = number()?,
                "F" => fps = rate(value)?,
                // 4:2:0 with 8 bits, whatever the place of its chroma.
                "C" if matches!(value, "420" | "420jpeg" | "420mpeg2" | "420paldv") => {}
                "C" => return Err(Error::FileUnsupported(format!("colour space {}", printable(value)))),
                "I" if value != "p" && value != "?" => {
                    return Err(Error::FileUnsupported("interlaced pictures".into()));
                }
                _ => {}
            }
        }
        let size = Size::new(width, height);
        if size.is_empty() {
            return Err(Error::FileDamaged("no size in its header"));
        }
        if width > crate::MAX_SIDE || height > crate::MAX_SIDE {
            return Err(Error::FileTooLarge(size.to_string()));
        }
        Ok(Self { size, fps })
    }
}

fn rate(value: &str) -> Result<f32, Error> {
    let wrong = Error::FileDamaged("a rate that is no number");
    let (above, below) = value.split_once(':').ok_or(wrong.clone())?;
    let (above, below) = (above.parse::<u32>(), below.parse::<u32>());
    match (above, below) {
        // 0:0 is "unknown" in the format.
        (Ok(0), Ok(_)) | (Ok(_), Ok(0)) => Ok(30.0),
        (Ok(above), Ok(below)) => Ok((above as f32 / below as f32).clamp(1.0, 240.0)),
        _ => Err(wrong),
    }
}

fn printable(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).take(16).collect()
}

/// One line without its end; `None` at the end of the file.
fn read_line(reader: &mut BufReader<File>) -> Result<Option<Vec<u8>>, Error> {
    let mut line = Vec::new();
    reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line).map_err(|error| Error::FileRead(error.kind()))?;
    match line.pop() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(line)),
        Some(_) if line.len() as u64 + 1 < MAX_LINE => Ok(None),
        Some(_) => Err(Error::FileDamaged("a header line without end")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Temporary(std::path::PathBuf);

    impl Temporary {
        fn new(content: &[u8]) -> Self {
            static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
            let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("visavis-y4m-{}-{number}", std::process::id()));
            std::fs::write(&path, content).expect("writable");
            Self(path)
        }
    }

    impl Drop for Temporary {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }

    fn film(header: &str, pictures: &[u8], bytes: usize) -> Vec<u8> {
        let mut film = format!("YUV4MPEG2 {header}\n").into_bytes();
        for value in pictures {
            film.extend_from_slice(b"FRAME\n");
            film.extend(std::iter::repeat_n(*value, bytes));
        }
        film
    }

    fn open(content: &[u8], want: Size, fps: f32) -> Result<Y4m, Error> {
        let file = Temporary::new(content);
        Y4m::open(&file.0, want, Fps(fps))
    }

    fn first_samples(film: &mut Y4m, count: usize) -> Vec<u8> {
        (0..count).map(|_| film.next_frame().expect("reads").i420().planes()[0].data[0]).collect()
    }

    #[test]
    fn it_loops_and_a_cut_off_last_picture_is_left_out() {
        let mut content = film("W4 H2 F120:1 C420jpeg", &[1, 2, 3], 12);
        content.extend_from_slice(b"FRAME\nxx");
        let mut film = open(&content, Size::new(4, 2), 120.0).expect("opens");
        assert_eq!(first_samples(&mut film, 7), [1, 2, 3, 1, 2, 3, 1]);
    }

    #[test]
    fn a_faster_film_loses_pictures_and_a_larger_one_is_scaled() {
        let content = film("W16 H8 F120:1", &[10, 20, 30, 40], 192);
        let mut film = open(&content, Size::new(8, 8), 60.0).expect("opens");
        assert_eq!(film.format().size, Size::new(8, 4));
        assert!((film.format().fps.0 - 60.0).abs() < 0.1);
        assert_eq!(first_samples(&mut film, 3), [10, 30, 10]);
    }

    #[test]
    fn odd_sizes_work() {
        let content = film("W5 H3 F30:1 Ip A1:1 C420mpeg2 XYSCSS=420MPEG2", &[9], 27);
        let mut film = open(&content, Size::new(100, 100), 30.0).expect("opens");
        assert_eq!(film.next_frame().expect("reads").size(), Size::new(4, 2));
    }

    #[test]
    fn every_damage_has_its_error() {
        let want = Size::new(64, 64);
        let error = |content: &[u8]| open(content, want, 30.0).err();
        assert_eq!(error(b""), Some(Error::FileDamaged("no header")));
        assert_eq!(error(b"YUV4MPEG2 W4 H4 F30:1\n"), Some(Error::FileDamaged("no whole picture in it")));
        assert_eq!(error(b"YUV4MPEG2 F30:1\n"), Some(Error::FileDamaged("no size in its header")));
        assert_eq!(error(b"YUV4MPEG2 W-4 H4\n"), Some(Error::FileDamaged("a size that is no number")));
        assert!(matches!(error(b"YUV4MPEG2 W4 H4 C444\n"), Some(Error::FileUnsupported(_))));
        assert!(matches!(error(b"YUV4MPEG2 W4 H4 It\n"), Some(Error::FileUnsupported(_))));
        assert!(matches!(error(b"YUV4MPEG2 W99999 H4\n"), Some(Error::FileTooLarge(_))));
        assert_eq!(error(&[b'x'; 4000]), Some(Error::FileDamaged("a header line without end")));
        assert_eq!(
            error(b"YUV4MPEG2 W4 H4\nNOFRAME\n"),
            Some(Error::FileDamaged("a picture does not start with FRAME"))
        );
    }

    proptest! {
        #[test]
        fn no_header_breaks_anything(line in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = Header::parse(&line);
            let mut with_magic = b"YUV4MPEG2 ".to_vec();
            with_magic.extend(line);
            let _ = Header::parse(&with_magic);
        }
    }
}
