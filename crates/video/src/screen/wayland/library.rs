//! `libpipewire-0.3` as it lies on this computer, looked for when somebody shares: Visavis starts where there is none.
//!
//! Functions and shapes are those of its headers, which are its lasting interface (`pipewire/stream.h`, `pipewire/thread-loop.h`,
//! `spa/buffer/buffer.h`, `spa/utils/hook.h`); what a newer version adds, it adds behind.

#![allow(dead_code, reason = "much of it is read and written by the library alone")]

use super::super::Error;
use libloading::Library;
use std::ffi::{c_char, c_int, c_void};
use std::sync::OnceLock;

/// The name that stays as long as programs built for it run.
const NAME: &str = "libpipewire-0.3.so.0";

/// Things of the library's own, known by their addresses.
pub type Loop = *mut c_void;
pub type Context = *mut c_void;
pub type Core = *mut c_void;
pub type StreamHandle = *mut c_void;
type Properties = *mut c_void;

/// States of a stream.
pub const STATE_ERROR: c_int = -1;
pub const STATE_UNCONNECTED: c_int = 0;
/// Pictures come to us.
pub const DIRECTION_INPUT: c_int = 0;
/// Connects by itself, maps what is in memory, and ends with what gives the pictures.
pub const FLAGS: c_int = 1 | 1 << 2 | 1 << 7;
/// What is in it is not to be looked at.
pub const CHUNK_CORRUPTED: i32 = 1;
pub const HEADER_CORRUPTED: u32 = 1 << 1;

