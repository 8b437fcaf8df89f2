//! What is drawn, where, and when.

use super::*;
use visavis_media::{MediaTime, Surface};
use visavis_model::Part;

fn frame(width: u32, height: u32) -> Frame {
    Frame { surface: Surface::I420(Arc::new(I420::black(Size::new(width, height)))), time: MediaTime::ZERO }
}

fn tile(track: &str, rect: Rect, fit: Fit) -> Tile {
    Tile {
        track: TrackId::from(track),
        rect,
        fit,
        mirrored: false,
        radius: 0,
        veiled: false,
        smooth: false,
        part: None,
    }
}

fn layout(tiles: Vec<Tile>) -> StageLayout {
    StageLayout { tiles, covers: Vec::new(), scale_milli: 1000 }
}

const RECT: Rect = Rect { x: 10, y: 20, width: 100, height: 100 };

#[test]
fn the_newest_picture_is_drawn_once_and_again_for_a_new_layout() {
    let mut stage = Stage::new(Form::Bgra);
    let mailbox = Latest::new();
    stage.attach(TrackId::from("a"), mailbox.clone());
    mailbox.put(frame(64, 64));
    assert!(stage.tick().is_empty(), "no tile yet");
    stage.set_layout(layout(vec![tile("a", RECT, Fit::Cover), tile("unknown", RECT, Fit::Cover)]));
    let pictures = stage.tick();
    assert_eq!((pictures.len(), pictures[0].rect, pictures[0].fresh), (1, RECT, true));
    let Pixels::Bgra(pixels) = &pictures[0].pixels else { panic!("asked for BGRA") };
    assert_eq!((pixels.size(), pixels.data()[3]), (RECT.size(), 255));
    assert!(stage.tick().is_empty());
    let larger = Rect { width: 120, ..RECT };
    stage.set_layout(layout(vec![tile("a", larger, Fit::Cover)]));
    let pictures = stage.tick();
    assert_eq!((pictures[0].rect, pictures[0].fresh), (larger, false));
    stage.clear(&TrackId::from("a"));
    stage.redraw();
    assert!(stage.tick().is_empty());
}

#[test]
fn a_second_window_shows_the_same_picture_in_its_own_form_and_size() {
    let mut stage = Stage::new(Form::Bgra);
    let mailbox = Latest::new();
    stage.attach(TrackId::from("a"), mailbox.clone());
    stage.set_layout(layout(vec![tile("a", RECT, Fit::Cover)]));
    mailbox.put(frame(64, 64));
    assert_eq!(stage.tick().len(), 1);
    assert!(stage.tick_second().is_empty(), "there is none");

    let larger = Rect { width: 200, ..RECT };
    stage.set_second(Some(Form::I420));
    stage.set_second_layout(layout(vec![tile("a", larger, Fit::Cover)]));
    assert!(stage.tick().is_empty());
    let pictures = stage.tick_second();
    assert_eq!((pictures[0].rect, pictures[0].fresh), (larger, false), "what was shown before it opened");
    assert!(matches!(pictures[0].pixels, Pixels::I420(_)));

    mailbox.put(frame(64, 64));
    assert!(stage.tick()[0].fresh && stage.tick_second()[0].fresh);
    stage.set_layout(layout(Vec::new()));
    mailbox.put(frame(64, 64));
    assert!(stage.tick().is_empty());
    assert!(stage.tick_second()[0].fresh, "shown in the second only");
    assert!(stage.shows(&TrackId::from("a")) && !stage.is_empty());
    stage.set_second(None);
    assert!(!stage.shows(&TrackId::from("a")) && stage.is_empty());
}

#[test]
fn a_contained_picture_fills_a_part_and_a_canvas_gets_no_more_than_there_is() {
    let mut stage = Stage::new(Form::I420);
    let mailbox = Latest::new();
    stage.attach(TrackId::from("a"), mailbox.clone());
    stage.set_layout(layout(vec![tile("a", RECT, Fit::Contain)]));
    mailbox.put(frame(32, 18));
    let pictures = stage.tick();
    assert_eq!(pictures[0].rect, Rect { x: 10, y: 42, width: 100, height: 56 });
    let Pixels::I420(pixels) = &pictures[0].pixels else { panic!("asked for I420") };
    assert_eq!(pixels.size(), Size::new(32, 18));
}

