//! What people do together: doors, hands, reactions, captions, and what a room refuses.

use super::*;
use visavis_model::{
    CapabilitySet, CaptionsState, Hearing, LobbyView, Reaction, RecordingMode, RecordingPhase, RecordingView, Role,
    WaiterView,
};
use visavis_provider::{Action, ActionError, ActionId, Notice, Segment};

fn action_of(command: &RoomCommand) -> Option<(ActionId, Action)> {
    if let RoomCommand::Act { id, action } = command { Some((*id, action.clone())) } else { None }
}

/// Waits for an action like this; gives its number.
fn until_action(window: &Window, wanted: &Action) -> ActionId {
    let command = window.until_command(|command| action_of(command).is_some_and(|(_, action)| action == *wanted));
    action_of(&command).unwrap().0
}

#[test]
fn the_door_opens_after_a_while() {
    let mut window = Window::open(vec![RoomEvent::Lobby(LobbyView::default())]);
    window.enter();
    window.until(|snapshot| matches!(snapshot.phase, Phase::Lobby { .. }));
    window.say(RoomEvent::Lobby(LobbyView { throttled_seconds: Some(7), ..LobbyView::default() }));
    window
        .until(|snapshot| matches!(&snapshot.phase, Phase::Lobby { lobby, .. } if lobby.throttled_seconds == Some(7)));
    window.say(RoomEvent::Connection(ConnectionState::Connecting));
    window.until(|snapshot| matches!(snapshot.phase, Phase::Joining { .. }));
    window.say(RoomEvent::Left(LeaveCause::EntryDenied));
    window.until(
        |snapshot| matches!(&snapshot.phase, Phase::Failed { issue, .. } if issue.code == IssueCode::EntryDenied),
    );
}

#[test]
fn a_server_that_nobody_named_is_asked_about_and_then_remembered() {
    let mut window = Window::open(Vec::new());
    let text = "Réunion : https://visio.example/abc-defg-hij (demain)";
    window.engine.command(Command::OpenLink { text: text.into() });
    window.until(|snapshot| snapshot.issues.iter().any(|issue| issue.code == IssueCode::ServerUnknown));
    assert_eq!(window.snapshot.phase, Phase::Home);
    let host = window.snapshot.issues[0].params["host"].clone();
    assert_eq!(host, "visio.example");
    window.engine.command(Command::AddServer { host: host.clone() });
    window.until(|snapshot| matches!(&snapshot.phase, Phase::PreJoin { link } if link.room == "abc-defg-hij"));
    assert_eq!(window.snapshot.home.servers.len(), 1);
    window.engine.command(Command::Leave);
    window.engine.command(Command::RemoveServer { host });
    window.until(|snapshot| snapshot.home.servers.is_empty());
    window.engine.command(Command::OpenLink { text: text.into() });
    window.until(|snapshot| snapshot.issues.iter().any(|issue| issue.code == IssueCode::ServerUnknown));
}

#[test]
fn what_is_asked_of_the_room_is_pending_until_it_answers() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    window.say(RoomEvent::Waiting(vec![WaiterView { id: "w".into(), name: "Anna".into(), color: None }]));
    window.until(|snapshot| snapshot.together.waiting.len() == 1);
    window.engine.command(Command::Admit { waiter: "w".into() });
    let id = until_action(&window, &Action::Admit("w".into()));
    window.until(|snapshot| snapshot.together.pending == ["admit"]);
    window.say(RoomEvent::ActionDone { id, outcome: Err(ActionError::NotAllowed) });
    window.until(|snapshot| snapshot.together.pending.is_empty());
    window.until(|snapshot| snapshot.issues.iter().any(|issue| issue.code == IssueCode::ActionRefused));
    let issue = window.snapshot.issues.iter().find(|issue| issue.code == IssueCode::ActionRefused).unwrap();
    assert_eq!((issue.params["action"].as_str(), issue.params["cause"].as_str()), ("admit", "not_allowed"));
    // An answer that nobody waits for is nothing.
    window.say(RoomEvent::ActionDone { id, outcome: Err(ActionError::Failed) });
    window.engine.command(Command::StartRecording { mode: RecordingMode::Screen });
    until_action(&window, &Action::StartRecording { mode: RecordingMode::Screen, language: None, transcribe: false });
}

#[test]
fn hands_are_ranked_with_our_own_among_them() {
    let hand = |id: &str, since: &str| Participant { hand_raised_at: since.into(), ..person(id, "TR") };
    let mut window = Window::joined(vec![hand("a", "2026-11-25T10:00:02Z"), person("b", "TR_b")]);
    window.engine.command(Command::RaiseHand { up: true });
    until_action(&window, &Action::RaiseHand(true));
    window.say(RoomEvent::MeChanged(Participant {
        id: Some("me".into()),
        role: Role::Owner,
        hand_raised_at: "2026-11-25T10:00:01Z".into(),
        ..Participant::default()
    }));
    window.until(|snapshot| snapshot.me.hand == Some(1));
    assert_eq!(window.snapshot.participants[&"a".into()].hand, Some(2));
    assert_eq!(window.snapshot.me.role, Role::Owner);
}

#[test]
fn a_reaction_goes_by_itself_and_one_of_nobody_never_comes() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    window.say(RoomEvent::Reaction { from: "nobody".into(), reaction: Reaction::Heart });
    window.say(RoomEvent::Reaction { from: "a".into(), reaction: Reaction::Party });
    window.until(|snapshot| !snapshot.together.reactions.is_empty());
    assert_eq!(window.snapshot.together.reactions.len(), 1);
    assert_eq!(window.snapshot.together.reactions[0].name, "A");
    window.engine.command(Command::React { reaction: Reaction::Thanks });
    window.until(|snapshot| snapshot.together.reactions.iter().any(|one| one.from.is_none()));
    window.until(|snapshot| snapshot.together.reactions.is_empty());
}

