//! What has not left says so, and is not lost with the connection.

use super::*;
use visavis_model::Sending;

fn messages(window: &Window) -> Vec<(&str, Sending)> {
    window.snapshot.messages.iter().map(|message| (message.text.as_str(), message.sending)).collect()
}

/// Waits until our message is asked to be sent, and forgets that it was.
fn id_of(window: &Window, wanted: &str) -> String {
    let asked =
        window.until_command(|command| matches!(command, RoomCommand::SendMessage { text, .. } if text == wanted));
    window.server.lock().unwrap().commands.clear();
    let RoomCommand::SendMessage { id, .. } = asked else { panic!("another command") };
    id
}

#[test]
fn a_message_waits_until_it_has_left_and_may_be_tried_again_where_it_does_not() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    window.engine.command(Command::SendMessage { text: "un".into() });
    window.until(|snapshot| snapshot.messages.len() == 1);
    assert_eq!(messages(&window), [("un", Sending::Waiting)]);
    let id = id_of(&window, "un");
    window.say(RoomEvent::NotSent("another".into()));
    window.say(RoomEvent::NotSent(id.clone()));
    window.until(|snapshot| snapshot.messages[0].sending == Sending::Failed);
    window.engine.command(Command::SendAgain { id: id.clone() });
    assert_eq!(id_of(&window, "un"), id);
    window.until(|snapshot| snapshot.messages[0].sending == Sending::Waiting);
    window.say(RoomEvent::Sent(id));
    window.until(|snapshot| snapshot.messages[0].sending == Sending::Sent);
    assert_eq!(window.snapshot.messages.len(), 1);
}

#[test]
fn of_a_line_that_grows_its_newest_form_counts() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    let stream = |window: &Window, wanted: &str| {
        let asked =
            window.until_command(|command| matches!(command, RoomCommand::SendText { text, .. } if text == wanted));
        let RoomCommand::SendText { id, .. } = asked else { panic!("another command") };
        id
    };
    for text in ["A", "Attendez"] {
        window.engine.command(Command::TypeLive { text: text.into(), done: text == "Attendez" });
    }
    let (first, last) = (stream(&window, "A"), stream(&window, "Attendez"));
    window.say(RoomEvent::Sent(first));
    window.say(RoomEvent::NotSent(last.clone()));
    let sending = |snapshot: &Snapshot| snapshot.live_text.lines.first().map(|line| line.sending);
    window.until(|snapshot| sending(snapshot) == Some(Sending::Failed));
    let id = window.snapshot.live_text.lines[0].id.clone();
    window.server.lock().unwrap().commands.clear();
    window.engine.command(Command::SendAgain { id });
    let again = stream(&window, "Attendez");
    assert_ne!(again, last, "a stream has its own id");
    window.say(RoomEvent::Sent(again));
    window.until(|snapshot| sending(snapshot) == Some(Sending::Sent));
}

#[test]
fn what_did_not_leave_before_the_end_is_there_for_whoever_comes_back() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    for text in ["parti", "je reviens par téléphone"] {
        window.engine.command(Command::SendMessage { text: text.into() });
    }
    window.engine.command(Command::TypeLive { text: "Attendez".into(), done: false });
    let id = id_of(&window, "parti");
    window.say(RoomEvent::Sent(id));
    window.until(|snapshot| {
        snapshot.messages.len() == 2
            && snapshot.messages[0].sending == Sending::Sent
            && !snapshot.live_text.lines.is_empty()
    });
    window.say(RoomEvent::Left(LeaveCause::Lost));
    window.until(|snapshot| matches!(snapshot.phase, Phase::Failed { .. }));
    let lost = [("je reviens par téléphone", Sending::Failed)];
    assert_eq!(messages(&window), lost);
    let line = &window.snapshot.live_text.lines[0];
    assert_eq!((line.text.as_str(), line.done, line.sending), ("Attendez", true, Sending::Failed));
    // At home it is out of sight.
    window.engine.command(Command::Leave);
    window.until(|snapshot| snapshot.phase == Phase::Home);
    assert!(window.snapshot.messages.is_empty() && window.snapshot.live_text.lines.is_empty());
    window.server.lock().unwrap().greeting = greeting(vec![person("a", "TR_a")]);
    window.enter();
    window.until(|snapshot| matches!(snapshot.phase, Phase::InMeeting { .. }));
    assert_eq!(messages(&window), lost);
    assert_eq!(window.snapshot.live_text.lines.len(), 1);
    window.server.lock().unwrap().commands.clear();
    let id = window.snapshot.messages[0].id.clone();
    window.engine.command(Command::SendAgain { id: id.clone() });
    assert_eq!(id_of(&window, "je reviens par téléphone"), id);
    window.say(RoomEvent::Sent(id));
    window.until(|snapshot| snapshot.messages[0].sending == Sending::Sent);
}

#[test]
fn what_did_not_leave_is_nothing_for_whoever_sits_there_next() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    window.engine.command(Command::SendMessage { text: "entre nous".into() });
    window.until(|snapshot| snapshot.messages.len() == 1);
    window.say(RoomEvent::Left(LeaveCause::Lost));
    window.until(|snapshot| matches!(snapshot.phase, Phase::Failed { .. }));
    window.engine.command(Command::Leave);
    window.until(|snapshot| snapshot.phase == Phase::Home);
    window.engine.command(Command::SetName { name: "Somebody else".into() });
    window.server.lock().unwrap().greeting = greeting(vec![person("a", "TR_a")]);
    window.enter();
    window.until(|snapshot| matches!(snapshot.phase, Phase::InMeeting { .. }));
    assert!(window.snapshot.messages.is_empty());
}
