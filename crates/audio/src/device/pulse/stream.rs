//! A stream of ours at the sound server: one connection and one thread each, so that what happens to one is nothing to the others.
//!
//! Not through cpal: it puts all that a connection plays into one group, of which PulseAudio refuses a second running stream; closing waits for
//! ever for a stream that the server has ended; and it asks for the time a hundred times a second (figures: `docs/standing.md`, *Seen and left*).

use super::line::Line;
use crate::device::{Direction, Error};
use cpal::ErrorKind;
use pulseaudio::protocol::stream::{BufferAttr, StreamFlags};
use pulseaudio::protocol::{
    ChannelMap, Command, CreatePlaybackStreamReply, CreateRecordStreamReply, PlaybackStreamParams, Prop, Props,
    ProtocolError, PulseError, RecordStreamParams, SampleFormat, SampleSpec, ServerInfo, SourceInfo,
};
use std::ffi::CString;
use std::io::ErrorKind as Io;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use visavis_media::SAMPLE_RATE;
use visavis_model::{DeviceChoice, DeviceId};

const SAMPLE_BYTES: usize = size_of::<f32>();
/// Bytes of 10 ms, the step in which sound is given and taken. The server's own is two seconds.
const STEP: u32 = SAMPLE_RATE / 100 * SAMPLE_BYTES as u32;
/// What the server keeps of a microphone for a thread that comes late.
const KEPT: u32 = 20 * STEP;
/// The server takes messages of any size; what it asks for at once is given in pieces of at most 100 ms.
const PIECE: usize = 10 * STEP as usize;
/// How long a device may take to begin. Usual: 20 ms; one in memory that nobody uses: two seconds. A dead one never does.
const BEGIN_PATIENCE: Duration = Duration::from_secs(4);
/// A silent server is noticed by who counts the samples; the thread sleeps until it is closed.
const PATIENCE: Duration = Duration::from_secs(3600);

/// An open stream; dropping it closes the connection, which the server takes for its end, and waits for nobody.
pub(crate) struct Stream(UnixStream);

impl Drop for Stream {
    fn drop(&mut self) {
        // One that is closed already is closed.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

/// A device of a sound server that answers.
pub(crate) struct Place {
    line: Line,
    name: CString,
}

impl Place {
    /// The device that is meant; `None` where it is none of a sound server's: no server, or a device of another kind.
    ///
    /// # Errors
    /// There is no such device, or none at all; the server does not answer.
    pub fn find(choice: &DeviceChoice, direction: Direction) -> Result<Option<Self>, Error> {
        match choice {
            DeviceChoice::System => match Line::open() {
                Ok(mut line) => {
                    let name = default(&mut line, direction)?.ok_or(Error::NoDevice)?;
                    Ok(Some(Self { line, name }))
                }
                Err(ProtocolError::Io(error)) if !is_late(&error) => Ok(None),
                Err(error) => Err(error.into()),
            },
            DeviceChoice::Device(id) => {
                let Some(name) = id.as_str().strip_prefix(super::PREFIX) else { return Ok(None) };
                let name = CString::new(name).ok().filter(|name| !name.is_empty()).ok_or(Error::NotFound)?;
                let line = Line::open().map_err(|error| match error {
                    ProtocolError::Io(error) if !is_late(&error) => Error::NotFound,
                    error => error.into(),
                })?;
                Ok(Some(Self { line, name }))
            }
        }
    }

    /// Its id among the devices that are listed.
    pub fn id(&self) -> DeviceId {
        super::id_of(&self.name)
    }

    /// Records it: mono at 48 kHz, in pieces of about 10 ms. Returns when the first of them has come: whoever goes over to it misses nothing.
    ///
    /// # Errors
    /// It is gone, the server refuses, or nothing comes.
    pub fn record(
        mut self,
        hears: impl Fn(ErrorKind) + Send + 'static,
        mut take: impl FnMut(&[f32]) + Send + 'static,
    ) -> Result<Stream, Error> {
        let params = RecordStreamParams {
            sample_spec: mono(),
            channel_map: ChannelMap::mono(),
            source_name: Some(self.name),
            buffer_attr: BufferAttr { max_length: KEPT, fragment_size: STEP, ..BufferAttr::default() },
            flags: flags(),
            props: named(),
            ..RecordStreamParams::default()
        };
        let opened: CreateRecordStreamReply = self.line.ask(&Command::CreateRecordStream(params))?;
        let mut samples = Vec::new();
        let (came, comes) = mpsc::sync_channel(1);
        let mut came = Some(came);
        let stream = run("microphone", self.line, hears, move |_, what| {
            if let Said::Sound(channel, bytes) = what
                && channel == opened.channel
            {
                samples.clear();
                samples.extend(bytes.as_chunks::<SAMPLE_BYTES>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)));
                take(&samples);
                if let Some(came) = came.take() {
                    let _ = came.send(());
                }
            }
            Ok(())
        })?;
        begins(&comes, BEGIN_PATIENCE).map(|()| stream)
    }

