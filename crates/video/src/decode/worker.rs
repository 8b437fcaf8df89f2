//! A decode thread: owns the decoders of several tracks, each with a short queue and a mailbox.

use super::{Decoder, open};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use visavis_media::{EncodedFrame, Frame, Latest};
use visavis_model::{Codec, Size, TrackId};

/// Pictures that may wait for the decoder, a track.
pub const QUEUE: usize = 8;

/// Sees every decoded picture of a track, in the decode thread: must be quick.
pub type Tap = Box<dyn FnMut(&Frame) + Send>;

/// What was decoded of one track.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stats {
    pub codec: Option<Codec>,
    /// Of the last picture.
    pub size: Size,
    pub frames: u64,
    pub errors: u64,
    /// Left out because the queue was full, or while waiting for a keyframe after that.
    pub dropped: u64,
    /// Time spent in decoding, all pictures together.
    pub spent: Duration,
}

impl Stats {
    /// Mean milliseconds a picture.
    pub fn mean_ms(&self) -> f32 {
        if self.frames == 0 { 0.0 } else { self.spent.as_secs_f32() * 1000.0 / self.frames as f32 }
    }
}

/// One decode thread. Dropping it ends it; queued pictures are lost.
#[derive(Debug)]
pub struct Worker {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    tracks: HashMap<TrackId, Track>,
    /// Tracks with something queued, in turn.
    turns: VecDeque<TrackId>,
    ended: bool,
    /// Raised with every track that is added: tells a removed track from its successor of the same name.
    generation: u64,
}

#[derive(Debug)]
struct Track {
    generation: u64,
    queue: VecDeque<EncodedFrame>,
    /// Nothing but a keyframe is queued.
    need_keyframe: bool,
    /// The jitter buffer has not yet been told.
    failed: bool,
    stats: Stats,
    out: Latest<Frame>,
    /// Taken by the thread while it decodes.
    decoding: Option<Box<Decoding>>,
}

struct Decoding {
    decoder: Option<(Codec, Box<dyn Decoder>)>,
    tap: Option<Tap>,
}

impl std::fmt::Debug for Decoding {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Decoding").field("codec", &self.decoder.as_ref().map(|(codec, _)| codec)).finish()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Worker {
    /// Starts the thread; `name` is what debuggers show.
    pub fn start(name: &str) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let thread = {
            let shared = Arc::clone(&shared);
            move || run(&shared)
        };
        std::thread::Builder::new().name(name.to_owned()).spawn(thread)?;
        Ok(Self { shared })
    }

    /// Takes on a track; its newest picture goes to `out`. A track of the same name is replaced.
    pub fn add(&self, track: TrackId, out: Latest<Frame>, tap: Option<Tap>) {
        let mut state = self.shared.lock();
        state.generation += 1;
        let entry = Track {
            generation: state.generation,
            queue: VecDeque::new(),
            need_keyframe: true,
            failed: false,
            stats: Stats::default(),
            out,
            decoding: Some(Box::new(Decoding { decoder: None, tap })),
        };
        state.tracks.insert(track, entry);
    }

    /// Lets go of a track and its decoder; its mailbox stays open.
    pub fn remove(&self, track: &TrackId) {
        let removed = self.shared.lock().tracks.remove(track);
        // Freeing a decoder takes a moment: outside of the lock.
        drop(removed);
    }

    pub fn tracks(&self) -> usize {
        self.shared.lock().tracks.len()
    }

    /// Queues a picture. False where it was left out: the track is unknown, or its decoder is too far behind. Then the
    /// jitter buffer is told by [`Worker::take_failure`].
    pub fn push(&self, track: &TrackId, frame: EncodedFrame) -> bool {
        let mut state = self.shared.lock();
        let Some(entry) = state.tracks.get_mut(track) else { return false };
        if entry.need_keyframe && !frame.keyframe {
            entry.stats.dropped += 1;
            entry.failed = true;
            return false;
        }
        if entry.queue.len() >= QUEUE {
            // Whatever waits is too old. A keyframe makes it unnecessary; without one there is no going on.
            entry.stats.dropped += entry.queue.len() as u64;
            entry.queue.clear();
            if !frame.keyframe {
                entry.stats.dropped += 1;
                entry.need_keyframe = true;
                entry.failed = true;
                return false;
            }
        }
        entry.need_keyframe = false;
        entry.queue.push_back(frame);
        if !state.turns.contains(track) {
            state.turns.push_back(track.clone());
        }
        drop(state);
        self.shared.changed.notify_one();
        true
    }

    /// True once after a failure: call [`crate::jitter::JitterBuffer::decode_failed`] then.
    pub fn take_failure(&self, track: &TrackId) -> bool {
        self.shared.lock().tracks.get_mut(track).is_some_and(|entry| std::mem::take(&mut entry.failed))
    }

    pub fn stats(&self, track: &TrackId) -> Option<Stats> {
        self.shared.lock().tracks.get(track).map(|entry| entry.stats)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shared.lock().ended = true;
        self.shared.changed.notify_all();
    }
}

