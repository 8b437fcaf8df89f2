//! The newest picture of every visible track, at the size of its tile. Pure: who calls [`Stage::tick`] has the clock.

mod clip;
#[cfg(test)]
mod tests;

pub use clip::exclude;

use crate::scale::{Bgra, Scaler, contain, cover, part_of, to_bgra};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use visavis_media::{Frame, I420, Latest, Pool};
use visavis_model::{Fit, Rect, Size, StageLayout, Tile, TrackId};

/// What a presenter wants its pixels to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As decoded, not scaled.
    Source,
    /// 4:2:0 for a canvas: cut and mirrored, never larger than the source has it.
    I420,
    /// BGRA for drawing: exactly as large as it is shown.
    Bgra,
}

/// One picture for one tile.
#[derive(Clone, Debug)]
pub struct Picture {
    pub track: TrackId,
    /// Where its pixels go: the tile, or the part of it that a contained picture fills.
    pub rect: Rect,
    /// The tile as the page has it: mirrored, radius, veil.
    pub tile: Tile,
    pub pixels: Pixels,
    /// The decoded picture that it was made of.
    pub source: Frame,
    /// False where an older picture is drawn again for a new layout.
    pub fresh: bool,
}

#[derive(Clone, Debug)]
pub enum Pixels {
    /// See [`Picture::source`].
    Source,
    I420(Arc<I420>),
    Bgra(Arc<Bgra>),
}

/// Holds the mailboxes of all tracks and the layout of each window.
#[derive(Debug)]
pub struct Stage {
    first: View,
    second: Option<View>,
    tracks: HashMap<TrackId, Track>,
    scaler: Scaler,
    pool: Pool,
}

#[derive(Debug)]
struct Track {
    mailbox: Latest<Frame>,
    last: Option<Frame>,
    /// The last picture came with this tick.
    fresh: bool,
}

/// What one window shows.
#[derive(Debug)]
struct View {
    form: Form,
    layout: StageLayout,
    /// Tracks whose last picture is drawn for the present layout.
    drawn: HashSet<TrackId>,
}

impl View {
    fn new(form: Form) -> Self {
        Self { form, layout: StageLayout::default(), drawn: HashSet::new() }
    }

    fn shows(&self, track: &TrackId) -> bool {
        self.layout.tiles.iter().any(|tile| tile.track == *track)
    }

    /// Only what changed is drawn again: a picture that is panned costs its neighbours nothing.
    fn set_layout(&mut self, layout: StageLayout) {
        let of = |tiles: &[Tile], track: &TrackId| -> Vec<Tile> {
            tiles.iter().filter(|tile| tile.track == *track).cloned().collect()
        };
        if layout.tiles != self.layout.tiles {
            self.drawn.retain(|track| of(&layout.tiles, track) == of(&self.layout.tiles, track));
        }
        self.layout = layout;
    }

    /// What there is to draw, in painting order.
    fn draw(&mut self, tracks: &HashMap<TrackId, Track>, scaler: &mut Scaler, pool: &Pool) -> Vec<Picture> {
        let mut pictures = Vec::new();
        for tile in &self.layout.tiles {
            let Some(track) = tracks.get(&tile.track) else { continue };
            let Some(source) = track.last.clone() else { continue };
            let fresh = track.fresh;
            if !fresh && self.drawn.contains(&tile.track) {
                continue;
            }
            if let Some((rect, pixels)) = draw(scaler, pool, self.form, tile, &source) {
                pictures.push(Picture { track: tile.track.clone(), rect, tile: tile.clone(), pixels, source, fresh });
            }
        }
        for picture in &pictures {
            if !self.drawn.contains(&picture.track) {
                self.drawn.insert(picture.track.clone());
            }
        }
        pictures
    }
}

impl Stage {
    pub fn new(form: Form) -> Self {
        Self {
            first: View::new(form),
            second: None,
            tracks: HashMap::new(),
            scaler: Scaler::new(Pool::new(24)),
            pool: Pool::new(24),
        }
    }

    /// Pictures of `track` come from this mailbox from now on.
    pub fn attach(&mut self, track: TrackId, mailbox: Latest<Frame>) {
        self.tracks.insert(track, Track { mailbox, last: None, fresh: false });
    }

    /// A second window wants pictures of this form, or none does any more.
    pub fn set_second(&mut self, form: Option<Form>) {
        self.second = form.map(View::new);
    }

