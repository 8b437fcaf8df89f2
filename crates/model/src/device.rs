//! Microphones, loudspeakers and cameras, as the system lists them.

use crate::DeviceId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DeviceKind {
    Microphone,
    Loudspeaker,
    Camera,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DeviceView {
    pub id: DeviceId,
    pub kind: DeviceKind,
    pub name: String,
    pub is_default: bool,
    pub state: DeviceState,
    pub form: DeviceForm,
}

/// What can be said of a device that is there without opening it: the worst of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DeviceState {
    #[default]
    Ready,
    /// A Bluetooth headset in the mode of telephone calls: narrow sound both ways.
    Telephone,
    /// By the system, or by a key of the device.
    Muted,
    /// Its socket is empty.
    Unplugged,
    /// The system does not let us use it.
    Forbidden,
}

/// What a device is, as far as the system says: it decides what is said, and what is private.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DeviceForm {
    #[default]
    Other,
    /// On one person's head: whoever takes it off lets the room hear.
    Headset,
    Speakers,
    /// Built into the computer.
    Computer,
}

/// All devices, in the system's order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Devices {
    pub list: Vec<DeviceView>,
    /// The first enumeration is done.
    pub known: bool,
}
