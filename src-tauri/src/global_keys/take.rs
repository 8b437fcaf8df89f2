//! The thread that takes keys and gives them back, as the keeper decides.

use super::Words;
use super::keeper::{Heard, Keeper, Seen, Step, Wish};
use super::portal::Portal;
use super::x11;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use visavis_engine::{Commander, DeskEvent, Engine, EngineEvent};
use visavis_model::{Command, GlobalKeys, NoKeys, Snapshot, apply};
use visavis_video::screen::System;

/// Hears what the system answers, any number of times.
pub type Tell = Box<dyn Fn(GlobalKeys) + Send>;
/// Does what a key asks for.
pub type Press = Arc<dyn Fn(Command) + Send + Sync>;

/// Keys that are ours, or asked for, until this is dropped.
enum Held {
    X11(#[allow(dead_code, reason = "held")] x11::Keys),
    Portal(#[allow(dead_code, reason = "held")] Portal),
}

/// Follows what the person wants; the page says by the sender what the keys do. `None`: there is no thread for it.
pub fn follow(engine: &Engine, system: System) -> Option<Sender<Heard>> {
    let (tell, heard) = channel();
    let (commander, answers) = (engine.commander(), tell.clone());
    // The system may be slow, and the engine must not wait for it.
    let run = move || keep(&heard, &answers, &commander, system);
    if let Err(error) = std::thread::Builder::new().name("take-keys".into()).spawn(run) {
        tracing::warn!(%error, "no keys from other programs");
        return None;
    }
    let wishes = tell.clone();
    let mut snapshot = Snapshot::default();
    let mut before = None;
    engine.subscribe(Box::new(move |event| {
        match event {
            EngineEvent::Snapshot(whole) => snapshot = (**whole).clone(),
            EngineEvent::Batch(batch) => {
                apply(&mut snapshot, batch);
            }
            EngineEvent::Levels(_) | EngineEvent::Errand(_) => return true,
        }
        let now = Seen::of(&snapshot);
        let wish = Wish::of(before.replace(now), now);
        wish.is_none_or(|wish| wishes.send(Heard::Wish(wish)).is_ok())
    }));
    Some(tell)
}

fn keep(heard: &Receiver<Heard>, answers: &Sender<Heard>, commander: &Commander, system: System) {
    let mut keeper = Keeper::default();
    let mut _held: Option<Held> = None;
    let pressed = commander.clone();
    let press: Press = Arc::new(move |command| pressed.command(command));
    for heard in heard {
        for step in keeper.hear(heard) {
            match step {
                Step::Free => _held = None,
                Step::Take(attempt, words) => {
                    let answers = answers.clone();
                    let tell = move |answer| {
                        let _ = answers.send(Heard::Answer(attempt, answer));
                    };
                    _held =
                        take(system, words, tell.clone(), &press).map_err(|why| tell(GlobalKeys::Missing { why })).ok();
                }
                Step::Say(keys) => {
                    tracing::debug!(?keys, "keys from other programs");
                    commander.desk_event(DeskEvent::Keys(keys));
                }
            }
        }
    }
}

/// Asks the system that these screens belong to. Where another program has our keys under X11, a portal may know others.
fn take(
    system: System,
    words: Words,
    tell: impl Fn(GlobalKeys) + Send + 'static,
    press: &Press,
) -> Result<Held, NoKeys> {
    let mut before = None;
    if system == System::X11 {
        match x11::Keys::take(Arc::clone(press)) {
            Ok(keys) => {
                tell(GlobalKeys::Usual);
                return Ok(Held::X11(keys));
            }
            Err(why) => before = Some(why),
        }
    }
    let tell = move |answer| tell(with(before, answer));
    let asked = Portal::ask(words, Box::new(tell), Arc::clone(press));
    asked.map(Held::Portal).map_err(|why| before.unwrap_or(why))
}

/// Where there is no portal, what was wrong before is what the person can do something about.
fn with(before: Option<NoKeys>, answer: GlobalKeys) -> GlobalKeys {
    match (before, answer) {
        (Some(why), GlobalKeys::Missing { why: NoKeys::NoSuchSystem }) => GlobalKeys::Missing { why },
        (_, answer) => answer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_x11_said_is_told_where_there_is_no_portal() {
        let missing = |why| GlobalKeys::Missing { why };
        let (taken, none, refused) = (missing(NoKeys::Taken), missing(NoKeys::NoSuchSystem), missing(NoKeys::Refused));
        assert_eq!(with(Some(NoKeys::Taken), none.clone()), taken);
        assert_eq!(with(Some(NoKeys::Taken), refused.clone()), refused);
        assert_eq!(with(None, none.clone()), none);
        assert_eq!(with(Some(NoKeys::Taken), GlobalKeys::Asking), GlobalKeys::Asking);
    }
}
