//! What the page has to say, for screen readers of this desktop that do not hear it from the page.
//!
//! Of a line that comes into a live region WebKitGTK (2.52) tells that the region has a child more, and of no text; no Orca up to 48 speaks
//! that. From 45 on it speaks what a window announces (ATK's `announcement`). Earlier ones (Debian 12 has 43) speak notifications that
//! show, and of one in a status bar its words alone. Which Orca there is nobody tells; it comes with the same release of the desktop as
//! ATK, whose version is known.

use tauri::Webview;

/// Longest text that is passed on, in characters; a message of the chat is told with 120.
#[cfg(target_os = "linux")]
const LONGEST: usize = 1000;

/// Whether the page's live regions are not enough: it is to say with [`announce`] what is in them.
pub fn is_needed() -> bool {
    cfg!(target_os = "linux")
}

/// Whether a heading that takes the focus is to be said with [`announce`] too: no screen reader of this desktop reads it.
pub fn passes_over_headings() -> bool {
    #[cfg(target_os = "linux")]
    let passes_over = gtk_desktop::passes_over_headings(gtk_desktop::version());
    #[cfg(not(target_os = "linux"))]
    let passes_over = false;
    passes_over
}

/// Lets a screen reader say this, in the window that asks; whoever has none is not disturbed.
#[tauri::command]
pub fn announce(webview: Webview, text: String) {
    #[cfg(target_os = "linux")]
    {
        let text: String = text.chars().take(LONGEST).collect();
        let told = webview.with_webview(move |view| gtk_desktop::say(&view.inner(), &text));
        if let Err(error) = told {
            tracing::warn!(%error, "a screen reader is not told");
        }
    }
    // Live regions are heard there.
    #[cfg(not(target_os = "linux"))]
    let _ = (webview, text);
}

#[cfg(target_os = "linux")]
mod gtk_desktop {
    use gtk::atk;
    use gtk::glib::translate::IntoGlib as _;
    use gtk::prelude::*;

    /// How a screen reader of this desktop hears what is not in the focus.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Way {
        /// As an announcement of the window.
        Announcement,
        /// As a notification that shows in a status bar.
        Notice,
    }

    /// Our status bar among the window's widgets; nobody sees it.
    const NAME: &str = "announcements";
    /// So many may wait for a reader that is late: it asks for the words when it comes to them.
    const NOTICES: usize = 8;

    /// Major and minor of the ATK that runs here.
    pub fn version() -> (u32, u32) {
        // SAFETY: both read a constant of the library.
        unsafe { (atk::ffi::atk_get_major_version(), atk::ffi::atk_get_minor_version()) }
    }

    /// ATK 2.50 came with Orca 45.
    pub fn way_of(atk: (u32, u32)) -> Way {
        if atk < (2, 50) { Way::Notice } else { Way::Announcement }
    }

    /// ATK 2.54 came with Orca 47, which reads the page in its browse mode, and what takes the focus there.
    pub fn passes_over_headings(atk: (u32, u32)) -> bool {
        atk < (2, 54)
    }

    /// Says `text` in the window around `view`; on the window's own thread.
    pub fn say(view: &impl IsA<gtk::Widget>, text: &str) {
        let Some(window) = view.toplevel().and_then(|top| top.downcast::<gtk::Window>().ok()) else { return };
        match way_of(version()) {
            Way::Announcement => {
                if let Some(accessible) = window.accessible() {
                    accessible.emit_by_name::<()>("announcement", &[&text]);
                }
            }
            Way::Notice => show(&window, text),
        }
    }

    /// The notice that was said longest ago says this.
    fn show(window: &gtk::Window, text: &str) {
        let Some(content) = window.child().and_then(|child| child.downcast::<gtk::Box>().ok()) else { return };
        let known = content.children().into_iter().find(|child| child.widget_name() == NAME);
        let bar = known.and_then(|child| child.downcast::<gtk::Box>().ok()).unwrap_or_else(|| bar(&content));
        let Some(notice) = bar.children().into_iter().next() else { return };
        bar.reorder_child(&notice, -1);
        if let Some(accessible) = notice.accessible() {
            accessible.set_name(text);
            accessible.notify_state_change(atk::StateType::Showing.into_glib() as atk::State, true);
        }
    }

    fn bar(content: &gtk::Box) -> gtk::Box {
        let bar = invisible(atk::Role::Statusbar);
        bar.set_widget_name(NAME);
        for _ in 0..NOTICES {
            bar.pack_start(&invisible(atk::Role::Notification), false, false, 0);
        }
        content.pack_end(&bar, false, false, 0);
        bar
    }

    /// Has no place in the window, only one in the tree of what is accessible.
    fn invisible(role: atk::Role) -> gtk::Box {
        let widget = gtk::Box::new(gtk::Orientation::Horizontal, 0);
        widget.set_no_show_all(true);
        if let Some(accessible) = widget.accessible() {
            accessible.set_role(role);
        }
        widget
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        /// The ATK of Ubuntu 22.04, Debian 12, Leap 15.6, Ubuntu 24.04 and Debian 13.
        const DESKTOPS: [(u32, u32); 5] = [(2, 36), (2, 46), (2, 50), (2, 52), (2, 56)];

        #[test]
        fn each_desktop_has_its_way() {
            let (notice, announcement) = (Way::Notice, Way::Announcement);
            assert_eq!(DESKTOPS.map(way_of), [notice, notice, announcement, announcement, announcement]);
        }

        #[test]
        fn a_heading_is_not_said_where_it_is_read() {
            assert_eq!(DESKTOPS.map(passes_over_headings), [true, true, true, true, false]);
        }
    }
}
