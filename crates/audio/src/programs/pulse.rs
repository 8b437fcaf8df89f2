//! PulseAudio's programs: a recording of each stream that is wanted, of the loudspeaker's monitor and of that stream alone
//! (`direct_on_input_idx`).
//!
//! One connection, on which everything is asked without waiting: sound comes in between.

use super::Whose;
use super::plan::{Playing, changes, is_wanted};
use super::queue::Queue;
use crate::device::Error;
use crate::device::pulse::{Line, Message, text};
use crate::mix::Mixer;
use pulseaudio::protocol::stream::{BufferAttr, StreamFlags};
use pulseaudio::protocol::{
    ChannelMap, ChannelVolume, ClientInfo, Command, CommandReply, CreateRecordStreamReply, Prop, Props, ProtocolError,
    RecordStreamParams, SampleFormat, SampleSpec, SinkInfo, SinkInputInfo, SubscriptionMask, TagStructReader,
};
use std::collections::BTreeMap;
use std::time::Duration;
use visavis_media::{AudioBlock, SAMPLE_RATE};

/// A piece of 20 ms: the server's own is two seconds.
const PIECE_BYTES: u32 = SAMPLE_RATE / 50 * 4;
/// What could not be had is asked for again after so many blocks: half a second.
const AGAIN: u32 = 50;
/// Programs that are heard at once; more are left out.
const MOST_STREAMS: usize = 64;

/// The programs' streams that are heard.
pub struct Heard {
    line: Line,
    whose: Whose,
    asked: BTreeMap<u32, Asked>,
    /// The process of each of the server's clients that says it.
    clients: BTreeMap<u32, u32>,
    /// The monitor of each loudspeaker.
    monitors: BTreeMap<u32, u32>,
    /// By the server's channel.
    streams: BTreeMap<u32, (Playing, Queue)>,
    /// Of programs that have ended: their last moment.
    ending: Vec<Queue>,
    /// Something changed since the list was asked for.
    stale: bool,
    /// Blocks until the list is asked for again; 0: it is not.
    again: u32,
    mixer: Mixer,
}

/// What an answer is about.
#[derive(Clone, Copy, Debug)]
enum Asked {
    Clients,
    Sinks,
    Inputs,
    Stream(Playing),
    /// Whatever the answer is.
    Nothing,
}

impl Heard {
    pub fn open(whose: Whose) -> Result<Self, Error> {
        let mut line = Line::open()?;
        line.tell(&Command::Subscribe(SubscriptionMask::SINK_INPUT))?;
        let mut heard = Self {
            line,
            whose,
            asked: BTreeMap::new(),
            clients: BTreeMap::new(),
            monitors: BTreeMap::new(),
            streams: BTreeMap::new(),
            ending: Vec::new(),
            stale: true,
            again: 0,
            mixer: Mixer::new(),
        };
        heard.look()?;
        Ok(heard)
    }

    pub fn listen(&mut self, patience: Duration) -> Result<(), Error> {
        if let Some(message) = self.line.next(patience)? {
            self.take(&message)?;
        }
        self.look()?;
        Ok(())
    }

    pub fn block(&mut self) -> AudioBlock {
        if self.again > 0 {
            self.again -= 1;
            self.stale |= self.again == 0;
        }
        for block in self.streams.values_mut().map(|(_, queue)| queue).chain(&mut self.ending).filter_map(Queue::pull) {
            self.mixer.add(&block);
        }
        self.ending.retain(|queue| !queue.is_over());
        self.mixer.finish()
    }

    pub fn count(&self) -> usize {
        self.streams.len()
    }

    fn ask(&mut self, command: &Command, about: Asked) -> Result<(), ProtocolError> {
        let number = self.line.send(command)?;
        self.asked.insert(number, about);
        Ok(())
    }

    /// Asks what plays now, where that may have changed and is not asked already.
    fn look(&mut self) -> Result<(), ProtocolError> {
        let asks = self.asked.values().any(|about| matches!(about, Asked::Clients | Asked::Sinks | Asked::Inputs));
        if !self.stale || asks {
            return Ok(());
        }
        self.stale = false;
        // Answered in this order, and decided with the last one.
        self.ask(&Command::GetClientInfoList, Asked::Clients)?;
        self.ask(&Command::GetSinkInfoList, Asked::Sinks)?;
        self.ask(&Command::GetSinkInputInfoList, Asked::Inputs)
    }

    fn take(&mut self, message: &Message) -> Result<(), ProtocolError> {
        if let Some(channel) = message.channel {
            if let Some((_, queue)) = self.streams.get_mut(&channel) {
                let samples = message.payload.as_chunks::<4>().0.iter();
                queue.push(samples.map(|bytes| f32::from_le_bytes(*bytes)));
            }
            return Ok(());
        }
        let mut rest = message.payload.as_slice();
        match Command::read_tag_prefixed(&mut rest, self.line.version()) {
            Ok((number, Command::Reply)) => self.answered(number, rest),
            Ok((number, Command::Error(_))) => {
                // A stream that has ended meanwhile, most likely: the next list says so.
                if !matches!(self.asked.remove(&number), Some(Asked::Nothing) | None) {
                    self.again = AGAIN;
                }
                Ok(())
            }
            Ok((_, Command::SubscribeEvent(_))) => {
                self.stale = true;
                Ok(())
            }
            Ok((_, Command::RecordStreamKilled(channel))) => {
                self.forget(channel);
                self.stale = true;
                Ok(())
            }
            // Words that are not for us, or that the crate does not know.
            Ok(_) | Err(_) => Ok(()),
        }
    }

