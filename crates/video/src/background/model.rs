//! Reads the model's file, which `model/convert.py` makes: little endian, all of it checked, so that running it cannot fail.
//!
//! `VSM1`, the numbers of tensors, buffers and steps (u16 each); a tensor: height, width, channels, buffer (u16 each); a step:
//! kind, activation, kernel, stride, three inputs, output (u8 each); then for each step in order its weights and its bias
//! as halves of floats. Tensor 0 is the picture.

/// Longest side of a tensor, and most channels; keeps every product far from overflow.
const MOST: usize = 1024;
/// Inputs, and a picture's buffer, that are none.
const NOTHING: usize = 255;
/// Channels are handled by so many at least.
pub(super) const LANES: usize = 8;

/// A model, ready to be run.
#[derive(Debug)]
pub(super) struct Model {
    pub tensors: Vec<Tensor>,
    /// Floats that each buffer holds.
    pub buffers: Vec<usize>,
    pub steps: Vec<Step>,
}

/// Rows of points of channels, in a buffer that it shares with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tensor {
    pub height: usize,
    pub width: usize,
    pub channels: usize,
    pub buffer: usize,
}

impl Tensor {
    pub const fn points(&self) -> usize {
        self.height * self.width
    }

    pub const fn len(&self) -> usize {
        self.points() * self.channels
    }

