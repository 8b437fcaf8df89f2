//! Windows' cameras as they are plugged in and pulled out.

use std::ffi::c_void;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;
use windows::Win32::Devices::DeviceAndDriverInstallation::{
    CM_NOTIFY_ACTION, CM_NOTIFY_EVENT_DATA, CM_NOTIFY_FILTER, CM_NOTIFY_FILTER_0, CM_NOTIFY_FILTER_0_0,
    CM_NOTIFY_FILTER_TYPE_DEVICEINTERFACE, CM_Register_Notification, CM_Unregister_Notification, CR_SUCCESS,
    HCMNOTIFICATION,
};
use windows::Win32::Media::KernelStreaming::{KSCATEGORY_CAPTURE, KSCATEGORY_VIDEO_CAMERA};
use windows::core::GUID;

/// Cameras of today, and those whose driver is older.
const KINDS: [GUID; 2] = [KSCATEGORY_VIDEO_CAMERA, KSCATEGORY_CAPTURE];

/// Hears of cameras; [`wait`](Self::wait) tells it.
pub struct Arrivals {
    registered: Vec<HCMNOTIFICATION>,
    changes: Receiver<()>,
    /// What the system's threads tell by: at its place until nothing is registered any more.
    tell: Box<SyncSender<()>>,
}

// SAFETY: the numbers of what is registered may be given back by any thread.
unsafe impl Send for Arrivals {}

impl Arrivals {
    /// `None` where the system tells nothing.
    pub fn open() -> Option<Self> {
        let (tell, changes) = sync_channel(1);
        let mut arrivals = Self { registered: Vec::new(), changes, tell: Box::new(tell) };
        for kind in KINDS {
            let registered = arrivals.register(kind)?;
            arrivals.registered.push(registered);
        }
        Some(arrivals)
    }

    fn register(&self, kind: GUID) -> Option<HCMNOTIFICATION> {
        let filter = CM_NOTIFY_FILTER {
            cbSize: size_of::<CM_NOTIFY_FILTER>() as u32,
            FilterType: CM_NOTIFY_FILTER_TYPE_DEVICEINTERFACE,
            u: CM_NOTIFY_FILTER_0 { DeviceInterface: CM_NOTIFY_FILTER_0_0 { ClassGuid: kind } },
            ..CM_NOTIFY_FILTER::default()
        };
        let context = Some((&raw const *self.tell).cast::<c_void>());
        let mut registered = HCMNOTIFICATION::default();
        // SAFETY: the filter is copied; the context stays until `drop` has taken the registration back.
        let result = unsafe { CM_Register_Notification(&raw const filter, context, Some(told), &raw mut registered) };
        (result == CR_SUCCESS && !registered.is_invalid()).then_some(registered)
    }

    /// Waits for a change; false where there was none in that time.
    pub fn wait(&self, patience: Duration) -> bool {
        self.changes.recv_timeout(patience).is_ok()
    }
}

impl Drop for Arrivals {
    fn drop(&mut self) {
        for registered in self.registered.drain(..) {
            // SAFETY: registered above; it waits for a call that is under way, which waits for nothing.
            unsafe { CM_Unregister_Notification(registered) };
        }
    }
}

unsafe extern "system" fn told(
    _: HCMNOTIFICATION,
    context: *const c_void,
    _: CM_NOTIFY_ACTION,
    _: *const CM_NOTIFY_EVENT_DATA,
    _: u32,
) -> u32 {
    // SAFETY: the context is the sender that `register` gave, which outlives the registration.
    let tell = unsafe { &*context.cast::<SyncSender<()>>() };
    // One that was not heard yet is as good as two.
    let _ = tell.try_send(());
    0
}
