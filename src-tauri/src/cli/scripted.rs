//! What a script gives a call without a window: its cookies, and commands as they come.

use super::providers;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use visavis_model::Command;
use visavis_provider::{CookieJar, KnownHosts, Secret, Standing, find_meeting};

/// A command of the engine, as JSON has it.
pub fn command(text: &str) -> Result<Command, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// Longest line of commands and longest file of cookies, in bytes.
const LONGEST_TEXT: u64 = 64 * 1024;

/// The jar for the link's server from a file; `None` where the link is none of a known server: it gets none then.
pub fn cookies(path: &Path, link: &str, known: &KnownHosts) -> std::io::Result<Option<CookieJar>> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(LONGEST_TEXT).read_to_string(&mut text)?;
    let meeting = find_meeting(link, &providers(), known).ok();
    let link = meeting.map(|meeting| meeting.found).filter(|found| found.standing == Standing::Known);
    Ok(link.map(|found| CookieJar::from_secret(&found.link.host, &Secret::new(text.trim()))))
}

/// Reads commands, a line each, until the file ends or nobody takes them; a line that is none is told and passed over.
pub fn read_commands(path: &Path) -> std::io::Result<Receiver<Command>> {
    let file: Box<dyn Read + Send> = if path == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        // Not only to read: a pipe opens at once then, and does not end with its first writer.
        Box::new(std::fs::File::options().read(true).write(true).open(path)?)
    };
    let (sender, receiver) = channel();
    std::thread::Builder::new().name("commands".into()).spawn(move || {
        let mut lines = BufReader::new(file);
        loop {
            let mut line = Vec::new();
            match lines.by_ref().take(LONGEST_TEXT).read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            // What is no text is no command, and told as such.
            let line = String::from_utf8_lossy(&line);
            match command(line.trim()) {
                _ if line.trim().is_empty() => {}
                Ok(command) => {
                    if sender.send(command).is_err() {
                        return;
                    }
                }
                Err(error) => eprintln!("visavis: no command: {error}"),
            }
        }
    })?;
    Ok(receiver)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_go_to_a_known_server_only() {
        let path = std::env::temp_dir().join(format!("visavis-cookies-{}", std::process::id()));
        std::fs::write(&path, "sessionid=a; csrftoken=b\n").expect("a file");
        let link = "https://meet.example/abc-defg-hij";
        let known = KnownHosts::new(["meet.example"], false);
        let jar = cookies(&path, link, &known).expect("read").expect("a jar");
        assert_eq!((jar.host(), jar.get("csrftoken")), ("meet.example", Some(&Secret::new("b"))));
        assert_eq!(cookies(&path, link, &KnownHosts::default()).expect("read"), None);
        std::fs::remove_file(&path).expect("removed");
        assert!(cookies(&path, link, &known).is_err());
    }

    #[test]
    fn commands_are_read_line_by_line() {
        let path = std::env::temp_dir().join(format!("visavis-commands-{}", std::process::id()));
        std::fs::write(&path, "{\"kind\":\"admit_all\"}\nnonsense\n\n{\"kind\":\"leave\"}\n").expect("a file");
        let heard: Vec<_> = read_commands(&path).expect("read").iter().collect();
        std::fs::remove_file(&path).expect("removed");
        assert_eq!(heard, [Command::AdmitAll, Command::Leave]);
    }
}
