//! A pointer whose program is gone: X shows it, and refuses its picture.

use super::*;
use x11rb::errors::ReplyError;
use x11rb::protocol::xfixes;

/// Another program: it gives the desktop a pointer, and ends.
fn leave_a_pointer(server: &Server) {
    let painter = server.draw();
    let Connection { x: c, root, .. } = &painter.0;
    let (shape, cursor) = (c.generate_id().expect("an id"), c.generate_id().expect("an id"));
    c.create_pixmap(1, shape, *root, 8, 8).expect("sent");
    c.create_cursor(cursor, shape, shape, 0, 0, 0, 0, 0, 0, 0, 0).expect("sent");
    c.change_window_attributes(*root, &ChangeWindowAttributesAux::new().cursor(cursor)).expect("sent");
    painter.done();
}

#[test]
fn a_pointer_whose_program_is_gone_ends_no_share() {
    let server = Server::start();
    let painter = server.draw();
    let window = painter.window("Text", 100, 100, 200, 120, BLUE);
    painter.point(320, 400);
    leave_a_pointer(&server);
    let is_refused = || {
        let asked = xfixes::get_cursor_image(&painter.0.x).expect("sent").reply();
        matches!(asked, Err(ReplyError::X11Error(_)))
    };
    // Until the server has seen that it is gone.
    let seen = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        is_refused()
    });
    assert!(seen, "the server gives its picture all the same: this test shows nothing");
    let mut desktop = server.desktop();
    let screen = desktop.sources(false).expect("sources").remove(0);
    let mut watched = desktop.open(&screen.id, false).expect("it opens");
    let (first, _) = picture(watched.as_mut());
    assert!(shows(&first, 150, 150, BLUE));
    painter.fill(window, 0, 0, 50, 50, GREEN);
    until(watched.as_mut(), |picture| shows(picture, 110, 110, GREEN));
}
