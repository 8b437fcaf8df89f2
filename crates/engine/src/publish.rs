//! What we publish, and what we want of others: pure.

use visavis_model::{Codec, Fps, Layer, Part, Size, StageLayout, Tile, TrackId, TrackSource, VideoDemand};
use visavis_provider::PublishRequest;

/// Size and rate asked of a camera.
pub const CAMERA_SIZE: Size = Size::new(1280, 720);
pub const CAMERA_FPS: Fps = Fps(30.0);

/// Our microphone.
pub fn microphone() -> PublishRequest {
    PublishRequest {
        track: TrackId::local_microphone(),
        source: TrackSource::Microphone,
        codec: Codec::Opus,
        size: Size::default(),
        layers: Vec::new(),
        muted: false,
    }
}

/// Our camera, whose pictures are `size`.
pub fn camera(size: Size) -> PublishRequest {
    PublishRequest {
        track: TrackId::local_camera(),
        source: TrackSource::Camera,
        codec: Codec::H264,
        size,
        layers: ladder(size),
        muted: false,
    }
}

/// Our screen or window, whose pictures are `size`.
pub fn screen(size: Size) -> PublishRequest {
    PublishRequest {
        track: TrackId::local_screen(),
        source: TrackSource::ScreenShare,
        codec: Codec::H264,
        size,
        layers: visavis_video::encode::screen_layers(size),
        muted: false,
    }
}

/// What that plays.
pub fn screen_audio(muted: bool) -> PublishRequest {
    PublishRequest {
        track: TrackId::local_screen_audio(),
        source: TrackSource::ScreenShareAudio,
        codec: Codec::Opus,
        size: Size::default(),
        layers: Vec::new(),
        muted,
    }
}

/// The layers of a picture of `size`, lowest first.
pub fn ladder(size: Size) -> Vec<Layer> {
    visavis_video::encode::layers_for(size, CAMERA_FPS)
}

/// The least size at which signs are sent: browsers' lowest layers come with fewer frames.
const READABLE: Size = Size::new(480, 270);

/// What is wanted of a track that is shown at `shown` device pixels: screens before cameras.
pub fn demand(source: TrackSource, shown: Size) -> VideoDemand {
    if shown.is_empty() {
        return VideoDemand::NOTHING;
    }
    let priority = if source == TrackSource::ScreenShare { 255 } else { 1 };
    VideoDemand { size: shown, fps: Fps(30.0), priority }
}

/// Largest side that is ever asked for: more than any screen that is shared has.
const MOST_SIDE: u64 = 16_384;

/// What is wanted of a tile. Hands that speak are wanted as large as they have to be to be read, and kept like a screen; of what
/// is looked at closely all is wanted as large as its part is shown, which from 100 % on is the largest layer.
pub fn demand_of_tile(source: TrackSource, tile: &Tile) -> VideoDemand {
    let whole = |shown: u32, part: u32| {
        let part = u64::from(part.max(1));
        let side = (u64::from(shown) * u64::from(Part::WHOLE) + part / 2) / part;
        side.min(MOST_SIDE) as u32
    };
    let shown = tile.part.map_or(tile.rect.size(), |part| {
        Size::new(whole(tile.rect.width, part.width), whole(tile.rect.height, part.height))
    });
    let demand = demand(source, shown);
    if !tile.smooth || demand == VideoDemand::NOTHING {
        return demand;
    }
    let size = if demand.size.width < READABLE.width { READABLE } else { demand.size };
    VideoDemand { size, priority: 255, ..demand }
}

/// What is wanted of a track by all windows together: as large as the largest of its tiles. `None` where it has no tile.
pub fn demand_of_layouts<'a>(
    source: TrackSource,
    track: &TrackId,
    layouts: impl Iterator<Item = &'a StageLayout>,
) -> Option<VideoDemand> {
    let tiles = layouts.flat_map(|layout| &layout.tiles).filter(|tile| tile.track == *track);
    tiles.map(|tile| demand_of_tile(source, tile)).reduce(|a, b| VideoDemand {
        size: Size::new(a.size.width.max(b.size.width), a.size.height.max(b.size.height)),
        fps: Fps(a.fps.0.max(b.fps.0)),
        priority: a.priority.max(b.priority),
    })
}

/// Pictures that are asked for before the page has said what it shows: as many as a first page holds.
pub const MOST_BEFORE_LAYOUT: usize = 9;

