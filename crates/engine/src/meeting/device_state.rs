//! What is said of devices without moving the call: muted by the system, telephone quality, silence, something new.

use super::*;
use crate::follow::{
    Lately, Muted, TOGETHER, arrived, better_microphone, better_word, came_with_server, camera_target,
};
use visavis_model::{DeviceId, DeviceKind, DeviceState, DeviceView, IssueAction};

/// Digital silence of a microphone that is on, before it is told. The meter itself waits three seconds.
const TELL_SILENCE_AFTER: Duration = Duration::from_secs(2);

/// What was seen, so that it is said once.
#[derive(Default)]
pub(in crate::meeting) struct Seen {
    /// New devices that are offered, since when.
    arrived: Option<(MediaTime, Vec<DeviceView>)>,
    /// All that arrived a moment ago, used by now or not.
    lately: Lately,
    /// When the sound server itself came: its devices may come one by one.
    served: Option<MediaTime>,
    /// Whose telephone quality was told.
    telephone: Option<DeviceId>,
    silent_since: Option<MediaTime>,
    muted: Muted,
    /// The loudspeaker of which it was told that the system mutes it.
    deaf: Option<DeviceId>,
}

impl Meeting {
    /// The microphone or the loudspeaker in use, as the system lists it now.
    fn view_of(&self, kind: DeviceKind) -> Option<&DeviceView> {
        let id = match kind {
            DeviceKind::Microphone => self.following.microphone.device()?,
            DeviceKind::Loudspeaker => self.following.loudspeaker.device()?,
            DeviceKind::Camera => return None,
        };
        self.state.view().devices.list.iter().find(|device| device.kind == kind && device.id == *id)
    }

    pub(in crate::meeting) fn look_at_microphone(&mut self) {
        let place = self.has_place();
        let on = self.state.view().me.microphone_on;
        let view = self.view_of(DeviceKind::Microphone).filter(|_| place).cloned();
        let muted = view.as_ref().filter(|view| view.state == DeviceState::Muted);
        self.following.seen.muted.see(muted.is_some(), self.clock.now());
        if let Some(call) = &mut self.call {
            call.microphone.muted_by_system = muted.is_some();
        }
        match muted.filter(|_| on) {
            Some(view) => self.issue(Issue::new(IssueCode::MicrophoneMutedBySystem).with("name", view.name.as_str())),
            None => self.issue_gone(IssueCode::MicrophoneMutedBySystem),
        }
        match view.filter(|view| view.state == DeviceState::Telephone) {
            Some(view) if self.following.seen.telephone.as_ref() != Some(&view.id) => {
                self.following.seen.telephone = Some(view.id.clone());
                let issue = Issue::new(IssueCode::MicrophoneTelephone).with("name", view.name.as_str());
                let issue = self.with_better(issue, &view.id, IssueAction::None);
                let better = better_word(better_microphone(&view.id, &self.state.view().devices.list));
                self.issue(match better {
                    Some(word) => issue.with("cause", word),
                    None => issue,
                });
            }
            Some(_) => {}
            None => {
                self.following.seen.telephone = None;
                self.issue_gone(IssueCode::MicrophoneTelephone);
            }
        }
    }

    /// Where the system mutes the loudspeaker, nobody is heard: told once, while there is somebody to hear.
    fn look_at_loudspeaker(&mut self) {
        let others = self.in_meeting() && !self.state.view().participants.is_empty();
        let is_muted = |view: &&DeviceView| others && view.state == DeviceState::Muted;
        let muted = self.view_of(DeviceKind::Loudspeaker).filter(is_muted).cloned();
        let before = std::mem::replace(&mut self.following.seen.deaf, muted.as_ref().map(|view| view.id.clone()));
        match muted {
            Some(view) if before.as_ref() == Some(&view.id) => {}
            Some(view) => self.issue(Issue::new(IssueCode::LoudspeakerMutedBySystem).with("name", view.name.as_str())),
            None => self.issue_gone(IssueCode::LoudspeakerMutedBySystem),
        }
    }

    /// Digital silence that is no mute of the system's, nor what the meter has counted of that.
    pub(in crate::meeting) fn is_microphone_silent(&self, now: MediaTime) -> bool {
        self.microphone_silent && !self.following.seen.muted.explains_silence(now)
    }

    /// Offers a better microphone with the issue, where there is one.
    fn with_better(&self, mut issue: Issue, than: &DeviceId, otherwise: IssueAction) -> Issue {
        match better_microphone(than, &self.state.view().devices.list) {
            Some(other) => {
                issue.action = IssueAction::UseDevice;
                issue.with("microphone", other.id.as_str()).with("better", other.name.as_str())
            }
            None => {
                issue.action = otherwise;
                issue
            }
        }
    }

