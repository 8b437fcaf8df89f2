//! Tells a person from what is behind them: runs the model, without allocating anything on the way.

use super::kernels::{self, Arithmetic, Fused, Layer, Plain, Window};
use super::model::{Damage, Kind, Model, Step, Tensor};
use super::weightless;

/// The model that we ship; origin and licence are beside it.
pub(super) static FILE: &[u8] = include_bytes!("../../model/selfie.bin");

/// The model and everything that it needs to run.
#[derive(Debug)]
pub struct Segmenter {
    model: Model,
    /// Red, green and blue from 0 to 1, with one more column and row of zeros.
    picture: Vec<f32>,
    buffers: Vec<Vec<f32>>,
    line: Vec<f32>,
    is_fast: bool,
}

impl Segmenter {
    /// The model that we ship.
    ///
    /// # Errors
    /// It is damaged: never, as a test says.
    pub fn new() -> Result<Self, Damage> {
        Ok(Self::of(Model::read(FILE)?))
    }

    pub(super) fn of(model: Model) -> Self {
        let picture = model.picture();
        let line = model.tensors.iter().map(|tensor| tensor.width * tensor.channels).max().unwrap_or_default();
        Self {
            picture: vec![0.0; (picture.width + 1) * (picture.height + 1) * picture.channels],
            buffers: model.buffers.iter().map(|length| vec![0.0; *length]).collect(),
            line: vec![0.0; line],
            is_fast: has_fast_instructions(),
            model,
        }
    }

    /// Without the newer instructions, to compare.
    #[must_use]
    pub fn plain(mut self) -> Self {
        self.is_fast = false;
        self
    }

    /// Width and height of the picture, and of the mask.
    pub fn size(&self) -> (usize, usize) {
        let picture = self.model.picture();
        (picture.width, picture.height)
    }

    /// The picture's rows, to write: red, green and blue of each point, from 0 to 1.
    pub fn rows(&mut self) -> impl Iterator<Item = &mut [f32]> {
        let Tensor { width, height, channels, .. } = self.model.picture();
        self.picture.chunks_exact_mut((width + 1) * channels).take(height).map(move |row| &mut row[..width * channels])
    }

    /// How much each point is of a person, from 0 to 1, row by row.
    pub fn run(&mut self) -> &[f32] {
        #[cfg(target_arch = "x86_64")]
        if self.is_fast {
            // SAFETY: the processor has these instructions, or it would not be fast.
            unsafe { self.run_fast() };
            return self.mask();
        }
        if cfg!(target_arch = "aarch64") && self.is_fast {
            self.run_with::<Fused>();
        } else {
            self.run_with::<Plain>();
        }
        self.mask()
    }

    /// The mask that was made last.
    pub fn mask(&self) -> &[f32] {
        let mask = self.model.mask();
        &self.buffers[mask.buffer][..mask.len()]
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    fn run_fast(&mut self) {
        self.run_with::<Fused>();
    }

    #[inline(always)]
    fn run_with<A: Arithmetic>(&mut self) {
        for step in &self.model.steps {
            let output = self.model.tensors[step.output];
            // Taken out, so that the inputs can be read meanwhile: no step reads the buffer that it writes.
            let mut out = std::mem::take(&mut self.buffers[output.buffer]);
            let run = Run { model: &self.model, picture: &self.picture, buffers: &self.buffers };
            run.step::<A>(step, &mut self.line, &mut out[..output.len()]);
            self.buffers[output.buffer] = out;
        }
    }
}

fn has_fast_instructions() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma");
    // NEON is always there, and has it.
    #[cfg(not(target_arch = "x86_64"))]
    cfg!(target_arch = "aarch64")
}

struct Run<'a> {
    model: &'a Model,
    picture: &'a [f32],
    buffers: &'a [Vec<f32>],
}

impl<'a> Run<'a> {
    #[inline(always)]
    fn data(&self, number: usize) -> &'a [f32] {
        let tensor = self.model.tensors[number];
        &self.buffers[tensor.buffer][..tensor.len()]
    }

    #[inline(always)]
    fn optional(&self, number: Option<usize>) -> Option<&'a [f32]> {
        match number {
            Some(number) => Some(self.data(number)),
            None => None,
        }
    }

    #[inline(always)]
    fn step<A: Arithmetic>(&self, step: &Step, line: &mut [f32], out: &mut [f32]) {
        let (input, output) = (self.model.tensors[step.input], self.model.tensors[step.output]);
        let layer = Layer {
            weights: &step.weights,
            bias: &step.bias,
            activation: step.activation,
            more: self.optional(step.second),
        };
        match step.kind {
            Kind::Stem => kernels::stem::<A>(layer, self.picture, output.width, out),
            Kind::Point => kernels::point::<A>(layer, self.data(step.input), input.channels, output.channels, out),
            Kind::Depth => {
                let Tensor { height, width, channels, .. } = input;
                // As the model was trained: of an odd number of points outside, the second half is the larger.
                let before = (step.kernel - step.stride) / 2;
                let window = Window { height, width, stride: step.stride, before };
                match step.kernel {
                    3 => kernels::depth::<A, 3>(layer, self.data(step.input), window, channels, out),
                    _ => kernels::depth::<A, 5>(layer, self.data(step.input), window, channels, out),
                }
            }
            Kind::Mean => weightless::mean(self.data(step.input), layer.more, out),
            Kind::Scale => {
                let gate = layer.more.unwrap_or_default();
                weightless::scale::<A>(self.data(step.input), gate, self.optional(step.third), out);
            }
            Kind::Double => weightless::double(self.data(step.input), input.width, input.channels, line, out),
            Kind::Mask => kernels::mask::<A>(layer, self.data(step.input), input.width, input.channels, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Largest distance from what onnxruntime makes of the model as published: its floats are added up in another order.
    const NEAR: f32 = 1e-4;

    fn png(file: &[u8]) -> (Vec<u8>, png::OutputInfo) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        (pixels, info)
    }

    /// The largest and the mean distance from the reference.
    fn distance(mut segmenter: Segmenter) -> (f32, f32) {
        let (picture, info) = png(include_bytes!("../../model/astronaut.png"));
        let (wanted, depth) = png(include_bytes!("../../model/astronaut-mask.png"));
        assert_eq!((info.width as usize, info.height as usize), segmenter.size());
        assert_eq!((info.color_type, depth.bit_depth), (png::ColorType::Rgb, png::BitDepth::Sixteen));
        for (row, pixels) in segmenter.rows().zip(picture.chunks(info.line_size)) {
            row.iter_mut().zip(pixels).for_each(|(value, pixel)| *value = f32::from(*pixel) / 255.0);
        }
        // Twice: what the first run leaves behind may not matter.
        segmenter.run();
        let mask = segmenter.run();
        let wanted = wanted.chunks(2).map(|pair| f32::from(u16::from_be_bytes([pair[0], pair[1]])) / 65535.0);
        let apart: Vec<f32> = mask.iter().zip(wanted).map(|(mask, wanted)| (mask - wanted).abs()).collect();
        (apart.iter().copied().fold(0.0, f32::max), apart.iter().sum::<f32>() / apart.len() as f32)
    }

    #[test]
    fn a_person_is_found_as_by_the_reference() {
        for segmenter in [Segmenter::new().unwrap(), Segmenter::new().unwrap().plain()] {
            let (most, mean) = distance(segmenter);
            println!("most {most}, mean {mean}");
            assert!(most < NEAR && mean < NEAR / 10.0, "most {most}, mean {mean}");
        }
    }
}