/// What is asked of the server for each of `pictures` others while the page is still being loaded.
///
/// Pictures are then decoded already when the first tiles are laid out; sizes are those of an ordinary window.
pub fn demand_before_layout(source: TrackSource, pictures: usize) -> VideoDemand {
    let shown = match pictures {
        0 | 1 => Size::new(1280, 720),
        2..=4 => Size::new(640, 360),
        _ => Size::new(320, 180),
    };
    demand(source, shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(width: u32, height: u32) -> Tile {
        Tile {
            track: "a".into(),
            rect: visavis_model::Rect { width, height, ..Default::default() },
            fit: Default::default(),
            mirrored: false,
            radius: 0,
            veiled: false,
            smooth: false,
            part: None,
        }
    }

    #[test]
    fn hands_that_speak_are_kept_and_readable() {
        let mut tile = tile(160, 120);
        let plain = demand_of_tile(TrackSource::Camera, &tile);
        tile.smooth = true;
        let smooth = demand_of_tile(TrackSource::Camera, &tile);
        assert!(smooth.size.width > plain.size.width && smooth.priority > plain.priority);
        assert_eq!(smooth.fps, Fps(30.0));
        tile.rect.width = 0;
        assert_eq!(demand_of_tile(TrackSource::Camera, &tile), VideoDemand::NOTHING);
    }

    #[test]
    fn what_is_looked_at_closely_is_wanted_larger() {
        let mut tile = tile(960, 540);
        let mut size = |part| {
            tile.part = part;
            demand_of_tile(TrackSource::ScreenShare, &tile).size
        };
        assert_eq!(size(None), Size::new(960, 540));
        let half = Part { x: 0, y: Part::WHOLE / 2, width: Part::WHOLE / 2, height: Part::WHOLE / 2 };
        assert_eq!(size(Some(half)), Size::new(1920, 1080));
        assert_eq!(size(Some(Part { x: 77, ..half })), Size::new(1920, 1080), "panning asks for nothing new");
        let absurd = Part { width: 0, height: u32::MAX, ..half };
        assert_eq!(size(Some(absurd)), Size::new(0, 0), "nothing is shown of it");
    }

    #[test]
    fn two_windows_want_what_the_larger_tile_wants() {
        let layout = |width, height| StageLayout {
            tiles: vec![Tile {
                track: "a".into(),
                rect: visavis_model::Rect { width, height, ..Default::default() },
                fit: Default::default(),
                mirrored: false,
                radius: 0,
                veiled: false,
                smooth: false,
                part: None,
            }],
            ..Default::default()
        };
        let of = |track: &str, layouts: &[StageLayout]| {
            demand_of_layouts(TrackSource::ScreenShare, &track.into(), layouts.iter())
        };
        let both = [layout(320, 180), layout(1920, 1080)];
        assert_eq!(of("a", &both), Some(demand(TrackSource::ScreenShare, Size::new(1920, 1080))));
        assert_eq!(of("a", &both[..1]).map(|demand| demand.size), Some(Size::new(320, 180)));
        assert_eq!(of("a", &[layout(0, 0), layout(320, 180)]), of("a", &both[..1]));
        assert_eq!(of("a", &[layout(0, 0)]), Some(VideoDemand::NOTHING));
        assert_eq!((of("b", &both), of("a", &[])), (None, None));
    }

    #[test]
    fn before_the_first_layout_more_people_are_smaller() {
        let width = |pictures| demand_before_layout(TrackSource::Camera, pictures).size.width;
        assert!(width(1) > width(2) && width(2) > width(MOST_BEFORE_LAYOUT));
    }

    #[test]
    fn a_tile_of_no_size_wants_nothing() {
        assert_eq!(demand(TrackSource::Camera, Size::new(0, 10)), VideoDemand::NOTHING);
        assert!(
            demand(TrackSource::ScreenShare, Size::new(9, 9)).priority
                > demand(TrackSource::Camera, Size::new(9, 9)).priority
        );
    }

    #[test]
    fn a_camera_is_published_with_layers_that_ascend() {
        let request = camera(CAMERA_SIZE);
        assert_eq!(request.layers.len(), 3);
        assert!(request.layers.windows(2).all(|pair| pair[0].size.area() < pair[1].size.area()));
    }
}
