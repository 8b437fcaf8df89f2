//! Live text: what is typed is seen letter by letter (docs/live-text.md).

use super::*;
use std::collections::BTreeSet;
use visavis_model::{LiveLine, ParticipantId, ParticipantKind, Sending};

/// The topic of its text streams; whoever does not know it ignores them.
pub(super) const TOPIC: &str = "eu.visavis.live-text";
/// Names of the streams' attributes, and what `STATE` says.
const LINE: &str = "line";
const STATE: &str = "state";
const HELLO: &str = "hello";
const TYPING: &str = "typing";
const DONE: &str = "done";

/// Longest line in characters, and longest id in bytes.
const LONGEST_LINE: usize = 1000;
const LONGEST_ID: usize = 64;
/// Lines that are kept; the oldest give way.
const MOST_LINES: usize = 60;
/// Who comes is greeted, and all who come meanwhile with them.
const GREETINGS_APART: Duration = Duration::from_secs(5);
/// In larger meetings nobody is greeted: each finished sentence goes to the chat as well.
const MOST_GREETED: usize = 30;

/// What one call keeps of it.
#[derive(Default)]
pub(super) struct LiveText {
    /// Our line that grows.
    own: Option<String>,
    /// The newest text stream of each own line that has not left yet, and the line.
    leaving: BTreeMap<String, String>,
    /// Whose clients show it.
    readers: BTreeSet<ParticipantId>,
    greeted_at: Option<MediaTime>,
    greeting_due: bool,
}

impl Meeting {
    /// What the person has typed of their line so far; `done`: it is a whole one. Nothing at all takes it back.
    pub(super) fn type_live(&mut self, text: &str, done: bool) {
        let text = clean(text);
        let reaches = self.state.view().room.capabilities.send_data;
        let Some(call) = self.call.as_mut().filter(|call| call.entered) else { return };
        // A line that was begun is brought to its end, whatever comes of it.
        if (text.is_empty() || !reaches) && call.live.own.is_none() {
            return;
        }
        let id = call.live.own.get_or_insert_with(|| uuid::Uuid::new_v4().to_string()).clone();
        if done || text.is_empty() {
            call.live.own = None;
        }
        self.say_live(&text, &id, if done { DONE } else { TYPING });
        let author_name = self.state.view().me.name.clone();
        self.put_line(LiveLine {
            id: id.clone(),
            author: None,
            author_name,
            text: text.clone(),
            done,
            at: unix_millis(),
            sending: Sending::Waiting,
        });
        if done && !text.is_empty() {
            self.say_in_chat(id, text);
        }
    }

    /// Another try with a whole line that failed.
    pub(super) fn type_again(&mut self, line: &str) {
        let failed = |known: &&LiveLine| known.author.is_none() && known.id == line && known.sending == Sending::Failed;
        let Some(text) = self.state.view().live_text.lines.iter().find(failed).map(|known| known.text.clone()) else {
            return;
        };
        self.say_live(&text, line, DONE);
        self.set_sending(line, Sending::Waiting);
        self.say_in_chat(line.to_owned(), text);
    }

    /// What became of a text stream of ours: only the newest of a line counts.
    pub(super) fn fate_of_line(&mut self, stream: &str, sending: Sending) {
        if let Some(line) = self.call.as_mut().and_then(|call| call.live.leaving.remove(stream)) {
            self.set_sending(&line, sending);
        }
    }

    fn set_sending(&mut self, line: &str, sending: Sending) {
        let own = |known: &&mut LiveLine| known.author.is_none() && known.id == line;
        self.state.edit().live_text.lines.iter_mut().filter(own).for_each(|known| known.sending = sending);
    }

    /// A whole line, to those who do not see what is typed.
    fn say_in_chat(&self, id: String, text: String) {
        let Some(call) = self.call.as_ref().filter(|_| self.state.view().live_text.by_chat > 0) else { return };
        // Under the line's own id: whoever saw it being typed does not read it twice.
        call.net.room(RoomCommand::SendMessage { id, text, unix_millis: unix_millis() });
    }

    fn say_live(&mut self, text: &str, line: &str, state: &str) {
        let Some(call) = &mut self.call else { return };
        let attributes = [(STATE, state), (LINE, line)].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let id = uuid::Uuid::new_v4().to_string();
        if !line.is_empty() {
            call.live.leaving.retain(|_, known| known != line);
            call.live.leaving.insert(id.clone(), line.to_owned());
        }
        call.net.room(RoomCommand::SendText {
            id,
            topic: TOPIC.to_owned(),
            text: text.to_owned(),
            attributes: attributes.into_iter().collect(),
            unix_millis: unix_millis(),
        });
    }