macro_rules! functions {
    ($($(#[$about:meta])* $name:ident: fn($($of:ty),*) $(-> $gives:ty)?;)*) => {
        /// What we call of it.
        #[derive(Clone, Copy)]
        pub struct Functions {
            $($(#[$about])* pub $name: unsafe extern "C" fn($($of),*) $(-> $gives)?,)*
        }

        impl Functions {
            fn find(library: &Library) -> Result<Self, libloading::Error> {
                // SAFETY: each has the shape that the library's headers give it under this name.
                unsafe { Ok(Self { $($name: *library.get(concat!(stringify!($name), "\0").as_bytes())?,)* }) }
            }
        }
    };
}

functions! {
    pw_init: fn(*mut c_int, *mut *mut *mut c_char);
    pw_properties_new_string: fn(*const c_char) -> Properties;
    pw_thread_loop_new: fn(*const c_char, *const c_void) -> Loop;
    pw_thread_loop_destroy: fn(Loop);
    pw_thread_loop_get_loop: fn(Loop) -> *mut c_void;
    pw_thread_loop_start: fn(Loop) -> c_int;
    pw_thread_loop_stop: fn(Loop);
    pw_thread_loop_lock: fn(Loop);
    pw_thread_loop_unlock: fn(Loop);
    pw_context_new: fn(*mut c_void, Properties, usize) -> Context;
    pw_context_destroy: fn(Context);
    /// Takes the file, also where it fails.
    pw_context_connect_fd: fn(Context, c_int, Properties, usize) -> Core;
    pw_core_disconnect: fn(Core) -> c_int;
    pw_stream_new: fn(Core, *const c_char, Properties) -> StreamHandle;
    pw_stream_destroy: fn(StreamHandle);
    pw_stream_add_listener: fn(StreamHandle, *mut Hook, *const StreamEvents, *mut c_void);
    pw_stream_connect: fn(StreamHandle, c_int, u32, c_int, *mut *const u64, u32) -> c_int;
    pw_stream_update_params: fn(StreamHandle, *mut *const u64, u32) -> c_int;
    pw_stream_dequeue_buffer: fn(StreamHandle) -> *mut Buffer;
    pw_stream_queue_buffer: fn(StreamHandle, *mut Buffer) -> c_int;
}

/// The library, loaded once and for good: it has threads of its own.
pub fn functions() -> Result<Functions, Error> {
    static LOADED: OnceLock<Result<Functions, String>> = OnceLock::new();
    let loaded = LOADED.get_or_init(|| {
        // SAFETY: what it does when it is loaded is what every program that is linked with it goes through.
        let library = unsafe { Library::new(NAME) }.map_err(|error| error.to_string())?;
        let functions = Functions::find(&library).map_err(|error| error.to_string())?;
        std::mem::forget(library);
        // SAFETY: it may be called without arguments, and before everything else.
        unsafe { (functions.pw_init)(std::ptr::null_mut(), std::ptr::null_mut()) };
        Ok(functions)
    });
    loaded.clone().map_err(Error::NoPortal)
}

/// A link of a list of listeners, and what the list keeps there (`struct spa_hook`).
#[repr(C)]
pub struct Hook {
    next: *mut c_void,
    previous: *mut c_void,
    functions: *const c_void,
    data: *mut c_void,
    removed: *const c_void,
    private: *mut c_void,
}

impl Hook {
    pub const fn new() -> Self {
        let (none, nothing) = (std::ptr::null_mut(), std::ptr::null());
        Self { next: none, previous: none, functions: nothing, data: none, removed: nothing, private: none }
    }
}

/// What a stream calls (`struct pw_stream_events`, its first version, which all know).
#[repr(C)]
pub struct StreamEvents {
    pub version: u32,
    pub destroy: Option<unsafe extern "C" fn(*mut c_void)>,
    pub state_changed: Option<unsafe extern "C" fn(*mut c_void, c_int, c_int, *const c_char)>,
    pub control_info: Option<unsafe extern "C" fn(*mut c_void, u32, *const c_void)>,
    pub io_changed: Option<unsafe extern "C" fn(*mut c_void, u32, *mut c_void, u32)>,
    pub param_changed: Option<unsafe extern "C" fn(*mut c_void, u32, *const u64)>,
    pub add_buffer: Option<unsafe extern "C" fn(*mut c_void, *mut Buffer)>,
    pub remove_buffer: Option<unsafe extern "C" fn(*mut c_void, *mut Buffer)>,
    pub process: Option<unsafe extern "C" fn(*mut c_void)>,
    pub drained: Option<unsafe extern "C" fn(*mut c_void)>,
}

/// `struct pw_buffer`, as far as we look.
#[repr(C)]
pub struct Buffer {
    pub buffer: *const SpaBuffer,
}

/// `struct spa_buffer`.
#[repr(C)]
pub struct SpaBuffer {
    pub metas_count: u32,
    pub datas_count: u32,
    pub metas: *const Meta,
    pub datas: *const Data,
}

/// `struct spa_meta`.
#[repr(C)]
pub struct Meta {
    pub kind: u32,
    pub size: u32,
    pub data: *const c_void,
}

/// `struct spa_data`.
#[repr(C)]
pub struct Data {
    pub kind: u32,
    pub flags: u32,
    pub fd: i64,
    pub map_offset: u32,
    pub length: u32,
    pub data: *const c_void,
    pub chunk: *const Chunk,
}

/// `struct spa_chunk`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Chunk {
    pub offset: u32,
    pub size: u32,
    pub stride: i32,
    pub flags: i32,
}

/// `struct spa_region`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Region {
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
}

#[cfg(all(test, target_pointer_width = "64"))]
mod tests {
    use super::*;
    use std::mem::{offset_of, size_of};

    #[test]
    fn shapes_are_those_of_the_headers() {
        assert_eq!(size_of::<Hook>(), 48);
        assert_eq!(offset_of!(StreamEvents, process), 64);
        assert_eq!((offset_of!(SpaBuffer, metas), size_of::<SpaBuffer>()), (8, 24));
        assert_eq!((offset_of!(Data, data), size_of::<Data>()), (24, 40));
        assert_eq!((size_of::<Meta>(), size_of::<Chunk>(), size_of::<Region>()), (16, 16, 16));
    }
}
