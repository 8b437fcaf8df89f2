//! A web server on loopback that knows one person, one session and a few rooms.

use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What it knows.
#[derive(Default)]
pub struct Known {
    pub session_lives: bool,
    pub quiet: bool,
    /// Names that are taken: so many are refused before one is accepted.
    pub taken: usize,
    /// Whoever comes without the session waits so long.
    pub slow_for_others: std::time::Duration,
    /// It has no identity provider.
    pub without_provider: bool,
    pub rooms: Vec<Value>,
    /// Method and path of each request.
    pub asked: Vec<String>,
}

/// Runs until the process ends.
pub struct Site {
    pub address: SocketAddr,
    known: Arc<Mutex<Known>>,
}

impl Site {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let known = Arc::new(Mutex::new(Known { session_lives: true, ..Known::default() }));
        let shared = Arc::clone(&known);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let known = Arc::clone(&shared);
                std::thread::spawn(move || serve(stream, &known, address));
            }
        });
        Self { address, known }
    }

    pub fn host(&self) -> String {
        self.address.to_string()
    }

    pub fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub fn room(slug: &str) -> Value {
    json!({ "id": format!("id-{slug}"), "slug": slug, "name": slug, "access_level": "trusted", "configuration": {}, "pin_code": "1234567890" })
}

fn serve(mut stream: TcpStream, known: &Mutex<Known>, address: SocketAddr) {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    let (head, body_length) = loop {
        let count = stream.read(&mut buffer).unwrap_or(0);
        if count == 0 {
            return;
        }
        text.extend_from_slice(&buffer[..count]);
        if let Some(end) = text.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&text[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
            break (end + 4, length.unwrap_or(0));
        }
    };
    while text.len() < head + body_length {
        let count = stream.read(&mut buffer).unwrap_or(0);
        if count == 0 {
            return;
        }
        text.extend_from_slice(&buffer[..count]);
    }
    let request = String::from_utf8_lossy(&text[..head]).into_owned();
    let body = serde_json::from_slice(&text[head..]).unwrap_or(Value::Null);
    let slow = known.lock().unwrap().slow_for_others;
    if !request.contains("sessionid=good") {
        std::thread::sleep(slow);
    }
    let (status, more, answer) = answer(&request, &body, &mut known.lock().unwrap(), address);
    let answer = answer.to_string();
    let length = answer.len();
    let _ = write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{more}Content-Length: {length}\r\nConnection: close\r\n\r\n{answer}"
    );
}

fn answer(request: &str, body: &Value, known: &mut Known, address: SocketAddr) -> (u16, String, Value) {
    let line = request.lines().next().unwrap_or_default();
    let mut words = line.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    known.asked.push(format!("{method} {path}"));
    let cookie = request.lines().find(|line| line.to_lowercase().starts_with("cookie:")).unwrap_or_default();
    let somebody = known.session_lives && cookie.contains("sessionid=good");
    let nothing = String::new();
    match (method, path.trim_start_matches("/api/v1.0")) {
        ("GET", "/config/") => (200, nothing, json!({ "is_silent_login_enabled": known.quiet })),
        ("GET", "/logout/") => {
            let to = if known.without_provider { "/".to_owned() } else { format!("http://{address}/op/end?state=st") };
            if known.without_provider {
                known.session_lives = false;
            }
            (302, format!("Location: {to}\r\n"), Value::Null)
        }
        ("GET", "/logout-callback/?state=st") => {
            known.session_lives = false;
            (302, "Location: /\r\n".into(), Value::Null)
        }
        _ if !somebody => (401, nothing, json!({ "detail": "Authentication credentials were not provided." })),
        ("GET", "/users/me/") => {
            (200, nothing, json!({ "id": "u", "full_name": "Alice Martin", "email": "alice@example.org" }))
        }
        ("GET", "/rooms/?page=1") => (200, nothing, json!({ "count": 1, "next": null, "results": known.rooms })),
        ("POST", "/rooms/") if known.taken > 0 => {
            known.taken -= 1;
            (400, nothing, json!({ "slug": ["Room with this Slug already exists."] }))
        }
        ("POST", "/rooms/") => {
            // As Meet does: what is no letter, digit or hyphen is not in the slug.
            let name = body["name"].as_str().unwrap_or_default();
            let slug = name.to_lowercase().replace('é', "e").replace(' ', "-");
            let mut made = room(&slug);
            made["name"] = json!(name);
            known.rooms.push(made.clone());
            (201, nothing, made)
        }
        _ => (404, nothing, json!({ "detail": "Not found." })),
    }
}
