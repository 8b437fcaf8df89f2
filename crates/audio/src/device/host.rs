//! Connections to the system's sound.

use super::Error;
#[cfg(target_os = "linux")]
use cpal::traits::HostTrait;
#[cfg(target_os = "linux")]
use std::sync::{Mutex, PoisonError};

/// Connections to the sound server that are kept: every new one costs a thread and three files that the `pulseaudio` crate
/// never gives back, and devices are listed every few seconds. Whoever uses one takes it out, so that one that hangs hangs
/// nobody else.
#[cfg(target_os = "linux")]
static KEPT: Mutex<Vec<cpal::Host>> = Mutex::new(Vec::new());

/// A host on loan from where it is kept.
///
/// A loudspeaker keeps its own as long as it is open: cpal puts all that a connection plays into one group (`sync_id` 0), and PulseAudio
/// refuses a second running stream there (`pa_sink_input_new`: *invalid argument*). Two at once there are with every change of device:
/// the one goes on until the other is open.
pub struct Host(Option<cpal::Host>);

impl Host {
    /// The host that this system's people know their devices by.
    pub fn usual() -> Result<Self, Error> {
        #[cfg(target_os = "linux")]
        {
            Self::pulseaudio().or_else(|_| Ok(Self(Some(cpal::host_from_id(cpal::HostId::Alsa)?))))
        }
        #[cfg(not(target_os = "linux"))]
        {
            Ok(Self(Some(cpal::default_host())))
        }
    }

    pub fn named(id: cpal::HostId) -> Result<Self, Error> {
        #[cfg(target_os = "linux")]
        if id == cpal::HostId::PulseAudio {
            return Self::pulseaudio();
        }
        Ok(Self(Some(cpal::host_from_id(id)?)))
    }

    #[cfg(target_os = "linux")]
    fn pulseaudio() -> Result<Self, Error> {
        let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match kept {
            // Else the server was started anew meanwhile.
            Some(host) if host.devices().is_ok() => Ok(Self(Some(host))),
            _ => Ok(Self(Some(cpal::host_from_id(cpal::HostId::PulseAudio)?))),
        }
    }

    pub fn get(&self) -> Result<&cpal::Host, Error> {
        self.0.as_ref().ok_or(Error::NoDevice)
    }
}

#[cfg(target_os = "linux")]
impl Drop for Host {
    fn drop(&mut self) {
        if let Some(host) = self.0.take()
            && host.id() == cpal::HostId::PulseAudio
        {
            KEPT.lock().unwrap_or_else(PoisonError::into_inner).push(host);
        }
    }
}
