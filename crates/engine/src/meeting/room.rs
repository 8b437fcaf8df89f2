//! What the room tells, and what is asked of it.

use super::*;
use visavis_model::Sending;

impl Meeting {
    pub(super) fn room_event(&mut self, event: RoomEvent) {
        let now = self.clock.now();
        match event {
            RoomEvent::Connection(state) => self.connection(state, now),
            RoomEvent::Joined { room, me, mut others } => {
                self.board.mark(Mark::Joined, now);
                if let Phase::Joining { step, .. } = &mut self.state.edit().phase {
                    *step = 2;
                }
                if let Some(call) = &mut self.call {
                    call.joined_at.get_or_insert(now);
                    call.hands.clear();
                }
                let snapshot = self.state.edit();
                snapshot.me.id = me.id.clone();
                snapshot.room.joined_at.get_or_insert(unix_millis());
                let there: std::collections::BTreeSet<_> = others.iter().filter_map(|one| one.id.clone()).collect();
                snapshot.participants.retain(|id, _| there.contains(id));
                self.me(me);
                self.remember_meeting();
                let first = room.mute_from;
                self.room(room);
                others.sort_by_key(|other| other.joined_at); // The server tells them in no order.
                others.into_iter().for_each(|other| self.participant(other));
                self.enter_quietly(first);
            }
            RoomEvent::Named(name) => self.state.edit().room.name = name,
            RoomEvent::RoomChanged(room) => self.room(room),
            RoomEvent::MeChanged(me) => self.me(me),
            RoomEvent::ParticipantChanged(participant) => self.participant_changed(participant),
            RoomEvent::ParticipantLeft(id) => {
                self.state.edit().participants.remove(&id);
                if let Some(call) = &mut self.call {
                    call.hands.remove(&id);
                }
                self.people_changed = true;
            }
            RoomEvent::TrackGone(_) => {}
            RoomEvent::Published { track, .. } if sharing::is_shared(&track) => {
                self.share_told(&track, sharing::ShareTold::Published);
            }
            RoomEvent::Published { track, .. } => self.evidence(&track, |evidence| evidence.published = true),
            RoomEvent::PublishRefused { track, .. } if sharing::is_shared(&track) => {
                self.share_told(&track, sharing::ShareTold::Refused);
            }
            RoomEvent::PublishRefused { track, .. } => self.publish_refused(&track),
            RoomEvent::TrackSubscribed { track } if sharing::is_shared(&track) => {
                self.share_told(&track, sharing::ShareTold::Subscribed);
            }
            RoomEvent::TrackSubscribed { track } => self.evidence(&track, |evidence| evidence.subscribed = true),
            RoomEvent::MutedByOther { track } => {
                if track == TrackId::local_microphone() {
                    self.muted_by_other();
                } else if sharing::is_shared(&track) {
                    self.share_muted(&track);
                } else {
                    self.camera_muted();
                }
            }
            RoomEvent::Speakers(changes) => {
                for (id, speaking, _) in changes {
                    if let Some(view) = self.state.edit().participants.get_mut(&id) {
                        view.speaking = speaking;
                    }
                }
            }
            RoomEvent::Quality(changes) => {
                let snapshot = self.state.edit();
                for (id, quality) in changes {
                    match id {
                        Some(id) => {
                            if let Some(view) = snapshot.participants.get_mut(&id) {
                                view.quality = quality;
                            }
                        }
                        None => snapshot.me.quality = quality,
                    }
                }
            }
            RoomEvent::Paused { track, paused } => self.publication(&track, |publication| publication.paused = paused),
            RoomEvent::Message(message) => {
                if self.options.rules.policy.disable_chat.is_on() {
                    return;
                }
                // A message without a sender could put words in anybody's mouth.
                let Some(author) = message.author else { return };
                if self.was_live(&author, &message.id) {
                    return;
                }
                let own = self.state.view().me.id.as_ref() == Some(&author);
                let author_name = if own {
                    self.state.view().me.name.clone()
                } else {
                    self.state.view().participants.get(&author).map_or(String::new(), |view| view.name.clone())
                };
                if !own && !message.edited {
                    self.chime_once(Chime::Message);
                }
                self.message(Message {
                    id: message.id,
                    author: Some(author),
                    author_name,
                    own,
                    text: message.text.chars().take(chat::LONGEST_MESSAGE).collect(),
                    at: message.unix_millis,
                    edited: message.edited,
                    sending: Sending::Sent,
                });
            }
            RoomEvent::Sent(id) => self.fate(&id, Sending::Sent),
            RoomEvent::NotSent(id) => self.fate(&id, Sending::Failed),
            RoomEvent::Left(cause) => self.left(&cause, now),
            RoomEvent::Lobby(lobby) => {
                if let Some(call) = &self.call {
                    self.state.edit().phase = Phase::Lobby { link: call.link.view(), lobby };
                }
            }
            RoomEvent::Captions(segment) => self.caption(segment),
            RoomEvent::Settings(settings) => self.state.edit().together.settings = settings,
            RoomEvent::Recording(recording) => self.recording(recording),
            RoomEvent::Reaction { .. } if self.options.rules.policy.disable_reactions.is_on() => {}
            RoomEvent::Waiting(waiting) => self.waiting(waiting),
            RoomEvent::Reaction { from, reaction } => {
                self.reaction(Some(from), reaction);
            }
            RoomEvent::Notice(notice) => self.notice(notice),
            RoomEvent::Invitation(invitation) => self.state.edit().together.invitation = Some(invitation),
            RoomEvent::ActionDone { id, outcome } => self.action_done(id, outcome),
            RoomEvent::LayersWanted { track, wanted } if track == TrackId::local_screen() => {
                self.share_told(&track, sharing::ShareTold::Wanted(wanted));
            }
            RoomEvent::LayersWanted { .. }
            | RoomEvent::SubscriptionFailed { .. }
            | RoomEvent::Data { .. }
            | RoomEvent::RoundTrip { .. } => {}
            RoomEvent::Text { topic, from, text, attributes, .. } => {
                if topic == live_text::TOPIC {
                    self.live_text(from, &text, &attributes);
                }
            }
            RoomEvent::Cookies(jar) => {
                if let Some(call) = &self.call {
                    self.cookies.insert(call.link.host.clone(), jar);
                }
            }
            RoomEvent::Account(account) => {
                if let Some(host) = self.call.as_ref().map(|call| call.link.host.clone()) {
                    self.known_account(&host, account);
                }
            }
        }
    }

