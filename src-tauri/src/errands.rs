//! The window in which somebody signs in or out: a server's own pages, and nothing of ours.
//!
//! It has no capability, so that no page in it can call a command, and a store of its own for what its pages keep (on macOS the
//! web view's one store). Of its cookies only those are taken that `visio::Server` counts, and they are taken out of the store: a session
//! lives in the keyring.

use crate::page_store;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tauri::webview::{NewWindowResponse, PageLoadEvent, PermissionResponse};
use tauri::{AppHandle, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};
use url::Url;
use visavis_engine::{Commander, Engine, EngineEvent, Errand, ErrandKind};
use visavis_provider::visio::SignInStep;
use visavis_provider::{AllowedHosts, CookieJar};

/// A quiet sign-in that takes longer would ask something.
const QUIET_FOR: Duration = Duration::from_secs(10);
/// A sign-out that takes longer asks something: then it is shown.
const UNSEEN_FOR: Duration = Duration::from_secs(3);

/// The folder of what the windows' pages keep.
const STORE: &str = "sign-in";

/// Errands from the engine's first moment on, before there can be a window for them. Kept sessions are looked for at once: a meeting
/// that is opened after this waits for the keyring.
pub fn listen(engine: &Engine) -> Receiver<Errand> {
    let (sender, errands) = channel();
    engine.subscribe(Box::new(move |event| match event {
        EngineEvent::Errand(errand) => sender.send((**errand).clone()).is_ok(),
        _ => true,
    }));
    engine.restore_sessions();
    errands
}

/// Opens a window for each errand, one at a time. `keeps`: what the pages of identity providers keep may stay until another day; else what
/// stayed is taken away, and each window forgets. On macOS each forgets too, but nothing is taken away: there the web view keeps what pages
/// keep in a place of its own, whatever folder it is given.
///
/// Errors: the system gives no thread.
pub fn follow(app: &AppHandle, engine: &Engine, heard: Receiver<Errand>, keeps: bool) -> std::io::Result<()> {
    if !keeps && let Ok(folder) = app.path().app_local_data_dir() {
        forget(&folder.join(STORE));
    }
    let errands = Arc::new(Errands {
        app: app.clone(),
        keeps,
        commander: engine.commander(),
        desk: Mutex::default(),
        opened: AtomicU32::new(0),
    });
    std::thread::Builder::new().name("errands".into()).spawn(move || {
        for errand in heard {
            let (app, errands) = (errands.app.clone(), Arc::clone(&errands));
            if app.run_on_main_thread(move || errands.open(errand)).is_err() {
                return;
            }
        }
    })?;
    Ok(())
}

struct Errands {
    app: AppHandle,
    keeps: bool,
    commander: Commander,
    desk: Mutex<Desk>,
    opened: AtomicU32,
}

/// The errand that is being done, and those after it: at most one a server.
#[derive(Default)]
struct Desk {
    running: Option<Running>,
    waiting: VecDeque<Errand>,
}

/// An errand with its window.
struct Running {
    errand: Errand,
    window: WebviewWindow,
    /// Answered, or not to be answered any more.
    over: Arc<AtomicBool>,
}

