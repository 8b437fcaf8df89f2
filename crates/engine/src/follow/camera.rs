//! Which camera a choice means, and when it went or came.

use visavis_audio::device::pick;
use visavis_model::{CameraChoice, DeviceKind, DeviceView};

/// The camera that a choice means among those that are there; a chosen one may be in another socket.
pub fn camera_target<'a>(choice: &CameraChoice, list: &'a [DeviceView]) -> Option<&'a DeviceView> {
    match choice {
        CameraChoice::System => list.iter().find(|device| device.kind == DeviceKind::Camera),
        CameraChoice::Device(id) => pick(list, DeviceKind::Camera, id).or_else(|| {
            let (_, name) = id.as_str().strip_prefix("v4l2:")?.rsplit_once('/')?;
            list.iter().find(|device| device.kind == DeviceKind::Camera && device.name == name)
        }),
        CameraChoice::Synthetic | CameraChoice::File(_) | CameraChoice::None => None,
    }
}

/// What another list means for the camera.
#[derive(Clone, Debug, PartialEq)]
pub enum CameraStep {
    Stay,
    /// The one that is used is gone.
    Gone(DeviceView),
    /// None is open, and the one that is wanted is there now.
    Came(DeviceView),
}

/// `used`: the camera that is open, as it was listed; one that was opened before anything was listed is the one that is wanted.
pub fn camera_used(used: Option<DeviceView>, is_open: bool, wanted: Option<&DeviceView>) -> Option<DeviceView> {
    used.or_else(|| wanted.filter(|_| is_open).cloned())
}

/// What is to be done where the list was `before` and is `list`.
pub fn camera_step(
    used: Option<&DeviceView>,
    is_open: bool,
    wanted: Option<&DeviceView>,
    before: &[DeviceView],
    list: &[DeviceView],
) -> CameraStep {
    if let Some(gone) = used.filter(|used| list.iter().all(|one| one.id != used.id)) {
        return CameraStep::Gone(gone.clone());
    }
    let was_there = |wanted: &DeviceView| {
        before.iter().any(|one| one.id == wanted.id && one.kind == wanted.kind && one.state == wanted.state)
    };
    match wanted.filter(|wanted| !is_open && !was_there(wanted)) {
        Some(came) => CameraStep::Came(came.clone()),
        None => CameraStep::Stay,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::{DeviceForm, DeviceId, DeviceState};

    fn camera(id: &str, name: &str) -> DeviceView {
        DeviceView {
            id: DeviceId::from(id),
            kind: DeviceKind::Camera,
            name: name.to_owned(),
            is_default: false,
            state: DeviceState::Ready,
            form: DeviceForm::Other,
        }
    }

    #[test]
    fn a_camera_is_the_same_in_another_socket() {
        let list = [camera("v4l2:1-1/Other", "Other"), camera("v4l2:1-4/Desk Cam", "Desk Cam")];
        let of = |choice: &CameraChoice| camera_target(choice, &list).map(|camera| camera.id.as_str().to_owned());
        assert_eq!(of(&CameraChoice::System).as_deref(), Some("v4l2:1-1/Other"));
        assert_eq!(of(&CameraChoice::Device("v4l2:9-9/Desk Cam".into())).as_deref(), Some("v4l2:1-4/Desk Cam"));
        assert_eq!((of(&CameraChoice::Device("v4l2:1-4/Gone".into())), of(&CameraChoice::Synthetic)), (None, None));
    }

    #[test]
    fn a_camera_that_was_open_before_the_first_list_is_missed_when_it_goes() {
        let (own, other) = (camera("a", "Own"), camera("b", "Other"));
        let used = camera_used(None, true, Some(&own));
        assert_eq!(used.as_ref(), Some(&own));
        let (before, list) = ([own.clone(), other.clone()], [other.clone()]);
        assert_eq!(camera_step(used.as_ref(), true, Some(&other), &before, &list), CameraStep::Gone(own.clone()));
        // What is known stays, whatever is wanted by now; and what is closed is none.
        assert_eq!(camera_used(Some(own.clone()), true, Some(&other)), Some(own.clone()));
        assert_eq!(camera_used(None, false, Some(&own)), None);
    }

    #[test]
    fn a_camera_comes_once_and_only_where_none_is_open() {
        let own = camera("a", "Own");
        let list = std::slice::from_ref(&own);
        assert_eq!(camera_step(None, false, Some(&own), &[], list), CameraStep::Came(own.clone()));
        assert_eq!(camera_step(None, false, Some(&own), list, list), CameraStep::Stay);
        assert_eq!(camera_step(None, true, Some(&own), &[], list), CameraStep::Stay);
        assert_eq!(camera_step(None, false, None, &[], &[]), CameraStep::Stay);
    }
}
