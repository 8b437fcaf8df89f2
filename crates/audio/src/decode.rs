//! Opus packets to sound.

use visavis_media::BLOCK_SAMPLES;

/// Longest packet that RFC 6716 allows: 120 ms at 48 kHz.
pub const MOST_SAMPLES: usize = 12 * BLOCK_SAMPLES;

/// The decoder gave nothing for this packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the packet is no sound of this codec")]
pub struct Undecodable;

/// A decoder of one stream, as the jitter buffer needs it: mono at 48 kHz, state kept from packet to packet.
pub trait Decoder: Send {
    /// Samples that the packet holds; `None` where it is garbage. Looks at the packet only.
    fn samples(&self, packet: &[u8]) -> Option<usize>;

    /// How many of the samples directly before the packet it also holds, in lower quality: 0 where none. Looks at the
    /// packet only.
    fn copied_samples(&self, packet: &[u8]) -> usize;

    /// Decodes into the front of `out`, which has room for [`MOST_SAMPLES`]; gives the number of samples.
    ///
    /// # Errors
    /// [`Undecodable`] for garbage; the state is as before or concealed.
    fn decode(&mut self, packet: &[u8], out: &mut [f32]) -> Result<usize, Undecodable>;

    /// Fills all of `out` with what came directly before `packet`, from the copy in it.
    ///
    /// # Errors
    /// [`Undecodable`] where there is none.
    fn decode_copy(&mut self, packet: &[u8], out: &mut [f32]) -> Result<(), Undecodable>;

    /// Fills all of `out` (whole multiples of 2.5 ms, at most 120 ms) with a guess at what is missing; in discontinuous
    /// transmission with comfort noise.
    fn conceal(&mut self, out: &mut [f32]);

    /// Forgets the stream.
    fn reset(&mut self);
}

/// libopus, to mono: it mixes stereo packets down itself.
#[derive(Debug)]
pub struct Opus {
    decoder: opus::Decoder,
}

impl Opus {
    /// # Errors
    /// Where there is no memory.
    pub fn new() -> Result<Self, opus::Error> {
        Ok(Self { decoder: opus::Decoder::new(visavis_media::SAMPLE_RATE, opus::Channels::Mono)? })
    }
}

impl Decoder for Opus {
    fn samples(&self, packet: &[u8]) -> Option<usize> {
        if packet.is_empty() {
            return None;
        }
        let samples = opus::packet::get_nb_samples(packet, visavis_media::SAMPLE_RATE).ok()?;
        (1..=MOST_SAMPLES).contains(&samples).then_some(samples)
    }

    fn copied_samples(&self, packet: &[u8]) -> usize {
        if !has_low_bitrate_redundancy(packet) {
            return 0;
        }
        opus::packet::get_samples_per_frame(packet, visavis_media::SAMPLE_RATE)
            .map_or(0, |samples| samples.min(MOST_SAMPLES))
    }

    fn decode(&mut self, packet: &[u8], out: &mut [f32]) -> Result<usize, Undecodable> {
        // An empty packet would mean concealment to libopus.
        if packet.is_empty() {
            return Err(Undecodable);
        }
        self.decoder.decode_float(packet, out, false).map_err(|_| Undecodable)
    }

    fn decode_copy(&mut self, packet: &[u8], out: &mut [f32]) -> Result<(), Undecodable> {
        if packet.is_empty() {
            return Err(Undecodable);
        }
        match self.decoder.decode_float(packet, out, true) {
            Ok(samples) if samples == out.len() => Ok(()),
            _ => Err(Undecodable),
        }
    }

    fn conceal(&mut self, out: &mut [f32]) {
        if self.decoder.decode_float(&[], out, false).is_err() {
            out.fill(0.0);
        }
    }

    fn reset(&mut self) {
        // Cannot fail on a decoder that was made.
        let _ = self.decoder.reset_state();
    }
}

/// Reads the LBRR flag of the first SILK frame (RFC 6716 §4.2.3, §4.2.4): it follows one voice activity bit for each
/// 20 ms, first for the mid channel, then for the side.
fn has_low_bitrate_redundancy(packet: &[u8]) -> bool {
    let Some((&toc, rest)) = packet.split_first() else { return false };
    let configuration = toc >> 3;
    // From 16 on the packet is CELT alone.
    if configuration >= 16 {
        return false;
    }
    let first = match toc & 3 {
        // One frame, or two of equal size: the first begins at once.
        0 | 1 => rest.first(),
        // Two of different size.
        2 => frame_start(rest, 1),
        _ => first_of_many(rest),
    };
    let Some(&first) = first else { return false };
    // SILK: 10, 20, 40, 60 ms by the low two bits; hybrid: 10, 20 ms.
    let frames = match (configuration < 12, configuration & 3) {
        (true, 2) => 2,
        (true, 3) => 3,
        _ => 1,
    };
    let stereo = toc & 4 != 0;
    let mid = first & (0x80 >> frames) != 0;
    mid || (stereo && first & (0x80 >> (2 * frames + 1)) != 0)
}

