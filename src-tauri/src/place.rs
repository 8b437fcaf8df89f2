//! Where the window was, and how large: it opens there again, as far as the screens are still there.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tauri::{LogicalPosition, LogicalSize, WebviewWindow, WindowEvent};

/// So much of the window has to lie on a screen, in logical pixels: its title can be taken hold of.
const LEAST_SEEN: f64 = 120.0;
/// Smallest and largest side that is taken from a file.
const LEAST_SIDE: f64 = 100.0;
const MOST_SIDE: f64 = 20_000.0;

/// A rectangle in logical pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// The window's place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WindowPlace {
    /// As it is when it does not fill the screen; its position is where windows may choose theirs.
    pub area: Area,
    pub maximized: bool,
}

/// Width and height, or from the left and from the top.
type Pair = (f64, f64);

impl WindowPlace {
    /// The same, as far as it can be seen on these screens: the size alone where it would lie beside them, nothing where it is none.
    fn on(self, screens: &[Area]) -> (Option<Pair>, Option<Pair>) {
        let Area { x, y, width, height } = self.area;
        let sound = |side: f64| (LEAST_SIDE..=MOST_SIDE).contains(&side);
        if !sound(width) || !sound(height) || !x.is_finite() || !y.is_finite() {
            return (None, None);
        }
        let most = |side: fn(&Area) -> f64| screens.iter().map(side).fold(0.0, f64::max);
        let (most_width, most_height) = (most(|screen| screen.width), most(|screen| screen.height));
        let size = if most_width > 0.0 { (width.min(most_width), height.min(most_height)) } else { (width, height) };
        let seen = screens.iter().any(|screen| {
            let across = (x + size.0).min(screen.x + screen.width) - x.max(screen.x);
            across >= LEAST_SEEN && y >= screen.y - 1.0 && y + LEAST_SEEN / 2.0 <= screen.y + screen.height
        });
        (Some(size), seen.then_some((x, y)))
    }
}

/// Remembers the window's place in a file.
pub struct PlaceKeeper {
    file: Option<PathBuf>,
    kept: WindowPlace,
    now: Arc<Mutex<WindowPlace>>,
}

impl PlaceKeeper {
    /// `file`: `None` keeps nothing. One that cannot be read means the usual place.
    pub fn new(file: Option<PathBuf>) -> Self {
        let read = file.as_ref().and_then(|file| serde_json::from_slice(&std::fs::read(file).ok()?).ok());
        let kept: WindowPlace = read.unwrap_or_default();
        Self { file, kept, now: Arc::new(Mutex::new(kept)) }
    }

    /// Puts the window where it was, and follows it from now on.
    pub fn follow(&self, window: &WebviewWindow) {
        let (size, position) = self.kept.on(&screens(window));
        if let Some((width, height)) = size {
            let _ = window.set_size(LogicalSize::new(width, height));
        }
        if let Some((x, y)) = position {
            let _ = window.set_position(LogicalPosition::new(x, y));
        }
        if self.kept.maximized && size.is_some() {
            let _ = window.maximize();
        }
        self.watch(window);
    }

    /// The same for a window whose size is its own: `false` where it has no place yet that can be seen.
    pub fn follow_position(&self, window: &WebviewWindow) -> bool {
        let last = *self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, position) = last.on(&screens(window));
        if let Some((x, y)) = position {
            let _ = window.set_position(LogicalPosition::new(x, y));
        }
        self.watch(window);
        position.is_some()
    }

    fn watch(&self, window: &WebviewWindow) {
        let (now, of) = (Arc::clone(&self.now), window.clone());
        window.on_window_event(move |event| {
            if matches!(event, WindowEvent::Resized(_) | WindowEvent::Moved(_)) {
                look(&of, &mut now.lock().unwrap_or_else(PoisonError::into_inner));
            }
        });
    }

    /// Writes it down, where it is another than it was.
    pub fn keep(&self) {
        let now = *self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(file) = self.file.as_ref().filter(|_| now != self.kept) else { return };
        let text = serde_json::to_vec(&now).unwrap_or_default();
        if let Err(error) = visavis_settings::keep_private(file, &text) {
            tracing::warn!(%error, "the window's place is not kept");
        }
    }
}

/// A window that is small, or fills the screen, keeps the place that it comes back to.
fn look(window: &WebviewWindow, now: &mut WindowPlace) {
    if window.is_minimized().unwrap_or(false) || window.is_fullscreen().unwrap_or(false) {
        return;
    }
    now.maximized = window.is_maximized().unwrap_or(false);
    if now.maximized {
        return;
    }
    let (Ok(size), Ok(scale)) = (window.inner_size(), window.scale_factor()) else { return };
    let size: LogicalSize<f64> = size.to_logical(scale);
    let position: LogicalPosition<f64> = window.outer_position().unwrap_or_default().to_logical(scale);
    now.area = Area { x: position.x, y: position.y, width: size.width, height: size.height };
}

fn screens(window: &WebviewWindow) -> Vec<Area> {
    window.available_monitors().unwrap_or_default().iter().map(area_of).collect()
}

fn area_of(monitor: &tauri::Monitor) -> Area {
    let scale = monitor.scale_factor();
    let position: LogicalPosition<f64> = monitor.position().to_logical(scale);
    let size: LogicalSize<f64> = monitor.size().to_logical(scale);
    Area { x: position.x, y: position.y, width: size.width, height: size.height }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: Area = Area { x: 0.0, y: 0.0, width: 1920.0, height: 1080.0 };

    fn place(x: f64, y: f64, width: f64, height: f64) -> WindowPlace {
        WindowPlace { area: Area { x, y, width, height }, maximized: false }
    }

    #[test]
    fn it_opens_where_it_was_as_far_as_that_can_be_seen() {
        let whole = place(100.0, 50.0, 1000.0, 700.0);
        assert_eq!(whole.on(&[SCREEN]), (Some((1000.0, 700.0)), Some((100.0, 50.0))));
        let second = Area { x: 1920.0, ..SCREEN };
        let there = place(2500.0, 50.0, 1000.0, 700.0);
        assert_eq!(there.on(&[SCREEN, second]), (Some((1000.0, 700.0)), Some((2500.0, 50.0))));
        assert_eq!(there.on(&[SCREEN]), (Some((1000.0, 700.0)), None), "that screen is gone");
        assert_eq!(place(100.0, 1060.0, 1000.0, 700.0).on(&[SCREEN]).1, None, "its title would be out of reach");
        assert_eq!(place(0.0, 0.0, 5000.0, 700.0).on(&[SCREEN]).0, Some((1920.0, 700.0)));
        assert_eq!(whole.on(&[]), (Some((1000.0, 700.0)), None), "no screen is known");
    }

    #[test]
    fn nonsense_in_the_file_means_the_usual_place() {
        for text in ["", "7", r#"{"area":{"x":0,"y":0,"width":1,"height":9e9}}"#, r#"{"area":"left"}"#] {
            let kept: WindowPlace = serde_json::from_str(text).unwrap_or_default();
            assert_eq!(kept.on(&[SCREEN]), (None, None), "{text}");
        }
        let file = std::env::temp_dir().join(format!("visavis-place-{}/window.json", std::process::id()));
        let keeper = PlaceKeeper::new(Some(file.clone()));
        *keeper.now.lock().expect("a lock") = place(1.0, 2.0, 800.0, 600.0);
        keeper.keep();
        assert_eq!(PlaceKeeper::new(Some(file.clone())).kept, place(1.0, 2.0, 800.0, 600.0));
        std::fs::remove_dir_all(file.parent().expect("a folder")).expect("removable");
    }
}
