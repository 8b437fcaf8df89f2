//! What every desktop that lists its sources keeps, on each system.

use super::{Desktop, Error, Source, Step};
use crate::scale::even;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use visavis_media::Surface;
use visavis_model::ScreenKind;

/// How much longer than asked a source may take.
const LATE: Duration = Duration::from_millis(700);

/// How soon the first picture is there.
const FIRST: Duration = Duration::from_secs(3);

/// Lists, opens the main screen and each window, and says what of the contract is broken. Nothing of it may be larger than
/// [`super::LARGEST`].
pub fn keeps_contract(desktop: &mut dyn Desktop) -> Result<(), String> {
    list_is_sound(desktop)?;
    for id in ["", "nonsense", "screen:nowhere", "window:1", "window:4294967295"] {
        match desktop.open(&id.into(), false).map(drop) {
            Err(Error::Gone) => {}
            other => return Err(format!("{id:?} opens: {other:?}")),
        }
        match desktop.describe(&id.into()) {
            Err(Error::Gone) => {}
            other => return Err(format!("{id:?} is something: {other:?}")),
        }
    }
    let mut kinds = BTreeSet::new();
    for source in desktop.sources(false).map_err(|error| error.to_string())? {
        let described = desktop.describe(&source.id).map_err(|error| format!("{source:?}: {error}"))?;
        if (&described.id, described.kind) != (&source.id, source.kind) {
            return Err(format!("{source:?} is described as {described:?}"));
        }
        if kinds.insert(source.kind == ScreenKind::Window) {
            let mut opened = desktop.open(&source.id, false).map_err(|error| format!("{source:?}: {error}"))?;
            source_is_sound(opened.as_mut(), even(source.size)).map_err(|what| format!("{source:?}: {what}"))?;
        }
    }
    Ok(())
}

fn list_is_sound(desktop: &mut dyn Desktop) -> Result<(), String> {
    for thumbnails in [false, true] {
        let list = desktop.sources(thumbnails).map_err(|error| error.to_string())?;
        let breach = |what: &str| Err(format!("{what}: {list:?}"));
        if list.first().is_none_or(|first| first.kind != ScreenKind::Screen) {
            return breach("the main screen is not the first");
        }
        if list.windows(2).any(|pair| pair[0].kind == ScreenKind::Window && pair[1].kind == ScreenKind::Screen) {
            return breach("a screen behind a window");
        }
        if list.iter().map(|source| source.id.as_str()).collect::<BTreeSet<_>>().len() != list.len() {
            return breach("an id twice");
        }
        // A window may have no title.
        if list.iter().any(|source| source.kind == ScreenKind::Screen && source.title.trim().is_empty()) {
            return breach("a screen without a name");
        }
        if list.iter().any(|source| source.size.is_empty()) {
            return breach("a source without a size");
        }
        let data = |text: &Option<String>| text.as_ref().is_some_and(|text| text.starts_with("data:image/png;base64,"));
        if list.iter().any(|source| data(&source.thumbnail) != thumbnails) {
            return breach("small pictures where none are wanted, or none where they are");
        }
    }
    Ok(())
}

fn source_is_sound(source: &mut dyn Source, size: visavis_model::Size) -> Result<(), String> {
    let step = |source: &mut dyn Source, patience: Duration| {
        let start = Instant::now();
        let step = source.next(patience).map_err(|error| error.to_string())?;
        if start.elapsed() > patience + LATE {
            return Err(format!("waited {:?} instead of {patience:?}", start.elapsed()));
        }
        Ok(step)
    };
    source.set_interval(Duration::from_millis(50));
    let start = Instant::now();
    loop {
        match step(source, Duration::from_millis(200))? {
            Step::Picture(picture) => {
                let Surface::I420(surface) = &picture.surface;
                if (surface.size(), picture.changed) != (size, 1000) {
                    return Err(format!("the first picture is {} with {} new", surface.size(), picture.changed));
                }
                break;
            }
            Step::Still if start.elapsed() < FIRST => {}
            other => return Err(format!("{other:?} before the first picture")),
        }
    }
    for patience in [Duration::ZERO, Duration::from_millis(50), Duration::from_millis(400)] {
        step(source, patience)?;
    }
    source.set_paused(true);
    for _ in 0..4 {
        if let Step::Picture(_) = step(source, Duration::from_millis(100))? {
            return Err("a picture while it is paused".into());
        }
    }
    source.set_paused(false);
    step(source, Duration::from_millis(200)).map(drop)
}
