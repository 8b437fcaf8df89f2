//! Watches which devices there are.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use visavis_model::Devices;

/// How often devices are counted: the libraries tell no arrivals (`media-stack.md` §1, §7).
const EVERY: Duration = Duration::from_secs(2);

/// How soon a watcher that is no longer wanted notices.
const STEP: Duration = Duration::from_millis(200);

/// A thread that enumerates microphones, loudspeakers and cameras and tells every change.
///
/// Enumeration may be slow or hang in a driver: it hurts nobody else, and dropping does not wait for it.
pub struct DeviceWatcher {
    stop: Arc<AtomicBool>,
}

impl DeviceWatcher {
    /// `tell` gets the first list and each that differs; it returns `false` when nobody listens any more.
    pub fn start(tell: impl Fn(Devices) -> bool + Send + 'static) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let run = move || {
            let mut told = Devices::default();
            while !stopped.load(Ordering::Relaxed) {
                let mut list = visavis_audio::device::list();
                list.extend(visavis_video::device::cameras());
                let devices = Devices { list, known: true };
                if devices != told {
                    told = devices.clone();
                    if !tell(devices) {
                        return;
                    }
                }
                let mut waited = Duration::ZERO;
                while waited < EVERY && !stopped.load(Ordering::Relaxed) {
                    std::thread::sleep(STEP);
                    waited += STEP;
                }
            }
        };
        if let Err(error) = std::thread::Builder::new().name("devices".into()).spawn(run) {
            tracing::error!(%error, "no thread to watch devices");
        }
        Self { stop }
    }
}

impl Drop for DeviceWatcher {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