    pub(super) fn connection(&mut self, state: ConnectionState, now: MediaTime) {
        let Some(call) = &mut self.call else { return };
        let link = call.link.view();
        match state {
            ConnectionState::Connecting | ConnectionState::Joined => {
                // The door is open.
                if matches!(self.state.view().phase, Phase::Lobby { .. }) {
                    self.state.edit().phase = Phase::Joining { link, step: 1 };
                    self.chime(Chime::Entering);
                }
            }
            ConnectionState::Connected => {
                if call.down_since.take().is_some() {
                    self.board.reconnected();
                }
                call.connected = true;
                self.state.edit().phase = Phase::InMeeting { link, reconnecting_for: None };
                self.issue_gone(IssueCode::Reconnecting);
                if let Some(choice) = self.options.share.take() {
                    self.start_share(choice.what, Default::default(), choice.sound);
                }
            }
            ConnectionState::Resuming | ConnectionState::Rejoining => {
                // A resume that takes moments is not worth a word: `look` tells it after a while.
                call.down_since.get_or_insert(now);
                if state == ConnectionState::Rejoining {
                    call.microphone.published = false;
                    call.camera.published = false;
                    if let Some(share) = &mut self.share {
                        share.begins_again();
                    }
                }
            }
        }
    }

    /// What the server says of ourselves.
    fn me(&mut self, me: visavis_provider::Participant) {
        let snapshot = self.state.edit();
        if !me.name.is_empty() {
            snapshot.me.name_given = me.name != self.hidden.name;
            snapshot.me.name = me.name;
        }
        snapshot.me.role = me.role;
        let (Some(call), Some(id)) = (&mut self.call, me.id) else { return };
        if me.hand_raised_at.is_empty() {
            call.hands.remove(&id);
        } else {
            call.hands.insert(id, me.hand_raised_at);
        }
        self.people_changed = true;
    }

    pub(super) fn room(&mut self, room: visavis_provider::RoomInfo) {
        let view = &mut self.state.edit().room;
        if !room.name.is_empty() {
            view.name = room.name;
        }
        view.recording = room.recording;
        view.capabilities = self.options.rules.of(room.capabilities);
        if let Some(call) = &mut self.call {
            call.alone_after = room.alone_after;
            call.granted = room.capabilities;
            call.microphone.forbidden = !room.capabilities.publish_microphone;
            call.camera.forbidden = !room.capabilities.publish_camera;
        }
        if !self.state.view().room.capabilities.publish_screen {
            self.share_forbidden();
        }
        self.count();
        self.count_readers();
    }

