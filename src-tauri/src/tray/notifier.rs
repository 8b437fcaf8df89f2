//! The tray of Linux desktops: a StatusNotifierItem, with its menu, over the session bus.

use super::icon::{Shape, draw};
use super::{Does, TrayView, act};
use ksni::blocking::{Handle, TrayMethods as _};
use ksni::menu::{MenuItem, StandardItem};
use std::sync::mpsc::{Sender, channel};
use tauri::AppHandle;

/// Sizes that panels ask for, in pixels.
const SIDES: [u32; 4] = [22, 24, 32, 48];
const NAME: &str = "eu.visavis.client";

/// The icon in the tray; it goes with the application.
pub struct Place {
    views: Sender<TrayView>,
}

impl Place {
    /// Errors: there is no session bus, or nobody on it who shows icons.
    pub fn start(app: &AppHandle, view: TrayView) -> Result<Self, ksni::Error> {
        let item = Item { app: app.clone(), view };
        // A session that starts us with it may have its panel a moment later.
        let handle = item.assume_sni_available(true).spawn()?;
        let (views, shown) = channel();
        let follow = move || follow(&handle, &shown);
        if let Err(error) = std::thread::Builder::new().name("tray".into()).spawn(follow) {
            tracing::warn!(%error, "the tray stays as it is");
        }
        Ok(Self { views })
    }

    /// Never waits.
    pub fn show(&self, view: TrayView) {
        let _ = self.views.send(view);
    }
}

fn follow(handle: &Handle<Item>, shown: &std::sync::mpsc::Receiver<TrayView>) {
    while let Ok(mut view) = shown.recv() {
        while let Ok(newer) = shown.try_recv() {
            view = newer;
        }
        if handle.update(|item| item.view = view).is_none() {
            return;
        }
    }
}

struct Item {
    app: AppHandle,
    view: TrayView,
}

impl Item {
    fn act(&self, does: Does) {
        act(&self.app, does, ksni::current_xdg_activation_token());
    }
}

/// ARGB in network byte order, as the specification has it.
fn icons(shape: Shape) -> Vec<ksni::Icon> {
    let one = |side| {
        let mut data = draw(shape, side);
        data.as_chunks_mut::<4>().0.iter_mut().for_each(|pixel| pixel.rotate_right(1));
        ksni::Icon { width: side as i32, height: side as i32, data }
    };
    SIDES.map(one).into()
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        NAME.into()
    }

    fn title(&self) -> String {
        self.view.title.clone()
    }

    fn category(&self) -> ksni::Category {
        ksni::Category::Communications
    }

    fn status(&self) -> ksni::Status {
        if self.view.shape == Shape::Waiting { ksni::Status::NeedsAttention } else { ksni::Status::Active }
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        icons(self.view.shape)
    }

    fn attention_icon_pixmap(&self) -> Vec<ksni::Icon> {
        icons(Shape::Waiting)
    }

    fn tool_tip(&self) -> ksni::ToolTip {
        ksni::ToolTip { title: self.view.title.clone(), ..Default::default() }
    }

    fn activate(&mut self, _: i32, _: i32) {
        self.act(Does::Show);
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let entries = self.view.items.iter().map(|item| match item.does.clone() {
            None if item.label.is_empty() => MenuItem::Separator,
            does => StandardItem {
                // A single underscore would mark a key.
                label: item.label.replace('_', "__"),
                enabled: does.is_some(),
                activate: Box::new(move |this: &mut Self| {
                    if let Some(does) = does.clone() {
                        this.act(does);
                    }
                }),
                ..Default::default()
            }
            .into(),
        });
        entries.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_argb_in_every_size() {
        for (icon, side) in icons(Shape::Call).iter().zip(SIDES) {
            assert_eq!((icon.width, icon.data.len()), (side as i32, (side * side * 4) as usize));
            let middle = ((side / 2 * side + side / 4) * 4) as usize;
            assert_eq!(icon.data[middle..][..4], [255; 4]);
            assert_eq!(icon.data[..4], [0; 4]);
        }
        let edge = icons(Shape::Call)[2].data.as_chunks::<4>().0.iter().any(|pixel| pixel[0] == 255 && pixel[1] < 64);
        assert!(edge, "the first of four is how much it covers");
    }
}
