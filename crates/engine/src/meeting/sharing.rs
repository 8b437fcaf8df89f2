//! The own screen or window that is shared.

use super::shared_sound::SharedSound;
use super::*;
use crate::screen::{ScreenEvent, ScreenOptions, ScreenThread, look_for_screens};
use visavis_model::{ScreenKind, ScreenSource, ShareChoice, ShareMode, ShareSound, ShareView};

/// A share that runs.
pub(super) struct Share {
    /// Which one: what an earlier one still tells is not heard.
    pub(super) number: u64,
    thread: ScreenThread,
    /// It is asked for in the room.
    pub(super) asked: bool,
    pub(super) sound: SharedSound,
    /// Somebody receives it, says the server.
    subscribed: bool,
    /// Whether anybody wants any of its layers; `None` until the server says it.
    wanted: Option<bool>,
}

impl Share {
    /// A full reconnection publishes it anew.
    pub(super) fn begins_again(&mut self) {
        self.subscribed = false;
        self.wanted = None;
    }
}

impl Meeting {
    /// On a thread of its own: windows are asked to draw themselves.
    pub(super) fn look_for_screens(&mut self) {
        self.looks_for_screens = true;
        let windows_only = self.options.rules.shares_windows_only();
        self.state.edit().sharing.windows_only = windows_only;
        let sender = self.sender.clone();
        let system = self.options.screens;
        let look = move || {
            let _ = sender.send(Event::Screens(look_for_screens(system, windows_only)));
        };
        if let Err(error) = std::thread::Builder::new().name("screens".into()).spawn(look) {
            tracing::error!(%error, "no thread to look for screens");
        }
        self.look_for_sound();
    }

    pub(super) fn screens(&mut self, found: Result<Vec<ScreenSource>, Issue>) {
        // The answer to somebody who has chosen meanwhile.
        if !self.looks_for_screens {
            return;
        }
        let sharing = &mut self.state.edit().sharing;
        sharing.looked = true;
        sharing.possible = found.is_ok();
        match found {
            Ok(sources) => sharing.sources = sources,
            Err(issue) => {
                sharing.sources.clear();
                self.issue(issue);
            }
        }
    }

    /// The picker is closed: its pictures are not kept.
    pub(super) fn forget_screens(&mut self) {
        self.looks_for_screens = false;
        let sharing = &mut self.state.edit().sharing;
        sharing.sources.clear();
        sharing.looked = false;
    }

    /// `sound`: with what it plays, where that can be.
    pub(super) fn start_share(&mut self, choice: ShareChoice, mode: ShareMode, sound: bool) {
        if !self.in_meeting() || !self.state.view().room.capabilities.publish_screen {
            return self.issue(Issue::new(IssueCode::PublishRefused).with("source", "screen_share"));
        }
        self.stop_share();
        self.forget_screens();
        for code in [IssueCode::ShareClosed, IssueCode::ShareDenied] {
            self.issue_gone(code);
        }
        for source in ["screen_share", "screen_share_audio"] {
            self.refusal_gone(source);
        }
        self.shares += 1;
        let number = self.shares;
        let sender = self.sender.clone();
        let windows_only = self.options.rules.shares_windows_only();
        let (system, kept) = (self.options.screens, self.options.shares.clone());
        let options = ScreenOptions { choice, mode, framed: self.options.frame_shares, windows_only, system, kept };
        let thread = ScreenThread::start(self.clock, options, move |event| {
            let _ = sender.send(Event::Share(number, event));
        });
        let sound = SharedSound::new(sound);
        self.share = Some(Share { number, thread, asked: false, sound, subscribed: false, wanted: None });
        // Where the system asks there was no picker to look before.
        self.look_for_sound();
        self.state.edit().sharing.active = Some(ShareView {
            kind: ScreenKind::default(),
            title: String::new(),
            own: false,
            mode,
            moving: false,
            paused: false,
            hidden: false,
            sound: ShareSound::Impossible,
            size: None,
            published: false,
            seen_by: 0,
        });
    }

    pub(super) fn stop_share(&mut self) {
        let Some(share) = self.share.take() else { return };
        if let Some(call) = self.call.as_ref().filter(|_| share.asked) {
            for track in [TrackId::local_screen_audio(), TrackId::local_screen()] {
                call.net.room(RoomCommand::Unpublish { track });
            }
        }
        self.state.edit().sharing.active = None;
        // That it goes without its sound is over with it.
        self.sound_failure_gone();
    }

