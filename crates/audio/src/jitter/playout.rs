//! What is played next: the decisions at each pull.

use super::arrival::micros;
use super::buffer::JitterBuffer;
use super::flow::{FADED, Place, State};
use super::stretch::{MOST_LAG, NEEDED};
use visavis_media::{BLOCK_SAMPLES, MediaTime};

/// Opus packets of at most this many bytes say "silence from here" (RFC 6716 §2.1.9, RFC 7587 §3.1.3).
pub const EMPTY_BYTES: usize = 2;

const BLOCK: i64 = BLOCK_SAMPLES as i64;
/// Longest guess made at once; opus guesses best in its own frames.
const GUESS: i64 = 2 * BLOCK;
/// libopus conceals in whole multiples of 2.5 ms.
const GRAIN: i64 = BLOCK / 4;
/// How far over the target the delay may be before sound is shortened.
const TOLERANCE_MICROS: i64 = 20_000;
/// Over the target by this much, quality yields to speed.
const HURRY_MICROS: i64 = 100_000;
/// Over the target by this much, sound is skipped: nobody wants to hear what was said two seconds ago.
const SKIP_MICROS: i64 = 1_000_000;

impl JitterBuffer {
    /// Notes the delay, while there is one to speak of.
    pub(super) fn measure(&mut self, now: MediaTime) {
        self.target.set_reach(self.losses.reach_micros());
        self.flow.rest = (self.flow.rest - BLOCK).max(0);
        let Some(place) = self.flow.place else { return };
        if self.flow.state == State::Playing
            && let Some(delay) = self.arrivals.delay(place.next - self.line.pending() as i64, now)
        {
            self.window.push(delay);
        }
    }

    fn is_due(&self, timestamp: i64, now: MediaTime) -> bool {
        self.arrivals.delay(timestamp, now).is_none_or(|delay| delay >= self.target.micros())
    }

    /// Appends at least one sample to the line.
    pub(super) fn feed(&mut self, now: MediaTime) {
        let Some(place) = self.flow.place else { return self.begin(now) };
        loop {
            let Some(first) = self.order.first() else { return self.nothing() };
            if first.timestamp + first.samples <= place.next {
                self.order.take();
            } else if first.timestamp <= place.next {
                return self.play(now);
            } else {
                return self.bridge(place, now);
            }
        }
    }

    fn begin(&mut self, now: MediaTime) {
        match self.order.first() {
            Some(first) if self.is_due(first.timestamp, now) => {
                self.flow.place = Some(Place { next: first.timestamp, sequence: first.sequence - 1 });
                self.flow.begun = true;
                self.flow.state = State::Playing;
                self.window.clear();
                self.play(now);
            }
            _ => self.guess(BLOCK, 0.0),
        }
    }

    /// Nothing is there at all.
    fn nothing(&mut self) {
        match self.flow.state {
            State::Silent => self.comfort(),
            State::Waiting(so_far) => {
                self.flow.state = State::Waiting(so_far + BLOCK);
                self.guess(BLOCK, self.flow.belief());
            }
            State::Playing => {
                self.flow.state = State::Waiting(BLOCK);
                self.guess(BLOCK, self.flow.belief());
            }
        }
    }

    /// The first packet lies further on: either the sender was silent, or packets are missing before it.
    fn bridge(&mut self, place: Place, now: MediaTime) {
        let Some(first) = self.order.first() else { return self.nothing() };
        let timestamp = first.timestamp;
        let gap = timestamp - place.next;
        let missing = first.sequence - place.sequence - 1;
        let copy = self.decoder.copied_samples(&first.payload) as i64;
        if missing <= 0 {
            // Nothing is missing: silence, which may be longer or shorter than it was without anybody noticing.
            if self.is_due(timestamp, now) {
                self.flow.place = Some(Place { next: timestamp, ..place });
                self.resume(0);
                return self.play(now);
            }
            if self.flow.state == State::Playing {
                self.flow.state = State::Silent;
            }
            return match self.flow.state {
                State::Waiting(_) => self.nothing(),
                _ => self.comfort(),
            };
        }
        match self.flow.state {
            State::Playing => {
                let copied = gap.min(copy);
                if gap == copied && gap % GRAIN == 0 {
                    self.recover(gap);
                } else {
                    let length = (gap - copied).min(GUESS);
                    self.conceal(length);
                }
            }
            // The place stood still meanwhile, so go on with what there is as soon as its time has come.
            State::Silent | State::Waiting(_) => {
                let copied = if gap >= copy && copy % GRAIN == 0 { copy } else { 0 };
                if !self.is_due(timestamp - copied, now) {
                    return self.nothing();
                }
                let waited = if let State::Waiting(waited) = self.flow.state { waited } else { 0 };
                self.flow.place = Some(Place { next: timestamp - copied, ..place });
                for _ in 0..missing.min(50) {
                    self.losses.push(true);
                }
                self.resume(waited);
                if copied > 0 {
                    self.recover(copied);
                } else {
                    self.play(now);
                }
            }
        }
    }

    /// The place moves again; `concealed` of what was played meanwhile stood for something.
    fn resume(&mut self, concealed: i64) {
        self.counters.concealed += concealed as u64;
        self.flow.state = State::Playing;
        self.window.clear();
    }

