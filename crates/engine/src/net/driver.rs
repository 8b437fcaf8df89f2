//! Drives one session: feeds it what happens, does what it says.

use super::contacted::Contacted;
use super::http::Http;
use super::media::{FIRST_ESTIMATE, Media};
use super::{NetCommand, NetEvent, NetOptions, OwnPackets};
use crate::clock::Clock;
use crate::dial::{Dialer, IcePolicy, Target};
use crate::report::{Board, Mark};
use crate::socket::{Socket, SocketEvent};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use visavis_media::MediaTime;
use visavis_provider::{
    Input, Output, PeerConfig, RoomCommand, RoomEvent, Session, SocketId, TransportOperation, is_loopback_host,
};
use visavis_transport::{BindPolicy, PeerEvent, PeerEvents, Peers, RateLimits, TransportOptions};

/// Timers are looked at no later than this.
const TICK: Duration = Duration::from_millis(50);

/// And no sooner: a picture that is due waits for a millisecond rather than the loop turns for nothing.
const LEAST_WAIT: Duration = Duration::from_millis(1);

/// Figures are written, and bitrates allocated, this often.
const SAMPLE_EVERY: Duration = Duration::from_millis(1000);
const ALLOCATE_EVERY: Duration = Duration::from_millis(200);

/// After a goodbye the sockets get this long to say it.
const GOODBYE: Duration = Duration::from_millis(500);

/// Socket events that wait for the driver.
const SOCKET_EVENTS: usize = 64;

pub(super) struct Driver {
    clock: Clock,
    board: Board,
    dialer: Dialer,
    contacted: Contacted,
    relay_only: bool,
    session: Box<dyn Session>,
    tell: Box<dyn Fn(NetEvent) + Send>,
    commands: mpsc::UnboundedReceiver<NetCommand>,
    sound: OwnPackets,
    sockets: HashMap<SocketId, Socket>,
    socket_sender: mpsc::Sender<(SocketId, SocketEvent)>,
    socket_events: mpsc::Receiver<(SocketId, SocketEvent)>,
    http: Http,
    peers: Peers,
    peer_events: PeerEvents,
    media: Media,
    next_sample: MediaTime,
    next_allocation: MediaTime,
    /// Inputs that an output gave at once.
    waiting: VecDeque<Input>,
    left: bool,
}

impl Driver {
    pub fn new(
        options: NetOptions,
        session: Box<dyn Session>,
        tell: Box<dyn Fn(NetEvent) + Send>,
        commands: mpsc::UnboundedReceiver<NetCommand>,
        sound: OwnPackets,
    ) -> Self {
        let (socket_sender, socket_events) = mpsc::channel(SOCKET_EVENTS);
        let host = options.link.url.host_str().unwrap_or_default().to_owned();
        let network = options.network.options();
        let dialer = Dialer::new(options.network, &host);
        let (peers, peer_events) = Peers::new(TransportOptions {
            bind: BindPolicy {
                loopback: is_loopback_host(&host),
                udp_ports: network.udp_ports.as_ref().map(|ports| (*ports.start(), *ports.end())),
                ..BindPolicy::default()
            },
            contacts: Arc::new(dialer.clone()),
            clock: options.clock.shared(),
            seed: options.seed,
            rates: RateLimits { start: FIRST_ESTIMATE, ..RateLimits::default() },
        });
        let media = Media::new(options.board.clone(), options.stage, options.audio, options.most_video);
        Self {
            clock: options.clock,
            board: options.board,
            dialer: dialer.clone(),
            contacted: Contacted::default(),
            relay_only: network.ice == IcePolicy::Relay,
            session,
            tell,
            commands,
            sound,
            sockets: HashMap::new(),
            socket_sender,
            socket_events,
            http: Http::new(dialer),
            peers,
            peer_events,
            media,
            next_sample: MediaTime::ZERO,
            next_allocation: MediaTime::ZERO,
            waiting: VecDeque::new(),
            left: false,
        }
    }

