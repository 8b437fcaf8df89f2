//! On a real desktop: wine's (`cargo xtask test windows`), or Windows' own. By GDI everywhere, and by the system's capture where it has one.

use super::super::Desktop as _;
use super::super::contract::keeps_contract;
use super::super::seen::{picture, pixels_of, settle, shows, size, source, until};
use super::super::{Error, Picture, Source, Step};
use super::painter::{ANOTHER, Another, Painted, point, serve};
use super::{Desktop, capture};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use visavis_media::Surface;
use visavis_model::{ScreenKind, Size};
use windows::Win32::UI::WindowsAndMessaging::{SW_MINIMIZE, SW_RESTORE};

const BLUE: u32 = 0x0000_00ff;
const GREEN: u32 = 0x0000_ff00;
const RED: u32 = 0x00ff_0000;

/// There is one desktop for all tests.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Each way that this system has.
fn ways() -> Vec<Desktop> {
    let captures = capture::is_supported();
    println!("the system captures: {captures}");
    std::iter::once(false).chain(captures.then_some(true)).map(|captures| Desktop { captures }).collect()
}

/// Closes the window at the end, also where the test fails.
struct Shown(Painted);

impl Drop for Shown {
    fn drop(&mut self) {
        if self.0.0.exists() {
            self.0.close();
            while self.0.0.exists() {
                std::thread::sleep(Duration::from_millis(5));
            }
        }
    }
}

fn window(title: &str, x: i32, y: i32, width: i32, height: i32, color: u32) -> Shown {
    Shown(Painted::open(title, x, y, width, height, color))
}

#[test]
fn the_contract_of_every_system_is_kept() {
    let _alone = alone();
    point(0, 0);
    let _text = window("Text", 101, 100, 201, 121, BLUE);
    for mut desktop in ways() {
        keeps_contract(&mut desktop).unwrap();
    }
}

#[test]
fn what_can_be_shared_is_told_with_a_small_picture() {
    let _alone = alone();
    let _lower = window("Lower", 10, 10, 200, 100, BLUE);
    let _upper = window("Upper", 20, 20, 200, 100, GREEN);
    let _dot = window("Dot", 20, 20, 8, 8, GREEN);
    let sources = Desktop::open().expect("a desktop").sources(true).expect("sources");
    let (main, windows) = sources.split_first().expect("a screen");
    assert_eq!(main.kind, ScreenKind::Screen);
    assert!(main.title.starts_with("DISPLAY") && main.size.width >= 640, "{main:?}");
    assert!(main.own, "it shows windows of ours");
    let ours: Vec<_> =
        windows.iter().filter(|source| source.own).map(|source| (source.title.as_str(), source.size)).collect();
    assert_eq!(ours, [("Upper", Size::new(200, 100)), ("Lower", Size::new(200, 100))]);
    assert!(sources.iter().all(|source| source.thumbnail.is_some()), "{sources:?}");
}

#[test]
fn a_screen_gives_a_picture_when_something_changes_and_none_else() {
    let _alone = alone();
    point(0, 0);
    let text = window("Text", 100, 100, 200, 100, BLUE);
    for mut desktop in ways() {
        text.0.fill(BLUE, None);
        let screen = desktop.sources(false).expect("sources").remove(0);
        let mut watched = desktop.open(&screen.id, false).expect("it opens");
        let (first, _) = picture(watched.as_mut());
        assert_eq!((size(&first), first.changed), (screen.size, 1000));
        assert!(shows(&first, 150, 150, BLUE) && !shows(&first, 50, 50, BLUE));
        settle(watched.as_mut());
        assert!(matches!(watched.next(Duration::from_millis(600)), Ok(Step::Still)));
        text.0.fill(BLUE, Some(GREEN));
        let next = until(watched.as_mut(), |picture| shows(picture, 120, 120, GREEN));
        assert!(next.changed <= 20, "{} thousandths for 400 pixels", next.changed);
        assert!(shows(&next, 150, 150, BLUE));
    }
}

#[test]
fn a_window_that_is_covered_is_shown_all_the_same() {
    let _alone = alone();
    point(0, 0);
    let below = window("Below", 100, 100, 200, 120, BLUE);
    for mut desktop in ways() {
        below.0.fill(BLUE, None);
        let id = source(&mut desktop, "Below").id;
        let mut watched = desktop.open(&id, false).expect("it opens");
        picture(watched.as_mut());
        let _above = window("Above", 50, 50, 400, 300, RED);
        below.0.fill(BLUE, Some(GREEN));
        let seen = until(watched.as_mut(), |picture| shows(picture, 20, 20, GREEN));
        assert_eq!(size(&seen), Size::new(200, 120));
        assert!(shows(&seen, 100, 100, BLUE), "nothing of what covers it");
    }
}

