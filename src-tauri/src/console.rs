//! Windows: the words of a program that has windows go to the console that it was started from.

use windows_sys::Win32::System::Console::{ATTACH_PARENT_PROCESS, AttachConsole};

/// Joins the console of whoever started us, where there is one: Windows gives a program with windows none. What is led into a file or a
/// pipe goes there all the same.
pub fn attach() {
    // SAFETY: a number; no other thread runs yet.
    unsafe { AttachConsole(ATTACH_PARENT_PROCESS) };
}