    /// Until the meeting says stop, or the session has left.
    pub async fn run(mut self) {
        self.input(Input::Start).await;
        while !self.left {
            let now = self.clock.now();
            let wait = self.due(now).since(now).max(LEAST_WAIT);
            // Without bias: a flood of packets starves neither our own voice nor a command.
            tokio::select! {
                event = self.socket_events.recv() => {
                    if let Some((socket, event)) = event {
                        self.socket_event(socket, event).await;
                    }
                }
                Some(answer) = self.http.answer() => self.input(answer).await,
                event = self.peer_events.recv() => {
                    if let Some(event) = event {
                        self.peer_event(event).await;
                        // What is there already is taken in one go; timers get their turn after it.
                        for _ in 0..256 {
                            let Some(event) = self.peer_events.try_recv() else { break };
                            self.peer_event(event).await;
                        }
                    }
                }
                command = self.commands.recv() => match command {
                    None | Some(NetCommand::Stop) => break,
                    Some(command) => self.command(command).await,
                },
                Some(packet) = self.sound.spoken.recv() => self.media.send_voice(&self.peers, &packet),
                Some(packet) = self.sound.shared.recv() => self.media.send_shared_sound(&self.peers, &packet),
                Some((which, frame)) = self.media.next_frame() => self.media.send_video(&self.peers, which, &frame),
                () = tokio::time::sleep(wait) => {}
            }
            self.timers().await;
        }
        self.close().await;
    }

    /// When something is to be looked at next.
    fn due(&self, now: MediaTime) -> MediaTime {
        [self.session.poll_timeout(), self.media.deadline(), Some(self.next_allocation), Some(self.next_sample)]
            .into_iter()
            .flatten()
            .fold(now + TICK, MediaTime::min)
    }

    async fn timers(&mut self) {
        let now = self.clock.now();
        if self.session.poll_timeout().is_some_and(|due| due <= now) {
            self.input(Input::Timeout).await;
        }
        for event in self.media.poll(&self.peers, now) {
            (self.tell)(event);
        }
        if now >= self.next_allocation {
            self.next_allocation = now + ALLOCATE_EVERY;
            self.media.allocate(&self.peers);
        }
        if now >= self.next_sample {
            self.next_sample = now + SAMPLE_EVERY;
            let evidence = self.media.sample(&self.peers, self.session.asked_since(), now);
            (self.tell)(evidence);
            let ignored = self.session.ignored();
            self.board.transport(|report| report.ignored_messages = ignored);
            // A relay that was left alone when the rules changed: media go by it now.
            let refused = self.contacted.refused_relay(&self.dialer, &self.peers.relays());
            self.tell_refused(refused);
        }
    }

    fn tell_refused(&self, refused: Option<Target>) {
        if let Some(refused) = refused {
            (self.tell)(NetEvent::Refused { host: refused.name() });
        }
    }

    async fn command(&mut self, command: NetCommand) {
        match command {
            NetCommand::Room(command) => {
                self.media.follow_command(&command);
                self.input(Input::Command(command)).await;
            }
            NetCommand::Pictures(which, output) => self.media.attach(which, output),
            NetCommand::RestartPicture(track) => self.media.restart_picture(&self.peers, &track),
            NetCommand::Obey => {
                let refused = self.contacted.refused(&self.dialer, &self.peers.relays());
                self.tell_refused(refused);
            }
            NetCommand::Stop => {}
        }
    }

    async fn socket_event(&mut self, socket: SocketId, event: SocketEvent) {
        let input = match event {
            SocketEvent::Opened => {
                self.board.mark(Mark::SocketOpen, self.clock.now());
                (self.tell)(NetEvent::SocketOpened);
                Input::SocketOpened { socket }
            }
            SocketEvent::Frame(frame) => Input::SocketFrame { socket, frame },
            SocketEvent::Closed(cause) => {
                self.contacted.closed(socket);
                self.sockets.remove(&socket);
                Input::SocketClosed { socket, cause }
            }
        };
        self.input(input).await;
    }

