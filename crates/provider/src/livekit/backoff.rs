//! How long to wait before each attempt to come back.

use super::ids::Ids;
use std::time::Duration;

/// Delays before the attempts, as LiveKit's own clients wait; the last one repeats.
const DELAYS: [u64; 6] = [0, 300, 1200, 2700, 4800, 7000];
/// Added at random from the third attempt on, so that a restarted server is not stormed.
const JITTER: Duration = Duration::from_millis(1000);

/// The wait before attempt number `attempt`, counted from 0.
pub(super) fn delay(attempt: u32, ids: &mut Ids) -> Duration {
    let index = (attempt as usize).min(DELAYS.len() - 1);
    let base = Duration::from_millis(DELAYS.get(index).copied().unwrap_or(7000));
    if attempt < 2 { base } else { base + ids.jitter(JITTER) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_attempt_is_at_once_and_the_last_delay_repeats() {
        let mut ids = Ids::new(3);
        assert_eq!(delay(0, &mut ids), Duration::ZERO);
        assert_eq!(delay(1, &mut ids), Duration::from_millis(300));
        for attempt in 5..20 {
            let wait = delay(attempt, &mut ids);
            assert!(wait >= Duration::from_millis(7000) && wait <= Duration::from_millis(8000), "{wait:?}");
        }
    }
}
