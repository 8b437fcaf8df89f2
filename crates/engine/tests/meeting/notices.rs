//! What is done to us, or happens around us, is said: once, and with what is known of it.

use super::*;
use visavis_provider::Notice;

fn issue(snapshot: &Snapshot, code: IssueCode) -> Option<&visavis_model::Issue> {
    snapshot.issues.iter().find(|issue| issue.code == code)
}

fn offer(text: &str, direct: bool) -> Command {
    Command::Offer { text: text.into(), direct, microphone_off: false, camera_off: false }
}

fn speaking() -> Window {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    window.engine.command(Command::SetMicrophoneOn { on: true });
    window.until(|snapshot| snapshot.me.microphone_on);
    window
}

#[test]
fn a_meeting_that_moved_opens_at_the_new_address_once_the_person_says_so() {
    let mut window = Window::open(vec![RoomEvent::Left(LeaveCause::Moved("https://new.example/".parse().unwrap()))]);
    window.enter();
    window.until(|snapshot| matches!(snapshot.phase, Phase::Failed { .. }));
    let Phase::Failed { issue, .. } = &window.snapshot.phase else { unreachable!("waited for it") };
    assert_eq!(issue.code, IssueCode::ServerMoved);
    assert_eq!((issue.params["host"].as_str(), issue.params["from"].as_str()), ("new.example", "127.0.0.1:9"));
    assert!(window.snapshot.home.servers.is_empty());
    window.engine.command(Command::AddServer { host: "new.example".into() });
    window.until(|snapshot| matches!(&snapshot.phase, Phase::PreJoin { link } if link.host == "new.example"));
    let Phase::PreJoin { link } = &window.snapshot.phase else { unreachable!("waited for it") };
    assert_eq!(link.room, "salle");
}

#[test]
fn where_the_media_server_is_out_of_reach_it_is_the_one_that_is_named() {
    let cause = LeaveCause::Proxy(ProxyFault::Refused { status: 403 });
    let mut window = Window::open(vec![RoomEvent::Left(cause)]);
    // Nobody has let it in, so that nobody is contacted.
    let url = "wss://media.example/rtc".parse().unwrap();
    let socket = Output::OpenSocket { socket: visavis_provider::SocketId(1), url, bearer: None };
    window.server.lock().unwrap().says.push_back(socket);
    window.enter();
    window.until(|snapshot| matches!(snapshot.phase, Phase::Failed { .. }));
    let Phase::Failed { issue, link } = &window.snapshot.phase else { unreachable!("waited for it") };
    assert_eq!((issue.code, issue.params["host"].as_str()), (IssueCode::ProxyRefuses, "media.example"));
    assert_eq!(link.as_ref().map(|link| link.host.as_str()), Some("127.0.0.1:9"), "the way back in is the meeting's");
}

#[test]
fn being_muted_is_said_once_and_with_the_name() {
    let mut window = speaking();
    window.say(RoomEvent::MutedByOther { track: TrackId::local_microphone() });
    window.until(|snapshot| !snapshot.me.microphone_on);
    window.say(RoomEvent::Notice(Notice::MutedBy("a".into())));
    window.until(|snapshot| issue(snapshot, IssueCode::MutedByOther).is_some());
    let told = window.engine.report().issues;
    let told: Vec<_> = told.iter().filter(|record| record.issue.code == IssueCode::MutedByOther).collect();
    assert_eq!((told.len(), told[0].issue.params["by"].as_str()), (1, "A"));
    window.engine.command(Command::SetMicrophoneOn { on: true });
    window.until(|snapshot| issue(snapshot, IssueCode::MutedByOther).is_none());
}

#[test]
fn who_muted_us_may_never_be_known() {
    let mut window = speaking();
    window.say(RoomEvent::MutedByOther { track: TrackId::local_microphone() });
    window.until(|snapshot| issue(snapshot, IssueCode::MutedByOther).is_some());
    assert!(!window.snapshot.me.microphone_on);
    assert!(issue(&window.snapshot, IssueCode::MutedByOther).unwrap().params.is_empty());
}

