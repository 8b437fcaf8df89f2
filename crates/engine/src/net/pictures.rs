//! The own pictures' way out: camera and screen, each with its track, its layers and its rates.

use crate::allocate::{Allocation, allocate, allocate_sharp, left_over, wish, within};
use crate::net::media::FIRST_ESTIMATE;
use crate::output::VideoOutput;
use crate::queues::ENCODED_FRAMES;
use tokio::sync::mpsc;
use visavis_media::EncodedFrame;
use visavis_model::{BitsPerSecond, Codec, Layer, LayerSent, MediaKind, Quality, TrackId, TrackSource};
use visavis_provider::{ConnectionState, RoomCommand, RoomEvent};
use visavis_transport::{MAX_RTP_PAYLOAD, Peers, SendOutcome};
use visavis_video::payload::Packetiser;

/// Which of the own pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Own {
    Camera,
    Screen,
}

/// Both of them.
pub struct OwnPictures {
    camera: OwnPicture,
    screen: OwnPicture,
    /// Most that they may take together, by the organisation's word.
    most: Option<BitsPerSecond>,
}

struct OwnPicture {
    track: TrackId,
    output: Option<VideoOutput>,
    ladder: Vec<Layer>,
    on: bool,
    connected: bool,
    wanted: [bool; 3],
    packetiser: Option<Packetiser>,
    rates: Allocation,
    frames: mpsc::Receiver<EncodedFrame>,
    sink: mpsc::Sender<EncodedFrame>,
}

impl OwnPicture {
    fn new(track: TrackId) -> Self {
        let (sink, frames) = mpsc::channel(ENCODED_FRAMES);
        Self {
            track,
            output: None,
            ladder: Vec::new(),
            on: false,
            connected: false,
            wanted: [true; 3],
            packetiser: Packetiser::new(Codec::H264).ok(),
            rates: [None; 3],
            frames,
            sink,
        }
    }

    fn attach(&mut self, output: VideoOutput) {
        output.set_sink(Some(self.sink.clone()));
        output.set_rates(self.rates);
        self.output = Some(output);
    }

    fn send(&mut self, peers: &Peers, frame: &EncodedFrame) {
        let Some(sender) = peers.sender(&self.track).filter(|_| self.on) else { return };
        let Some(packetiser) = &mut self.packetiser else { return };
        let payloads = packetiser.packetise(frame, MAX_RTP_PAYLOAD);
        let timestamp = sender.clock().timestamp(frame.time);
        let layer = frame.layer.filter(|_| self.ladder.len() > 1);
        // Refused or too early: the transport asks for a keyframe itself when there is room, or a connection.
        let _: SendOutcome = sender.send_video(layer, timestamp, payloads, frame.keyframe);
    }

    fn want_keyframe(&self, layer: Option<Quality>) {
        if let Some(output) = &self.output {
            output.want_keyframe(layer);
        }
    }

    fn is_sending(&self) -> bool {
        self.on && self.connected && self.output.is_some()
    }

    fn wanted(&self) -> [bool; 3] {
        if self.is_sending() { self.wanted } else { [false; 3] }
    }

    fn allocate(&mut self, estimate: BitsPerSecond) {
        let share = if self.track == TrackId::local_screen() { allocate_sharp } else { allocate };
        let rates = if self.is_sending() { share(&self.ladder, self.wanted, estimate, &self.rates) } else { [None; 3] };
        if rates != self.rates {
            self.rates = rates;
            if let Some(output) = &self.output {
                output.set_rates(rates);
            }
        }
    }

    fn close(&mut self) {
        if let Some(output) = self.output.take() {
            output.set_sink(None);
        }
    }
}

impl OwnPictures {
    pub fn new(most: Option<BitsPerSecond>) -> Self {
        let (camera, screen) = (OwnPicture::new(TrackId::local_camera()), OwnPicture::new(TrackId::local_screen()));
        Self { camera, screen, most }
    }

    fn get(&mut self, which: Own) -> &mut OwnPicture {
        match which {
            Own::Camera => &mut self.camera,
            Own::Screen => &mut self.screen,
        }
    }

    fn of(&mut self, track: &TrackId) -> Option<&mut OwnPicture> {
        [&mut self.camera, &mut self.screen].into_iter().find(|each| each.track == *track)
    }

    /// The next encoded picture of either. Cancel safe; never ends.
    pub async fn next_frame(&mut self) -> Option<(Own, EncodedFrame)> {
        tokio::select! {
            frame = self.camera.frames.recv() => Some((Own::Camera, frame?)),
            frame = self.screen.frames.recv() => Some((Own::Screen, frame?)),
        }
    }