#[test]
fn captions_grow_line_by_line_and_are_forgotten_with_the_meeting() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    window.engine.command(Command::SetCaptions { on: true });
    window.until(|snapshot| snapshot.together.captions == CaptionsState::Starting);
    until_action(&window, &Action::StartCaptions);
    let segment = |id: &str, text: &str, is_final| {
        RoomEvent::Captions(Segment {
            id: id.into(),
            speaker: Some("a".into()),
            text: text.into(),
            language: "fr".into(),
            is_final,
        })
    };
    window.say(segment("1", "Bon", false));
    window.say(segment("1", "Bonjour", true));
    window.until(|snapshot| snapshot.captions.first().is_some_and(|line| line.text == "Bonjour" && line.finished));
    assert_eq!(window.snapshot.together.captions, CaptionsState::On);
    let caption = &window.snapshot.captions[0];
    assert_eq!((caption.name.as_str(), caption.language.as_str()), ("A", "fr"));
    window.engine.command(Command::Leave);
    window.until(|snapshot| snapshot.captions.is_empty() && snapshot.together.captions == CaptionsState::Off);
}

#[test]
fn a_recording_is_shown_and_said() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    let running = RecordingView { phase: RecordingPhase::Running, mode: Some(RecordingMode::Screen) };
    window.say(RoomEvent::Recording(running));
    window.say(RoomEvent::Notice(Notice::RecordingStarted { mode: RecordingMode::Screen, by: "a".into() }));
    window.until(|snapshot| snapshot.together.recording == running);
    window.until(|snapshot| snapshot.issues.iter().any(|issue| issue.code == IssueCode::RecordingStarted));
    let issue = window.snapshot.issues.iter().find(|issue| issue.code == IssueCode::RecordingStarted).unwrap();
    assert_eq!((issue.params["by"].as_str(), issue.params["mode"].as_str()), ("A", "screen"));
}

#[test]
fn what_may_not_be_published_is_off_until_the_person_turns_it_on_again() {
    let room = |publish_microphone: bool| {
        let capabilities = CapabilitySet { publish_microphone, publish_camera: true, ..CapabilitySet::default() };
        RoomEvent::RoomChanged(RoomInfo { capabilities, ..RoomInfo::default() })
    };
    let mut window = Window::joined(Vec::new());
    window.say(room(true));
    window.engine.command(Command::ChooseMicrophone { choice: MicrophoneChoice::Synthetic });
    window.engine.command(Command::SetMicrophoneOn { on: true });
    let published = |command: &RoomCommand| matches!(command, RoomCommand::Publish(request) if request.track == TrackId::local_microphone());
    window.until_command(published);
    window.server.lock().unwrap().commands.clear();
    // In the order in which a real Meet makes the session say it.
    window.say(room(false));
    window.say(RoomEvent::Notice(Notice::RightsRemoved(vec![TrackSource::Microphone])));
    window.say(RoomEvent::PublishRefused { track: TrackId::local_microphone(), cause: "not permitted".into() });
    window.until(|snapshot| !snapshot.me.microphone_on && snapshot.me.hearing == Hearing::Forbidden);
    let codes = |snapshot: &Snapshot| snapshot.issues.iter().map(|issue| issue.code).collect::<Vec<_>>();
    assert_eq!(codes(&window.snapshot), [IssueCode::RightsRemoved], "told once");

    window.say(room(true));
    window.say(RoomEvent::Notice(Notice::RightsGiven(vec![TrackSource::Microphone])));
    window.until(|snapshot| snapshot.me.hearing == Hearing::Off);
    assert!(!window.snapshot.me.microphone_on);
    assert!(!window.server.lock().unwrap().commands.iter().any(published));
    window.until(|snapshot| codes(snapshot) == [IssueCode::RightsGiven]);
    window.engine.command(Command::SetMicrophoneOn { on: true });
    window.until_command(published);
}

#[test]
fn a_reaction_that_nobody_else_sees_is_taken_back() {
    let mut window = Window::joined(Vec::new());
    window.engine.command(Command::React { reaction: Reaction::Heart });
    window.until(|snapshot| snapshot.together.reactions.len() == 1);
    let id = until_action(&window, &Action::React(Reaction::Heart));
    window.say(RoomEvent::ActionDone { id, outcome: Err(ActionError::Throttled { seconds: 1 }) });
    window.until(|snapshot| snapshot.issues.iter().any(|issue| issue.code == IssueCode::ActionRefused));
    assert!(window.snapshot.together.reactions.is_empty());
}

#[test]
fn a_name_that_the_server_gives_is_for_that_meeting_alone() {
    let mut window = Window::joined(vec![]);
    assert!(!window.snapshot.me.name_given);
    let named = |name: &str| {
        RoomEvent::MeChanged(Participant { id: Some("me".into()), name: name.into(), ..Participant::default() })
    };
    window.say(named("Bureau 12"));
    window.until(|snapshot| snapshot.me.name == "Bureau 12");
    assert!(window.snapshot.me.name_given);
    window.engine.command(Command::Leave);
    window.until(|snapshot| snapshot.me.name == "Camille" && !snapshot.me.name_given);
    // What the person says in a meeting is theirs.
    let mut window = Window::joined(vec![]);
    window.engine.command(Command::SetName { name: "Zoé".into() });
    window.say(named("Zoé"));
    window.engine.command(Command::Leave);
    window.until(|snapshot| matches!(snapshot.phase, Phase::Ended { .. }));
    assert!(window.snapshot.me.name == "Zoé" && !window.snapshot.me.name_given);
}
