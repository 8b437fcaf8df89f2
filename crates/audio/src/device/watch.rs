//! The system's microphones and loudspeakers as they come and go.

#[cfg(windows)]
use super::endpoints::Endpoints;
#[cfg(target_os = "linux")]
use super::pulse::Pulse;
use std::time::Duration;
#[cfg(target_os = "linux")]
use std::time::Instant;
use visavis_media::DeviceSource;
use visavis_model::DeviceView;

/// How often the list is read where the system tells no changes: a change is found within a second.
const POLL: Duration = Duration::from_millis(700);

/// A sound server that is gone is being started anew: what it had is there until then.
#[cfg(target_os = "linux")]
const AWAY: Duration = Duration::from_secs(10);

/// All microphones and loudspeakers. Linux: told by PulseAudio (or PipeWire) itself; Windows: by its own list of endpoints; elsewhere, and
/// with ALSA alone, read again and again.
#[derive(Default)]
pub struct SystemSound {
    #[cfg(target_os = "linux")]
    pulse: Option<Pulse>,
    /// What the sound server said last, and when.
    #[cfg(target_os = "linux")]
    last: Option<(Instant, Vec<DeviceView>)>,
    #[cfg(windows)]
    endpoints: Option<Endpoints>,
}

impl SystemSound {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    #[cfg(target_os = "linux")]
    fn pulse(&mut self) -> Option<&mut Pulse> {
        if self.pulse.is_none() {
            self.pulse = Pulse::connect().ok();
        }
        self.pulse.as_mut()
    }
}

impl DeviceSource for SystemSound {
    fn list(&mut self) -> Vec<DeviceView> {
        #[cfg(target_os = "linux")]
        for _ in 0..2 {
            match self.pulse().map(Pulse::list) {
                Some(Ok(list)) => {
                    self.last = Some((Instant::now(), list.clone()));
                    return list;
                }
                // A server that was started anew: once more with the new one.
                Some(Err(_)) => self.pulse = None,
                None => break,
            }
        }
        #[cfg(target_os = "linux")]
        if let Some((at, last)) = &self.last
            && at.elapsed() < AWAY
        {
            return last.clone();
        }
        // Before the list is read: what happens meanwhile is heard then.
        #[cfg(windows)]
        if self.endpoints.is_none() {
            self.endpoints = Endpoints::open().ok();
        }
        super::list_by_cpal()
    }

    fn wait(&mut self, patience: Duration) -> bool {
        #[cfg(target_os = "linux")]
        if let Some(pulse) = &mut self.pulse {
            return pulse.wait(patience).unwrap_or_else(|_| {
                self.pulse = None;
                true
            });
        }
        #[cfg(windows)]
        if let Some(endpoints) = &self.endpoints {
            return endpoints.wait(patience);
        }
        std::thread::sleep(patience.min(POLL));
        patience >= POLL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_sound_keeps_the_contract() {
        visavis_testkit::devices::keeps_contract(&mut SystemSound::new()).unwrap();
    }
}
