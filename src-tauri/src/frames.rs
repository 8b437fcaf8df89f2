//! Frames for the canvas presenter: one authenticated websocket on the loopback address; newest wins, the page gives credits.

use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use visavis_media::{I420, MediaTime};
use visavis_model::{StageLayout, TrackId};
use visavis_video::present::Presenter;
use visavis_video::stage::{Form, Picture, Pixels};

/// Credits that a page may hold at once; more are ignored.
const MOST_CREDITS: u32 = 64;

/// A page that is ours has shaken hands long before; whoever else connects keeps it waiting no longer.
const HANDSHAKE_LIMIT: std::time::Duration = std::time::Duration::from_millis(500);

/// What one message begins with, little endian: slot u32, width u16, height u16, payload length u32, format u8, flags u8, sequence u16.
const HEADER_BYTES: usize = 16;

/// Format byte of tight 4:2:0 planes.
const FORMAT_I420: u8 = 0;

#[derive(Default)]
struct Outbox {
    /// Slot numbers by track; a number is never used twice.
    slots: BTreeMap<TrackId, u32>,
    next_slot: u32,
    slots_changed: bool,
    waiting: BTreeMap<u32, Arc<I420>>,
    /// After which slot the next one is looked for: every tile gets its turn.
    last_sent: u32,
    sequence: u16,
    gone: bool,
}

#[derive(Default)]
struct Shared {
    outbox: Mutex<Outbox>,
    changed: Notify,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Outbox> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The stage thread's end.
pub struct FrameSender {
    shared: Arc<Shared>,
}

impl Presenter for FrameSender {
    fn form(&self) -> Form {
        Form::I420
    }

    fn set_layout(&mut self, layout: &StageLayout) {
        let mut outbox = self.shared.lock();
        let outbox = &mut *outbox;
        let before = outbox.slots.len();
        outbox.slots.retain(|track, slot| {
            let stays = layout.tiles.iter().any(|tile| tile.track == *track);
            if !stays {
                outbox.waiting.remove(slot);
            }
            stays
        });
        outbox.slots_changed |= before != outbox.slots.len();
        for tile in &layout.tiles {
            if !outbox.slots.contains_key(&tile.track) {
                outbox.next_slot += 1;
                outbox.slots.insert(tile.track.clone(), outbox.next_slot);
                outbox.slots_changed = true;
            }
        }
        self.shared.changed.notify_one();
    }

    fn present(&mut self, picture: &Picture, _: MediaTime) {
        let Pixels::I420(pixels) = &picture.pixels else { return };
        let mut outbox = self.shared.lock();
        if let Some(slot) = outbox.slots.get(&picture.track).copied() {
            outbox.waiting.insert(slot, Arc::clone(pixels));
        }
    }

    fn flush(&mut self, _: MediaTime) {
        self.shared.changed.notify_one();
    }

    fn clear(&mut self, track: &TrackId) {
        let mut outbox = self.shared.lock();
        if let Some(slot) = outbox.slots.get(track).copied() {
            outbox.waiting.remove(&slot);
        }
    }
}

impl Drop for FrameSender {
    fn drop(&mut self) {
        self.shared.lock().gone = true;
        self.shared.changed.notify_one();
    }
}

/// Opens the socket; gives its url, with the token that opens it, and the stage thread's end.
///
/// Errors: no loopback socket, no thread.
pub fn serve() -> std::io::Result<(String, FrameSender)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let token: String = rand::random::<[u8; 32]>().iter().map(|byte| format!("{byte:02x}")).collect();
    let url = format!("ws://127.0.0.1:{}/?token={token}", listener.local_addr()?.port());
    let shared = Arc::new(Shared::default());
    let serving = Arc::clone(&shared);
    std::thread::Builder::new().name("frames".into()).spawn(move || {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return tracing::error!(%error, "no runtime for frames"),
        };
        runtime.block_on(accept(listener, &token, &serving));
    })?;
    Ok((url, FrameSender { shared }))
}

/// Serves one page after another (a page may be rebuilt); only one at a time.
async fn accept(listener: TcpListener, token: &str, shared: &Shared) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "no socket for frames"),
    };
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of descriptors: not in a circle.
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        // The error type is the library's and large; it is made once a refused connection.
        #[allow(clippy::result_large_err)]
        let check = |request: &Request, response: Response| {
            if is_ours(request, token) {
                Ok(response)
            } else {
                let mut refusal = ErrorResponse::new(None);
                *refusal.status_mut() = tokio_tungstenite::tungstenite::http::StatusCode::FORBIDDEN;
                Err(refusal)
            }
        };
        let handshake = tokio_tungstenite::accept_hdr_async(stream, check);
        let Ok(Ok(socket)) = tokio::time::timeout(HANDSHAKE_LIMIT, handshake).await else { continue };
        shared.lock().slots_changed = true;
        if !pump(socket, shared).await {
            return;
        }
    }
}

