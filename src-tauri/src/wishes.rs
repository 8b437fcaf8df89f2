//! What the person wants: what was kept of it, what this start says, and what is kept of it again.

use crate::cli::WindowArguments;
use std::sync::{Arc, Mutex, PoisonError};
use visavis_engine::{Engine, EngineEvent, Rules};
use visavis_model::{
    CameraChoice, HomeView, LocalView, MicrophoneChoice, ServerView, Settings, SignIn, Snapshot, WindowChoices, apply,
};
use visavis_provider::KnownHosts;
use visavis_settings::policy::{Policy, Resolved, Setting, ShortText};
use visavis_settings::{Preferences, PreferencesFile};

/// The servers that were kept: those that the person has named, then those that were only visited.
pub fn kept(preferences: &Preferences) -> KnownHosts {
    let is_visited = |server: &&str| preferences.visited.iter().any(|visited| visited == server);
    let (visited, named): (Vec<_>, Vec<_>) = preferences.servers.iter().map(String::as_str).partition(is_visited);
    let mut known = KnownHosts::new(named, false);
    for server in visited {
        // What is no host of a server is left out, as there.
        let _ = known.visit(server);
    }
    known
}

/// These, and those that the person names for this start.
pub fn known(given: &[String], preferences: &Preferences) -> KnownHosts {
    let mut known = kept(preferences);
    for server in given {
        let _ = known.add(server);
    }
    known
}

/// The servers that somebody may have signed in to: these, and the organisation's own, which nobody names. Whether one may be contacted
/// now says nothing of what was kept of it before.
pub fn signed_in(arguments: &WindowArguments, preferences: &Preferences, policy: &Policy) -> KnownHosts {
    let named = preferences.servers.iter().chain(&arguments.server).map(String::as_str);
    let key = &policy.server_url;
    let managed = key.mandatory.iter().chain(&key.recommended).map(|given| given.value.text.as_str());
    KnownHosts::new(named.chain(managed), false)
}

/// Those that only this start names.
pub fn given(arguments: &WindowArguments) -> KnownHosts {
    KnownHosts::new(arguments.server.iter().map(String::as_str), false)
}

/// What this start and the person want; the engine puts what is mandatory over it.
pub fn initial(arguments: &WindowArguments, preferences: &Preferences, policy: &Policy) -> LocalView {
    let own = arguments.name.as_ref().or(Some(&preferences.name)).filter(|name| !name.is_empty());
    let off = |own: Option<bool>, key: &Setting<bool>| own.or(key.advised().copied()).unwrap_or_default();
    LocalView {
        name: own.or(policy.display_name.advised().map(|name| &name.0)).cloned().unwrap_or_default(),
        // What this start goes without is not on.
        microphone_on: !arguments.microphone_off
            && !off(preferences.microphone_off, &policy.default_mic_muted)
            && arguments.microphone != Some(MicrophoneChoice::None),
        camera_on: !arguments.camera_off
            && !off(preferences.camera_off, &policy.default_camera_off)
            && arguments.camera != Some(CameraChoice::None),
        microphone: arguments.microphone.clone().unwrap_or_else(|| preferences.microphone.clone()),
        loudspeaker: preferences.loudspeaker.clone(),
        camera: arguments.camera.clone().unwrap_or_else(|| preferences.camera.clone()),
        ..LocalView::default()
    }
}

