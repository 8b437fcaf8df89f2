//! What others do is heard with the eyes elsewhere, where the person wants that.

use super::*;
use visavis_audio::measure;
use visavis_model::{Chimes, Settings};
use visavis_tests::recording::Recording;

/// One note of each sound that no other has.
const ARRIVAL: f32 = 392.0;
const HAND: f32 = 784.0;
const MESSAGE: f32 = 880.0;
/// Longer than all three sounds one after the other.
const SOUNDED: Duration = Duration::from_millis(1500);

/// Does what `act` does in a meeting with these others, and gives which of the three sounds came out of the loudspeaker.
fn heard(name: &str, others: Vec<Participant>, act: impl FnOnce(&mut Window)) -> [bool; 3] {
    let file = std::env::temp_dir().join(format!("visavis-sounds-{name}-{}.wav", std::process::id()));
    let audio = AudioOptions { without_loudspeaker: true, record: Some(file.clone()), ..AudioOptions::default() };
    let mut window = Window::joined_with(others, audio);
    act(&mut window);
    std::thread::sleep(SOUNDED);
    drop(window);
    let sound = Recording::read(&file).unwrap();
    std::fs::remove_file(file).unwrap();
    assert!(sound.samples.len() as u32 > sound.rate, "nothing was played at all");
    [ARRIVAL, HAND, MESSAGE]
        .map(|hertz| measure::onset(&sound.samples, sound.rate, hertz, sound.rate as usize / 20, 0.02).is_some())
}

fn hand(id: &str) -> RoomEvent {
    let up = Participant { hand_raised_at: "2026-11-25T10:00:02Z".into(), ..person(id, "TR") };
    RoomEvent::ParticipantChanged(up)
}

fn message(author: &str, edited: bool) -> RoomEvent {
    let (id, text) = ("1".into(), "salut".into());
    RoomEvent::Message(ChatMessage { id, author: Some(author.into()), text, unix_millis: 5, edited })
}

#[test]
fn who_comes_raises_the_hand_or_writes_is_heard() {
    let all = heard("all", vec![person("a", "TR_a")], |window| {
        window.say(RoomEvent::ParticipantChanged(person("b", "TR_b")));
        window.say(hand("a"));
        window.say(message("a", false));
        window.until(|snapshot| !snapshot.messages.is_empty());
    });
    assert_eq!(all, [true, true, true]);
}

#[test]
fn what_is_turned_off_is_silent_and_so_is_what_is_no_news() {
    let chimes = Chimes { hand: false, ..Chimes::default() };
    let many = ["a", "b", "c", "d"].map(|id| person(id, id)).to_vec();
    let none = heard("none", many, |window| {
        let settings = Settings { chimes, ..Settings::default() };
        window.engine.command(Command::KeepSettings { settings: Box::new(settings) });
        window.until(|snapshot| snapshot.settings.chimes == chimes);
        // Five are there already: nobody wants to hear the sixth.
        window.say(RoomEvent::ParticipantChanged(person("e", "TR_e")));
        window.say(hand("a"));
        window.say(message("a", true));
        window.say(message("me", false));
        window.until(|snapshot| snapshot.messages.len() == 2 && snapshot.participants.len() == 5);
    });
    assert_eq!(none, [false, false, false]);
}
