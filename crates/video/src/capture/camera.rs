//! A camera through `nokhwa` (V4L2, Media Foundation, AVFoundation).
//!
//! The camera lives in a thread of its own: drivers hang, and `nokhwa` waits without end and panics in places. Who
//! uses [`Camera`] waits a bounded time, and leaving never waits for the driver.

use super::{Backend, Error, Format, PATIENCE, convert};
use crate::device;
use nokhwa::utils::{CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use visavis_media::{Frame, I420, MediaTime, Pool, Surface};
use visavis_model::{DeviceId, Fps, Size};

/// Longest wait for a driver to open.
const OPEN_PATIENCE: Duration = Duration::from_secs(8);

/// Longest wait for the last user of the same camera to let go of it.
const RELEASE_PATIENCE: Duration = Duration::from_secs(2);

/// Frame formats that we read, the best first.
const READABLE: [FrameFormat; 6] = [
    FrameFormat::NV12,
    FrameFormat::YUYV,
    FrameFormat::MJPEG,
    FrameFormat::RAWRGB,
    FrameFormat::RAWBGR,
    FrameFormat::GRAY,
];

/// An open camera.
pub struct Camera {
    format: Format,
    frames: Receiver<Result<I420, Error>>,
    stop: Arc<AtomicBool>,
}

impl Camera {
    /// Opens the camera with this id, or the first one; the advertised format nearest to `want` and `fps`.
    pub fn open(id: Option<&DeviceId>, want: Size, fps: Fps) -> Result<Self, Error> {
        let index = device::find(id).ok_or(Error::NoCamera)?.index;
        let lease = Lease::take(index, RELEASE_PATIENCE)?;
        Self::start(lease, OPEN_PATIENCE, move |link| run(index, want, fps, link))
    }

    /// Runs `driver` in a thread of its own, and waits at most `patience` for it to open.
    fn start(lease: Lease, patience: Duration, driver: impl FnOnce(&Link) + Send + 'static) -> Result<Self, Error> {
        let stop = Arc::new(AtomicBool::new(false));
        let (opened, opening) = sync_channel(1);
        let (sender, frames) = sync_channel(2);
        let link = Link { stop: Arc::clone(&stop), opened, frames: sender };
        let thread = move || {
            // Dropping a camera may panic too, and does so inside.
            if std::panic::catch_unwind(AssertUnwindSafe(|| driver(&link))).is_err() {
                let error = Error::Stopped("the driver's wrapper failed".into());
                let _ = link.opened.try_send(Err(error.clone()));
                let _ = link.frames.try_send(Err(error));
            }
            drop(lease);
        };
        std::thread::Builder::new()
            .name("camera".into())
            .spawn(thread)
            .map_err(|error| Error::Stopped(error.to_string()))?;
        match opening.recv_timeout(patience) {
            Ok(Ok(format)) => Ok(Self { format, frames, stop }),
            Ok(Err(error)) => Err(error),
            Err(RecvTimeoutError::Disconnected) => Err(Error::Stopped("its thread ended".into())),
            Err(RecvTimeoutError::Timeout) => {
                stop.store(true, Ordering::Relaxed);
                Err(Error::OpenTimeout)
            }
        }
    }
}

/// The driver thread's end.
struct Link {
    stop: Arc<AtomicBool>,
    opened: SyncSender<Result<Format, Error>>,
    frames: SyncSender<Result<I420, Error>>,
}

impl Backend for Camera {
    fn format(&self) -> Format {
        self.format
    }

    fn next_frame(&mut self) -> Result<Frame, Error> {
        match self.frames.recv_timeout(PATIENCE) {
            Ok(Ok(picture)) => Ok(Frame { surface: Surface::I420(Arc::new(picture)), time: MediaTime::ZERO }),
            Ok(Err(error)) => Err(error),
            Err(RecvTimeoutError::Timeout) => Err(Error::NoPicture),
            Err(RecvTimeoutError::Disconnected) => Err(Error::Stopped("its thread ended".into())),
        }
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// One user at a time for each camera: a second open waits until the thread of the first one has closed the device.
struct Lease {
    index: u32,
    mark: Arc<()>,
}

static LEASES: Mutex<Option<HashMap<u32, Arc<()>>>> = Mutex::new(None);

impl Lease {
    fn try_take(index: u32) -> Option<Self> {
        let mut leases = LEASES.lock().unwrap_or_else(PoisonError::into_inner);
        match leases.get_or_insert_default().entry(index) {
            Entry::Vacant(free) => Some(Self { index, mark: Arc::clone(free.insert(Arc::new(()))) }),
            Entry::Occupied(_) => None,
        }
    }

    fn take(index: u32, patience: Duration) -> Result<Self, Error> {
        let start = Instant::now();
        loop {
            if let Some(lease) = Self::try_take(index) {
                return Ok(lease);
            }
            // Another program has nothing to do with it: the driver has not come back to us.
            if start.elapsed() >= patience {
                return Err(Error::OpenTimeout);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut leases = LEASES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(leases) = leases.as_mut()
            && leases.get(&self.index).is_some_and(|mark| Arc::ptr_eq(mark, &self.mark))
        {
            leases.remove(&self.index);
        }
    }
}

fn run(index: u32, want: Size, fps: Fps, link: &Link) {
    let (mut camera, chosen) = match start(index, want, fps) {
        Ok(camera) => camera,
        Err(error) => {
            let _ = link.opened.try_send(Err(error));
            return;
        }
    };
    let size = Size::new(chosen.width(), chosen.height());
    let format = Format { size, fps: Fps(chosen.frame_rate() as f32) };
    tracing::info!(%size, fps = chosen.frame_rate(), format = %chosen.format(), "camera opened");
    if link.opened.try_send(Ok(format)).is_err() {
        return;
    }
    let pool = Pool::new(6);
    let mut failures = 0;
    while !link.stop.load(Ordering::Relaxed) {
        let result = match camera.frame_raw() {
            Ok(data) => convert(&data, chosen.format(), size, &pool),
            Err(error) => Err(Error::Stopped(error.to_string())),
        };
        // A driver that only fails must not turn this into a busy loop; a few failures in a row are the end.
        failures = if matches!(result, Err(Error::Stopped(_))) { failures + 1 } else { 0 };
        let last = failures >= 5;
        if failures > 0 && !last {
            std::thread::sleep(Duration::from_millis(50));
            continue;
        }
        match link.frames.try_send(result) {
            Ok(()) | Err(TrySendError::Full(_)) => {}
            Err(TrySendError::Disconnected(_)) => break,
        }
        if last {
            break;
        }
    }
}

fn convert(data: &[u8], format: FrameFormat, size: Size, pool: &Pool) -> Result<I420, Error> {
    match format {
        FrameFormat::NV12 => convert::from_nv12(data, size, pool),
        FrameFormat::YUYV => convert::from_yuyv(data, size, pool),
        FrameFormat::MJPEG => convert::from_jpeg(data, pool),
        FrameFormat::RAWRGB => convert::from_rgb(data, size, [0, 1, 2], pool),
        FrameFormat::RAWBGR => convert::from_rgb(data, size, [2, 1, 0], pool),
        FrameFormat::GRAY => convert::from_grey(data, size, pool),
    }
}

fn start(index: u32, want: Size, fps: Fps) -> Result<(nokhwa::Camera, CameraFormat), Error> {
    let any = RequestedFormat::with_formats(RequestedFormatType::None, &READABLE);
    let mut camera = nokhwa::Camera::new(CameraIndex::Index(index), any).map_err(|error| cause(index, &error))?;
    let offers = camera.compatible_camera_formats().map_err(|error| cause(index, &error))?;
    // The driver may refuse what it advertises: the next best one then.
    let mut refused = None;
    for chosen in ranked(&offers, want, fps).into_iter().take(8) {
        let request = RequestedFormat::with_formats(RequestedFormatType::Exact(chosen), &READABLE);
        let result = camera.set_camera_requset(request).and_then(|_| camera.open_stream());
        match result {
            Ok(()) => return Ok((camera, chosen)),
            Err(error) => refused = Some(cause(index, &error)),
        }
    }
    Err(refused.unwrap_or(Error::NoFormat))
}

/// The formats that we read, the one that fits best first.
fn ranked(offers: &[CameraFormat], want: Size, fps: Fps) -> Vec<CameraFormat> {
    let mut ranked: Vec<CameraFormat> = offers
        .iter()
        .filter(|offer| {
            READABLE.contains(&offer.format())
                && (1..=crate::MAX_SIDE).contains(&offer.width())
                && (1..=crate::MAX_SIDE).contains(&offer.height())
                && offer.frame_rate() > 0
        })
        .copied()
        .collect();
    ranked.sort_by_key(|offer| cost(offer, want, fps));
    ranked.dedup();
    ranked
}

/// How badly a format fits. A rate under two thirds of the wish costs more than any size: a call should move.
fn cost(offer: &CameraFormat, want: Size, fps: Fps) -> (u64, usize) {
    let (wanted, area) = (want.area().max(1), u64::from(offer.width()) * u64::from(offer.height()));
    // In thousandths. Too few pixels are worse than too many, which are scaled down.
    let pixels = if area >= wanted { (area - wanted) * 500 / wanted } else { (wanted - area) * 1000 / wanted };
    let shape = {
        let (a, b) =
            (u64::from(offer.width()) * u64::from(want.height), u64::from(want.width) * u64::from(offer.height()));
        a.abs_diff(b) * 300 / a.max(b).max(1)
    };
    let rate = offer.frame_rate() as f32;
    let slow = if rate + 0.5 >= fps.0 { 0.0 } else { (fps.0 - rate) / fps.0.max(1.0) * 1000.0 };
    let slow = if rate * 1.5 + 0.5 < fps.0 { slow + 3000.0 } else { slow };
    let fast = if rate > fps.0 + 0.5 { 20.0 } else { 0.0 };
    let format = READABLE.iter().position(|format| *format == offer.format()).unwrap_or(READABLE.len());
    // Six places of formats are worth a little size: MJPEG only where the raw formats are clearly worse.
    (pixels + shape + (slow + fast) as u64 + 10 * format as u64, format)
}

/// `nokhwa` gives text only: the operating system's error is in it.
fn cause(index: u32, error: &nokhwa::NokhwaError) -> Error {
    let text = error.to_string().to_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    if has(&["os error 16", "busy", "0xc00d3704"]) {
        Error::Busy
    } else if has(&["os error 13", "os error 1)", "permission", "denied", "0x80070005"]) {
        Error::Forbidden
    } else if has(&["os error 2)", "os error 6)", "os error 19"]) {
        Error::NoCamera
    } else if has(&["fufill", "fulfill"]) {
        Error::NoFormat
    } else {
        tracing::debug!(index, "camera refused: {text}");
        Error::Stopped(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(width: u32, height: u32, format: FrameFormat, fps: u32) -> CameraFormat {
        CameraFormat::new_from(width, height, format, fps)
    }

    fn best(offers: &[CameraFormat]) -> CameraFormat {
        ranked(offers, Size::new(1280, 720), Fps(30.0))[0]
    }

    #[test]
    fn a_common_webcam_gives_720p_by_jpeg_when_raw_is_slow() {
        let offers = [
            offer(640, 480, FrameFormat::YUYV, 30),
            offer(1280, 720, FrameFormat::YUYV, 10),
            offer(1280, 720, FrameFormat::MJPEG, 30),
            offer(1920, 1080, FrameFormat::MJPEG, 30),
        ];
        assert_eq!(best(&offers), offers[2]);
    }

    #[test]
    fn raw_is_taken_where_it_is_fast() {
        let offers = [
            offer(1280, 720, FrameFormat::MJPEG, 30),
            offer(1280, 720, FrameFormat::YUYV, 30),
            offer(1280, 720, FrameFormat::NV12, 30),
            offer(1280, 720, FrameFormat::NV12, 60),
        ];
        assert_eq!(best(&offers), offers[2]);
    }

    #[test]
    fn a_slow_camera_is_better_than_none() {
        let offers = [offer(320, 180, FrameFormat::YUYV, 25), offer(1280, 720, FrameFormat::YUYV, 10)];
        assert_eq!(best(&offers), offers[0]);
        assert_eq!(best(&offers[1..]), offers[1]);
        assert!(ranked(&[offer(0, 0, FrameFormat::YUYV, 30)], Size::new(1, 1), Fps(30.0)).is_empty());
    }

    #[test]
    fn a_camera_that_is_not_there_is_said_so() {
        let missing = DeviceId::from("no camera has this name");
        assert!(matches!(Camera::open(Some(&missing), Size::new(640, 360), Fps(30.0)), Err(Error::NoCamera)));
    }

    /// Numbers that no camera has.
    fn lease(index: u32) -> Lease {
        Lease::take(index, Duration::ZERO).expect("free")
    }

    #[test]
    fn a_driver_that_hangs_while_opening_holds_nobody() {
        let (release, released) = sync_channel::<()>(0);
        let hanging = move |_: &Link| {
            let _ = released.recv();
        };
        let result = Camera::start(lease(1001), Duration::from_millis(20), hanging);
        assert!(matches!(result, Err(Error::OpenTimeout)));
        let again = Lease::take(1001, Duration::ZERO);
        assert!(matches!(again, Err(Error::OpenTimeout)), "our hanging thread still has it, no other program");
        drop(release);
        assert!(Lease::take(1001, Duration::from_secs(20)).is_ok());
    }

    #[test]
    fn a_driver_that_panics_is_an_error() {
        let format = Format { size: Size::new(4, 4), fps: Fps(30.0) };
        let failing = move |link: &Link| {
            let _ = link.opened.try_send(Ok(format));
            panic!("as nokhwa does");
        };
        let mut camera = Camera::start(lease(1002), Duration::from_secs(20), failing).expect("opened");
        assert!(matches!(camera.next_frame(), Err(Error::Stopped(_))));
        let result = Camera::start(lease(1003), Duration::from_secs(20), |_| panic!("while opening"));
        assert!(matches!(result, Err(Error::Stopped(_))));
    }

    #[test]
    fn letting_go_ends_the_driver_and_frees_the_camera() {
        let format = Format { size: Size::new(4, 4), fps: Fps(30.0) };
        let driver = move |link: &Link| {
            let _ = link.opened.try_send(Ok(format));
            while !link.stop.load(Ordering::Relaxed) {
                let _ = link.frames.try_send(Ok(I420::black(format.size)));
                std::thread::yield_now();
            }
        };
        let mut camera = Camera::start(lease(1004), Duration::from_secs(20), driver).expect("opened");
        assert_eq!(camera.next_frame().map(|frame| frame.size()), Ok(format.size));
        drop(camera);
        assert!(Lease::take(1004, Duration::from_secs(20)).is_ok());
    }

    #[test]
    fn causes_are_told_apart() {
        let of = |text: &str| cause(0, &nokhwa::NokhwaError::OpenStreamError(text.into()));
        assert_eq!(of("Device or resource busy (os error 16)"), Error::Busy);
        assert_eq!(of("Permission denied (os error 13)"), Error::Forbidden);
        assert_eq!(of("No such device (os error 19)"), Error::NoCamera);
        assert!(matches!(of("else"), Error::Stopped(_)));
    }
}