/// Writes what the person chose, when it changed, off the engine's threads. What is `given` for this start is not chosen.
pub fn keep_preferences(
    engine: &Engine,
    file: PreferencesFile,
    loaded: Preferences,
    given: KnownHosts,
    now: Arc<Mutex<Resolved>>,
) {
    let (changed, changes) = std::sync::mpsc::channel::<(LocalView, HomeView, WindowChoices, Settings)>();
    let writer = move || {
        let mut kept = loaded;
        start_with_session(kept.settings.start_with_session, false);
        while let Ok((mut me, mut home, mut window, mut settings)) = changes.recv() {
            while let Ok(newer) = changes.try_recv() {
                (me, home, window, settings) = newer;
            }
            let policy = now.lock().unwrap_or_else(PoisonError::into_inner).policy.clone();
            let preferences = Preferences { window, settings, ..preferences_of(&me, &home, &kept, &given, policy) };
            if preferences != kept {
                start_with_session(preferences.settings.start_with_session, kept.settings.start_with_session);
                match file.save(&preferences) {
                    Ok(None) => {}
                    Ok(Some(_)) => tracing::warn!("preferences that cannot be read are put aside (.json.unreadable)"),
                    Err(error) => tracing::warn!(%error, "preferences are not kept"),
                }
                kept = preferences;
            }
        }
    };
    if std::thread::Builder::new().name("preferences".into()).spawn(writer).is_err() {
        return;
    }
    let seen = Mutex::new(Snapshot::default());
    engine.subscribe(Box::new(move |event| {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            EngineEvent::Snapshot(snapshot) => *seen = (**snapshot).clone(),
            EngineEvent::Batch(batch) => {
                apply(&mut seen, batch);
            }
            EngineEvent::Levels(_) | EngineEvent::Errand(_) => return true,
        }
        let seen = (seen.me.clone(), seen.home.clone(), seen.window.clone(), seen.settings.clone());
        changed.send(seen).is_ok()
    }));
}

/// The program may lie elsewhere than last time: what is wanted is laid anew at each start.
fn start_with_session(wanted: bool, before: bool) {
    if wanted == before {
        return;
    }
    if let Err(error) = crate::autostart::set(wanted) {
        tracing::warn!(%error, "the start with the session is not as wanted");
    }
}

