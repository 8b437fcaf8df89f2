//! The red frame around what is shared: four thin windows that nothing can be clicked on.

use super::super::Error;
use super::connection::Connection;
use std::sync::Arc;
use visavis_model::Rect;
use x11rb::COPY_DEPTH_FROM_PARENT;
use x11rb::connection::Connection as _;
use x11rb::protocol::shape::{ConnectionExt as _, SK, SO};
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ClipOrdering, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, EventMask,
    StackMode, Window, WindowClass,
};

/// How thick it is, in pixels: even, so that what lies inside of it on a screen has even sides.
pub const THICKNESS: u32 = 4;

/// While it runs, and while others see a picture that stands still.
const RED: u32 = 0x00d6_1f26;
const GREY: u32 = 0x0080_8080;

pub struct Frame {
    connection: Arc<Connection>,
    sides: [Window; 4],
    shown: Option<Rect>,
}

impl Frame {
    pub fn new(connection: Arc<Connection>) -> Result<Self, Error> {
        let mut sides = [0; 4];
        for side in &mut sides {
            *side = connection.x.generate_id()?;
            let values =
                CreateWindowAux::new().background_pixel(RED).override_redirect(1).event_mask(EventMask::NO_EVENT);
            connection.x.create_window(
                COPY_DEPTH_FROM_PARENT,
                *side,
                connection.root,
                0,
                0,
                1,
                1,
                0,
                WindowClass::INPUT_OUTPUT,
                0,
                &values,
            )?;
            // The pointer goes through it.
            connection.x.shape_rectangles(SO::SET, SK::INPUT, ClipOrdering::UNSORTED, *side, 0, 0, &[])?;
        }
        Ok(Self { connection, sides, shown: None })
    }

    /// Whether a window of the desktop is a part of it.
    pub fn is_part(&self, window: Window) -> bool {
        self.sides.contains(&window)
    }

    /// Puts it around `place`, or hides it. It never leaves `desktop`: at its edges it lies inside.
    pub fn set(&mut self, place: Option<Rect>, desktop: Rect) -> Result<(), Error> {
        if place == self.shown {
            return Ok(());
        }
        let was_shown = std::mem::replace(&mut self.shown, place).is_some();
        let x = &self.connection.x;
        let Some(place) = place else {
            for side in self.sides {
                x.unmap_window(side)?;
            }
            return Ok(x.flush()?);
        };
        for (side, rect) in self.sides.into_iter().zip(sides(place, desktop)) {
            let values = ConfigureWindowAux::new()
                .x(rect.x)
                .y(rect.y)
                .width(rect.width)
                .height(rect.height)
                .stack_mode(StackMode::ABOVE);
            x.configure_window(side, &values)?;
            if !was_shown {
                x.map_window(side)?;
            }
        }
        Ok(x.flush()?)
    }

    /// Above every other window again.
    pub fn raise(&self) -> Result<(), Error> {
        for side in self.sides {
            let values = ConfigureWindowAux::new().stack_mode(StackMode::ABOVE);
            self.connection.x.configure_window(side, &values)?.ignore_error();
        }
        Ok(self.connection.x.flush()?)
    }

    /// Grey while others see a picture that stands still.
    pub fn set_paused(&self, paused: bool) -> Result<(), Error> {
        let x = &self.connection.x;
        for side in self.sides {
            let color = if paused { GREY } else { RED };
            x.change_window_attributes(side, &ChangeWindowAttributesAux::new().background_pixel(color))?;
            x.clear_area(false, side, 0, 0, 0, 0)?;
        }
        Ok(x.flush()?)
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        for side in self.sides {
            if let Ok(cookie) = self.connection.x.destroy_window(side) {
                cookie.ignore_error();
            }
        }
        let _ = self.connection.x.flush();
    }
}

/// Above, below, left and right of a place, within the desktop.
fn sides(place: Rect, desktop: Rect) -> [Rect; 4] {
    let thick = THICKNESS as i32;
    let far = |start: i32, length: u32| start.saturating_add(length.min(65_535) as i32);
    let (first_x, first_y) = (desktop.x, desktop.y);
    let (last_x, last_y) = (far(desktop.x, desktop.width), far(desktop.y, desktop.height));
    let left = (place.x - thick).clamp(first_x, (last_x - thick).max(first_x));
    let top = (place.y - thick).clamp(first_y, (last_y - thick).max(first_y));
    let right = far(place.x, place.width).clamp(first_x, (last_x - thick).max(first_x));
    let bottom = far(place.y, place.height).clamp(first_y, (last_y - thick).max(first_y));
    let width = (right + thick - left).max(1) as u32;
    let height = (bottom + thick - top).max(1) as u32;
    [
        Rect { x: left, y: top, width, height: THICKNESS },
        Rect { x: left, y: bottom, width, height: THICKNESS },
        Rect { x: left, y: top, width: THICKNESS, height },
        Rect { x: right, y: top, width: THICKNESS, height },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESKTOP: Rect = Rect { x: 0, y: 0, width: 1000, height: 800 };

    #[test]
    fn it_lies_outside_of_a_window_and_inside_of_the_desktop() {
        let place = Rect { x: 100, y: 50, width: 300, height: 200 };
        let [above, below, left, right] = sides(place, DESKTOP);
        assert_eq!((above.y + 4, below.y), (50, 250));
        assert_eq!((left.x + 4, right.x), (100, 400));
        assert_eq!((above.width, left.height), (308, 208));
        for side in sides(DESKTOP, DESKTOP) {
            assert!(side.x >= 0 && side.y >= 0, "{side:?}");
            assert!(side.x + side.width as i32 <= 1000 && side.y + side.height as i32 <= 800, "{side:?}");
        }
        // Half outside, all outside, absurd: no panic, nothing empty.
        for place in [
            Rect { x: -200, y: -100, width: 300, height: 200 },
            Rect { x: 5000, y: 5000, width: 1, height: 1 },
            Rect { x: -32_768, y: 32_767, width: u32::MAX, height: u32::MAX },
        ] {
            assert!(sides(place, DESKTOP).iter().all(|side| !side.size().is_empty()));
        }
    }
}
