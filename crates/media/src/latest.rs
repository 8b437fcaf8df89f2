//! A mailbox of one: the newest wins.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Hands the newest value from one thread to another; an older one that was not taken is displaced and counted.
///
/// Shared by cloning. Not for real-time audio threads: it locks.
#[derive(Debug)]
pub struct Latest<T> {
    shared: Arc<Shared<T>>,
}

#[derive(Debug)]
struct Shared<T> {
    slot: Mutex<Slot<T>>,
    filled: Condvar,
}

#[derive(Debug)]
struct Slot<T> {
    value: Option<T>,
    displaced: u64,
    closed: bool,
}

impl<T> Clone for Latest<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Latest<T> {
    pub fn new() -> Self {
        Self {
            shared: Arc::new(Shared {
                slot: Mutex::new(Slot { value: None, displaced: 0, closed: false }),
                filled: Condvar::new(),
            }),
        }
    }

    /// Puts a value in; returns the one that nobody took. After [`Latest::close`] the value is dropped.
    pub fn put(&self, value: T) -> Option<T> {
        let mut slot = self.lock();
        if slot.closed {
            return None;
        }
        let old = slot.value.replace(value);
        slot.displaced += u64::from(old.is_some());
        drop(slot);
        self.shared.filled.notify_one();
        old
    }

    /// Takes the value, if there is one.
    pub fn take(&self) -> Option<T> {
        self.lock().value.take()
    }

    /// Waits up to `patience` for a value; `None` after that, or once closed and empty.
    pub fn wait(&self, patience: Duration) -> Option<T> {
        let slot = self.lock();
        let (mut slot, _) = self
            .shared
            .filled
            .wait_timeout_while(slot, patience, |slot| slot.value.is_none() && !slot.closed)
            .unwrap_or_else(PoisonError::into_inner);
        slot.value.take()
    }

    /// Wakes every waiter; later values are dropped.
    pub fn close(&self) {
        self.lock().closed = true;
        self.shared.filled.notify_all();
    }

    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// How many values were displaced before anyone took them.
    pub fn displaced(&self) -> u64 {
        self.lock().displaced
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Slot<T>> {
        self.shared.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_wins_and_the_older_is_counted() {
        let mailbox = Latest::new();
        assert!(mailbox.put(1).is_none());
        assert_eq!(mailbox.put(2), Some(1));
        assert_eq!(mailbox.wait(Duration::ZERO), Some(2));
        assert_eq!(mailbox.displaced(), 1);
        assert_eq!(mailbox.take(), None);
    }

    #[test]
    fn a_closed_mailbox_keeps_nobody_waiting() {
        let mailbox = Latest::<u8>::new();
        mailbox.close();
        assert_eq!(mailbox.wait(Duration::from_secs(60)), None);
    }
}
