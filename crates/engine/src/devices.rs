//! Watches which devices there are.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use visavis_audio::device::SystemSound;
use visavis_media::DeviceSource;
use visavis_model::{DeviceView, Devices};
use visavis_video::device::SystemCameras;

/// How long a source is waited for before its list is read all the same.
const LOOK: Duration = Duration::from_secs(5);

/// The same until every source has spoken, or counts as one that hangs.
const FIRST_LOOK: Duration = Duration::from_secs(1);

/// One plug is several changes: a list is read once nothing more comes for so long …
const CALM: Duration = Duration::from_millis(40);

/// … but not later than this.
const MOST_STORM: Duration = Duration::from_millis(200);

/// A source that has said nothing for so long is not waited for: its driver hangs.
const FIRST_PATIENCE: Duration = Duration::from_secs(2);

/// Two threads that hear of microphones and loudspeakers, and of cameras, and tell every change.
///
/// Listing may be slow or hang in a driver: it hurts nobody else, and dropping does not wait for it.
pub struct DeviceWatcher {
    stop: Arc<AtomicBool>,
}

impl DeviceWatcher {
    /// `tell` gets the first list and each that differs; it returns `false` when nobody listens any more.
    pub fn start(tell: impl Fn(Devices) -> bool + Send + 'static) -> Self {
        Self::of([Box::new(SystemSound::new()), Box::new(SystemCameras::new())], tell)
    }

    fn of(sources: [Box<dyn DeviceSource>; 2], tell: impl Fn(Devices) -> bool + Send + 'static) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let start = Instant::now();
        let told = Arc::new(Mutex::new(Told { parts: [None, None], last: None, start, tell }));
        for (place, mut source) in sources.into_iter().enumerate() {
            let (stop, told) = (Arc::clone(&stop), Arc::clone(&told));
            let run = move || {
                while !stop.load(Ordering::Relaxed) {
                    let list = source.list();
                    if !told.lock().unwrap_or_else(PoisonError::into_inner).put(place, list) {
                        return stop.store(true, Ordering::Relaxed);
                    }
                    settle(&mut *source, if start.elapsed() > 2 * FIRST_PATIENCE { LOOK } else { FIRST_LOOK });
                }
            };
            if let Err(error) = std::thread::Builder::new().name("devices".into()).spawn(run) {
                tracing::error!(%error, "no thread to watch devices");
            }
        }
        Self { stop }
    }
}

/// Waits for a change, and for the rest of it.
fn settle(source: &mut dyn DeviceSource, look: Duration) {
    if !source.wait(look) {
        return;
    }
    let start = Instant::now();
    while start.elapsed() < MOST_STORM && source.wait(CALM) {}
}

impl Drop for DeviceWatcher {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// What both sources said, and what was told of it.
struct Told<T> {
    parts: [Option<Vec<DeviceView>>; 2],
    last: Option<Devices>,
    start: Instant,
    tell: T,
}

impl<T: Fn(Devices) -> bool> Told<T> {
    /// False where nobody listens any more.
    fn put(&mut self, place: usize, list: Vec<DeviceView>) -> bool {
        self.parts[place] = Some(list);
        let known = self.parts.iter().all(Option::is_some) || self.start.elapsed() > FIRST_PATIENCE;
        let devices = Devices { list: self.parts.iter().flatten().flatten().cloned().collect(), known };
        if self.last.as_ref() == Some(&devices) {
            return true;
        }
        self.last = Some(devices.clone());
        (self.tell)(devices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;
    use visavis_model::{DeviceId, DeviceKind};

    /// Gives its lists one after the other, and hangs after the last one.
    struct Scripted(std::vec::IntoIter<Vec<DeviceView>>);

    impl DeviceSource for Scripted {
        fn list(&mut self) -> Vec<DeviceView> {
            self.0.next().unwrap_or_else(|| {
                loop {
                    std::thread::park();
                }
            })
        }

        fn wait(&mut self, _: Duration) -> bool {
            false
        }
    }

    fn device(kind: DeviceKind, id: &str) -> DeviceView {
        DeviceView {
            id: DeviceId::from(id),
            kind,
            name: id.to_owned(),
            is_default: true,
            state: Default::default(),
            form: Default::default(),
        }
    }

    fn watch(
        sound: Vec<Vec<DeviceView>>,
        cameras: Vec<Vec<DeviceView>>,
    ) -> (DeviceWatcher, std::sync::mpsc::Receiver<Devices>) {
        let (sender, told) = channel();
        let source = |lists: Vec<_>| Box::new(Scripted(lists.into_iter())) as Box<dyn DeviceSource>;
        (DeviceWatcher::of([source(sound), source(cameras)], move |devices| sender.send(devices).is_ok()), told)
    }

    #[test]
    fn a_driver_that_hangs_takes_only_its_own_devices_away() {
        let microphone = device(DeviceKind::Microphone, "m");
        let first = vec![microphone.clone()];
        let (watcher, told) = watch(vec![first, Vec::new()], Vec::new());
        let next = || told.recv_timeout(Duration::from_secs(10)).expect("a list");
        assert_eq!(next(), Devices { list: vec![microphone], known: false });
        assert_eq!(next(), Devices { list: Vec::new(), known: false });
        drop(watcher);
    }

    #[test]
    fn both_make_one_list_and_only_what_differs_is_told() {
        let (microphone, camera) = (device(DeviceKind::Microphone, "m"), device(DeviceKind::Camera, "c"));
        let same = || vec![microphone.clone()];
        let (_watcher, told) = watch(vec![same(), same(), same()], vec![vec![camera.clone()]]);
        let mut last = Devices::default();
        let mut count = 0;
        while let Ok(devices) = told.recv_timeout(Duration::from_millis(300)) {
            (last, count) = (devices, count + 1);
        }
        assert_eq!(last, Devices { list: vec![microphone, camera], known: true });
        assert_eq!(count, 2, "each source once");
    }
}
