//! What we write: messages, and what has not left.

use super::*;
use visavis_model::{LiveLine, LiveTextView, Sending, Snapshot};

/// Longest message, in characters.
pub(super) const LONGEST_MESSAGE: usize = 2000;

/// Messages that are kept for the page.
const MESSAGES_KEPT: usize = 1000;

/// What had not left when a meeting was over: whoever comes back to that meeting finds it there.
#[derive(Default)]
pub(super) struct Unsent {
    /// The meeting's host and room.
    meeting: (String, String),
    messages: Vec<Message>,
    lines: Vec<LiveLine>,
    /// The meeting that was over last.
    ended: (String, String),
}

impl Unsent {
    /// What of a meeting's messages and lines stays when it is over. Nothing of it leaves by itself any more.
    fn of(link: &MeetingLink, snapshot: &Snapshot) -> Self {
        let messages = snapshot.messages.iter().filter(|message| message.own && message.sending != Sending::Sent);
        let messages = messages.map(|message| Message { sending: Sending::Failed, ..message.clone() });
        let lines = snapshot.live_text.lines.iter();
        let lines = lines.filter(|line| line.author.is_none() && line.sending != Sending::Sent);
        let lines = lines.map(|line| LiveLine { done: true, sending: Sending::Failed, ..line.clone() });
        let meeting = meeting_of(link);
        Self { ended: meeting.clone(), meeting, messages: messages.collect(), lines: lines.collect() }
    }

    /// Takes its place. A meeting in which all has left is no reason to forget another's.
    fn replaced_by(&mut self, later: Self) {
        if later.meeting == self.meeting || !later.messages.is_empty() || !later.lines.is_empty() {
            *self = later;
        } else {
            self.ended = later.ended;
        }
    }

    /// Keeps what was written while the meeting ended: for that one, whosever was kept before.
    fn keep(&mut self, message: Message) {
        if self.meeting != self.ended {
            *self = Self { meeting: self.ended.clone(), ended: self.ended.clone(), ..Self::default() };
        }
        self.messages.push(message);
    }

    /// What a window shows of it in that meeting.
    fn shown(&self, link: &MeetingLink) -> (Vec<Message>, Vec<LiveLine>) {
        if self.meeting == meeting_of(link) { (self.messages.clone(), self.lines.clone()) } else { Default::default() }
    }
}

fn meeting_of(link: &MeetingLink) -> (String, String) {
    (link.host.clone(), link.room.clone())
}

impl Meeting {
    pub(super) fn send_message(&mut self, text: &str) {
        let text: String = text.trim().chars().take(LONGEST_MESSAGE).collect();
        if text.is_empty() {
            return;
        }
        let me = &self.state.view().me;
        let message = Message {
            id: uuid::Uuid::new_v4().to_string(),
            author: me.id.clone(),
            author_name: me.name.clone(),
            own: true,
            text,
            at: unix_millis(),
            edited: false,
            sending: Sending::Waiting,
        };
        if self.call.is_some() {
            self.say_message(message);
        } else if matches!(self.state.view().phase, Phase::Ended { .. } | Phase::Failed { .. }) {
            // It was sent while the meeting ended.
            let message = Message { sending: Sending::Failed, ..message };
            self.unsent.keep(message.clone());
            self.message(message);
        }
    }

    /// Another try with what failed: a message, or a line of live text.
    pub(super) fn send_again(&mut self, id: &str) {
        if !self.call.as_ref().is_some_and(|call| call.entered) {
            return;
        }
        let failed = |message: &&Message| message.own && message.id == id && message.sending == Sending::Failed;
        match self.state.view().messages.iter().find(failed).cloned() {
            Some(message) => self.say_message(Message { at: unix_millis(), sending: Sending::Waiting, ..message }),
            None => self.type_again(id),
        }
    }

    fn say_message(&mut self, message: Message) {
        let Some(call) = &self.call else { return };
        let (id, text, unix_millis) = (message.id.clone(), message.text.clone(), message.at);
        call.net.room(RoomCommand::SendMessage { id, text, unix_millis });
        self.message(message);
    }

    /// What became of something that we wrote.
    pub(super) fn fate(&mut self, id: &str, sending: Sending) {
        let is_it = |message: &Message| message.own && message.id == id;
        match self.state.view().messages.iter().rposition(is_it) {
            Some(at) => self.state.edit().messages[at].sending = sending,
            None => self.fate_of_line(id, sending),
        }
    }

