//! Which local addresses get sockets.

use crate::options::BindPolicy;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

/// The addresses of this machine's interfaces that `policy` allows, port 0 (any).
///
/// Where no interface is found, the IPv4 wildcard: the connection can still come up over a relay.
pub(crate) fn local_addresses(policy: BindPolicy) -> Vec<SocketAddr> {
    let found = rtc::shared::ifaces::ifaces().unwrap_or_default();
    let mut addresses =
        usable(found.into_iter().filter_map(|interface| interface.addr).map(|address| address.ip()), policy);
    if addresses.is_empty() {
        addresses.push(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    }
    addresses.into_iter().map(|address| SocketAddr::new(address, 0)).collect()
}

/// The same addresses with a free port each from `first` to `last`, the search begun at the `offset`th; those for which none is free
/// keep port 0.
pub(crate) fn with_ports(addresses: Vec<SocketAddr>, (first, last): (u16, u16), offset: usize) -> Vec<SocketAddr> {
    let count = usize::from(last.saturating_sub(first)) + 1;
    let mut next = offset;
    let is_free = |address: &SocketAddr| UdpSocket::bind(address).is_ok();
    let give = |address: SocketAddr| {
        let tried = (next..next + count).map(|number| {
            // Below `count`, which is 65536 at most.
            (number, SocketAddr::new(address.ip(), first.saturating_add((number % count) as u16)))
        });
        match tried.clone().find(|(_, address)| is_free(address)) {
            Some((number, found)) => {
                next = number + 1;
                found
            }
            None => address,
        }
    };
    addresses.into_iter().map(give).collect()
}

fn usable(addresses: impl Iterator<Item = IpAddr>, policy: BindPolicy) -> Vec<IpAddr> {
    let mut usable = Vec::new();
    for address in addresses {
        let allowed = match address {
            IpAddr::V4(v4) => !v4.is_unspecified() && !v4.is_link_local(),
            IpAddr::V6(v6) => policy.ipv6 && !v6.is_unspecified() && !v6.is_unicast_link_local(),
        };
        if allowed && (policy.loopback || !address.is_loopback()) && !usable.contains(&address) {
            usable.push(address);
        }
    }
    usable
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pick(policy: BindPolicy) -> Vec<String> {
        let all = ["127.0.0.1", "::1", "10.1.2.3", "10.1.2.3", "169.254.7.7", "fe80::1", "2001:db8::5"];
        let addresses = all.iter().map(|text| text.parse().expect("an address"));
        usable(addresses, policy).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn link_local_never_and_loopback_only_when_allowed() {
        assert_eq!(pick(BindPolicy::default()), ["10.1.2.3", "2001:db8::5"]);
        assert_eq!(
            pick(BindPolicy { loopback: true, ipv6: false, ..BindPolicy::default() }),
            ["127.0.0.1", "10.1.2.3"]
        );
    }

    #[test]
    fn ports_are_of_the_range_and_free() {
        let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let here: SocketAddr = "127.0.0.1:0".parse().unwrap();
        assert_eq!(with_ports(vec![here], (port, port), 0), [here], "none is free");
        let last = port.saturating_add(20);
        let ports: Vec<_> = with_ports(vec![here, here], (port, last), 21).iter().map(SocketAddr::port).collect();
        assert!(ports[0] != ports[1] && ports.iter().all(|found| (port + 1..=last).contains(found)), "{ports:?}");
    }

    #[test]
    fn this_machine_has_loopback() {
        let addresses = local_addresses(BindPolicy { loopback: true, ..BindPolicy::default() });
        assert!(addresses.iter().any(|address| address.ip().is_loopback()));
    }
}
