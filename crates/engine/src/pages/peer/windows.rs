//! Windows: the process of a connection's other end stands in a table; where several people work on one computer (a terminal server),
//! each has a session of their own.

use std::net::{IpAddr, SocketAddr};
use windows_sys::Win32::Foundation::{ERROR_INSUFFICIENT_BUFFER, NO_ERROR};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    GetExtendedTcpTable, MIB_TCPROW_OWNER_PID, TCP_TABLE_OWNER_PID_CONNECTIONS,
};
use windows_sys::Win32::Networking::WinSock::AF_INET;
use windows_sys::Win32::System::RemoteDesktop::ProcessIdToSessionId;

/// The table may grow between two calls.
const ATTEMPTS: usize = 4;

/// Whether a program of the same session has the end `peer` of the connection to `own`.
pub fn is_ours(peer: SocketAddr, own: SocketAddr) -> bool {
    let session = table().and_then(|table| owner(&table, peer, own)).and_then(session);
    session.is_some() && session == self::session(std::process::id())
}

/// The process whose end of the connection is `peer`.
fn owner(table: &[MIB_TCPROW_OWNER_PID], peer: SocketAddr, own: SocketAddr) -> Option<u32> {
    let (from, to) = (spelt(peer)?, spelt(own)?);
    let is_it = |row: &&MIB_TCPROW_OWNER_PID| {
        // Of a port only the lower half counts, in the network's order.
        let port = |port: u32| port & 0xffff;
        (row.dwLocalAddr, port(row.dwLocalPort)) == from && (row.dwRemoteAddr, port(row.dwRemotePort)) == to
    };
    table.iter().find(is_it).map(|row| row.dwOwningPid)
}

fn spelt(address: SocketAddr) -> Option<(u32, u32)> {
    let IpAddr::V4(ip) = address.ip() else { return None };
    Some((u32::from_ne_bytes(ip.octets()), u32::from(address.port().to_be())))
}

fn table() -> Option<Vec<MIB_TCPROW_OWNER_PID>> {
    let mut size = 0;
    let mut words: Vec<u32> = Vec::new();
    for _ in 0..ATTEMPTS {
        // SAFETY: the buffer has `size` octets, aligned for the table's numbers, which are all of four octets.
        let answer = unsafe {
            let class = TCP_TABLE_OWNER_PID_CONNECTIONS;
            GetExtendedTcpTable(words.as_mut_ptr().cast(), &raw mut size, 0, u32::from(AF_INET), class, 0)
        };
        match answer {
            NO_ERROR => return Some(rows(&words)),
            ERROR_INSUFFICIENT_BUFFER => words = vec![0; size as usize / 4 + 64],
            _ => return None,
        }
        size = u32::try_from(words.len() * 4).ok()?;
    }
    None
}

/// How many there are, and six numbers each.
fn rows(words: &[u32]) -> Vec<MIB_TCPROW_OWNER_PID> {
    let Some((&count, rows)) = words.split_first() else { return Vec::new() };
    let row = |row: &[u32; 6]| MIB_TCPROW_OWNER_PID {
        dwState: row[0],
        dwLocalAddr: row[1],
        dwLocalPort: row[2],
        dwRemoteAddr: row[3],
        dwRemotePort: row[4],
        dwOwningPid: row[5],
    };
    rows.as_chunks().0.iter().take(count as usize).map(row).collect()
}

fn session(process: u32) -> Option<u32> {
    let mut session = 0;
    // SAFETY: the number lives until the call is over.
    (unsafe { ProcessIdToSessionId(process, &raw mut session) } != 0).then_some(session)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_of_ours_is_ours() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let _near = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (far, peer) = listener.accept().unwrap();
        let own = far.local_addr().unwrap();
        assert_eq!(owner(&table().unwrap(), peer, own), Some(std::process::id()));
        assert!(is_ours(peer, own));
        assert!(!is_ours("127.0.0.1:1".parse().unwrap(), own));
    }
}
