//! Every packet of a namespace, by tcpdump: who was contacted.

use super::ServerError;
use super::namespace::Namespace;
use crate::process::Process;
use crate::wait;
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;

const READY: Duration = Duration::from_secs(20);
/// Packets are told with a little delay.
const SETTLE: Duration = Duration::from_millis(500);

/// A running capture; stopped when dropped.
pub struct Capture {
    process: Process,
}

impl Capture {
    /// # Errors
    /// tcpdump is not installed, or may not look.
    pub fn start(namespace: &Namespace, folder: &Path) -> Result<Self, ServerError> {
        let mut command = namespace.command("tcpdump");
        command.args(["-i", "any", "-nn", "-l", "--immediate-mode", "-s", "128", "ip or ip6"]);
        let process = Process::start("tcpdump", &mut command, &folder.join("packets.log"))?;
        let ready =
            wait::until("tcpdump's readiness", READY, || process.log_text().contains("listening on").then_some(()));
        match ready {
            Ok(()) => Ok(Self { process }),
            Err(_) => Err(ServerError::Start { what: "tcpdump".to_owned(), words: process.log_text() }),
        }
    }

    /// Everybody to whom `from` sent something so far, with the port; 0 where there is none (ICMP). How often it was is not told.
    pub fn contacted(&self, from: IpAddr) -> BTreeSet<SocketAddr> {
        std::thread::sleep(SETTLE);
        self.process
            .log_text()
            .lines()
            .filter_map(packet)
            .filter(|(source, _)| source.ip() == from)
            .map(|(_, to)| to)
            .collect()
    }
}

/// Source and destination of a line of tcpdump's: `12:00:00.0 up Out IP 10.99.0.1.40000 > 10.99.0.254.3128: Flags …`.
fn packet(line: &str) -> Option<(SocketAddr, SocketAddr)> {
    let (source, rest) = line.split_once(" > ")?;
    let source = source.rsplit(' ').next()?;
    let destination = rest.split(": ").next()?;
    Some((address(source)?, address(destination)?))
}

/// `10.99.0.1.40000`, `fe80::1.5353`, or an address alone.
fn address(text: &str) -> Option<SocketAddr> {
    if let Ok(alone) = text.parse() {
        return Some(SocketAddr::new(alone, 0));
    }
    let (host, port) = text.rsplit_once('.')?;
    Some(SocketAddr::new(host.parse().ok()?, port.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tcpdump_is_understood() {
        let of = |line| packet(line).map(|(from, to)| (from.to_string(), to.to_string()));
        let is = |from: &str, to: &str| Some((from.to_owned(), to.to_owned()));
        assert_eq!(
            of("12:00:00.000001 up    Out IP 10.99.0.1.40000 > 10.99.0.254.53: 4660+ A? stun.l.google.com. (35)"),
            is("10.99.0.1:40000", "10.99.0.254:53")
        );
        assert_eq!(
            of("12:00:00.000001 up    Out IP 10.99.0.1 > 10.99.0.254: ICMP echo request, id 1, seq 1, length 64"),
            is("10.99.0.1:0", "10.99.0.254:0")
        );
        assert_eq!(
            of("12:00:00.1 up M IP6 fe80::1.5353 > ff02::fb.5353: 0 [2q] PTR"),
            is("[fe80::1]:5353", "[ff02::fb]:5353")
        );
        assert_eq!(of("tcpdump: listening on any"), None);
    }
}