#[test]
fn one_comes_quietly_into_a_meeting_of_many() {
    let many = (0..20).map(|n| person(&format!("p{n:02}"), &format!("TR_{n}"))).collect();
    let greeting = |mute_from| {
        vec![
            RoomEvent::Joined {
                room: RoomInfo { name: "Salle".into(), mute_from, ..RoomInfo::default() },
                me: Participant { id: Some("me".into()), ..Participant::default() },
                others: Vec::clone(&many),
            },
            RoomEvent::Connection(ConnectionState::Connected),
        ]
    };
    let enter = |mute_from| {
        let mut window = Window::open(greeting(mute_from));
        window.engine.command(Command::SetMicrophoneOn { on: true });
        window.enter();
        window.until(|snapshot| matches!(snapshot.phase, Phase::InMeeting { .. }));
        window
    };
    let mut window = enter(Some(20));
    assert!(!window.snapshot.me.microphone_on);
    assert!(issue(&window.snapshot, IssueCode::LargeMeeting).is_some());
    window.engine.command(Command::SetMicrophoneOn { on: true });
    window.until(|snapshot| snapshot.me.microphone_on && issue(snapshot, IssueCode::LargeMeeting).is_none());
    // A connection that comes back is no entry.
    window.say(greeting(Some(20)).remove(0));
    window.say(RoomEvent::Notice(Notice::RoleChanged(visavis_model::Role::Member)));
    window.until(|snapshot| issue(snapshot, IssueCode::RoleChanged).is_some());
    assert!(window.snapshot.me.microphone_on);
    assert!(enter(Some(21)).snapshot.me.microphone_on);
    assert!(enter(None).snapshot.me.microphone_on, "21 are not many where the server says nothing");
}

#[test]
fn a_recording_that_stopped_is_not_said_to_run() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    let mode = visavis_model::RecordingMode::Screen;
    window.say(RoomEvent::Notice(Notice::RecordingStarted { mode, by: "a".into() }));
    window.until(|snapshot| issue(snapshot, IssueCode::RecordingStarted).is_some());
    window.say(RoomEvent::Notice(Notice::RecordingStopped { mode, by: "a".into() }));
    window.until(|snapshot| issue(snapshot, IssueCode::RecordingStopped).is_some());
    assert!(issue(&window.snapshot, IssueCode::RecordingStarted).is_none());
}

#[test]
fn being_taken_to_another_room_is_said_with_its_name() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    window.say(RoomEvent::Notice(Notice::Moved("hall\u{202e}".into())));
    window.until(|snapshot| issue(snapshot, IssueCode::MovedRoom).is_some());
    assert_eq!(issue(&window.snapshot, IssueCode::MovedRoom).unwrap().params["room"], "hall");
}

#[test]
fn another_meeting_is_offered_and_taken_only_by_the_persons_word() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    window.engine.command(offer("test://salle", true));
    window.engine.command(offer("test://other", false));
    window.until(|snapshot| snapshot.offered.as_ref().is_some_and(|link| link.room == "other"));
    window.engine.command(Command::RefuseOffer);
    window.until(|snapshot| snapshot.offered.is_none());
    assert!(matches!(window.snapshot.phase, Phase::InMeeting { .. }));
    window.engine.command(Command::TakeOffer);
    window.engine.command(offer("nonsense", true));
    window.until(|snapshot| issue(snapshot, IssueCode::LinkUnknown).is_some());
    assert!(matches!(window.snapshot.phase, Phase::InMeeting { .. }), "there was nothing to take");
    window.engine.command(offer("test://other", false));
    window.until(|snapshot| snapshot.offered.is_some());
    window.engine.command(Command::TakeOffer);
    window.until(|snapshot| matches!(&snapshot.phase, Phase::PreJoin { link } if link.room == "other"));
    assert!(window.snapshot.offered.is_none() && window.snapshot.participants.is_empty());
    // A link that leads nowhere leads into no other meeting either.
    for text in ["nonsense", "https://unknown.example/abc-defg-hij"] {
        window.engine.command(offer(text, true));
        window.until(|snapshot| {
            issue(snapshot, IssueCode::LinkUnknown).is_some() || issue(snapshot, IssueCode::ServerUnknown).is_some()
        });
        assert!(matches!(&window.snapshot.phase, Phase::PreJoin { link } if link.room == "other"));
        window.engine.command(Command::Recognise { text: "test://other".into() });
        window.until(|snapshot| snapshot.recognised.as_ref().is_some_and(|link| link.room == "other"));
        assert!(matches!(window.snapshot.phase, Phase::PreJoin { .. }), "{:?}", window.snapshot.phase);
    }
}

