//! How often somebody may ask: so many times in a minute, counted by whom the caller says it is.

use std::collections::HashMap;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// The times of the last minute's questions.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    asked: HashMap<String, Vec<Duration>>,
}

impl Throttle {
    /// One more question at `now`. `Err`: the whole seconds after which the next may come.
    pub(super) fn ask(&mut self, who: &str, most: usize, now: Duration) -> Result<(), u64> {
        let times = self.asked.entry(who.to_owned()).or_default();
        times.retain(|time| *time + MINUTE > now);
        match times.first() {
            Some(oldest) if times.len() >= most => {
                let left = (*oldest + MINUTE).saturating_sub(now);
                Err(left.as_secs() + u64::from(left.subsec_nanos() > 0))
            }
            _ => {
                times.push(now);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_has_so_many_questions() {
        let mut throttle = Throttle::default();
        let at = Duration::from_millis;
        for n in 0..3 {
            assert_eq!(throttle.ask("a", 3, at(n * 100)), Ok(()));
        }
        assert_eq!(throttle.ask("a", 3, at(2500)), Err(58));
        assert_eq!(throttle.ask("b", 3, at(2500)), Ok(()));
        assert_eq!(throttle.ask("a", 3, at(60_000)), Ok(()));
        assert_eq!(throttle.ask("a", 3, at(60_050)), Err(1));
    }
}