    const fn is_twice(&self, other: &Self) -> bool {
        self.height == 2 * other.height && self.width == 2 * other.width
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// 3 × 3 of the picture's three colours, every second point.
    Stem,
    /// Of each point alone; a third input is added.
    Point,
    /// Of each channel alone; a second input is added.
    Depth,
    /// Of all points; of the sum of two inputs, where there are two.
    Mean,
    /// The first input times the second's only point, plus the third.
    Scale,
    /// Twice as wide and high, bilinear.
    Double,
    /// Each point becomes four.
    Mask,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Activation {
    None,
    Relu,
    HardSwish,
    Sigmoid,
}

/// One step: what it makes of which tensors.
#[derive(Debug)]
pub(super) struct Step {
    pub kind: Kind,
    pub activation: Activation,
    pub kernel: usize,
    pub stride: usize,
    pub input: usize,
    pub second: Option<usize>,
    pub third: Option<usize>,
    pub output: usize,
    /// The output's channels are the innermost.
    pub weights: Vec<f32>,
    pub bias: Vec<f32>,
}

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the model is damaged: {0}")]
pub struct Damage(&'static str);

impl Model {
    pub fn read(file: &[u8]) -> Result<Self, Damage> {
        let mut reader = Reader { left: file };
        if reader.take(4)? != b"VSM1" {
            return Err(Damage("no model"));
        }
        let [tensors, buffers, steps] = [reader.word()?, reader.word()?, reader.word()?];
        if tensors > NOTHING || steps == 0 {
            return Err(Damage("its numbers"));
        }
        let tensors = (0..tensors).map(|_| tensor(&mut reader)).collect::<Result<Vec<_>, _>>()?;
        let mut model = Self { tensors, buffers: vec![0; buffers], steps: Vec::new() };
        for (number, tensor) in model.tensors.iter().enumerate() {
            match model.buffers.get_mut(tensor.buffer) {
                Some(buffer) if number > 0 => *buffer = (*buffer).max(tensor.len()),
                None if number == 0 => {}
                _ => return Err(Damage("a buffer")),
            }
        }
        for _ in 0..steps {
            let step = step(&mut reader, &model.tensors)?;
            model.steps.push(step);
        }
        for step in &mut model.steps {
            let (weights, bias) = sizes(step, &model.tensors);
            step.weights = reader.halves(weights)?;
            step.bias = reader.halves(bias)?;
            if step.kind == Kind::Mask {
                step.weights = step.weights.as_chunks::<4>().0.iter().flat_map(filled).collect();
                step.bias = step.bias.as_chunks::<4>().0.iter().flat_map(filled).collect();
            }
        }
        if !reader.left.is_empty() {
            return Err(Damage("something after its end"));
        }
        Ok(model)
    }

    /// The picture that it wants.
    pub fn picture(&self) -> Tensor {
        self.tensors[0]
    }

    /// What comes of it.
    pub fn mask(&self) -> Tensor {
        self.steps.last().map_or(self.tensors[0], |step| self.tensors[step.output])
    }
}

fn tensor(reader: &mut Reader<'_>) -> Result<Tensor, Damage> {
    let [height, width, channels, buffer] = [reader.word()?, reader.word()?, reader.word()?, reader.word()?];
    if [height, width, channels].iter().any(|side| !(1..=MOST).contains(side)) {
        return Err(Damage("a size"));
    }
    Ok(Tensor { height, width, channels, buffer })
}

fn step(reader: &mut Reader<'_>, tensors: &[Tensor]) -> Result<Step, Damage> {
    let bytes = reader.take(8)?;
    let kind = match bytes[0] {
        0 => Kind::Stem,
        1 => Kind::Point,
        2 => Kind::Depth,
        3 => Kind::Mean,
        4 => Kind::Scale,
        5 => Kind::Double,
        6 => Kind::Mask,
        _ => return Err(Damage("a kind of step")),
    };
    let activation = match bytes[1] {
        0 => Activation::None,
        1 => Activation::Relu,
        2 => Activation::HardSwish,
        3 => Activation::Sigmoid,
        _ => return Err(Damage("an activation")),
    };
    let optional = |byte: u8| Some(usize::from(byte)).filter(|number| *number != NOTHING);
    let step = Step {
        kind,
        activation,
        kernel: usize::from(bytes[2]),
        stride: usize::from(bytes[3]),
        input: usize::from(bytes[4]),
        second: optional(bytes[5]),
        third: optional(bytes[6]),
        output: usize::from(bytes[7]),
        weights: Vec::new(),
        bias: Vec::new(),
    };
    if fits(&step, tensors) { Ok(step) } else { Err(Damage("a step")) }
}

/// Whether a step's tensors are there and belong together, each kind in its own way.
fn fits(step: &Step, tensors: &[Tensor]) -> bool {
    let Some((input, output)) = tensors.get(step.input).zip(tensors.get(step.output)) else { return false };
    let second = step.second.map(|number| tensors.get(number));
    let third = step.third.map(|number| tensors.get(number));
    if second == Some(None) || third == Some(None) {
        return false;
    }
    let (second, third) = (second.flatten(), third.flatten());
    let same = |one: &Tensor, other: &Tensor| {
        one.height == other.height && one.width == other.width && one.channels == other.channels
    };
    let all = [Some(input), second, third];
    let reads_what_it_writes = all.into_iter().flatten().any(|tensor| tensor.buffer == output.buffer);
    // Only the first step knows the picture, and a mask is nobody's input.
    let known = [Some(step.input), step.second, step.third];
    let reads_picture = known.contains(&Some(0));
    let whole = |tensor: &Tensor| tensor.channels.is_multiple_of(LANES);
    if step.output == 0 || reads_what_it_writes || reads_picture != (step.kind == Kind::Stem) {
        return false;
    }
    match step.kind {
        Kind::Stem => {
            let pattern = (step.kernel, step.stride, input.channels, output.channels) == (3, 2, 3, 2 * LANES);
            pattern && output.width >= 4 && input.is_twice(output) && second.is_none() && third.is_none()
        }
        Kind::Point => {
            input.points() == output.points()
                && whole(output)
                && second.is_none_or(|s| same(s, output))
                && third.is_none()
        }
        Kind::Depth => {
            let sizes = match step.stride {
                1 => input.height == output.height && input.width == output.width,
                2 => input.is_twice(output),
                _ => false,
            };
            let known = matches!(step.kernel, 3 | 5) && input.channels == output.channels && whole(output);
            sizes && known && second.is_none_or(|s| same(s, output)) && third.is_none()
        }
        Kind::Mean => {
            let point = output.points() == 1 && input.channels == output.channels && whole(output);
            point && second.is_none_or(|s| same(s, input)) && third.is_none()
        }
        Kind::Scale => {
            let gate = second.is_some_and(|s| s.points() == 1 && s.channels == input.channels);
            same(input, output) && whole(output) && gate && third.is_none_or(|t| same(t, output))
        }
        Kind::Double => {
            output.is_twice(input) && input.channels == output.channels && second.is_none() && third.is_none()
        }
        Kind::Mask => output.is_twice(input) && output.channels == 1 && second.is_none() && third.is_none(),
    }
}

/// Weights, and bias.
fn sizes(step: &Step, tensors: &[Tensor]) -> (usize, usize) {
    let (input, output) = (tensors[step.input].channels, tensors[step.output].channels);
    let area = step.kernel * step.kernel;
    match step.kind {
        Kind::Stem => (area * input * output, output),
        Kind::Point => (input * output, output),
        Kind::Depth => (area * output, output),
        Kind::Mask => (input * 4, 4),
        Kind::Mean | Kind::Scale | Kind::Double => (0, 0),
    }
}

struct Reader<'a> {
    left: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Damage> {
        let (taken, left) = self.left.split_at_checked(count).ok_or(Damage("it ends too early"))?;
        self.left = left;
        Ok(taken)
    }

    fn word(&mut self) -> Result<usize, Damage> {
        self.take(2).map(|bytes| usize::from(u16::from_le_bytes([bytes[0], bytes[1]])))
    }

    fn halves(&mut self, count: usize) -> Result<Vec<f32>, Damage> {
        let bytes = self.take(2 * count)?;
        Ok(bytes.as_chunks::<2>().0.iter().map(|bytes| widened(u16::from_le_bytes(*bytes))).collect())
    }
}

/// The four with zeros after them.
fn filled(four: &[f32; 4]) -> [f32; LANES] {
    let [a, b, c, d] = *four;
    [a, b, c, d, 0.0, 0.0, 0.0, 0.0]
}

/// Half of a float made a whole one (IEEE 754 binary16).
fn widened(half: u16) -> f32 {
    let (sign, exponent, fraction) = (u32::from(half >> 15), u32::from(half >> 10 & 31), u32::from(half & 1023));
    let size = match exponent {
        // Too small for the usual form: units of 2^-24.
        0 => return (fraction as f32) * (0.5f32).powi(24) * if sign == 1 { -1.0 } else { 1.0 },
        31 => 255 << 23 | fraction << 13,
        _ => (exponent + 112) << 23 | fraction << 13,
    };
    f32::from_bits(sign << 31 | size)
}

#[cfg(test)]
mod tests {
    use super::super::segmenter::FILE;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_are_read_as_they_are() {
        let of = [(0x3c00, 1.0), (0xc000, -2.0), (0x3555, 0.333_251_95), (0x0001, 5.960_464_5e-8), (0x8000, 0.0)];
        for (half, float) in of {
            assert_eq!(widened(half), float);
        }
        assert!(widened(0x7c00).is_infinite() && widened(0x7e00).is_nan());
    }

    #[test]
    fn the_model_that_we_ship_is_whole() {
        let model = Model::read(FILE).expect("whole");
        let (picture, mask) = (model.picture(), model.mask());
        assert_eq!((picture.height, picture.width, picture.channels), (144, 256, 3));
        assert_eq!((mask.height, mask.width, mask.channels), (144, 256, 1));
        assert!(FILE.len() < 300_000);
        assert_eq!(Model::read(&FILE[..FILE.len() - 1]).err(), Some(Damage("it ends too early")));
        assert_eq!(Model::read(b"PNG").err(), Some(Damage("it ends too early")));
    }

    proptest! {
        #[test]
        fn a_damaged_model_is_told_or_runs(at in 0usize..1300, value: u8) {
            let mut file = FILE.to_vec();
            file[at] = value;
            if let Ok(model) = Model::read(&file) {
                let mut segmenter = super::super::Segmenter::of(model);
                segmenter.run();
            }
        }
    }
}
