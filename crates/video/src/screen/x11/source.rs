//! One screen or window, watched.

use super::super::canvas::Canvas;
use super::super::cursor::Cursor;
use super::super::target::Target;
use super::super::{Error, Picture, Source, Step, area};
use super::connection::Connection;
use super::frame::{Frame, THICKNESS};
use super::place::{Place, desktop, find};
use super::segment::Segment;
use super::unseen::Unseen;
use std::sync::Arc;
use std::time::{Duration, Instant};
use visavis_model::{Rect, ScreenId, Size};
use x11rb::connection::Connection as _;
use x11rb::errors::ReplyError;
use x11rb::protocol::Event;
use x11rb::protocol::composite;
use x11rb::protocol::damage::{self, Damage, ReportLevel};
use x11rb::protocol::randr::{self, NotifyMask};
use x11rb::protocol::xfixes::{self, CursorNotifyMask, Region};
use x11rb::protocol::xinput::{self, XIEventMask};
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt as _, Drawable, EventMask, Pixmap, Window};

/// What is drawn together is taken together: so long after the first of it.
const TOGETHER: Duration = Duration::from_millis(4);

/// What is to be looked at, as events told.
#[derive(Debug, Default)]
struct News {
    /// Something was drawn.
    damaged: bool,
    /// All of it is to be taken.
    all: bool,
    pointer: bool,
    shape: bool,
    /// The source may be elsewhere, of another size, hidden, or gone.
    place: bool,
    /// It was mapped, unmapped or put elsewhere: its pixels are others now.
    pixels: bool,
    /// Some window may lie over the frame.
    raised: bool,
}

pub struct X11Source {
    connection: Arc<Connection>,
    target: Target,
    /// What is shared, in the desktop's pixels, and the rest about it.
    place: Place,
    /// Where its pixels are, and from where on.
    drawable: Drawable,
    from: (i32, i32),
    pixmap: Option<Pixmap>,
    damage: Damage,
    region: Region,
    /// Of a window.
    unseen: Option<Unseen>,
    segment: Segment,
    canvas: Canvas,
    /// What the canvas was made for.
    made_for: Size,
    cursor: Cursor,
    /// Where the pointer is, in the desktop's pixels, and the window below it.
    pointer: (i32, i32, Window),
    drawn: Option<(i32, i32)>,
    news: News,
    hidden: bool,
    told_hidden: bool,
    paused: bool,
    interval: Duration,
    next_look: Instant,
    frame: Option<Frame>,
}

impl X11Source {
    pub fn open(connection: Arc<Connection>, id: &ScreenId, framed: bool) -> Result<Self, Error> {
        let target = Target::of(id).ok_or(Error::Gone)?;
        let place = find(&connection, &target)?;
        let (x, root) = (&connection.x, connection.root);
        let (damage, region) = (x.generate_id()?, x.generate_id()?);
        xfixes::create_region(x, region, &[])?;
        let unseen = match target {
            Target::Screen(_) => {
                damage::create(x, damage, root, ReportLevel::NON_EMPTY)?.check()?;
                None
            }
            Target::Window(window) => {
                let unseen = Unseen::redirect(&connection, window, damage)?;
                let told = EventMask::STRUCTURE_NOTIFY | EventMask::PROPERTY_CHANGE;
                x.change_window_attributes(window, &ChangeWindowAttributesAux::new().event_mask(told))?;
                Some(unseen)
            }
        };
        let everywhere = if framed { EventMask::SUBSTRUCTURE_NOTIFY } else { EventMask::NO_EVENT };
        x.change_window_attributes(root, &ChangeWindowAttributesAux::new().event_mask(everywhere))?;
        randr::select_input(x, root, NotifyMask::SCREEN_CHANGE | NotifyMask::CRTC_CHANGE)?;
        xfixes::select_cursor_input(x, root, CursorNotifyMask::DISPLAY_CURSOR)?;
        // The pointer's movement over other programs' windows: told, not asked for.
        let mask = vec![XIEventMask::RAW_MOTION];
        xinput::xi_select_events(x, root, &[xinput::EventMask { deviceid: ALL_MASTERS, mask }])?;
        let frame = framed.then(|| Frame::new(Arc::clone(&connection))).transpose()?;
        let bytes = place.inner.size().area() as usize * 4;
        Ok(Self {
            segment: Segment::new(Arc::clone(&connection), bytes)?,
            canvas: Canvas::new(place.inner.size()),
            made_for: Size::default(),
            drawable: root,
            from: (0, 0),
            pixmap: None,
            cursor: Cursor::default(),
            pointer: (0, 0, root),
            drawn: None,
            news: News { all: true, pointer: true, shape: true, place: true, pixels: true, ..News::default() },
            hidden: false,
            told_hidden: false,
            paused: false,
            interval: Duration::from_millis(66),
            next_look: Instant::now(),
            // None yet: the first look makes everything anew.
            place: Place { inner: Rect::default(), ..place },
            connection,
            target,
            damage,
            region,
            unseen,
            frame,
        })
    }