    fn answered(&mut self, number: u32, rest: &[u8]) -> Result<(), ProtocolError> {
        match self.asked.remove(&number) {
            Some(Asked::Clients) => {
                let clients: Vec<ClientInfo> = self.read(rest)?;
                let known = clients.iter().filter_map(|client| Some((client.index, process_of(&client.props)?)));
                self.clients = known.collect();
            }
            Some(Asked::Sinks) => {
                let sinks: Vec<SinkInfo> = self.read(rest)?;
                let known = sinks.iter().filter_map(|sink| Some((sink.index, sink.monitor_source_index?)));
                self.monitors = known.collect();
            }
            Some(Asked::Inputs) => {
                let inputs: Vec<SinkInputInfo> = self.read(rest)?;
                self.follow(&inputs)?;
            }
            Some(Asked::Stream(playing)) => {
                let opened: CreateRecordStreamReply = self.read(rest)?;
                self.streams.insert(opened.channel, (playing, Queue::default()));
            }
            Some(Asked::Nothing) | None => {}
        }
        Ok(())
    }

    fn read<T: CommandReply>(&self, mut rest: &[u8]) -> Result<T, ProtocolError> {
        TagStructReader::new(&mut rest, self.line.version()).read()
    }

    /// Opens and closes what the list of all that play asks for.
    fn follow(&mut self, inputs: &[SinkInputInfo]) -> Result<(), ProtocolError> {
        let own = std::process::id();
        let wanted: Vec<Playing> = inputs
            .iter()
            .map(|input| self.playing(input))
            .filter(|playing| self.monitors.contains_key(&playing.sink))
            .filter(|playing| is_wanted(playing, self.whose, own, &parent))
            .take(MOST_STREAMS)
            .collect();
        let open: Vec<_> = self.streams.iter().map(|(channel, (playing, _))| (*channel, *playing)).collect();
        let opening: Vec<_> = self
            .asked
            .values()
            .filter_map(|about| if let Asked::Stream(playing) = about { Some(*playing) } else { None })
            .collect();
        let (close, begin) = changes(&open, &opening, &wanted);
        for channel in close {
            self.forget(channel);
            self.ask(&Command::DeleteRecordStream(channel), Asked::Nothing)?;
        }
        for playing in begin {
            if let Some(monitor) = self.monitors.get(&playing.sink) {
                let command = Command::CreateRecordStream(recording(&playing, *monitor));
                self.ask(&command, Asked::Stream(playing))?;
            }
        }
        Ok(())
    }

    fn playing(&self, input: &SinkInputInfo) -> Playing {
        let client = input.client_index.and_then(|client| self.clients.get(&client).copied());
        Playing {
            input: input.index,
            sink: input.sink_index,
            process: process_of(&input.props).or(client),
            // What no client plays is a module's own; PipeWire's filters and loops have a group of links.
            hands_on: input.client_index.is_none() || !text(&input.props, c"node.link-group").is_empty(),
        }
    }

    /// Its last moment is played all the same.
    fn forget(&mut self, channel: u32) {
        if let Some((_, mut queue)) = self.streams.remove(&channel) {
            queue.end();
            self.ending.push(queue);
        }
    }
}

fn process_of(props: &Props) -> Option<u32> {
    text(props, Prop::ApplicationProcessId.to_c_str()).parse().ok()
}

/// Who started a process; `None` where it is gone, or in a world of its own.
fn parent(process: u32) -> Option<u32> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:")?.trim().parse().ok())
}

fn recording(playing: &Playing, monitor: u32) -> RecordStreamParams {
    let mut props = Props::new();
    props.set(Prop::MediaName, c"Visavis");
    RecordStreamParams {
        sample_spec: SampleSpec { format: SampleFormat::Float32Le, channels: 1, sample_rate: SAMPLE_RATE },
        channel_map: ChannelMap::mono(),
        source_index: Some(monitor),
        direct_on_input_index: Some(playing.input),
        buffer_attr: BufferAttr { fragment_size: PIECE_BYTES, ..BufferAttr::default() },
        // Given, so that nobody remembers another one of an earlier time.
        cvolume: Some(ChannelVolume::norm(1)),
        flags: StreamFlags {
            start_muted: Some(false),
            adjust_latency: true,
            // A loudspeaker into which nobody plays may sleep.
            no_inhibit_auto_suspend: true,
            ..StreamFlags::default()
        },
        props,
        ..RecordStreamParams::default()
    }
}
