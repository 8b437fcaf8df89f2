//! Our own tracks: asked for, published, muted, taken back.

use super::add_track::{add_track, sender};
use super::participant::codec_of;
use super::session::Session;
use crate::{PublishRequest, RoomEvent, TransportOperation};
use livekit_protocol::{
    MuteTrackRequest, RequestResponse, SubscribedQuality, SubscribedQualityUpdate, TrackInfo, TrackPublishedResponse,
    request_response, signal_request,
};
use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::{TrackId, TrackSource};

/// The server answers at once, or not at all (a source that the room does not allow, for instance).
const ANSWER_DUE: Duration = Duration::from_secs(10);
/// Own tracks at a time.
const MOST_TRACKS: usize = 16;

/// Where an own track stands with the server.
#[derive(Clone, Debug, PartialEq)]
enum Stage {
    Wanted,
    Asked { due: MediaTime },
    Published { info: Box<TrackInfo> },
}

#[derive(Debug)]
pub(super) struct Own {
    request: PublishRequest,
    cid: String,
    stage: Stage,
    /// What the server believes.
    told_muted: bool,
    wanted: Option<[bool; 3]>,
}

impl Own {
    fn sid(&self) -> Option<&str> {
        match &self.stage {
            Stage::Published { info } => Some(&info.sid),
            _ => None,
        }
    }

    fn sending(&self) -> bool {
        self.stage != Stage::Wanted
    }
}

impl Session {
    /// Notes a track to publish, and asks for it where we are in.
    pub(super) fn publish(&mut self, request: PublishRequest) {
        self.unpublish(&request.track);
        if let Some(cause) = self.cannot_publish(&request) {
            self.out.event(RoomEvent::PublishRefused { track: request.track, cause: cause.to_owned() });
            return;
        }
        let cid = self.ids.uuid();
        self.own.push(Own { told_muted: request.muted, request, cid, stage: Stage::Wanted, wanted: None });
        if self.live().is_some() {
            self.ask_wanted();
            self.negotiate();
        }
    }