    /// Decodes the first packet, whose time has come.
    fn play(&mut self, now: MediaTime) {
        let (Some(frame), Some(place)) = (self.order.take(), self.flow.place) else { return self.guess(BLOCK, 0.0) };
        match self.flow.state {
            State::Playing => {}
            State::Silent => self.resume(0),
            // It came after all, only late.
            State::Waiting(waited) => self.resume(waited),
        }
        if self.decoder.copied_samples(&frame.payload) > 0 {
            self.losses.copies_reach(frame.samples);
        }
        let skip = (place.next - frame.timestamp).max(0) as usize;
        self.flow.place =
            Some(Place { next: frame.timestamp + frame.samples, sequence: place.sequence.max(frame.sequence) });
        let decoded = if self.decoding {
            self.decoder.decode(&frame.payload, &mut self.scratch[..])
        } else {
            self.scratch[..frame.samples as usize].fill(0.0);
            Ok(frame.samples as usize)
        };
        match decoded {
            Ok(samples) if samples as i64 == frame.samples => {
                self.line.push(&self.scratch[skip..samples], 1.0);
                self.flow.guessed = 0;
                if frame.payload.len() <= EMPTY_BYTES {
                    self.flow.state = State::Silent;
                }
                if frame.copy {
                    self.counters.from_red += frame.samples as u64 - skip as u64;
                }
                self.losses.push(frame.copy);
            }
            _ => {
                self.counters.malformed += 1;
                let length = frame.samples - skip as i64;
                self.counters.concealed += length as u64;
                self.guess(length, self.flow.belief());
            }
        }
        let waited = now.0 - frame.arrival.0 + micros(self.line.pending() as i64 - frame.samples + skip as i64);
        self.counters.waited_micros += waited.max(0);
        self.counters.waited_frames += 1;
    }

    /// Plays what came before the first packet from the copy in it.
    fn recover(&mut self, samples: i64) {
        let (Some(first), Some(place)) = (self.order.first(), self.flow.place) else { return self.nothing() };
        let length = samples as usize;
        let recovered = !self.decoding || self.decoder.decode_copy(&first.payload, &mut self.scratch[..length]).is_ok();
        if !recovered {
            return self.conceal(samples);
        }
        if !self.decoding {
            self.scratch[..length].fill(0.0);
        }
        self.losses.push(true);
        self.line.push(&self.scratch[..length], 1.0);
        self.flow.guessed = 0;
        self.flow.place = Some(Place { next: place.next + samples, ..place });
        self.counters.from_fec += samples as u64;
    }

    /// Guesses what is lost for good, and moves on.
    fn conceal(&mut self, samples: i64) {
        if let Some(place) = &mut self.flow.place {
            place.next += samples;
        }
        self.losses.push(true);
        self.counters.concealed += samples as u64;
        self.guess(samples, self.flow.belief());
    }

    /// Background noise while the sender is silent.
    fn comfort(&mut self) {
        self.guess(BLOCK, 1.0);
        self.flow.guessed = 0;
    }

    /// Appends `samples` of the decoder's guess.
    fn guess(&mut self, samples: i64, gain: f32) {
        let length = samples.max(1) as usize;
        // Rounded up to what the decoder can do; the rest is not used.
        let whole = (length.div_ceil(GRAIN as usize) * GRAIN as usize).min(self.scratch.len());
        let length = length.min(whole);
        if self.decoding && (gain > 0.0 || self.flow.guessed < FADED) {
            self.decoder.conceal(&mut self.scratch[..whole]);
        } else {
            self.scratch[..whole].fill(0.0);
        }
        self.flow.guessed += length as i64;
        self.line.push(&self.scratch[..length], gain);
    }

    /// Decodes ahead until `wanted` samples wait, as far as packets follow without a gap.
    fn decode_ahead(&mut self, wanted: usize, now: MediaTime) {
        while self.line.pending() < wanted {
            let next = self.flow.next();
            match self.order.first() {
                Some(first) if Some(first.timestamp) == next && self.flow.state == State::Playing => self.play(now),
                _ => return,
            }
        }
    }

    /// Brings the delay nearer to the target.
    pub(super) fn stretch(&mut self, now: MediaTime) {
        let (Some(delay), State::Playing) = (self.window.least(), self.flow.state) else { return };
        let over = delay - self.target.micros();
        if over > SKIP_MICROS {
            return self.skip(over);
        }
        // While at rest only what is inaudible anyway: an impossible likeness leaves the quiet.
        let alike = |usual: f32| if self.flow.rest > 0 { 2.0 } else { usual };
        if over > TOLERANCE_MICROS {
            let hurry = over > HURRY_MICROS;
            let least = alike(if hurry { 0.5 } else { 0.9 });
            self.decode_ahead(NEEDED, now);
            if let Some(done) = self.line.shorten(least) {
                let samples = done.samples as i64;
                self.window.shift(-micros(samples));
                self.counters.removed += samples as u64;
                self.flow.rest = if done.quiet { 0 } else { samples * if hurry { 3 } else { 8 } };
            }
        } else if over < 0 {
            let least = alike(if over < -HURRY_MICROS { 0.6 } else { 0.85 });
            self.decode_ahead(MOST_LAG, now);
            if let Some(done) = self.line.lengthen(least) {
                let samples = done.samples as i64;
                self.window.shift(micros(samples));
                self.counters.inserted += samples as u64;
                self.flow.rest = if done.quiet { 0 } else { samples * 4 };
            }
        }
    }

    /// Throws away what is hopelessly late.
    fn skip(&mut self, over_micros: i64) {
        let Some(place) = self.flow.place else { return };
        let until = place.next + over_micros * 6 / 125;
        let mut last = place;
        while let Some(first) = self.order.first()
            && first.timestamp + first.samples <= until
        {
            last = Place { next: first.timestamp + first.samples, sequence: last.sequence.max(first.sequence) };
            self.counters.discarded += 1;
            self.order.take();
        }
        self.counters.removed += (last.next - place.next).max(0) as u64;
        self.flow.place = Some(last);
        self.window.clear();
    }
}