    /// Takes its pictures from here from now on.
    pub fn attach(&mut self, which: Own, output: VideoOutput) {
        self.get(which).attach(output);
    }

    pub fn send(&mut self, peers: &Peers, which: Own, frame: &EncodedFrame) {
        self.get(which).send(peers, frame);
    }

    /// Keeps in step with what the meeting asks of the room.
    pub fn follow_command(&mut self, command: &RoomCommand) {
        match command {
            RoomCommand::Publish(request) if request.source.kind() == MediaKind::Video => {
                if let Some(own) = self.of(&request.track) {
                    own.ladder.clone_from(&request.layers);
                    own.on = !request.muted;
                    own.wanted = [true; 3];
                }
            }
            RoomCommand::Unpublish { track } => {
                if let Some(own) = self.of(track) {
                    (own.on, own.connected) = (false, false);
                    own.rates = [None; 3];
                    own.close();
                }
            }
            RoomCommand::SetMuted { track, muted } => {
                if let Some(own) = self.of(track) {
                    own.on = !muted;
                    if own.on {
                        own.want_keyframe(None);
                    }
                }
            }
            _ => {}
        }
    }

    /// Keeps in step with what the room tells. True where other layers are to be sent now.
    pub fn follow_event(&mut self, event: &RoomEvent) -> bool {
        match event {
            RoomEvent::LayersWanted { track, wanted } => self.of(track).map(|own| own.wanted = *wanted).is_some(),
            RoomEvent::Connection(ConnectionState::Rejoining) => {
                for own in [&mut self.camera, &mut self.screen] {
                    // The session publishes it anew. The server asks nobody what they want of it before a first packet is there: what
                    // was said of the one before would keep that back for ever.
                    (own.connected, own.wanted) = (false, [true; 3]);
                }
                true
            }
            _ => false,
        }
    }

    /// What is sent on this track arrives somewhere now. True where it is one of these.
    pub fn connected(&mut self, track: &TrackId) -> bool {
        let own = self.of(track);
        own.map(|own| {
            own.connected = true;
            own.want_keyframe(None);
        })
        .is_some()
    }

    pub fn want_keyframe(&mut self, track: &TrackId, layer: Option<Quality>) {
        if let Some(own) = self.of(track) {
            own.want_keyframe(layer);
        }
    }

    /// Bitrate and layers of both: what is shared first, the camera from what is left.
    pub fn allocate(&mut self, peers: &Peers) {
        if self.camera.output.is_none() && self.screen.output.is_none() {
            return;
        }
        let wishes = [&self.screen, &self.camera].map(|own| wish(&own.ladder, own.wanted()));
        peers.want(crate::allocate::together(wishes));
        let estimate = within(peers.estimate().unwrap_or(FIRST_ESTIMATE), self.most);
        self.screen.allocate(estimate);
        self.camera.allocate(left_over(estimate, &self.screen.rates));
    }

    /// The track of ours that this is, and figures of its layers.
    pub fn sent(&self, track: &TrackId) -> Option<(TrackSource, Vec<LayerSent>)> {
        [(TrackSource::Camera, &self.camera), (TrackSource::ScreenShare, &self.screen)]
            .into_iter()
            .find(|(_, own)| own.track == *track)
            .map(|(source, own)| (source, own.output.as_ref().map_or_else(Vec::new, VideoOutput::layers)))
    }

    /// The call is over: pictures go nowhere.
    pub fn close(&mut self) {
        self.camera.close();
        self.screen.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::Size;

    #[test]
    fn what_nobody_wanted_is_sent_again_after_everything_was_made_anew() {
        let mut own = OwnPictures::new(None);
        let camera = TrackId::local_camera();
        let size = Size::new(1280, 720);
        own.attach(Own::Camera, VideoOutput::default());
        own.follow_command(&RoomCommand::Publish(crate::publish::camera(size)));
        assert!(own.connected(&camera));
        let estimate = BitsPerSecond(5_000_000);
        let is_sent = |own: &mut OwnPictures| {
            own.camera.allocate(estimate);
            own.camera.rates.iter().any(Option::is_some)
        };
        assert!(is_sent(&mut own));
        assert!(own.follow_event(&RoomEvent::LayersWanted { track: camera.clone(), wanted: [false; 3] }));
        assert!(!is_sent(&mut own), "nobody is there to see it");
        assert!(!own.follow_event(&RoomEvent::Connection(ConnectionState::Resuming)));
        assert!(!is_sent(&mut own), "what the server said holds where its connections stay");
        assert!(own.follow_event(&RoomEvent::Connection(ConnectionState::Rejoining)));
        assert!(!is_sent(&mut own), "there is nothing to send it by");
        assert!(own.connected(&camera));
        assert!(is_sent(&mut own));
    }
}
