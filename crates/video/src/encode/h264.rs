//! H.264 constrained baseline by OpenH264.

use super::{Backend, Content, Error, Output};
use bytes::Bytes;
use openh264::encoder::{
    BitRate, Complexity, Encoder, EncoderConfig, FrameRate, FrameType, Profile, QpRange, RateControlMode,
    SpsPpsStrategy, UsageType,
};
use openh264::formats::YUVSlices;
use openh264::{OpenH264API, Timestamp};
use openh264_sys2::{
    ENCODER_OPTION, ENCODER_OPTION_BITRATE, ENCODER_OPTION_FRAME_RATE, ENCODER_OPTION_MAX_BITRATE, SBitrateInfo,
    SPATIAL_LAYER_0, SPATIAL_LAYER_ALL,
};
use visavis_media::{I420, MediaTime};
use visavis_model::{BitsPerSecond, Fps, Size};

/// Smallest side that OpenH264 takes.
const MIN_SIDE: u32 = 16;

pub(super) struct OpenH264 {
    encoder: Encoder,
    size: Size,
    bitrate: u32,
    fps: f32,
    content: Content,
    /// The library applies its configuration with the first picture; only then can it be changed.
    started: bool,
    first: Option<MediaTime>,
}

impl OpenH264 {
    pub fn new(size: Size, bitrate: BitsPerSecond, fps: Fps, content: Content) -> Result<Self, Error> {
        let (long, short) = (size.width.max(size.height), size.width.min(size.height));
        if short < MIN_SIDE || long > 3840 || short > 2160 {
            return Err(Error::Size(size));
        }
        let (bitrate, fps) = (rate_in_range(bitrate), fps_in_range(fps));
        let encoder = open(bitrate, fps, content)?;
        Ok(Self { encoder, size, bitrate, fps, content, started: false, first: None })
    }

    fn set_option<T>(&mut self, option: ENCODER_OPTION, mut value: T) -> Result<(), Error> {
        // SAFETY: the encoder is initialised (callers check `started`), and each option is called with the type that
        // its documentation names.
        let code = unsafe { self.encoder.raw_api().set_option(option, (&raw mut value).cast()) };
        if code == 0 { Ok(()) } else { Err(Error::Encoder(format!("option {option} gave {code}"))) }
    }

    fn apply(&mut self, bitrate: u32, fps: f32) -> Result<(), Error> {
        let limit = SBitrateInfo { iLayer: SPATIAL_LAYER_0, iBitrate: bitrate as i32 };
        let target = SBitrateInfo { iLayer: SPATIAL_LAYER_ALL, iBitrate: bitrate as i32 };
        // The library refuses a target above the limit at every moment between the two calls. The limit of
        // SPATIAL_LAYER_ALL is one that it never looks at again.
        if bitrate >= self.bitrate {
            self.set_option(ENCODER_OPTION_MAX_BITRATE, limit)?;
            self.set_option(ENCODER_OPTION_BITRATE, target)?;
        } else {
            self.set_option(ENCODER_OPTION_BITRATE, target)?;
            self.set_option(ENCODER_OPTION_MAX_BITRATE, limit)?;
        }
        self.bitrate = bitrate;
        if fps != self.fps {
            self.set_option(ENCODER_OPTION_FRAME_RATE, fps)?;
            self.fps = fps;
        }
        Ok(())
    }
}

impl Backend for OpenH264 {
    fn encode(&mut self, picture: &I420, time: MediaTime, keyframe: bool) -> Result<Option<Output>, Error> {
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        let [y, u, v] = picture.planes();
        if y.width < width || y.height < height {
            return Err(Error::Size(picture.size()));
        }
        let source = YUVSlices::new(
            (&y.data[..y.stride * height], &u.data[..u.stride * (height / 2)], &v.data[..v.stride * (height / 2)]),
            (width, height),
            (y.stride, u.stride, v.stride),
        );
        if keyframe && self.started {
            self.encoder.force_intra_frame();
        }
        let since = time.since(*self.first.get_or_insert(time));
        let timestamp = Timestamp::from_millis(since.as_millis() as u64);
        let stream = self.encoder.encode_at(&source, timestamp).map_err(|error| Error::Encoder(error.to_string()))?;
        self.started = true;
        match stream.frame_type() {
            FrameType::Skip | FrameType::Invalid => Ok(None),
            kind => {
                let data = stream.to_vec();
                Ok((!data.is_empty()).then(|| Output { keyframe: kind == FrameType::IDR, data: Bytes::from(data) }))
            }
        }
    }

    fn set_rate(&mut self, bitrate: BitsPerSecond, fps: Fps) -> Result<(), Error> {
        let (bitrate, fps) = (rate_in_range(bitrate), fps_in_range(fps));
        if self.started {
            return self.apply(bitrate, fps);
        }
        (self.bitrate, self.fps) = (bitrate, fps);
        self.encoder = open(bitrate, fps, self.content)?;
        Ok(())
    }
}