#[test]
fn the_pointer_is_in_the_picture_where_it_is_over_it() {
    let _alone = alone();
    let _text = window("Text", 100, 100, 200, 120, GREEN);
    let plain = |picture: &Picture| {
        let Surface::I420(surface) = &picture.surface;
        pixels_of(surface).iter().all(|pixel| pixel[1] > 200 && pixel[2] < 60)
    };
    for mut desktop in ways() {
        point(400, 400);
        let id = source(&mut desktop, "Text").id;
        let mut watched = desktop.open(&id, false).expect("it opens");
        assert!(plain(&picture(watched.as_mut()).0), "it is elsewhere");
        settle(watched.as_mut());
        point(150, 150);
        until(watched.as_mut(), |picture| !plain(picture));
        let _above = window("Above", 140, 140, 60, 60, RED);
        point(165, 165);
        until(watched.as_mut(), plain);
    }
}

#[test]
fn a_window_that_is_resized_minimised_shown_and_closed_is_followed() {
    let _alone = alone();
    for mut desktop in ways() {
        let text = window("Text", 100, 100, 200, 120, BLUE);
        let id = source(&mut desktop, "Text").id;
        let mut watched = desktop.open(&id, true).expect("it opens");
        assert_eq!(size(&picture(watched.as_mut()).0), Size::new(200, 120));
        text.0.resize(100, 100, 301, 200);
        text.0.fill(BLUE, None);
        let is_larger = |picture: &Picture| size(picture) == Size::new(300, 200) && shows(picture, 290, 190, BLUE);
        until(watched.as_mut(), is_larger);
        text.0.show(SW_MINIMIZE);
        assert!(told_hidden(watched.as_mut()));
        assert!(desktop.sources(false).expect("sources").iter().all(|source| source.title != "Text"));
        assert_eq!(desktop.describe(&id).expect("it is not gone").title, "Text");
        text.0.show(SW_RESTORE);
        assert!(!told_hidden(watched.as_mut()));
        text.0.fill(GREEN, None);
        let back = until(watched.as_mut(), |picture| shows(picture, 100, 100, GREEN));
        assert_eq!(size(&back), Size::new(300, 200));
        text.0.close();
        assert_eq!(end_of(watched.as_mut()), Error::Gone);
        assert!(matches!(desktop.open(&id, false).map(|_| ()), Err(Error::Gone)));
        assert_eq!(desktop.describe(&id), Err(Error::Gone));
    }
}

fn told_hidden(source: &mut dyn Source) -> bool {
    for _ in 0..100 {
        match source.next(Duration::from_secs(5)).expect("it is not gone") {
            Step::Hidden(hidden) => return hidden,
            Step::Chosen(_) | Step::Picture(_) => {}
            Step::Still => break,
        }
    }
    panic!("nothing is told");
}

fn end_of(source: &mut dyn Source) -> Error {
    for _ in 0..100 {
        match source.next(Duration::from_secs(5)) {
            Ok(Step::Still) => break,
            Ok(_) => {}
            Err(error) => return error,
        }
    }
    panic!("nothing is told");
}

#[test]
fn a_pause_keeps_what_changes_for_later() {
    let _alone = alone();
    point(0, 0);
    let text = window("Text", 100, 100, 200, 120, BLUE);
    for mut desktop in ways() {
        text.0.fill(BLUE, None);
        let id = source(&mut desktop, "Text").id;
        let mut watched = desktop.open(&id, false).expect("it opens");
        settle(watched.as_mut());
        watched.set_paused(true);
        text.0.fill(BLUE, Some(GREEN));
        assert!(matches!(watched.next(Duration::from_millis(500)), Ok(Step::Still)));
        watched.set_paused(false);
        assert!(shows(&picture(watched.as_mut()).0, 20, 20, GREEN));
    }
}

#[test]
fn a_window_of_another_program_is_shown_and_its_end_is_told() {
    let _alone = alone();
    point(0, 0);
    for mut desktop in ways() {
        let mut another = Another::start("screen::windows::tests::another_program");
        let listed = source(&mut desktop, "Another");
        assert!(!listed.own && listed.size == Size::new(160, 120), "{listed:?}");
        let mut watched = desktop.open(&listed.id, false).expect("it opens");
        until(watched.as_mut(), |picture| shows(picture, 20, 20, RED) && shows(picture, 100, 100, RED));
        another.wish("spot");
        let seen = until(watched.as_mut(), |picture| shows(picture, 20, 20, BLUE));
        assert!(shows(&seen, 100, 100, RED));
        drop(another);
        assert_eq!(end_of(watched.as_mut()), Error::Gone);
    }
}

/// The other program of the test above.
#[test]
fn another_program() {
    if std::env::var_os(ANOTHER).is_some() {
        serve("Another", RED, BLUE);
    }
}