    pub(super) fn pause_share(&mut self, paused: bool) {
        let Some(share) = &self.share else { return };
        share.thread.set_paused(paused);
        self.shown_share(|view| view.paused = paused);
        self.apply_share_sound();
    }

    pub(super) fn choose_share_mode(&mut self, mode: ShareMode) {
        let Some(share) = &self.share else { return };
        share.thread.set_mode(mode);
        self.shown_share(|view| view.mode = mode);
    }

    pub(super) fn share_event(&mut self, number: u64, event: ScreenEvent) {
        // Of this computer, whatever is shared.
        if let ScreenEvent::SoundOffered(possible) = event {
            return self.sound_offered(possible);
        }
        let Some(share) = self.share.as_mut().filter(|share| share.number == number) else { return };
        match event {
            ScreenEvent::SoundOffered(_) => {}
            ScreenEvent::SoundFailed => self.share_sound_failed(),
            ScreenEvent::Found(source) => {
                share.sound.found(&source);
                self.shown_share(|view| {
                    view.kind = source.kind;
                    view.title = source.title;
                    view.own = source.own;
                });
                self.apply_share_sound();
            }
            ScreenEvent::Size(size) => {
                if let Some(call) = self.call.as_ref().filter(|_| !std::mem::replace(&mut share.asked, true)) {
                    call.net.screen(share.thread.output());
                    call.net.room(RoomCommand::Publish(publish::screen(size)));
                }
                self.shown_share(|view| view.size = Some(size));
                self.apply_share_sound();
            }
            ScreenEvent::Hidden(hidden) => self.shown_share(|view| view.hidden = hidden),
            ScreenEvent::Moving(moving) => self.shown_share(|view| view.moving = moving),
            ScreenEvent::Failed(issue) => {
                self.stop_share();
                self.issue(issue);
            }
        }
    }

    /// What the room tells of one of its tracks.
    pub(super) fn share_told(&mut self, track: &TrackId, told: ShareTold) {
        let Some(share) = &mut self.share else { return };
        if *track == TrackId::local_screen_audio() {
            if matches!(told, ShareTold::Refused) {
                self.share_sound_refused();
            }
            return;
        }
        match told {
            ShareTold::Published => self.shown_share(|view| view.published = true),
            ShareTold::Subscribed => share.subscribed = true,
            ShareTold::Wanted(wanted) => share.wanted = Some(wanted.contains(&true)),
            ShareTold::Refused => {
                self.stop_share();
                self.tell_refused("screen_share");
            }
        }
        self.people_changed = true;
    }

    /// The room lets us share nothing, or not any more. What is asked for there it refuses by itself, and that is told then: after what a
    /// moderator says of it.
    pub(super) fn share_forbidden(&mut self) {
        if self.share.as_ref().is_some_and(|share| !share.asked) {
            self.stop_share();
            self.tell_refused("screen_share");
        }
    }

    /// Somebody has muted it. Nobody unmutes it: sharing again is a click.
    pub(super) fn share_muted(&mut self, track: &TrackId) {
        // A share that is over by now has nothing to be stopped.
        if self.share.is_none() {
            return;
        }
        if *track == TrackId::local_screen_audio() {
            self.set_share_sound(false);
            self.tell_stopped("screen_share_audio");
        } else {
            self.stop_share();
            self.tell_stopped("screen_share");
            self.people_changed = true;
        }
    }

    /// Who sees it: the server tells whether anybody does, not who.
    pub(super) fn count_viewers(&mut self) {
        let Some(share) = &self.share else { return };
        let seen = share.subscribed && share.wanted != Some(false);
        let others = self.state.view().room.count.saturating_sub(1);
        self.shown_share(|view| view.seen_by = if seen { others } else { 0 });
    }

    pub(super) fn shown_share(&mut self, change: impl FnOnce(&mut ShareView)) {
        if let Some(view) = &mut self.state.edit().sharing.active {
            change(view);
        }
    }
}

/// Whether it is a track of what we share.
pub(super) fn is_shared(track: &TrackId) -> bool {
    [TrackId::local_screen(), TrackId::local_screen_audio()].contains(track)
}

/// What a room tells of a track that is shared.
#[derive(Clone, Copy, Debug)]
pub(super) enum ShareTold {
    Published,
    Subscribed,
    Wanted([bool; 3]),
    /// It is not published, or not any more.
    Refused,
}
