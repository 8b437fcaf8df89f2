//! Coming back: a resumption keeps the peer connections and all ids, a rejoin makes everything anew.

use super::connect::{Entry, Signal};
use super::session::Session;
use super::{backoff, negotiation::Step};
use crate::{ConnectionState, LeaveCause, RoomEvent, TransportOperation};
use livekit_protocol::{
    ReconnectReason, ReconnectResponse, SessionDescription, SyncState, UpdateSubscription, signal_request,
};
use std::time::Duration;
use visavis_media::MediaTime;

/// After this long without a connection we give up; short ones in between do not count.
const GIVE_UP: Duration = Duration::from_secs(60);
/// A resumption that has not connected by then is repeated: an ICE restart begun while the path was dead
/// does not recover when the path returns (measured).
const RESUME_DUE: Duration = Duration::from_secs(3);
/// Resumptions in a row that the server took and that did not connect; then everything is made anew.
const MOST_DEAD_RESUMES: u32 = 5;
/// A connection that stood this long ends an outage.
const STABLE: Duration = Duration::from_secs(10);
/// Peer connections have so long to come up when joining, as long as the server's own limit.
pub(super) const MEDIA_DUE: Duration = Duration::from_secs(15);

#[derive(Clone, Copy, Debug)]
struct Outage {
    since: MediaTime,
    attempt: u32,
    dead_resumes: u32,
}

/// What is known about the connection as a whole.
#[derive(Debug, Default)]
pub(super) struct Recovery {
    outage: Option<Outage>,
    stable_at: Option<MediaTime>,
    /// Until when the peer connections have to be up.
    pub(super) media_due: Option<MediaTime>,
    announced: Option<ConnectionState>,
    ever_connected: bool,
    media_retried: bool,
    /// Since when the connection has stood.
    connected_at: Option<MediaTime>,
}

impl Recovery {
    /// True from the loss of a connection until it stands again.
    pub(super) fn down(&self) -> bool {
        matches!(self.announced, Some(ConnectionState::Resuming | ConnectionState::Rejoining))
    }

    pub(super) fn due(&self) -> Option<MediaTime> {
        [self.stable_at, self.media_due].into_iter().flatten().min()
    }
}

impl Session {
    /// Says where the connection stands, once a change.
    pub(super) fn announce(&mut self, state: ConnectionState) {
        if self.recovery.announced != Some(state) {
            self.recovery.announced = Some(state);
            self.out.event(RoomEvent::Connection(state));
        }
    }

    fn connected(&self) -> bool {
        self.recovery.announced == Some(ConnectionState::Connected)
    }

    fn begin_outage(&mut self) {
        self.recovery.stable_at = None;
        self.recovery.media_due = None;
        let stood = self.recovery.connected_at.take().map(|at| self.now.since(at));
        match &mut self.recovery.outage {
            Some(outage) => outage.since = outage.since + stood.unwrap_or_default(),
            None => self.recovery.outage = Some(Outage { since: self.now, attempt: 0, dead_resumes: 0 }),
        }
    }

    /// Takes the connection up again, with the peer connections that there are.
    pub(super) fn resume(&mut self, reason: ReconnectReason) {
        let possible = self.peers.is_some() && self.room.my_sid().is_some_and(|sid| !sid.is_empty());
        if !possible || self.resume_forbidden {
            self.rejoin();
            return;
        }
        self.begin_outage();
        self.close_socket();
        self.negotiation.interrupted();
        self.announce(ConnectionState::Resuming);
        self.attempt(Entry::Resume(reason));
    }

    /// Joins again, with everything anew; the same person to the others.
    pub(super) fn rejoin(&mut self) {
        self.prepare_rejoin();
        self.attempt(Entry::Rejoin);
    }

    /// The same without a wait. Only in answer to a resumption, which had its own: nobody can make us
    /// knock without a pause.
    pub(super) fn rejoin_now(&mut self) {
        self.prepare_rejoin();
        self.open(Entry::Rejoin);
    }

    fn prepare_rejoin(&mut self) {
        self.begin_outage();
        self.close_socket();
        self.forget_session();
        self.announce(ConnectionState::Rejoining);
    }

    /// Peer connections and everything that hung on them are over.
    pub(super) fn forget_session(&mut self) {
        self.close_peers();
        self.negotiation = Default::default();
        self.channels.renew();
        self.streams.clear();
        self.forget_published();
        let gone = self.room.forget_others();
        self.out.events(gone.into_iter().map(RoomEvent::TrackGone));
        self.demands.untold(self.now);
    }

    /// The next attempt, after the wait that is due; the end where it takes too long.
    pub(super) fn attempt(&mut self, entry: Entry) {
        let Some(outage) = &mut self.recovery.outage else { return };
        let wait = backoff::delay(outage.attempt, &mut self.ids);
        outage.attempt += 1;
        let until = self.now + wait;
        if until.since(outage.since) >= GIVE_UP {
            self.signal = Signal::Idle;
            self.leave_with(LeaveCause::Lost);
        } else if wait.is_zero() {
            self.open(entry);
        } else {
            self.signal = Signal::Waiting { until, entry };
        }
    }

