//! The main window: composition root of engine, presenter and page.

use crate::cli::{WindowArguments, providers};
use crate::commands::{self, Shell, ShellInfo};
use crate::first_look::FirstLook;
use crate::global_keys::GlobalKeys;
use crate::instance::Claim;
use crate::page_store::{self, PageStore};
use crate::policy::Organisation;
use crate::presenter::{self, Choice};
use crate::starts;
use crate::wishes;
use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tauri::window::Color;
use tauri::{Manager as _, RunEvent, WebviewUrl};
use visavis_engine::{BackgroundOptions, Clock, Engine, EngineOptions, FirstShare};
use visavis_model::Command;
use visavis_settings::policy::Policy;
use visavis_settings::{KeyringStore, Preferences, PreferencesFile, SecretStore, ShareFile};
use visavis_video::screen::System;

/// Signals that end the application in order.
#[cfg(unix)]
pub const ENDING_SIGNALS: [i32; 3] =
    [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP];
#[cfg(not(unix))]
pub const ENDING_SIGNALS: [i32; 2] = [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM];

/// Lets a signal end the application as its last window's closing does: the meeting is left, nobody stays as a ghost.
#[cfg(unix)]
fn end_on_signals(app: &tauri::AppHandle) -> std::io::Result<()> {
    let mut signals = signal_hook::iterator::Signals::new(ENDING_SIGNALS)?;
    let app = app.clone();
    std::thread::Builder::new().name("signals".into()).spawn(move || {
        if signals.forever().next().is_some() {
            app.exit(0);
        }
    })?;
    Ok(())
}

/// Whether there is a screen for the window; on Linux GTK, which would end the program without one, is asked.
fn has_screen() -> bool {
    #[cfg(target_os = "linux")]
    return gtk::init().is_ok();
    #[cfg(not(target_os = "linux"))]
    true
}

const NO_WINDOW: &str = "visavis: the window does not open";

type Opened = Result<(), Box<dyn Error>>;

/// What opens the window; where the system lacks something for it, a sentence and the end, because Tauri panics over a start that fails.
fn or_end<F: FnOnce(&mut tauri::App) -> Opened + Send>(open: F) -> impl FnOnce(&mut tauri::App) -> Opened + Send {
    move |app: &mut tauri::App| -> Opened {
        if let Err(error) = open(app) {
            eprintln!("{NO_WINDOW}: {error}");
            app.handle().exit(8);
        }
        Ok(())
    }
}

