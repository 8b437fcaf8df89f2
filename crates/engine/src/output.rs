//! Where encoded pictures of an own source go, and what is wanted of them: between its encode thread and the net thread.

use crate::allocate::Allocation;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;
use visavis_media::EncodedFrame;
use visavis_model::{BitsPerSecond, Fps, LayerSent, Quality};
use visavis_video::encode::LayerStats;

/// The end of a camera or screen that the net thread holds.
#[derive(Clone, Debug, Default)]
pub struct VideoOutput {
    shared: Arc<Mutex<Wanted>>,
    /// Wakes an encode thread that does not wake by itself.
    wake: Option<SyncSender<()>>,
}

/// What is wanted of the pictures now.
#[derive(Debug, Default)]
pub struct Wanted {
    pub sink: Option<mpsc::Sender<EncodedFrame>>,
    pub rates: Allocation,
    pub keyframes: [bool; 3],
    pub dropped: u64,
    pub layers: Vec<LayerSent>,
}

impl VideoOutput {
    /// One whose changes wake a thread: `wake` holds one call.
    pub fn waking(wake: SyncSender<()>) -> Self {
        Self { shared: Arc::default(), wake: Some(wake) }
    }

    /// What is wanted, for the encode thread.
    pub fn lock(&self) -> MutexGuard<'_, Wanted> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Wanted)) {
        change(&mut self.lock());
        if let Some(wake) = &self.wake {
            // One that was called already looks at all of it.
            let _ = wake.try_send(());
        }
    }

    /// Where encoded pictures go from now on; `None`: nothing is encoded.
    pub fn set_sink(&self, sink: Option<mpsc::Sender<EncodedFrame>>) {
        self.change(|wanted| wanted.sink = sink);
    }

    /// Which layers are on, and at which rate. A layer that comes on begins with a keyframe.
    pub fn set_rates(&self, rates: Allocation) {
        self.change(|wanted| wanted.rates = rates);
    }

    /// A keyframe of this layer is wanted; `None`: of all.
    pub fn want_keyframe(&self, layer: Option<Quality>) {
        self.change(|wanted| match layer {
            Some(layer) => wanted.keyframes[layer.index()] = true,
            None => wanted.keyframes = [true; 3],
        });
    }

    /// Figures of every layer so far.
    pub fn layers(&self) -> Vec<LayerSent> {
        self.lock().layers.clone()
    }
}

/// A layer's means over the time in which it was on.
pub fn layer_sent(stats: &LayerStats) -> LayerSent {
    let seconds = stats.on_for.as_secs_f64().max(0.001);
    LayerSent {
        rid: stats.quality.rid().to_owned(),
        size: stats.size,
        fps: Fps((stats.encoder.frames as f64 / seconds) as f32),
        bitrate: BitsPerSecond((stats.encoder.bytes as f64 * 8.0 / seconds) as u64),
        frames: stats.encoder.frames,
        keyframes: stats.encoder.keyframes,
    }
}
