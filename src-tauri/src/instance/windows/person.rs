//! Who a process belongs to, and a pipe for that person alone.

use std::ffi::c_void;
use std::io::{Error, Result};
use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle, RawHandle};
use std::ptr::{null_mut, without_provenance_mut};
use windows_sys::Win32::Foundation::{HANDLE, LocalFree};
use windows_sys::Win32::Security::Authorization::{
    ConvertSidToStringSidW, ConvertStringSecurityDescriptorToSecurityDescriptorW, SDDL_REVISION_1,
};
use windows_sys::Win32::Security::{GetTokenInformation, SECURITY_ATTRIBUTES, TOKEN_QUERY, TOKEN_USER, TokenUser};
use windows_sys::Win32::System::Pipes::GetNamedPipeServerProcessId;
use windows_sys::Win32::System::RemoteDesktop::ProcessIdToSessionId;
use windows_sys::Win32::System::Threading::{
    GetCurrentProcessId, OpenProcess, OpenProcessToken, PROCESS_QUERY_LIMITED_INFORMATION,
};
use windows_sys::Win32::UI::WindowsAndMessaging::AllowSetForegroundWindow;

/// A person, by their security identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person(String);

impl Person {
    pub fn ourselves() -> Result<Self> {
        // SAFETY: asks for a number.
        Self::of_process(unsafe { GetCurrentProcessId() })
    }

    /// Whom a process runs as. Errors: it is another's, and does not tell us.
    pub fn of_process(id: u32) -> Result<Self> {
        // SAFETY: asks for a handle, or for none.
        let process = owned(unsafe { OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, id) })?;
        let mut token: HANDLE = null_mut();
        // SAFETY: the process is open, and the token has its place.
        check(unsafe { OpenProcessToken(process.as_raw_handle(), TOKEN_QUERY, &mut token) })?;
        let token = owned(token)?;
        // A `TOKEN_USER` with its identifier behind it (68 octets at most), as aligned as its pointer.
        let mut user = [0_u64; 32];
        let mut length = 0;
        // SAFETY: the place is as large as is said.
        check(unsafe {
            GetTokenInformation(
                token.as_raw_handle(),
                TokenUser,
                user.as_mut_ptr().cast(),
                size_of_val(&user) as u32,
                &mut length,
            )
        })?;
        let mut text = null_mut();
        // SAFETY: it was filled in, and its pointer leads into the same place.
        check(unsafe { ConvertSidToStringSidW((*user.as_ptr().cast::<TOKEN_USER>()).User.Sid, &mut text) })?;
        let text = Local(text.cast());
        Ok(Self(text.text()))
    }

    pub fn sid(&self) -> &str {
        &self.0
    }
}

/// Who may open a pipe.
pub struct Access {
    attributes: SECURITY_ATTRIBUTES,
    _descriptor: Local,
}

impl Access {
    pub fn only(person: &Person) -> Result<Self> {
        let words: Vec<u16> = format!("D:P(A;;GA;;;{})", person.0).encode_utf16().chain([0]).collect();
        let mut descriptor = null_mut();
        // SAFETY: the words end with a zero, and the descriptor has its place.
        check(unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorW(
                words.as_ptr(),
                SDDL_REVISION_1,
                &mut descriptor,
                null_mut(),
            )
        })?;
        let attributes = SECURITY_ATTRIBUTES {
            nLength: size_of::<SECURITY_ATTRIBUTES>() as u32,
            lpSecurityDescriptor: descriptor,
            bInheritHandle: 0,
        };
        Ok(Self { attributes, _descriptor: Local(descriptor) })
    }

    /// A `SECURITY_ATTRIBUTES` that lives as long as this.
    pub fn attributes(&self) -> *mut c_void {
        (&raw const self.attributes).cast_mut().cast()
    }
}

/// The session of this process: a person may have several (Remote Desktop), each with its own screen.
pub fn session() -> Result<u32> {
    let mut session = 0;
    // SAFETY: the number has its place.
    check(unsafe { ProcessIdToSessionId(GetCurrentProcessId(), &mut session) })?;
    Ok(session)
}

/// The process that made the pipe at whose other end we are.
pub fn server_of(pipe: RawHandle) -> Result<u32> {
    let mut id = 0;
    // SAFETY: the caller's pipe is open, and the number has its place.
    check(unsafe { GetNamedPipeServerProcessId(pipe, &mut id) })?;
    Ok(id)
}

/// Only who has been clicked on may bring a window to the front: the right is passed on. It is a courtesy, and may fail.
pub fn may_come_to_front(process: u32) {
    // SAFETY: a number.
    unsafe { AllowSetForegroundWindow(process) };
}

/// What the system allocated for us.
struct Local(*mut c_void);

impl Local {
    /// As text that ends with a zero.
    fn text(&self) -> String {
        let text = self.0.cast::<u16>();
        // SAFETY: the system made it, and ended it with a zero.
        let length = (0..).take_while(|at| unsafe { *text.add(*at) } != 0).count();
        // SAFETY: as above.
        String::from_utf16_lossy(unsafe { std::slice::from_raw_parts(text, length) })
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        // SAFETY: from the system, and given back once.
        unsafe { LocalFree(self.0) };
    }
}

fn owned(handle: HANDLE) -> Result<OwnedHandle> {
    if handle.is_null() || handle == without_provenance_mut(usize::MAX) {
        return Err(Error::last_os_error());
    }
    // SAFETY: open, and nobody else's.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle) })
}

fn check(done: i32) -> Result<()> {
    if done == 0 { Err(Error::last_os_error()) } else { Ok(()) }
}
