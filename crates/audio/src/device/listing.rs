//! Devices as cpal lists them: for ALSA, and for systems that are not Linux.

#[cfg(target_os = "linux")]
use super::servers::Server;
use super::{Direction, id_of, names_headset};
use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{DeviceDescription, DeviceType, InterfaceType};
use visavis_model::{DeviceForm, DeviceId, DeviceKind, DeviceState, DeviceView};

/// All microphones, then all loudspeakers.
pub fn list_by_cpal() -> Vec<DeviceView> {
    let host = cpal::default_host();
    let default_input = default(&host, Direction::Input);
    let default_output = default(&host, Direction::Output);
    let Ok(devices) = host.devices() else { return Vec::new() };
    let mut microphones = Vec::new();
    let mut loudspeakers = Vec::new();
    for device in devices {
        let (Some(id), Ok(description)) = (id_of(&device), device.description()) else { continue };
        if is_plumbing(&id) {
            continue;
        }
        let name = description.name();
        // A plugin is there without its server, and cannot be opened then.
        #[cfg(target_os = "linux")]
        if Server::behind(&id, name).is_some_and(|server| !server.is_there()) {
            continue;
        }
        let view = |kind, default: &Option<DeviceId>| DeviceView {
            is_default: default.as_ref() == Some(&id),
            id: id.clone(),
            kind,
            name: name.to_owned(),
            state: DeviceState::Ready,
            form: form_of(&description),
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

/// What the system gives to whoever wants no device in particular.
fn default(host: &cpal::Host, direction: Direction) -> Option<DeviceId> {
    #[cfg(windows)]
    if let Some(id) = super::endpoints::for_calls(direction) {
        return Some(id);
    }
    let device = match direction {
        Direction::Input => host.default_input_device(),
        Direction::Output => host.default_output_device(),
    };
    device.and_then(|device| id_of(&device))
}

/// Windows says what a device is, ALSA does not.
fn form_of(about: &DeviceDescription) -> DeviceForm {
    match (about.device_type(), about.interface_type()) {
        (DeviceType::Headphones | DeviceType::Headset | DeviceType::Handset, _) => DeviceForm::Headset,
        _ if names_headset(about.name()) => DeviceForm::Headset,
        (DeviceType::Speaker | DeviceType::Microphone, InterfaceType::BuiltIn) => DeviceForm::Computer,
        (DeviceType::Speaker, _) => DeviceForm::Speakers,
        _ => DeviceForm::Other,
    }
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
    fn the_form_is_what_the_system_says() {
        let form = |name: &str, kind, interface| {
            form_of(&cpal::DeviceDescriptionBuilder::new(name).device_type(kind).interface_type(interface).build())
        };
        assert_eq!(form("Ohren", DeviceType::Headphones, InterfaceType::Usb), DeviceForm::Headset);
        assert_eq!(form("Casque Jabra", DeviceType::Speaker, InterfaceType::Usb), DeviceForm::Headset);
        assert_eq!(form("Realtek", DeviceType::Microphone, InterfaceType::BuiltIn), DeviceForm::Computer);
        assert_eq!(form("Realtek", DeviceType::Speaker, InterfaceType::BuiltIn), DeviceForm::Computer);
        assert_eq!(form("Boxes", DeviceType::Speaker, InterfaceType::Usb), DeviceForm::Speakers);
        assert_eq!(form("Yeti", DeviceType::Microphone, InterfaceType::Usb), DeviceForm::Other);
        assert_eq!(form("default", DeviceType::Unknown, InterfaceType::BuiltIn), DeviceForm::Other);
    }

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
}
