//! Linux: whose a connection's other end is stands in a table (proc(5), `/proc/PID/net/tcp`).

use std::net::{IpAddr, SocketAddr};

/// Whether the same person's program has the end `peer` of the connection to `own`.
pub fn is_ours(peer: SocketAddr, own: SocketAddr) -> bool {
    let owner = owner(peer, own);
    owner.is_some() && owner == self::own()
}

/// Number of this program's person, as the kernel counts them here.
fn own() -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").ok().map(|of| of.uid())
}

/// Number of the person whose connection leads from `peer` to `own`.
fn owner(peer: SocketAddr, own: SocketAddr) -> Option<u32> {
    find(&std::fs::read_to_string("/proc/self/net/tcp").ok()?, peer, own)
}

fn find(table: &str, peer: SocketAddr, own: SocketAddr) -> Option<u32> {
    let (from, to) = (spelt(peer)?, spelt(own)?);
    table.lines().skip(1).find_map(|line| {
        let words: Vec<_> = line.split_ascii_whitespace().collect();
        let is_it = words.get(1) == Some(&from.as_str()) && words.get(2) == Some(&to.as_str());
        words.get(7).filter(|_| is_it)?.parse().ok()
    })
}

/// As the table has it: the address as the machine's own number, the port as one of the network.
fn spelt(address: SocketAddr) -> Option<String> {
    let IpAddr::V4(ip) = address.ip() else { return None };
    Some(format!("{:08X}:{:04X}", u32::from_ne_bytes(ip.octets()), address.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_of_ours_is_ours() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let near = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (far, peer) = listener.accept().unwrap();
        let own = far.local_addr().unwrap();
        assert_eq!((owner(peer, own), near.local_addr().unwrap()), (super::own(), peer));
        assert!(super::own().is_some() && is_ours(peer, own));
        let nobody = "127.0.0.1:1".parse().unwrap();
        assert!(owner(nobody, own).is_none() && !is_ours(nobody, own));
    }

    #[test]
    fn the_table_is_read_by_both_ends() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
                     0: 0100007F:1F87 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1001        0 1 1 x\n   \
                     1: 0100007F:C350 0100007F:1F87 01 00000000:00000000 00:00000000 00000000  1000        0 2 1 x\n";
        let at = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
        if cfg!(target_endian = "little") {
            assert_eq!(find(table, at(50_000), at(8071)), Some(1000));
            assert_eq!(find(table, at(50_001), at(8071)), None);
        }
    }
}
