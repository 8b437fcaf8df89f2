//! Wakes the crate's driver, which sleeps until its own timers or sockets.

use rtc::rtcp;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_remote::TrackRemote;

/// Anything through which an RTCP packet can be written.
#[derive(Clone)]
enum Handle {
    Local(Arc<dyn TrackLocal>),
    Remote(Arc<dyn TrackRemote>),
}

impl Handle {
    async fn write(&self) -> bool {
        let nothing: Vec<Box<dyn rtcp::Packet>> = Vec::new();
        match self {
            Self::Local(track) => track.write_rtcp(nothing).await.is_ok(),
            Self::Remote(track) => track.write_rtcp(nothing).await.is_ok(),
        }
    }
}

/// An empty RTCP packet passes every stage (each sends what is due) and is swallowed by the lowest.
#[derive(Clone, Default)]
pub(crate) struct Waker {
    handles: Arc<Mutex<Vec<Handle>>>,
    notify: Arc<Notify>,
}

impl Waker {
    pub fn notify(&self) -> Arc<Notify> {
        Arc::clone(&self.notify)
    }

    pub fn local(&self, track: Arc<dyn TrackLocal>) {
        self.add(Handle::Local(track));
    }

    pub fn remote(&self, track: Arc<dyn TrackRemote>) {
        self.add(Handle::Remote(track));
    }

    /// The track is no longer sent: writing through it fails, which says nothing of the driver.
    pub fn forget(&self, track: &Arc<dyn TrackLocal>) {
        self.handles
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|handle| !matches!(handle, Handle::Local(local) if Arc::ptr_eq(local, track)));
    }

    /// False where the crate's driver has ended by itself (a panic in it ends it silently): nothing can be written any more.
    pub async fn is_alive(&self) -> bool {
        let newest = self.handles.lock().unwrap_or_else(PoisonError::into_inner).last().cloned();
        match newest {
            Some(handle) => handle.write().await,
            None => true,
        }
    }

    fn add(&self, handle: Handle) {
        let mut handles = self.handles.lock().unwrap_or_else(PoisonError::into_inner);
        // One is enough; a few are kept for when tracks go.
        if handles.len() >= 4 {
            handles.remove(0);
        }
        handles.push(handle);
    }

    /// Runs until aborted. `ready`: the connection is up; before that an empty packet would be an error in the crate's log.
    pub async fn run(self, ready: impl Fn() -> bool) {
        loop {
            self.notify.notified().await;
            if !ready() {
                continue;
            }
            let newest = self.handles.lock().unwrap_or_else(PoisonError::into_inner).last().cloned();
            if let Some(handle) = newest {
                // Fails only where the driver has ended, which the peer's task looks for.
                handle.write().await;
            }
        }
    }
}
