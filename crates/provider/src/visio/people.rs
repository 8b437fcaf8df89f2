//! Who is in the room, as far as moderation needs it.

use crate::Participant;
use std::collections::BTreeMap;
use visavis_model::{ParticipantId, ParticipantKind, Role, TrackId, TrackSource};

#[derive(Debug)]
pub(super) struct Person {
    pub(super) role: Role,
    pub(super) hand: bool,
    /// Known to have no account.
    pub(super) guest: bool,
    tracks: Vec<(TrackSource, TrackId, bool)>,
}

impl Person {
    /// What of this source is not muted.
    pub(super) fn open(&self, source: TrackSource) -> Option<&TrackId> {
        self.tracks.iter().find(|(each, _, muted)| *each == source && !muted).map(|(_, track, _)| track)
    }

    pub(super) fn moderates(&self) -> bool {
        matches!(self.role, Role::Owner | Role::Administrator)
    }
}

/// Everybody but us and what is hidden; bounded by the LiveKit session's own list.
#[derive(Debug, Default)]
pub(super) struct People(BTreeMap<ParticipantId, Person>);

impl People {
    pub(super) fn enter(&mut self, others: &[Participant]) {
        self.0.clear();
        others.iter().for_each(|other| self.set(other));
    }

    pub(super) fn set(&mut self, participant: &Participant) {
        let Some(id) = participant.id.clone() else { return };
        if participant.kind == ParticipantKind::Hidden {
            self.0.remove(&id);
            return;
        }
        let tracks = participant.publications.iter().map(|each| (each.source, each.track.clone(), each.muted));
        let hand = !participant.hand_raised_at.is_empty();
        self.0.insert(id, Person { role: participant.role, hand, guest: participant.guest, tracks: tracks.collect() });
    }

    pub(super) fn remove(&mut self, id: &ParticipantId) {
        self.0.remove(id);
    }

    pub(super) fn get(&self, id: &ParticipantId) -> Option<&Person> {
        self.0.get(id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&ParticipantId, &Person)> {
        self.0.iter()
    }
}
