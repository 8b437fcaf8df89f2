//! The snapshot as it is, the snapshot as it was told, and the difference as keyed patches.

use std::collections::BTreeMap;
use visavis_model::{Batch, CaptionView, Message, ParticipantId, Patch, Snapshot, apply};

/// Holds what there is to show. Change it freely, then [`State::flush`].
#[derive(Debug, Default)]
pub struct State {
    now: Snapshot,
    told: Snapshot,
    dirty: bool,
}

impl State {
    pub fn view(&self) -> &Snapshot {
        &self.now
    }

    /// True where something may have changed since the last flush.
    pub fn is_dirty(&self) -> bool {
        self.dirty
    }

    pub fn edit(&mut self) -> &mut Snapshot {
        self.dirty = true;
        &mut self.now
    }

    /// The batch that leads from what was told to what is; `None` where nothing changed.
    pub fn flush(&mut self) -> Option<Batch> {
        if !std::mem::take(&mut self.dirty) {
            return None;
        }
        let patches = difference(&self.told, &self.now);
        if patches.is_empty() {
            return None;
        }
        self.now.revision = self.told.revision + 1;
        let batch = Batch { from: self.told.revision, to: self.now.revision, patches };
        // As a reader does: what did not change is not copied, thirty times a second.
        let followed = apply(&mut self.told, &batch);
        debug_assert!(followed && self.told == self.now);
        Some(batch)
    }

    /// What was told last: what a new reader starts from.
    pub fn told(&self) -> &Snapshot {
        &self.told
    }
}

/// Patches that make `from` into `to`. Pure; messages are only ever added, edited or all forgotten.
pub fn difference(from: &Snapshot, to: &Snapshot) -> Vec<Patch> {
    let mut patches = Vec::new();
    if from.phase != to.phase {
        patches.push(Patch::Phase(to.phase.clone()));
    }
    if from.recognised != to.recognised {
        patches.push(Patch::Recognised(to.recognised.clone()));
    }
    if from.elsewhere != to.elsewhere {
        patches.push(Patch::Elsewhere(to.elsewhere.clone()));
    }
    if from.offered != to.offered {
        patches.push(Patch::Offered(to.offered.clone()));
    }
    if from.room != to.room {
        patches.push(Patch::Room(to.room.clone()));
    }
    if from.me != to.me {
        patches.push(Patch::Me(to.me.clone()));
    }
    patches.extend(
        from.participants.keys().filter(|id| !to.participants.contains_key(*id)).cloned().map(Patch::ParticipantGone),
    );
    patches.extend(
        to.participants
            .iter()
            .filter(|(id, participant)| from.participants.get(*id) != Some(participant))
            .map(|(_, participant)| Patch::Participant(participant.clone())),
    );
    if from.devices != to.devices {
        patches.push(Patch::Devices(to.devices.clone()));
    }
    if from.issues != to.issues {
        patches.push(Patch::Issues(to.issues.clone()));
    }
    if from.messages != to.messages {
        messages(&from.messages, &to.messages, &mut patches);
    }
    if from.live_text != to.live_text {
        patches.push(Patch::LiveText(to.live_text.clone()));
    }
    if from.together != to.together {
        patches.push(Patch::Together(to.together.clone()));
    }
    if from.captions != to.captions {
        captions(&from.captions, &to.captions, &mut patches);
    }
    if from.home != to.home {
        patches.push(Patch::Home(to.home.clone()));
    }
    if from.policy != to.policy {
        patches.push(Patch::Policy(to.policy.clone()));
    }
    if from.share_window != to.share_window {
        patches.push(Patch::ShareWindow(to.share_window));
    }
    if from.sharing != to.sharing {
        patches.push(Patch::Sharing(to.sharing.clone()));
    }
    if from.window != to.window {
        patches.push(Patch::Window(to.window.clone()));
    }
    if from.settings != to.settings {
        patches.push(Patch::Settings(Box::new(to.settings.clone())));
    }
    if from.global_keys != to.global_keys {
        patches.push(Patch::GlobalKeys(to.global_keys.clone()));
    }
    if from.doctor != to.doctor {
        patches.push(Patch::Doctor(to.doctor.clone()));
    }
    patches
}

