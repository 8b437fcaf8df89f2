//! The system's cameras as they come and go.

#[cfg(windows)]
use super::arrivals::Arrivals;
#[cfg(target_os = "linux")]
use inotify::{Inotify, WatchMask};
use std::time::Duration;
use visavis_media::DeviceSource;
use visavis_model::DeviceView;

/// How soon a change is noticed where the kernel tells it.
#[cfg(target_os = "linux")]
const STEP: Duration = Duration::from_millis(100);

/// How often the list is read where nobody tells changes.
const POLL: Duration = Duration::from_millis(700);

/// All cameras. Linux: the kernel tells when a node in `/dev` comes, goes, or may be used by others; Windows: it tells that one was
/// plugged in or pulled out; elsewhere read again and again.
pub struct SystemCameras {
    #[cfg(target_os = "linux")]
    nodes: Option<Inotify>,
    #[cfg(windows)]
    arrivals: Option<Arrivals>,
}

impl Default for SystemCameras {
    fn default() -> Self {
        Self::new()
    }
}

impl SystemCameras {
    #[must_use]
    pub fn new() -> Self {
        Self {
            #[cfg(target_os = "linux")]
            nodes: watched().ok(),
            #[cfg(windows)]
            arrivals: Arrivals::open(),
        }
    }

    /// Whether a camera's node is among what the kernel told since the last time; `None` where it tells nothing.
    #[cfg(target_os = "linux")]
    fn told(&mut self) -> Option<bool> {
        let mut room = [0; 4096];
        match self.nodes.as_mut()?.read_events(&mut room) {
            Ok(mut events) => {
                let is_camera = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(b"video");
                // Told too much to be told all: then too.
                Some(events.any(|event| event.name.is_none_or(is_camera)))
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => Some(false),
            Err(_) => {
                self.nodes = None;
                None
            }
        }
    }
}

#[cfg(target_os = "linux")]
fn watched() -> std::io::Result<Inotify> {
    let nodes = Inotify::init()?;
    nodes.watches().add("/dev", WatchMask::CREATE | WatchMask::DELETE | WatchMask::ATTRIB)?;
    Ok(nodes)
}

impl DeviceSource for SystemCameras {
    fn list(&mut self) -> Vec<DeviceView> {
        super::cameras()
    }

    fn wait(&mut self, patience: Duration) -> bool {
        #[cfg(target_os = "linux")]
        {
            let start = std::time::Instant::now();
            while let Some(told) = self.told() {
                let left = patience.saturating_sub(start.elapsed());
                if told || left.is_zero() {
                    return told;
                }
                std::thread::sleep(left.min(STEP));
            }
        }
        #[cfg(windows)]
        if let Some(arrivals) = &self.arrivals {
            return arrivals.wait(patience);
        }
        std::thread::sleep(patience.min(POLL));
        patience >= POLL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_cameras_keep_the_contract() {
        visavis_testkit::devices::keeps_contract(&mut SystemCameras::new()).unwrap();
    }
}
