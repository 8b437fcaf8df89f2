//! The door of rooms that are not open to everybody.

use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;

/// Who has not asked again for this long waits no more.
const WAITING: Duration = Duration::from_secs(3);
const DENIED: Duration = Duration::from_secs(5);
const ACCEPTED: Duration = Duration::from_secs(6 * 3600);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Waiting,
    Accepted,
    Denied,
}

impl State {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::Denied => "denied",
        }
    }
}

/// Somebody at the door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Waiter {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) color: String,
    pub(super) state: State,
    until: Duration,
}

impl Waiter {
    /// Somebody who need not wait.
    pub(super) fn accepted(id: &str, name: &str, color: String) -> Self {
        Self { id: id.into(), name: name.into(), color, state: State::Accepted, until: Duration::ZERO }
    }

    pub(super) fn json(&self) -> Value {
        json!({ "status": self.state.name(), "username": self.name, "id": self.id, "color": self.color })
    }
}

/// Everybody at every door, by room and by their cookie; times since 1970.
#[derive(Debug, Default)]
pub(super) struct Lobby {
    waiters: HashMap<(String, String), Waiter>,
    /// In the order in which they came.
    order: Vec<(String, String)>,
}

impl Lobby {
    fn sweep(&mut self, now: Duration) {
        self.waiters.retain(|_, waiter| waiter.until > now);
        self.order.retain(|key| self.waiters.contains_key(key));
    }

    pub(super) fn get(&mut self, room: &str, id: &str, now: Duration) -> Option<Waiter> {
        self.sweep(now);
        self.waiters.get(&(room.to_owned(), id.to_owned())).cloned()
    }

    /// Somebody asks: true where they are new.
    pub(super) fn ask(&mut self, room: &str, id: &str, name: &str, color: &str, now: Duration) -> (Waiter, bool) {
        self.sweep(now);
        let key = (room.to_owned(), id.to_owned());
        if let Some(known) = self.waiters.get_mut(&key) {
            if known.state == State::Waiting {
                known.until = now + WAITING;
            }
            return (known.clone(), false);
        }
        let (state, until) = (State::Waiting, now + WAITING);
        let waiter = Waiter { id: id.into(), name: name.into(), color: color.into(), state, until };
        self.waiters.insert(key.clone(), waiter.clone());
        self.order.push(key);
        (waiter, true)
    }

    /// The answer of those inside; false where nobody of this name is at the door.
    pub(super) fn decide(&mut self, room: &str, id: &str, allow: bool, now: Duration) -> bool {
        self.sweep(now);
        let Some(waiter) = self.waiters.get_mut(&(room.to_owned(), id.to_owned())) else { return false };
        let (state, time) = if allow { (State::Accepted, ACCEPTED) } else { (State::Denied, DENIED) };
        (waiter.state, waiter.until) = (state, now + time);
        true
    }

    pub(super) fn forget(&mut self, room: &str, id: &str) {
        self.waiters.remove(&(room.to_owned(), id.to_owned()));
    }

    pub(super) fn waiting(&mut self, room: &str, now: Duration) -> Vec<Value> {
        self.sweep(now);
        let here = self.order.iter().filter(|(of, _)| of == room).filter_map(|key| self.waiters.get(key));
        here.filter(|waiter| waiter.state == State::Waiting).map(Waiter::json).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn who_keeps_asking_keeps_waiting() {
        let mut lobby = Lobby::default();
        assert!(lobby.ask("r", "a", "Anna", "red", at(0)).1);
        assert!(!lobby.ask("r", "a", "Anna", "red", at(2900)).1);
        assert_eq!(lobby.waiting("r", at(5800)).len(), 1);
        assert_eq!(lobby.waiting("other", at(5800)).len(), 0);
        assert_eq!(lobby.waiting("r", at(5900)).len(), 0);
        assert!(lobby.ask("r", "a", "Anna", "red", at(6000)).1);
    }

    #[test]
    fn a_decision_lasts() {
        let mut lobby = Lobby::default();
        lobby.ask("r", "a", "Anna", "red", at(0));
        assert!(lobby.decide("r", "a", true, at(1000)));
        assert_eq!(lobby.ask("r", "a", "Anna", "red", at(3_600_000)).0.state, State::Accepted);
        lobby.forget("r", "a");
        assert!(!lobby.decide("r", "a", true, at(3_600_001)));
        lobby.ask("r", "b", "Bert", "red", at(0));
        assert!(lobby.decide("r", "b", false, at(0)));
        assert_eq!(lobby.get("r", "b", at(4999)).unwrap().state, State::Denied);
        assert_eq!(lobby.get("r", "b", at(5000)), None);
    }
}
