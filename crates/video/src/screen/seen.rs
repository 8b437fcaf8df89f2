//! What tests see of a source.

use super::{Desktop, Picture, Source, Step};
use std::time::{Duration, Instant};
use visavis_media::{Pool, Surface};
use visavis_model::{ScreenSource, Size};

/// The source of that title.
pub fn source(desktop: &mut dyn Desktop, title: &str) -> ScreenSource {
    let sources = desktop.sources(false).expect("sources");
    sources.into_iter().find(|source| source.title == title).expect("the source")
}

/// The next picture, and what was told before it.
pub fn picture(source: &mut dyn Source) -> (Picture, Vec<bool>) {
    let end = Instant::now() + Duration::from_secs(10);
    let mut hidden = Vec::new();
    while Instant::now() < end {
        match source.next(Duration::from_millis(200)).expect("it goes on") {
            Step::Picture(picture) => return (picture, hidden),
            Step::Hidden(now) => hidden.push(now),
            Step::Chosen(_) | Step::Still => {}
        }
    }
    panic!("no picture");
}

/// Pictures come until one is as wanted.
pub fn until(source: &mut dyn Source, wanted: impl Fn(&Picture) -> bool) -> Picture {
    for _ in 0..50 {
        let (picture, _) = picture(source);
        if wanted(&picture) {
            return picture;
        }
    }
    panic!("never as wanted");
}

pub fn size(picture: &Picture) -> Size {
    let Surface::I420(surface) = &picture.surface;
    surface.size()
}

pub fn shows(picture: &Picture, x: u32, y: u32, color: u32) -> bool {
    let Surface::I420(surface) = &picture.surface;
    let size = surface.size();
    let pixels = pixels_of(surface);
    let pixel = pixels[(y * size.width + x) as usize];
    let want = color.to_le_bytes();
    (0..3).all(|part| pixel[part].abs_diff(want[part]) < 40)
}

pub fn pixels_of(surface: &visavis_media::I420) -> Vec<[u8; 4]> {
    crate::scale::to_bgra(surface, &Pool::new(0)).data().as_chunks::<4>().0.to_vec()
}

/// Until nothing comes any more.
pub fn settle(source: &mut dyn Source) {
    while matches!(source.next(Duration::from_millis(300)).expect("it goes on"), Step::Picture(_)) {}
}
