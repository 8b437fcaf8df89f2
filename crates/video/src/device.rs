//! Which cameras there are.

#[cfg(windows)]
mod arrivals;
mod watch;

pub use watch::SystemCameras;

use visavis_model::{DeviceForm, DeviceId, DeviceKind, DeviceState, DeviceView};

/// One camera of the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub id: DeviceId,
    pub name: String,
    /// The number under which `nokhwa` opens it (Linux: of `/dev/video…`).
    pub index: u32,
}

/// The cameras in the system's order; the first one is the default. Empty where there is none or the system does not say.
///
/// Linux: reads `/sys/class/video4linux` and opens no device, so that no driver can hang it. The id is made of the
/// place where the camera is plugged in and its name.
pub fn cameras() -> Vec<DeviceView> {
    views(&found())
}

fn views(found: &[Found]) -> Vec<DeviceView> {
    found
        .iter()
        .enumerate()
        .map(|(position, camera)| DeviceView {
            id: camera.id.clone(),
            kind: DeviceKind::Camera,
            name: camera.name.clone(),
            is_default: position == 0,
            state: state_of(camera.index),
            form: DeviceForm::Other,
        })
        .collect()
}

/// Whether the system lets us use a camera, as far as it says so without opening it.
fn state_of(index: u32) -> DeviceState {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{Access, access};
        let node = format!("/dev/video{index}");
        if access(&node, Access::READ_OK | Access::WRITE_OK) == Err(rustix::io::Errno::ACCESS) {
            return DeviceState::Forbidden;
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = index;
    DeviceState::Ready
}

/// The camera that `wanted` means: by id, by name, by `/dev/video…`, or by part of its name; without a wish the first one.
pub(crate) fn find(wanted: Option<&DeviceId>) -> Option<Found> {
    pick(found(), wanted)
}

fn pick(found: Vec<Found>, wanted: Option<&DeviceId>) -> Option<Found> {
    let Some(wanted) = wanted else { return found.into_iter().next() };
    let text = wanted.as_str();
    let name_in_id = text.rsplit('/').next().unwrap_or(text);
    let rules: [&dyn Fn(&Found) -> bool; 5] = [
        &|camera| camera.id == *wanted,
        &|camera| camera.name == text,
        &|camera| text == format!("/dev/video{}", camera.index),
        // The same camera in another socket.
        &|camera| text.starts_with("v4l2:") && camera.name == name_in_id,
        &|camera| !text.is_empty() && camera.name.to_lowercase().contains(&text.to_lowercase()),
    ];
    rules.iter().find_map(|rule| found.iter().find(|camera| rule(camera)).cloned())
}

#[cfg(target_os = "linux")]
fn found() -> Vec<Found> {
    found_in(std::path::Path::new("/sys/class/video4linux"))
}

#[cfg(target_os = "linux")]
fn found_in(class: &std::path::Path) -> Vec<Found> {
    let Ok(entries) = std::fs::read_dir(class) else { return Vec::new() };
    let mut found: Vec<Found> = entries
        .flatten()
        .filter_map(|entry| {
            let index = entry.file_name().to_str()?.strip_prefix("video")?.parse().ok()?;
            let read = |name| std::fs::read_to_string(entry.path().join(name)).map(|text| text.trim().to_owned());
            // A USB camera has a second node, for metadata only, with index 1.
            if read("index").is_ok_and(|number| number != "0") {
                return None;
            }
            let name = read("name").ok().filter(|name| !name.is_empty()).unwrap_or_else(|| format!("video{index}"));
            let place = std::fs::canonicalize(entry.path().join("device")).ok();
            let place = place.as_deref().and_then(std::path::Path::file_name).and_then(std::ffi::OsStr::to_str);
            let id = DeviceId(format!("v4l2:{}/{name}", place.unwrap_or("")));
            Some(Found { id, name, index })
        })
        .collect();
    found.sort_by_key(|camera| camera.index);
    // Two equal cameras behind one device (vivid) keep their number in the id.
    let ids: Vec<DeviceId> = found.iter().map(|camera| camera.id.clone()).collect();
    for (position, camera) in found.iter_mut().enumerate() {
        if ids[..position].contains(&camera.id) {
            camera.id.0 = format!("v4l2:video{}/{}", camera.index, camera.name);
        }
    }
    found
}

/// Asks the system in a thread of its own: enumeration is known to hang or crash with some drivers.
#[cfg(not(target_os = "linux"))]
fn found() -> Vec<Found> {
    let (sender, receiver) = std::sync::mpsc::sync_channel(1);
    let asking = std::thread::Builder::new().name("cameras".into()).spawn(move || {
        let list = std::panic::catch_unwind(|| nokhwa::query(nokhwa::utils::ApiBackend::Auto));
        let _ = sender.send(list);
    });
    if asking.is_err() {
        return Vec::new();
    }
    let list = match receiver.recv_timeout(std::time::Duration::from_secs(3)) {
        Ok(Ok(Ok(list))) => list,
        _ => return Vec::new(),
    };
    list.iter()
        .filter_map(|camera| {
            let index = camera.index().as_index().ok()?;
            let name = camera.human_name();
            let place = Some(camera.misc()).filter(|misc| !misc.is_empty()).unwrap_or_default();
            Some(Found { id: DeviceId(format!("camera:{place}/{name}")), name, index })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn camera(id: &str, name: &str, index: u32) -> Found {
        Found { id: DeviceId::from(id), name: name.into(), index }
    }

    #[test]
    fn a_wish_is_understood_by_id_name_path_or_part() {
        let all =
            vec![camera("v4l2:1-2:1.0/HD Webcam", "HD Webcam", 0), camera("v4l2:1-4:1.0/Desk Cam", "Desk Cam", 2)];
        let index = |wish: &str| pick(all.clone(), Some(&DeviceId::from(wish))).map(|camera| camera.index);
        assert_eq!(pick(all.clone(), None).map(|camera| camera.index), Some(0));
        assert_eq!(index("v4l2:1-4:1.0/Desk Cam"), Some(2));
        assert_eq!(index("v4l2:9-9:1.0/Desk Cam"), Some(2));
        assert_eq!(index("/dev/video2"), Some(2));
        assert_eq!(index("desk"), Some(2));
        assert_eq!(index("Other"), None);
        assert_eq!(index(""), None);
        assert_eq!(pick(Vec::new(), None), None);
    }

    #[test]
    fn asking_never_fails() {
        let all = cameras();
        assert!(all.iter().skip(1).all(|camera| !camera.is_default));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn metadata_nodes_are_left_out() {
        let class = std::env::temp_dir().join(format!("visavis-v4l-{}", std::process::id()));
        for (node, name, index) in
            [("video10", "B", "0"), ("video2", "A", "0"), ("video3", "A", "1"), ("other", "C", "0")]
        {
            let node = class.join(node);
            std::fs::create_dir_all(&node).expect("writable");
            std::fs::write(node.join("name"), format!("{name}\n")).expect("writable");
            std::fs::write(node.join("index"), format!("{index}\n")).expect("writable");
        }
        let found = found_in(&class);
        std::fs::remove_dir_all(&class).expect("removable");
        assert_eq!(
            found.iter().map(|camera| (camera.name.as_str(), camera.index)).collect::<Vec<_>>(),
            [("A", 2), ("B", 10)]
        );
    }
}
