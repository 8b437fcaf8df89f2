//! What can be shared.

use super::super::canvas::Canvas;
use super::super::target::Target;
use super::super::thumbnail::thumbnail;
use super::super::{Error, area};
use super::connection::Connection;
use super::place::{Place, desktop, find, screens};
use super::segment::Segment;
use std::sync::Arc;
use std::time::Duration;
use visavis_media::Surface;
use visavis_model::{Rect, ScreenId, ScreenKind, ScreenSource, Size};
use x11rb::connection::Connection as _;
use x11rb::protocol::composite::{self, Redirect};
use x11rb::protocol::xproto::{ConnectionExt as _, Drawable, Window};

/// Programs draw what was covered until now, when they are asked for their own picture; they get this long.
const REDRAWN: Duration = Duration::from_millis(80);

/// Screens, the main one first, then windows, the uppermost first.
pub fn sources(connection: &Arc<Connection>, thumbnails: bool) -> Result<Vec<ScreenSource>, Error> {
    let mut windows = connection.windows()?;
    windows.reverse();
    let windows: Vec<(ScreenSource, Rect)> =
        windows.into_iter().filter_map(|window| shown(connection, window)).collect();
    let whole = desktop(connection)?;
    let own = |screen: &Rect| windows.iter().any(|(source, place)| source.own && area::overlap(screen, place));
    let mut sources: Vec<_> = screens(connection)?
        .into_iter()
        .map(|(name, rect)| {
            let source = ScreenSource {
                id: Target::Screen(name.clone()).id(),
                kind: ScreenKind::Screen,
                title: name,
                size: rect.size(),
                own: own(&rect),
                thumbnail: None,
                process: None,
            };
            (source, rect)
        })
        .collect();
    sources.extend(windows);
    if thumbnails {
        draw(connection, &mut sources, whole)?;
    }
    Ok(sources.into_iter().map(|(source, _)| source).collect())
}

/// The one of that id. A window may be hidden: it is not gone.
pub fn source(connection: &Arc<Connection>, id: &ScreenId) -> Result<ScreenSource, Error> {
    let target = Target::of(id).ok_or(Error::Gone)?;
    let found = match target {
        Target::Screen(_) => sources(connection, false)?.into_iter().find(|source| source.id == *id),
        Target::Window(window) => describe(connection, window, &find(connection, &target)?),
    };
    found.ok_or(Error::Gone)
}

/// A window that people see at the moment.
fn shown(connection: &Connection, window: Window) -> Option<(ScreenSource, Rect)> {
    let place = find(connection, &Target::Window(window)).ok().filter(Place::is_shown)?;
    Some((describe(connection, window, &place)?, place.inner))
}

fn describe(connection: &Connection, window: Window, place: &Place) -> Option<ScreenSource> {
    let atoms = &connection.atoms;
    let kind = connection.number(window, atoms._NET_WM_WINDOW_TYPE);
    // Panels and the desktop's own icons.
    if [atoms._NET_WM_WINDOW_TYPE_DOCK, atoms._NET_WM_WINDOW_TYPE_DESKTOP].iter().any(|each| kind == Some(*each)) {
        return None;
    }
    let process = connection.number(window, atoms._NET_WM_PID);
    Some(ScreenSource {
        id: Target::Window(window).id(),
        kind: ScreenKind::Window,
        // One that says nothing of itself is there all the same.
        title: connection.title(window).or_else(|| connection.class(window)).unwrap_or_default(),
        size: place.inner.size(),
        own: process == Some(std::process::id()),
        thumbnail: None,
        process,
    })
}

/// Takes a small picture of each; one that cannot be taken is left out.
fn draw(connection: &Arc<Connection>, sources: &mut [(ScreenSource, Rect)], whole: Rect) -> Result<(), Error> {
    let x = &connection.x;
    let windows: Vec<Window> = sources
        .iter()
        .filter_map(|(source, _)| match Target::of(&source.id) {
            Some(Target::Window(window)) => Some(window),
            _ => None,
        })
        .collect();
    for window in &windows {
        composite::redirect_window(x, *window, Redirect::AUTOMATIC)?.ignore_error();
    }
    x.flush()?;
    std::thread::sleep(REDRAWN);
    let largest = sources.iter().map(|(source, _)| source.size.area()).max().unwrap_or_default();
    let mut segment = Segment::new(Arc::clone(connection), largest as usize * 4)?;
    for (source, place) in sources {
        source.thumbnail = match Target::of(&source.id) {
            Some(Target::Window(window)) => {
                let pixmap = x.generate_id()?;
                composite::name_window_pixmap(x, window, pixmap)?.check().ok().and_then(|()| {
                    let border = x.get_geometry(window).ok()?.reply().ok()?.border_width;
                    let from = (i32::from(border), i32::from(border));
                    let picture = small(&mut segment, pixmap, from, source.size);
                    x.free_pixmap(pixmap).ok()?.ignore_error();
                    picture
                })
            }
            _ if whole.width >= place.width => small(&mut segment, connection.root, (place.x, place.y), source.size),
            _ => None,
        };
    }
    for window in &windows {
        composite::unredirect_window(x, *window, Redirect::AUTOMATIC)?.ignore_error();
    }
    x.flush()?;
    Ok(())
}

fn small(segment: &mut Segment, drawable: Drawable, from: (i32, i32), size: Size) -> Option<String> {
    let mut canvas = Canvas::new(size);
    segment.read(drawable, from, &[area::whole(size)], |part, pixels| canvas.write(part, pixels)).ok()?;
    let Surface::I420(picture) = canvas.picture(None)?;
    thumbnail(&picture)
}
