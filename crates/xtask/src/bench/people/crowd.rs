//! Everybody else in a large meeting, in two processes.

use crate::tools::TaskError;
use serde_json::json;
use std::path::Path;
use visavis_tests::peers::{Peer, crowd, native};
use visavis_tests::servers::livekit::LivekitServer;
use visavis_tests::servers::meet::MeetServer;

const FIRST: [&str; 12] =
    ["Amadou", "Béatrice", "Chloé", "Driss", "Élodie", "Farid", "Gwenaëlle", "Hugo", "Inès", "Julien", "Karim", "Léa"];
const LAST: [&str; 13] = [
    "Martin", "Benali", "Durand", "Faure", "Garnier", "Lefèvre", "Moreau", "Nguyen", "Petit", "Roussel", "Simon",
    "Traoré", "Vidal",
];
/// So many speak at once.
const SPEAKERS: usize = 2;
/// So many hands are up at once.
const HANDS: usize = 8;
/// So many go at once, and come again.
const MOVING: usize = 10;
/// They go at one step, and come so many steps later.
const AWAY: usize = 4;
/// A step at which those who went come back.
pub const BACK: usize = AWAY;

/// They have names of their own, and do what a bench wants.
pub struct Crowd {
    /// With pictures and microphones.
    shown: Peer,
    pictures: usize,
    /// Neither seen nor heard.
    quiet: Peer,
    /// Their tokens of the SFU.
    passes: Vec<String>,
    /// Their room at Meet.
    room: String,
}

impl Crowd {
    /// Brings them all in: first those with pictures, so that they are on the first page. `count`: all, and those with pictures.
    ///
    /// # Errors
    /// Somebody is not let in, or the peers are not installed.
    pub fn gather(
        folder: &Path,
        server: &LivekitServer,
        meet: &MeetServer,
        slug: &str,
        (all, pictures): (usize, usize),
    ) -> Result<Self, TaskError> {
        let pass = |number: usize| {
            meet.pass(slug, &encoded(&name(number))).map_err(|error| TaskError::Failed(error.to_string()))
        };
        let mut tokens = (0..all).map(pass).collect::<Result<Vec<_>, _>>()?;
        let rest = tokens.split_off(pictures.min(all));
        let mut options = native::Options::new(server.url(), tokens);
        (options.single, options.receives) = (true, false);
        let mut shown = all_in(native::join("shown", folder, &options)?, options.tokens.len())?;
        let silent: Vec<_> = (SPEAKERS..pictures).collect();
        shown.command(&json!({ "do": "mute", "source": "microphone", "muted": true, "of": silent }));
        let quiet = all_in(crowd::join("quiet", folder, &server.url(), &rest)?, rest.len())?;
        Ok(Self { shown, pictures, quiet, passes: rest, room: slug.to_owned() })
    }

    /// What they run in, each the leader of a group.
    pub fn processes(&self) -> [u32; 2] {
        [self.shown.id(), self.quiet.id()]
    }

    /// At every step another one speaks, and one falls silent.
    pub fn speak(&mut self, step: usize) {
        for (index, muted) in [(step % self.pictures, true), ((step + SPEAKERS) % self.pictures, false)] {
            self.shown.command(&json!({ "do": "mute", "source": "microphone", "muted": muted, "of": [index] }));
        }
    }

    /// At every step another hand goes up, and the oldest one down.
    ///
    /// # Errors
    /// Meet does not let them.
    pub fn hand(&mut self, meet: &MeetServer, step: usize) -> Result<(), TaskError> {
        let turn = |number: usize, up: bool| {
            let (path, pass) = (format!("rooms/{}/toggle-hand/", self.room), &self.passes[number % self.passes.len()]);
            let answer = meet.ask("POST", &path, Some(pass), &json!({ "raised": up }));
            match answer.map_err(|error| TaskError::Failed(error.to_string()))? {
                (200, _) => Ok(()),
                (status, _) => Err(TaskError::Failed(format!("no hand (status {status})"))),
            }
        };
        turn(step, true)?;
        step.checked_sub(HANDS).map_or(Ok(()), |old| turn(old, false))
    }

    /// Some go at one step and come at a later one.
    pub fn turn_over(&mut self, step: usize) {
        let word = match step % (2 * AWAY) {
            0 => "away",
            AWAY => "back",
            _ => return,
        };
        let all = self.passes.len();
        let moving: Vec<_> = (all.saturating_sub(MOVING)..all).collect();
        self.quiet.command(&json!({ "do": word, "of": moving }));
    }
}

/// Names as people have them, no two alike.
fn name(number: usize) -> String {
    let (first, last) = (FIRST[number % FIRST.len()], LAST[number % LAST.len()]);
    format!("{first} {last}")
}

/// As a part of an address.
fn encoded(text: &str) -> String {
    let byte =
        |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(byte).collect()
}

/// So many people of this process are in the room.
fn all_in(mut peer: Peer, count: usize) -> Result<Peer, TaskError> {
    let mut after = 0;
    for _ in 0..count {
        let event = peer.wait_after(after, "published", |_| true)?;
        let at = peer.seen().iter().skip(after).position(|seen| *seen == event);
        after += at.map_or(0, |at| at + 1);
    }
    Ok(peer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_go_into_addresses() {
        assert_eq!(encoded("Léa Petit"), "L%C3%A9a%20Petit");
    }

    #[test]
    fn no_two_of_150_have_one_name() {
        assert_eq!((0..150).map(name).collect::<BTreeSet<_>>().len(), 150);
    }
}