    /// Into a meeting of many one comes with the microphone off. Nothing has been heard yet: the media come later.
    fn enter_quietly(&mut self, most: Option<u32>) {
        self.count();
        let entered = self.call.as_mut().is_some_and(|call| std::mem::replace(&mut call.entered, true));
        let many = self.state.view().room.count > most.unwrap_or(MOST_WITH_MICROPHONE);
        if !entered && many && self.state.view().me.microphone_on {
            self.state.edit().me.microphone_on = false;
            self.apply_microphone();
            self.issue(Issue::new(IssueCode::LargeMeeting));
        }
    }

    pub(super) fn count(&mut self) {
        let others = self
            .state
            .view()
            .participants
            .values()
            .filter(|view| view.kind != visavis_model::ParticipantKind::Hidden)
            .count();
        self.state.edit().room.count = others as u32 + 1;
    }

    pub(super) fn participant(&mut self, participant: visavis_provider::Participant) {
        let Some(id) = participant.id.clone() else { return };
        let Some(call) = &mut self.call else { return };
        if participant.hand_raised_at.is_empty() {
            call.hands.remove(&id);
        } else {
            call.hands.insert(id.clone(), participant.hand_raised_at.clone());
        }
        let known = self.state.view().participants.get(&id);
        let is_new = known.is_none();
        let order = known.map_or_else(
            || {
                call.next_order += 1;
                call.next_order
            },
            |view| view.order,
        );
        let view = crate::receive::participant_view(participant, known, order);
        if is_new {
            self.greet();
        }
        let snapshot = self.state.edit();
        if is_new {
            // Their first word may have come before the server told of them.
            let nameless =
                |message: &&mut Message| message.author.as_ref() == Some(&id) && message.author_name.is_empty();
            for message in snapshot.messages.iter_mut().filter(nameless) {
                message.author_name.clone_from(&view.name);
            }
        }
        snapshot.participants.insert(id, view);
        self.people_changed = true;
    }

    pub(super) fn rank_hands(&mut self) {
        let Some(call) = &self.call else { return };
        let mut queue: Vec<_> = call.hands.iter().map(|(id, since)| (since.clone(), id.clone())).collect();
        queue.sort();
        let ranks: BTreeMap<_, _> =
            queue.into_iter().enumerate().map(|(rank, (_, id))| (id, rank as u32 + 1)).collect();
        let snapshot = self.state.edit();
        for (id, view) in &mut snapshot.participants {
            view.hand = ranks.get(id).copied();
        }
        snapshot.me.hand = snapshot.me.id.as_ref().and_then(|id| ranks.get(id).copied());
    }

    pub(super) fn publication(&mut self, track: &TrackId, change: impl Fn(&mut visavis_model::PublicationView)) {
        for view in self.state.edit().participants.values_mut() {
            view.publications.iter_mut().filter(|publication| publication.track == *track).for_each(&change);
        }
    }

    pub(super) fn showing(&mut self, track: &TrackId, size: visavis_model::Size) {
        self.publication(track, |publication| {
            publication.showing = true;
            publication.stopped = false;
            publication.size = Some(size);
        });
    }

    pub(super) fn set_layout(&mut self, layout: StageLayout) {
        self.stage.set_layout(layout.clone());
        self.layout = Some(layout);
        self.people_changed = true;
    }

    /// The page of the main window hears of it, and leaves the shared content out.
    pub(super) fn set_second_window(&mut self, presenter: Option<Box<dyn Presenter>>, bar: bool) {
        self.bar = bar && presenter.is_some();
        self.state.edit().share_window = !bar && presenter.is_some();
        self.share_layout = None;
        self.stage.set_second(presenter);
        self.people_changed = true;
    }

    pub(super) fn set_share_layout(&mut self, layout: StageLayout) {
        // The last word of a window that is closed by now.
        if !self.state.view().share_window && !self.bar {
            return;
        }
        self.stage.set_second_layout(layout.clone());
        self.share_layout = Some(layout);
        self.people_changed = true;
    }

    /// What follows from who is there and what is seen: once after everything that came together.
    pub(super) fn people(&mut self) {
        if std::mem::take(&mut self.people_changed) {
            self.rank_hands();
            self.count();
            self.count_readers();
            self.count_viewers();
            self.demand();
        }
    }
}
