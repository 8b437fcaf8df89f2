//! Whether the system opens what our shortcuts say.

/// They start the program themselves (Linux), or say a link under our own scheme, which the system knows where Visavis was installed. On
/// Windows that is the MSI's part: what was unpacked registers nothing, and Windows would ask for an app.
#[cfg(not(windows))]
pub fn is_there() -> bool {
    true
}

/// Whether anything is registered for our scheme, for this computer or this person.
#[cfg(windows)]
pub fn is_there() -> bool {
    use std::ptr::{null, null_mut};
    use windows_sys::Win32::Foundation::ERROR_SUCCESS;
    use windows_sys::Win32::System::Registry::{HKEY_CLASSES_ROOT, RRF_RT_ANY, RegGetValueW};

    let key: Vec<u16> = "visavis\\shell\\open\\command\0".encode_utf16().collect();
    // SAFETY: the key ends with a zero and lives until the call is over; without a name it asks for the key's own value, and nothing is
    // written where nothing is given for it.
    let outcome = unsafe {
        RegGetValueW(HKEY_CLASSES_ROOT, key.as_ptr(), null(), RRF_RT_ANY, null_mut(), null_mut(), null_mut())
    };
    outcome == ERROR_SUCCESS
}