/// Left half dark, right half bright.
fn halves(width: u32, height: u32) -> Frame {
    let mut picture = I420::black(Size::new(width, height));
    let [(luma, stride), ..] = picture.planes_mut();
    for row in luma.chunks_mut(stride) {
        row[width as usize / 2..].fill(235);
    }
    Frame { surface: Surface::I420(Arc::new(picture)), time: MediaTime::ZERO }
}

const RIGHT: Part = Part { x: Part::WHOLE / 2, y: 0, width: Part::WHOLE / 2, height: Part::WHOLE };

#[test]
fn a_part_fills_its_tile_whatever_layer_comes() {
    for form in [Form::Bgra, Form::I420] {
        let mut stage = Stage::new(form);
        let mailbox = Latest::new();
        stage.attach(TrackId::from("a"), mailbox.clone());
        stage.set_layout(layout(vec![Tile { part: Some(RIGHT), ..tile("a", RECT, Fit::Contain) }]));
        for (width, height) in [(64, 32), (400, 200)] {
            mailbox.put(halves(width, height));
            let pictures = stage.tick();
            assert_eq!(pictures[0].rect, RECT, "nothing is left of its tile");
            match &pictures[0].pixels {
                Pixels::Bgra(pixels) => {
                    assert_eq!(pixels.size(), RECT.size());
                    let bright = pixels.data().chunks_exact(4).filter(|pixel| pixel[0] > 230).count();
                    assert!(bright > 9500, "{bright} of 10000 pixels are of the bright half");
                }
                Pixels::I420(pixels) => {
                    // A canvas gets no more than there is.
                    assert_eq!(pixels.size(), Size::new(100_u32.min(width / 2), 100_u32.min(height)));
                    assert!(pixels.planes()[0].data.iter().all(|sample| *sample > 200));
                }
                Pixels::Source => panic!("nobody asked for the source"),
            }
        }
    }
}

#[test]
fn what_is_panned_is_drawn_again_and_nothing_else() {
    let mut stage = Stage::new(Form::Bgra);
    for track in ["a", "b"] {
        let mailbox = Latest::new();
        stage.attach(TrackId::from(track), mailbox.clone());
        mailbox.put(frame(64, 64));
    }
    let with = |part| layout(vec![Tile { part, ..tile("a", RECT, Fit::Contain) }, tile("b", RECT, Fit::Cover)]);
    stage.set_layout(with(Some(RIGHT)));
    assert_eq!(stage.tick().len(), 2);
    stage.set_layout(with(Some(Part { x: 0, ..RIGHT })));
    let pictures = stage.tick();
    assert_eq!((pictures.len(), pictures[0].track.as_str()), (1, "a"), "a still picture moves too");
    // Covers are the presenter's: no picture is made again for them.
    stage.set_layout(StageLayout { covers: vec![RECT], ..with(Some(Part { x: 0, ..RIGHT })) });
    assert!(stage.tick().is_empty());
}

#[test]
fn an_empty_or_absurd_tile_breaks_nothing() {
    let mut stage = Stage::new(Form::I420);
    let mailbox = Latest::new();
    stage.attach(TrackId::from("a"), mailbox.clone());
    for rect in [
        Rect { width: 0, ..RECT },
        Rect { width: u32::MAX, height: u32::MAX, x: i32::MAX, y: i32::MIN },
        Rect { width: 1, height: u32::MAX, ..RECT },
    ] {
        let absurd = Part { x: u32::MAX, y: 0, width: 0, height: u32::MAX };
        for (fit, part) in [(Fit::Cover, None), (Fit::Contain, None), (Fit::Contain, Some(absurd))] {
            stage.set_layout(layout(vec![Tile { part, ..tile("a", rect, fit) }]));
            mailbox.put(frame(33, 17));
            let _ = stage.tick();
        }
    }
}
