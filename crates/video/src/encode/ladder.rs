//! All simulcast layers of one source.

use super::{Encoder, Error, Stats};
use crate::scale::{Scaler, even, shrink_into};
use std::time::Duration;
use visavis_media::{EncodedFrame, Frame, I420, MediaTime};
use visavis_model::{BitsPerSecond, Codec, Fps, Layer, Quality, Rect, Size};

/// Bits per second that a layer of so many pixels is worth at most (LiveKit's presets for 16:9).
const BITRATES: [(u64, u64); 6] = [
    (160 * 90, 90_000),
    (320 * 180, 150_000),
    (640 * 360, 500_000),
    (960 * 540, 1_000_000),
    (1280 * 720, 1_700_000),
    (1920 * 1080, 3_000_000),
];

/// Longest side from which on there are three layers, and two.
const LONG_SIDE_FOR: [(u32, usize); 2] = [(960, 3), (480, 2)];

/// The layers for a source of `size`, lowest first, each of half the sides of the next.
///
/// Three from 960 pixels of the longer side on (`Low`, `Medium`, `High`), two from 480 on (`Low`, `Medium`), else one
/// (`High`, which is sent without rid).
pub fn layers_for(size: Size, fps: Fps) -> Vec<Layer> {
    let size = even(size);
    let long = size.width.max(size.height);
    let count = LONG_SIDE_FOR.iter().find(|(side, _)| long >= *side).map_or(1, |(_, count)| *count);
    let qualities: &[Quality] = if count == 1 { &[Quality::High] } else { &Quality::ALL[..count] };
    qualities
        .iter()
        .enumerate()
        .map(|(index, quality)| {
            let size = part(size, count - 1 - index);
            let limit = if count == 3 && index == 0 { 20.0 } else { 30.0 };
            Layer { quality: *quality, size, max_bitrate: bitrate_for(size), max_fps: Fps(fps.0.min(limit)) }
        })
        .collect()
}

/// Halves both sides `times` times.
fn part(size: Size, times: usize) -> Size {
    even(Size::new(size.width >> times, size.height >> times))
}

/// Interpolates [`BITRATES`] by pixels.
pub(super) fn bitrate_for(size: Size) -> BitsPerSecond {
    let area = size.area();
    let above = BITRATES.iter().position(|(pixels, _)| *pixels >= area).unwrap_or(BITRATES.len() - 1);
    let (high_area, high) = BITRATES[above];
    let (low_area, low) = if above == 0 { (0, 30_000) } else { BITRATES[above - 1] };
    let area = area.min(high_area);
    BitsPerSecond(low + (high - low) * (area - low_area) / (high_area - low_area).max(1))
}

/// What one layer did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerStats {
    pub quality: Quality,
    pub active: bool,
    /// Of the last frame.
    pub size: Size,
    pub encoder: Stats,
    /// Time in which the layer was on, by the frames' times.
    pub on_for: Duration,
}

/// Encodes the layers of one source. Their number stays; their sizes follow the source.
pub struct Ladder {
    rungs: Vec<Rung>,
    /// Largest picture that the highest layer sends.
    limit: Size,
    scaler: Scaler,
    scale_spent: Duration,
    last: Option<MediaTime>,
}

struct Rung {
    layer: Layer,
    encoder: Encoder,
    active: bool,
    fps: Fps,
    /// When the next picture is due at this layer's rate.
    due: Option<MediaTime>,
    size: Size,
    on_for: Duration,
}

impl Ladder {
    /// The layers of [`layers_for`], all active at their highest rates. `size` is the largest that is sent.
    pub fn new(codec: Codec, size: Size, fps: Fps) -> Result<Self, Error> {
        Self::with_layers(codec, &layers_for(size, fps))
    }

