//! Servers that are broken in one way each. They imitate no real server: what they do is what no real one does.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// What a broken server does with every connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Answers each request with this HTTP status.
    Status(u16),
    /// Takes the request and closes without a word.
    CloseAfterRequest,
    /// Agrees to the websocket and closes it before the first message.
    CloseAfterUpgrade,
    /// Agrees to the websocket and sends a message that is no protocol of ours.
    Nonsense,
    /// Sends bytes that are not even HTTP.
    NotHttp,
    /// Takes the request and never says anything.
    Silent,
}

/// Listens with that fault on a port of its own, for the life of the process.
///
/// # Errors
/// No port is free.
pub fn start(fault: Fault) -> std::io::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || {
                // A client that goes away early is no fault of this server.
                let _ = serve(stream, fault);
            });
        }
    });
    Ok(port)
}

fn serve(mut stream: TcpStream, fault: Fault) -> std::io::Result<()> {
    let request = read_request(&mut stream)?;
    match fault {
        Fault::Status(status) => {
            let body = "broken on purpose";
            write!(
                stream,
                "HTTP/1.1 {status} Broken\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            )?;
        }
        Fault::CloseAfterRequest => {}
        Fault::CloseAfterUpgrade => upgrade(&mut stream, &request)?,
        Fault::Nonsense => {
            upgrade(&mut stream, &request)?;
            // One binary frame of 32 octets without a mask (RFC 6455 §5.2).
            let mut frame = vec![0x82, 32];
            frame.extend((0..32u8).map(|octet| octet.wrapping_mul(151) | 0x87));
            stream.write_all(&frame)?;
            hold(&mut stream);
        }
        Fault::NotHttp => {
            stream.write_all(&[0xff; 64])?;
            hold(&mut stream);
        }
        Fault::Silent => hold(&mut stream),
    }
    stream.flush()
}

/// Until the client goes.
fn hold(stream: &mut TcpStream) {
    let mut rest = [0; 512];
    while matches!(stream.read(&mut rest), Ok(count) if count > 0) {}
}

fn read_request(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    let mut piece = [0; 1024];
    while !bytes.windows(4).any(|four| four == b"\r\n\r\n") {
        let count = stream.read(&mut piece)?;
        if count == 0 || bytes.len() > 64 * 1024 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&piece[..count]);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn upgrade(stream: &mut TcpStream, request: &str) -> std::io::Result<()> {
    let key = request
        .lines()
        .find_map(|line| line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("sec-websocket-key")))
        .map_or("", |(_, value)| value.trim());
    let accept = websocket::accept(key);
    write!(
        stream,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    )
}

/// The handshake's answer (RFC 6455 §4.2.2).
mod websocket {
    use base64::Engine as _;
    use sha1::{Digest, Sha1};

    pub fn accept(key: &str) -> String {
        let digest = Sha1::digest(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
        base64::engine::general_purpose::STANDARD.encode(digest)
    }

    #[cfg(test)]
    mod tests {
        #[test]
        fn the_example_of_rfc_6455_section_1_3() {
            assert_eq!(super::accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(fault: Fault) -> Vec<u8> {
        let mut stream = TcpStream::connect(("127.0.0.1", start(fault).unwrap())).unwrap();
        stream.write_all(b"GET /rtc HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    }

    #[test]
    fn each_fault_is_what_it_says() {
        assert!(ask(Fault::Status(404)).starts_with(b"HTTP/1.1 404"));
        assert!(ask(Fault::CloseAfterRequest).is_empty());
        assert!(ask(Fault::CloseAfterUpgrade).ends_with(b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"));
        assert_eq!(ask(Fault::NotHttp), [0xff; 64]);
        let nonsense = ask(Fault::Nonsense);
        assert_eq!(nonsense[nonsense.len() - 34..][..2], [0x82, 32]);
    }
}
