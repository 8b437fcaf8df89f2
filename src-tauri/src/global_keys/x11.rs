//! Keys that work while another program is looked at: Ctrl+Shift+D for the microphone, Ctrl+Shift+Space held to talk. X11 alone.
//!
//! Only in a meeting, and only where the person wants it: a key that we take is a key that no other program gets.

use std::sync::Arc;
use std::sync::mpsc::channel;
use visavis_engine::{Commander, Engine, EngineEvent};
use visavis_model::{Command, Phase, Snapshot, apply};
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xkb::{ConnectionExt as _, ID, PerClientFlag};
use x11rb::protocol::xproto::{
    ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, GrabMode, Keycode, ModMask, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;

/// Names of keys as X11 numbers them.
const KEY_D: u32 = 0x64;
const KEY_SPACE: u32 = 0x20;

/// Lock keys that are no reason not to hear a key: NumLock and CapsLock, each and both.
const LOCKS: [u16; 4] = [0, 0x02, 0x10, 0x12];

/// Follows what the person wants, and takes or frees the keys. Without an X server nothing is taken, and the log says so.
pub fn follow(engine: &Engine) {
    let commander = engine.commander();
    let (tell, wanted) = channel();
    // The X server may be slow, and the engine must not wait for it.
    let take = move || {
        let mut _taken: Option<Keys> = None;
        for wants in wanted {
            _taken = None;
            if wants {
                _taken = Keys::take(commander.clone())
                    .inspect_err(|error| tracing::warn!(%error, "no keys from other programs"))
                    .ok();
            }
        }
    };
    if let Err(error) = std::thread::Builder::new().name("take-keys".into()).spawn(take) {
        tracing::warn!(%error, "no keys from other programs");
        return;
    }
    let mut snapshot = Snapshot::default();
    let mut told = false;
    engine.subscribe(Box::new(move |event| {
        match event {
            EngineEvent::Snapshot(whole) => snapshot = (**whole).clone(),
            EngineEvent::Batch(batch) => {
                apply(&mut snapshot, batch);
            }
            EngineEvent::Levels(_) | EngineEvent::Errand(_) => return true,
        }
        let wants = wants_keys(&snapshot);
        let changed = std::mem::replace(&mut told, wants) != wants;
        !changed || tell.send(wants).is_ok()
    }));
}

fn wants_keys(snapshot: &Snapshot) -> bool {
    snapshot.settings.keys_everywhere && matches!(snapshot.phase, Phase::InMeeting { .. })
}

/// Keys that are ours until this is dropped.
struct Keys {
    screen: Arc<RustConnection>,
    /// Nobody sees it: what is sent there ends the thread.
    window: Window,
}

impl Keys {
    fn take(commander: Commander) -> Result<Self, Box<dyn std::error::Error>> {
        let (screen, number) = x11rb::connect(None)?;
        let root = screen.setup().roots[number].root;
        // Else a key that is held looks like one that is pressed again and again.
        screen.xkb_use_extension(1, 0)?.reply()?;
        let repeat = PerClientFlag::DETECTABLE_AUTO_REPEAT;
        let none = Default::default();
        screen.xkb_per_client_flags(ID::USE_CORE_KBD.into(), repeat, repeat, none, none, none)?.reply()?;
        let (toggle, talk) = (keycodes(&screen, KEY_D)?, keycodes(&screen, KEY_SPACE)?);
        for code in toggle.iter().chain(&talk) {
            for locks in LOCKS {
                let held = ModMask::from(u16::from(ModMask::CONTROL | ModMask::SHIFT) | locks);
                screen.grab_key(false, root, held, *code, GrabMode::ASYNC, GrabMode::ASYNC)?.check()?;
            }
        }
        let window = screen.generate_id()?;
        let (events, class) = (CreateWindowAux::new(), WindowClass::INPUT_ONLY);
        screen.create_window(0, window, root, 0, 0, 1, 1, 0, class, 0, &events)?.check()?;
        let screen = Arc::new(screen);
        let ours = Arc::clone(&screen);
        std::thread::Builder::new().name("keys".into()).spawn(move || {
            while let Ok(event) = ours.wait_for_event() {
                match event {
                    Event::KeyPress(key) if toggle.contains(&key.detail) => {
                        commander.command(Command::ToggleMicrophone)
                    }
                    Event::KeyPress(key) if talk.contains(&key.detail) => commander.command(Command::Talk { on: true }),
                    Event::KeyRelease(key) if talk.contains(&key.detail) => {
                        commander.command(Command::Talk { on: false })
                    }
                    Event::ClientMessage(_) => break,
                    _ => {}
                }
            }
            // Whoever still holds it must not be heard for ever.
            commander.command(Command::Talk { on: false });
        })?;
        Ok(Self { screen, window })
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        let message = ClientMessageEvent::new(32, self.window, x11rb::NONE, [0_u32; 5]);
        let _ = self.screen.send_event(false, self.window, EventMask::NO_EVENT, message);
        let _ = self.screen.flush();
    }
}

/// The keys of this keyboard that write a sign without Shift.
fn keycodes(screen: &RustConnection, sign: u32) -> Result<Vec<Keycode>, Box<dyn std::error::Error>> {
    let setup = screen.setup();
    let (first, last) = (setup.min_keycode, setup.max_keycode);
    let mapping = screen.get_keyboard_mapping(first, last - first + 1)?.reply()?;
    let wide = usize::from(mapping.keysyms_per_keycode).max(1);
    let rows = mapping.keysyms.chunks(wide).zip(first..=last);
    Ok(rows.filter(|(signs, _)| signs.first() == Some(&sign)).map(|(_, code)| code).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::{Link, LinkKind};

    #[test]
    fn keys_are_taken_in_a_meeting_and_where_they_are_wanted() {
        let link = Link { kind: LinkKind::Visio, host: "a.example".into(), room: "r".into(), secure: true };
        let mut snapshot = Snapshot { phase: Phase::InMeeting { link, reconnecting_for: None }, ..Snapshot::default() };
        assert!(!wants_keys(&snapshot));
        snapshot.settings.keys_everywhere = true;
        assert!(wants_keys(&snapshot));
        snapshot.phase = Phase::Home;
        assert!(!wants_keys(&snapshot));
    }
}