    /// `layers` lowest first, the highest one with the full size.
    pub fn with_layers(codec: Codec, layers: &[Layer]) -> Result<Self, Error> {
        let single = layers.len() == 1;
        let rungs = layers
            .iter()
            .map(|layer| {
                let mark = (!single).then_some(layer.quality);
                let encoder = Encoder::new(codec, mark, layer.max_bitrate, layer.max_fps)?;
                Ok(Rung {
                    layer: *layer,
                    encoder,
                    active: true,
                    fps: layer.max_fps,
                    due: None,
                    size: layer.size,
                    on_for: Duration::ZERO,
                })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        let limit = layers.last().map_or(Size::default(), |layer| layer.size);
        Ok(Self { rungs, limit, scaler: Scaler::default(), scale_spent: Duration::ZERO, last: None })
    }

    /// The layers as they were asked for.
    pub fn layers(&self) -> Vec<Layer> {
        self.rungs.iter().map(|rung| rung.layer).collect()
    }

    /// Switches a layer and sets its rates, which are held to the layer's limits. A layer that comes on starts with a
    /// keyframe; a change of rate makes none. An unknown layer is ignored.
    pub fn set(&mut self, layer: Quality, active: bool, bitrate: BitsPerSecond, fps: Fps) {
        let Some(rung) = self.rung(layer) else { return };
        if active && !rung.active {
            rung.encoder.request_keyframe();
            rung.due = None;
        }
        rung.active = active;
        if active {
            rung.fps = Fps(fps.0.clamp(1.0, rung.layer.max_fps.0.max(1.0)));
            let bitrate = bitrate.min(rung.layer.max_bitrate);
            if let Err(error) = rung.encoder.set_rate(bitrate, rung.fps) {
                tracing::warn!(?layer, %error, "the encoder refused its rate");
            }
        }
    }

    /// The next frame of this layer will be a keyframe.
    pub fn request_keyframe(&mut self, layer: Quality) {
        if let Some(rung) = self.rung(layer) {
            rung.encoder.request_keyframe();
        }
    }

    fn rung(&mut self, layer: Quality) -> Option<&mut Rung> {
        self.rungs.iter_mut().find(|rung| rung.layer.quality == layer)
    }

    /// Encodes one picture in every active layer that is due; lowest layer first.
    ///
    /// A layer whose encoder fails gives nothing, is counted, and starts again with the next picture.
    pub fn encode(&mut self, frame: &Frame) -> Vec<EncodedFrame> {
        let elapsed = self.last.map_or(Duration::ZERO, |last| frame.time.since(last));
        self.last = Some(frame.time);
        let due: Vec<bool> = self.rungs.iter_mut().map(|rung| rung.is_due(frame.time, elapsed)).collect();
        let count = self.rungs.len();
        let top = shrink_into(frame.size(), self.limit_for(frame.size()));
        let start = std::time::Instant::now();
        // Highest first: each layer is scaled from the one above it.
        let mut pictures: Vec<Option<I420>> = Vec::new();
        pictures.resize_with(count, || None);
        for index in (0..count).rev() {
            if !due[index] {
                continue;
            }
            let size = part(top, count - 1 - index);
            let above = pictures[index + 1..].iter().flatten().next().unwrap_or(frame.i420());
            if even(above.size()) != size {
                let from = above.size();
                let whole = Rect { x: 0, y: 0, width: from.width, height: from.height };
                let scaled = self.scaler.resize(above, whole, size, false);
                pictures[index] = scaled;
            }
        }
        self.scale_spent += start.elapsed();
        let mut frames = Vec::with_capacity(count);
        for (index, rung) in self.rungs.iter_mut().enumerate() {
            if !due[index] {
                continue;
            }
            let picture = pictures[index].as_ref().unwrap_or(frame.i420());
            match rung.encoder.encode(picture, frame.time) {
                Ok(Some(encoded)) => {
                    rung.size = encoded.size;
                    frames.push(encoded);
                }
                Ok(None) => {}
                Err(error) => tracing::debug!(layer = ?rung.layer.quality, %error, "a picture was not encoded"),
            }
        }
        frames
    }

    /// A source that is turned (a portrait camera) keeps the number of pixels, not the shape.
    fn limit_for(&self, source: Size) -> Size {
        let turned = (source.width < source.height) != (self.limit.width < self.limit.height);
        let limit = if turned { Size::new(self.limit.height, self.limit.width) } else { self.limit };
        // Never smaller than one macroblock for the lowest layer.
        Size::new(limit.width.max(64), limit.height.max(64))
    }

    pub fn stats(&self) -> Vec<LayerStats> {
        self.rungs
            .iter()
            .map(|rung| LayerStats {
                quality: rung.layer.quality,
                active: rung.active,
                size: rung.size,
                encoder: rung.encoder.stats(),
                on_for: rung.on_for,
            })
            .collect()
    }

    /// Time spent in scaling so far.
    pub const fn scale_spent(&self) -> Duration {
        self.scale_spent
    }
}

impl Rung {
    fn is_due(&mut self, now: MediaTime, elapsed: Duration) -> bool {
        if !self.active {
            return false;
        }
        self.on_for += elapsed;
        let interval = Duration::from_secs_f32(1.0 / self.fps.0.max(1.0));
        // A camera's pictures jitter around their times: up to a third of an interval early counts as due.
        match self.due {
            Some(due) if now + interval / 3 < due => false,
            Some(due) if now < due + interval => {
                self.due = Some(due + interval);
                true
            }
            _ => {
                self.due = Some(now + interval);
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Synthetic;
    use crate::{barcode, decode};
    use std::sync::Arc;
    use visavis_media::Surface;

    fn frame(source: &mut Synthetic, counter: u32, fps: u32) -> Frame {
        Frame {
            surface: Surface::I420(Arc::new(source.draw(counter))),
            time: MediaTime::from_micros(i64::from(counter) * 1_000_000 / i64::from(fps)),
        }
    }

    #[test]
    fn layers_follow_the_longer_side() {
        let sizes = |width, height| {
            layers_for(Size::new(width, height), Fps(30.0)).iter().map(|layer| layer.size).collect::<Vec<_>>()
        };
        assert_eq!(sizes(1280, 720), [Size::new(320, 180), Size::new(640, 360), Size::new(1280, 720)]);
        assert_eq!(sizes(640, 480), [Size::new(320, 240), Size::new(640, 480)]);
        assert_eq!(sizes(321, 181), [Size::new(320, 180)]);
        assert_eq!(sizes(720, 1280).len(), 3);
        let layers = layers_for(Size::new(1280, 720), Fps(30.0));
        let rates: Vec<u64> = layers.iter().map(|layer| layer.max_bitrate.0).collect();
        assert_eq!(rates, [150_000, 500_000, 1_700_000]);
        assert_eq!(layers[0].max_fps, Fps(20.0));
        assert_eq!(layers_for(Size::new(320, 180), Fps(15.0))[0].quality, Quality::High);
    }

    #[test]
    fn three_layers_decode_and_carry_the_counter() {
        let mut source = Synthetic::new(Size::new(1280, 720), Fps(30.0), 2);
        let mut ladder = Ladder::new(Codec::H264, Size::new(1280, 720), Fps(30.0)).expect("opens");
        let mut decoders: Vec<_> = (0..3).map(|_| decode::open(Codec::H264).expect("opens")).collect();
        let mut seen = [0; 3];
        for counter in 0..30 {
            for encoded in ladder.encode(&frame(&mut source, counter, 30)) {
                let layer = encoded.layer.expect("simulcast").index();
                let picture = decoders[layer].decode(&encoded).expect("decodes").expect("a picture");
                assert_eq!(picture.size(), ladder.layers()[layer].size);
                assert_eq!(barcode::read(picture.i420()).map(|code| code.counter), Some(counter), "layer {layer}");
                seen[layer] += 1;
            }
        }
        // The lowest layer runs at 20 of 30; rate control may leave out a few.
        assert!((17..=21).contains(&seen[0]) && seen[1] >= 27 && seen[2] >= 27, "{seen:?}");
        let stats = ladder.stats();
        assert!(stats.iter().all(|layer| layer.encoder.keyframes == 1 && layer.encoder.errors == 0), "{stats:?}");
    }

    #[test]
    fn a_layer_comes_back_with_a_keyframe_and_a_request_makes_one() {
        let size = Size::new(960, 540);
        let mut source = Synthetic::new(size, Fps(30.0), 0);
        let mut ladder = Ladder::new(Codec::H264, size, Fps(30.0)).expect("opens");
        let keyframes = |frames: &[EncodedFrame], quality| {
            frames.iter().filter(|frame| frame.layer == Some(quality)).map(|frame| frame.keyframe).next()
        };
        let rate = BitsPerSecond(400_000);
        ladder.encode(&frame(&mut source, 0, 30));
        ladder.set(Quality::Medium, false, rate, Fps(30.0));
        let frames = ladder.encode(&frame(&mut source, 1, 30));
        assert_eq!(keyframes(&frames, Quality::Medium), None);
        assert_eq!(keyframes(&frames, Quality::High), Some(false));
        ladder.set(Quality::Medium, true, rate, Fps(30.0));
        let frames = ladder.encode(&frame(&mut source, 2, 30));
        assert_eq!(keyframes(&frames, Quality::Medium), Some(true));
        ladder.request_keyframe(Quality::High);
        let frames = ladder.encode(&frame(&mut source, 3, 30));
        assert_eq!(keyframes(&frames, Quality::High), Some(true));
    }

    #[test]
    fn another_size_starts_again_and_an_odd_one_is_rounded() {
        let mut ladder = Ladder::new(Codec::H264, Size::new(1280, 720), Fps(30.0)).expect("opens");
        let mut encode = |width, height, counter| {
            let mut source = Synthetic::new(Size::new(64, 64), Fps(30.0), 0);
            let mut frame = frame(&mut source, counter, 30);
            frame.surface = Surface::I420(Arc::new(I420::black(Size::new(width, height))));
            ladder.encode(&frame)
        };
        assert_eq!(encode(1280, 720, 0).last().map(|frame| frame.size), Some(Size::new(1280, 720)));
        let frames = encode(641, 481, 1);
        assert_eq!(frames.last().map(|frame| (frame.size, frame.keyframe)), Some((Size::new(640, 480), true)));
        let frames = encode(1920, 1080, 2);
        assert_eq!(frames.last().map(|frame| (frame.size, frame.keyframe)), Some((Size::new(1280, 720), true)));
        let frames = encode(720, 1280, 3);
        assert_eq!(frames.last().map(|frame| frame.size), Some(Size::new(720, 1280)));
    }

    #[test]
    fn a_rate_between_the_pictures_keeps_its_mean() {
        let mut rung = Ladder::new(Codec::H264, Size::new(320, 180), Fps(30.0)).expect("opens").rungs.remove(0);
        rung.fps = Fps(20.0);
        let due = (0..300).filter(|n| {
            // Two milliseconds of jitter.
            let jitter = (n * 7919 % 5 - 2) * 1000;
            rung.is_due(MediaTime::from_micros(n * 33_333 + jitter), Duration::ZERO)
        });
        let count = due.count();
        assert!((195..=205).contains(&count), "{count} of 300");
    }
}
