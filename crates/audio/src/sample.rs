//! Between the sample formats of devices and `f32`: called from real-time callbacks, so nothing here allocates.

use cpal::{Data, FromSample, SampleFormat, SizedSample};

/// Calls `use_mono` with every frame of `data` as one mono sample; returns how many frames there were.
///
/// Of many channels only the first two are heard: interfaces with eight inputs have seven silent ones, and a mean over
/// all would be 18 dB too quiet. Unknown formats (DSD) give no frames.
pub fn for_each_mono(data: &Data, channels: usize, mut use_mono: impl FnMut(f32)) -> usize {
    fn walk<T: SizedSample>(data: &Data, channels: usize, use_mono: &mut impl FnMut(f32)) -> usize
    where
        f32: FromSample<T>,
    {
        let Some(samples) = data.as_slice::<T>() else { return 0 };
        let frames = samples.chunks_exact(channels.max(1));
        let count = frames.len();
        for frame in frames {
            use_mono(match frame {
                [one] => one.to_sample::<f32>(),
                [left, right, ..] => (left.to_sample::<f32>() + right.to_sample::<f32>()) * 0.5,
                [] => 0.0,
            });
        }
        count
    }
    match data.sample_format() {
        SampleFormat::I8 => walk::<i8>(data, channels, &mut use_mono),
        SampleFormat::I16 => walk::<i16>(data, channels, &mut use_mono),
        SampleFormat::I24 => walk::<cpal::I24>(data, channels, &mut use_mono),
        SampleFormat::I32 => walk::<i32>(data, channels, &mut use_mono),
        SampleFormat::I64 => walk::<i64>(data, channels, &mut use_mono),
        SampleFormat::U8 => walk::<u8>(data, channels, &mut use_mono),
        SampleFormat::U16 => walk::<u16>(data, channels, &mut use_mono),
        SampleFormat::U24 => walk::<cpal::U24>(data, channels, &mut use_mono),
        SampleFormat::U32 => walk::<u32>(data, channels, &mut use_mono),
        SampleFormat::U64 => walk::<u64>(data, channels, &mut use_mono),
        SampleFormat::F32 => walk::<f32>(data, channels, &mut use_mono),
        SampleFormat::F64 => walk::<f64>(data, channels, &mut use_mono),
        _ => 0,
    }
}

/// Frames that `data` holds.
pub fn frames(data: &Data, channels: usize) -> usize {
    data.len() / channels.max(1)
}

/// Writes one mono sample from `next` into all channels of every frame of `data`.
///
/// Samples are limited to full scale. Unknown formats (DSD) stay as they are.
pub fn fill_from_mono(data: &mut Data, channels: usize, mut next: impl FnMut() -> f32) {
    fn walk<T: SizedSample + FromSample<f32>>(data: &mut Data, channels: usize, next: &mut impl FnMut() -> f32) {
        let Some(samples) = data.as_slice_mut::<T>() else { return };
        for frame in samples.chunks_mut(channels.max(1)) {
            frame.fill(T::from_sample(next().clamp(-1.0, 1.0)));
        }
    }
    match data.sample_format() {
        SampleFormat::I8 => walk::<i8>(data, channels, &mut next),
        SampleFormat::I16 => walk::<i16>(data, channels, &mut next),
        SampleFormat::I24 => walk::<cpal::I24>(data, channels, &mut next),
        SampleFormat::I32 => walk::<i32>(data, channels, &mut next),
        SampleFormat::I64 => walk::<i64>(data, channels, &mut next),
        SampleFormat::U8 => walk::<u8>(data, channels, &mut next),
        SampleFormat::U16 => walk::<u16>(data, channels, &mut next),
        SampleFormat::U24 => walk::<cpal::U24>(data, channels, &mut next),
        SampleFormat::U32 => walk::<u32>(data, channels, &mut next),
        SampleFormat::U64 => walk::<u64>(data, channels, &mut next),
        SampleFormat::F32 => walk::<f32>(data, channels, &mut next),
        SampleFormat::F64 => walk::<f64>(data, channels, &mut next),
        _ => {}
    }
}

/// True where [`for_each_mono`] and [`fill_from_mono`] know the format.
pub fn is_known(format: SampleFormat) -> bool {
    !format.is_dsd()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data_of<T: SizedSample>(samples: &mut [T]) -> Data {
        // SAFETY: pointer, length and format all come from the slice, which outlives the `Data` in each test.
        unsafe { Data::from_parts(samples.as_mut_ptr().cast(), samples.len(), T::FORMAT) }
    }

    #[test]
    fn integer_stereo_becomes_mono() {
        let mut samples = [16_384_i16, 0, -16_384, -16_384];
        let mut mono = Vec::new();
        assert_eq!(for_each_mono(&data_of(&mut samples), 2, |sample| mono.push(sample)), 2);
        assert!((mono[0] - 0.25).abs() < 1e-4 && (mono[1] + 0.5).abs() < 1e-4, "{mono:?}");
    }

    #[test]
    fn unsigned_bytes_have_their_zero_in_the_middle() {
        let mut samples = [128_u8, 255, 0];
        let mut mono = Vec::new();
        for_each_mono(&data_of(&mut samples), 1, |sample| mono.push(sample));
        assert_eq!(mono[0], 0.0);
        assert!(mono[1] > 0.98 && mono[2] < -0.98);
    }

    #[test]
    fn too_loud_is_cut_and_all_channels_are_written() {
        let mut samples = [0_i16; 6];
        let mut next = [2.0_f32, -0.5, 0.0].into_iter();
        fill_from_mono(&mut data_of(&mut samples), 2, || next.next().expect("three frames"));
        assert_eq!(&samples[..2], &[i16::MAX, i16::MAX]);
        assert_eq!(samples[2], samples[3]);
        assert!((i32::from(samples[2]) + 16_384).abs() <= 1);
    }

    #[test]
    fn every_integer_width_survives_the_round_trip() {
        fn check<T: SizedSample + FromSample<f32>>(tolerance: f32)
        where
            f32: FromSample<T>,
        {
            let mut samples = [T::EQUILIBRIUM; 4];
            let mut next = [0.25_f32, -0.75, 0.0, 0.5].into_iter();
            fill_from_mono(&mut data_of(&mut samples), 1, || next.next().expect("four frames"));
            let mut mono = Vec::new();
            for_each_mono(&data_of(&mut samples), 1, |sample| mono.push(sample));
            for (got, wanted) in mono.iter().zip([0.25, -0.75, 0.0, 0.5]) {
                assert!((got - wanted).abs() <= tolerance, "{:?}: {got} for {wanted}", T::FORMAT);
            }
            assert_eq!(mono.len(), 4);
        }
        check::<i8>(0.01);
        check::<u8>(0.01);
        check::<i16>(1e-4);
        check::<u16>(1e-4);
        check::<cpal::I24>(1e-6);
        check::<cpal::U24>(1e-6);
        check::<i32>(1e-6);
        check::<u32>(1e-6);
        check::<i64>(1e-6);
        check::<u64>(1e-6);
        check::<f32>(0.0);
        check::<f64>(0.0);
    }
}
