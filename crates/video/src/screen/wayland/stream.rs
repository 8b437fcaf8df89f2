//! A stream of pictures from PipeWire. The newest one waits until it is taken; those that came before it go back at once, so that
//! whoever gives them never runs out.

use super::super::Error;
use super::Told;
use super::format::{FORMAT, Format, IN_MEMORY, META_CROP, META_HEADER, answers, wanted};
use super::frame::Layout;
use super::library::{
    Buffer, CHUNK_CORRUPTED, Context, Core, DIRECTION_INPUT, FLAGS, Functions, HEADER_CORRUPTED, Hook, Loop, Meta,
    Region, STATE_ERROR, STATE_UNCONNECTED, StreamEvents, StreamHandle, functions,
};
use super::pod::{LARGEST, Object};
use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::os::fd::{IntoRawFd as _, OwnedFd};
use std::sync::mpsc::Sender;

/// What the session's other programs see of us.
const NAME: &CStr = c"visavis-screen";
const PROPERTIES: &CStr = c"media.type=Video media.category=Capture media.role=Screen";

/// What its thread calls; reads and writes it under the loop's lock alone.
static EVENTS: StreamEvents = StreamEvents {
    version: 0,
    destroy: None,
    state_changed: Some(state_changed),
    control_info: None,
    io_changed: None,
    param_changed: Some(param_changed),
    add_buffer: None,
    remove_buffer: Some(remove_buffer),
    process: Some(process),
    drained: None,
};

/// What the callbacks know: touched with the loop's lock held, which its own thread has whenever it calls.
struct Held {
    functions: Functions,
    stream: Cell<StreamHandle>,
    format: Cell<Option<Format>>,
    newest: Cell<*mut Buffer>,
    tell: Sender<Told>,
    hook: Cell<Hook>,
}

/// Dropping it ends it.
pub struct Stream {
    functions: Functions,
    looped: Loop,
    context: Context,
    core: Core,
    /// Behind a pointer of its own: the callbacks hold its address. Made from a box, and given back as one.
    held: *mut Held,
}

// SAFETY: what is behind the pointers is used by this thread and the loop's in turns, by the loop's lock.
unsafe impl Send for Stream {}

impl Stream {
    /// Connects to PipeWire through `remote`, and to what gives the pictures there.
    pub fn open(remote: OwnedFd, node: u32, tell: Sender<Told>) -> Result<Self, Error> {
        let f = functions()?;
        let failed = |what: &str| Error::Failed(format!("PipeWire: {what}"));
        // SAFETY: the functions are those of the library, called in the order that it asks for; whatever was made until a failure is
        // given back when the unfinished stream is dropped.
        unsafe {
            let none = std::ptr::null_mut();
            let looped = (f.pw_thread_loop_new)(NAME.as_ptr(), std::ptr::null());
            if looped.is_null() {
                return Err(failed("no loop"));
            }
            let held = Box::into_raw(Box::new(Held {
                functions: f,
                stream: Cell::new(none),
                format: Cell::new(None),
                newest: Cell::new(std::ptr::null_mut()),
                tell,
                hook: Cell::new(Hook::new()),
            }));
            let mut stream = Self { functions: f, looped, context: none, core: none, held };
            stream.context = (f.pw_context_new)((f.pw_thread_loop_get_loop)(looped), none, 0);
            if stream.context.is_null() {
                return Err(failed("no context"));
            }
            if (f.pw_thread_loop_start)(looped) < 0 {
                return Err(failed("no thread"));
            }
            stream.locked(|stream| {
                stream.core = (f.pw_context_connect_fd)(stream.context, remote.into_raw_fd(), none, 0);
                if stream.core.is_null() {
                    return Err(failed("no connection"));
                }
                let properties = (f.pw_properties_new_string)(PROPERTIES.as_ptr());
                let handle = (f.pw_stream_new)(stream.core, NAME.as_ptr(), properties);
                if handle.is_null() {
                    return Err(failed("no stream"));
                }
                let held = &*stream.held;
                held.stream.set(handle);
                (f.pw_stream_add_listener)(handle, held.hook.as_ptr(), &raw const EVENTS, stream.held.cast());
                let formats = wanted();
                let code =
                    (f.pw_stream_connect)(handle, DIRECTION_INPUT, node, FLAGS, [formats.as_ptr()].as_mut_ptr(), 1);
                if code < 0 { Err(failed(&format!("no stream ({code})"))) } else { Ok(()) }
            })?;
            Ok(stream)
        }
    }

