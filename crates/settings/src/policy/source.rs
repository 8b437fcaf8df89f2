//! Where a policy comes from.

use super::Reading;
use std::any::Any;
use std::sync::Arc;
use std::sync::mpsc::Sender;

/// A place where administrators write, and others do not.
pub trait Source: Send + Sync {
    /// What is there now. What cannot be read is a problem in it, never a reason to fail.
    fn read(&self) -> Reading;

    /// Sends something to `wake` where what is there may have changed, until what is returned is dropped. `None` where the
    /// system tells of no changes: then it is read again every few seconds.
    fn watch(&self, wake: &Sender<()>) -> Option<Box<dyn Any>> {
        let _ = wake;
        None
    }
}

/// No organisation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Source for Nothing {
    fn read(&self) -> Reading {
        Reading::default()
    }
}

/// The source of this system. No argument, no environment variable and no file of the user leads elsewhere.
///
/// Linux: `/etc/visavis/policies`; Windows: `Software\Policies\Visavis\Visavis`; macOS: `/Library/Managed Preferences`.
pub fn of_system() -> Arc<dyn Source> {
    #[cfg(windows)]
    return Arc::new(super::Registry);
    #[cfg(target_os = "macos")]
    return Arc::new(super::ManagedPreferences::of_system());
    #[cfg(target_os = "linux")]
    return Arc::new(super::Folder::of_system());
    #[cfg(not(any(windows, target_os = "macos", target_os = "linux")))]
    Arc::new(Nothing)
}
