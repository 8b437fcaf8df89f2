//! Buffers that are used again.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

/// A pool of byte buffers. Buffers come back when dropped, at most `keep` wait for reuse.
///
/// Content of a reused buffer is whatever was there before. Shared by cloning.
#[derive(Clone, Debug)]
pub struct Pool {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    free: Mutex<Vec<Vec<u8>>>,
    keep: usize,
}

impl Pool {
    /// `keep`: how many free buffers may wait.
    pub fn new(keep: usize) -> Self {
        Self { shared: Arc::new(Shared { free: Mutex::new(Vec::with_capacity(keep)), keep }) }
    }

    /// A buffer of exactly `len` bytes.
    pub fn take(&self, len: usize) -> Pooled {
        let mut data = self.shared.free.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        // A buffer that was made for a much larger picture is not kept for small ones.
        if data.capacity() > len.saturating_mul(4).max(64 * 1024) {
            data = Vec::new();
        }
        data.resize(len, 0);
        Pooled { data, home: Some(Arc::clone(&self.shared)) }
    }
}

/// A buffer on loan from a [`Pool`], or one of its own.
#[derive(Debug)]
pub struct Pooled {
    data: Vec<u8>,
    home: Option<Arc<Shared>>,
}

impl Pooled {
    /// A buffer that belongs to no pool.
    pub const fn unpooled(data: Vec<u8>) -> Self {
        Self { data, home: None }
    }
}

impl Deref for Pooled {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.data
    }
}

impl DerefMut for Pooled {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.data
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        if let Some(home) = self.home.take() {
            let mut free = home.free.lock().unwrap_or_else(PoisonError::into_inner);
            if free.len() < home.keep {
                free.push(std::mem::take(&mut self.data));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_buffer_is_used_again() {
        let pool = Pool::new(2);
        let first = pool.take(1000);
        let address = first.as_ptr();
        drop(first);
        assert_eq!(pool.take(1000).as_ptr(), address);
    }

    #[test]
    fn no_more_are_kept_than_asked() {
        let pool = Pool::new(1);
        let (a, b) = (pool.take(10), pool.take(10));
        drop((a, b));
        assert_eq!(pool.shared.free.lock().expect("not poisoned").len(), 1);
    }
}
