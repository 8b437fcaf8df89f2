//! The window in which somebody signs in or out: a server's own pages, and nothing of ours.
//!
//! It has no capability, so that no page in it can call a command, and a store of its own for what its pages keep. Of its cookies
//! only those are taken that `visio::Server` counts, and they are taken out of the store: a session lives in the keyring.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tauri::webview::{NewWindowResponse, PageLoadEvent, PermissionResponse};
use tauri::{AppHandle, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};
use url::Url;
use visavis_engine::{Commander, Engine, EngineEvent, Errand, ErrandKind};
use visavis_provider::CookieJar;

/// A quiet sign-in that takes longer would ask something.
const QUIET_FOR: Duration = Duration::from_secs(10);
/// A sign-out that takes longer asks something: then it is shown.
const UNSEEN_FOR: Duration = Duration::from_secs(3);

/// Opens a window for each errand of the engine, one at a time.
pub fn follow(app: &AppHandle, engine: &Engine) {
    let errands = Arc::new(Errands {
        app: app.clone(),
        commander: engine.commander(),
        current: Mutex::new(None),
        opened: AtomicU32::new(0),
    });
    engine.subscribe(Box::new(move |event| {
        if let EngineEvent::Errand(errand) = event {
            let (errands, errand) = (Arc::clone(&errands), (**errand).clone());
            let app = errands.app.clone();
            return app.run_on_main_thread(move || errands.open(errand)).is_ok();
        }
        true
    }));
    engine.restore_sessions();
}

struct Errands {
    app: AppHandle,
    commander: Commander,
    current: Mutex<Option<Running>>,
    opened: AtomicU32,
}

/// An errand with its window.
#[derive(Clone)]
struct Running {
    errand: Errand,
    window: WebviewWindow,
    /// Answered, or not to be answered any more.
    over: Arc<AtomicBool>,
}