#[test]
fn a_newer_offer_waits_behind_the_one_that_is_read() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    let is_read =
        |room: &'static str| move |snapshot: &Snapshot| snapshot.offered.as_ref().is_some_and(|link| link.room == room);
    for room in ["one", "two", "one", "three"] {
        window.engine.command(offer(&format!("test://{room}"), false));
    }
    window.until(is_read("one"));
    // The last of them was heard before this.
    window.engine.command(Command::Recognise { text: "test://four".into() });
    window.until(|snapshot| snapshot.recognised.as_ref().is_some_and(|link| link.room == "four"));
    assert!(is_read("one")(&window.snapshot), "it is still the one that is read");
    window.engine.command(Command::RefuseOffer);
    window.until(is_read("two"));
    // The last one waits for the meeting that is gone into.
    window.engine.command(Command::TakeOffer);
    window.until(|snapshot| matches!(&snapshot.phase, Phase::PreJoin { link } if link.room == "two"));
    assert!(window.snapshot.offered.is_none(), "there is nothing that it would end");
    // The goodbye to the first one has been said.
    let deadline = Instant::now() + PATIENCE;
    while !window.server.lock().unwrap().says.is_empty() && Instant::now() < deadline {
        std::thread::yield_now();
    }
    window.engine.command(Command::Join);
    window.until(is_read("three"));
    window.engine.command(Command::RefuseOffer);
    window.until(|snapshot| snapshot.offered.is_none());
}

#[test]
fn a_meeting_that_is_left_for_a_server_nobody_named_is_really_left() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    window.engine.command(offer("https://unknown.example/abc-defg-hij", true));
    window.until(|snapshot| snapshot.offered.is_some());
    window.engine.command(Command::TakeOffer);
    window.until(|snapshot| issue(snapshot, IssueCode::ServerUnknown).is_some());
    assert_eq!(window.snapshot.phase, Phase::Home);
}

#[test]
fn a_link_that_leads_nowhere_is_told_at_home_once_the_meeting_is_over() {
    for cause in [LeaveCause::Ours, LeaveCause::Lost] {
        for (text, code) in [
            ("nonsense", IssueCode::LinkUnknown),
            ("https://unknown.example/abc-defg-hij", IssueCode::ServerUnknown),
            ("/nowhere/there-is-no-such-file.ics", IssueCode::CalendarFileUnreadable),
        ] {
            let mut window = Window::joined(vec![person("a", "TR_a")]);
            window.say(RoomEvent::Left(cause.clone()));
            let is_over = |phase: &Phase| matches!(phase, Phase::Ended { .. } | Phase::Failed { .. });
            window.until(|snapshot| is_over(&snapshot.phase));
            // What asks in a dialog of its own leaves the view where it is.
            window.engine.command(offer("https://meet.google.com/abc-defg-hij", false));
            window.until(|snapshot| snapshot.elsewhere.is_some());
            assert!(is_over(&window.snapshot.phase));
            window.engine.command(offer(text, false));
            window.until(|snapshot| issue(snapshot, code).is_some());
            assert_eq!(window.snapshot.phase, Phase::Home);
        }
    }
}

#[test]
fn a_session_that_ends_in_a_meeting_takes_nobodys_name() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    window.engine.command(Command::AddServer { host: "127.0.0.1:9".into() });
    let account = visavis_provider::Account { name: "Camille".into(), email: "c@example.org".into() };
    window.say(RoomEvent::Account(Some(account)));
    window.until(|snapshot| snapshot.home.servers.first().is_some_and(|server| server.account.is_some()));
    window.say(RoomEvent::Account(None));
    window.until(|snapshot| snapshot.home.servers[0].account.is_none());
    assert_eq!(window.snapshot.me.name, "Camille", "others still see it");
}