    /// Looks at the time of silence, and at what failed or is being opened, four times a second.
    pub(in crate::meeting) fn look_at_devices(&mut self, now: MediaTime) {
        let device = self.following.microphone.device().cloned();
        let muted = self.state.view().issues.iter().any(|issue| issue.code == IssueCode::MicrophoneMutedBySystem);
        let on = self.state.view().me.microphone_on && self.microphone_works && self.has_place() && !muted;
        match device.filter(|_| on && self.is_microphone_silent(now)) {
            Some(device) => {
                let since = *self.following.seen.silent_since.get_or_insert(now);
                let known = self.state.view().issues.iter().any(|issue| issue.code == IssueCode::MicrophoneSilent);
                if self.in_meeting() && !known && now.since(since) >= TELL_SILENCE_AFTER {
                    // Once: whoever does not want to know is not told again before it has sounded.
                    self.following.seen.silent_since = Some(now + Duration::from_secs(24 * 3600));
                    let issue =
                        self.with_better(Issue::new(IssueCode::MicrophoneSilent), &device, IssueAction::ChooseDevice);
                    self.issue(issue);
                }
            }
            None if self.following.seen.silent_since.take().is_some() => self.issue_gone(IssueCode::MicrophoneSilent),
            None => {}
        }
        if self.following.is_unsettled() {
            self.follow_sound();
        }
        self.look_at_silence(now);
        self.look_at_loudspeaker();
        if self.microphone_works && self.following.microphone.is_unheard(now) {
            self.microphone_works = false;
            self.apply_microphone();
        }
        // In a meeting the banner goes by itself, unless somebody reads it.
        if !self.in_meeting() && self.following.told_long_ago(now) {
            self.issue_gone(IssueCode::DevicesMoved);
        }
    }

    /// Something was chosen: what is used by now is offered no more.
    pub(in crate::meeting) fn look_at_offer(&mut self) {
        let list = self.state.view().devices.list.clone();
        self.offer_arrived(&list);
    }

    /// Offers what was plugged in and is not used: a headset is one thing.
    pub(in crate::meeting) fn offer_arrived(&mut self, before: &[DeviceView]) {
        let now = self.clock.now();
        let snapshot = self.state.view();
        let list = &snapshot.devices.list;
        let kept = self.following.seen.arrived.take().filter(|(at, _)| {
            // What is still offered stays; what comes much later is another thing.
            now.since(*at) < TOGETHER || snapshot.issues.iter().any(|issue| issue.code == IssueCode::DeviceArrived)
        });
        let (mut since, mut offered) = kept.unwrap_or_default();
        let known = self.following.seen.lately.devices(now);
        for device in arrived(before, list, &known) {
            let seen = &mut self.following.seen;
            seen.lately.add(&device.id, now);
            if came_with_server(device, before) {
                seen.served = Some(now);
            }
            if device.kind != DeviceKind::Camera && seen.served.is_some_and(|at| now.since(at) < TOGETHER) {
                continue;
            }
            if now.since(since) >= TOGETHER {
                offered.clear();
            }
            since = now;
            offered.retain(|one| one.kind != device.kind);
            offered.push(device.clone());
        }
        offered.retain(|one| {
            let there = list.iter().any(|device| device.kind == one.kind && device.id == one.id);
            there && self.has_place() && !self.is_used(one) && self.can_use(one.kind)
        });
        if offered.is_empty() {
            return self.issue_gone(IssueCode::DeviceArrived);
        }
        let mut issue = Issue::new(IssueCode::DeviceArrived).with("name", offered[0].name.as_str());
        for device in &offered {
            let key = match device.kind {
                DeviceKind::Microphone => "microphone",
                DeviceKind::Loudspeaker => "loudspeaker",
                DeviceKind::Camera => "camera",
            };
            issue = issue.with(key, device.id.as_str());
        }
        // What somebody did not want to read is not told again because something else changed.
        if since == now || snapshot.issues.iter().any(|known| known.code == IssueCode::DeviceArrived) {
            self.issue(issue);
        }
        self.following.seen.arrived = Some((since, offered));
    }

    fn is_used(&self, device: &DeviceView) -> bool {
        let snapshot = self.state.view();
        match device.kind {
            DeviceKind::Microphone => self.following.microphone.usage.device() == Some(&device.id),
            DeviceKind::Loudspeaker => self.following.loudspeaker.usage.device() == Some(&device.id),
            DeviceKind::Camera => {
                camera_target(&snapshot.me.camera, &snapshot.devices.list).is_some_and(|camera| camera.id == device.id)
            }
        }
    }

    /// False where somebody has chosen no device of the system at all.
    fn can_use(&self, kind: DeviceKind) -> bool {
        let me = &self.state.view().me;
        match kind {
            DeviceKind::Microphone => {
                matches!(me.microphone, MicrophoneChoice::System | MicrophoneChoice::Device(_))
            }
            DeviceKind::Loudspeaker => !self.options.audio.without_loudspeaker,
            DeviceKind::Camera => matches!(me.camera, CameraChoice::System | CameraChoice::Device(_)),
        }
    }

    /// Takes the system's mute off, on a thread of its own: the sound server may hang.
    pub(in crate::meeting) fn unmute(&self, kind: DeviceKind) {
        let Some(id) = self.view_of(kind).map(|view| view.id.clone()) else { return };
        let run = move || {
            if let Err(error) = visavis_audio::device::unmute(kind, &id) {
                tracing::warn!(%error, "the device stays muted");
            }
        };
        if let Err(error) = std::thread::Builder::new().name("unmute".into()).spawn(run) {
            tracing::error!(%error, "no thread to unmute");
        }
    }
}
