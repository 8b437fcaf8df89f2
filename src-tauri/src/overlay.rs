//! Native drawing in the window's own GTK tree: above an opaque page, or below a transparent one.

use crate::first_look::WindowSize;
use crate::presenter::Choice;
use gtk::cairo;
use gtk::glib;
use gtk::prelude::*;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tauri::WebviewWindow;
use visavis_media::MediaTime;
use visavis_model::{Rect, StageLayout, TrackId};
use visavis_video::present::Presenter;
use visavis_video::scale::Bgra;
use visavis_video::stage::{Form, Picture, Pixels};
use webkit2gtk::WebViewExt as _;

/// Behind video that does not fill its tile, and over a person who reconnects (`tokens.css`: `--stage`, `--veil`).
const STAGE: (f64, f64, f64) = (0x0b as f64 / 255.0, 0x10 as f64 / 255.0, 0x0f as f64 / 255.0);
const VEIL: f64 = 0.55;

/// What the stage thread paints and the GTK thread shows.
#[derive(Default)]
struct Canvas {
    layout: StageLayout,
    pictures: HashMap<TrackId, Painted>,
    /// Device pixels that changed since the last drawing.
    damage: Vec<Rect>,
}

struct Painted {
    rect: Rect,
    tile: Rect,
    pixels: Arc<Bgra>,
}

struct Shared {
    canvas: Mutex<Canvas>,
    /// A redraw is on its way to the GTK thread.
    asked: AtomicBool,
    /// Set once the window is there.
    widget: Mutex<Option<glib::SendWeakRef<gtk::Widget>>>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Canvas> {
        self.canvas.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the damaged parts drawn, once, however often it is called before that happens.
    fn ask(self: &Arc<Self>) {
        if self.asked.swap(true, Ordering::AcqRel) {
            return;
        }
        let shared = Arc::clone(self);
        glib::MainContext::default().invoke(move || {
            shared.asked.store(false, Ordering::Release);
            let widget = shared
                .widget
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .as_ref()
                .and_then(|widget| widget.upgrade());
            let (damage, scale) = {
                let mut canvas = shared.lock();
                let scale = scale_of(&canvas.layout);
                (std::mem::take(&mut canvas.damage), scale)
            };
            if let Some(widget) = widget {
                for rect in damage {
                    let left = (f64::from(rect.x) / scale).floor() as i32;
                    let top = (f64::from(rect.y) / scale).floor() as i32;
                    let width = (f64::from(rect.width) / scale).ceil() as i32 + 1;
                    let height = (f64::from(rect.height) / scale).ceil() as i32 + 1;
                    widget.queue_draw_area(left, top, width, height);
                }
            }
        });
    }
}

/// The window's end.
pub struct Screen {
    shared: Arc<Shared>,
}

/// The stage thread's end.
pub struct Painter {
    shared: Arc<Shared>,
}

/// Both ends.
pub fn pair() -> (Screen, Painter) {
    let shared = Arc::new(Shared { canvas: Mutex::default(), asked: AtomicBool::new(false), widget: Mutex::new(None) });
    (Screen { shared: Arc::clone(&shared) }, Painter { shared })
}

impl Presenter for Painter {
    fn form(&self) -> Form {
        Form::Bgra
    }

    fn set_layout(&mut self, layout: &StageLayout) {
        let mut canvas = self.shared.lock();
        let canvas = &mut *canvas;
        canvas.pictures.retain(|track, _| layout.tiles.iter().any(|tile| tile.track == *track));
        let (before, now) = (&canvas.layout, layout);
        // What lies over pictures may have moved anywhere; else only what changed is drawn again.
        let all = before.covers != now.covers || before.scale_milli != now.scale_milli;
        let changed = |tiles: &StageLayout, of: &StageLayout| -> Vec<Rect> {
            let gone = tiles.tiles.iter().filter(|tile| all || !of.tiles.contains(tile));
            gone.map(|tile| tile.rect).collect()
        };
        canvas.damage.extend(changed(before, now).into_iter().chain(changed(now, before)));
        canvas.layout = layout.clone();
        self.shared.ask();
    }

    fn present(&mut self, picture: &Picture, _: MediaTime) {
        let Pixels::Bgra(pixels) = &picture.pixels else { return };
        let mut canvas = self.shared.lock();
        let painted = Painted { rect: picture.rect, tile: picture.tile.rect, pixels: Arc::clone(pixels) };
        canvas.pictures.insert(picture.track.clone(), painted);
        canvas.damage.push(picture.tile.rect);
    }

    fn flush(&mut self, _: MediaTime) {
        self.shared.ask();
    }