/// Captions grow at their end, or are all forgotten; what is older than the last told ones does not change any more.
fn captions(from: &[CaptionView], to: &[CaptionView], patches: &mut Vec<Patch>) {
    let mut known: BTreeMap<&str, &CaptionView> = from.iter().map(|caption| (caption.id.as_str(), caption)).collect();
    let kept: std::collections::BTreeSet<&str> = to.iter().map(|caption| caption.id.as_str()).collect();
    if known.keys().any(|id| !kept.contains(id)) {
        patches.push(Patch::CaptionsGone(()));
        known.clear();
    }
    let fresh = to.iter().filter(|caption| known.get(caption.id.as_str()) != Some(caption));
    patches.extend(fresh.map(|caption| Patch::Caption(caption.clone())));
}

fn messages(from: &[Message], to: &[Message], patches: &mut Vec<Patch>) {
    type Key<'a> = (Option<&'a ParticipantId>, &'a str);
    fn key(message: &Message) -> Key<'_> {
        (message.author.as_ref(), message.id.as_str())
    }
    let mut known: BTreeMap<Key<'_>, &Message> = from.iter().map(|message| (key(message), message)).collect();
    let kept: std::collections::BTreeSet<Key<'_>> = to.iter().map(key).collect();
    if known.keys().any(|key| !kept.contains(key)) {
        patches.push(Patch::MessagesGone(()));
        known.clear();
    }
    patches.extend(
        to.iter()
            .filter(|message| known.get(&key(message)) != Some(message))
            .map(|message| Patch::Message(message.clone())),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::{ParticipantView, Phase};

    fn participant(id: &str, name: &str) -> ParticipantView {
        ParticipantView {
            id: id.into(),
            name: name.into(),
            kind: Default::default(),
            role: Default::default(),
            guest: false,
            signed_in: false,
            color: None,
            order: 0,
            speaking: false,
            hand: None,
            quality: Default::default(),
            reconnecting: false,
            publications: Vec::new(),
        }
    }

    fn caption(id: &str, text: &str) -> CaptionView {
        let (id, name, text, language) = (id.into(), "A".into(), text.into(), "fr".into());
        CaptionView { id, speaker: None, name, text, language, finished: false, at: 0 }
    }

    #[test]
    fn batches_lead_a_reader_to_the_same_snapshot() {
        let mut state = State::default();
        let mut reader = Snapshot::default();
        let changes: [fn(&mut Snapshot); 16] = [
            |snapshot| snapshot.room.name = "Salle".into(),
            |snapshot| {
                snapshot.participants.insert("a".into(), participant("a", "A"));
                snapshot.participants.insert("b".into(), participant("b", "B"));
            },
            |snapshot| {
                snapshot.participants.remove(&ParticipantId::from("a"));
            },
            |snapshot| snapshot.phase = Phase::Ended { reason: visavis_model::EndReason::Left, seconds: 3 },
            |snapshot| {
                for text in ["1", "2"] {
                    snapshot.messages.push(Message {
                        id: text.into(),
                        author: None,
                        author_name: String::new(),
                        own: true,
                        text: text.into(),
                        at: 0,
                        edited: false,
                        sending: Default::default(),
                    });
                }
            },
            |snapshot| snapshot.messages.clear(),
            |snapshot| {
                snapshot.together.captions = visavis_model::CaptionsState::On;
                snapshot.captions.push(caption("1", "Bon"));
                snapshot.captions.push(caption("2", "Oui"));
            },
            |snapshot| snapshot.captions[0].text = "Bonjour".into(),
            |snapshot| {
                snapshot.captions.remove(0);
                snapshot.home.recent.clear();
            },
            |snapshot| snapshot.share_window = true,
            |snapshot| snapshot.sharing.possible = true,
            |snapshot| snapshot.policy.organisation = "Agglo".into(),
            |snapshot| snapshot.window.self_hidden = true,
            |snapshot| snapshot.settings.mirror = false,
            |snapshot| snapshot.global_keys = visavis_model::GlobalKeys::Asking,
            |snapshot| snapshot.doctor.running = true,
        ];
        for change in changes {
            change(state.edit());
            let batch = state.flush().expect("a change is told");
            assert!(apply(&mut reader, &batch));
            assert_eq!(&reader, state.view());
        }
        assert!(state.flush().is_none());
    }

    #[test]
    fn an_edit_that_changes_nothing_is_not_told() {
        let mut state = State::default();
        state.edit().recognised = None;
        assert!(state.flush().is_none());
    }
}
