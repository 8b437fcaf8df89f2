//! Windows' sound devices: which one is for calls, and what happens to them.

use super::Direction;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;
use visavis_model::DeviceId;
use windows::Win32::Devices::Properties::DEVPKEY_Device_FriendlyName;
use windows::Win32::Foundation::PROPERTYKEY;
use windows::Win32::Media::Audio::{
    DEVICE_STATE, EDataFlow, ERole, IMMDeviceEnumerator, IMMNotificationClient, IMMNotificationClient_Impl,
    MMDeviceEnumerator, eCapture, eCommunications, eRender,
};
use windows::Win32::System::Com::{CLSCTX_ALL, CoCreateInstance, CoIncrementMTAUsage, CoTaskMemFree};
use windows_core::{PCWSTR, Result, implement};

/// What cpal's names of these devices begin with.
const PREFIX: &str = "wasapi:";

/// Hears what happens to the sound devices; [`wait`](Self::wait) tells it.
pub struct Endpoints {
    enumerator: IMMDeviceEnumerator,
    client: IMMNotificationClient,
    changes: Receiver<()>,
}

// SAFETY: these objects of the system may be used from every thread ("Both", with the free-threaded marshaler), and `enumerator` sees to it
// that every thread counts as one that may.
unsafe impl Send for Endpoints {}

impl Endpoints {
    pub fn open() -> Result<Self> {
        let enumerator = enumerator()?;
        let (told, changes) = sync_channel(1);
        let client: IMMNotificationClient = Hearer { told }.into();
        // SAFETY: the client lives as long as it is registered, see `drop`.
        unsafe { enumerator.RegisterEndpointNotificationCallback(&client) }?;
        Ok(Self { enumerator, client, changes })
    }

    /// Waits for a change; false where there was none in that time.
    pub fn wait(&self, patience: Duration) -> bool {
        self.changes.recv_timeout(patience).is_ok()
    }
}

impl Drop for Endpoints {
    fn drop(&mut self) {
        // SAFETY: registered in `open`; it waits for a call that is under way, which waits for nothing.
        let _ = unsafe { self.enumerator.UnregisterEndpointNotificationCallback(&self.client) };
    }
}

/// The device that the person has chosen for calls: Windows' *default communication device*.
pub fn for_calls(direction: Direction) -> Option<DeviceId> {
    let flow = match direction {
        Direction::Input => eCapture,
        Direction::Output => eRender,
    };
    // SAFETY: plain questions; the text is ours to free, and read before.
    unsafe {
        let text = enumerator().ok()?.GetDefaultAudioEndpoint(flow, eCommunications).ok()?.GetId().ok()?;
        let name = text.to_string();
        CoTaskMemFree(Some(text.0.cast_const().cast()));
        Some(DeviceId(format!("{PREFIX}{}", name.ok()?)))
    }
}

fn enumerator() -> Result<IMMDeviceEnumerator> {
    // SAFETY: threads that have not said how they use COM may use it after this; it is not taken back, for threads of ours come and go.
    unsafe {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| {
            let _ = CoIncrementMTAUsage();
        });
        CoCreateInstance(&MMDeviceEnumerator, None, CLSCTX_ALL)
    }
}

/// Called by threads of the system.
#[implement(IMMNotificationClient)]
struct Hearer {
    told: SyncSender<()>,
}

impl Hearer {
    fn tell(&self) -> Result<()> {
        // One that was not heard yet is as good as two.
        let _ = self.told.try_send(());
        Ok(())
    }
}

impl IMMNotificationClient_Impl for Hearer_Impl {
    fn OnDeviceStateChanged(&self, _: &PCWSTR, _: DEVICE_STATE) -> Result<()> {
        self.tell()
    }

    fn OnDeviceAdded(&self, _: &PCWSTR) -> Result<()> {
        self.tell()
    }

    fn OnDeviceRemoved(&self, _: &PCWSTR) -> Result<()> {
        self.tell()
    }

    fn OnDefaultDeviceChanged(&self, _: EDataFlow, _: ERole, _: &PCWSTR) -> Result<()> {
        self.tell()
    }

    fn OnPropertyValueChanged(&self, _: &PCWSTR, key: &PROPERTYKEY) -> Result<()> {
        // The rest of them are levels and effects, which change while one speaks.
        let name = DEVPKEY_Device_FriendlyName;
        if key.fmtid == name.fmtid && key.pid == name.pid { self.tell() } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::SystemSound;
    use crate::playback::Playback;
    use std::process::Command;
    use std::time::Duration;
    use visavis_media::DeviceSource as _;
    use visavis_model::{DeviceChoice, DeviceId, DeviceKind};

    /// Where wine keeps who its defaults are; a program of Windows has no way to choose them.
    const DEFAULTS: &str = r"HKCU\Software\Wine\Drivers\winepulse.drv";

    fn choose(role: &str, id: &DeviceId) {
        let id = id.as_str().trim_start_matches(super::PREFIX);
        let done = Command::new("reg").args(["add", DEFAULTS, "/v", role, "/d", id, "/f"]).output().expect("reg");
        assert!(done.status.success(), "{done:?}");
    }

    /// Wine, with two loudspeakers (`cargo xtask test windows`). Elsewhere nobody can choose.
    #[test]
    fn the_default_is_the_one_for_calls_and_another_one_is_told_at_once() {
        if !Command::new("reg").args(["query", r"HKCU\Software\Wine"]).output().expect("reg").status.success() {
            return;
        }
        let mut sound = SystemSound::new();
        let all: Vec<_> = sound.list().into_iter().filter(|one| one.kind == DeviceKind::Loudspeaker).collect();
        let [first, second, ..] = &all[..] else { panic!("two loudspeakers: {all:?}") };
        // Whatever was chosen before.
        choose("DefaultVoiceOutput", &second.id);
        while sound.wait(Duration::from_millis(300)) {}
        for (calls, films) in [(first, second), (second, first)] {
            choose("DefaultOutput", &films.id);
            choose("DefaultVoiceOutput", &calls.id);
            // Whoever only reads the list again says so every 700 ms.
            let told = (0..5).filter(|_| sound.wait(Duration::from_millis(300))).count();
            assert!((1..=4).contains(&told), "told {told} times");
            let list = sound.list();
            let defaults: Vec<_> =
                list.iter().filter(|one| one.kind == DeviceKind::Loudspeaker && one.is_default).collect();
            assert_eq!(defaults.len(), 1);
            assert_eq!(defaults[0].id, calls.id);
            let (playback, _writer) = Playback::open(&DeviceChoice::System).expect("it opens");
            assert_eq!(playback.device(), Some(&calls.id));
        }
        assert!(!sound.wait(Duration::from_millis(300)), "nothing happens any more");
    }
}
