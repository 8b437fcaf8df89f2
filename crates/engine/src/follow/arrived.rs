//! What was plugged in.

use super::same_card;
use visavis_model::{DeviceId, DeviceKind, DeviceState, DeviceView};

/// Devices that were not there before and can be used. What a card is under another profile was there: with it a headset that plays
/// gets its microphone. A jack is listed before it is plugged in, and the headset in it is of another form than the computer.
pub fn arrived<'a>(before: &[DeviceView], now: &'a [DeviceView]) -> impl Iterator<Item = &'a DeviceView> {
    let known: Vec<(DeviceKind, DeviceId)> = before
        .iter()
        .filter(|device| device.state != DeviceState::Unplugged)
        .map(|device| (device.kind, device.id.clone()))
        .collect();
    let is_there = |(kind, id): &&(DeviceKind, DeviceId)| now.iter().any(|one| one.kind == *kind && one.id == *id);
    let gone: Vec<(DeviceKind, DeviceId)> = known.iter().filter(|one| !is_there(one)).cloned().collect();
    let is_listed = move |device: &DeviceView| before.iter().any(|one| one.kind == device.kind && one.id == device.id);
    let of_card = move |device: &DeviceView| {
        let is_known = |one: &&DeviceView| one.state != DeviceState::Unplugged && same_card(&one.id, &device.id);
        before
            .iter()
            .filter(is_known)
            .any(|one| one.form == device.form || gone.iter().any(|(kind, id)| *kind == one.kind && *id == one.id))
    };
    now.iter().filter(move |device| {
        let is_other_profile = || !is_listed(device) && of_card(device);
        device.state != DeviceState::Unplugged
            && !known.contains(&(device.kind, device.id.clone()))
            && !is_other_profile()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::DeviceForm;

    fn device(kind: DeviceKind, id: &str) -> DeviceView {
        DeviceView {
            id: DeviceId::from(id),
            kind,
            name: id.to_uppercase(),
            is_default: false,
            state: DeviceState::Ready,
            form: DeviceForm::Other,
        }
    }

    #[test]
    fn a_headset_that_gets_a_microphone_with_its_profile_was_there() {
        let music = device(DeviceKind::Loudspeaker, "pulseaudio:bluez_sink.AA.a2dp_sink");
        let telephone = device(DeviceKind::Loudspeaker, "pulseaudio:bluez_sink.AA.headset_head_unit");
        let voice = device(DeviceKind::Microphone, "pulseaudio:bluez_source.AA.headset_head_unit");
        let before = [music.clone()];
        assert_eq!(arrived(&before, &[telephone.clone(), voice.clone()]).count(), 0);
        assert_eq!(arrived(&before, &[music, telephone, voice.clone()]).count(), 0, "the old profile goes later");
        assert_eq!(arrived(&[], &[voice]).count(), 1);
        // A jack of the computer's card is plugged in, whether it was listed or not.
        let of = |kind, form, end: &str| DeviceView { form, ..device(kind, &format!("pulseaudio:alsa.pci.{end}")) };
        let own = of(DeviceKind::Loudspeaker, DeviceForm::Computer, "speaker");
        let jack = of(DeviceKind::Microphone, DeviceForm::Headset, "jack");
        let empty = DeviceView { state: DeviceState::Unplugged, ..jack.clone() };
        assert_eq!(arrived(&[own.clone(), empty], &[own.clone(), jack.clone()]).count(), 1);
        assert_eq!(arrived(std::slice::from_ref(&own), &[own.clone(), jack]).count(), 1);
    }
}