fn run(shared: &Shared) {
    let mut state = shared.lock();
    loop {
        if state.ended {
            return;
        }
        let Some(track) = state.turns.pop_front() else {
            state = shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        let Some(entry) = state.tracks.get_mut(&track) else { continue };
        let Some(frame) = entry.queue.pop_front() else { continue };
        let Some(mut decoding) = entry.decoding.take() else { continue };
        let (generation, out) = (entry.generation, entry.out.clone());
        drop(state);

        let start = Instant::now();
        let result = decoding.decode(&frame);
        let spent = start.elapsed();
        let picture = match &result {
            Ok(Some(picture)) => {
                let size = picture.size();
                if let Some(tap) = &mut decoding.tap {
                    tap(picture);
                }
                out.put(picture.clone());
                Some(size)
            }
            _ => None,
        };

        state = shared.lock();
        let Some(entry) = state.tracks.get_mut(&track).filter(|entry| entry.generation == generation) else {
            drop(state);
            drop(decoding);
            state = shared.lock();
            continue;
        };
        entry.stats.spent += spent;
        entry.stats.codec = Some(frame.codec);
        if let Some(size) = picture {
            entry.stats.frames += 1;
            entry.stats.size = size;
        }
        if let Err(error) = result {
            tracing::debug!(%error, codec = ?frame.codec, "a picture was not decoded");
            entry.stats.errors += 1;
            entry.failed = true;
            entry.need_keyframe = true;
            // What waits up to the next keyframe is lost.
            let keep = entry.queue.iter().position(|frame| frame.keyframe).unwrap_or(entry.queue.len());
            entry.stats.dropped += keep as u64;
            entry.queue.drain(..keep);
            entry.need_keyframe = entry.queue.is_empty();
        }
        entry.decoding = Some(decoding);
        if !entry.queue.is_empty() && !state.turns.contains(&track) {
            state.turns.push_back(track);
        }
    }
}

impl Decoding {
    fn decode(&mut self, frame: &EncodedFrame) -> Result<Option<Frame>, super::Error> {
        let decoder = match &mut self.decoder {
            Some((codec, decoder)) if *codec == frame.codec => decoder,
            _ => {
                self.decoder = None;
                &mut self.decoder.insert((frame.codec, open(frame.codec)?)).1
            }
        };
        decoder.decode(frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Synthetic;
    use crate::encode::Encoder;
    use bytes::Bytes;
    use std::sync::mpsc::channel;
    use visavis_media::MediaTime;
    use visavis_model::{BitsPerSecond, Fps};

    fn encoded(count: u32) -> Vec<EncodedFrame> {
        let size = Size::new(320, 180);
        let mut source = Synthetic::new(size, Fps(30.0), 0);
        let mut encoder = Encoder::new(Codec::H264, None, BitsPerSecond(2_000_000), Fps(30.0)).expect("opens");
        (0..count)
            .filter_map(|counter| {
                let time = MediaTime::from_millis(i64::from(counter) * 33);
                encoder.encode(&source.draw(counter), time).expect("encodes")
            })
            .collect()
    }

    fn track(name: &str) -> TrackId {
        TrackId::from(name)
    }

    #[test]
    fn several_tracks_share_a_thread_and_keep_their_order() {
        let frames = encoded(QUEUE as u32);
        let worker = Worker::start("decode").expect("starts");
        let (sender, receiver) = channel();
        for name in ["a", "b", "c"] {
            let sender = sender.clone();
            let tap: Tap = Box::new(move |frame| {
                let _ = sender.send((name, crate::barcode::read(frame.i420()).map(|code| code.counter)));
            });
            worker.add(track(name), Latest::new(), Some(tap));
            for frame in &frames {
                assert!(worker.push(&track(name), frame.clone()));
            }
        }
        let mut next = HashMap::from([("a", 0), ("b", 0), ("c", 0)]);
        for _ in 0..frames.len() * 3 {
            let (name, counter) = receiver.recv_timeout(Duration::from_secs(20)).expect("decoded");
            let expected = next.get_mut(name).expect("known");
            assert_eq!(counter, Some(*expected));
            *expected += 1;
        }
        assert_eq!(worker.tracks(), 3);
    }

    #[test]
    fn nonsense_is_counted_and_a_keyframe_goes_on() {
        let frames = encoded(2);
        let worker = Worker::start("decode").expect("starts");
        let out = Latest::new();
        worker.add(track("a"), out.clone(), None);
        assert!(!worker.push(&track("a"), frames[1].clone()), "no keyframe yet");
        assert!(worker.take_failure(&track("a")) && !worker.take_failure(&track("a")));
        let nonsense = EncodedFrame { data: Bytes::from_static(&[0, 0, 0, 1, 0x67, 1, 2]), ..frames[0].clone() };
        assert!(worker.push(&track("a"), nonsense));
        while worker.stats(&track("a")).expect("known").errors == 0 {
            std::thread::yield_now();
        }
        assert!(worker.take_failure(&track("a")));
        assert!(worker.push(&track("a"), frames[0].clone()));
        let picture = out.wait(Duration::from_secs(20)).expect("decoded");
        assert_eq!(picture.size(), Size::new(320, 180));
        assert!(!worker.push(&track("unknown"), frames[0].clone()));
    }

    #[test]
    fn a_full_queue_waits_for_a_keyframe() {
        let frames = encoded(2);
        let worker = Worker::start("decode").expect("starts");
        let (started, start) = channel();
        let (release, released) = channel::<()>();
        let tap: Tap = Box::new(move |_| {
            let _ = started.send(());
            let _ = released.recv_timeout(Duration::from_secs(20));
        });
        worker.add(track("a"), Latest::new(), Some(tap));
        assert!(worker.push(&track("a"), frames[0].clone()));
        start.recv_timeout(Duration::from_secs(20)).expect("the thread is busy");
        for _ in 0..QUEUE {
            assert!(worker.push(&track("a"), frames[1].clone()));
        }
        assert!(!worker.push(&track("a"), frames[1].clone()));
        assert!(worker.take_failure(&track("a")));
        assert_eq!(worker.stats(&track("a")).expect("known").dropped, QUEUE as u64 + 1);
        assert!(worker.push(&track("a"), frames[0].clone()));
        drop(release);
    }
}
