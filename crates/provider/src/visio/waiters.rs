//! Who waits at the door, for those who can open it: the server's word that somebody came, then a look each second until
//! nobody is left.

use super::reply::{Reply, exact, text};
use super::rest::Call;
use super::session::{Session, What};
use crate::{RoomEvent, SocketCause};
use serde_json::Value;
use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::{ParticipantId, WaiterView};

const POLL: Duration = Duration::from_secs(1);
/// Looks that may fail one after the other; each waits twice as long as the one before, up to 16 s.
const MOST_FAILURES: u32 = 20;
/// The cookie that holds our own place at the door.
const OWN_PLACE: &str = "lobbyParticipantId";
/// People at the door that are told.
const MOST: usize = 500;

#[derive(Debug, Default)]
pub(super) struct Waiters {
    pub(super) list: Vec<WaiterView>,
    asked: bool,
    /// Somebody came while an answer was on its way.
    again: bool,
    next: Option<MediaTime>,
    failures: u32,
}

impl Waiters {
    pub(super) fn due(&self) -> Option<MediaTime> {
        self.next
    }
}

/// `None` where the answer is no list.
fn read(value: &Value) -> Option<Vec<WaiterView>> {
    let list = value.get("participants")?.as_array()?;
    let waiter = |value: &Value| {
        let waits = value.get("status").and_then(Value::as_str).is_none_or(|status| status == "waiting");
        let id = exact(value, "id", 128).filter(|_| waits)?;
        let name = text(value, "username").unwrap_or_default();
        Some(WaiterView { id: ParticipantId::from(id), name, color: text(value, "color") })
    };
    Some(list.iter().filter_map(waiter).take(MOST).collect())
}

impl Session {
    pub(super) fn ask_waiters(&mut self) {
        let moderates = self.moderates();
        let Some(inside) = &mut self.inside else { return };
        inside.waiters.next = None;
        if !moderates {
            inside.waiters.failures = 0;
            return self.told_waiters(Vec::new());
        }
        if inside.waiters.asked {
            inside.waiters.again = true;
            return;
        }
        inside.waiters.asked = true;
        let call = Call::get(&["rooms", &inside.room, "waiting-participants"]);
        self.ask(What::Waiters, call);
    }

    pub(super) fn take_waiters(&mut self, answer: Result<Reply, SocketCause>) {
        let now = self.now;
        let Some(inside) = &mut self.inside else { return };
        let waiters = &mut inside.waiters;
        waiters.asked = false;
        let again = std::mem::take(&mut waiters.again);
        let (list, refused) = match answer {
            Ok(reply) => {
                (reply.object().and_then(read), matches!(reply.status, 401 | 403 | 404).then_some(reply.status))
            }
            Err(_) => (None, None),
        };
        match (list, refused) {
            (Some(mut list), _) => {
                waiters.failures = 0;
                // Our own knock outlives us by 3 s where we came in another way (measured).
                let own = self.jar.get(OWN_PLACE).map(|id| id.reveal().to_owned());
                list.retain(|waiter| own.as_deref() != Some(waiter.id.as_str()));
                waiters.next = (!list.is_empty()).then_some(now + POLL);
                self.told_waiters(list);
                if again {
                    self.ask_waiters();
                }
            }
            (None, Some(status)) => {
                self.told_waiters(Vec::new());
                if status == 401 {
                    self.signed_out();
                }
            }
            (None, None) => {
                waiters.failures = waiters.failures.saturating_add(1);
                let pause = POLL * (1 << waiters.failures.min(4));
                waiters.next = (waiters.failures < MOST_FAILURES).then_some(now + pause);
            }
        }
    }

    fn told_waiters(&mut self, list: Vec<WaiterView>) {
        let Some(inside) = &mut self.inside else { return };
        if inside.waiters.list != list {
            inside.waiters.list = list.clone();
            self.event(RoomEvent::Waiting(list));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_and_bounded() {
        let one = serde_json::json!({ "status": "waiting", "username": "Zoé\n", "id": "a", "color": "hsl(1, 2%, 3%)" });
        let denied = serde_json::json!({ "status": "denied", "username": "x", "id": "b" });
        let list = read(&serde_json::json!({ "participants": [one, denied, 7, {}] })).expect("list");
        assert_eq!(list.len(), 1);
        assert_eq!((list[0].id.as_str(), list[0].name.as_str()), ("a", "Zoé"));
        let many: Vec<_> = (0..5000).map(|index| serde_json::json!({ "id": index.to_string() })).collect();
        assert_eq!(read(&serde_json::json!({ "participants": many })).map(|list| list.len()), Some(MOST));
        assert_eq!(read(&serde_json::json!({ "participants": 7 })), None);
    }
}
