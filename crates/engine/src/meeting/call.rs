//! What the meeting keeps of one call, and hears from its net thread.

use super::*;

/// One call's own part.
pub(super) struct Call {
    pub(super) number: u64,
    pub(super) link: MeetingLink,
    pub(super) net: NetThread,
    /// With whom the last socket was to be opened: a server of meetings may have its media elsewhere.
    pub(super) contacted: Option<String>,
    pub(super) connected: bool,
    pub(super) down_since: Option<MediaTime>,
    /// The server seems to be there and says nothing.
    pub(super) unanswered_since: Option<MediaTime>,
    pub(super) joined_at: Option<MediaTime>,
    pub(super) microphone_published: bool,
    pub(super) camera_published: bool,
    pub(super) microphone: TrackEvidence,
    pub(super) camera: TrackEvidence,
    pub(super) next_order: u32,
    pub(super) hands: BTreeMap<visavis_model::ParticipantId, String>,
    /// What was last asked of each remote picture.
    pub(super) demands: HashMap<TrackId, demand::Demanded>,
    /// Some of it is only for a moment: to be looked at again.
    pub(super) demands_pass: bool,
    pub(super) together: together::Together,
    pub(super) sounded: sounds::Sounded,
    pub(super) live: live_text::LiveText,
    pub(super) alone: alone::Alone,
    /// How long the server lets somebody be alone.
    pub(super) alone_after: Option<Duration>,
    /// We have been in: a resumed meeting is no entry.
    pub(super) entered: bool,
    /// What the room allows, whatever the organisation does.
    pub(super) granted: visavis_model::CapabilitySet,
}

impl Meeting {
    pub(super) fn net(&mut self, event: NetEvent) {
        match event {
            NetEvent::Opening { host } => {
                if let Some(call) = &mut self.call {
                    call.contacted = Some(host);
                }
            }
            NetEvent::SocketOpened => {
                if let Phase::Joining { step, .. } = &mut self.state.edit().phase {
                    *step = (*step).max(1);
                }
            }
            NetEvent::Room(event) => self.room_event(event),
            NetEvent::Evidence { microphone, camera, unanswered_since } => {
                if let Some(call) = &mut self.call {
                    call.unanswered_since = unanswered_since;
                    for (evidence, report) in [(&mut call.microphone, microphone), (&mut call.camera, camera)] {
                        if let Some((at, lost)) = report {
                            evidence.last_report = Some(at);
                            evidence.fraction_lost = lost;
                        }
                    }
                }
            }
            NetEvent::PictureStopped { track, stopped } => {
                self.publication(&track, |publication| publication.stopped = stopped)
            }
            NetEvent::Codec { track, codec } => self.publication(&track, |publication| publication.codec = Some(codec)),
            NetEvent::Refused { host } => self.leave_refused(&host),
        }
    }
}
