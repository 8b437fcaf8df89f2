//! The camera of the call follows what there is.

use super::*;
use crate::follow::{CameraStep, camera_step, camera_target, camera_used};

impl Meeting {
    /// The camera that is used went, or the one that is wanted came.
    pub(super) fn follow_camera(&mut self, before: &Devices) {
        let snapshot = self.state.view();
        let list = &snapshot.devices.list;
        if !snapshot.me.camera_on || !snapshot.devices.known || !self.has_place() {
            return;
        }
        let now = self.clock.now();
        let is_open = self.camera.is_some();
        let wanted = camera_target(&snapshot.me.camera, list).cloned();
        self.following.camera = camera_used(self.following.camera.take(), is_open, wanted.as_ref());
        match camera_step(self.following.camera.as_ref(), is_open, wanted.as_ref(), &before.list, list) {
            CameraStep::Stay => {}
            CameraStep::Gone(gone) => {
                self.following.camera = None;
                self.stop_camera();
                match wanted {
                    Some(next) => {
                        self.apply_camera();
                        self.tell_move(Move { camera: Some(next.name), ..Move::new(Cause::Gone, &gone.name) }, now);
                    }
                    None => self.camera_failed(
                        Issue::new(IssueCode::CameraStopped).with("cause", "gone").with("name", gone.name),
                    ),
                }
            }
            CameraStep::Came(came) => {
                self.apply_camera();
                // What the first list has was there all the time.
                if before.known {
                    let cause = if self.following.cameras.contains(&came.id) { Cause::Back } else { Cause::New };
                    self.tell_move(Move { camera: Some(came.name.clone()), ..Move::new(cause, &came.name) }, now);
                }
            }
        }
    }

    /// A camera that failed is tried again while it is there. Nobody hears of it before it gives pictures, or fails otherwise.
    pub(in crate::meeting) fn try_camera_again(&mut self, now: MediaTime) {
        let is_due = self.camera_failed.as_ref().is_some_and(|failure| failure.is_due(now));
        if !is_due || self.camera.is_some() || !self.wants_camera() || !self.has_place() {
            return;
        }
        let snapshot = self.state.view();
        if camera_target(&snapshot.me.camera, &snapshot.devices.list).is_some() {
            self.start_camera();
        }
    }

    /// Which camera is being opened.
    pub(in crate::meeting) fn remember_camera(&mut self) {
        let snapshot = self.state.view();
        self.following.camera = camera_target(&snapshot.me.camera, &snapshot.devices.list).cloned();
    }
}
