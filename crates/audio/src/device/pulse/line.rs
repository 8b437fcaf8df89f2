//! One connection to the sound server, without a thread.

use super::cookie;
use crate::device::servers::Server;
use pulseaudio::protocol::{
    self, AuthParams, AuthReply, Command, CommandReply, MAX_MEMBLOCKQ_LENGTH, Prop, Props, ProtocolError,
    SetClientNameReply,
};
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// How long the server may take for an answer. Usual: a millisecond.
const ANSWER_PATIENCE: Duration = Duration::from_secs(2);

/// A connection that answers.
pub(crate) struct Line {
    socket: BufReader<UnixStream>,
    version: u16,
    asked: u32,
    /// Kept from one message to the next.
    written: Vec<u8>,
}

/// What the server sends.
pub(crate) struct Message {
    /// The stream whose sound it is; `None`: a word of the server's.
    pub channel: Option<u32>,
    pub payload: Vec<u8>,
}

impl Line {
    pub fn open() -> Result<Self, ProtocolError> {
        let socket = connect()?;
        socket.set_read_timeout(Some(ANSWER_PATIENCE))?;
        socket.set_write_timeout(Some(ANSWER_PATIENCE))?;
        let cookie = cookie::find(|name| std::env::var_os(name).filter(|value| !value.is_empty()).map(Into::into));
        let mut line =
            Self { socket: BufReader::new(socket), version: protocol::MAX_VERSION, asked: 0, written: Vec::new() };
        let auth = AuthParams { version: protocol::MAX_VERSION, supports_shm: false, supports_memfd: false, cookie };
        let answer: AuthReply = line.ask(&Command::Auth(auth))?;
        line.version = line.version.min(answer.version);
        let mut props = Props::new();
        props.set(Prop::ApplicationName, c"Visavis");
        // By it we know our own sound among that of the programs.
        props.set_bytes(Prop::ApplicationProcessId.to_c_str(), format!("{}\0", std::process::id()).as_bytes());
        line.ask::<SetClientNameReply>(&Command::SetClientName(props))?;
        Ok(line)
    }

    /// The protocol's version that both sides speak.
    pub const fn version(&self) -> u16 {
        self.version
    }

    /// The same socket once more, to close the connection by.
    pub fn socket(&self) -> std::io::Result<UnixStream> {
        self.socket.get_ref().try_clone()
    }

    /// Gives a piece of a stream's sound, all of it in one message.
    pub fn sound(&mut self, channel: u32, bytes: &[u8]) -> Result<(), ProtocolError> {
        self.written.clear();
        protocol::write_memblock(&mut self.written, channel, bytes, 0)?;
        Ok(self.socket.get_mut().write_all(&self.written)?)
    }

    /// Says it; gives the number that the answer will bear.
    pub fn send(&mut self, command: &Command) -> Result<u32, ProtocolError> {
        let number = self.asked;
        self.asked = self.asked.wrapping_add(1);
        protocol::write_command_message(self.socket.get_mut(), number, command, self.version)?;
        Ok(number)
    }

    /// Waits for the answer; nothing else may be on its way.
    pub fn ask<T: CommandReply>(&mut self, command: &Command) -> Result<T, ProtocolError> {
        let number = self.send(command)?;
        let (answered, answer) = protocol::read_reply_message(&mut self.socket, self.version)?;
        if answered == number { Ok(answer) } else { Err(ProtocolError::Invalid("an answer to nothing".into())) }
    }

    /// The same where the answer is a nod.
    pub fn tell(&mut self, command: &Command) -> Result<(), ProtocolError> {
        self.send(command)?;
        protocol::read_ack_message(&mut self.socket).map(|_| ())
    }

    /// Waits for an event and takes it; an event is taken whole or not at all.
    pub fn hears(&mut self, patience: Duration) -> Result<bool, ProtocolError> {
        let there = self.waits(patience)?;
        if there {
            protocol::read_command_message(&mut self.socket, self.version)?;
        }
        Ok(there)
    }

    /// The next message, whole, where it begins within `patience`.
    pub fn next(&mut self, patience: Duration) -> Result<Option<Message>, ProtocolError> {
        if !self.waits(patience)? {
            return Ok(None);
        }
        let descriptor = protocol::read_descriptor(&mut self.socket)?;
        let length = descriptor.length as usize;
        if length > MAX_MEMBLOCKQ_LENGTH {
            return Err(ProtocolError::Invalid("a message that is too long".into()));
        }
        let mut payload = vec![0; length];
        self.socket.read_exact(&mut payload)?;
        Ok(Some(Message { channel: (descriptor.channel != u32::MAX).then_some(descriptor.channel), payload }))
    }

    /// True where something begins to come within `patience`.
    fn waits(&mut self, patience: Duration) -> Result<bool, ProtocolError> {
        if !self.socket.buffer().is_empty() {
            return Ok(true);
        }
        // No time at all would mean *for ever*.
        self.socket.get_ref().set_read_timeout(Some(patience.max(Duration::from_millis(1))))?;
        let there = match self.socket.fill_buf() {
            Ok([]) => return Err(std::io::Error::from(ErrorKind::UnexpectedEof).into()),
            Ok(_) => true,
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) =>
            {
                false
            }
            Err(error) => return Err(error.into()),
        };
        self.socket.get_ref().set_read_timeout(Some(ANSWER_PATIENCE))?;
        Ok(there)
    }
}

/// The first server that takes a connection; where none does, why the first one did not.
fn connect() -> std::io::Result<UnixStream> {
    let mut refused = None;
    for path in Server::PulseAudio.sockets() {
        match UnixStream::connect(path) {
            Ok(socket) => return Ok(socket),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    Err(refused.unwrap_or_else(|| std::io::Error::new(ErrorKind::NotFound, "there is no sound server")))
}
