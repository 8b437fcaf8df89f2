//! Frames of the signalling socket.

use crate::SocketFrame;
use bytes::Bytes;
use livekit_protocol::{SignalRequest, SignalResponse, signal_request, signal_response};
use prost::Message;

/// The server's own limit for a signalling frame, in bytes.
const LARGEST_FRAME: usize = 2 * 1024 * 1024;

/// Why a frame says nothing to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    TooLarge,
    /// Not protobuf at all: the server answers in text only to who speaks text.
    NotTheProtocol,
    /// Well-formed, of a kind that this version does not know.
    Unknown,
}

pub(super) fn encode(message: signal_request::Message) -> SocketFrame {
    SocketFrame::Binary(Bytes::from(SignalRequest { message: Some(message) }.encode_to_vec()))
}

pub(super) fn decode(frame: &SocketFrame) -> Result<signal_response::Message, Unreadable> {
    let SocketFrame::Binary(bytes) = frame else {
        return Err(Unreadable::NotTheProtocol);
    };
    if bytes.len() > LARGEST_FRAME {
        return Err(Unreadable::TooLarge);
    }
    let response = SignalResponse::decode(bytes.clone()).map_err(|_| Unreadable::NotTheProtocol)?;
    response.message.ok_or(Unreadable::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_that_say_nothing_are_told_apart() {
        let binary = |bytes: Vec<u8>| SocketFrame::Binary(Bytes::from(bytes));
        assert_eq!(decode(&SocketFrame::Text("{}".into())), Err(Unreadable::NotTheProtocol));
        assert_eq!(decode(&binary(vec![0xff; 9])), Err(Unreadable::NotTheProtocol));
        assert_eq!(decode(&binary(Vec::new())), Err(Unreadable::Unknown));
        // Field 1000, varint 1: nothing that this version of the protocol knows.
        assert_eq!(decode(&binary(vec![0xc0, 0x3e, 1])), Err(Unreadable::Unknown));
        assert_eq!(decode(&binary(vec![0; LARGEST_FRAME + 1])), Err(Unreadable::TooLarge));
    }
}
