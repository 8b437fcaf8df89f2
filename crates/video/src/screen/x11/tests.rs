//! On a real X server in memory, with windows that these tests draw.

mod listed;
mod pointer;

use super::super::Desktop as _;
use super::super::seen::{picture, pixels_of, settle, shows, size, source, until};
use super::super::{Error, Picture, Source, Step};
use super::Desktop;
use super::connection::Connection;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use visavis_media::Surface;
use visavis_model::{ScreenKind, Size};
use x11rb::COPY_DEPTH_FROM_PARENT;
use x11rb::connection::Connection as _;
use x11rb::protocol::composite;
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _, CreateGCAux, CreateWindowAux,
    MOTION_NOTIFY_EVENT, PropMode, Rectangle, StackMode, Window, WindowClass,
};
use x11rb::wrapper::ConnectionExt as _;

const BLUE: u32 = 0x0000_00ff;
const GREEN: u32 = 0x0000_ff00;
const RED: u32 = 0x00ff_0000;

/// An X server of 640 × 480 that ends with the test.
struct Server(Child, String);

impl Server {
    fn start() -> Self {
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset"]);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("Xvfb, of `cargo xtask setup`");
        let mut number = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut number).expect("a display");
        Self(child, format!(":{}", number.trim()))
    }

    fn desktop(&self) -> Desktop {
        Desktop::of(Some(&self.1)).expect("a desktop")
    }

    fn draw(&self) -> Painter {
        Painter(Connection::open(Some(&self.1)).expect("a connection"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Another program: it opens windows and draws in them.
struct Painter(Connection);

impl Painter {
    fn window(&self, title: &str, x: i16, y: i16, width: u16, height: u16, color: u32) -> Window {
        let Connection { x: c, root, .. } = &self.0;
        let window = c.generate_id().expect("an id");
        let values = CreateWindowAux::new().background_pixel(color);
        let class = WindowClass::INPUT_OUTPUT;
        c.create_window(COPY_DEPTH_FROM_PARENT, window, *root, x, y, width, height, 0, class, 0, &values)
            .expect("sent");
        c.change_property8(PropMode::REPLACE, window, AtomEnum::WM_NAME, AtomEnum::STRING, title.as_bytes())
            .expect("sent");
        c.map_window(window).expect("sent");
        self.done();
        window
    }

    fn fill(&self, window: Window, x: i16, y: i16, width: u16, height: u16, color: u32) {
        let c = &self.0.x;
        let context = c.generate_id().expect("an id");
        c.create_gc(context, window, &CreateGCAux::new().foreground(color)).expect("sent");
        c.poly_fill_rectangle(window, context, &[Rectangle { x, y, width, height }]).expect("sent");
        c.free_gc(context).expect("sent");
        self.done();
    }

    fn point(&self, x: i16, y: i16) {
        // As a mouse does it: a pointer that a program puts somewhere has not moved.
        use x11rb::protocol::xtest::ConnectionExt as _;
        self.0.x.xtest_fake_input(MOTION_NOTIFY_EVENT, 0, 0, self.0.root, x, y, 0).expect("sent");
        self.done();
    }

    fn change(&self, window: Window, values: &ConfigureWindowAux) {
        self.0.x.configure_window(window, values).expect("sent");
        self.done();
    }

    /// Until the server has done it all.
    fn done(&self) {
        self.0.x.sync().expect("an answer");
    }
}

#[test]
fn what_can_be_shared_is_told_with_a_small_picture() {
    let server = Server::start();
    let painter = server.draw();
    painter.window("Lower", 10, 10, 200, 100, BLUE);
    painter.window("Upper", 20, 20, 200, 100, GREEN);
    painter.window("Dot", 20, 20, 8, 8, GREEN);
    let sources = server.desktop().sources(true).expect("sources");
    let told: Vec<_> = sources.iter().map(|source| (source.kind, source.title.as_str(), source.size)).collect();
    assert_eq!(told[0].0, ScreenKind::Screen);
    assert_eq!(told[0].2, Size::new(640, 480));
    assert_eq!(
        told[1..],
        [(ScreenKind::Window, "Upper", Size::new(200, 100)), (ScreenKind::Window, "Lower", Size::new(200, 100)),]
    );
    assert!(sources.iter().all(|source| source.thumbnail.is_some() && !source.own), "{sources:?}");
}

#[test]
fn the_contract_of_every_system_is_kept() {
    let server = Server::start();
    server.draw().window("Text", 101, 100, 201, 121, BLUE);
    super::super::contract::keeps_contract(&mut server.desktop()).unwrap();
}

#[test]
fn a_screen_gives_a_picture_when_something_changes_and_none_else() {
    let server = Server::start();
    let painter = server.draw();
    painter.point(639, 479);
    let window = painter.window("Text", 100, 100, 200, 100, BLUE);
    let mut desktop = server.desktop();
    let screen = desktop.sources(false).expect("sources").remove(0);
    let mut source = desktop.open(&screen.id, false).expect("it opens");
    let (first, _) = picture(source.as_mut());
    assert_eq!((size(&first), first.changed), (Size::new(640, 480), 1000));
    assert!(shows(&first, 150, 150, BLUE) && !shows(&first, 50, 50, BLUE));
    settle(source.as_mut());
    assert!(matches!(source.next(Duration::from_millis(600)), Ok(Step::Still)));
    painter.fill(window, 10, 10, 20, 20, GREEN);
    let (next, _) = picture(source.as_mut());
    assert!(next.changed <= 3, "{} thousandths for 400 pixels", next.changed);
    assert!(shows(&next, 120, 120, GREEN) && shows(&next, 150, 150, BLUE));
}

#[test]
fn a_window_that_is_covered_is_shown_all_the_same() {
    let server = Server::start();
    let painter = server.draw();
    let below = painter.window("Below", 100, 100, 200, 120, BLUE);
    let mut desktop = server.desktop();
    let id = source(&mut desktop, "Below").id;
    let mut watched = desktop.open(&id, false).expect("it opens");
    picture(watched.as_mut());
    painter.window("Above", 50, 50, 400, 300, RED);
    painter.fill(below, 10, 10, 20, 20, GREEN);
    let seen = until(watched.as_mut(), |picture| shows(picture, 20, 20, GREEN));
    assert_eq!(size(&seen), Size::new(200, 120));
    assert!(shows(&seen, 100, 100, BLUE), "nothing of what covers it");
}

#[test]
fn what_lies_over_a_window_at_first_is_black_until_its_program_draws() {
    let server = Server::start();
    let painter = server.draw();
    painter.point(0, 479);
    let hangs = painter.window("Hangs", 100, 100, 200, 120, BLUE);
    painter.window("Painted", 320, 100, 200, 120, BLUE);
    // As Qt makes its windows: the server paints nothing in them.
    let bare = ChangeWindowAttributesAux::new().background_pixmap(x11rb::NONE);
    painter.0.x.change_window_attributes(hangs, &bare).expect("sent");
    painter.window("Above", 201, 151, 400, 300, RED);
    let mut desktop = server.desktop();
    let id = source(&mut desktop, "Painted").id;
    let (seen, _) = picture(desktop.open(&id, false).expect("it opens").as_mut());
    assert!(shows(&seen, 50, 20, BLUE) && shows(&seen, 50, 90, BLUE), "the server has painted it");
    let id = source(&mut desktop, "Hangs").id;
    let mut watched = desktop.open(&id, false).expect("it opens");
    let (seen, _) = picture(watched.as_mut());
    assert!(shows(&seen, 50, 90, BLUE) && shows(&seen, 150, 20, BLUE), "what is seen of it");
    assert!(
        (100..200).step_by(9).all(|x| shows(&seen, x, 51, 0) && shows(&seen, x, 110, 0)),
        "nothing of what covers it"
    );
    painter.fill(hangs, 101, 51, 49, 69, GREEN);
    let seen = until(watched.as_mut(), |picture| shows(picture, 120, 90, GREEN));
    assert!(shows(&seen, 150, 20, BLUE) && (152..200).step_by(9).all(|x| shows(&seen, x, 90, 0)));
    // What it grows by under what covers it.
    painter.change(hangs, &ConfigureWindowAux::new().width(260));
    let seen = until(watched.as_mut(), |picture| size(picture) == Size::new(260, 120));
    assert!((202..260).step_by(9).all(|x| shows(&seen, x, 90, 0)));
    painter.fill(hangs, 0, 0, 260, 120, GREEN);
    until(watched.as_mut(), |picture| (0..260).step_by(9).all(|x| shows(picture, x, 90, GREEN)));
}

#[test]
fn a_window_that_is_kept_apart_already_is_whole_at_once() {
    let server = Server::start();
    let painter = server.draw();
    painter.point(0, 479);
    let window = painter.window("Text", 100, 100, 200, 120, BLUE);
    let bare = ChangeWindowAttributesAux::new().background_pixmap(x11rb::NONE);
    painter.0.x.change_window_attributes(window, &bare).expect("sent");
    // A compositing manager keeps all of them apart.
    composite::redirect_subwindows(&painter.0.x, painter.0.root, composite::Redirect::MANUAL).expect("sent");
    painter.window("Above", 150, 150, 400, 300, RED);
    let mut desktop = server.desktop();
    let id = source(&mut desktop, "Text").id;
    let (seen, _) = picture(desktop.open(&id, false).expect("it opens").as_mut());
    assert!(shows(&seen, 20, 20, BLUE) && shows(&seen, 150, 100, BLUE));
}

#[test]
fn the_pointer_is_in_the_picture_where_it_is_over_it() {
    let server = Server::start();
    let painter = server.draw();
    painter.window("Text", 100, 100, 200, 120, GREEN);
    painter.point(630, 470);
    let mut desktop = server.desktop();
    let id = source(&mut desktop, "Text").id;
    let mut watched = desktop.open(&id, false).expect("it opens");
    let plain = |picture: &Picture| {
        let Surface::I420(surface) = &picture.surface;
        pixels_of(surface).iter().all(|pixel| pixel[1] > 200 && pixel[2] < 60)
    };
    assert!(plain(&picture(watched.as_mut()).0), "it is elsewhere");
    settle(watched.as_mut());
    painter.point(150, 150);
    assert!(!plain(&picture(watched.as_mut()).0), "it is over it");
    painter.window("Above", 140, 140, 40, 40, RED);
    painter.point(155, 155);
    until(watched.as_mut(), plain);
}

#[test]
fn a_window_that_is_resized_hidden_shown_and_closed_is_followed() {
    let server = Server::start();
    let painter = server.draw();
    let window = painter.window("Text", 100, 100, 200, 120, BLUE);
    let mut desktop = server.desktop();
    let id = source(&mut desktop, "Text").id;
    let mut watched = desktop.open(&id, true).expect("it opens");
    assert_eq!(size(&picture(watched.as_mut()).0), Size::new(200, 120));
    painter.change(window, &ConfigureWindowAux::new().width(301).height(200));
    let larger = until(watched.as_mut(), |picture| size(picture) == Size::new(300, 200));
    assert!(shows(&larger, 290, 190, BLUE));
    painter.0.x.unmap_window(window).expect("sent");
    painter.done();
    assert!(told_hidden(watched.as_mut()));
    painter.0.x.map_window(window).expect("sent");
    painter.fill(window, 0, 0, 300, 200, GREEN);
    let (mut back, told) = picture(watched.as_mut());
    assert_eq!(told, [false]);
    if !shows(&back, 100, 100, GREEN) {
        back = until(watched.as_mut(), |picture| shows(picture, 100, 100, GREEN));
    }
    assert_eq!(size(&back), Size::new(300, 200));
    for (width, height, color) in [(401, 300, RED), (161, 100, BLUE)] {
        painter.0.x.unmap_window(window).expect("sent");
        painter.done();
        assert!(told_hidden(watched.as_mut()));
        painter.change(window, &ConfigureWindowAux::new().width(width).height(height));
        // Heard of while it is hidden, not together with its return.
        assert!(matches!(watched.next(Duration::from_millis(300)), Ok(Step::Still)));
        painter.0.x.map_window(window).expect("sent");
        painter.fill(window, 0, 0, width as u16, height as u16, color);
        let even = Size::new(width - 1, height);
        let back = until(watched.as_mut(), |picture| size(picture) == even && shows(picture, 10, 10, color));
        assert!(shows(&back, width - 10, height - 10, color), "all of it is there");
    }
    painter.0.x.destroy_window(window).expect("sent");
    painter.done();
    let end = loop {
        match watched.next(Duration::from_secs(5)) {
            Ok(Step::Still) => panic!("nothing is told"),
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!(end, Error::Gone);
    assert!(matches!(desktop.open(&id, false).map(|_| ()), Err(Error::Gone)));
}

fn told_hidden(source: &mut dyn Source) -> bool {
    loop {
        match source.next(Duration::from_secs(5)).expect("it is not gone") {
            Step::Hidden(hidden) => return hidden,
            Step::Chosen(_) | Step::Picture(_) => {}
            Step::Still => panic!("nothing is told"),
        }
    }
}

#[test]
fn a_window_that_was_minimised_since_it_was_listed_is_waited_for() {
    let server = Server::start();
    let painter = server.draw();
    let window = painter.window("Text", 100, 100, 200, 120, BLUE);
    let mut desktop = server.desktop();
    let listed = source(&mut desktop, "Text");
    painter.0.x.unmap_window(window).expect("sent");
    painter.done();
    assert!(desktop.sources(false).expect("sources").iter().all(|source| source.id != listed.id));
    assert_eq!(desktop.describe(&listed.id), Ok(listed.clone()));
    let mut watched = desktop.open(&listed.id, true).expect("it opens");
    assert!(told_hidden(watched.as_mut()));
    painter.0.x.map_window(window).expect("sent");
    painter.done();
    let (seen, told) = picture(watched.as_mut());
    assert_eq!((size(&seen), told), (Size::new(200, 120), vec![false]));
    assert!(shows(&seen, 100, 100, BLUE));
    painter.0.x.destroy_window(window).expect("sent");
    painter.done();
    assert_eq!(desktop.describe(&listed.id), Err(Error::Gone));
}

#[test]
fn the_frame_is_around_a_window_and_never_in_the_picture() {
    let server = Server::start();
    let painter = server.draw();
    painter.point(0, 479);
    let window = painter.window("Text", 100, 100, 200, 120, BLUE);
    let mut desktop = server.desktop();
    let screen = desktop.sources(false).expect("sources").remove(0);
    let id = source(&mut desktop, "Text").id;
    let mut everything = desktop.open(&screen.id, false).expect("it opens");
    let frame = 0x00d6_1f26;
    {
        let mut watched = desktop.open(&id, true).expect("it opens");
        picture(watched.as_mut());
        let seen = until(everything.as_mut(), |picture| shows(picture, 98, 150, frame));
        assert!(shows(&seen, 200, 98, frame) && shows(&seen, 200, 221, frame) && shows(&seen, 301, 150, frame));
        assert!(shows(&seen, 102, 102, BLUE), "nothing of it lies over the window");
        // It follows, and stays above what comes later.
        painter.change(window, &ConfigureWindowAux::new().x(200));
        let cover = painter.window("Later", 190, 90, 60, 60, GREEN);
        painter.change(cover, &ConfigureWindowAux::new().stack_mode(StackMode::ABOVE));
        painter.fill(window, 0, 0, 5, 5, BLUE);
        while !matches!(watched.next(Duration::from_millis(300)), Ok(Step::Still)) {}
        until(everything.as_mut(), |picture| shows(picture, 198, 120, frame) && shows(picture, 196, 94, GREEN));
        // Of a screen it lies at the edges, outside of what is sent.
        let mut screen = desktop.open(&screen.id, true).expect("it opens");
        let (inside, _) = picture(screen.as_mut());
        assert_eq!(size(&inside), Size::new(632, 472));
        settle(screen.as_mut());
        until(everything.as_mut(), |picture| shows(picture, 2, 200, frame) && shows(picture, 637, 200, frame));
        painter.fill(window, 100, 60, 50, 50, GREEN);
        let (inside, _) = picture(screen.as_mut());
        let edge = (0..472).all(|y| !shows(&inside, 0, y, frame) && !shows(&inside, 631, y, frame));
        assert!(edge, "what is sent holds nothing of its own frame");
    }
    until(everything.as_mut(), |picture| !shows(picture, 198, 120, frame) && !shows(picture, 2, 200, frame));
}

#[test]
fn a_pause_keeps_what_changes_for_later() {
    let server = Server::start();
    let painter = server.draw();
    painter.point(0, 479);
    let window = painter.window("Text", 100, 100, 200, 120, BLUE);
    let mut desktop = server.desktop();
    let id = source(&mut desktop, "Text").id;
    let mut watched = desktop.open(&id, false).expect("it opens");
    settle(watched.as_mut());
    watched.set_paused(true);
    painter.fill(window, 0, 0, 50, 50, GREEN);
    assert!(matches!(watched.next(Duration::from_millis(500)), Ok(Step::Still)));
    watched.set_paused(false);
    assert!(shows(&picture(watched.as_mut()).0, 10, 10, GREEN));
}
