//! What happens to an open device.

use super::Event;
use cpal::ErrorKind;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

/// What the callbacks tell the rest: written by real-time threads, so only atomics.
#[derive(Debug, Default)]
pub struct Signals {
    events: AtomicU8,
    xruns: AtomicU64,
}

impl Signals {
    const GONE: u8 = 1;
    const INVALIDATED: u8 = 2;
    const REROUTED: u8 = 4;

    pub fn report(&self, kind: ErrorKind) {
        let event = match kind {
            ErrorKind::DeviceChanged => Self::REROUTED,
            ErrorKind::StreamInvalidated => Self::INVALIDATED,
            ErrorKind::Xrun => {
                self.xruns.fetch_add(1, Ordering::Relaxed);
                return;
            }
            // Sound goes on, only with less certainty.
            ErrorKind::RealtimeDenied => return,
            _ => Self::GONE,
        };
        self.events.fetch_or(event, Ordering::Relaxed);
    }

    /// The worst event since the last call.
    pub fn poll(&self) -> Option<Event> {
        let events = self.events.swap(0, Ordering::Relaxed);
        if events & Self::GONE != 0 {
            Some(Event::DeviceGone)
        } else if events & Self::INVALIDATED != 0 {
            Some(Event::Invalidated)
        } else if events & Self::REROUTED != 0 {
            Some(Event::Rerouted)
        } else {
            None
        }
    }

    pub fn xruns(&self) -> u64 {
        self.xruns.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_event_comes_first() {
        let signals = Signals::default();
        assert_eq!(signals.poll(), None);
        for kind in [ErrorKind::DeviceChanged, ErrorKind::StreamInvalidated, ErrorKind::Xrun, ErrorKind::RealtimeDenied]
        {
            signals.report(kind);
        }
        assert_eq!((signals.poll(), signals.poll(), signals.xruns()), (Some(Event::Invalidated), None, 1));
        signals.report(ErrorKind::DeviceNotAvailable);
        assert_eq!(signals.poll(), Some(Event::DeviceGone));
    }
}