impl Errands {
    fn open(self: &Arc<Self>, errand: Errand) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = current.take_if(|running| !running.over.load(Ordering::Acquire)) {
            if running.errand == errand {
                // Asked for twice: it was behind another window.
                let _ = running.window.show().and_then(|()| running.window.set_focus());
                *current = Some(running);
                return;
            }
            running.over.store(true, Ordering::Release);
            let _ = running.window.destroy();
            if running.errand.server != errand.server {
                self.commander.errand_done(running.errand.server.host(), None);
            }
        }
        let over = Arc::new(AtomicBool::new(false));
        match self.build(&errand, &over) {
            Ok(window) => *current = Some(Running { errand, window, over }),
            Err(error) => {
                tracing::error!(%error, "no window to sign in");
                self.commander.errand_done(errand.server.host(), None);
            }
        }
    }

    fn build(self: &Arc<Self>, errand: &Errand, over: &Arc<AtomicBool>) -> tauri::Result<WebviewWindow> {
        let seen = errand.kind == ErrandKind::SignIn;
        let label = format!("errand-{}", self.opened.fetch_add(1, Ordering::Relaxed));
        let (errands, watched, ended) = (Arc::clone(self), errand.clone(), Arc::clone(over));
        let mut builder = WebviewWindowBuilder::new(&self.app, label.clone(), WebviewUrl::External(errand.start()))
            // Whoever types a password sees whose page it is.
            .title(errand.server.host())
            .inner_size(560.0, 760.0)
            .visible(seen)
            .focused(seen)
            .data_directory(self.store()?)
            .on_navigation(move |at| {
                if watched.is_over(at) {
                    errands.arrived(&watched, &ended, &label);
                    return false;
                }
                is_page(at)
            })
            .on_page_load(|window, page| {
                if page.event() == PageLoadEvent::Started
                    && let Some(host) = page.url().host_str()
                {
                    let _ = window.set_title(host);
                }
            })
            .on_new_window(|_, _| NewWindowResponse::Deny)
            .on_download(|_, _| false)
            .on_permission_request(|_, _| PermissionResponse::Deny);
        if let Some(main) = self.app.get_webview_window("main") {
            builder = builder.parent(&main)?;
        }
        let window = builder.build()?;
        let (errands, closed, ended) = (Arc::clone(self), errand.clone(), Arc::clone(over));
        window.on_window_event(move |event| {
            if matches!(event, WindowEvent::Destroyed) && !ended.swap(true, Ordering::AcqRel) {
                errands.commander.errand_done(closed.server.host(), None);
            }
        });
        let limit = match errand.kind {
            ErrandKind::SignIn => return Ok(window),
            ErrandKind::QuietSignIn => QUIET_FOR,
            ErrandKind::SignOut { .. } => UNSEEN_FOR,
        };
        let (late, over, quiet) = (window.clone(), Arc::clone(over), errand.kind == ErrandKind::QuietSignIn);
        std::thread::Builder::new().name("errand".into()).spawn(move || {
            std::thread::sleep(limit);
            if !over.load(Ordering::Acquire) {
                let _ = if quiet { late.destroy() } else { late.show() };
            }
        })?;
        Ok(window)
    }

    /// The window has come back: its cookies are taken on a thread of their own, because the window's answers only when this returns.
    fn arrived(self: &Arc<Self>, errand: &Errand, over: &Arc<AtomicBool>, label: &str) {
        if over.swap(true, Ordering::AcqRel) {
            return;
        }
        let (errands, errand) = (Arc::clone(self), errand.clone());
        let window = self.app.get_webview_window(label);
        let take = move || {
            let signs_in = !matches!(errand.kind, ErrandKind::SignOut { .. });
            // Back without a session: the server is asked all the same, and says so.
            let jar = signs_in.then(|| {
                let taken = window.as_ref().and_then(|window| take_cookies(window, &errand));
                taken.unwrap_or_else(|| CookieJar::new(errand.server.host()))
            });
            if let Some(window) = window {
                let _ = window.destroy();
            }
            errands.commander.errand_done(errand.server.host(), jar);
        };
        if let Err(error) = std::thread::Builder::new().name("errand".into()).spawn(take) {
            tracing::error!(%error, "no thread to sign in");
        }
    }

    /// What the identity provider's pages keep, so that a quiet sign-in works as in a browser.
    fn store(&self) -> tauri::Result<PathBuf> {
        Ok(self.app.path().app_local_data_dir()?.join("sign-in"))
    }
}

/// The session, which is taken out of the window's store.
fn take_cookies(window: &WebviewWindow, errand: &Errand) -> Option<CookieJar> {
    let cookies = window.cookies_for_url(errand.server.base().clone()).ok()?;
    // A cookie without a domain is of the host that was asked for.
    let host = errand.server.base().host_str().unwrap_or_default();
    let of = |cookie: &tauri::webview::Cookie<'static>| cookie.domain().unwrap_or(host).to_owned();
    let counted: Vec<_> =
        cookies.into_iter().filter(|cookie| errand.server.counts(cookie.name(), &of(cookie))).collect();
    let domains: Vec<String> = counted.iter().map(of).collect();
    let jar = errand
        .server
        .jar(counted.iter().zip(&domains).map(|(cookie, domain)| (cookie.name(), domain.as_str(), cookie.value())));
    for cookie in counted {
        if window.delete_cookie(cookie).is_err() {
            tracing::warn!("a session stays in the window's store");
        }
    }
    jar
}

/// Pages only: no files, no scripts, no other programs.
fn is_page(at: &Url) -> bool {
    matches!(at.scheme(), "https" | "http") || at.as_str() == "about:blank"
}

#[cfg(test)]
mod tests {
    use super::is_page;

    #[test]
    fn only_pages_are_gone_to() {
        for good in ["https://a.example/", "http://127.0.0.1:9/x", "about:blank"] {
            assert!(is_page(&good.parse().expect("a url")), "{good}");
        }
        for bad in
            ["file:///etc/passwd", "javascript:alert(1)", "visavis://a/b", "tauri://localhost/", "data:text/html,x"]
        {
            assert!(!is_page(&bad.parse().expect("a url")), "{bad}");
        }
    }
}