/// First byte of the first frame behind `lengths` frame lengths (RFC 6716 §3.2.1), unless that frame is empty.
fn frame_start(mut rest: &[u8], lengths: usize) -> Option<&u8> {
    let mut first_is_empty = false;
    for index in 0..lengths {
        let (&length, after) = rest.split_first()?;
        first_is_empty |= index == 0 && length == 0;
        rest = if length < 252 { after } else { after.get(1..)? };
    }
    if first_is_empty { None } else { rest.first() }
}

/// Likewise in a packet of code 3 (RFC 6716 §3.2.5): a count with two flags, the length of the padding, frame lengths.
fn first_of_many(rest: &[u8]) -> Option<&u8> {
    let (&count, mut rest) = rest.split_first()?;
    let (different_sizes, padded, frames) = (count & 0x80 != 0, count & 0x40 != 0, usize::from(count & 0x3f));
    // Each byte of 255 is followed by another.
    let mut more = padded;
    while more {
        let (&length, after) = rest.split_first()?;
        rest = after;
        more = length == 255;
    }
    if different_sizes { frame_start(rest, frames.checked_sub(1)?) } else { rest.first() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{Source, Synthetic};

    /// Packets of `millis` with redundancy on or off.
    fn packets(channels: opus::Channels, samples: usize, redundancy: bool) -> Vec<Vec<u8>> {
        let mut encoder = opus::Encoder::new(48_000, channels, opus::Application::Voip).expect("made");
        encoder.set_inband_fec(redundancy).expect("set");
        encoder.set_packet_loss_perc(if redundancy { 20 } else { 0 }).expect("set");
        encoder.set_bitrate(opus::Bitrate::Bits(28_000)).expect("set");
        let mut voice = Synthetic::new(3);
        let mono: Vec<f32> = (0..samples * 30 / 480).flat_map(|_| voice.next_block().expect("endless").0).collect();
        mono.chunks_exact(samples)
            .map(|part| {
                let input: Vec<f32> = match channels {
                    opus::Channels::Mono => part.to_vec(),
                    opus::Channels::Stereo => part.iter().flat_map(|sample| [*sample, *sample]).collect(),
                };
                encoder.encode_vec_float(&input, 1_500).expect("encoded")
            })
            .collect()
    }

    #[test]
    fn copies_are_seen_where_the_encoder_puts_them() {
        let decoder = Opus::new().expect("made");
        for (channels, samples) in [
            (opus::Channels::Mono, 960),
            (opus::Channels::Stereo, 960),
            (opus::Channels::Mono, 1_920),
            (opus::Channels::Mono, 2_880),
        ] {
            let with = packets(channels, samples, true);
            let without = packets(channels, samples, false);
            let count =
                |packets: &[Vec<u8>]| packets.iter().filter(|packet| decoder.copied_samples(packet) > 0).count();
            assert!(count(&with) >= with.len() / 2, "{channels:?} {samples}: {} of {}", count(&with), with.len());
            assert_eq!(count(&without), 0, "{channels:?} {samples}");
        }
    }

    #[test]
    fn a_copy_is_nearer_to_the_truth_than_a_guess() {
        let packets = packets(opus::Channels::Mono, 960, true);
        let mut out = [0.0; MOST_SAMPLES];
        let (mut from_copy, mut guessed, mut compared) = (0.0_f64, 0.0_f64, 0);
        for lost in 5..packets.len() - 1 {
            if Opus::new().expect("made").copied_samples(&packets[lost + 1]) != 960 {
                continue;
            }
            let mut decoders = [Opus::new().expect("made"), Opus::new().expect("made"), Opus::new().expect("made")];
            for decoder in &mut decoders {
                for packet in &packets[..lost] {
                    decoder.decode(packet, &mut out).expect("good");
                }
            }
            let [truth, copy, guess] = &mut decoders;
            let (mut a, mut b, mut c) = ([0.0; MOST_SAMPLES], [0.0; 960], [0.0; 960]);
            truth.decode(&packets[lost], &mut a).expect("good");
            copy.decode_copy(&packets[lost + 1], &mut b).expect("a copy");
            guess.conceal(&mut c);
            let error = |guess: &[f32]| -> f64 { a.iter().zip(guess).map(|(a, b)| f64::from(a - b).powi(2)).sum() };
            from_copy += error(&b);
            guessed += error(&c);
            compared += 1;
        }
        assert!(compared > 5);
        assert!(from_copy < guessed, "{from_copy} against {guessed}");
    }

    #[test]
    fn garbage_is_told_or_decoded_but_never_fatal() {
        let mut decoder = Opus::new().expect("made");
        let mut out = [0.0; MOST_SAMPLES];
        assert_eq!(decoder.samples(&[]), None);
        assert_eq!(decoder.decode(&[], &mut out), Err(Undecodable));
        assert_eq!(decoder.decode_copy(&[], &mut out[..960]), Err(Undecodable));
        // Code 3 with zero frames (RFC 6716 §3.2.5, R5).
        assert_eq!(decoder.samples(&[0x0b, 0x00]), None);
        assert_eq!(decoder.decode(&[0xff, 0xff], &mut out), Err(Undecodable));
        for packet in
            [&[][..], &[0x08], &[0x0a, 0xff], &[0x0a, 0x00, 0xff], &[0x0b], &[0x0b, 0x80], &[0x0b, 0xc2, 0xff, 0xff]]
        {
            assert_eq!(decoder.copied_samples(packet), 0, "{packet:?}");
        }
    }
}
