//! Waiting for something to become true, with an end.

use std::time::{Duration, Instant};
use thiserror::Error;

/// How often a condition is looked at.
const INTERVAL: Duration = Duration::from_millis(20);

/// It did not become true in time.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{what}: not within {limit:?}")]
pub struct TimedOut {
    pub what: String,
    pub limit: Duration,
}

/// The first value that `look` finds, looked for until `limit` is over.
///
/// # Errors
/// `TimedOut`, with `what` in its sentence.
pub fn until<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Option<T>) -> Result<T, TimedOut> {
    let end = Instant::now() + limit;
    loop {
        if let Some(found) = look() {
            return Ok(found);
        }
        if Instant::now() >= end {
            return Err(TimedOut { what: what.to_owned(), limit });
        }
        std::thread::sleep(INTERVAL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_is_returned() {
        let mut looks = 0;
        let found = until("third", Duration::from_secs(5), || {
            looks += 1;
            (looks == 3).then_some(looks)
        });
        assert_eq!(found, Ok(3));
    }

    #[test]
    fn what_never_comes_times_out() {
        let error = until("nothing", Duration::ZERO, || None::<()>).unwrap_err();
        assert_eq!(error.to_string(), "nothing: not within 0ns");
    }
}
