//! The seam to whatever knows which devices there are, on each system.

use std::time::Duration;
use visavis_model::DeviceView;

/// Knows the system's devices of some kinds, and hears when they change.
///
/// Both calls may hang where a driver or a sound server hangs: an implementation has a thread of its own.
pub trait DeviceSource: Send {
    /// All that are there now, in the system's order: ids that last, names for people, at most one default of a kind. Empty where the
    /// system does not say.
    fn list(&mut self) -> Vec<DeviceView>;

    /// Waits until something may have changed, at most `patience`, but for what hangs; false where nothing did. Where a system tells no
    /// changes, `true` comes often enough for a change to be found within a second.
    fn wait(&mut self, patience: Duration) -> bool;
}
