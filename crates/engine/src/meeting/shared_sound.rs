//! The sound of the own screen or window that is shared: it begins and ends with the share, and is silent while that is paused.

use super::*;
use crate::shared_sound::SoundThread;
use visavis_audio::programs::{Whose, can_be_heard};
use visavis_model::{IssueAction, ScreenKind, ScreenSource, ShareSound, SoundOffer};

/// A share's sound.
#[derive(Default)]
pub(super) struct SharedSound {
    /// The person wants it.
    wanted: bool,
    /// Whose it is; `None` where nobody knows which sound is this window's.
    whose: Option<Whose>,
    thread: Option<SoundThread>,
    asked: bool,
}

impl SharedSound {
    pub(super) fn new(wanted: bool) -> Self {
        Self { wanted, ..Self::default() }
    }

    /// What it belongs to has been found.
    pub(super) fn found(&mut self, source: &ScreenSource) {
        self.whose = match source.kind {
            ScreenKind::Screen => Some(Whose::Others),
            ScreenKind::Window => source.process.filter(|_| !source.own).map(Whose::Process),
        };
    }
}

impl Meeting {
    /// Whether there is any sound to share; on a thread of its own, for a sound server may hang.
    pub(super) fn look_for_sound(&self) {
        let sender = self.sender.clone();
        let look = move || {
            let _ = sender.send(Event::Share(0, ScreenEvent::SoundOffered(can_be_heard())));
        };
        if let Err(error) = std::thread::Builder::new().name("sounds".into()).spawn(look) {
            tracing::error!(%error, "no thread to look for sound");
        }
    }

    pub(super) fn sound_offered(&mut self, possible: bool) {
        let forbidden = self.options.rules.policy.disable_screen_share_audio.is_on();
        let offer = match (forbidden, possible) {
            (true, _) => SoundOffer::Forbidden,
            (false, true) => SoundOffer::Possible,
            (false, false) => SoundOffer::Unavailable,
        };
        if self.state.view().sharing.sound != offer {
            self.state.edit().sharing.sound = offer;
            self.apply_share_sound();
        }
    }

    pub(super) fn set_share_sound(&mut self, on: bool) {
        if on {
            self.sound_failure_gone();
        }
        if let Some(share) = &mut self.share {
            share.sound.wanted = on;
            self.apply_share_sound();
        }
    }

    /// The organisation's word on it may be another.
    pub(super) fn obey_in_sound(&mut self) {
        let forbidden = self.options.rules.policy.disable_screen_share_audio.is_on();
        let sharing = &self.state.view().sharing;
        if forbidden != (sharing.sound == SoundOffer::Forbidden) {
            self.state.edit().sharing.sound = if forbidden { SoundOffer::Forbidden } else { SoundOffer::Unknown };
            if self.share.is_some() && !forbidden {
                self.look_for_sound();
            }
            self.apply_share_sound();
        }
    }

    /// Publishes, mutes and takes back what has to be, and hears what is to be heard.
    pub(super) fn apply_share_sound(&mut self) {
        let sharing = &self.state.view().sharing;
        let (offer, paused) = (sharing.sound, sharing.active.as_ref().is_some_and(|share| share.paused));
        let (Some(share), Some(call)) = (&mut self.share, &self.call) else { return };
        let sound = &mut share.sound;
        let may = matches!(offer, SoundOffer::Possible | SoundOffer::Unknown) && sound.whose.is_some();
        let shown = match (may, sound.wanted) {
            (true, true) => ShareSound::On,
            (true, false) if offer == SoundOffer::Possible => ShareSound::Off,
            _ => ShareSound::Impossible,
        };
        let track = TrackId::local_screen_audio();
        let goes = shown == ShareSound::On && share.asked;
        match (goes, std::mem::replace(&mut sound.asked, goes)) {
            (true, false) => call.net.room(RoomCommand::Publish(publish::screen_audio(paused))),
            (true, true) => call.net.room(RoomCommand::SetMuted { track, muted: paused }),
            (false, true) => call.net.room(RoomCommand::Unpublish { track }),
            (false, false) => {}
        }
        // While it is paused nothing is listened to.
        let whose = sound.whose.filter(|_| goes && !paused);
        match (whose, &sound.thread) {
            (Some(whose), None) => {
                let (sender, number) = (self.sender.clone(), share.number);
                let failed = move || drop(sender.send(Event::Share(number, ScreenEvent::SoundFailed)));
                sound.thread = Some(SoundThread::start(self.clock, whose, call.net.shared_sound(), failed));
            }
            (None, Some(_)) => sound.thread = None,
            _ => {}
        }
        self.shown_share(|view| view.sound = shown);
    }

    /// That the picture is shared without sound is no longer so.
    pub(super) fn sound_failure_gone(&mut self) {
        self.refusal_gone("screen_share_audio");
        self.issues_gone_where(|issue| {
            issue.code == IssueCode::ShareDenied && issue.params.get("cause").is_some_and(|cause| cause == "sound")
        });
    }

    /// It could not begin. The picture goes on.
    pub(super) fn share_sound_failed(&mut self) {
        self.set_share_sound(false);
        let issue = Issue::new(IssueCode::ShareDenied).with("cause", "sound");
        self.issue(Issue { action: IssueAction::None, ..issue });
    }

    /// The room does not take it, or not any more. The picture goes on.
    pub(super) fn share_sound_refused(&mut self) {
        if let Some(share) = &mut self.share {
            // It is not there to be taken back.
            (share.sound.asked, share.sound.wanted) = (false, false);
            self.apply_share_sound();
            self.tell_refused("screen_share_audio");
        }
    }
}
