//! The network of an administration: a client, a gateway with the only proxy, and what is outside; each a network namespace.

use super::ServerError;
use super::namespace::Namespace;
use std::net::Ipv4Addr;

pub const CLIENT: Ipv4Addr = Ipv4Addr::new(10, 99, 0, 1);
/// As the client sees it.
pub const GATEWAY: Ipv4Addr = Ipv4Addr::new(10, 99, 0, 254);
pub const SERVER: Ipv4Addr = Ipv4Addr::new(10, 98, 0, 2);
const OUTSIDE: Ipv4Addr = Ipv4Addr::new(10, 98, 0, 254);

/// What passes the gateway to the server and back, beside what the proxy carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Udp(u16),
    Tcp(u16),
}

/// Three namespaces in a row; gone with their last user. Needs root rights.
#[derive(Clone, Debug)]
pub struct Corporate {
    pub client: Namespace,
    pub gateway: Namespace,
    pub servers: Namespace,
}

impl Corporate {
    /// A network in which nothing passes the gateway (see [`Self::let_through`]). The client's resolver is the gateway, where nobody answers;
    /// the proxy knows the server by `name`.
    ///
    /// # Errors
    /// No right to make one, or no `ip` and `nft` programs.
    pub fn new(name: &str) -> Result<Self, ServerError> {
        let (client, gateway, servers) = (Namespace::bare()?, Namespace::bare()?, Namespace::bare()?);
        client.write("resolv.conf", &format!("nameserver {GATEWAY}\n"))?;
        for inside in [&gateway, &servers] {
            inside.write("hosts", &format!("127.0.0.1 localhost\n{SERVER} {name}\n"))?;
        }
        client.link(&gateway, ("way", CLIENT), ("inside", GATEWAY))?;
        servers.link(&gateway, ("way", SERVER), ("outside", OUTSIDE))?;
        client.run("route add default via", &GATEWAY.to_string())?;
        servers.run("route add default via", &OUTSIDE.to_string())?;
        gateway.forward()?;
        gateway.rule("add table inet visavis")?;
        gateway.rule("add chain inet visavis forward { type filter hook forward priority 0; policy drop; }")?;
        Ok(Self { client, gateway, servers })
    }

    /// The client knows the server by this name, without asking anybody.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn tell_client(&self, name: &str) -> Result<(), ServerError> {
        self.client.write("hosts", &format!("127.0.0.1 localhost\n{SERVER} {name}\n"))
    }

    /// Opens the gateway for these.
    ///
    /// # Errors
    /// `nft` refuses.
    pub fn let_through(&self, ways: &[Way]) -> Result<(), ServerError> {
        for way in ways {
            let (kind, port) = match way {
                Way::Udp(port) => ("udp", port),
                Way::Tcp(port) => ("tcp", port),
            };
            self.gateway
                .rule(&format!("add rule inet visavis forward ip daddr {SERVER} {kind} dport {port} accept"))?;
            self.gateway
                .rule(&format!("add rule inet visavis forward ip saddr {SERVER} {kind} sport {port} accept"))?;
        }
        Ok(())
    }
}