/// The token in the query, and the application's own page as origin.
fn is_ours(request: &Request, token: &str) -> bool {
    let given = request.uri().query().and_then(|query| query.strip_prefix("token=")).unwrap_or_default();
    // Compared in full whatever differs: no time tells how much was right.
    let right =
        given.len() == token.len() && given.bytes().zip(token.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0;
    let origin = request.headers().get("origin").and_then(|origin| origin.to_str().ok()).unwrap_or_default();
    right && matches!(origin, "tauri://localhost" | "http://tauri.localhost" | "https://tauri.localhost")
}

#[derive(Deserialize)]
struct Credits {
    credits: u32,
}

/// Until the page is gone (`true`) or the engine is (`false`).
async fn pump(socket: tokio_tungstenite::WebSocketStream<tokio::net::TcpStream>, shared: &Shared) -> bool {
    let (mut sink, mut source) = socket.split();
    let mut credits = 0_u32;
    loop {
        loop {
            let message = {
                let mut outbox = shared.lock();
                if outbox.gone {
                    return false;
                }
                next_message(&mut outbox, &mut credits)
            };
            let Some(message) = message else { break };
            if sink.send(message).await.is_err() {
                return true;
            }
        }
        tokio::select! {
            () = shared.changed.notified() => {}
            message = source.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    if let Ok(given) = serde_json::from_str::<Credits>(&text) {
                        credits = credits.saturating_add(given.credits).min(MOST_CREDITS);
                    }
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return true,
                Some(Ok(_)) => {}
            },
        }
    }
}

fn next_message(outbox: &mut Outbox, credits: &mut u32) -> Option<Message> {
    if std::mem::take(&mut outbox.slots_changed) {
        let slots: Vec<_> =
            outbox.slots.iter().map(|(track, slot)| serde_json::json!({"slot": slot, "track": track})).collect();
        return Some(Message::Text(serde_json::json!({ "slots": slots }).to_string().into()));
    }
    if *credits == 0 {
        return None;
    }
    let after = outbox
        .waiting
        .range(outbox.last_sent + 1..)
        .next()
        .or_else(|| outbox.waiting.iter().next())
        .map(|(slot, _)| *slot)?;
    let picture = outbox.waiting.remove(&after)?;
    outbox.last_sent = after;
    outbox.sequence = outbox.sequence.wrapping_add(1);
    *credits -= 1;
    Some(Message::Binary(encode(after, outbox.sequence, &picture).into()))
}

fn encode(slot: u32, sequence: u16, picture: &I420) -> Vec<u8> {
    let size = picture.size();
    let length = I420::byte_len(size);
    let mut message = Vec::with_capacity(HEADER_BYTES + length);
    message.extend_from_slice(&slot.to_le_bytes());
    message.extend_from_slice(&(size.width as u16).to_le_bytes());
    message.extend_from_slice(&(size.height as u16).to_le_bytes());
    message.extend_from_slice(&(length as u32).to_le_bytes());
    message.extend_from_slice(&[FORMAT_I420, 0]);
    message.extend_from_slice(&sequence.to_le_bytes());
    for plane in picture.planes() {
        (0..plane.height).for_each(|y| message.extend_from_slice(plane.row(y)));
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::Size;

    fn request(uri: &str, origin: &str) -> Request {
        Request::builder().uri(uri).header("origin", origin).body(()).expect("a request")
    }

    #[test]
    fn only_the_own_page_with_the_token_gets_frames() {
        assert!(is_ours(&request("/?token=abc", "tauri://localhost"), "abc"));
        assert!(!is_ours(&request("/?token=abd", "tauri://localhost"), "abc"));
        assert!(!is_ours(&request("/", "tauri://localhost"), "abc"));
        assert!(!is_ours(&request("/?token=abc", "https://evil.example"), "abc"));
    }

    #[test]
    fn the_newest_picture_wins_and_every_slot_has_its_turn() {
        let mut outbox = Outbox::default();
        let picture = || Arc::new(I420::black(Size::new(4, 2)));
        for slot in [1, 2] {
            outbox.waiting.insert(slot, picture());
            outbox.waiting.insert(slot, picture());
        }
        let mut credits = 3;
        let slot_of = |message: Message| u32::from_le_bytes(message.into_data()[..4].try_into().expect("four bytes"));
        assert_eq!(next_message(&mut outbox, &mut credits).map(slot_of), Some(1));
        outbox.waiting.insert(1, picture());
        assert_eq!(next_message(&mut outbox, &mut credits).map(slot_of), Some(2));
        assert_eq!(next_message(&mut outbox, &mut credits).map(slot_of), Some(1));
        outbox.waiting.insert(1, picture());
        assert!(next_message(&mut outbox, &mut credits).is_none(), "no credits left");
    }

    #[test]
    fn a_message_has_its_header_and_tight_planes() {
        let message = encode(7, 9, &I420::black(Size::new(5, 3)));
        assert_eq!(message.len(), HEADER_BYTES + 15 + 12);
        assert_eq!(message[..4], 7_u32.to_le_bytes());
        assert_eq!(message[14..16], 9_u16.to_le_bytes());
    }
}
