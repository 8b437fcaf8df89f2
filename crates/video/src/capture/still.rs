//! One PNG or JPEG picture, shown again and again.

use super::{Backend, Error, Format, Pace, convert};
use crate::scale::{Scaler, shrink_into};
use std::io::{BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use visavis_media::{Frame, I420, MediaTime, Pool, Surface};
use visavis_model::{Fps, Rect, Size};

/// Largest file that is read, in bytes.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// Pictures a second: a still needs no more, and a far end that joins sees it at once.
const MAX_FPS: f32 = 15.0;

/// A still picture.
#[derive(Debug)]
pub struct Still {
    picture: Arc<I420>,
    pace: Pace,
}

impl Still {
    /// Reads and decodes the file; a picture larger than `want` is scaled down.
    pub fn open(path: &Path, want: Size, fps: Fps) -> Result<Self, Error> {
        let file = std::fs::File::open(path).map_err(|error| Error::FileOpen(error.kind()))?;
        let mut data = Vec::new();
        file.take(MAX_FILE + 1).read_to_end(&mut data).map_err(|error| Error::FileRead(error.kind()))?;
        if data.len() as u64 > MAX_FILE {
            return Err(Error::FileTooLarge("more than 64 MB".into()));
        }
        let picture = decode(&data)?;
        let (size, shown) = (picture.size(), shrink_into(picture.size(), want));
        let picture = if shown == size {
            picture
        } else {
            let whole = Rect { x: 0, y: 0, width: size.width, height: size.height };
            Scaler::default().resize(&picture, whole, shown, false).ok_or(Error::FileDamaged("an empty picture"))?
        };
        let fps = if fps.0.is_finite() { fps.0.min(MAX_FPS) } else { MAX_FPS };
        Ok(Self { picture: Arc::new(picture), pace: Pace::new(Fps(fps)) })
    }

    /// The picture itself.
    pub fn picture(&self) -> &Arc<I420> {
        &self.picture
    }
}

impl Backend for Still {
    fn format(&self) -> Format {
        Format { size: self.picture.size(), fps: self.pace.fps() }
    }

    fn next_frame(&mut self) -> Result<Frame, Error> {
        self.pace.wait();
        Ok(Frame { surface: Surface::I420(Arc::clone(&self.picture)), time: MediaTime::ZERO })
    }
}

fn decode(data: &[u8]) -> Result<I420, Error> {
    let pool = Pool::new(0);
    if data.starts_with(b"\x89PNG") {
        return decode_png(data, &pool);
    }
    convert::from_jpeg(data, &pool).map_err(|error| match error {
        Error::BrokenPicture(cause) if cause.contains("greater than") || cause.contains("too large") => {
            Error::FileTooLarge(cause)
        }
        Error::BrokenPicture(_) => Error::FileDamaged("no JPEG picture"),
        other => other,
    })
}

fn decode_png(data: &[u8], pool: &Pool) -> Result<I420, Error> {
    let damaged = |_| Error::FileDamaged("no PNG picture");
    let limits = png::Limits { bytes: 128 * 1024 * 1024 };
    let mut decoder = png::Decoder::new_with_limits(BufReader::new(Cursor::new(data)), limits);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let info = decoder.read_header_info().map_err(damaged)?;
    let size = Size::new(info.width, info.height);
    if size.width > crate::MAX_SIDE || size.height > crate::MAX_SIDE {
        return Err(Error::FileTooLarge(size.to_string()));
    }
    let mut reader = decoder.read_info().map_err(damaged)?;
    let length = reader.output_buffer_size().ok_or(Error::FileDamaged("no PNG picture"))?;
    let mut pixels = vec![0; length];
    let info = reader.next_frame(&mut pixels).map_err(damaged)?;
    let on_black = |colour: u8, alpha: u8| (u16::from(colour) * u16::from(alpha) / 255) as u8;
    let rgb: Vec<u8> = match info.color_type {
        png::ColorType::Rgb => return convert::from_rgb(&pixels, size, [0, 1, 2], pool),
        png::ColorType::Grayscale => return convert::from_grey(&pixels, size, pool),
        png::ColorType::GrayscaleAlpha => {
            let grey: Vec<u8> = pixels.chunks_exact(2).map(|pixel| on_black(pixel[0], pixel[1])).collect();
            return convert::from_grey(&grey, size, pool);
        }
        png::ColorType::Rgba => {
            pixels.chunks_exact(4).flat_map(|pixel| [0, 1, 2].map(|index| on_black(pixel[index], pixel[3]))).collect()
        }
        png::ColorType::Indexed => return Err(Error::FileUnsupported("PNG palette".into())),
    };
    convert::from_rgb(&rgb, size, [0, 1, 2], pool)
}

#[cfg(test)]
mod tests {
    use super::super::convert::tests::flat_jpeg;
    use super::*;
    use proptest::prelude::*;

    fn png(width: u32, height: u32, colour: png::ColorType, pixel: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(colour);
        let mut writer = encoder.write_header().expect("header");
        writer.write_image_data(&pixel.repeat((width * height) as usize)).expect("pixels");
        drop(writer);
        file
    }

    #[test]
    fn png_colours_come_through() {
        for (colour, pixel) in [(png::ColorType::Rgb, &[255, 0, 0][..]), (png::ColorType::Rgba, &[255, 0, 0, 255][..])]
        {
            let picture = decode(&png(6, 4, colour, pixel)).expect("decodes");
            assert_eq!(picture.size(), Size::new(6, 4));
            let [y, u, v] = picture.planes();
            assert!(y.data[0].abs_diff(82) < 2 && u.data[0].abs_diff(90) < 2 && v.data[0].abs_diff(240) < 2);
        }
        let grey = decode(&png(6, 4, png::ColorType::Grayscale, &[255])).expect("decodes");
        assert_eq!(grey.planes()[0].data[0], 235);
    }

    #[test]
    fn a_huge_or_broken_picture_is_an_error() {
        assert!(matches!(decode(&png(5000, 1, png::ColorType::Grayscale, &[1])), Err(Error::FileTooLarge(_))));
        assert_eq!(decode(b"\x89PNG\r\n\x1a\nxxxx").err(), Some(Error::FileDamaged("no PNG picture")));
        let jpeg = flat_jpeg(16, 16, [128, 128, 128]);
        assert_eq!(decode(&jpeg[..40]).err(), Some(Error::FileDamaged("no JPEG picture")));
        assert!(matches!(decode(&flat_jpeg(8192, 16, [0, 0, 0])), Err(Error::FileTooLarge(_))));
        let mut cut = png(64, 64, png::ColorType::Rgb, &[1, 2, 3]);
        cut.truncate(60);
        assert!(decode(&cut).is_err());
    }

    #[test]
    fn a_jpeg_comes_through() {
        let picture = decode(&flat_jpeg(64, 32, [255, 128, 128])).expect("decodes");
        assert_eq!((picture.size(), picture.planes()[0].data[70]), (Size::new(64, 32), 235));
    }

    proptest! {
        #[test]
        fn a_damaged_jpeg_breaks_nothing(at in 2usize..400, value: u8) {
            let mut file = flat_jpeg(32, 32, [90, 100, 110]);
            if let Some(byte) = file.get_mut(at) {
                *byte = value;
            }
            let _ = decode(&file);
        }

        #[test]
        fn a_damaged_png_breaks_nothing(at in 8usize..120, value: u8) {
            let mut file = png(16, 16, png::ColorType::Rgb, &[1, 2, 3]);
            if let Some(byte) = file.get_mut(at) {
                *byte = value;
            }
            let _ = decode(&file);
        }
    }
}
