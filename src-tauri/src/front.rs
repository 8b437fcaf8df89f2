//! Whether the main window is to be seen, and how it comes to the front.

#[cfg(target_os = "linux")]
use crate::workspace::{self, Workspace};
use tauri::{AppHandle, Manager as _, WebviewWindow};

/// Whether nobody can see it: it is minimised, not shown, or on a workspace that nobody looks at (told by X11 alone).
pub fn is_hidden(main: &WebviewWindow) -> bool {
    main.is_minimized().unwrap_or(false) || !main.is_visible().unwrap_or(true) || is_elsewhere(main)
}

#[cfg(target_os = "linux")]
fn is_elsewhere(main: &WebviewWindow) -> bool {
    main.try_state::<Workspace>().is_some_and(|workspace| workspace.is_elsewhere())
}

#[cfg(not(target_os = "linux"))]
fn is_elsewhere(_: &WebviewWindow) -> bool {
    false
}

/// Brings the window to the front, and to the workspace that is looked at. `activation`: what lets it come there under Wayland
/// (xdg-activation) and X11.
pub fn to_front(app: &AppHandle, activation: Option<String>) {
    let Some(window) = app.get_webview_window("main") else { return };
    #[cfg(target_os = "linux")]
    let _ = app.run_on_main_thread(move || {
        if let Ok(window) = window.gtk_window() {
            present(&window, activation.as_deref());
        }
    });
    #[cfg(not(target_os = "linux"))]
    {
        let _ = activation;
        let _ = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    }
}

/// By GTK itself: Tauri presents without a time, which a window manager takes for long ago, and moves nothing.
#[cfg(target_os = "linux")]
fn present(window: &gtk::ApplicationWindow, activation: Option<&str>) {
    use gtk::prelude::{GtkWindowExt as _, WidgetExt as _};
    if let Some(activation) = activation {
        window.set_startup_id(activation);
    }
    let own = workspace::own(window);
    if let Some(own) = &own {
        own.move_to_current_desktop();
    }
    window.deiconify();
    window.show();
    match own {
        // Somebody asked for it just now.
        Some(own) => window.present_with_time(gdkx11::functions::x11_get_server_time(&own)),
        None => window.present(),
    }
}
