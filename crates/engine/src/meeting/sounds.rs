//! The sounds of our own, and when they are worth a sound.

use super::*;

/// However often it happens, none of these sounds oftener: two that come together are one.
const KNOCKS_APART: Duration = Duration::from_secs(5);
const OTHERS_APART: Duration = Duration::from_secs(2);
/// Where more are together, nobody wants to hear each of them come (interface specification §5).
const MOST_HEARD_COMING: u32 = 4;

/// When each was last sounded in this call.
pub(super) type Sounded = BTreeMap<Chime, MediaTime>;

impl Meeting {
    /// One of our own sounds, where it is wanted.
    pub(super) fn chime(&self, chime: Chime) {
        let wanted = self.state.view().settings.chimes;
        let wanted = match chime {
            Chime::Entering => wanted.entering,
            Chime::Knock => wanted.knock,
            Chime::Arrival => wanted.arrival,
            Chime::Hand => wanted.hand,
            Chime::Message => wanted.message,
            // Whoever asks for it wants it, and nobody may miss that a recording begins.
            Chime::Test | Chime::Recording => true,
        };
        if wanted {
            self.audio.command(AudioCommand::Play(chime));
        }
    }

    /// What others do, heard with the eyes elsewhere: once, and once for many.
    pub(super) fn chime_once(&mut self, chime: Chime) {
        let now = self.clock.now();
        let Some(call) = &mut self.call else { return };
        if is_due(&mut call.sounded, chime, now) {
            self.chime(chime);
        }
    }

    /// What the server says of somebody while we are in: who comes, or raises the hand, is heard.
    pub(super) fn participant_changed(&mut self, participant: visavis_provider::Participant) {
        let Some(id) = participant.id.clone() else { return };
        let known = self.state.view().participants.contains_key(&id);
        let had_hand = self.call.as_ref().is_some_and(|call| call.hands.contains_key(&id));
        let (visible, hand) =
            (participant.kind != visavis_model::ParticipantKind::Hidden, !participant.hand_raised_at.is_empty());
        self.participant(participant);
        self.count();
        if !known && visible && self.state.view().room.count <= MOST_HEARD_COMING {
            self.chime_once(Chime::Arrival);
        } else if known && hand && !had_hand {
            self.chime_once(Chime::Hand);
        }
    }
}

/// Whether it is to be sounded now; then it counts as sounded.
fn is_due(sounded: &mut Sounded, chime: Chime, now: MediaTime) -> bool {
    let apart = if chime == Chime::Knock { KNOCKS_APART } else { OTHERS_APART };
    let due = sounded.get(&chime).is_none_or(|at| now.since(*at) >= apart);
    if due {
        sounded.insert(chime, now);
    }
    due
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_that_come_together_are_one_sound() {
        let mut sounded = Sounded::new();
        let mut at = |chime, seconds| is_due(&mut sounded, chime, MediaTime::ZERO + Duration::from_secs(seconds));
        let heard = [at(Chime::Message, 0), at(Chime::Message, 1), at(Chime::Hand, 1), at(Chime::Message, 2)];
        assert_eq!(heard, [true, false, true, true]);
        assert_eq!([at(Chime::Knock, 2), at(Chime::Knock, 6), at(Chime::Knock, 7)], [true, false, true]);
    }
}
