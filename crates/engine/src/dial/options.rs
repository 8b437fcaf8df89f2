//! What the organisation, or the person, says about the network.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use visavis_provider::{AllowedHosts, Secret};

/// How the network is used. New connections follow a change at once; what is open stays as it is, but for a meeting with a
/// host that is not allowed any more, which is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkOptions {
    /// The hosts that may be contacted at all, whoever asks for them. What a session contacts must besides be its own: its link's.
    pub allowed: AllowedHosts,
    /// Where the pages of a window that signs in may go, and what they embed: felt by a window that is open, too.
    pub pages: AllowedHosts,
    pub proxy: ProxyOptions,
    /// Files of further authorities, PEM (any number in each) or DER. One that cannot be read is left out, and connections that need
    /// it fail and say so ([`crate::read_roots`] tells which and why).
    pub extra_roots: Vec<PathBuf>,
    /// Whether the operating system's authorities count; else only `extra_roots` do.
    pub use_system_trust: bool,
    /// Of meetings that begin from now on.
    pub ice: IcePolicy,
    /// Local ports of the media's UDP sockets, of meetings that begin from now on; where none of them is free, any. A meeting takes one
    /// port for each local address of both its peer connections.
    pub udp_ports: Option<RangeInclusive<u16>>,
}

impl Default for NetworkOptions {
    fn default() -> Self {
        Self {
            allowed: AllowedHosts::any(),
            pages: AllowedHosts::any(),
            proxy: ProxyOptions::System,
            extra_roots: Vec::new(),
            use_system_trust: true,
            ice: IcePolicy::All,
            udp_ports: None,
        }
    }
}

/// Which proxy leads out of the network. What is on this machine is reached without one, unless the exceptions hold `<-loopback>`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ProxyOptions {
    /// What the environment says (`https_proxy`, `all_proxy`, `no_proxy`), else what the desktop or the operating system says.
    #[default]
    System,
    /// None.
    Direct,
    /// This one, as `host:port`, `http://host:port` or `https://host:port`, before the host `user:password@` where it asks for them.
    /// One that cannot be read leads nowhere: connections fail rather than go round it.
    Fixed {
        server: Secret,
        /// As in `no_proxy`: see [`crate::dial::proxy::Exceptions`].
        exceptions: Vec<String>,
    },
}

/// Over which paths media may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IcePolicy {
    #[default]
    All,
    /// Over a TURN server alone.
    Relay,
}