    /// The server took us back.
    pub(super) fn resumed(&mut self, response: Option<ReconnectResponse>) {
        if let Some(response) = response {
            self.configure(response.client_configuration.as_ref());
            // Before anything is gathered anew.
            self.renew_ice_servers(&response.ice_servers);
            self.channels.resumed(response.last_message_seq);
        }
        if let Some(ping) = &mut self.ping {
            ping.renew(self.now);
        }
        if let Some(peers) = &mut self.peers {
            peers.renew();
        }
        self.send_sync_state();
        self.recovery.media_due = Some(self.now + RESUME_DUE);
        self.retract_asked();
        self.ask_wanted();
        if self.negotiation.begun() {
            let step = self.negotiation.restart();
            self.negotiation_step(step);
        }
        self.tell_mutes();
        self.flush_demands();
        self.check_connected();
    }

    fn send_sync_state(&mut self) {
        let (Some(socket), Some(peers)) = (self.live(), &self.peers) else { return };
        let description = |kind: &str, known: &Option<(u32, String)>| {
            known.as_ref().map(|(id, sdp)| SessionDescription {
                r#type: kind.into(),
                sdp: sdp.clone(),
                id: *id,
                ..Default::default()
            })
        };
        let state = SyncState {
            answer: description("answer", &peers.descriptions.answer),
            offer: description("offer", &peers.descriptions.offer),
            // Everything is subscribed to; these would be the exceptions.
            subscription: Some(UpdateSubscription { subscribe: false, ..Default::default() }),
            publish_tracks: self.published(),
            track_sids_disabled: self.demands.disabled(),
            datachannel_receive_states: self.channels.receive_states(),
            ..Default::default()
        };
        self.out.signal(socket, signal_request::Message::SyncState(state));
    }

    /// Looks what is connected now.
    pub(super) fn check_connected(&mut self) {
        let Some(peers) = self.peers.as_ref().filter(|_| self.live().is_some()) else { return };
        let (primary_up, all_up) = (peers.primary_up(), peers.all_up(self.negotiation.begun()));
        if primary_up && !self.connected() {
            self.recovery.ever_connected = true;
            self.recovery.connected_at = Some(self.now);
            if let Some(outage) = &mut self.recovery.outage {
                outage.dead_resumes = 0;
            }
            self.announce(ConnectionState::Connected);
        }
        self.flush_channels();
        if all_up && self.recovery.media_due.take().is_some() && self.recovery.outage.is_some() {
            self.recovery.stable_at = Some(self.now + STABLE);
        }
    }

    /// A peer connection is lost, or could not be made.
    pub(super) fn media_failed(&mut self, reason: ReconnectReason) {
        if self.recovery.ever_connected {
            if self.live().is_some() {
                self.resume(reason);
            }
        } else if self.recovery.media_retried {
            self.leave_with(LeaveCause::MediaBlocked);
        } else if self.live().is_some() {
            self.recovery.media_retried = true;
            self.rejoin();
        }
    }

    /// Descriptions that do not fit together, or an answer that never came: only new peer connections help.
    pub(super) fn negotiation_failed(&mut self) {
        if self.recovery.ever_connected {
            self.rejoin();
        } else {
            self.media_failed(ReconnectReason::RrUnknown);
        }
    }

    /// The machine's network changed: both directions need new candidates.
    pub(super) fn network_changed(&mut self) {
        match &self.signal {
            Signal::Live { .. } if self.recovery.ever_connected => self.resume(ReconnectReason::RrSwitchCandidate),
            Signal::Waiting { entry, .. } => self.open(*entry),
            _ => {}
        }
    }

    pub(super) fn recovery_timeout(&mut self) {
        let now = self.now;
        if self.recovery.stable_at.is_some_and(|at| at <= now) {
            self.recovery.stable_at = None;
            self.recovery.outage = None;
        }
        if self.recovery.media_due.is_none_or(|due| due > now) {
            return;
        }
        if let Some(peers) = &mut self.peers {
            peers.settle();
        }
        self.check_connected();
        if self.recovery.media_due.take().is_none() {
            return;
        }
        let Some(outage) = self.recovery.outage.filter(|_| self.recovery.ever_connected) else {
            self.media_failed(ReconnectReason::RrUnknown);
            return;
        };
        if now.since(outage.since) >= GIVE_UP {
            self.leave_with(LeaveCause::Lost);
        } else if self.recovery.announced == Some(ConnectionState::Resuming) && outage.dead_resumes < MOST_DEAD_RESUMES
        {
            if let Some(outage) = &mut self.recovery.outage {
                outage.dead_resumes += 1;
            }
            self.close_socket();
            self.negotiation.interrupted();
            self.open(Entry::Resume(ReconnectReason::RrSubscriberFailed));
        } else {
            self.rejoin();
        }
    }

    /// A description of ours is to be made.
    pub(super) fn negotiation_step(&mut self, step: Step) {
        match step {
            Step::Wait => {}
            Step::Offer { restart } => {
                if let Some(peers) = &self.peers {
                    let peer = peers.publish.id;
                    if !peers.publish.connected() && self.recovery.media_due.is_none() {
                        self.recovery.media_due = Some(self.now + MEDIA_DUE);
                    }
                    self.out.transport(TransportOperation::Offer { peer, restart });
                }
            }
            Step::GiveUp => self.negotiation_failed(),
        }
    }

    /// Something changed in what we publish.
    pub(super) fn negotiate(&mut self) {
        // While the connection is down the resumption's own offer holds it all.
        if self.live().is_some() {
            self.negotiation.want(self.now);
        }
    }
}
