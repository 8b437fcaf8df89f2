//! The layers of a screen: its pictures come when something changes, and the newest one is never left out.

use super::ladder::bitrate_for;
use super::{Content, Encoder, Error, LayerStats};
use crate::scale::{Scaler, even};
use std::time::Duration;
use visavis_media::{EncodedFrame, Frame, I420, MediaTime};
use visavis_model::{BitsPerSecond, Codec, Fps, Layer, Quality, Rect, Size};

/// Longest side from which on there is a small layer.
const TWO_FROM: u32 = 480;
/// A window that is small now may grow: its layers get what this many pixels need.
const LEAST_BUDGET: Size = Size::new(1280, 720);
/// Pictures a second of text, and of a film.
const DETAIL_FPS: Fps = Fps(15.0);
const MOTION_FPS: Fps = Fps(30.0);

/// When a picture that stays is encoded again: quality rises with each, and then a server that forgets who is silent hears of us.
const AGAIN: [Duration; 4] =
    [Duration::from_millis(150), Duration::from_millis(300), Duration::from_millis(500), Duration::from_millis(1000)];

/// The layers of a screen whose pictures are `size`, lowest first.
pub fn screen_layers(size: Size) -> Vec<Layer> {
    let size = even(size);
    let layer = |quality, size: Size, budget| {
        let max_bitrate = bitrate_for(budget);
        Layer { quality, size, max_bitrate, max_fps: MOTION_FPS }
    };
    let budget = if size.area() < LEAST_BUDGET.area() { LEAST_BUDGET } else { size };
    if size.width.max(size.height) < TWO_FROM || size.width.min(size.height) < TWO_FROM / 8 {
        return vec![layer(Quality::High, size, budget)];
    }
    vec![layer(Quality::Low, half(size), half(budget)), layer(Quality::Medium, size, budget)]
}

fn half(size: Size) -> Size {
    even(Size::new(size.width / 2, size.height / 2))
}

/// Encodes a screen in one or two layers.
pub struct ScreenLadder {
    rungs: Vec<Rung>,
    content: Content,
    picture: Option<Frame>,
    /// The picture at half its sides, made where it is asked for.
    small: Option<I420>,
    scaler: Scaler,
    last: Option<MediaTime>,
    /// Every layer has sent its first picture.
    introduced: bool,
}

struct Rung {
    quality: Quality,
    limit: BitsPerSecond,
    encoder: Encoder,
    active: bool,
    /// When its picture is to be encoded next.
    due: Option<MediaTime>,
    /// How often the picture that stays was sent.
    sent: usize,
    size: Size,
    on_for: Duration,
}

impl ScreenLadder {
    /// These layers, none active.
    pub fn new(layers: &[Layer], content: Content) -> Result<Self, Error> {
        let single = layers.len() == 1;
        let rungs = layers.iter().map(|layer| {
            let mark = (!single).then_some(layer.quality);
            let mut encoder = Encoder::new(Codec::H264, mark, layer.max_bitrate, fps(content))?;
            encoder.set_content(content);
            let (quality, limit, size) = (layer.quality, layer.max_bitrate, layer.size);
            Ok(Rung { quality, limit, encoder, active: false, due: None, sent: 0, size, on_for: Duration::ZERO })
        });
        let rungs = rungs.collect::<Result<Vec<_>, Error>>()?;
        Ok(Self {
            rungs,
            content,
            picture: None,
            small: None,
            scaler: Scaler::default(),
            last: None,
            introduced: false,
        })
    }

    /// Switches a layer and sets its rate. One that comes on begins with a keyframe.
    pub fn set(&mut self, layer: Quality, active: bool, bitrate: BitsPerSecond, now: MediaTime) {
        let rate = fps(self.content);
        let Some(rung) = self.rungs.iter_mut().find(|rung| rung.quality == layer) else { return };
        if active && !rung.active {
            rung.keyframe(now);
        }
        rung.active = active;
        if active && let Err(error) = rung.encoder.set_rate(bitrate.min(rung.limit), rate) {
            tracing::warn!(?layer, %error, "the encoder refused its rate");
        }
    }