    async fn peer_event(&mut self, event: PeerEvent) {
        match event {
            PeerEvent::Transport(event) => self.input(Input::Transport(event)).await,
            other => {
                if let Some(event) = self.media.peer_event(&self.peers, other) {
                    (self.tell)(event);
                }
            }
        }
    }

    async fn input(&mut self, input: Input) {
        self.waiting.push_back(input);
        while let Some(input) = self.waiting.pop_front() {
            self.session.handle_input(input, self.clock.now());
            while let Some(output) = self.session.poll_output() {
                self.output(output).await;
            }
        }
    }

    async fn output(&mut self, output: Output) {
        match output {
            Output::OpenSocket { socket, url, bearer } => {
                self.contacted.opened(socket, &url);
                if let Some(target) = Target::of(&url) {
                    (self.tell)(NetEvent::Opening { host: target.name() });
                }
                let sender = self.socket_sender.clone();
                self.sockets.insert(socket, Socket::open(self.dialer.clone(), socket, url, bearer, sender));
            }
            Output::SendFrame { socket, frame } => {
                if let Some(socket) = self.sockets.get(&socket) {
                    socket.send(frame);
                }
            }
            Output::CloseSocket { socket } => {
                self.contacted.closed(socket);
                if let Some(socket) = self.sockets.remove(&socket) {
                    socket.close();
                }
            }
            Output::Http(request) => self.http.execute(request),
            Output::Transport(operation) => self.transport(operation),
            Output::MediaHost { host } => self.dialer.add(&host),
            Output::Event(event) => self.event(event),
        }
    }

    fn transport(&mut self, operation: TransportOperation) {
        let operation = match operation {
            TransportOperation::Create { peer, config } => {
                TransportOperation::Create { peer, config: self.admitted(config) }
            }
            TransportOperation::Configure { peer, config } => {
                TransportOperation::Configure { peer, config: self.admitted(config) }
            }
            TransportOperation::AcceptOffer { peer, sdp, id, tracks } => {
                TransportOperation::AcceptOffer { peer, sdp: self.dialer.admitted_sdp(sdp), id, tracks }
            }
            TransportOperation::AcceptAnswer { peer, sdp } => {
                TransportOperation::AcceptAnswer { peer, sdp: self.dialer.admitted_sdp(sdp) }
            }
            TransportOperation::AddCandidate { candidate, .. } if !self.dialer.admits(&candidate) => {
                tracing::debug!("a candidate is not contacted");
                return;
            }
            other => other,
        };
        self.contacted.follow(&operation);
        self.peers.execute(operation);
    }

    /// What is announced, as far as it may be contacted.
    fn admitted(&self, config: PeerConfig) -> PeerConfig {
        let ice_servers = self.dialer.ice_servers(&config.ice_servers);
        PeerConfig { ice_servers, relay_only: config.relay_only || self.relay_only, ..config }
    }

    fn event(&mut self, event: RoomEvent) {
        self.media.follow_event(&mut self.peers, &event);
        if matches!(event, RoomEvent::Left(_)) {
            self.left = true;
        }
        (self.tell)(NetEvent::Room(event));
    }

    async fn close(mut self) {
        if !self.left {
            // Stopped from outside: say goodbye all the same.
            self.session.handle_input(Input::Command(RoomCommand::Leave), self.clock.now());
            while let Some(output) = self.session.poll_output() {
                if let Output::SendFrame { .. } | Output::CloseSocket { .. } = output {
                    self.output(output).await;
                }
            }
        }
        self.media.close(&self.peers, self.clock.now());
        for (_, socket) in self.sockets.drain() {
            socket.close();
        }
        let _ = tokio::time::timeout(GOODBYE, self.peers.close()).await;
        // What sockets still have to say leaves within one turn of the runtime.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