impl Errands {
    fn open(self: &Arc<Self>, errand: Errand) {
        let mut desk = self.lock();
        if let Some(running) = desk.running.take_if(|running| !running.over.load(Ordering::Acquire)) {
            let gives_way = running.errand.kind == ErrandKind::QuietSignIn && errand.kind != ErrandKind::QuietSignIn;
            if running.errand == errand {
                // Asked for twice: it was behind another window.
                let _ = running.window.show().and_then(|()| running.window.set_focus());
                desk.running = Some(running);
                return;
            } else if running.errand.server != errand.server && !gives_way {
                // Nobody's typing is cut short: one after the other.
                desk.waiting.retain(|waiting| waiting.server != errand.server);
                desk.waiting.push_back(errand);
                desk.running = Some(running);
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
            Ok(window) => desk.running = Some(Running { errand, window, over }),
            Err(error) => {
                tracing::error!(%error, "no window to sign in");
                self.commander.errand_done(errand.server.host(), None);
            }
        }
    }

    /// The window is gone: tells what came of it, and turns to the next.
    fn done(self: &Arc<Self>, errand: &Errand, jar: Option<CookieJar>) {
        self.commander.errand_done(errand.server.host(), jar);
        let next = self.lock().waiting.pop_front();
        if let Some(next) = next {
            let errands = Arc::clone(self);
            let _ = self.app.run_on_main_thread(move || errands.open(next));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn build(self: &Arc<Self>, errand: &Errand, over: &Arc<AtomicBool>) -> tauri::Result<WebviewWindow> {
        let seen = errand.kind == ErrandKind::SignIn;
        let label = format!("errand-{}", self.opened.fetch_add(1, Ordering::Relaxed));
        let (errands, watched, ended) = (Arc::clone(self), errand.clone(), Arc::clone(over));
        let own = label.clone();
        let (pages, refusing) = (errand.pages.clone(), Arc::clone(self));
        let (led_astray, given_up, its_label) = (errand.clone(), Arc::clone(over), label.clone());
        let way = errand.way().map(Mutex::new);
        let proxy = Url::parse(&format!("http://127.0.0.1:{}", errand.proxy)).map_err(tauri::Error::InvalidUrl)?;
        // A page was there already: then it is a click, or a frame in it, that does not lead on.
        let shown = Arc::new(AtomicBool::new(false));
        let has_shown = Arc::clone(&shown);
        let mut builder = WebviewWindowBuilder::new(&self.app, label.clone(), WebviewUrl::External(errand.start()))
            // Whoever types a password sees whose page it is.
            .title(errand.server.host())
            .inner_size(560.0, 760.0)
            .visible(seen)
            .focused(seen)
            .proxy_url(proxy)
            .on_navigation(move |url| {
                let step = way.as_ref().map(|way| way.lock().unwrap_or_else(PoisonError::into_inner).step(url));
                match step {
                    Some(SignInStep::Moved(to)) => {
                        refusing.commander.errand_moved(led_astray.server.host(), to);
                        refusing.give_up(&led_astray, &given_up, &its_label);
                        return false;
                    }
                    // Its own root is seen by what follows.
                    Some(SignInStep::Over) if !led_astray.is_over(url) => {
                        refusing.arrived(&led_astray, &given_up, &its_label);
                        return false;
                    }
                    _ => {}
                }
                let allowed = is_page(url) && may_go(&pages, url);
                if !allowed && let Some(host) = url.host_str() {
                    tracing::warn!("a window that signs in does not go to a host that is not allowed");
                    refusing.commander.errand_refused(host);
                    if !shown.load(Ordering::Acquire) {
                        refusing.give_up(&led_astray, &given_up, &its_label);
                    }
                }
                allowed
            })
            // Of the window itself: a frame in a page, which navigates too, ends nothing.
            .on_page_load(move |window, page| {
                if page.event() != PageLoadEvent::Started {
                    has_shown.store(true, Ordering::Release);
                    return;
                }
                if let Some(host) = page.url().host_str() {
                    let _ = window.set_title(host);
                }
                if watched.is_over(page.url()) {
                    errands.arrived(&watched, &ended, &own);
                }
            })
            .on_new_window(|_, _| NewWindowResponse::Deny)
            .on_download(|_, _| false)
            .on_permission_request(|_, _| PermissionResponse::Deny);
        if self.keeps {
            builder = builder.data_directory(self.store()?);
        } else {
            builder = builder.incognito(true);
            if let Some(folder) = page_store::instead(&self.app) {
                builder = builder.data_directory(folder);
            }
            // A private window is of a browser as well, and another one than our own page's: it is started with other words.
            #[cfg(windows)]
            {
                builder = builder.data_directory(self.store()?);
            }
        }
        #[cfg(windows)]
        {
            builder = builder.additional_browser_args(&browser_arguments(errand.proxy));
        }
        if let Some(main) = self.app.get_webview_window("main") {
            builder = builder.parent(&main)?;
        }
        let window = builder.build()?;
        let (errands, closed, ended) = (Arc::clone(self), errand.clone(), Arc::clone(over));
        window.on_window_event(move |event| {
            if matches!(event, WindowEvent::Destroyed) && !ended.swap(true, Ordering::AcqRel) {
                errands.done(&closed, None);
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
            errands.done(&errand, jar);
        };
        if let Err(error) = std::thread::Builder::new().name("errand".into()).spawn(take) {
            tracing::error!(%error, "no thread to sign in");
        }
    }

    /// Nothing will come of it: the window has nothing to show.
    fn give_up(self: &Arc<Self>, errand: &Errand, over: &Arc<AtomicBool>, label: &str) {
        if over.swap(true, Ordering::AcqRel) {
            return;
        }
        let (errands, errand, label) = (Arc::clone(self), errand.clone(), label.to_owned());
        // Not from within the window's own question.
        let close = move || {
            if let Some(window) = errands.app.get_webview_window(&label) {
                let _ = window.destroy();
            }
            errands.done(&errand, None);
        };
        if let Err(error) = std::thread::Builder::new().name("errand".into()).spawn(close) {
            tracing::error!(%error, "no thread to close a window");
        }
    }

    /// What the identity provider's pages keep, so that a quiet sign-in works as in a browser.
    fn store(&self) -> tauri::Result<PathBuf> {
        let folder = page_store::base(&self.app)?.join(STORE);
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder)?;
        // One that an earlier version, or the web view, has made is closed to others too.
        #[cfg(unix)]
        std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        Ok(folder)
    }
}

/// Takes away what earlier windows kept; on macOS nothing is in that folder.
fn forget(store: &Path) {
    match std::fs::remove_dir_all(store) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(%error, "what pages of identity providers kept may still be there");
        }
        _ => {}
    }
}

/// What WebView2's browser is started with: what wry says itself where nothing is said, the proxy also for hosts of this computer, which
/// Chromium passes over, and no WebRTC, which goes by no proxy.
#[cfg(windows)]
fn browser_arguments(proxy: u16) -> String {
    format!(
        "--disable-features=msWebOOUI,msPdfOOUI,msSmartScreenProtection --proxy-server=http://127.0.0.1:{proxy} \
         --proxy-bypass-list=<-loopback> --webrtc-ip-handling-policy=disable_non_proxied_udp"
    )
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

/// Every step of a redirection passes here too.
fn may_go(pages: &AllowedHosts, at: &Url) -> bool {
    match (at.host_str(), at.port_or_known_default()) {
        (Some(host), Some(port)) => pages.allows_at(host, port),
        _ => at.as_str() == "about:blank",
    }
}

/// Pages only: no files, no scripts, no other programs.
fn is_page(at: &Url) -> bool {
    matches!(at.scheme(), "https" | "http") || at.as_str() == "about:blank"
}

#[cfg(test)]
mod tests {
    use super::{AllowedHosts, is_page, may_go};

    #[test]
    fn a_list_holds_for_every_page() {
        let (pages, _) = AllowedHosts::only(["meet.example", "auth.example:8443"]);
        let may = |url: &str| may_go(&pages, &url.parse().expect("a url"));
        assert!(may("https://meet.example/x") && may("about:blank") && may("https://auth.example:8443/"));
        assert!(!may("https://auth.example/") && !may("https://meet.example.evil.test/") && !may("http://10.0.0.1/"));
        assert!(may_go(&AllowedHosts::any(), &"https://anything.example/".parse().expect("a url")));
    }

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
