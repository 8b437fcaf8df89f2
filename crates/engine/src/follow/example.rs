//! A device, as the tests beside it begin with one.

use visavis_model::{DeviceForm, DeviceId, DeviceKind, DeviceState, DeviceView};

/// One that can be used, of no known form, and not the system's default; it is called as its id, in capitals.
pub fn device(kind: DeviceKind, id: &str) -> DeviceView {
    DeviceView {
        id: DeviceId::from(id),
        kind,
        name: id.to_uppercase(),
        is_default: false,
        state: DeviceState::Ready,
        form: DeviceForm::Other,
    }
}