    fn clear(&mut self, track: &TrackId) {
        let mut canvas = self.shared.lock();
        if let Some(painted) = canvas.pictures.remove(track) {
            canvas.damage.push(painted.tile);
        }
    }
}

/// Puts the drawing into the window; `drawn` is called once, when the window is drawn for the first time.
///
/// Errors: the window has no native web view.
pub fn attach(
    window: &WebviewWindow,
    screen: Screen,
    choice: Choice,
    drawn: impl FnOnce(WindowSize) + Send + 'static,
) -> tauri::Result<()> {
    window.with_webview(move |webview| {
        let drawn = std::cell::Cell::new(Some(drawn));
        let webview = webview.inner();
        let Some(parent) = webview.parent().and_then(|parent| parent.downcast::<gtk::Box>().ok()) else {
            tracing::error!("the web view has no box around it: no pictures");
            return;
        };
        let shared = screen.shared;
        if choice == Choice::Below {
            webview.set_background_color(&gtk::gdk::RGBA::new(0.0, 0.0, 0.0, 0.0));
            let overlay = gtk::Overlay::new();
            let area = gtk::DrawingArea::new();
            area.set_hexpand(true);
            area.set_vexpand(true);
            parent.remove(&webview);
            overlay.add(&area);
            overlay.add_overlay(&webview);
            parent.pack_start(&overlay, true, true, 0);
            overlay.show_all();
            remember(&shared, area.upcast_ref());
            area.connect_draw(move |area, context| {
                context.set_source_rgb(STAGE.0, STAGE.1, STAGE.2);
                let _ = context.paint();
                draw(&shared.lock(), context, false);
                drawn.take().into_iter().for_each(|drawn| drawn(size_of(area)));
                glib::Propagation::Proceed
            });
        } else {
            remember(&shared, parent.upcast_ref());
            // After the box has drawn the page in it: the pictures come on top. The web view's own handler ends its signal.
            parent.connect_local("draw", true, move |values| {
                if let Some(context) = values.get(1).and_then(|value| value.get::<cairo::Context>().ok()) {
                    draw(&shared.lock(), &context, true);
                }
                if let Some(parent) = values.first().and_then(|value| value.get::<gtk::Widget>().ok()) {
                    drawn.take().into_iter().for_each(|drawn| drawn(size_of(&parent)));
                }
                Some(false.to_value())
            });
        }
    })
}

fn size_of(widget: &impl IsA<gtk::Widget>) -> WindowSize {
    let scale = widget.scale_factor().max(1);
    let pixels = |units: i32| units.saturating_mul(scale).max(0) as u32;
    WindowSize {
        width: pixels(widget.allocated_width()),
        height: pixels(widget.allocated_height()),
        scale: f64::from(scale),
    }
}

fn remember(shared: &Arc<Shared>, widget: &gtk::Widget) {
    *shared.widget.lock().unwrap_or_else(PoisonError::into_inner) = Some(glib::SendWeakRef::from(widget.downgrade()));
}

fn scale_of(layout: &StageLayout) -> f64 {
    f64::from(layout.scale_milli.clamp(250, 8000)) / 1000.0
}

/// Draws every picture in painting order; `around`: not where the page has something over it.
fn draw(canvas: &Canvas, context: &cairo::Context, around: bool) {
    let _ = context.save();
    let scale = 1.0 / scale_of(&canvas.layout);
    context.scale(scale, scale);
    for tile in &canvas.layout.tiles {
        let Some(painted) = canvas.pictures.get(&tile.track).filter(|painted| painted.tile == tile.rect) else {
            continue;
        };
        let _ = context.save();
        if around {
            for cover in &canvas.layout.covers {
                exclude(context, tile.rect, *cover);
            }
        }
        rounded(context, tile.rect, f64::from(tile.radius));
        context.clip();
        if painted.rect != tile.rect {
            context.set_source_rgb(STAGE.0, STAGE.1, STAGE.2);
            let _ = context.paint();
        }
        paint(context, painted);
        if tile.veiled {
            context.set_source_rgba(STAGE.0, STAGE.1, STAGE.2, VEIL);
            let _ = context.paint();
        }
        let _ = context.restore();
    }
    let _ = context.restore();
}

/// Takes `cover` out of what is drawn.
fn exclude(context: &cairo::Context, tile: Rect, cover: Rect) {
    let (left, top) = (cover.x.max(tile.x), cover.y.max(tile.y));
    let right = cover.x.saturating_add_unsigned(cover.width).min(tile.x.saturating_add_unsigned(tile.width));
    let bottom = cover.y.saturating_add_unsigned(cover.height).min(tile.y.saturating_add_unsigned(tile.height));
    if left >= right || top >= bottom {
        return;
    }
    context.set_fill_rule(cairo::FillRule::EvenOdd);
    context.rectangle(f64::from(tile.x), f64::from(tile.y), f64::from(tile.width), f64::from(tile.height));
    context.rectangle(f64::from(left), f64::from(top), f64::from(right - left), f64::from(bottom - top));
    context.clip();
    context.set_fill_rule(cairo::FillRule::Winding);
}

fn rounded(context: &cairo::Context, rect: Rect, radius: f64) {
    use std::f64::consts::{FRAC_PI_2, PI};
    let (left, top) = (f64::from(rect.x), f64::from(rect.y));
    let (right, bottom) = (left + f64::from(rect.width), top + f64::from(rect.height));
    let radius = radius.min((right - left) / 2.0).min((bottom - top) / 2.0);
    context.new_sub_path();
    context.arc(right - radius, top + radius, radius, -FRAC_PI_2, 0.0);
    context.arc(right - radius, bottom - radius, radius, 0.0, FRAC_PI_2);
    context.arc(left + radius, bottom - radius, radius, FRAC_PI_2, PI);
    context.arc(left + radius, top + radius, radius, PI, PI + FRAC_PI_2);
    context.close_path();
}

fn paint(context: &cairo::Context, painted: &Painted) {
    let size = painted.pixels.size();
    // SAFETY: the surface only reads, is dropped before `painted` can change (the canvas is locked), and the buffer has
    // `stride × height` bytes.
    let surface = unsafe {
        cairo::ImageSurface::create_for_data_unsafe(
            painted.pixels.data().as_ptr().cast_mut(),
            cairo::Format::Rgb24,
            size.width as i32,
            size.height as i32,
            painted.pixels.stride() as i32,
        )
    };
    let Ok(surface) = surface else { return };
    if context.set_source_surface(&surface, f64::from(painted.rect.x), f64::from(painted.rect.y)).is_ok() {
        let _ = context.paint();
        context.set_source_rgb(0.0, 0.0, 0.0);
    }
}