/// What is kept of the own side. Test sources and a name that only a server gave are not asked for again.
///
/// What the organisation says is not the person's choice: where it forces or advises something, what they chose before stays.
fn preferences_of(
    me: &LocalView,
    home: &HomeView,
    before: &Preferences,
    given: &KnownHosts,
    policy: Policy,
) -> Preferences {
    let of_advice = |key: Option<&ShortText>| before.name.is_empty() && key.is_some_and(|name| name.0 == me.name);
    let own_name = !me.name_given && !policy.display_name.is_locked() && !of_advice(policy.display_name.advised());
    let off = |off: bool, before: Option<bool>, key: &Setting<bool>| {
        let same = before.is_none() && off == key.advised().copied().unwrap_or_default();
        if key.is_locked() || same { before } else { Some(off) }
    };
    let camera_off = !me.camera_on && me.camera != CameraChoice::None;
    let advised = policy.server_url.advised().map(|server| server.host.clone());
    let rules = Rules { policy, ..Rules::default() };
    let policy = &rules.policy;
    let of_before = kept(before);
    // Named by the person, or known only because the organisation or this start says so. Whoever signs in wants it.
    let by_others = |host: &str| advised.as_deref() == Some(host) || given.contains(host);
    let own = |one: &ServerView| of_before.contains(&one.host) || one.sign_in == SignIn::In || !by_others(&one.host);
    let visited = |one: &ServerView| one.visited || (of_before.is_visited(&one.host) && by_others(&one.host));
    let shown = home.servers.iter().filter(|one| !one.managed && own(one)).map(|one| (one.url.clone(), visited(one)));
    // What is not allowed today is not forgotten.
    let usable = rules.known(&of_before);
    let hidden = of_before.hosts().filter(|host| !usable.contains(host) || rules.manages(host));
    let hidden = hidden.filter_map(|host| Some((of_before.url(host)?.to_string(), of_before.is_visited(host))));
    let servers: Vec<_> = shown.chain(hidden).collect();
    Preferences {
        name: if own_name { me.name.clone() } else { before.name.clone() },
        microphone: match &me.microphone {
            choice @ (MicrophoneChoice::System | MicrophoneChoice::Device(_)) => choice.clone(),
            _ => MicrophoneChoice::System,
        },
        loudspeaker: me.loudspeaker.clone(),
        camera: match &me.camera {
            choice @ (CameraChoice::System | CameraChoice::Device(_)) => choice.clone(),
            _ => CameraChoice::System,
        },
        microphone_off: off(
            !me.microphone_on && me.microphone != MicrophoneChoice::None,
            before.microphone_off,
            &policy.default_mic_muted,
        ),
        camera_off: if policy.disable_camera.is_on() {
            before.camera_off
        } else {
            off(camera_off, before.camera_off, &policy.default_camera_off)
        },
        visited: servers.iter().filter(|(_, visited)| *visited).map(|(url, _)| url.clone()).collect(),
        servers: servers.into_iter().map(|(url, _)| url).collect(),
        recent: home.recent.clone(),
        calendar: home.calendar.place.clone(),
        window: before.window.clone(),
        settings: before.settings.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_settings::policy::{Layer, Level, Reading, Scope, resolve};

    fn policy(level: Level, json: &str) -> Policy {
        let values = serde_json::from_str(json).expect("an object");
        let layer = Layer { level, scope: Scope::Machine, origin: "a".into(), values };
        resolve(Reading { layers: vec![layer], problems: Vec::new() }).policy
    }

    #[test]
    fn what_the_organisation_says_is_not_kept_as_the_persons_choice() {
        let before = Preferences {
            name: "Camille".into(),
            microphone_off: Some(false),
            servers: vec!["https://other.example/".into()],
            ..Preferences::default()
        };
        let forced = policy(
            Level::Mandatory,
            r#"{"DisplayName": "Salle", "DefaultMicMuted": true, "DisableCamera": true, "ServerURL": "visio.example", "LockServer": true}"#,
        );
        let rules = Rules { policy: forced.clone(), ..Rules::default() };
        let own = KnownHosts::new(before.servers.iter().map(String::as_str), false);
        let servers = rules
            .known(&own)
            .hosts()
            .map(|host| ServerView {
                host: host.into(),
                url: format!("https://{host}/"),
                managed: rules.manages(host),
                ..Default::default()
            })
            .collect();
        let me = LocalView { name: "Salle".into(), ..LocalView::default() };
        let home = HomeView { servers, ..Default::default() };
        let none = KnownHosts::default();
        assert_eq!(preferences_of(&me, &home, &before, &none, forced), before);
        let advised = policy(
            Level::Recommended,
            r#"{"DisplayName": "Salle", "DefaultMicMuted": true, "DefaultCameraOff": true}"#,
        );
        let fresh = Preferences::default();
        let me = initial(&WindowArguments::default(), &fresh, &advised);
        assert!(me.name == "Salle" && !me.microphone_on && !me.camera_on);
        let home = HomeView::default();
        assert_eq!(preferences_of(&me, &home, &fresh, &none, advised.clone()), fresh);
        // Chosen otherwise, it is the person's.
        let me = LocalView { microphone_on: true, name: "C".into(), ..me };
        let chosen = preferences_of(&me, &home, &fresh, &none, advised.clone());
        assert_eq!((chosen.name.as_str(), chosen.microphone_off, chosen.camera_off), ("C", Some(false), None));
        assert!(initial(&WindowArguments::default(), &chosen, &advised).microphone_on);
        // What the token of a link calls somebody holds for that meeting.
        let me = LocalView { name: "D".into(), name_given: true, ..me };
        assert_eq!(preferences_of(&me, &home, &chosen, &none, advised.clone()).name, "C");
    }

    #[test]
    fn what_is_kept_of_the_organisations_server_is_known_too() {
        let arguments = WindowArguments { server: vec!["given.example".into()], ..WindowArguments::default() };
        let preferences = Preferences { servers: vec!["https://own.example/".into()], ..Preferences::default() };
        let hosts = |policy: &Policy| {
            let known = signed_in(&arguments, &preferences, policy);
            known.hosts().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(hosts(&Policy::default()), ["own.example", "given.example"]);
        let forced = policy(
            Level::Mandatory,
            r#"{"ServerURL": "https://visio.example", "LockServer": true, "AllowedServers": ["other.example"]}"#,
        );
        assert_eq!(hosts(&forced), ["own.example", "given.example", "visio.example"]);
        let advised = policy(Level::Recommended, r#"{"ServerURL": "visio.example"}"#);
        assert_eq!(hosts(&advised), ["own.example", "given.example", "visio.example"]);
    }

    #[test]
    fn a_server_of_this_start_is_kept_by_signing_in_only() {
        let view = |host: &str, sign_in| ServerView {
            host: host.into(),
            url: format!("https://{host}/"),
            sign_in,
            ..ServerView::default()
        };
        let before = Preferences { servers: vec!["https://both.example/".into()], ..Preferences::default() };
        let given = KnownHosts::new(["given.example", "both.example", "in.example"], false);
        let kept = |sign_in| {
            let servers = ["both.example", "given.example", "added.example"].map(|host| view(host, SignIn::Out));
            let servers = servers.into_iter().chain([view("in.example", sign_in)]).collect();
            let home = HomeView { servers, ..Default::default() };
            preferences_of(&LocalView::default(), &home, &before, &given, Policy::default()).servers
        };
        let named = ["https://both.example/", "https://added.example/"];
        assert_eq!(kept(SignIn::Window), named);
        assert_eq!(kept(SignIn::In), [&named[..], &["https://in.example/"]].concat());
    }

    #[test]
    fn a_server_that_was_only_visited_is_kept_as_such() {
        const OTHER: &str = "visio.prefecture.example";
        let roots = || vec![format!("https://{OTHER}/")];
        let visited = Preferences { servers: roots(), visited: roots(), ..Preferences::default() };
        let named = Preferences { visited: Vec::new(), ..visited.clone() };
        // The servers of a start, and what is kept of them: all, and those of them that were only visited.
        let start = |before: &Preferences, given: &[String], policy: &Policy| {
            let rules = Rules { policy: policy.clone(), ..Rules::default() };
            let known = rules.known(&known(given, before));
            let view = |host: &str| ServerView {
                host: host.into(),
                url: format!("https://{host}/"),
                managed: rules.manages(host),
                visited: known.is_visited(host),
                ..ServerView::default()
            };
            let home = HomeView { servers: known.hosts().map(view).collect(), ..HomeView::default() };
            let given = KnownHosts::new(given.iter().map(String::as_str), false);
            let kept = preferences_of(&LocalView::default(), &home, before, &given, policy.clone());
            let hosts: Vec<_> = home.servers.into_iter().map(|one| one.host).collect();
            (hosts.join(" "), kept.servers, kept.visited)
        };
        let advised = policy(Level::Recommended, r#"{"ServerURL": "visio.agglo.example"}"#);
        let both = format!("visio.agglo.example {OTHER}");
        assert_eq!(start(&visited, &[], &advised), (both, roots(), roots()), "the organisation's stays first");
        assert_eq!(start(&named, &[], &advised), (OTHER.into(), roots(), Vec::new()));
        // Named for this start, it is so for this start.
        let arguments = [OTHER.to_owned()];
        assert_eq!(start(&visited, &arguments, &advised), (OTHER.into(), roots(), roots()));
        // Nor does it become the person's own where the organisation leads there itself, or nowhere else.
        let there = policy(Level::Recommended, &format!(r#"{{"ServerURL": "{OTHER}"}}"#));
        assert_eq!(start(&visited, &[], &there), (OTHER.into(), roots(), roots()));
        let locked = policy(Level::Mandatory, r#"{"ServerURL": "visio.agglo.example", "LockServer": true}"#);
        assert_eq!(start(&visited, &[], &locked), ("visio.agglo.example".into(), roots(), roots()));
        // Said to be known by the person in between.
        let view = ServerView { host: OTHER.into(), url: roots().remove(0), ..ServerView::default() };
        let home = HomeView { servers: vec![view], ..HomeView::default() };
        let none = KnownHosts::default();
        let kept = preferences_of(&LocalView::default(), &home, &visited, &none, Policy::default());
        assert_eq!((kept.servers, kept.visited), (roots(), Vec::new()));
    }

    #[test]
    fn a_test_source_is_not_remembered() {
        let me = LocalView { camera: visavis_model::CameraChoice::Synthetic, name: "C".into(), ..LocalView::default() };
        let preferences = preferences_of(
            &me,
            &HomeView::default(),
            &Preferences::default(),
            &KnownHosts::default(),
            Policy::default(),
        );
        assert_eq!(preferences.camera, visavis_model::CameraChoice::System);
        assert_eq!(preferences.name, "C");
    }
}