    /// Takes in what the server has told.
    fn hear(&mut self) -> Result<(), Error> {
        while let Some(event) = self.connection.x.poll_for_event()? {
            let own = matches!(self.target, Target::Window(window) if about(&event) == Some(window));
            let top = about(&event) == Some(self.place.top);
            let part = self.frame.as_ref().is_some_and(|frame| about(&event).is_some_and(|it| frame.is_part(it)));
            match event {
                Event::DamageNotify(_) => self.news.damaged = true,
                Event::XinputRawMotion(_) => self.news.pointer = true,
                Event::XfixesCursorNotify(_) => self.news.shape = true,
                Event::RandrNotify(_) | Event::RandrScreenChangeNotify(_) => {
                    self.news.place = true;
                    self.news.pixels = true;
                }
                Event::DestroyNotify(_) if own => return Err(Error::Gone),
                Event::ConfigureNotify(_) if own || top => self.news.place = true,
                Event::PropertyNotify(event) if own && event.atom == self.connection.atoms.WM_STATE => {
                    self.news.place = true;
                }
                Event::MapNotify(_) | Event::UnmapNotify(_) | Event::ReparentNotify(_) if own || top => {
                    self.news.place = true;
                    self.news.pixels = true;
                }
                _ => {}
            }
            self.news.raised |= !part && matches!(event, Event::MapNotify(_) | Event::ConfigureNotify(_));
        }
        Ok(())
    }

    /// Finds out where the source is, and where its pixels are.
    fn look(&mut self) -> Result<(), Error> {
        let fresh = std::mem::take(&mut self.news.pixels);
        self.news.place = false;
        let mut place = find(&self.connection, &self.target)?;
        let whole = desktop(&self.connection)?;
        let is_screen = matches!(self.target, Target::Screen(_));
        if is_screen && self.frame.is_some() {
            place.inner = within(place.inner);
        }
        let size = place.inner.size();
        let resized = size != self.place.inner.size();
        let moved = place.inner != self.place.inner;
        let retopped = place.top != self.place.top;
        self.place = place;
        self.hidden = !place.is_shown();
        if let Target::Window(window) = self.target {
            let x = &self.connection.x;
            if (retopped || fresh) && place.top != window {
                let values = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
                x.change_window_attributes(place.top, &values)?.ignore_error();
            }
            if resized || fresh {
                if let Some(pixmap) = self.pixmap.take() {
                    x.free_pixmap(pixmap)?.ignore_error();
                }
                if !self.hidden {
                    let pixmap = x.generate_id()?;
                    // One that was unmapped a moment ago has none: its own event follows.
                    self.hidden = composite::name_window_pixmap(x, window, pixmap)?.check().is_err();
                    self.pixmap = (!self.hidden).then_some(pixmap);
                    let border = x.get_geometry(window)?.reply().map_or(0, |geometry| geometry.border_width.into());
                    (self.drawable, self.from) = (pixmap, (border, border));
                }
            }
        } else {
            (self.drawable, self.from) = (self.connection.root, (place.inner.x, place.inner.y));
        }
        if resized || fresh || (is_screen && moved) {
            self.news.all = true;
        }
        // Not the size of the last look: it may have become another one while it was hidden.
        if !self.hidden && size != self.made_for {
            self.canvas = Canvas::new(size);
            self.made_for = size;
            self.news.all = true;
            let bytes = size.area() as usize * 4;
            if bytes > self.segment.length() {
                self.segment = Segment::new(Arc::clone(&self.connection), bytes)?;
            }
        }
        // A pointer that stays where it is moves within a window that is moved.
        self.news.pointer |= moved;
        let around = if is_screen { place.inner } else { place.outer };
        if let Some(frame) = &mut self.frame {
            frame.set((!self.hidden).then_some(around), whole)?;
        }
        Ok(())
    }

    /// The picture as it is now; `None` where it is the one of before.
    fn take(&mut self) -> Result<Option<Picture>, Error> {
        let news = std::mem::take(&mut self.news);
        let size = self.place.inner.size();
        let mut new = Vec::new();
        if news.all || news.damaged {
            new = self.new_parts()?;
            if let Some(unseen) = &mut self.unseen {
                unseen.drawn(self.region)?;
            }
            if news.all {
                new = vec![area::whole(size)];
            }
            let new = area::join(&new, size);
            let canvas = &mut self.canvas;
            let read = self.segment.read(self.drawable, self.from, &new, |part, pixels| canvas.write(part, pixels));
            match read {
                Ok(()) => {}
                Err(Error::Failed(_)) => {
                    // Resized or unmapped between its event and now: look again, and take all of it then.
                    self.news = News { all: true, place: true, pixels: true, pointer: true, ..News::default() };
                    self.news.shape = news.shape;
                    return Ok(None);
                }
                Err(other) => return Err(other),
            }
            // What others see of it is the window's own, or nothing.
            self.unseen.iter().flat_map(|unseen| unseen.parts(size)).for_each(|part| canvas.blacken(part));
        }
        let new = area::join(&new, size);
        if news.shape {
            self.shape()?;
        }
        if news.pointer || news.shape {
            let reply = self.connection.x.query_pointer(self.connection.root)?.reply()?;
            self.pointer = (reply.root_x.into(), reply.root_y.into(), reply.child);
        }
        let at = self.pointer_within();
        let pointed = at != self.drawn || (news.shape && at.is_some());
        if new.is_empty() && !pointed {
            return Ok(None);
        }
        self.drawn = at;
        let changed = area::per_mille(&new, size).max(1);
        let surface = self.canvas.picture(at.map(|(x, y)| (&self.cursor, x, y)));
        Ok(surface.map(|surface| Picture { surface, changed }))
    }

