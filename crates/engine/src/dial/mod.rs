//! The one place that opens sockets: whether a host may be contacted, how it is found, through which proxy, and whom we trust.
//!
//! HTTP, websockets and what ICE contacts come here ([`Dialer`]); whatever else a network may want (proxy scripts that need our own
//! resolver, Negotiate, TURN over TLS through the proxy) has its place here too.

mod authorities;
mod fault;
mod gate;
mod ice;
mod logins;
mod network;
mod options;
mod policy;
mod probe;
pub mod proxy;
mod race;
mod stream;
mod trust;
mod tunnel;

pub(crate) use fault::{DialError, of_io_error};
pub use gate::Gate;
pub(crate) use logins::{ProxyLogins, forget as forget_proxies};
pub(crate) use network::Network;
pub use options::{IcePolicy, NetworkOptions, ProxyOptions};
pub(crate) use probe::{Probe, Way};
pub(crate) use stream::Stream;
pub use trust::{RootsError, read_roots};

use proxy::{Proxy, Route};
use std::sync::{Arc, PoisonError, RwLock};
use url::Url;
use visavis_provider::{IceServer, ProxyFault, Secret, SocketCause};

/// A host to be reached, as an url names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Target {
    /// Without the brackets of an IPv6 address.
    pub host: String,
    pub port: u16,
    /// TLS is spoken with it.
    pub secure: bool,
}

impl Target {
    /// `None` where the url has no host, or is of no kind that is spoken over a socket of ours.
    pub fn of(url: &Url) -> Option<Self> {
        let secure = match url.scheme() {
            "https" | "wss" => true,
            "http" | "ws" => false,
            _ => return None,
        };
        let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']').to_owned();
        Some(Self { host, port: url.port().unwrap_or(if secure { 443 } else { 80 }), secure })
    }

    /// As `CONNECT` and lists of exceptions spell it.
    pub fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// As people and the policy name it: the port of `https` goes without saying.
    pub fn name(&self) -> String {
        let authority = self.authority();
        authority.strip_suffix(":443").map(str::to_owned).unwrap_or(authority)
    }
}

/// Opens connections for one session, to what its gate lets through. Cheap to clone; clones share the gate.
#[derive(Clone, Debug)]
pub(crate) struct Dialer {
    network: Network,
    /// `None`: for pages of a window that signs in, which go where the policy lets pages go.
    gate: Option<Arc<RwLock<Gate>>>,
}

impl Dialer {
    /// `host`: what the user's link names.
    pub fn new(network: Network, host: &str) -> Self {
        Self { network, gate: Some(Arc::new(RwLock::new(Gate::for_host(host)))) }
    }

    /// For the pages of a window that signs in, and for what they embed: what [`NetworkOptions::pages`] lets through.
    pub fn for_pages(network: Network) -> Self {
        Self { network, gate: None }
    }

    /// The server that the user named says that this host is its own.
    pub fn add(&self, host: &str) {
        if let Some(gate) = &self.gate {
            gate.write().unwrap_or_else(PoisonError::into_inner).add(host);
        }
    }

    /// True where both the link and the policy allow it.
    pub fn allows(&self, url: &Url) -> bool {
        Target::of(url).is_some_and(|target| self.allows_target(&target))
    }

    /// The announced ICE servers that may be contacted.
    pub fn ice_servers(&self, announced: &[IceServer]) -> Vec<IceServer> {
        self.gate().ice_servers(announced, &self.network.options().allowed)
    }

    /// The first of these relays' urls, which were let in once, that may not be contacted any more.
    pub fn refused_relay(&self, let_in: &[String]) -> Option<Target> {
        gate::refused_relay(let_in, &self.network.options().allowed)
    }

    /// A remote description without the candidates that are not contacted.
    pub fn admitted_sdp(&self, sdp: String) -> String {
        self.gate().admitted_sdp(sdp)
    }

    /// Whether a trickled candidate (JSON) may be contacted.
    pub fn admits(&self, candidate: &str) -> bool {
        self.gate().admits(candidate)
    }

