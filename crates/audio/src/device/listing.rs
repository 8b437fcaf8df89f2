//! Devices as cpal lists them: for ALSA, and for systems that are not Linux.

use super::host::Host;
use super::{id_of, names_headset};
use cpal::traits::{DeviceTrait, HostTrait};
use visavis_model::{DeviceForm, DeviceId, DeviceKind, DeviceState, DeviceView};

/// All microphones, then all loudspeakers.
pub fn list_by_cpal() -> Vec<DeviceView> {
    let Ok(lent) = Host::usual() else { return Vec::new() };
    let Ok(host) = lent.get() else { return Vec::new() };
    let default_input = host.default_input_device().and_then(|device| id_of(&device));
    let default_output = host.default_output_device().and_then(|device| id_of(&device));
    let Ok(devices) = host.devices() else { return Vec::new() };
    let mut microphones = Vec::new();
    let mut loudspeakers = Vec::new();
    for device in devices {
        let (Some(id), Ok(description)) = (id_of(&device), device.description()) else { continue };
        if is_plumbing(&id) || is_monitor(&id) {
            continue;
        }
        let name = description.name();
        let view = |kind, default: &Option<DeviceId>| DeviceView {
            is_default: default.as_ref() == Some(&id),
            id: id.clone(),
            kind,
            name: name.to_owned(),
            state: DeviceState::Ready,
            form: if names_headset(name) { DeviceForm::Headset } else { DeviceForm::Other },
        };
        if device.supports_input() {
            microphones.push(view(DeviceKind::Microphone, &default_input));
        }
        if device.supports_output() {
            loudspeakers.push(view(DeviceKind::Loudspeaker, &default_output));
        }
    }
    microphones.append(&mut loudspeakers);
    microphones
}

/// PulseAudio names the monitor of a sink `<sink>.monitor`.
pub fn is_monitor(id: &DeviceId) -> bool {
    id.as_str().ends_with(".monitor")
}

/// ALSA lists every route of every card (`surround51:`, `dmix:`, `null`); people know none of them.
fn is_plumbing(id: &DeviceId) -> bool {
    const ROUTES: [&str; 22] = [
        "null",
        "hw",
        "surround21",
        "surround40",
        "surround41",
        "surround50",
        "surround51",
        "surround71",
        "front",
        "rear",
        "center_lfe",
        "side",
        "iec958",
        "spdif",
        "dmix",
        "dsnoop",
        "usbstream",
        "modem",
        "phoneline",
        "samplerate",
        "speexrate",
        "lavrate",
    ];
    const CONVERTERS: [&str; 5] = ["oss", "upmix", "vdownmix", "speex", "jack"];
    id.as_str().strip_prefix("alsa:").is_some_and(|name| {
        let route = name.split(':').next().unwrap_or(name);
        ROUTES.contains(&route) || CONVERTERS.contains(&route)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_of_a_card_are_not_shown() {
        for name in ["null", "hw:CARD=PCH,DEV=0", "surround51:CARD=PCH,DEV=0", "dmix:CARD=PCH,DEV=0"] {
            assert!(is_plumbing(&DeviceId(format!("alsa:{name}"))), "{name}");
        }
        for name in ["default", "pipewire", "sysdefault:CARD=PCH", "plughw:CARD=PCH,DEV=0"] {
            assert!(!is_plumbing(&DeviceId(format!("alsa:{name}"))), "{name}");
        }
        assert!(!is_plumbing(&DeviceId::from("pulseaudio:null")));
    }

    #[test]
    fn a_loudspeakers_monitor_is_no_microphone() {
        assert!(
            is_monitor(&DeviceId::from("pulseaudio:spk.monitor")) && !is_monitor(&DeviceId::from("pulseaudio:mic"))
        );
    }
}
