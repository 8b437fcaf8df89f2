//! What can be shared.

use super::super::target::Target;
use super::super::{Error, LEAST_SIDE, area};
use super::bitmap::Bitmap;
use super::copy;
use super::place::find;
use super::top::{Window, screens};
use crate::screen::canvas::Canvas;
use crate::screen::thumbnail::thumbnail;
use visavis_media::Surface;
use visavis_model::{Rect, ScreenId, ScreenKind, ScreenSource};

/// Screens, the main one first, then windows, the uppermost first.
pub fn sources(thumbnails: bool) -> Vec<ScreenSource> {
    let windows: Vec<(ScreenSource, Rect)> = Window::all().into_iter().filter_map(shown).collect();
    let own = |screen: &Rect| windows.iter().any(|(source, place)| source.own && area::overlap(screen, place));
    let screens = screens().into_iter().map(|screen| {
        let source = ScreenSource {
            id: Target::Screen(screen.name.clone()).id(),
            kind: ScreenKind::Screen,
            // `\\.\` means nothing to people.
            title: screen.name.rsplit('\\').next().unwrap_or_default().to_owned(),
            size: screen.rect.size(),
            own: own(&screen.rect),
            thumbnail: None,
            process: None,
        };
        (source, screen.rect)
    });
    let mut sources: Vec<_> = screens.collect();
    sources.extend(windows);
    if thumbnails {
        for (source, rect) in &mut sources {
            let target = Target::of(&source.id);
            source.thumbnail = target.and_then(|target| small(&target, *rect).ok().flatten());
        }
    }
    sources.into_iter().map(|(source, _)| source).collect()
}

/// The one of that id. A window may be hidden: it is not gone.
pub fn source(id: &ScreenId) -> Result<ScreenSource, Error> {
    let target = Target::of(id).ok_or(Error::Gone)?;
    let found = match target {
        Target::Screen(_) => sources(false).into_iter().find(|source| source.id == *id),
        Target::Window(number) => describe(Window(number), find(&target)?.rect),
    };
    found.ok_or(Error::Gone)
}

/// A window that people see at the moment.
fn shown(window: Window) -> Option<(ScreenSource, Rect)> {
    let rect = window.seen().filter(|_| window.is_visible())?;
    if rect.width < LEAST_SIDE || rect.height < LEAST_SIDE {
        return None;
    }
    Some((describe(window, rect)?, rect))
}

fn describe(window: Window, rect: Rect) -> Option<ScreenSource> {
    if !window.is_for_people() {
        return None;
    }
    Some(ScreenSource {
        id: Target::Window(window.0).id(),
        kind: ScreenKind::Window,
        title: window.title()?,
        size: rect.size(),
        own: window.is_ours(),
        thumbnail: None,
        // No sound is heard here yet.
        process: None,
    })
}

/// A small picture of a source, by GDI: no other way gives one at once.
fn small(target: &Target, rect: Rect) -> Result<Option<String>, Error> {
    let mut bitmap = Bitmap::new(copy::room(target, rect))?;
    let from = copy::take(target, rect, &mut bitmap)?;
    let mut canvas = Canvas::new(rect.size());
    canvas.replace(bitmap.from(from), bitmap.stride(), false);
    let Some(Surface::I420(picture)) = canvas.picture(None) else { return Ok(None) };
    Ok(thumbnail(&picture))
}
