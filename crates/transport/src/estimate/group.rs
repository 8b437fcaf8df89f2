//! Packets that left together are judged together.

/// Deltas between two groups, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GroupDelta {
    pub send: i64,
    pub arrival: i64,
    /// Arrival of the older group's last packet.
    pub at: i64,
}

/// Packets sent within this of the first belong together.
const SPAN: i64 = 5_000;
/// A burst (as Wi-Fi aggregates) goes on while packets arrive this close together, up to [`BURST_LIMIT`].
const BURST_GAP: i64 = 5_000;
const BURST_LIMIT: i64 = 100_000;
/// Where arrival jumps by this much more than sending, clocks were changed: start again.
const CLOCK_JUMP: i64 = 3_000_000;
const MAX_REORDERED: u32 = 3;

#[derive(Clone, Copy, Debug)]
struct Group {
    first_sent: i64,
    last_sent: i64,
    first_arrival: i64,
    last_arrival: i64,
}

/// Forms groups of 5 ms of sending time and gives the deltas between finished ones (libwebrtc's inter-arrival rules, 2026).
#[derive(Clone, Debug, Default)]
pub(super) struct Groups {
    current: Option<Group>,
    previous: Option<Group>,
    reordered: u32,
}

impl Groups {
    /// Takes one packet by its sending and arrival time; gives a delta when it opens a new group and two are complete.
    pub fn packet(&mut self, sent: i64, arrival: i64) -> Option<GroupDelta> {
        let Some(current) = &mut self.current else {
            self.current = Some(Group::new(sent, arrival));
            return None;
        };
        if sent < current.first_sent {
            // Sent before this group began: reordered on the way.
            return None;
        }
        if current.takes(sent, arrival) {
            current.last_sent = current.last_sent.max(sent);
            current.last_arrival = current.last_arrival.max(arrival);
            return None;
        }
        let finished = *current;
        let delta = self.previous.and_then(|previous| {
            let delta = GroupDelta {
                send: finished.last_sent - previous.last_sent,
                arrival: finished.last_arrival - previous.last_arrival,
                at: finished.last_arrival,
            };
            if (delta.arrival - delta.send).abs() >= CLOCK_JUMP {
                self.reordered = MAX_REORDERED;
                return None;
            }
            if delta.arrival < 0 {
                self.reordered += 1;
                return None;
            }
            self.reordered = 0;
            Some(delta)
        });
        if self.reordered >= MAX_REORDERED {
            *self = Self { current: Some(Group::new(sent, arrival)), ..Self::default() };
            return None;
        }
        self.previous = Some(finished);
        self.current = Some(Group::new(sent, arrival));
        delta
    }
}

impl Group {
    fn new(sent: i64, arrival: i64) -> Self {
        Self { first_sent: sent, last_sent: sent, first_arrival: arrival, last_arrival: arrival }
    }

    fn takes(&self, sent: i64, arrival: i64) -> bool {
        let burst = arrival - self.last_arrival <= BURST_GAP
            && (arrival - self.last_arrival) - (sent - self.last_sent) < 0
            && arrival - self.first_arrival < BURST_LIMIT;
        sent - self.first_sent <= SPAN || burst
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_of_five_milliseconds_are_one_group() {
        let mut groups = Groups::default();
        for (sent, arrival) in [(0, 50), (2, 52), (4, 55), (20, 70), (22, 73), (40, 95)] {
            let delta = groups.packet(sent * 1000, arrival * 1000);
            if sent == 40 {
                assert_eq!(delta, Some(GroupDelta { send: 18_000, arrival: 18_000, at: 73_000 }));
            } else {
                assert_eq!(delta, None);
            }
        }
    }

    #[test]
    fn an_aggregated_burst_is_one_group() {
        let mut groups = Groups::default();
        let mut deltas = 0;
        // Sent every 10 ms, arriving all within 3 ms.
        for n in 0..8 {
            deltas += usize::from(groups.packet(n * 10_000, 100_000 + n * 300).is_some());
        }
        assert_eq!(deltas, 0);
    }
}