/// Opens the window and runs until it is closed.
pub fn run(mut arguments: WindowArguments, organisation: &Organisation, started: Instant) -> ExitCode {
    #[cfg(windows)]
    if !crate::web_view::is_there() {
        return ExitCode::from(8);
    }
    arguments.link = arguments.link.map(starts::from_here);
    let first = match starts::claim(&arguments) {
        Claim::Handed => return ExitCode::SUCCESS,
        Claim::First(first) => Some(first),
        Claim::Alone => None,
    };
    // Nobody else has the program open: a later start would have been handed over.
    if first.is_some()
        && let Some(program) = crate::update::apply(organisation)
    {
        drop(first);
        return crate::update::start_again(&program);
    }
    let choice = arguments.presenter.unwrap_or_default();
    presenter::prepare_environment(choice);
    // Before anything else starts: without a screen a link would be joined, and heard, by nobody.
    if !has_screen() {
        eprintln!(
            "visavis: no screen is in reach (X11 or Wayland): without one there is `visavis join LINK --headless`"
        );
        return ExitCode::from(7);
    }
    // As soon as nothing is in the way of a window: opening it takes seconds where the session begins as well.
    let later = first.and_then(|first| {
        starts::listen(first).inspect_err(|error| tracing::warn!(%error, "later starts are not heard")).ok()
    });
    let file = match &arguments.preferences {
        Some(path) => Some(PreferencesFile::new(path.clone())),
        None => crate::program::preferences(),
    };
    let place = crate::place::PlaceKeeper::new(file.as_ref().map(|file| file.neighbour("window.json")));
    let bar_place = crate::place::PlaceKeeper::new(file.as_ref().map(|file| file.neighbour("bar.json")));
    let pictures = file.as_ref().map(|file| file.folder().to_owned());
    let preferences = file.as_ref().map_or_else(Preferences::default, |file| {
        file.load().unwrap_or_else(|error| {
            tracing::warn!(%error, "preferences are not used");
            Preferences::default()
        })
    });
    let rules = organisation.rules();
    crate::policy::tell_problems(&rules.view);
    let policy = rules.policy.clone();
    let keeps = rules.keeps_secrets();
    let secrets: Option<Arc<dyn SecretStore>> = if keeps {
        Some(Arc::new(KeyringStore))
    } else {
        forget_kept(&arguments, &preferences, &policy);
        None
    };
    let parts = match presenter::make(choice) {
        Ok(parts) => parts,
        Err(error) => {
            eprintln!("visavis: no way to show pictures: {error}");
            return ExitCode::from(8);
        }
    };
    let engine = Engine::start(
        EngineOptions {
            clock: Clock::new(started),
            providers: providers(),
            known: wishes::known(&arguments.server, &preferences),
            rules,
            cookies: Vec::new(),
            secrets,
            recent: preferences.recent.clone(),
            window: preferences.window.clone(),
            settings: preferences.settings.clone(),
            initial: wishes::initial(&arguments, &preferences, &policy),
            audio: Default::default(),
            background: BackgroundOptions { folder: pictures.clone(), forced: arguments.background.clone() },
            version: env!("CARGO_PKG_VERSION").to_owned(),
            seed: rand::random(),
            watch_devices: true,
            share: arguments.share.clone().map(|what| FirstShare { what, sound: arguments.share_sound }),
            frame_shares: true,
            screens: System::of(|name| std::env::var_os(name)),
            shares: file.as_ref().map(|file| ShareFile::new(file.neighbour("share.json"))),
        },
        parts.presenter,
    );
    tracing::debug!(ms = started.elapsed().as_millis() as u64, "the engine runs");
    let engine = match engine {
        Ok(engine) => Arc::new(engine),
        Err(error) => {
            eprintln!("visavis: the engine does not start: {error}");
            return ExitCode::from(8);
        }
    };
    let errands = crate::errands::listen(&engine);
    let global_keys = GlobalKeys::follow(&engine, System::of(|name| std::env::var_os(name)));
    // Before anybody writes down what there is: what is read later would be forgotten.
    if let Some(place) = preferences.calendar.clone() {
        engine.restore_calendar(place);
    }
    let watched = crate::bundle::Watched::default();
    watched.follow(&engine);
    if let Some(file) = file {
        wishes::keep_preferences(&engine, file, preferences, wishes::given(&arguments), organisation.handle());
    }
    let (changed, changes) = std::sync::mpsc::channel();
    let watch = organisation.follow(engine.commander(), changed);
    if let Err(error) = &watch {
        tracing::warn!(%error, "changes of the policy are not followed");
    }
    crate::desk::follow(engine.commander());
    let line = watched.clone();
    crate::update::follow(&engine, organisation.handle(), move || {
        line.with(|snapshot| crate::update::Line::of(&snapshot.phase))
    });
    if let Some(path) = arguments.report.clone() {
        crate::reports::write_reports(&engine, path);
    }
    if let Some(link) = &arguments.link {
        engine.command(Command::Offer {
            text: link.clone(),
            direct: arguments.direct,
            microphone_off: false,
            camera_off: false,
        });
    }
    let shell = Shell {
        engine: Arc::clone(&engine),
        started,
        first_look: FirstLook::default(),
        share: Default::default(),
        side_windows: Default::default(),
        notices: Default::default(),
        tray: Default::default(),
        closing: Default::default(),
        bar: Default::default(),
        global_keys,
        watched,
        organisation: organisation.handle(),
        pictures,
        info: ShellInfo {
            presenter: choice,
            frames_url: parts.frames_url,
            locale: sys_locale::get_locale().unwrap_or_else(|| "en".into()),
            language: arguments.language.clone(),
            version: env!("CARGO_PKG_VERSION"),
            automation: std::env::var("TAURI_WEBVIEW_AUTOMATION").is_ok(),
            platform: std::env::consts::OS,
            announces: crate::reader::is_needed(),
            announces_headings: crate::reader::passes_over_headings(),
        },
    };
    #[cfg(target_os = "linux")]
    let (screen, first_look, engine, direct) =
        (parts.screen, shell.first_look.clone(), Arc::clone(&engine), arguments.direct && arguments.link.is_some());
    // Until the page has something to show: the meeting's dark room, or the start screen's paper.
    let (background, before_page) =
        if arguments.direct { (Color(0x0b, 0x10, 0x0f, 0xff), "#0b100f") } else { (Color(0xf1, 0xf3, 0xf1, 0xff), "") };
    let policy_now = organisation.now();
    let minimized = arguments.minimized;
    let built = tauri::Builder::default()
        .manage(shell)
        .invoke_handler(tauri::generate_handler![
            commands::subscribe,
            commands::command,
            commands::shell_info,
            commands::open_external,
            crate::reader::announce,
            crate::background::choose_background,
            crate::clipboard::pasted_text,
            crate::bundle::support_text,
            crate::save_text::save_text,
            crate::save_text::open_text,
            crate::share::open_share,
            crate::settings::open_settings,
            crate::doctor::open_doctor,
            crate::shortcut::create_shortcut,
            crate::notices::notify,
            crate::notices::withdraw_notice,
            crate::tray::set_tray,
            crate::global_keys::name_keys,
            crate::closing::answer_closing,
            crate::bar::show_main
        ])
        .setup(or_end(move |app| {
            app.manage(PageStore::find(app.handle())?);
            let window = page_store::window(app.handle(), "main", WebviewUrl::App("index.html".into()))
                .title("Visavis")
                .inner_size(1280.0, 800.0)
                .min_inner_size(360.0, 480.0)
                .transparent(choice == Choice::Below)
                .background_color(background)
                .initialization_script(format!("document.documentElement.style.background = '{before_page}';"))
                .on_navigation(is_own_page)
                .build()?;
            tracing::debug!(ms = started.elapsed().as_millis() as u64, "the window is there");
            #[cfg(target_os = "linux")]
            if let Some(screen) = screen {
                let (look, engine) = (first_look.clone(), Arc::clone(&engine));
                crate::overlay::attach(&window, screen, choice, move |size| {
                    tracing::debug!(ms = started.elapsed().as_millis() as u64, "the window is drawn");
                    if direct {
                        look.start(&engine, size);
                    }
                })?;
            }
            let handle = app.handle().clone();
            window.on_window_event(move |event| match event {
                tauri::WindowEvent::CloseRequested { api, .. }
                    if handle.state::<Shell>().closing.asks(&handle, Instant::now()) =>
                {
                    api.prevent_close();
                }
                // A window that signs in is no reason to stay.
                tauri::WindowEvent::Destroyed => handle.exit(0),
                _ => {}
            });
            place.follow(&window);
            app.manage(place);
            #[cfg(target_os = "linux")]
            if let Some(workspace) = crate::workspace::Workspace::of(&window) {
                app.manage(workspace);
            }
            if minimized {
                let _ = window.minimize();
            }
            if let Some(later) = later {
                starts::follow(app.handle(), later)?;
            }
            if let Err(error) = crate::shortcut::follow_policy(app.handle(), policy_now, changes) {
                tracing::warn!(%error, "nothing is laid on the desktop");
            }
            crate::bar::follow(app.handle(), &app.state::<Shell>().engine, bar_place);
            crate::errands::follow(app.handle(), &app.state::<Shell>().engine, errands, keeps)?;
            #[cfg(unix)]
            end_on_signals(app.handle())?;
            Ok(())
        }))
        .build(tauri::generate_context!());
    let app = match built {
        Ok(app) => app,
        Err(error) => {
            eprintln!("{NO_WINDOW}: {error}");
            return ExitCode::from(8);
        }
    };
    app.run(|app, event| {
        // By the system's own messenger (Apple events), the link of the very start too: no second start carries it.
        #[cfg(target_os = "macos")]
        if let RunEvent::Opened { urls } = &event {
            for link in urls {
                starts::take(app, crate::instance::Request { link: Some(link.to_string()), ..Default::default() });
            }
        }
        if let RunEvent::Exit = event {
            if let Some(place) = app.try_state::<crate::place::PlaceKeeper>() {
                place.keep();
            }
            let shell = app.state::<Shell>();
            shell.notices.end(app);
            shell.engine.leave_and_wait(Duration::from_secs(2));
            if let Some(store) = app.try_state::<PageStore>() {
                store.end();
            }
        }
    });
    ExitCode::SUCCESS
}

/// The organisation wants nothing to be kept: what the keyring has of earlier is forgotten, beside the start.
fn forget_kept(arguments: &WindowArguments, preferences: &Preferences, policy: &Policy) {
    let (servers, calendar) = (wishes::signed_in(arguments, preferences, policy), preferences.calendar.clone());
    let forget = move || match visavis_engine::forget_kept(&KeyringStore, &servers, calendar.as_ref()) {
        Ok(()) => tracing::debug!("the keyring holds nothing of ours"),
        Err(error) => tracing::warn!(%error, "the keyring may still hold what was kept"),
    };
    let _ = std::thread::Builder::new().name("forget".into()).spawn(forget);
}

/// A window of ours shows no page of others.
pub fn is_own_page(url: &url::Url) -> bool {
    matches!(url.scheme(), "tauri" | "about") || url.host_str() == Some("tauri.localhost")
}