    fn cannot_publish(&self, request: &PublishRequest) -> Option<&'static str> {
        if request.source == TrackSource::Unknown {
            // Meet's server would not even answer (measured).
            return Some("unknown source");
        }
        if self.own.len() >= MOST_TRACKS {
            return Some("too many tracks");
        }
        if !self.room.may_publish(request.source) {
            return Some("not permitted");
        }
        if self.forbidden_codecs.contains(&request.codec) {
            return Some("codec not allowed");
        }
        None
    }

    /// Asks for every track that is not yet asked for. True where a peer connection changed.
    pub(super) fn ask_wanted(&mut self) -> bool {
        let (Some(socket), Some(peers)) = (self.live(), &self.peers) else { return false };
        let peer = peers.publish.id;
        let mut changed = false;
        for own in &mut self.own {
            if own.sending() {
                continue;
            }
            own.told_muted = own.request.muted;
            own.stage = Stage::Asked { due: self.now + ANSWER_DUE };
            self.out.signal(socket, signal_request::Message::AddTrack(add_track(&own.request, &own.cid)));
            self.out.transport(TransportOperation::AddSender { peer, sender: sender(&own.request, &own.cid) });
            changed = true;
        }
        changed
    }

    /// New peer connections, or a server that forgot: everything is asked for anew, under new names.
    pub(super) fn forget_published(&mut self) {
        for index in 0..self.own.len() {
            let cid = self.ids.uuid();
            if let Some(own) = self.own.get_mut(index) {
                own.cid = cid;
                own.stage = Stage::Wanted;
                own.wanted = None;
            }
        }
    }

    /// The server may or may not have heard what was asked before the connection broke: take those
    /// tracks back, so that they are asked for anew.
    pub(super) fn retract_asked(&mut self) {
        let peer = self.peers.as_ref().map(|peers| peers.publish.id);
        for index in 0..self.own.len() {
            let cid = self.ids.uuid();
            let Some(own) = self.own.get_mut(index) else { continue };
            if !matches!(own.stage, Stage::Asked { .. }) {
                continue;
            }
            own.cid = cid;
            own.stage = Stage::Wanted;
            if let Some(peer) = peer {
                let track = own.request.track.clone();
                self.out.transport(TransportOperation::RemoveSender { peer, track });
            }
        }
    }

    pub(super) fn unpublish(&mut self, track: &TrackId) {
        let Some(index) = self.own.iter().position(|own| own.request.track == *track) else { return };
        let own = self.own.remove(index);
        if own.sending()
            && let Some(peers) = &self.peers
        {
            let peer = peers.publish.id;
            self.out.transport(TransportOperation::RemoveSender { peer, track: track.clone() });
            self.negotiate();
        }
    }

    fn refuse(&mut self, track: &TrackId, cause: &str) {
        self.unpublish(track);
        self.out.event(RoomEvent::PublishRefused { track: track.clone(), cause: cause.to_owned() });
    }

    pub(super) fn set_muted(&mut self, track: &TrackId, muted: bool) {
        if let Some(own) = self.own.iter_mut().find(|own| own.request.track == *track) {
            own.request.muted = muted;
        }
        self.tell_mutes();
    }

    /// Tells the server every mute that it does not know.
    pub(super) fn tell_mutes(&mut self) {
        let Some(socket) = self.live() else { return };
        for own in &mut self.own {
            let Stage::Published { info } = &mut own.stage else { continue };
            if own.request.muted == own.told_muted {
                continue;
            }
            own.told_muted = own.request.muted;
            info.muted = own.request.muted;
            let mute = MuteTrackRequest { sid: info.sid.clone(), muted: own.request.muted };
            self.out.signal(socket, signal_request::Message::Mute(mute));
        }
    }

    pub(super) fn track_published(&mut self, response: TrackPublishedResponse) {
        let found = self.own.iter_mut().find(|own| own.cid == response.cid && own.sending());
        let (Some(own), Some(info)) = (found, response.track.filter(|info| !info.sid.is_empty())) else {
            self.out.ignore();
            return;
        };
        let event =
            RoomEvent::Published { track: own.request.track.clone(), server_id: TrackId::from(info.sid.as_str()) };
        own.stage = Stage::Published { info: Box::new(info) };
        self.out.event(event);
        self.tell_mutes();
    }

    /// The server took a track back: a permission is gone, or a moderator wished so.
    pub(super) fn track_unpublished(&mut self, sid: &str) {
        // Without an own track of that id it is the echo of our own unpublishing.
        if let Some(track) = self.own_by_sid(sid) {
            self.refuse(&track, "unpublished by the server");
        }
    }

    /// What the room does not allow any more is taken back.
    pub(super) fn unpublish_forbidden(&mut self) {
        let forbidden: Vec<_> = self
            .own
            .iter()
            .filter(|own| !self.room.may_publish(own.request.source))
            .map(|own| own.request.track.clone())
            .collect();
        for track in forbidden {
            self.refuse(&track, "not permitted");
        }
    }

    /// Codecs that the server does not want are not sent to it.
    pub(super) fn refuse_forbidden_codecs(&mut self) {
        let forbidden: Vec<_> = self
            .own
            .iter()
            .filter(|own| self.forbidden_codecs.contains(&own.request.codec))
            .map(|own| own.request.track.clone())
            .collect();
        for track in forbidden {
            self.refuse(&track, "codec not allowed");
        }
    }

    /// The server's answer to something that we asked.
    pub(super) fn request_answered(&mut self, response: RequestResponse) {
        use request_response::Reason;
        let reason = Reason::try_from(response.reason).unwrap_or(Reason::UnclassifiedError);
        if matches!(reason, Reason::Ok | Reason::Queued) {
            return;
        }
        let Some(request_response::Request::AddTrack(request)) = response.request else { return };
        match self.own.iter().find(|own| own.cid == request.cid).map(|own| own.request.track.clone()) {
            Some(track) => self.refuse(&track, reason.as_str_name()),
            None => self.out.ignore(),
        }
    }

    /// Mute by somebody else. Nobody unmutes us: that is for the person in front of the machine.
    pub(super) fn muted_by_server(&mut self, request: MuteTrackRequest) {
        let Some(socket) = self.live() else { return };
        let Some(own) = self.own.iter_mut().find(|own| own.sid() == Some(&request.sid)).filter(|_| request.muted)
        else {
            self.out.ignore();
            return;
        };
        let was_muted = std::mem::replace(&mut own.request.muted, true);
        own.told_muted = true;
        if let Stage::Published { info } = &mut own.stage {
            info.muted = true;
        }
        let track = own.request.track.clone();
        // The server waits for the echo, as its own clients give it.
        self.out.signal(socket, signal_request::Message::Mute(request));
        if !was_muted {
            self.out.event(RoomEvent::MutedByOther { track });
        }
    }

    /// Which layers somebody wants (dynacast).
    pub(super) fn layers_wanted(&mut self, update: SubscribedQualityUpdate) {
        #[allow(deprecated)] // servers before multi-codec simulcast say it there
        let single = update.subscribed_qualities;
        let Some(own) = self.own.iter_mut().find(|own| own.sid() == Some(&update.track_sid)) else {
            self.out.ignore();
            return;
        };
        let ours = update.subscribed_codecs.iter().find(|entry| codec_of(&entry.codec) == Some(own.request.codec));
        let qualities = match ours {
            Some(entry) => &entry.qualities,
            None if update.subscribed_codecs.is_empty() => &single,
            // About a codec that we do not send.
            None => return,
        };
        let wanted = wanted(qualities, own.request.layers.len() > 1);
        if own.wanted != Some(wanted) {
            own.wanted = Some(wanted);
            self.out.event(RoomEvent::LayersWanted { track: own.request.track.clone(), wanted });
        }
    }

    pub(super) fn track_subscribed(&mut self, sid: &str) {
        match self.own_by_sid(sid) {
            Some(track) => self.out.event(RoomEvent::TrackSubscribed { track }),
            None => self.out.ignore(),
        }
    }

    fn own_by_sid(&self, sid: &str) -> Option<TrackId> {
        self.own.iter().find(|own| own.sid() == Some(sid)).map(|own| own.request.track.clone())
    }

    /// What a peer connection could not take: the tracks that are not published yet.
    pub(super) fn sender_failed(&mut self) {
        let failed: Vec<_> = self
            .own
            .iter()
            .filter(|own| matches!(own.stage, Stage::Asked { .. }))
            .map(|own| own.request.track.clone())
            .collect();
        for track in failed {
            self.refuse(&track, "transport");
        }
    }

    pub(super) fn publish_due(&self) -> Option<MediaTime> {
        self.own.iter().filter_map(|own| if let Stage::Asked { due } = own.stage { Some(due) } else { None }).min()
    }

    pub(super) fn publish_timeout(&mut self) {
        let now = self.now;
        let late = |own: &&Own| matches!(own.stage, Stage::Asked { due } if due <= now);
        let late: Vec<_> = self.own.iter().filter(late).map(|own| own.request.track.clone()).collect();
        for track in late {
            self.refuse(&track, "no answer");
        }
    }

    /// What the server knows of our tracks, for a resumption.
    pub(super) fn published(&self) -> Vec<TrackPublishedResponse> {
        self.own
            .iter()
            .filter_map(|own| match &own.stage {
                Stage::Published { info } => {
                    Some(TrackPublishedResponse { cid: own.cid.clone(), track: Some((**info).clone()) })
                }
                _ => None,
            })
            .collect()
    }
}

/// `[low, medium, high]`; one encoding is wanted where any layer is.
fn wanted(qualities: &[SubscribedQuality], layered: bool) -> [bool; 3] {
    let mut wanted = [false; 3];
    for entry in qualities.iter().filter(|entry| entry.enabled) {
        if let Some(slot) = usize::try_from(entry.quality).ok().and_then(|index| wanted.get_mut(index)) {
            *slot = true;
        }
    }
    if layered { wanted } else { [wanted.contains(&true); 3] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_encoding_is_wanted_where_any_layer_is() {
        let quality = |quality: i32, enabled: bool| SubscribedQuality { quality, enabled };
        let some = [quality(0, true), quality(1, false), quality(7, true), quality(-1, true)];
        assert_eq!(wanted(&some, true), [true, false, false]);
        assert_eq!(wanted(&some, false), [true; 3]);
        assert_eq!(wanted(&[], false), [false; 3]);
    }
}
