//! Makes compressed pictures: one [`Encoder`] a layer, [`Ladder`] for all layers of one source.

mod h264;
mod ladder;
mod screen;

pub use ladder::{Ladder, LayerStats, layers_for};
pub use screen::{ScreenLadder, screen_layers};

use bytes::Bytes;
use std::time::{Duration, Instant};
use visavis_media::{EncodedFrame, I420, MediaTime};
use visavis_model::{BitsPerSecond, Codec, Fps, Quality, Size};

/// Why there is no encoding.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("{0:?} is not a codec that we send")]
    Codec(Codec),
    #[error("{0} is no size that can be encoded")]
    Size(Size),
    #[error("the encoder failed: {0}")]
    Encoder(String),
}

/// What is in the pictures: what to do where not everything fits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Content {
    #[default]
    Camera,
    /// A screen with text: every picture is sharp, and there are fewer of them.
    Detail,
    /// A screen with a film: every picture comes, and may be softer.
    Motion,
}

/// One codec library's encoder of one size.
trait Backend: Send {
    /// Encodes a picture of the size that it was made for; `None` where rate control left the picture out.
    fn encode(&mut self, picture: &I420, time: MediaTime, keyframe: bool) -> Result<Option<Output>, Error>;

    /// Takes effect with the next picture, without a keyframe.
    fn set_rate(&mut self, bitrate: BitsPerSecond, fps: Fps) -> Result<(), Error>;
}

struct Output {
    keyframe: bool,
    data: Bytes,
}

/// What one encoder did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stats {
    pub frames: u64,
    pub keyframes: u64,
    pub bytes: u64,
    /// Pictures that rate control left out.
    pub skipped: u64,
    pub errors: u64,
    /// Time spent in encoding, all pictures together.
    pub spent: Duration,
}

impl Stats {
    /// Mean milliseconds a picture.
    pub fn mean_ms(&self) -> f32 {
        let pictures = self.frames + self.skipped;
        if pictures == 0 { 0.0 } else { self.spent.as_secs_f32() * 1000.0 / pictures as f32 }
    }
}

/// Encodes the pictures of one layer. A picture of a new size starts again with a keyframe.
pub struct Encoder {
    codec: Codec,
    content: Content,
    layer: Option<Quality>,
    bitrate: BitsPerSecond,
    fps: Fps,
    keyframe_wanted: bool,
    running: Option<(Size, Box<dyn Backend>)>,
    stats: Stats,
}

impl Encoder {
    /// `layer` is what its frames are marked with. H.264 only so far.
    pub fn new(codec: Codec, layer: Option<Quality>, bitrate: BitsPerSecond, fps: Fps) -> Result<Self, Error> {
        if codec != Codec::H264 {
            return Err(Error::Codec(codec));
        }
        let content = Content::default();
        Ok(Self { codec, content, layer, bitrate, fps, keyframe_wanted: true, running: None, stats: Stats::default() })
    }

    /// Another kind of pictures starts again with a keyframe.
    pub fn set_content(&mut self, content: Content) {
        if std::mem::replace(&mut self.content, content) != content {
            self.running = None;
            self.keyframe_wanted = true;
        }
    }

    /// The next frame will be a keyframe.
    pub fn request_keyframe(&mut self) {
        self.keyframe_wanted = true;
    }

    /// Takes effect with the next picture, without a keyframe.
    pub fn set_rate(&mut self, bitrate: BitsPerSecond, fps: Fps) -> Result<(), Error> {
        if (bitrate, fps) == (self.bitrate, self.fps) {
            return Ok(());
        }
        (self.bitrate, self.fps) = (bitrate, fps);
        match &mut self.running {
            Some((_, backend)) => backend.set_rate(bitrate, fps),
            None => Ok(()),
        }
    }

    /// Encodes a picture; odd sizes lose their last row or column. `None` where rate control left it out.
    pub fn encode(&mut self, picture: &I420, time: MediaTime) -> Result<Option<EncodedFrame>, Error> {
        let size = crate::scale::even(picture.size());
        let start = Instant::now();
        let result = self.encode_at(picture, size, time);
        self.stats.spent += start.elapsed();
        match result {
            Ok(Some(output)) => {
                self.stats.frames += 1;
                self.stats.keyframes += u64::from(output.keyframe);
                self.stats.bytes += output.data.len() as u64;
                self.keyframe_wanted &= !output.keyframe;
                Ok(Some(EncodedFrame {
                    codec: self.codec,
                    layer: self.layer,
                    keyframe: output.keyframe,
                    size,
                    time,
                    rtp_timestamp: 0,
                    data: output.data,
                }))
            }
            Ok(None) => {
                self.stats.skipped += 1;
                Ok(None)
            }
            Err(error) => {
                self.stats.errors += 1;
                // Start again with a new encoder.
                self.running = None;
                self.keyframe_wanted = true;
                Err(error)
            }
        }
    }

    fn encode_at(&mut self, picture: &I420, size: Size, time: MediaTime) -> Result<Option<Output>, Error> {
        let backend = match &mut self.running {
            Some((known, backend)) if *known == size => backend,
            _ => {
                self.running = None;
                let backend = h264::OpenH264::new(size, self.bitrate, self.fps, self.content)?;
                &mut self.running.insert((size, Box::new(backend))).1
            }
        };
        backend.encode(picture, time, self.keyframe_wanted)
    }

    pub const fn stats(&self) -> Stats {
        self.stats
    }
}

/// True where the H.264 library was built with its assembler. Without it everything works at a third of the speed,
/// and the library's build says nothing: tests and CI assert this.
pub fn assembler_is_in() -> bool {
    h264::assembler_is_in()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_assembler_is_in() {
        assert!(assembler_is_in(), "openh264 was built without nasm: install it and rebuild openh264-sys2");
    }

    #[test]
    fn other_codecs_are_refused() {
        let error = Encoder::new(Codec::Av1, None, BitsPerSecond(1), Fps(30.0)).err();
        assert_eq!(error, Some(Error::Codec(Codec::Av1)));
    }
}
