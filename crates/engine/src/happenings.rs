//! What happened between two snapshots, a line of JSON each (docs/events.md). Pure.

use serde::Serialize;
use serde_json::{Value, json};
use visavis_model::{Message, Phase, Sending, Snapshot};

/// The lines, in the order in which a person would tell them.
pub fn happenings(before: &Snapshot, after: &Snapshot) -> Vec<Value> {
    let mut lines = Vec::new();
    let mut tell = |what: &str, value: Value| lines.push(json!({ "what": what, "value": value }));
    if before.phase != after.phase {
        // Seconds of an outage are no news of their own.
        let calm = |phase: &Phase| matches!(phase, Phase::InMeeting { reconnecting_for: Some(_), .. });
        if !(calm(&before.phase) && calm(&after.phase)) {
            tell("phase", value(&after.phase));
        }
    }
    for (id, participant) in &after.participants {
        let known = before.participants.get(id);
        if known.is_none() {
            tell("came", json!({ "id": id, "name": participant.name, "role": participant.role }));
        }
        if let Some(known) = known {
            if known.name != participant.name {
                tell("renamed", json!({ "id": id, "name": participant.name }));
            }
            if known.role != participant.role {
                tell("role", json!({ "id": id, "role": participant.role }));
            }
        }
        if known.and_then(|known| known.hand) != participant.hand {
            tell("hand", json!({ "id": id, "rank": participant.hand }));
        }
        if known.is_some_and(|known| known.audible()) != participant.audible() {
            tell("audible", json!({ "id": id, "audible": participant.audible() }));
        }
    }
    for id in before.participants.keys().filter(|id| !after.participants.contains_key(*id)) {
        tell("went", json!({ "id": id }));
    }
    if before.me.name != after.me.name {
        tell("own_name", json!(after.me.name));
    }
    if before.me.role != after.me.role {
        tell("own_role", value(&after.me.role));
    }
    if before.me.hand != after.me.hand {
        tell("own_hand", json!(after.me.hand));
    }
    if before.me.microphone_on != after.me.microphone_on {
        tell("own_microphone", json!(after.me.microphone_on));
    }
    if before.sharing.active != after.sharing.active {
        tell("own_share", value(&after.sharing.active));
    }
    if before.room.capabilities != after.room.capabilities {
        tell("capabilities", value(&after.room.capabilities));
    }
    for message in &after.messages {
        let known = before.messages.iter().find(|known| known.id == message.id && known.author == message.author);
        // That an own one has left is no news.
        let is_news = |known: &Message| {
            message.sending == Sending::Failed || *message != Message { sending: message.sending, ..known.clone() }
        };
        if known != Some(message) && known.is_none_or(is_news) {
            tell("message", value(message));
        }
    }
    let (was, is) = (&before.together, &after.together);
    for reaction in is.reactions.iter().filter(|one| !was.reactions.iter().any(|known| known.id == one.id)) {
        tell("reaction", json!({ "from": reaction.from, "reaction": reaction.reaction }));
    }
    if was.waiting != is.waiting {
        tell("waiting", value(&is.waiting));
    }
    if was.recording != is.recording {
        tell("recording", value(&is.recording));
    }
    if was.settings != is.settings {
        tell("settings", value(&is.settings));
    }
    if was.captions != is.captions {
        tell("captions", value(&is.captions));
    }
    if was.invitation != is.invitation {
        tell("invitation", value(&is.invitation));
    }
    for caption in &after.captions {
        if before.captions.iter().rev().find(|known| known.id == caption.id) != Some(caption) {
            tell("caption", value(caption));
        }
    }
    for issue in after.issues.iter().filter(|issue| !before.issues.contains(issue)) {
        tell("issue", value(&issue.clone().without_url()));
    }
    lines
}

fn value(of: &impl Serialize) -> Value {
    serde_json::to_value(of).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::{Issue, IssueCode, Link, LinkKind, LobbyView, Reaction, ReactionView, WaiterView};

    fn whats(before: &Snapshot, after: &Snapshot) -> Vec<String> {
        happenings(before, after).iter().map(|line| line["what"].as_str().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn what_did_not_change_is_not_told() {
        let mut snapshot = Snapshot::default();
        snapshot.issues.push(Issue::new(IssueCode::NetworkPoor));
        assert!(happenings(&snapshot, &snapshot).is_empty());
    }

    #[test]
    fn a_link_that_is_no_meeting_is_not_written_down() {
        let mut after = Snapshot::default();
        let issue = Issue::new(IssueCode::LinkUnknown).with("host", "conf.example");
        after.issues.push(issue.with(Issue::URL, "https://conf.example/join/room?pwd=s3cret"));
        let lines = happenings(&Snapshot::default(), &after);
        let text = lines.iter().map(ToString::to_string).collect::<String>();
        assert!(text.contains("conf.example") && !text.contains("s3cret"), "{text}");
    }

    #[test]
    fn a_message_is_told_once_and_again_where_it_did_not_leave() {
        let of = |sending: Sending| Snapshot {
            messages: vec![Message {
                id: "1".into(),
                author: None,
                author_name: String::new(),
                own: true,
                text: "bonjour".into(),
                at: 1,
                edited: false,
                sending,
            }],
            ..Snapshot::default()
        };
        assert_eq!(whats(&Snapshot::default(), &of(Sending::Waiting)), ["message"]);
        assert!(whats(&of(Sending::Waiting), &of(Sending::Sent)).is_empty());
        assert_eq!(whats(&of(Sending::Waiting), &of(Sending::Failed)), ["message"]);
    }

    #[test]
    fn a_visit_is_told_in_order() {
        let before = Snapshot::default();
        let mut after = before.clone();
        let link = Link {
            kind: LinkKind::Visio,
            host: "a.example".into(),
            room: "abc-defg-hij".into(),
            secure: true,
            given_name: None,
        };
        after.phase = Phase::Lobby { link, lobby: LobbyView::default() };
        after.me.hand = Some(2);
        after.together.reactions.push(ReactionView {
            id: 1,
            from: None,
            name: String::new(),
            reaction: Reaction::Heart,
        });
        after.together.waiting.push(WaiterView { id: "w".into(), name: "Anna".into(), color: None });
        assert_eq!(whats(&before, &after), ["phase", "own_hand", "reaction", "waiting"]);
        let later = Snapshot { phase: Phase::Home, ..after.clone() };
        assert_eq!(whats(&after, &later), ["phase"]);
    }
}
