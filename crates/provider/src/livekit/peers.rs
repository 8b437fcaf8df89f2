//! The two peer connections of a session, as far as they are known from outside.

use crate::{PeerId, PeerState};
use livekit_protocol::SignalTarget;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::TrackId;

/// A peer connection that is this long without a path is taken up again, without waiting for it to fail:
/// short breaks heal by themselves (measured: 7 s), and the server gives up after about 13 s.
const PATIENCE: Duration = Duration::from_secs(8);
/// Media sections in one description that are listened to.
const MOST_SECTIONS: usize = 2048;

#[derive(Debug)]
pub(super) struct Peer {
    pub(super) id: PeerId,
    state: PeerState,
    /// Its ICE is being restarted: what was connected before says nothing.
    renewing: bool,
    /// Since when it has been disconnected.
    lost_since: Option<MediaTime>,
}

impl Peer {
    fn new(id: PeerId) -> Self {
        Self { id, state: PeerState::New, renewing: false, lost_since: None }
    }

    pub(super) fn connected(&self) -> bool {
        self.state == PeerState::Connected && !self.renewing
    }

    fn enter(&mut self, state: PeerState, now: MediaTime) {
        self.state = state;
        self.renewing &= state != PeerState::Connected;
        self.lost_since = match state {
            PeerState::Disconnected => self.lost_since.or(Some(now)),
            _ => None,
        };
    }
}

/// A server's offer with our answer, kept for a resumption.
#[derive(Debug, Default)]
pub(super) struct Descriptions {
    pub(super) offer: Option<(u32, String)>,
    pub(super) answer: Option<(u32, String)>,
}

#[derive(Debug)]
pub(super) struct Peers {
    pub(super) publish: Peer,
    pub(super) subscribe: Peer,
    /// The server opens its data channels on this one, and we are "in" when it is connected.
    pub(super) subscriber_primary: bool,
    pub(super) descriptions: Descriptions,
    sections: BTreeMap<TrackId, BTreeSet<String>>,
}

impl Peers {
    pub(super) fn new(publish: PeerId, subscribe: PeerId, subscriber_primary: bool) -> Self {
        Self {
            publish: Peer::new(publish),
            subscribe: Peer::new(subscribe),
            subscriber_primary,
            descriptions: Descriptions::default(),
            sections: BTreeMap::new(),
        }
    }

    /// Which side of signalling a peer connection stands for.
    pub(super) fn target(&self, peer: PeerId) -> Option<SignalTarget> {
        if peer == self.publish.id {
            Some(SignalTarget::Publisher)
        } else if peer == self.subscribe.id {
            Some(SignalTarget::Subscriber)
        } else {
            None
        }
    }

    pub(super) fn of(&self, target: SignalTarget) -> &Peer {
        match target {
            SignalTarget::Publisher => &self.publish,
            SignalTarget::Subscriber => &self.subscribe,
        }
    }

    pub(super) fn enter(&mut self, target: SignalTarget, state: PeerState, now: MediaTime) {
        match target {
            SignalTarget::Publisher => self.publish.enter(state, now),
            SignalTarget::Subscriber => self.subscribe.enter(state, now),
        }
    }

    /// True where the connection that decides whether we are in is up.
    pub(super) fn primary_up(&self) -> bool {
        if self.subscriber_primary { self.subscribe.connected() } else { self.publish.connected() }
    }

    /// True where everything that has been negotiated is connected.
    pub(super) fn all_up(&self, publish_begun: bool) -> bool {
        self.primary_up() && (!publish_begun || self.publish.connected())
    }

    /// A resumption restarts ICE on both: they have to connect anew, and patience begins anew.
    pub(super) fn renew(&mut self) {
        for peer in [&mut self.publish, &mut self.subscribe] {
            peer.renewing = true;
            peer.lost_since = None;
        }
    }

    /// The time for that is over: a connection that never left its state has stood all the time.
    pub(super) fn settle(&mut self) {
        self.publish.renewing = false;
        self.subscribe.renewing = false;
    }

    /// When patience with a disconnected peer connection ends.
    pub(super) fn due(&self) -> Option<MediaTime> {
        [&self.publish, &self.subscribe].into_iter().filter_map(|peer| Some(peer.lost_since? + PATIENCE)).min()
    }