    /// A meeting is over: of what was written in it, only what did not leave is still shown.
    pub(super) fn keep_unsent(&mut self, link: &MeetingLink) {
        let unsent = Unsent::of(link, self.state.view());
        let snapshot = self.state.edit();
        snapshot.messages.clone_from(&unsent.messages);
        snapshot.live_text = LiveTextView { lines: unsent.lines.clone(), ..LiveTextView::default() };
        self.unsent.replaced_by(unsent);
    }

    /// A meeting begins, with what did not leave when the person was in it before.
    pub(super) fn show_unsent(&mut self, link: &MeetingLink) {
        let (messages, lines) = self.unsent.shown(link);
        let chat_is_off = self.options.rules.policy.disable_chat.is_on();
        let snapshot = self.state.edit();
        snapshot.messages = if chat_is_off { Vec::new() } else { messages };
        snapshot.live_text.lines = lines;
    }

    /// Nobody finds it any more: who is in front of this computer may be somebody else.
    pub(super) fn forget_unsent(&mut self) {
        self.unsent = Unsent::default();
    }

    /// Out of sight, but not forgotten where meetings are remembered.
    pub(super) fn hide_unsent(&mut self) {
        if !self.keeps_recent() {
            self.forget_unsent();
        }
        let snapshot = self.state.edit();
        snapshot.messages.clear();
        snapshot.live_text.lines.clear();
    }

    /// A message that is new, or another form of one that is there.
    pub(super) fn message(&mut self, message: Message) {
        let messages = &mut self.state.edit().messages;
        match messages.iter().position(|known| known.id == message.id && known.author == message.author) {
            Some(known) => messages[known] = message,
            None => {
                if messages.len() >= MESSAGES_KEPT {
                    // A good part at once: the page hears of it once, not with every message.
                    messages.drain(..MESSAGES_KEPT / 4);
                }
                messages.push(message);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::LinkKind;

    fn link(room: &str) -> MeetingLink {
        MeetingLink {
            kind: LinkKind::Visio,
            url: "https://a.example/".parse().expect("address"),
            host: "a.example".into(),
            room: room.into(),
            credentials: Credentials::Visitor,
        }
    }

    fn message(id: &str, own: bool, sending: Sending) -> Message {
        let (id, text) = (id.to_owned(), id.to_owned());
        Message { id, author: None, author_name: String::new(), own, text, at: 1, edited: false, sending }
    }

    fn snapshot(messages: Vec<Message>) -> Snapshot {
        Snapshot { messages, ..Snapshot::default() }
    }

    #[test]
    fn what_did_not_leave_is_kept_for_its_meeting_and_for_no_other() {
        let all = [
            message("left", true, Sending::Sent),
            message("waits", true, Sending::Waiting),
            message("failed", true, Sending::Failed),
            message("theirs", false, Sending::Sent),
        ];
        let mut unsent = Unsent::default();
        unsent.replaced_by(Unsent::of(&link("a"), &snapshot(all.to_vec())));
        let kept: Vec<_> = unsent.shown(&link("a")).0.into_iter().map(|one| (one.id, one.sending)).collect();
        assert_eq!(kept, [("waits".to_owned(), Sending::Failed), ("failed".to_owned(), Sending::Failed)]);
        assert!(unsent.shown(&link("b")).0.is_empty());
        // Another meeting with nothing to keep forgets nothing; this one, once all has left, does.
        unsent.replaced_by(Unsent::of(&link("b"), &snapshot(Vec::new())));
        assert_eq!(unsent.shown(&link("a")).0.len(), 2);
        unsent.replaced_by(Unsent::of(&link("a"), &snapshot(vec![message("waits", true, Sending::Sent)])));
        assert!(unsent.shown(&link("a")).0.is_empty());
    }

    #[test]
    fn what_is_written_while_a_meeting_ends_is_kept_for_that_one() {
        let mut unsent = Unsent::default();
        unsent.replaced_by(Unsent::of(&link("a"), &snapshot(vec![message("waits", true, Sending::Waiting)])));
        unsent.replaced_by(Unsent::of(&link("b"), &snapshot(Vec::new())));
        for id in ["late", "later"] {
            unsent.keep(message(id, true, Sending::Failed));
        }
        let kept: Vec<_> = unsent.shown(&link("b")).0.into_iter().map(|one| one.id).collect();
        assert_eq!(kept, ["late", "later"]);
        assert!(unsent.shown(&link("a")).0.is_empty());
    }
}