    /// A connection to the target, with TLS where the target has it. The time is the caller's to limit.
    pub async fn dial(&self, target: &Target) -> Result<Stream, DialError> {
        let stream = self.reach(target).await?;
        if !target.secure {
            return Ok(stream);
        }
        Ok(Box::new(self.network.encrypt(&target.host, stream, || self.reach(target)).await?))
    }

    /// The same without TLS, which whoever asked speaks itself.
    pub async fn reach(&self, target: &Target) -> Result<Stream, DialError> {
        if !self.allows_target(target) {
            tracing::warn!("a host that neither the user nor the policy allows is not contacted");
            return Err(DialError(SocketCause::Forbidden));
        }
        let mut asked = self.network.route(target).await;
        let route = asked.so_far();
        match self.by(&route, target).await {
            // Somebody may have known better meanwhile.
            Err(error) if route == Route::Direct && error.is_of_the_path() => match asked.in_the_end().await {
                Route::Direct => Err(error),
                late => self.by(&late, target).await,
            },
            outcome => outcome,
        }
    }

    async fn by(&self, route: &Route, target: &Target) -> Result<Stream, DialError> {
        match route {
            Route::Direct => Ok(Box::new(race::connect(&target.host, target.port).await?)),
            Route::Proxy(proxy) => self.through(proxy, target).await,
            Route::Unusable => Err(DialError(SocketCause::Proxy(ProxyFault::Nonsense))),
        }
    }

    /// By what the person has said to this proxy, or else by what it is written with; where it takes neither, by what was kept.
    async fn through(&self, proxy: &Proxy, target: &Target) -> Result<Stream, DialError> {
        let (logins, name) = (self.network.logins(), ProxyLogins::name(proxy));
        let said = logins.known(&name);
        let first = said.as_ref().or(proxy.credentials.as_ref());
        let asks = |error: &DialError| matches!(error.0, SocketCause::Proxy(fault) if fault.asks_who_we_are());
        match self.tunnel(proxy, target, first).await {
            Err(error) if asks(&error) => {
                let Some(kept) = (if said.is_none() { logins.kept(&name).await } else { None }) else {
                    logins.in_vain(&name, first);
                    return Err(error);
                };
                let second = self.tunnel(proxy, target, Some(&kept)).await;
                match &second {
                    Ok(_) => logins.taken(&name, &kept, true),
                    Err(error) if asks(error) => logins.in_vain(&name, Some(&kept)),
                    Err(_) => {}
                }
                second
            }
            outcome => {
                if let (Ok(_), Some(said)) = (&outcome, &said) {
                    logins.taken(&name, said, false);
                }
                outcome
            }
        }
    }

    async fn tunnel(&self, proxy: &Proxy, target: &Target, login: Option<&Secret>) -> Result<Stream, DialError> {
        let stream = connect_to(proxy).await?;
        let stream: Stream = if proxy.secure {
            // A certificate of the proxy's that does not count is told as such: it is the same authority's business.
            let spoken = self.network.encrypt(&proxy.host, stream, || connect_to(proxy)).await;
            Box::new(spoken.map_err(DialError::of_the_proxy)?)
        } else {
            stream
        };
        tunnel::open(stream, &target.authority(), login).await
    }

    /// The same for what is contacted already, or would be.
    pub fn allows_target(&self, target: &Target) -> bool {
        let options = self.network.options();
        match &self.gate {
            Some(_) => self.gate().allows(&target.host, target.port, &options.allowed),
            None => options.pages.allows_at(&target.host, target.port),
        }
    }

    /// Nothing is let through where there is none: pages speak no ICE.
    fn gate(&self) -> Gate {
        let gate = self.gate.as_ref().map(|gate| gate.read().unwrap_or_else(PoisonError::into_inner).clone());
        gate.unwrap_or_default()
    }
}

async fn connect_to(proxy: &Proxy) -> Result<Stream, DialError> {
    let stream = race::connect(&proxy.host, proxy.port).await;
    Ok(Box::new(stream.map_err(|_| DialError(SocketCause::Proxy(ProxyFault::Unreachable)))?))
}

#[cfg(test)]
mod tests;
