//! What belongs to one card: a headset's microphone and its loudspeaker, and a device under another profile.

use visavis_model::{DeviceForm, DeviceId, DeviceView};

/// The sound server's ids alone name the card.
const PREFIX: &str = "pulseaudio:";

/// `alsa_input.usb-Maker_Model-00.mono-fallback`, `bluez_sink.00_11_22.a2dp_sink`; what lies between the dots is the card.
fn card(id: &DeviceId) -> Option<&str> {
    id.as_str().strip_prefix(PREFIX)?.split_once('.')?.1.rsplit_once('.').map(|(card, _)| card)
}

/// Whether both are known to be of one card.
pub fn same_card(one: &DeviceId, other: &DeviceId) -> bool {
    card(one).is_some_and(|own| card(other) == Some(own))
}

/// Whether the room hears what only one person heard, once this microphone is gone: a headset, or whatever is a loudspeaker too. The other way
/// round: whether the room hears the others, once this loudspeaker is gone.
pub fn is_private(microphone: &DeviceView, loudspeaker: Option<&DeviceView>) -> bool {
    match microphone.form {
        DeviceForm::Headset => true,
        DeviceForm::Computer | DeviceForm::Speakers => false,
        DeviceForm::Other => loudspeaker.is_some_and(|other| same_card(&microphone.id, &other.id)),
    }
}

/// Whether the new microphone is the old one under another profile of its card, and as private: still on the head. The jack of a
/// computer and its own microphone are of one card too.
pub fn stays_private(old: &DeviceView, new: &DeviceView, loudspeaker: Option<&DeviceView>) -> bool {
    same_card(&old.id, &new.id) && old.form == new.form && is_private(new, loudspeaker)
}

#[cfg(test)]
mod tests {
    use super::super::example::device;
    use super::*;
    use visavis_model::DeviceKind;

    #[test]
    fn a_card_is_the_same_under_another_profile() {
        let same = |one: &str, other: &str| same_card(&DeviceId::from(one), &DeviceId::from(other));
        assert!(same("pulseaudio:bluez_sink.AA_BB.a2dp_sink", "pulseaudio:bluez_sink.AA_BB.headset_head_unit"));
        assert!(same("pulseaudio:alsa_output.usb-J-00.analog-stereo", "pulseaudio:alsa_output.usb-J-00.mono-fallback"));
        assert!(!same("pulseaudio:bluez_sink.AA_BB.a2dp_sink", "pulseaudio:bluez_sink.CC_DD.a2dp_sink"));
        assert!(!same("pulseaudio:spk", "pulseaudio:spk"), "of no card that is known");
        // All endpoints of Windows look alike, and so do the sockets of cameras.
        assert!(!same("wasapi:{0.0.0.00000000}.{a}", "wasapi:{0.0.0.00000000}.{b}"));
        assert!(!same("v4l2:pci-0000:00:14.0-usb-0:1:1.0/A", "v4l2:pci-0000:00:14.0-usb-0:1:1.2/B"));
    }

    #[test]
    fn what_is_on_the_head_is_private() {
        let microphone = device(DeviceKind::Microphone, "pulseaudio:alsa_input.usb-Jabra-00.mono-fallback");
        let same = device(DeviceKind::Loudspeaker, "pulseaudio:alsa_output.usb-Jabra-00.analog-stereo");
        let other = device(DeviceKind::Loudspeaker, "pulseaudio:alsa_output.pci-0000.analog-stereo");
        assert!(is_private(&microphone, Some(&same)));
        assert!(!is_private(&microphone, Some(&other)) && !is_private(&microphone, None));
        let computer = DeviceView { form: DeviceForm::Computer, ..microphone.clone() };
        assert!(!is_private(&computer, Some(&same)));
        assert!(is_private(&DeviceView { form: DeviceForm::Headset, ..microphone }, None));
        let short = device(DeviceKind::Microphone, "pulseaudio:mic");
        assert!(!is_private(&short, Some(&device(DeviceKind::Loudspeaker, "pulseaudio:spk"))));
    }

    #[test]
    fn a_computers_own_microphone_is_no_profile_of_the_headset_in_its_jack() {
        let of = |form, end: &str| {
            let id =
                format!("pulseaudio:alsa_input.pci-0000_00_1f.3-platform-skl_hda_dsp_generic.HiFi__hw_{end}__source");
            DeviceView { form, ..device(DeviceKind::Microphone, &id) }
        };
        let jack = of(DeviceForm::Headset, "sofhdadsp");
        let own = of(DeviceForm::Computer, "sofhdadsp_6");
        assert!(same_card(&jack.id, &own.id));
        assert!(!stays_private(&jack, &own, None));
        assert!(stays_private(&jack, &of(DeviceForm::Headset, "sofhdadsp_7"), None));
        // The computer's loudspeaker is of that card as well.
        let unknown = of(DeviceForm::Other, "sofhdadsp_6");
        let loudspeaker = DeviceView { kind: DeviceKind::Loudspeaker, ..own.clone() };
        assert!(!stays_private(&jack, &unknown, Some(&loudspeaker)));
        let hands_free = DeviceView { id: "pulseaudio:bluez_source.AA.headset_head_unit".into(), ..jack.clone() };
        let other = DeviceView { id: "pulseaudio:bluez_source.AA.handsfree_head_unit".into(), ..jack };
        assert!(stays_private(&hands_free, &other, None));
    }
}
