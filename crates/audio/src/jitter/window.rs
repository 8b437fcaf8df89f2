//! The least delay of the last 100 ms.

/// Pulls looked at: a device that asks for three blocks at once makes the delay swing by 20 ms.
const LENGTH: usize = 10;

/// Delay at the last pulls; what was added to or taken from the sound since counts as if it had always been so.
#[derive(Debug, Default)]
pub struct DelayWindow {
    values: [i64; LENGTH],
    count: usize,
    next: usize,
    shift: i64,
}

impl DelayWindow {
    pub fn push(&mut self, micros: i64) {
        self.values[self.next] = micros - self.shift;
        self.next = (self.next + 1) % LENGTH;
        self.count = (self.count + 1).min(LENGTH);
    }

    /// The sound became longer (or shorter, where negative) by this much.
    pub const fn shift(&mut self, micros: i64) {
        self.shift += micros;
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// `None` until the window is full.
    pub fn least(&self) -> Option<i64> {
        (self.count == LENGTH).then(|| self.values.iter().min().map_or(0, |least| least + self.shift))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_counts_and_moves_with_what_is_inserted() {
        let mut window = DelayWindow::default();
        for index in 0..9 {
            window.push(30_000 - 10_000 * (index % 3));
            assert_eq!(window.least(), None);
        }
        window.push(30_000);
        assert_eq!(window.least(), Some(10_000));
        window.shift(5_000);
        assert_eq!(window.least(), Some(15_000));
        window.push(12_000);
        assert_eq!(window.least(), Some(12_000));
    }
}
