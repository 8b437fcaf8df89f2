//! Memory that the X server writes pixels into.

use super::super::Error;
use super::connection::Connection;
use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};
use std::sync::Arc;
use visavis_model::Rect;
use x11rb::connection::Connection as _;
use x11rb::protocol::shm::{self, Seg};
use x11rb::protocol::xproto::{Drawable, ImageFormat};

/// A piece of memory of ours, attached by the server.
pub struct Segment {
    connection: Arc<Connection>,
    id: Seg,
    start: *mut u8,
    length: usize,
}

// SAFETY: the memory belongs to this value alone, as far as this process goes; it is reached through `&mut self`.
unsafe impl Send for Segment {}

impl Segment {
    pub fn new(connection: Arc<Connection>, length: usize) -> Result<Self, Error> {
        let failed = |error: rustix::io::Errno| Error::Failed(format!("shared memory: {error}"));
        let length = length.max(4096);
        let file = memfd_create("visavis-screen", MemfdFlags::CLOEXEC).map_err(failed)?;
        ftruncate(&file, length as u64).map_err(failed)?;
        // SAFETY: a new mapping at a place that the system chooses; the file is as long as the mapping, and nobody shortens it.
        let start = unsafe {
            mmap(std::ptr::null_mut(), length, ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED, &file, 0)
        }
        .map_err(failed)?;
        let id = connection.x.generate_id()?;
        let segment = Self { connection, id, start: start.cast(), length };
        shm::attach_fd(&segment.connection.x, id, file, false)?.check()?;
        Ok(segment)
    }

    pub const fn length(&self) -> usize {
        self.length
    }

    /// Asks for the pixels of all `parts` of `drawable`, whose upper left corner is at `from`, and hands each over: four bytes a
    /// pixel, rows without padding. As many as fit are asked for at once.
    pub fn read(
        &mut self,
        drawable: Drawable,
        from: (i32, i32),
        parts: &[Rect],
        mut take: impl FnMut(Rect, &[u8]),
    ) -> Result<(), Error> {
        let mut left = parts;
        while !left.is_empty() {
            let mut offset = 0;
            let mut asked = Vec::new();
            for part in left {
                let bytes = part.size().area() as usize * 4;
                if offset + bytes > self.length {
                    break;
                }
                let (Ok(x), Ok(y), Ok(width), Ok(height)) = (
                    i16::try_from(from.0 + part.x),
                    i16::try_from(from.1 + part.y),
                    u16::try_from(part.width),
                    u16::try_from(part.height),
                ) else {
                    return Err(Error::Failed("a place that X11 does not know".into()));
                };
                let format = ImageFormat::Z_PIXMAP.into();
                let x11 = &self.connection.x;
                let cookie = shm::get_image(x11, drawable, x, y, width, height, !0, format, self.id, offset as u32)?;
                asked.push((*part, offset, bytes, cookie));
                offset += bytes;
            }
            if asked.is_empty() {
                return Err(Error::Failed("larger than its memory".into()));
            }
            left = &left[asked.len()..];
            for (part, offset, bytes, cookie) in asked {
                let reply = cookie.reply()?;
                if !matches!(reply.depth, 24 | 32) || reply.size as usize != bytes {
                    return Err(Error::Pixels(format!("{} bits", reply.depth)));
                }
                // SAFETY: within the mapping (checked above), and the server has written it: its reply came. It writes there
                // again only when it is asked to, which takes `&mut self`.
                let pixels = unsafe { std::slice::from_raw_parts(self.start.add(offset), bytes) };
                take(part, pixels);
            }
        }
        Ok(())
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        if let Ok(cookie) = shm::detach(&self.connection.x, self.id) {
            cookie.ignore_error();
        }
        let _ = self.connection.x.flush();
        // SAFETY: the mapping of `new`, to which nothing points any more.
        let _ = unsafe { munmap(self.start.cast(), self.length) };
    }
}
