//! The tray of Windows and macOS, as Tauri has it.

use super::icon::{Shape, draw};
use super::{Does, TrayView, act};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tauri::AppHandle;
use tauri::image::Image;
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};

/// Side of the picture in pixels; the system makes it smaller.
const SIDE: u32 = 64;

/// The icon in the tray; it goes with the application.
pub struct Place {
    app: AppHandle,
    icon: TrayIcon,
    does: Arc<Mutex<HashMap<String, Does>>>,
}

impl Place {
    /// Errors: the system gives no icon.
    pub fn start(app: &AppHandle, view: TrayView) -> tauri::Result<Self> {
        let does = Arc::<Mutex<HashMap<String, Does>>>::default();
        let chosen = Arc::clone(&does);
        let icon = TrayIconBuilder::new()
            .icon(picture(view.shape))
            .show_menu_on_left_click(false)
            .on_menu_event(move |app, event| {
                let does = chosen.lock().unwrap_or_else(PoisonError::into_inner).get(event.id().as_ref()).cloned();
                if let Some(does) = does {
                    act(app, does, None);
                }
            })
            .on_tray_icon_event(|icon, event| {
                let up = MouseButtonState::Up;
                if matches!(event, TrayIconEvent::Click { button: MouseButton::Left, button_state, .. } if button_state == up) {
                    act(icon.app_handle(), Does::Show, None);
                }
            })
            .build(app)?;
        let place = Self { app: app.clone(), icon, does };
        place.change(view)?;
        Ok(place)
    }

    pub fn show(&self, view: TrayView) {
        if let Err(error) = self.change(view) {
            tracing::warn!(%error, "the tray stays as it was");
        }
    }

    fn change(&self, view: TrayView) -> tauri::Result<()> {
        let menu = Menu::new(&self.app)?;
        let mut does = HashMap::new();
        for (at, item) in view.items.into_iter().enumerate() {
            if item.does.is_none() && item.label.is_empty() {
                menu.append(&PredefinedMenuItem::separator(&self.app)?)?;
                continue;
            }
            let id = format!("tray-{at}");
            // A single `&` would mark a key.
            let label = item.label.replace('&', "&&");
            menu.append(&MenuItem::with_id(&self.app, id.as_str(), label, item.does.is_some(), None::<&str>)?)?;
            does.extend(item.does.map(|one| (id, one)));
        }
        *self.does.lock().unwrap_or_else(PoisonError::into_inner) = does;
        self.icon.set_menu(Some(menu))?;
        self.icon.set_tooltip(Some(view.title))?;
        self.icon.set_icon(Some(picture(view.shape)))
    }
}

fn picture(shape: Shape) -> Image<'static> {
    Image::new_owned(draw(shape, SIDE), SIDE, SIDE)
}