    /// Looks at the newest picture, which goes back then. `None` where there is none, or none that can be read.
    pub fn take<T>(&mut self, look: impl FnOnce(Layout, &[u8]) -> T) -> Option<T> {
        self.locked(|stream| {
            // SAFETY: made in `open`, given back in `drop`; the lock is held.
            let held = unsafe { &*stream.held };
            let buffer = held.newest.replace(std::ptr::null_mut());
            if buffer.is_null() {
                return None;
            }
            // SAFETY: it was dequeued, has not gone back, and is not removed while the lock is held.
            let seen = unsafe { picture(buffer, held.format.get()) }.map(|(layout, octets)| look(layout, octets));
            held.give_back(buffer);
            seen
        })
    }

    fn locked<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> T {
        // SAFETY: the loop lives as long as this does, and its thread is not this one.
        unsafe { (self.functions.pw_thread_loop_lock)(self.looped) };
        let done = act(self);
        // SAFETY: as above.
        unsafe { (self.functions.pw_thread_loop_unlock)(self.looped) };
        done
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let f = self.functions;
        // SAFETY: once the thread has ended nothing is called any more; then everything goes in the order opposite to its coming.
        unsafe {
            (f.pw_thread_loop_stop)(self.looped);
            let stream = (*self.held).stream.replace(std::ptr::null_mut());
            if !stream.is_null() {
                (f.pw_stream_destroy)(stream);
            }
            if !self.core.is_null() {
                (f.pw_core_disconnect)(self.core);
            }
            if !self.context.is_null() {
                (f.pw_context_destroy)(self.context);
            }
            (f.pw_thread_loop_destroy)(self.looped);
            drop(Box::from_raw(self.held));
        }
    }
}

impl Held {
    fn give_back(&self, buffer: *mut Buffer) {
        // SAFETY: it is one of this stream's, and was dequeued.
        unsafe { (self.functions.pw_stream_queue_buffer)(self.stream.get(), buffer) };
    }

    fn say(&self, told: Told) {
        // Whoever does not listen any more is about to end the stream.
        let _ = self.tell.send(told);
    }
}

/// The picture in a buffer and the memory that it is in.
///
/// # Safety
/// The buffer is one that the library gave, and is ours for as long as what is returned is used.
unsafe fn picture<'a>(buffer: *const Buffer, format: Option<Format>) -> Option<(Layout, &'a [u8])> {
    // SAFETY: by the contract above; every pointer that may be absent is looked at first.
    unsafe {
        let buffer = (*buffer).buffer.as_ref()?;
        let data = (buffer.datas_count > 0).then_some(buffer.datas)?.as_ref()?;
        let chunk = *data.chunk.as_ref()?;
        if chunk.flags & CHUNK_CORRUPTED != 0
            || chunk.size == 0
            || data.data.is_null()
            || !IN_MEMORY.contains(&data.kind)
        {
            return None;
        }
        let header = meta(buffer.metas, buffer.metas_count, META_HEADER, size_of::<u32>());
        if header.is_some_and(|flags| *flags.cast::<u32>() & HEADER_CORRUPTED != 0) {
            return None;
        }
        let crop = meta(buffer.metas, buffer.metas_count, META_CROP, size_of::<Region>());
        let layout = Layout::of(format?, chunk, data.length, crop.map(|region| *region.cast::<Region>()))?;
        Some((layout, std::slice::from_raw_parts(data.data.cast(), data.length as usize)))
    }
}

