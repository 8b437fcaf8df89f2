//! Small pictures of sources for those who choose.

use crate::scale::{Scaler, contain};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use visavis_media::{I420, Pool};
use visavis_model::Size;

/// The box that a small picture fits in.
const LARGEST: Size = Size::new(240, 150);

/// A picture as a `data:` address.
pub fn thumbnail(picture: &I420) -> Option<String> {
    let size = picture.size();
    let inner = contain(size, LARGEST).size();
    let target = if size.width <= inner.width && size.height <= inner.height { size } else { inner };
    let small = Scaler::default().resize(picture, super::area::whole(size), target, false)?;
    let pixels = crate::scale::to_bgra(&small, &Pool::new(0));
    let rgb: Vec<u8> = pixels.data().as_chunks::<4>().0.iter().flat_map(|[b, g, r, _]| [*r, *g, *b]).collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, target.width, target.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder.write_header().ok()?.write_image_data(&rgb).ok()?;
    Some(format!("data:image/png;base64,{}", STANDARD.encode(file)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_small_picture_of_the_same_shape() {
        let size = |width, height| {
            let text = thumbnail(&I420::black(Size::new(width, height))).expect("a picture");
            let data = STANDARD.decode(text.strip_prefix("data:image/png;base64,").expect("PNG")).expect("base64");
            let reader = png::Decoder::new(std::io::Cursor::new(data)).read_info().expect("a picture");
            (reader.info().width, reader.info().height)
        };
        assert_eq!(size(1920, 1080), (240, 135));
        assert_eq!(size(600, 2000), (45, 150));
        assert_eq!(size(100, 50), (100, 50));
    }
}