    pub fn detach(&mut self, track: &TrackId) {
        self.tracks.remove(track);
    }

    /// Forgets the last picture of a track, so that no layout shows it again.
    pub fn clear(&mut self, track: &TrackId) {
        if let Some(track) = self.tracks.get_mut(track) {
            track.last = None;
            track.mailbox.take();
        }
    }

    /// From now on pictures are for this layout; the next tick draws the last picture of every tile that changed again.
    pub fn set_layout(&mut self, layout: StageLayout) {
        self.first.set_layout(layout);
    }

    /// As [`Stage::set_layout`], for the second window; comes to nothing where there is none.
    pub fn set_second_layout(&mut self, layout: StageLayout) {
        if let Some(second) = &mut self.second {
            second.set_layout(layout);
        }
    }

    /// The next tick draws the last picture of every tile again.
    pub fn redraw(&mut self) {
        self.first.drawn.clear();
        if let Some(second) = &mut self.second {
            second.drawn.clear();
        }
    }

    /// Whether any window shows this track.
    pub fn shows(&self, track: &TrackId) -> bool {
        self.views().any(|view| view.shows(track))
    }

    /// Whether no window shows anything.
    pub fn is_empty(&self) -> bool {
        self.views().all(|view| view.layout.tiles.is_empty())
    }

    fn views(&self) -> impl Iterator<Item = &View> {
        std::iter::once(&self.first).chain(&self.second)
    }

    pub const fn layout(&self) -> &StageLayout {
        &self.first.layout
    }

    pub fn second_layout(&self) -> Option<&StageLayout> {
        self.second.as_ref().map(|second| &second.layout)
    }

    /// Takes the newest pictures; gives what there is to draw now, in painting order. Nothing for tracks without a new picture.
    pub fn tick(&mut self) -> Vec<Picture> {
        for (name, track) in &mut self.tracks {
            track.fresh = false;
            if !std::iter::once(&self.first).chain(&self.second).any(|view| view.shows(name)) {
                continue;
            }
            if let Some(frame) = track.mailbox.take() {
                track.last = Some(frame);
                track.fresh = true;
            }
        }
        self.first.draw(&self.tracks, &mut self.scaler, &self.pool)
    }

    /// What there is to draw in the second window, of the pictures that the last [`Stage::tick`] took.
    pub fn tick_second(&mut self) -> Vec<Picture> {
        let Some(second) = &mut self.second else { return Vec::new() };
        second.draw(&self.tracks, &mut self.scaler, &self.pool)
    }
}

/// Where the picture goes, and its pixels; `None` for an empty tile.
fn draw(scaler: &mut Scaler, pool: &Pool, form: Form, tile: &Tile, source: &Frame) -> Option<(Rect, Pixels)> {
    let size = source.size();
    if tile.rect.size().is_empty() || size.is_empty() {
        return None;
    }
    let (rect, cut) = match (tile.part, tile.fit) {
        (Some(part), _) => (tile.rect, part_of(size, part)),
        (None, Fit::Cover) => (tile.rect, cover(size, tile.rect.size())),
        (None, Fit::Contain) => {
            let inner = contain(size, tile.rect.size());
            let rect = Rect { x: tile.rect.x.saturating_add(inner.x), y: tile.rect.y.saturating_add(inner.y), ..inner };
            (rect, Rect { x: 0, y: 0, width: size.width, height: size.height })
        }
    };
    // A tile larger than any screen is an error of the page, not a reason to allocate.
    let shown = Size::new(rect.width.min(2 * crate::MAX_SIDE), rect.height.min(2 * crate::MAX_SIDE));
    let pixels = match form {
        Form::Source => Pixels::Source,
        Form::I420 => {
            let target = Size::new(shown.width.min(cut.width), shown.height.min(cut.height));
            Pixels::I420(Arc::new(scaler.resize(source.i420(), cut, target, tile.mirrored)?))
        }
        Form::Bgra => {
            let unchanged = cut.size() == size && shown == size && !tile.mirrored;
            let bgra = if unchanged {
                to_bgra(source.i420(), pool)
            } else {
                to_bgra(&scaler.resize(source.i420(), cut, shown, tile.mirrored)?, pool)
            };
            Pixels::Bgra(Arc::new(bgra))
        }
    };
    Some((rect, pixels))
}