    /// Whoever gets the pictures from now on knows none of the layers.
    pub fn introduce_anew(&mut self) {
        self.introduced = false;
    }

    /// A keyframe of this layer at once, of the picture as it is.
    pub fn request_keyframe(&mut self, layer: Quality, now: MediaTime) {
        if let Some(rung) = self.rungs.iter_mut().find(|rung| rung.quality == layer) {
            rung.keyframe(now);
        }
    }

    /// Text or a film. Another kind begins with a keyframe.
    pub fn set_content(&mut self, content: Content, now: MediaTime) {
        if std::mem::replace(&mut self.content, content) == content {
            return;
        }
        for rung in &mut self.rungs {
            rung.encoder.set_content(content);
            rung.keyframe(now);
        }
    }

    /// What there is to see from now on.
    pub fn show(&mut self, picture: Frame) {
        let now = picture.time;
        self.picture = Some(picture);
        self.small = None;
        for rung in &mut self.rungs {
            rung.due = Some(now);
            rung.sent = 0;
        }
    }

    /// When [`ScreenLadder::encode`] has something to do.
    pub fn due(&self) -> Option<MediaTime> {
        let has_picture = self.picture.is_some();
        self.rungs.iter().filter(|rung| rung.active && has_picture).filter_map(|rung| rung.due).min()
    }

    /// Encodes what is due in every active layer; the largest first, because a server shows whoever comes what comes first.
    ///
    /// But for the first time: every layer is introduced by a picture, the smallest first, also one that is not active. LiveKit forgets what
    /// it has of the others when a layer that it does not know begins, and shows the small one until the large one's next keyframe
    /// (`StreamTrackerManager.UpdateTrackInfo`, 1.13).
    pub fn encode(&mut self, now: MediaTime) -> Vec<EncodedFrame> {
        let elapsed = self.last.map_or(Duration::ZERO, |last| now.since(last));
        self.last = Some(now);
        let Some(picture) = &self.picture else { return Vec::new() };
        let retry = Duration::from_secs_f32(1.0 / fps(self.content).0);
        let count = self.rungs.len();
        let mut frames = Vec::with_capacity(count);
        let introduces = !self.introduced && self.rungs.iter().any(|rung| rung.active);
        self.introduced |= introduces;
        for place in 0..count {
            let index = if introduces { place } else { count - 1 - place };
            let rung = &mut self.rungs[index];
            if rung.active {
                rung.on_for += elapsed;
            }
            let is_due = rung.active && rung.due.is_some_and(|due| now >= due);
            if !is_due && !introduces {
                continue;
            }
            let source = if index + 1 < count {
                if self.small.is_none() {
                    let size = picture.size();
                    let whole = Rect { x: 0, y: 0, width: size.width, height: size.height };
                    self.small = self.scaler.resize(picture.i420(), whole, half(size), false);
                }
                self.small.as_ref()
            } else {
                Some(picture.i420())
            };
            let Some(source) = source else { continue };
            if introduces {
                rung.encoder.request_keyframe();
            }
            match rung.encoder.encode(source, now) {
                Ok(Some(encoded)) => {
                    rung.size = encoded.size;
                    rung.due = Some(now + AGAIN[rung.sent.min(AGAIN.len() - 1)]);
                    rung.sent += 1;
                    frames.push(encoded);
                }
                // Left out to keep the rate: the newest picture is owed all the same.
                Ok(None) => rung.due = Some(now + retry),
                Err(error) => {
                    // A window too small to be encoded, for instance: it may grow.
                    rung.due = None;
                    tracing::debug!(layer = ?rung.quality, %error, "a picture was not encoded");
                }
            }
        }
        frames
    }

    pub fn stats(&self) -> Vec<LayerStats> {
        self.rungs
            .iter()
            .map(|rung| LayerStats {
                quality: rung.quality,
                active: rung.active,
                size: rung.size,
                encoder: rung.encoder.stats(),
                on_for: rung.on_for,
            })
            .collect()
    }
}