/// What comes with a picture, of this kind and at least so long.
///
/// # Safety
/// As many are there as `count` says.
unsafe fn meta(metas: *const Meta, count: u32, kind: u32, size: usize) -> Option<*const c_void> {
    if metas.is_null() {
        return None;
    }
    // SAFETY: by the contract above.
    let metas = unsafe { std::slice::from_raw_parts(metas, count as usize) };
    let found = metas.iter().find(|meta| meta.kind == kind && meta.size as usize >= size && !meta.data.is_null())?;
    Some(found.data)
}

unsafe extern "C" fn process(data: *mut c_void) {
    // SAFETY: it is what `open` gave, which outlives the loop's thread.
    let held = unsafe { &*data.cast::<Held>() };
    let mut came = false;
    loop {
        // SAFETY: the stream is there as long as it calls.
        let buffer = unsafe { (held.functions.pw_stream_dequeue_buffer)(held.stream.get()) };
        if buffer.is_null() {
            break;
        }
        // SAFETY: it is ours from its dequeuing on.
        if unsafe { picture(buffer, held.format.get()) }.is_none() {
            // One that tells of the pointer alone, or was not finished: the one of before stays the newest.
            held.give_back(buffer);
            continue;
        }
        let before = held.newest.replace(buffer);
        if !before.is_null() {
            held.give_back(before);
        }
        came = true;
    }
    if came {
        held.say(Told::Picture);
    }
}

unsafe extern "C" fn param_changed(data: *mut c_void, id: u32, param: *const u64) {
    if id != FORMAT {
        return;
    }
    // SAFETY: as in `process`.
    let held = unsafe { &*data.cast::<Held>() };
    let before = held.newest.replace(std::ptr::null_mut());
    if !before.is_null() {
        held.give_back(before);
    }
    held.format.set(None);
    if param.is_null() {
        return;
    }
    // SAFETY: the first four octets are the length of what follows the first eight.
    let octets = unsafe {
        let length = 8 + *param.cast::<u32>() as usize;
        std::slice::from_raw_parts(param.cast::<u8>(), length.min(LARGEST))
    };
    let Some(format) = Format::read(octets) else {
        return held.say(Told::Ended(Error::Pixels("another format than was asked for".into())));
    };
    tracing::debug!(size = %format.size, order = ?format.order, "the format of the screen");
    held.format.set(Some(format));
    let answers = answers();
    let mut pointers: Vec<_> = answers.iter().map(Object::as_ptr).collect();
    // SAFETY: they are objects as the library reads them, and are read before the call returns.
    unsafe {
        (held.functions.pw_stream_update_params)(held.stream.get(), pointers.as_mut_ptr(), pointers.len() as u32)
    };
}

unsafe extern "C" fn remove_buffer(data: *mut c_void, buffer: *mut Buffer) {
    // SAFETY: as in `process`.
    let held = unsafe { &*data.cast::<Held>() };
    if held.newest.get() == buffer {
        held.newest.set(std::ptr::null_mut());
    }
}

unsafe extern "C" fn state_changed(data: *mut c_void, _old: c_int, state: c_int, error: *const c_char) {
    // SAFETY: as in `process`.
    let held = unsafe { &*data.cast::<Held>() };
    tracing::debug!(state, "the stream of the screen");
    match state {
        STATE_ERROR if held.format.get().is_none() => {
            // SAFETY: where there is a text, it ends with nought.
            let words = if error.is_null() { c"" } else { unsafe { CStr::from_ptr(error) } };
            held.say(Told::Ended(Error::Failed(format!("PipeWire: {}", words.to_string_lossy()))));
        }
        // What gave the pictures is gone, or so is PipeWire.
        STATE_ERROR | STATE_UNCONNECTED => held.say(Told::Ended(Error::Ended)),
        _ => {}
    }
}