/// The coarsest steps at which small text can still be read (looked at on a terminal's 13 pixel letters). Rather than going beyond
/// them, pictures are left out.
const COARSEST_DETAIL: u8 = 34;
/// Finer ones are not seen.
const FINEST_DETAIL: u8 = 14;

fn open(bitrate: u32, fps: f32, content: Content) -> Result<Encoder, Error> {
    let (usage, steps) = match content {
        Content::Camera => (UsageType::CameraVideoRealTime, None),
        Content::Detail => (UsageType::ScreenContentRealTime, Some(QpRange::new(FINEST_DETAIL, COARSEST_DETAIL))),
        Content::Motion => (UsageType::CameraVideoRealTime, None),
    };
    let config = EncoderConfig::new()
        .bitrate(BitRate::from_bps(bitrate))
        .max_frame_rate(FrameRate::from_hz(fps))
        .usage_type(usage)
        .rate_control_mode(RateControlMode::Bitrate)
        // Without it the library does not keep to its bitrate.
        .skip_frames(true)
        .complexity(Complexity::Low)
        .profile(Profile::Baseline)
        .sps_pps_strategy(SpsPpsStrategy::ConstantId)
        // A cut to another picture must not make a keyframe of its own accord: keyframes are asked for.
        .scene_change_detect(false)
        .num_threads(1);
    let config = match steps {
        Some(steps) => config.qp(steps),
        None => config,
    };
    Encoder::with_api_config(OpenH264API::from_source(), config).map_err(|error| Error::Encoder(error.to_string()))
}

fn rate_in_range(bitrate: BitsPerSecond) -> u32 {
    bitrate.0.clamp(10_000, 20_000_000) as u32
}

fn fps_in_range(fps: Fps) -> f32 {
    if fps.0.is_finite() { fps.0.clamp(1.0, 60.0) } else { 30.0 }
}

unsafe extern "C" {
    /// `codec/common/inc/cpu.h` of OpenH264: flags of the processor, 0 where built without assembler.
    fn WelsCPUFeatureDetect(processors: *mut i32) -> u32;
}

/// Every processor that we run on has vector instructions, so no flag means: built without assembler.
pub(super) fn assembler_is_in() -> bool {
    let mut processors = 0;
    // SAFETY: writes one i32, reads the processor's identification.
    unsafe { WelsCPUFeatureDetect(&raw mut processors) != 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Synthetic;

    /// Encodes `seconds` of 30 pictures a second; returns the mean bitrate and the number of keyframes.
    fn run(encoder: &mut OpenH264, source: &mut Synthetic, from: u32, seconds: u32) -> (u64, usize) {
        let (mut bytes, mut keyframes) = (0, 0);
        for counter in from..from + seconds * 30 {
            let time = MediaTime::from_millis(i64::from(counter) * 1000 / 30);
            if let Some(output) = encoder.encode(&source.draw(counter), time, false).expect("encodes") {
                bytes += output.data.len() as u64;
                keyframes += usize::from(output.keyframe);
            }
        }
        (bytes * 8 / u64::from(seconds), keyframes)
    }

    #[test]
    fn the_bitrate_changes_while_running_without_a_keyframe() {
        let size = Size::new(640, 360);
        let mut source = Synthetic::new(size, Fps(30.0), 1);
        let kilobits = BitsPerSecond::from_kilobits;
        let mut encoder = OpenH264::new(size, kilobits(600), Fps(30.0), Content::Camera).expect("opens");
        let (_, keyframes) = run(&mut encoder, &mut source, 0, 2);
        assert_eq!(keyframes, 1);
        for (from, target) in [(60, 200), (180, 900), (300, 300)] {
            encoder.set_rate(kilobits(target), Fps(30.0)).expect("accepted");
            run(&mut encoder, &mut source, from, 1);
            let (rate, keyframes) = run(&mut encoder, &mut source, from + 30, 3);
            assert_eq!(keyframes, 0, "a keyframe nobody asked for at {target} kb/s");
            assert!((target * 700..=target * 1150).contains(&rate), "{rate} b/s for a target of {target} kb/s");
        }
    }

    #[test]
    fn a_rate_before_the_first_picture_counts() {
        let size = Size::new(320, 180);
        let mut source = Synthetic::new(size, Fps(30.0), 1);
        let mut encoder = OpenH264::new(size, BitsPerSecond(2_000_000), Fps(30.0), Content::Camera).expect("opens");
        encoder.set_rate(BitsPerSecond(150_000), Fps(30.0)).expect("accepted");
        let (rate, _) = run(&mut encoder, &mut source, 0, 4);
        assert!(rate < 190_000, "{rate}");
    }

    #[test]
    fn sizes_that_cannot_be_are_refused() {
        for (width, height) in [(8, 8), (4000, 100), (2200, 2200)] {
            let size = Size::new(width, height);
            let result = OpenH264::new(size, BitsPerSecond(100_000), Fps(30.0), Content::Detail);
            assert_eq!(result.err(), Some(Error::Size(size)));
        }
    }
}