impl Rung {
    fn keyframe(&mut self, now: MediaTime) {
        self.encoder.request_keyframe();
        self.due = Some(now);
        self.sent = 0;
    }
}

const fn fps(content: Content) -> Fps {
    if matches!(content, Content::Detail) { DETAIL_FPS } else { MOTION_FPS }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode;
    use std::sync::Arc;
    use visavis_media::Surface;

    const SIZE: Size = Size::new(1280, 720);

    /// Rows of letters, as far as an encoder can tell.
    fn page(seed: u32) -> Surface {
        let mut picture = I420::black(SIZE);
        let (luma, stride) = &mut picture.planes_mut()[0];
        luma.fill(235);
        let mut state = seed.wrapping_mul(2_654_435_761).max(1);
        for line in (0..SIZE.height / 16).step_by(2) {
            for column in (0..SIZE.width / 9).filter(|column| column % 4 != 0) {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                for dot in 0..24 {
                    if state >> dot & 1 == 1 {
                        let (x, y) = (column * 9 + dot % 4 * 2, line * 16 + 2 + dot / 4 * 2);
                        luma[y as usize * *stride + x as usize] = 20;
                        luma[y as usize * *stride + x as usize + 1] = 20;
                    }
                }
            }
        }
        Surface::I420(Arc::new(picture))
    }

    fn at(ms: i64) -> MediaTime {
        MediaTime::from_millis(ms)
    }

    fn ladder(content: Content) -> ScreenLadder {
        let mut ladder = ScreenLadder::new(&screen_layers(SIZE), content).expect("opens");
        ladder.set(Quality::Medium, true, BitsPerSecond(1_500_000), at(0));
        ladder
    }

    fn is_large(frame: &EncodedFrame) -> bool {
        frame.layer == Some(Quality::Medium)
    }

    /// Signal to noise of luma, in decibels.
    fn likeness(a: &I420, b: &I420) -> f64 {
        let (a, b) = (a.planes()[0], b.planes()[0]);
        let error: f64 = (0..a.height)
            .flat_map(|y| a.row(y).iter().zip(b.row(y)))
            .map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2))
            .sum();
        10.0 * (255.0 * 255.0 / (error / (a.width * a.height) as f64).max(1e-9)).log10()
    }

    #[test]
    fn a_small_source_has_one_layer_and_others_two() {
        let sizes = |width, height| {
            let layers = screen_layers(Size::new(width, height));
            layers.iter().map(|layer| (layer.quality.rid(), layer.size)).collect::<Vec<_>>()
        };
        assert_eq!(sizes(1920, 1080), [("q", Size::new(960, 540)), ("h", Size::new(1920, 1080))]);
        assert_eq!(sizes(301, 200), [("f", Size::new(300, 200))]);
        assert_eq!(sizes(1920, 40), [("f", Size::new(1920, 40))], "half of a panel is nothing that can be encoded");
        assert_eq!(screen_layers(Size::new(1920, 1080))[1].max_bitrate, BitsPerSecond(3_000_000));
        assert_eq!(screen_layers(Size::new(300, 200))[0].max_bitrate, BitsPerSecond(1_700_000), "it may grow");
    }

    #[test]
    fn a_page_is_sharp_at_once_and_sharper_soon_though_nothing_moves() {
        let mut ladder = ladder(Content::Detail);
        let page = page(7);
        let mut decoder = decode::open(Codec::H264).expect("opens");
        ladder.show(Frame { surface: page.clone(), time: at(0) });
        let Surface::I420(page) = page;
        let (mut quality, mut late) = (Vec::new(), 0);
        let mut now = at(0);
        while let Some(due) = ladder.due().filter(|due| *due < at(8000)) {
            now = now.max(due);
            for encoded in ladder.encode(now).into_iter().filter(is_large) {
                assert_eq!(encoded.keyframe, quality.is_empty());
                late += usize::from(now > at(4000));
                let picture = decoder.decode(&encoded).expect("decodes").expect("a picture");
                quality.push(likeness(&page, picture.i420()));
            }
        }
        assert!(quality[0] > 28.0, "{quality:?}");
        assert!(*quality.last().expect("pictures") > quality[0] + 1.0, "{quality:?}");
        assert!(late <= 4, "{late} pictures in four seconds of what stays");
    }

    #[test]
    fn the_newest_picture_is_never_left_out() {
        let mut ladder = ladder(Content::Detail);
        let mut decoder = decode::open(Codec::H264).expect("opens");
        let mut last = None;
        for number in 0..30 {
            let now = at(i64::from(number) * 66);
            ladder.show(Frame { surface: page(number), time: now });
            for encoded in ladder.encode(now).into_iter().filter(is_large) {
                last = decoder.decode(&encoded).expect("decodes");
            }
        }
        while let Some(due) = ladder.due().filter(|due| *due < at(12_000)) {
            for encoded in ladder.encode(due) {
                last = decoder.decode(&encoded).expect("decodes");
            }
        }
        let Surface::I420(newest) = page(29);
        let likeness = likeness(&newest, last.expect("a picture").i420());
        assert!(likeness > 30.0, "{likeness}");
        assert!(ladder.stats()[1].encoder.skipped > 0, "the test asks for more than fits");
    }

    #[test]
    fn every_layer_says_itself_once_the_smallest_first() {
        let mut ladder = ScreenLadder::new(&screen_layers(SIZE), Content::Detail).expect("opens");
        ladder.show(Frame { surface: page(1), time: at(0) });
        assert!(ladder.encode(at(0)).is_empty(), "nobody wants any");
        ladder.set(Quality::Medium, true, BitsPerSecond(1_500_000), at(10));
        let first = ladder.encode(at(10));
        let layers =
            |frames: &[EncodedFrame]| frames.iter().map(|frame| (frame.layer, frame.keyframe)).collect::<Vec<_>>();
        assert_eq!(layers(&first), [(Some(Quality::Low), true), (Some(Quality::Medium), true)]);
        let later: Vec<EncodedFrame> = (20..1500).flat_map(|ms| ladder.encode(at(ms))).collect();
        assert!(!later.is_empty() && later.iter().all(is_large));
        ladder.introduce_anew();
        ladder.request_keyframe(Quality::Medium, at(1500));
        assert_eq!(layers(&ladder.encode(at(1500))).len(), 2);
    }

    #[test]
    fn who_comes_late_gets_a_keyframe_of_what_stays() {
        let mut ladder = ladder(Content::Detail);
        ladder.show(Frame { surface: page(1), time: at(0) });
        assert_eq!(ladder.encode(at(0)).len(), 2);
        assert!(ladder.encode(at(10)).is_empty());
        ladder.request_keyframe(Quality::Medium, at(9_000));
        assert_eq!(ladder.due(), Some(at(9_000)));
        assert!(ladder.encode(at(9_000)).iter().all(|frame| frame.keyframe));
        ladder.set(Quality::Low, true, BitsPerSecond(400_000), at(9_100));
        let small = ladder.encode(at(9_100));
        assert_eq!(
            small.iter().map(|frame| (frame.layer, frame.size)).collect::<Vec<_>>(),
            [(Some(Quality::Low), Size::new(640, 360))]
        );
        assert!(small[0].keyframe);
    }

    #[test]
    fn a_film_gets_its_pictures_within_its_rate() {
        let mut ladder = ladder(Content::Motion);
        let mut film = crate::capture::Synthetic::new(SIZE, Fps(30.0), 3);
        let (mut bytes, mut pictures) = (0, 0);
        for number in 0..90 {
            let now = at(i64::from(number) * 1000 / 30);
            ladder.show(Frame { surface: Surface::I420(Arc::new(film.draw(number))), time: now });
            for encoded in ladder.encode(now) {
                (bytes, pictures) = (bytes + encoded.data.len(), pictures + 1);
            }
        }
        assert!(pictures > 75, "{pictures} of 90");
        assert!(bytes * 8 / 3 < 1_800_000, "{} b/s", bytes * 8 / 3);
        ladder.set_content(Content::Detail, at(3_000));
        assert!(ladder.encode(at(3_000)).iter().all(|frame| frame.keyframe));
    }
}
