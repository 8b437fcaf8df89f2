//! One screen or window, watched by the system's own capture: pictures come when something was drawn, with the pointer in them, and the
//! system's border around the source.

use super::super::target::Target;
use super::super::{Error, Picture, Source, Step};
use super::device::Device;
use super::followed::Followed;
use super::place::find;
use super::top::{Pixels, Window, screens};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use visavis_model::Size;
use windows::Foundation::TypedEventHandler;
use windows::Graphics::Capture::{
    Direct3D11CaptureFrame, Direct3D11CaptureFramePool, GraphicsCaptureItem, GraphicsCaptureSession,
};
use windows::Graphics::DirectX::DirectXPixelFormat;
use windows::Graphics::SizeInt32;
use windows::Win32::System::WinRT::Graphics::Capture::IGraphicsCaptureItemInterop;
use windows::core::{IInspectable, Ref, Result as Answer};

/// How soon it is seen that a window was minimised, is back, or is gone: nobody tells it on this thread.
const LOOK: Duration = Duration::from_millis(100);

/// One that is kept for us, and one that the system draws into meanwhile.
const BUFFERS: i32 = 2;

/// A card that fails again so soon after it was opened anew is given up.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether the system can capture: Windows 10 from 2019 on.
pub fn is_supported() -> bool {
    GraphicsCaptureSession::IsSupported().unwrap_or_default()
}

pub struct CaptureSource {
    target: Target,
    framed: bool,
    capture: Capture,
    opened: Instant,
    followed: Followed,
    told_hidden: bool,
    paused: bool,
    interval: Duration,
    next_look: Instant,
}

impl CaptureSource {
    pub fn open(target: Target, framed: bool) -> Result<Self, Error> {
        Ok(Self {
            capture: Capture::open(&target, framed)?,
            opened: Instant::now(),
            target,
            framed,
            followed: Followed::default(),
            told_hidden: false,
            paused: false,
            interval: Duration::from_millis(66),
            next_look: Instant::now(),
        })
    }

    /// The newest picture; `None` where it is the one of before.
    fn take(&mut self, frame: &Direct3D11CaptureFrame) -> Result<Option<Picture>, Error> {
        let changed = match self.capture.draw(frame, &mut self.followed) {
            Ok(changed) => changed,
            // A card that was taken out, or whose driver began anew.
            Err(error) if self.opened.elapsed() > PATIENCE => {
                tracing::warn!(%error, "captured anew");
                self.capture = Capture::open(&self.target, self.framed)?;
                self.opened = Instant::now();
                return Ok(None);
            }
            Err(error) => return Err(failed(error)),
        };
        if changed == 0 {
            return Ok(None);
        }
        Ok(self.followed.picture(None).map(|surface| Picture { surface, changed }))
    }
}

impl Source for CaptureSource {
    fn next(&mut self, patience: Duration) -> Result<Step, Error> {
        let _pixels = Pixels::real();
        let end = Instant::now() + patience;
        loop {
            let visible = find(&self.target)?.visible;
            if visible == self.told_hidden {
                self.told_hidden = !visible;
                return Ok(Step::Hidden(self.told_hidden));
            }
            let now = Instant::now();
            let wanted = visible && !self.paused;
            if wanted
                && now >= self.next_look
                && let Some(frame) = self.capture.newest()?
            {
                self.next_look = now + self.interval;
                let picture = self.take(&frame);
                let _ = frame.Close();
                if let Some(picture) = picture? {
                    return Ok(Step::Picture(picture));
                }
                continue;
            }
            if now >= end {
                return Ok(Step::Still);
            }
            if wanted && now < self.next_look {
                std::thread::sleep(self.next_look.min(end).min(now + LOOK) - now);
            } else {
                self.capture.wait(end.min(now + LOOK) - now, wanted);
            }
        }
    }

    fn set_interval(&mut self, interval: Duration) {
        self.interval = interval;
    }

    fn set_paused(&mut self, paused: bool) {
        self.paused = paused;
    }
}

/// What the system's threads tell.
#[derive(Default)]
struct News {
    frame: Option<Direct3D11CaptureFrame>,
    closed: bool,
}

#[derive(Default)]
struct Told(Mutex<News>, Condvar);

impl Told {
    fn news(&self) -> MutexGuard<'_, News> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the newest frame alone: the system draws no more while both buffers are with us.
    fn put(&self, frame: Direct3D11CaptureFrame) {
        let old = self.news().frame.replace(frame);
        if let Some(old) = old {
            let _ = old.Close();
        }
        self.1.notify_all();
    }

    fn close(&self) {
        self.news().closed = true;
        self.1.notify_all();
    }
}