    /// Plays on it what `give` writes: mono at 48 kHz, asked for in steps of about 10 ms, 20 ms ahead. Returns when more is asked for than
    /// what every stream is asked for at first, a dead one too: whoever goes over to it loses nothing of the one before.
    ///
    /// # Errors
    /// It is gone, the server refuses, or nothing is played.
    pub fn play(
        mut self,
        hears: impl Fn(ErrorKind) + Send + 'static,
        mut give: impl FnMut(&mut [f32]) + Send + 'static,
    ) -> Result<Stream, Error> {
        let params = PlaybackStreamParams {
            sample_spec: mono(),
            channel_map: ChannelMap::mono(),
            sink_name: Some(self.name),
            buffer_attr: BufferAttr {
                max_length: KEPT,
                target_length: 2 * STEP,
                minimum_request_length: STEP,
                ..BufferAttr::default()
            },
            flags: flags(),
            props: named(),
            ..PlaybackStreamParams::default()
        };
        let opened: CreatePlaybackStreamReply = self.line.ask(&Command::CreatePlaybackStream(params))?;
        let (mut samples, mut bytes) = (Vec::new(), Vec::new());
        let mut play = move |line: &mut Line, wanted: u32| -> Result<(), ProtocolError> {
            let mut left = wanted as usize / SAMPLE_BYTES * SAMPLE_BYTES;
            while left > 0 {
                let piece = left.min(PIECE);
                samples.clear();
                samples.resize(piece / SAMPLE_BYTES, 0.0);
                give(&mut samples);
                bytes.clear();
                bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
                line.sound(opened.channel, &bytes)?;
                left -= piece;
            }
            Ok(())
        };
        play(&mut self.line, opened.requested_bytes)?;
        let (played, plays) = mpsc::sync_channel(1);
        let mut played = Some(played);
        let stream = run("loudspeaker", self.line, hears, move |line, what| {
            if let Said::Wants(channel, wanted) = what
                && channel == opened.channel
            {
                play(line, wanted)?;
                if let Some(played) = played.take() {
                    let _ = played.send(());
                }
            }
            Ok(())
        })?;
        begins(&plays, BEGIN_PATIENCE).map(|()| stream)
    }
}

/// Waits for the first sound of a stream to come or to go.
fn begins(first: &mpsc::Receiver<()>, patience: Duration) -> Result<(), Error> {
    first.recv_timeout(patience).map_err(|error| match error {
        RecvTimeoutError::Timeout => Error::Timeout,
        RecvTimeoutError::Disconnected => Error::NotFound,
    })
}

/// What a stream's thread is told.
enum Said<'a> {
    Sound(u32, &'a [u8]),
    Wants(u32, u32),
}