    /// A text stream of the topic came.
    pub(super) fn live_text(&mut self, from: Option<ParticipantId>, text: &str, attributes: &BTreeMap<String, String>) {
        let Some(from) = from.filter(|from| self.state.view().me.id.as_ref() != Some(from)) else { return };
        let Some(name) = self.state.view().participants.get(&from).map(|view| view.name.clone()) else { return };
        let attribute = |key: &str| attributes.get(key).map_or("", String::as_str);
        let Some(call) = &mut self.call else { return };
        if call.live.readers.insert(from.clone()) {
            self.people_changed = true;
        }
        if attribute(STATE) == HELLO {
            return;
        }
        let id = attribute(LINE);
        if id.is_empty() || id.len() > LONGEST_ID {
            return;
        }
        let done = attribute(STATE) == DONE;
        let (id, author) = (id.to_owned(), Some(from));
        let (text, at, sending) = (clean(text), unix_millis(), Sending::Sent);
        self.put_line(LiveLine { id, author, author_name: name, text, done, at, sending });
    }

    /// True where a message of the chat is a line that was seen being typed.
    pub(super) fn was_live(&self, author: &ParticipantId, message: &str) -> bool {
        let view = self.state.view();
        let own = view.me.id.as_ref() == Some(author);
        let of = |line: &LiveLine| if own { line.author.is_none() } else { line.author.as_ref() == Some(author) };
        view.live_text.lines.iter().any(|line| line.id == message && of(line))
    }

    /// A new line, or one that grew; an empty one was taken back. A finished one stays as it is.
    fn put_line(&mut self, line: LiveLine) {
        let lines = &mut self.state.edit().live_text.lines;
        match lines.iter().position(|known| known.id == line.id && known.author == line.author) {
            Some(known) if lines[known].done => {}
            Some(known) if line.text.is_empty() => drop(lines.remove(known)),
            Some(known) => {
                let at = lines[known].at;
                lines[known] = LiveLine { at, ..line };
            }
            None if line.text.is_empty() => {}
            None => {
                if lines.len() >= MOST_LINES {
                    lines.remove(0);
                }
                lines.push(line);
            }
        }
    }

    /// Says to those who come that we show live text.
    pub(super) fn greet(&mut self) {
        if let Some(call) = &mut self.call {
            call.live.greeting_due = true;
        }
    }

    /// To be looked at now and then: greetings wait for one another.
    pub(super) fn look_live(&mut self, now: MediaTime) {
        let view = self.state.view();
        let may = view.participants.len() <= MOST_GREETED && view.room.capabilities.send_data;
        let Some(call) = self.call.as_mut().filter(|call| call.connected && call.live.greeting_due && may) else {
            return;
        };
        if call.live.greeted_at.is_some_and(|at| now.since(at) < GREETINGS_APART) {
            return;
        }
        call.live.greeting_due = false;
        call.live.greeted_at = Some(now);
        self.say_live("", "", HELLO);
    }

    /// Who sees what is typed, and who reads it in the chat. Whoever has gone writes no more.
    pub(super) fn count_readers(&mut self) {
        let Some(call) = &mut self.call else { return };
        let view = self.state.view();
        call.live.readers.retain(|id| view.participants.contains_key(id));
        let readers = &call.live.readers;
        let others = || view.participants.values().filter(|one| one.kind != ParticipantKind::Hidden);
        let (read, all) = (others().filter(|one| readers.contains(&one.id)).count(), others().count());
        let by_chat = if view.room.capabilities.chat { all - read } else { 0 };
        let (read, by_chat) = (read as u32, by_chat as u32);
        let gone = |line: &LiveLine| {
            !line.done && line.author.as_ref().is_some_and(|author| !view.participants.contains_key(author))
        };
        let ended = view.live_text.lines.iter().any(gone);
        if (view.live_text.readers, view.live_text.by_chat) == (read, by_chat) && !ended {
            return;
        }
        let here: BTreeSet<_> = view.participants.keys().cloned().collect();
        let live = &mut self.state.edit().live_text;
        (live.readers, live.by_chat) = (read, by_chat);
        for line in &mut live.lines {
            line.done |= line.author.as_ref().is_some_and(|author| !here.contains(author));
        }
    }
}

/// One line without what no keyboard types.
fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST_LINE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(clean("a\u{8}b\nc\u{7f} é"), "abc é");
        assert_eq!(clean(&"x".repeat(5000)).len(), LONGEST_LINE);
    }
}
