//! What the person chose, watched.

use super::super::canvas::Canvas;
use super::super::{Chosen, Error, LEAST_SIDE, Picture, Source, Step, Wish};
use super::Told;
use super::format::Order;
use super::frame::Layout;
use super::portal::{self, Portal};
use super::stream::Stream;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use visavis_model::{ScreenSource, Size};

/// First the dialog is open, then pictures come.
pub struct PortalSource {
    /// Before the portal: what it has opened is let go first.
    stream: Option<Stream>,
    _portal: Portal,
    told: Receiver<Told>,
    tell: Sender<Told>,
    canvas: Canvas,
    size: Size,
    /// A picture waits to be taken.
    waiting: bool,
    paused: bool,
    interval: Duration,
    next_look: Instant,
}

impl PortalSource {
    pub fn ask(wish: &Wish) -> Result<Self, Error> {
        let (tell, told) = channel();
        Ok(Self {
            stream: None,
            _portal: Portal::ask(wish.clone(), tell.clone())?,
            told,
            tell,
            canvas: Canvas::new(Size::new(LEAST_SIDE, LEAST_SIDE)),
            size: Size::default(),
            waiting: false,
            paused: false,
            interval: Duration::from_millis(66),
            next_look: Instant::now(),
        })
    }

    fn open(&mut self, chosen: portal::Chosen) -> Result<Step, Error> {
        let portal::Chosen { answer, kind, remote } = chosen;
        self.stream = Some(Stream::open(remote, answer.node, self.tell.clone())?);
        let source = ScreenSource {
            id: "portal".into(),
            kind,
            // The portal tells nobody what it is called, nor whether it is ours.
            title: String::new(),
            size: answer.size.unwrap_or_default(),
            own: false,
            thumbnail: None,
            process: None,
        };
        Ok(Step::Chosen(Chosen { source, again: answer.again }))
    }

    /// The newest picture; `None` where it is the one of before.
    fn take(&mut self) -> Option<Picture> {
        let (canvas, size) = (&mut self.canvas, &mut self.size);
        let changed = self.stream.as_mut()?.take(|layout, octets| draw(canvas, size, layout, octets))?;
        if changed == 0 {
            return None;
        }
        Some(Picture { surface: self.canvas.picture(None)?, changed })
    }
}

/// Draws a picture, and says how many thousandths of it are new.
fn draw(canvas: &mut Canvas, known: &mut Size, layout: Layout, octets: &[u8]) -> u32 {
    let Size { width, height } = layout.size;
    if width < LEAST_SIDE || height < LEAST_SIDE {
        return 0;
    }
    let resized = std::mem::replace(known, layout.size) != layout.size;
    if resized {
        *canvas = Canvas::new(layout.size);
    }
    let octets = octets.get(layout.start..).unwrap_or_default();
    let changed = canvas.replace(octets, layout.stride, layout.order == Order::Red);
    if resized { 1000 } else { changed }
}

impl Source for PortalSource {
    fn next(&mut self, patience: Duration) -> Result<Step, Error> {
        let end = Instant::now() + patience;
        loop {
            let now = Instant::now();
            let wanted = self.waiting && !self.paused;
            if wanted && now >= self.next_look {
                self.waiting = false;
                self.next_look = now + self.interval;
                if let Some(picture) = self.take() {
                    return Ok(Step::Picture(picture));
                }
                continue;
            }
            if now >= end {
                return Ok(Step::Still);
            }
            let until = if wanted { self.next_look.min(end) } else { end };
            match self.told.recv_timeout(until - now) {
                Ok(Told::Chosen(chosen)) => return self.open(chosen),
                Ok(Told::Picture) => self.waiting = true,
                Ok(Told::Ended(error)) => return Err(error),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
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

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_media::Surface;

    fn layout(width: u32, height: u32, order: Order) -> Layout {
        Layout { start: 0, stride: width as usize * 4, size: Size::new(width, height), order }
    }

    fn painted(width: u32, height: u32, pixel: [u8; 4]) -> Vec<u8> {
        pixel.repeat((width * height) as usize)
    }

    #[test]
    fn the_size_follows_what_comes_and_the_same_picture_is_none() {
        let (mut canvas, mut size) = (Canvas::new(Size::new(16, 16)), Size::default());
        let mut draw = |width, height, pixel| {
            let octets = painted(width, height, pixel);
            let changed = draw(&mut canvas, &mut size, layout(width, height, Order::Blue), &octets);
            let Some(Surface::I420(picture)) = canvas.picture(None) else { panic!("a picture") };
            (changed, picture.size())
        };
        assert_eq!(draw(64, 32, [0; 4]), (1000, Size::new(64, 32)), "the first one, though it is black");
        assert_eq!(draw(64, 32, [0; 4]), (0, Size::new(64, 32)));
        assert_eq!(draw(64, 32, [255; 4]), (1000, Size::new(64, 32)));
        assert_eq!(draw(33, 21, [255; 4]), (1000, Size::new(32, 20)), "odd sides lose one");
        assert_eq!(draw(4, 4, [255; 4]).0, 0, "nothing that could be read");
    }

    #[test]
    fn red_is_red_in_both_orders() {
        for (order, pixel) in [(Order::Blue, [0, 0, 255, 0]), (Order::Red, [255, 0, 0, 0])] {
            let (mut canvas, mut size) = (Canvas::new(Size::new(16, 16)), Size::default());
            draw(&mut canvas, &mut size, layout(32, 32, order), &painted(32, 32, pixel));
            let Some(Surface::I420(picture)) = canvas.picture(None) else { panic!("a picture") };
            let [_, blue, red] = picture.planes().map(|plane| plane.data[0]);
            assert!(red > 200 && blue < 128, "{order:?}: {blue} {red}");
        }
    }
}