    /// The peer connection with which patience has ended; it is not named again before its state changes.
    pub(super) fn out_of_patience(&mut self, now: MediaTime) -> Option<SignalTarget> {
        for (peer, target) in
            [(&mut self.subscribe, SignalTarget::Subscriber), (&mut self.publish, SignalTarget::Publisher)]
        {
            if peer.lost_since.is_some_and(|since| since + PATIENCE <= now) {
                peer.lost_since = None;
                return Some(target);
            }
        }
        None
    }

    /// Takes the map of media sections of a server's offer. Gives it in order, and the tracks whose
    /// section is another one now: the server sends them anew, in another codec.
    pub(super) fn sections(&mut self, map: HashMap<String, String>) -> (Vec<(String, TrackId)>, Vec<TrackId>) {
        let ordered: BTreeMap<String, String> = map.into_iter().take(MOST_SECTIONS).collect();
        let mut now: BTreeMap<TrackId, BTreeSet<String>> = BTreeMap::new();
        for (mid, track) in &ordered {
            now.entry(TrackId::from(track.as_str())).or_default().insert(mid.clone());
        }
        let moved = now
            .iter()
            .filter(|(track, mids)| self.sections.get(*track).is_some_and(|before| before.is_disjoint(mids)))
            .map(|(track, _)| track.clone())
            .collect();
        self.sections = now;
        (ordered.into_iter().map(|(mid, track)| (mid, TrackId::from(track))).collect(), moved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peers() -> Peers {
        Peers::new(PeerId(0), PeerId(1), true)
    }

    #[test]
    fn up_is_everything_that_was_negotiated() {
        let mut peers = peers();
        assert!(!peers.primary_up());
        peers.enter(SignalTarget::Subscriber, PeerState::Connected, MediaTime::ZERO);
        assert!(peers.primary_up() && peers.all_up(false) && !peers.all_up(true));
        peers.enter(SignalTarget::Publisher, PeerState::Connected, MediaTime::ZERO);
        assert!(peers.all_up(true));
        let mut only_publish = Peers::new(PeerId(0), PeerId(1), false);
        only_publish.enter(SignalTarget::Subscriber, PeerState::Connected, MediaTime::ZERO);
        assert!(!only_publish.primary_up());
        only_publish.enter(SignalTarget::Publisher, PeerState::Connected, MediaTime::ZERO);
        assert!(only_publish.primary_up() && only_publish.all_up(true));
    }

    #[test]
    fn a_restart_has_to_connect_anew() {
        let mut peers = peers();
        peers.enter(SignalTarget::Subscriber, PeerState::Connected, MediaTime::ZERO);
        peers.renew();
        assert!(!peers.primary_up());
        peers.enter(SignalTarget::Subscriber, PeerState::Connecting, MediaTime::ZERO);
        peers.settle();
        assert!(!peers.primary_up());
        peers.enter(SignalTarget::Subscriber, PeerState::Connected, MediaTime::ZERO);
        assert!(peers.primary_up());
        peers.renew();
        peers.settle();
        assert!(peers.primary_up());
    }

    #[test]
    fn patience_with_a_break_ends_once() {
        let mut peers = peers();
        peers.enter(SignalTarget::Publisher, PeerState::Disconnected, MediaTime::ZERO);
        peers.enter(SignalTarget::Publisher, PeerState::Disconnected, MediaTime::from_millis(5000));
        assert_eq!(peers.due(), Some(MediaTime::from_millis(8000)));
        assert_eq!(peers.out_of_patience(MediaTime::from_millis(7999)), None);
        assert_eq!(peers.out_of_patience(MediaTime::from_millis(8000)), Some(SignalTarget::Publisher));
        assert_eq!(peers.out_of_patience(MediaTime::from_millis(9000)), None);
        assert_eq!(peers.due(), None);
    }

    #[test]
    fn a_track_in_another_section_is_sent_anew() {
        let mut peers = peers();
        let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let (all, moved) = peers.sections(map(&[("1", "TR_a"), ("2", "TR_b")]));
        assert_eq!((all.len(), moved.len()), (2, 0));
        let (_, moved) = peers.sections(map(&[("1", "TR_a"), ("2", "TR_b"), ("3", "TR_c")]));
        assert!(moved.is_empty());
        let (_, moved) = peers.sections(map(&[("2", "TR_b"), ("4", "TR_a")]));
        assert_eq!(moved, [TrackId::from("TR_a")]);
    }
}