type Arrived = TypedEventHandler<Direct3D11CaptureFramePool, IInspectable>;
type Closed = TypedEventHandler<GraphicsCaptureItem, IInspectable>;

/// A running capture.
struct Capture {
    device: Device,
    item: GraphicsCaptureItem,
    pool: Direct3D11CaptureFramePool,
    session: GraphicsCaptureSession,
    arrived: i64,
    closed: i64,
    told: Arc<Told>,
    /// Of the buffers.
    size: SizeInt32,
}

impl Capture {
    fn open(target: &Target, framed: bool) -> Result<Self, Error> {
        let screens = screens();
        let screen = match target {
            Target::Screen(name) => Some(screens.iter().find(|screen| screen.name == *name).ok_or(Error::Gone)?),
            Target::Window(_) => None,
        };
        let item = || -> Answer<GraphicsCaptureItem> {
            let items = windows::core::factory::<GraphicsCaptureItem, IGraphicsCaptureItemInterop>()?;
            // SAFETY: one that is gone is an answer.
            match (target, screen) {
                (_, Some(screen)) => unsafe { items.CreateForMonitor(screen.monitor()) },
                (Target::Window(number), None) => unsafe { items.CreateForWindow(Window(*number).handle()) },
                (Target::Screen(_), None) => Err(windows::Win32::Foundation::E_INVALIDARG.into()),
            }
        };
        item().and_then(|item| Self::of(item, framed)).map_err(failed)
    }

    fn of(item: GraphicsCaptureItem, framed: bool) -> Answer<Self> {
        let device = Device::open()?;
        let size = at_least_one(item.Size()?);
        let format = DirectXPixelFormat::B8G8R8A8UIntNormalized;
        let pool = Direct3D11CaptureFramePool::CreateFreeThreaded(device.shared(), format, BUFFERS, size)?;
        let told = Arc::new(Told::default());
        let frames = Arc::clone(&told);
        let arrived = pool.FrameArrived(&Arrived::new(move |pool: Ref<'_, Direct3D11CaptureFramePool>, _| {
            frames.put(pool.ok()?.TryGetNextFrame()?);
            Ok(())
        }))?;
        let end = Arc::clone(&told);
        let closed = item.Closed(&Closed::new(move |_, _| {
            end.close();
            Ok(())
        }))?;
        let session = pool.CreateCaptureSession(&item)?;
        // Where these cannot be chosen, the pointer is in the picture and the border around the source.
        let _ = session.SetIsCursorCaptureEnabled(true);
        let _ = session.SetIsBorderRequired(framed);
        session.StartCapture()?;
        Ok(Self { device, item, pool, session, arrived, closed, told, size })
    }

    fn newest(&self) -> Result<Option<Direct3D11CaptureFrame>, Error> {
        let mut news = self.told.news();
        if news.closed { Err(Error::Gone) } else { Ok(news.frame.take()) }
    }

    /// Until a frame is there, where one is wanted, or there are no more.
    fn wait(&self, patience: Duration, frame: bool) {
        let idle = |news: &mut News| !news.closed && !(frame && news.frame.is_some());
        let _ = self.told.1.wait_timeout_while(self.told.news(), patience, idle);
    }

    /// Draws a frame, and says how many thousandths of it are new.
    fn draw(&mut self, frame: &Direct3D11CaptureFrame, followed: &mut Followed) -> Answer<u32> {
        let content = at_least_one(frame.ContentSize()?);
        let changed = self.device.read(&frame.Surface()?, |octets, stride, buffer| {
            // A window that became larger than its buffer is cut this once; one that became smaller does not fill it.
            let side = |length: i32, most: u32| u32::try_from(length).unwrap_or_default().min(most);
            let size = Size::new(side(content.Width, buffer.width), side(content.Height, buffer.height));
            followed.draw(size, octets, stride)
        })?;
        if content != self.size {
            let format = DirectXPixelFormat::B8G8R8A8UIntNormalized;
            self.pool.Recreate(self.device.shared(), format, BUFFERS, content)?;
            self.size = content;
        }
        Ok(changed)
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        let _ = self.item.RemoveClosed(self.closed);
        let _ = self.pool.RemoveFrameArrived(self.arrived);
        let _ = self.session.Close();
        let _ = self.pool.Close();
        if let Some(frame) = self.told.news().frame.take() {
            let _ = frame.Close();
        }
    }
}

/// A window that is minimised has no size, and a buffer must have one.
fn at_least_one(size: SizeInt32) -> SizeInt32 {
    SizeInt32 { Width: size.Width.max(1), Height: size.Height.max(1) }
}

fn failed(error: windows::core::Error) -> Error {
    Error::Failed(error.to_string())
}
