//! What was plugged in.

use super::{TOGETHER, same_card};
use visavis_media::MediaTime;
use visavis_model::{DeviceId, DeviceKind, DeviceState, DeviceView};

/// What arrived a moment ago: the rest of it may still come. A list may be read between a headset's loudspeaker and its microphone.
#[derive(Debug, Default)]
pub struct Lately(Vec<(MediaTime, DeviceId)>);

impl Lately {
    pub fn add(&mut self, device: &DeviceId, now: MediaTime) {
        self.0.push((now, device.clone()));
    }

    /// The devices that are as new as that.
    pub fn devices(&mut self, now: MediaTime) -> Vec<DeviceId> {
        self.0.retain(|(at, _)| now.since(*at) < TOGETHER);
        self.0.iter().map(|(_, device)| device.clone()).collect()
    }
}

/// Devices that were not there before and can be used. What a card is under another profile was there: with it a headset that plays
/// gets its microphone. A jack is listed before it is plugged in, and the headset in it is of another form than the computer. A card of
/// which all that was there is of `lately` was not there: what comes is the rest of it.
pub fn arrived<'a>(
    before: &[DeviceView],
    now: &'a [DeviceView],
    lately: &[DeviceId],
) -> impl Iterator<Item = &'a DeviceView> {
    let known: Vec<(DeviceKind, DeviceId)> = before
        .iter()
        .filter(|device| device.state != DeviceState::Unplugged)
        .map(|device| (device.kind, device.id.clone()))
        .collect();
    let is_there = |(kind, id): &&(DeviceKind, DeviceId)| now.iter().any(|one| one.kind == *kind && one.id == *id);
    let gone: Vec<(DeviceKind, DeviceId)> = known.iter().filter(|one| !is_there(one)).cloned().collect();
    let is_listed = move |device: &DeviceView| before.iter().any(|one| one.kind == device.kind && one.id == device.id);
    let of_card = move |device: &DeviceView| {
        let is_known = |one: &&DeviceView| {
            one.state != DeviceState::Unplugged && !lately.contains(&one.id) && same_card(&one.id, &device.id)
        };
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

/// Whether it came with the sound server itself: none of that server's was there before, so that nobody has plugged it in.
pub fn came_with_server(device: &DeviceView, before: &[DeviceView]) -> bool {
    let host = |id: &DeviceId| id.as_str().split_once(':').map(|(host, _)| host.to_owned());
    let is_sound = |one: &DeviceView| one.kind != DeviceKind::Camera;
    is_sound(device) && !before.iter().any(|one| is_sound(one) && host(&one.id) == host(&device.id))
}

#[cfg(test)]
mod tests {
    use super::super::example::device;
    use super::*;
    use visavis_model::DeviceForm;

    #[test]
    fn a_headset_that_gets_a_microphone_with_its_profile_was_there() {
        let music = device(DeviceKind::Loudspeaker, "pulseaudio:bluez_sink.AA.a2dp_sink");
        let telephone = device(DeviceKind::Loudspeaker, "pulseaudio:bluez_sink.AA.headset_head_unit");
        let voice = device(DeviceKind::Microphone, "pulseaudio:bluez_source.AA.headset_head_unit");
        let before = [music.clone()];
        let count = |before: &[DeviceView], now: &[DeviceView]| arrived(before, now, &[]).count();
        assert_eq!(count(&before, &[telephone.clone(), voice.clone()]), 0);
        assert_eq!(count(&before, &[music, telephone, voice.clone()]), 0, "the old profile goes later");
        assert_eq!(count(&[], &[voice]), 1);
        // A jack of the computer's card is plugged in, whether it was listed or not.
        let of = |kind, form, end: &str| DeviceView { form, ..device(kind, &format!("pulseaudio:alsa.pci.{end}")) };
        let own = of(DeviceKind::Loudspeaker, DeviceForm::Computer, "speaker");
        let jack = of(DeviceKind::Microphone, DeviceForm::Headset, "jack");
        let empty = DeviceView { state: DeviceState::Unplugged, ..jack.clone() };
        assert_eq!(count(&[own.clone(), empty], &[own.clone(), jack.clone()]), 1);
        assert_eq!(count(std::slice::from_ref(&own), &[own.clone(), jack]), 1);
    }

    #[test]
    fn a_headset_whose_halves_come_in_two_lists_arrives_with_both() {
        let sound = device(DeviceKind::Loudspeaker, "pulseaudio:alsa_output.usb-Jabra-00.analog-stereo");
        let voice = device(DeviceKind::Microphone, "pulseaudio:alsa_input.usb-Jabra-00.mono-fallback");
        let both = [sound.clone(), voice.clone()];
        for (first, second) in [(&sound, &voice), (&voice, &sound)] {
            let before = std::slice::from_ref(first);
            assert_eq!(arrived(&[], before, &[]).collect::<Vec<_>>(), [first]);
            let mut lately = Lately::default();
            let at = MediaTime::from_millis;
            lately.add(&first.id, at(1000));
            assert_eq!(arrived(before, &both, &lately.devices(at(1200))).collect::<Vec<_>>(), [second]);
            // Later it is another profile of what was there.
            assert_eq!(arrived(before, &both, &lately.devices(at(3000))).count(), 0);
        }
    }

    #[test]
    fn what_comes_with_the_sound_server_was_not_plugged_in() {
        let null = device(DeviceKind::Loudspeaker, "pulseaudio:null");
        let camera = device(DeviceKind::Camera, "v4l:/dev/video0");
        let plugin = device(DeviceKind::Loudspeaker, "alsa:pulse");
        assert!(came_with_server(&null, &[]) && came_with_server(&null, &[camera.clone(), plugin]));
        let own = device(DeviceKind::Microphone, "pulseaudio:own");
        assert!(!came_with_server(&null, &[own]) && !came_with_server(&camera, &[]));
    }
}
