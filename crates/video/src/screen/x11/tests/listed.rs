//! Which windows are in the list, and what they are called: with a window manager that keeps lists, without one, and after one.

use super::*;
use visavis_model::ScreenId;

/// What else a window, or a window manager, says of itself.
impl Painter {
    /// `instance` and class, as programs write them.
    fn class(&self, window: Window, text: &[u8]) {
        let kind = AtomEnum::STRING;
        self.0.x.change_property8(PropMode::REPLACE, window, AtomEnum::WM_CLASS, kind, text).expect("sent");
        self.done();
    }

    fn title(&self, window: Window, text: &str) {
        let kind = AtomEnum::STRING;
        self.0.x.change_property8(PropMode::REPLACE, window, AtomEnum::WM_NAME, kind, text.as_bytes()).expect("sent");
        self.done();
    }

    /// As a window manager marks what it has taken in hand.
    fn take(&self, window: Window) {
        let state = self.0.atoms.WM_STATE;
        self.0.x.change_property32(PropMode::REPLACE, window, state, state, &[1, 0]).expect("sent");
        self.done();
    }

    fn tell(&self, window: Window, property: u32, windows: &[Window]) {
        self.0.x.change_property32(PropMode::REPLACE, window, property, AtomEnum::WINDOW, windows).expect("sent");
        self.done();
    }

    /// Lists these windows, as a window manager that is there; gives the window by which that is known.
    fn manage(&self, windows: &[Window]) -> Window {
        let check = self.window("Manager", 0, 0, 1, 1, 0);
        self.tell(check, self.0.atoms._NET_SUPPORTING_WM_CHECK, &[check]);
        self.tell(self.0.root, self.0.atoms._NET_SUPPORTING_WM_CHECK, &[check]);
        self.tell(self.0.root, self.0.atoms._NET_CLIENT_LIST_STACKING, windows);
        check
    }
}

/// The titles of the windows in the list.
fn titles(server: &Server) -> Vec<String> {
    let sources = server.desktop().sources(false).expect("sources");
    sources.into_iter().filter(|source| source.kind == ScreenKind::Window).map(|source| source.title).collect()
}

fn id(window: Window) -> ScreenId {
    format!("window:{window}").into()
}

#[test]
fn a_window_without_a_title_is_listed_by_its_programs_name() {
    let server = Server::start();
    let painter = server.draw();
    let named = painter.window("  ", 10, 10, 200, 100, BLUE);
    painter.class(named, b"brief\0Letters\0");
    let taken = painter.window("", 20, 20, 200, 100, BLUE);
    painter.take(taken);
    // Nobody knows what these are, or it is a menu.
    painter.window("", 30, 30, 200, 100, BLUE);
    let menu = painter.window("", 40, 40, 200, 100, BLUE);
    painter.class(menu, b"brief\0Letters\0");
    let fleeting = ChangeWindowAttributesAux::new().override_redirect(1);
    painter.0.x.change_window_attributes(menu, &fleeting).expect("sent");
    painter.done();
    assert_eq!(titles(&server), ["", "Letters"]);
    let mut desktop = server.desktop();
    let mut watched = desktop.open(&id(taken), false).expect("it opens");
    assert_eq!(size(&picture(watched.as_mut()).0), Size::new(200, 100));
    super::super::super::contract::keeps_contract(&mut desktop).unwrap();
}

#[test]
fn what_a_window_manager_lists_needs_no_title() {
    let server = Server::start();
    let painter = server.draw();
    let silent = painter.window("", 10, 10, 200, 100, BLUE);
    let titled = painter.window("Text", 20, 20, 200, 100, BLUE);
    painter.window("Not listed", 30, 30, 200, 100, BLUE);
    painter.manage(&[titled, silent]);
    assert_eq!(titles(&server), ["", "Text"]);
}

#[test]
fn a_window_whose_title_is_emptied_is_not_gone() {
    let server = Server::start();
    let painter = server.draw();
    painter.point(0, 479);
    let window = painter.window("Text", 100, 100, 200, 120, BLUE);
    let mut desktop = server.desktop();
    let listed = source(&mut desktop, "Text").id;
    let mut watched = desktop.open(&listed, false).expect("it opens");
    settle(watched.as_mut());
    painter.title(window, "");
    assert_eq!(desktop.describe(&listed).map(|source| source.title), Ok(String::new()));
    painter.fill(window, 0, 0, 50, 50, GREEN);
    until(watched.as_mut(), |picture| shows(picture, 10, 10, GREEN));
    let mut later = desktop.open(&listed, false).expect("it opens");
    assert!(shows(&picture(later.as_mut()).0, 10, 10, GREEN));
}

#[test]
fn the_whole_desktop_is_no_window() {
    let server = Server::start();
    let root = server.draw().0.root;
    let mut desktop = server.desktop();
    assert_eq!(desktop.describe(&id(root)), Err(Error::Gone));
    assert!(matches!(desktop.open(&id(root), false).map(|_| ()), Err(Error::Gone)));
}

#[test]
fn a_list_that_outlived_its_manager_is_not_believed() {
    let server = Server::start();
    let painter = server.draw();
    let old = painter.window("Old", 10, 10, 200, 100, BLUE);
    let check = painter.manage(&[old]);
    painter.window("Fresh", 20, 20, 200, 100, BLUE);
    assert_eq!(titles(&server), ["Old"]);
    painter.0.x.destroy_window(check).expect("sent");
    painter.done();
    assert_eq!(titles(&server), ["Fresh", "Old"]);
    // Another program's window may have the number of the one that is gone: it does not say that it is a manager's.
    let other = painter.window("Other", 30, 30, 200, 100, BLUE);
    painter.tell(painter.0.root, painter.0.atoms._NET_SUPPORTING_WM_CHECK, &[other]);
    assert_eq!(titles(&server), ["Other", "Fresh", "Old"]);
}

#[test]
fn a_window_in_a_frame_is_found_where_no_list_names_it() {
    let server = Server::start();
    let painter = server.draw();
    let frame = painter.window("", 10, 10, 220, 140, RED);
    let inner = painter.window("", 0, 0, 210, 130, RED);
    let framed = painter.window("Framed", 0, 0, 200, 100, BLUE);
    painter.take(framed);
    painter.0.x.reparent_window(inner, frame, 4, 4).expect("sent");
    painter.0.x.reparent_window(framed, inner, 4, 20).expect("sent");
    painter.done();
    let listed = server.desktop().sources(false).expect("sources");
    let windows: Vec<_> = listed[1..].iter().map(|source| (source.id.clone(), source.size)).collect();
    assert_eq!(windows, [(id(framed), Size::new(200, 100))]);
}