/// Follows the server on a thread of its own until the stream is dropped or ends.
fn run(
    name: &str,
    mut line: Line,
    hears: impl Fn(ErrorKind) + Send + 'static,
    mut follow: impl FnMut(&mut Line, Said<'_>) -> Result<(), ProtocolError> + Send + 'static,
) -> Result<Stream, Error> {
    let failed = |error: std::io::Error| Error::Backend(error.to_string());
    let stream = Stream(line.socket().map_err(failed)?);
    let mut step = move |hears: &dyn Fn(ErrorKind)| -> Result<bool, ProtocolError> {
        let Some(message) = line.next(PATIENCE)? else { return Ok(true) };
        if let Some(channel) = message.channel {
            follow(&mut line, Said::Sound(channel, &message.payload))?;
            return Ok(true);
        }
        match Command::read_tag_prefixed(&mut message.payload.as_slice(), line.version()) {
            Ok((_, Command::Request(request))) => follow(&mut line, Said::Wants(request.channel, request.length))?,
            Ok((_, Command::Overflow(_) | Command::Underflow(_))) => hears(ErrorKind::Xrun),
            Ok((_, Command::PlaybackStreamKilled(_) | Command::RecordStreamKilled(_))) => return Ok(false),
            // Words that are not for us, or that the crate does not know.
            Ok(_) | Err(_) => {}
        }
        Ok(true)
    };
    let thread = std::thread::Builder::new().name(name.to_owned());
    let follow = move || {
        while step(&hears).unwrap_or(false) {}
        // Whoever has dropped the stream listens no more.
        hears(ErrorKind::DeviceNotAvailable);
    };
    thread.spawn(follow).map_err(failed)?;
    Ok(stream)
}

/// The default of the server; where that is a loudspeaker's monitor, the first real microphone.
fn default(line: &mut Line, direction: Direction) -> Result<Option<CString>, ProtocolError> {
    let server: ServerInfo = line.ask(&Command::GetServerInfo)?;
    if direction == Direction::Output {
        return Ok(server.default_sink_name);
    }
    let sources: Vec<SourceInfo> = line.ask(&Command::GetSourceInfoList)?;
    let mut real =
        sources.into_iter().filter(|source| source.monitor_of_sink_index.is_none()).map(|source| source.name);
    let first = real.next();
    if first.as_ref() == server.default_source_name.as_ref() {
        return Ok(first);
    }
    Ok(real.find(|name| Some(name) == server.default_source_name.as_ref()).or(first))
}

/// True where it is there and does not answer.
fn is_late(error: &std::io::Error) -> bool {
    matches!(error.kind(), Io::WouldBlock | Io::TimedOut)
}

impl From<ProtocolError> for Error {
    fn from(error: ProtocolError) -> Self {
        match error {
            ProtocolError::Io(error) if is_late(&error) => Self::Timeout,
            ProtocolError::Io(error) if error.kind() == Io::NotFound => Self::NotFound,
            ProtocolError::ServerError(PulseError::NoEntity) => Self::NotFound,
            ProtocolError::ServerError(PulseError::AccessDenied | PulseError::AuthKey) => Self::Forbidden,
            ProtocolError::ServerError(PulseError::Busy | PulseError::Timeout) => Self::Busy,
            ProtocolError::ServerError(PulseError::NotSupported) => Self::Unsupported,
            error => Self::Backend(error.to_string()),
        }
    }
}

/// Of every stream. The server moves it nowhere: it would to each new default at once, also to a dead one or one that begins late, and to
/// whatever takes the place of a device that went. Who is heard where is decided elsewhere; a stream whose device goes ends.
fn flags() -> StreamFlags {
    StreamFlags { adjust_latency: true, no_move: true, ..StreamFlags::default() }
}

const fn mono() -> SampleSpec {
    SampleSpec { format: SampleFormat::Float32Le, channels: 1, sample_rate: SAMPLE_RATE }
}

fn named() -> Props {
    let mut props = Props::new();
    props.set(Prop::MediaName, c"Visavis");
    props
}