    /// What was drawn since this was last asked, in the source's own pixels.
    fn new_parts(&self) -> Result<Vec<Rect>, Error> {
        let x = &self.connection.x;
        damage::subtract(x, self.damage, x11rb::NONE, self.region)?;
        let rectangles = xfixes::fetch_region(x, self.region)?.reply()?.rectangles;
        let origin = match self.target {
            Target::Screen(_) => (self.place.inner.x, self.place.inner.y),
            Target::Window(_) => (0, 0),
        };
        Ok(rectangles
            .into_iter()
            .map(|rect| Rect {
                x: i32::from(rect.x) - origin.0,
                y: i32::from(rect.y) - origin.1,
                width: rect.width.into(),
                height: rect.height.into(),
            })
            .collect())
    }

    /// The pointer's shape. X refuses the picture of one whose program is gone: then it is not drawn, and nothing else is wrong.
    fn shape(&mut self) -> Result<(), Error> {
        self.cursor = match xfixes::get_cursor_image(&self.connection.x)?.reply() {
            Ok(reply) => Cursor {
                width: reply.width.into(),
                height: reply.height.into(),
                hot: (reply.xhot.into(), reply.yhot.into()),
                pixels: reply.cursor_image.iter().map(|pixel| pixel.to_le_bytes()).collect(),
            },
            Err(ReplyError::X11Error(_)) => Cursor::default(),
            Err(lost) => return Err(lost.into()),
        };
        Ok(())
    }

    /// Where the pointer is within what is shared. Over another window that covers a shared one it is not in that one.
    fn pointer_within(&self) -> Option<(i32, i32)> {
        let (x, y, below) = self.pointer;
        let (x, y) = (x - self.place.inner.x, y - self.place.inner.y);
        let Size { width, height } = self.place.inner.size();
        let inside = (0..i64::from(width)).contains(&x.into()) && (0..i64::from(height)).contains(&y.into());
        let over = match self.target {
            Target::Screen(_) => true,
            Target::Window(_) => below == self.place.top,
        };
        (inside && over).then_some((x, y))
    }
}

impl Source for X11Source {
    fn next(&mut self, patience: Duration) -> Result<Step, Error> {
        let end = Instant::now() + patience;
        loop {
            self.hear()?;
            if self.news.place {
                self.look()?;
                // What came between its questions and their answers is not waited for.
                self.hear()?;
            }
            if self.hidden != self.told_hidden {
                self.told_hidden = self.hidden;
                return Ok(Step::Hidden(self.hidden));
            }
            let now = Instant::now();
            let news = &self.news;
            let something = news.all || news.damaged || news.pointer || news.shape;
            let wanted = something && !self.paused && !self.hidden;
            if wanted && now >= self.next_look {
                self.next_look = now + self.interval;
                if std::mem::take(&mut self.news.raised)
                    && let Some(frame) = &self.frame
                {
                    frame.raise()?;
                }
                if let Some(picture) = self.take()? {
                    return Ok(Step::Picture(picture));
                }
                continue;
            }
            if now >= end {
                return Ok(Step::Still);
            }
            if wanted {
                std::thread::sleep(self.next_look.min(end) - now);
            } else {
                self.connection.wait(end - now);
                std::thread::sleep(TOGETHER);
            }
        }
    }

    fn set_interval(&mut self, interval: Duration) {
        self.interval = interval;
    }

    fn set_paused(&mut self, paused: bool) {
        if self.paused == paused {
            return;
        }
        self.paused = paused;
        if let Some(frame) = &self.frame {
            let _ = frame.set_paused(paused);
        }
    }
}

/// XInput's number for every pointer and keyboard that windows hear of.
const ALL_MASTERS: u16 = 1;

/// Which window an event is about.
fn about(event: &Event) -> Option<Window> {
    match event {
        Event::DestroyNotify(event) => Some(event.window),
        Event::ConfigureNotify(event) => Some(event.window),
        Event::PropertyNotify(event) => Some(event.window),
        Event::MapNotify(event) => Some(event.window),
        Event::UnmapNotify(event) => Some(event.window),
        Event::ReparentNotify(event) => Some(event.window),
        _ => None,
    }
}

/// What lies within a frame at a screen's edges.
fn within(screen: Rect) -> Rect {
    Rect {
        x: screen.x + THICKNESS as i32,
        y: screen.y + THICKNESS as i32,
        width: screen.width.saturating_sub(2 * THICKNESS),
        height: screen.height.saturating_sub(2 * THICKNESS),
    }
}
