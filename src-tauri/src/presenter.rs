//! How pictures reach the screen.

use crate::frames;
use clap::ValueEnum;
use serde::Serialize;
use visavis_video::present::Presenter;

/// The presenters (`docs/ARCHITECTURE.md`, "The page").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Painted over an opaque page, around what the page draws over video. Linux.
    Above,
    /// Painted under a transparent page. Linux.
    Below,
    /// Frames over a loopback websocket into canvases of the page.
    Canvas,
}

impl Default for Choice {
    fn default() -> Self {
        if cfg!(target_os = "linux") { Self::Above } else { Self::Canvas }
    }
}

/// What a choice is made of.
pub struct Parts {
    pub presenter: Box<dyn Presenter>,
    /// For [`Choice::Canvas`]: where the page gets its frames.
    pub frames_url: Option<String>,
    #[cfg(target_os = "linux")]
    pub screen: Option<crate::overlay::Screen>,
}

/// Sets what WebKit reads from the environment. Before any thread is started and before GTK.
///
/// `above` needs no GPU compositor in the page: without it shell and page take about 80 MB less (`shell-memory.md` §2).
pub fn prepare_environment(choice: Choice) {
    #[cfg(target_os = "linux")]
    if choice == Choice::Above && std::env::var_os("WEBKIT_DISABLE_DMABUF_RENDERER").is_none() {
        // SAFETY: called first thing in `main`, while this is the only thread.
        unsafe { std::env::set_var("WEBKIT_DISABLE_DMABUF_RENDERER", "1") };
    }
    let _ = choice;
}

/// Makes the presenter of a choice.
///
/// Errors: the loopback socket for frames cannot be opened.
pub fn make(#[cfg_attr(not(target_os = "linux"), allow(unused_variables))] choice: Choice) -> std::io::Result<Parts> {
    #[cfg(target_os = "linux")]
    if choice != Choice::Canvas {
        let (screen, painter) = crate::overlay::pair();
        return Ok(Parts { presenter: Box::new(painter), frames_url: None, screen: Some(screen) });
    }
    let (url, sender) = frames::serve()?;
    Ok(Parts {
        presenter: Box::new(sender),
        frames_url: Some(url),
        #[cfg(target_os = "linux")]
        screen: None,
    })
}
