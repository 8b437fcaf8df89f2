//! Pictures before the page: a window that begins in a meeting shows people as soon as it is drawn, while its page is still loading.
//!
//! The page's own layout replaces this one with its first word. For one other person both are the same; for more the page may
//! seat them a little otherwise.

use std::sync::{Arc, Mutex, PoisonError};
use visavis_engine::{Engine, EngineEvent};
use visavis_model::{
    Command, Fit, MediaKind, ParticipantKind, Phase, Rect, Snapshot, StageLayout, Tile, TrackId, apply,
};

/// Of the page's bars and gaps around the stage, in CSS pixels (`ui/src/call/call.module.css`).
const TOP: f64 = 48.0;
const BOTTOM: f64 = 82.0;
const GAP: f64 = 8.0;
const RADIUS: f64 = 12.0;
/// As many as a first page of the grid holds.
const MOST: usize = 9;

/// What the window measures, in device pixels, and device pixels to one of CSS.
#[derive(Clone, Copy, Debug)]
pub struct WindowSize {
    pub width: u32,
    pub height: u32,
    pub scale: f64,
}

/// Whose word counts: ours until the page's first one.
#[derive(Clone, Default)]
pub struct FirstLook(Arc<Mutex<bool>>);

impl FirstLook {
    /// The page says what it shows: it is passed on, and nothing of ours comes after it.
    pub fn page_says(&self, engine: &Engine, layout: StageLayout) {
        let mut over = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *over = true;
        engine.command(Command::Stage { layout });
    }

    /// Follows the meeting and lays out whom it has, until the page does.
    pub fn start(&self, engine: &Engine, size: WindowSize) {
        let (over, commander) = (Arc::clone(&self.0), engine.commander());
        let (mut snapshot, mut told) = (Snapshot::default(), StageLayout::default());
        engine.subscribe(Box::new(move |event| {
            match event {
                EngineEvent::Snapshot(whole) => snapshot = (**whole).clone(),
                EngineEvent::Batch(batch) => {
                    apply(&mut snapshot, batch);
                }
                EngineEvent::Levels(_) | EngineEvent::Errand(_) => return true,
            }
            let over = over.lock().unwrap_or_else(PoisonError::into_inner);
            let layout = layout(&snapshot, size);
            if !*over && layout != told {
                told = layout.clone();
                commander.command(Command::Stage { layout });
            }
            !*over
        }));
    }
}

/// Where everybody with a picture is. Pure.
fn layout(snapshot: &Snapshot, size: WindowSize) -> StageLayout {
    if !matches!(snapshot.phase, Phase::InMeeting { .. }) {
        return StageLayout::default();
    }
    let mut people: Vec<_> =
        snapshot.participants.values().filter(|view| view.kind != ParticipantKind::Hidden).collect();
    people.sort_by_key(|view| view.order);
    let shown = people
        .iter()
        .filter_map(|view| view.publications.iter().find(|one| one.source.kind() == MediaKind::Video && !one.muted));
    let tracks: Vec<TrackId> = shown.take(MOST).map(|publication| publication.track.clone()).collect();
    let boxes = boxes(tracks.len() as u32, size);
    let tiles = tracks.into_iter().zip(boxes).map(|(track, rect)| Tile {
        track,
        rect,
        fit: Fit::Cover,
        mirrored: false,
        radius: (RADIUS * size.scale).round() as u32,
        veiled: false,
        smooth: false,
        part: None,
    });
    StageLayout { tiles: tiles.collect(), covers: Vec::new(), scale_milli: (size.scale * 1000.0).round() as u32 }
}

/// Equal boxes in rows, in device pixels.
fn boxes(count: u32, size: WindowSize) -> Vec<Rect> {
    let gap = GAP * size.scale;
    let (left, top) = (gap, TOP * size.scale);
    let width = f64::from(size.width) - 2.0 * gap;
    let height = f64::from(size.height) - (TOP + BOTTOM) * size.scale;
    if count == 0 || width < 1.0 || height < 1.0 {
        return Vec::new();
    }
    let columns = (1..=count).find(|columns| columns * columns >= count).unwrap_or(1);
    let rows = count.div_ceil(columns);
    let each = |whole: f64, parts: u32| (whole - gap * f64::from(parts - 1)) / f64::from(parts);
    let (tile_width, tile_height) = (each(width, columns), each(height, rows));
    (0..count)
        .map(|index| {
            let x = left + f64::from(index % columns) * (tile_width + gap);
            let y = top + f64::from(index / columns) * (tile_height + gap);
            Rect {
                x: x.round() as i32,
                y: y.round() as i32,
                width: tile_width.max(1.0) as u32,
                height: tile_height.max(1.0) as u32,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: WindowSize = WindowSize { width: 1280, height: 800, scale: 1.0 };

    #[test]
    fn one_person_is_where_the_page_puts_them() {
        // `ui/src/test/call.test.tsx`: 1264 × 670 at the stage's corner, which is 8 from the left and below the bar.
        assert_eq!(boxes(1, WINDOW), [Rect { x: 8, y: 48, width: 1264, height: 670 }]);
    }

    #[test]
    fn boxes_are_inside_and_apart() {
        for (count, scale) in (1..=9).flat_map(|count| [(count, 1.0), (count, 1.5), (count, 2.0)]) {
            let found = boxes(count, WindowSize { scale, ..WINDOW });
            assert_eq!(found.len() as u32, count);
            for (index, one) in found.iter().enumerate() {
                assert!(one.x >= 0 && one.x as u32 + one.width <= 1280 && one.y as u32 + one.height <= 800);
                for other in &found[index + 1..] {
                    let apart_x =
                        one.x as u32 + one.width <= other.x as u32 || other.x as u32 + other.width <= one.x as u32;
                    let apart_y =
                        one.y as u32 + one.height <= other.y as u32 || other.y as u32 + other.height <= one.y as u32;
                    assert!(apart_x || apart_y, "{one:?} {other:?}");
                }
            }
        }
    }

    #[test]
    fn a_window_too_small_for_anything_shows_nothing() {
        assert!(boxes(3, WindowSize { width: 10, height: 100, scale: 1.0 }).is_empty());
        assert!(layout(&Snapshot::default(), WINDOW).tiles.is_empty());
    }
}
