//! One screen or window, watched by GDI.

use super::super::target::Target;
use super::super::{Error, Picture, Source, Step};
use super::bitmap::Bitmap;
use super::copy;
use super::followed::Followed;
use super::place::{Place, find};
use super::pointer::Pointer;
use super::top::{Pixels, Window};
use std::time::{Duration, Instant};

/// How soon it is seen that a window that was hidden is back.
const LOOK: Duration = Duration::from_millis(100);

/// There is nobody who tells what is drawn: the source is looked at as often as pictures are wanted, and compared.
pub struct GdiSource {
    target: Target,
    bitmap: Option<Bitmap>,
    followed: Followed,
    pointer: Pointer,
    drawn: Option<(i32, i32)>,
    /// There was a picture.
    shown: bool,
    told_hidden: bool,
    paused: bool,
    interval: Duration,
    next_look: Instant,
}

impl GdiSource {
    pub fn open(target: Target) -> Self {
        Self {
            target,
            bitmap: None,
            followed: Followed::default(),
            pointer: Pointer::default(),
            drawn: None,
            shown: false,
            told_hidden: false,
            paused: false,
            interval: Duration::from_millis(66),
            next_look: Instant::now(),
        }
    }

    /// The picture as it is now; `None` where it is the one of before.
    fn take(&mut self, place: Place) -> Result<Option<Picture>, Error> {
        let room = copy::room(&self.target, place.rect);
        let mut bitmap = match self.bitmap.take() {
            Some(bitmap) if bitmap.size() == room => bitmap,
            _ => Bitmap::new(room)?,
        };
        let from = match copy::take(&self.target, place.rect, &mut bitmap) {
            Ok(from) => from,
            // While the screen is locked, or the system asks for a password, nobody sees anything: the last picture stays.
            Err(Error::Failed(_)) if self.shown => return Ok(None),
            Err(error) => return Err(error),
        };
        let changed = self.followed.draw(place.rect.size(), bitmap.from(from), bitmap.stride());
        self.bitmap = Some(bitmap);
        let reshaped = self.pointer.look();
        let at = self.pointer_within(place);
        if changed == 0 && at == self.drawn && !(reshaped && at.is_some()) {
            return Ok(None);
        }
        self.drawn = at;
        self.shown = true;
        let cursor = at.map(|(x, y)| (self.pointer.shape(), x, y));
        Ok(self.followed.picture(cursor).map(|surface| Picture { surface, changed: changed.max(1) }))
    }

    /// Where the pointer is within what is shared. Over another window that covers a shared one it is not in that one.
    fn pointer_within(&self, place: Place) -> Option<(i32, i32)> {
        let (x, y) = self.pointer.at()?;
        let within = |at: i32, start: i32, length: u32| {
            let offset = i64::from(at) - i64::from(start);
            (0..i64::from(length)).contains(&offset).then_some(offset as i32)
        };
        let inside = within(x, place.rect.x, place.rect.width).zip(within(y, place.rect.y, place.rect.height))?;
        let over = match self.target {
            Target::Screen(_) => true,
            Target::Window(number) => Window::at(x, y) == Window(number),
        };
        over.then_some(inside)
    }
}

impl Source for GdiSource {
    fn next(&mut self, patience: Duration) -> Result<Step, Error> {
        let _pixels = Pixels::real();
        let end = Instant::now() + patience;
        loop {
            let place = find(&self.target)?;
            if place.visible == self.told_hidden {
                self.told_hidden = !place.visible;
                return Ok(Step::Hidden(self.told_hidden));
            }
            let wanted = place.visible && !self.paused;
            let now = Instant::now();
            if wanted && now >= self.next_look {
                self.next_look = now + self.interval;
                if let Some(picture) = self.take(place)? {
                    return Ok(Step::Picture(picture));
                }
                continue;
            }
            if now >= end {
                return Ok(Step::Still);
            }
            let next = if wanted { self.next_look } else { now + LOOK };
            std::thread::sleep(next.min(end).saturating_duration_since(now));
        }
    }

    fn set_interval(&mut self, interval: Duration) {
        self.interval = interval;
    }

    fn set_paused(&mut self, paused: bool) {
        self.paused = paused;
    }
}
