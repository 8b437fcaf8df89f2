//! Whose program is at the other end of a connection within this computer.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
pub(super) use linux::is_ours;
#[cfg(windows)]
pub(super) use windows::is_ours;

/// Elsewhere it is not looked at.
#[cfg(not(any(target_os = "linux", windows)))]
pub(super) fn is_ours(peer: std::net::SocketAddr, _: std::net::SocketAddr) -> bool {
    peer.ip().is_loopback()
}
