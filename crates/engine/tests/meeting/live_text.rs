//! Live text: letter by letter to those who show it, by sentence to the others.

use super::*;
use visavis_model::{CapabilitySet, LiveLine};

const TOPIC: &str = "eu.visavis.live-text";

fn text_of(command: &RoomCommand) -> Option<(&str, &str, &str)> {
    let RoomCommand::SendText { topic, text, attributes, .. } = command else { return None };
    (topic == TOPIC).then(|| (text.as_str(), attributes["state"].as_str(), attributes["line"].as_str()))
}

fn stream(from: &str, line: &str, state: &str, text: &str) -> RoomEvent {
    RoomEvent::Text {
        topic: TOPIC.into(),
        from: Some(from.into()),
        id: format!("{line} {text}"),
        text: text.into(),
        attributes: [("line".to_owned(), line.to_owned()), ("state".to_owned(), state.to_owned())].into(),
    }
}

fn lines(window: &Window) -> Vec<(&str, bool)> {
    window.snapshot.live_text.lines.iter().map(|line| (line.text.as_str(), line.done)).collect()
}

#[test]
fn what_is_typed_goes_out_at_once_and_each_sentence_to_the_chat_for_the_others() {
    let mut window = Window::joined(vec![person("a", "TR_a"), person("b", "TR_b")]);
    window.until_command(|command| text_of(command).is_some_and(|(_, state, _)| state == "hello"));
    assert_eq!(window.snapshot.live_text.by_chat, 0, "a room without a chat");
    let capabilities = CapabilitySet { chat: true, send_data: true, ..CapabilitySet::default() };
    window.say(RoomEvent::RoomChanged(RoomInfo { capabilities, ..RoomInfo::default() }));
    window.until(|snapshot| snapshot.live_text.by_chat == 2);
    window.say(stream("a", "", "hello", ""));
    window.until(|snapshot| (snapshot.live_text.readers, snapshot.live_text.by_chat) == (1, 1));
    for text in ["B", "Bo", "Bonjour"] {
        window.engine.command(Command::TypeLive { text: text.into(), done: false });
        window.until_command(|command| {
            text_of(command).is_some_and(|(said, state, _)| (said, state) == (text, "typing"))
        });
    }
    window.engine.command(Command::TypeLive { text: "Bonjour à tous".into(), done: true });
    let done = window.until_command(|command| text_of(command).is_some_and(|(_, state, _)| state == "done"));
    let line = text_of(&done).unwrap().2.to_owned();
    let chat = |command: &RoomCommand| matches!(command, RoomCommand::SendMessage { id, text, .. } if *id == line && text == "Bonjour à tous");
    window.until_command(chat);
    window.until(|snapshot| snapshot.live_text.lines.len() == 1 && snapshot.live_text.lines[0].done);
    // The next line is another one, and may be taken back.
    window.engine.command(Command::TypeLive { text: "Non".into(), done: false });
    window.until(|snapshot| snapshot.live_text.lines.len() == 2);
    window.engine.command(Command::TypeLive { text: String::new(), done: false });
    window.until(|snapshot| snapshot.live_text.lines.len() == 1);
    assert!(window.snapshot.messages.is_empty(), "the own line is not in the own chat too");
    window.say(RoomEvent::ParticipantLeft("b".into()));
    window.until(|snapshot| (snapshot.live_text.readers, snapshot.live_text.by_chat) == (1, 0));
}

#[test]
fn what_others_type_grows_and_is_not_read_twice() {
    let mut window = Window::joined(vec![person("a", "TR_a"), person("b", "TR_b")]);
    for text in ["J'ar", "J'arive", "J'arrive"] {
        window.say(stream("a", "1", "typing", text));
    }
    window.say(stream("b", "1", "typing", "Moi"));
    window.until(|snapshot| snapshot.live_text.lines.len() == 2 && snapshot.live_text.lines[0].text == "J'arrive");
    assert_eq!(lines(&window), [("J'arrive", false), ("Moi", false)]);
    window.say(stream("a", "1", "done", "J'arrive."));
    let message = |id: &str, author: &str| {
        RoomEvent::Message(visavis_provider::ChatMessage {
            id: id.into(),
            author: Some(author.into()),
            text: "J'arrive.".into(),
            unix_millis: 1,
            edited: false,
        })
    };
    window.say(message("1", "a"));
    window.say(message("2", "a"));
    window.until(|snapshot| snapshot.messages.len() == 1 && snapshot.messages[0].id == "2");
    // What is done stays; nobody writes in another's name; whoever has gone has finished.
    window.say(stream("a", "1", "typing", "changed"));
    window.say(stream("nobody", "1", "typing", "a stranger"));
    window.say(stream("a", &"x".repeat(100), "typing", "too long a name"));
    window.say(RoomEvent::ParticipantLeft("b".into()));
    window.until(|snapshot| snapshot.live_text.lines.iter().all(|line| line.done));
    assert_eq!(lines(&window), [("J'arrive.", true), ("Moi", true)]);
}

#[test]
fn where_nothing_goes_out_nothing_is_shown_as_seen() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    window.say(RoomEvent::RoomChanged(RoomInfo::default()));
    window.until(|snapshot| !snapshot.room.capabilities.send_data);
    window.engine.command(Command::TypeLive { text: "Bonjour".into(), done: true });
    // Was handled after it.
    window.engine.command(Command::Recognise { text: "test://other".into() });
    window.until(|snapshot| snapshot.recognised.as_ref().is_some_and(|link| link.room == "other"));
    assert!(window.snapshot.live_text.lines.is_empty());
}

#[test]
fn a_flood_costs_little() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    for number in 0..500 {
        window.say(stream("a", &number.to_string(), "done", &"é".repeat(5000)));
    }
    let last = |line: &LiveLine| line.id == "499";
    window.until(|snapshot| snapshot.live_text.lines.last().is_some_and(last));
    let lines = &window.snapshot.live_text.lines;
    assert!(lines.len() <= 60 && lines.iter().all(|line| line.text.chars().count() <= 1000));
}
