//! The way of [`Dialer::dial`], one step at a time, for whoever tells how each of them goes.

use super::proxy::Route;
use super::{DialError, Dialer, Stream, Target, race};
use visavis_provider::SocketCause;

/// A target that may be contacted, and how it is reached. Nothing is open yet.
#[derive(Debug)]
pub(crate) struct Probe<'a> {
    dialer: &'a Dialer,
    target: Target,
    route: Route,
}

/// How a target is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way<'a> {
    Direct,
    /// The proxy's host.
    Proxy(&'a str),
    /// A proxy that cannot be used is all that there is.
    None,
}

impl Dialer {
    /// Finds the route; the desktop's own word is waited for to its end.
    ///
    /// Errors: neither the user nor the policy allows the host.
    pub async fn probe(&self, target: Target) -> Result<Probe<'_>, DialError> {
        if !self.allows_target(&target) {
            return Err(DialError(SocketCause::Forbidden));
        }
        let asked = self.network.route(&target).await;
        let route = asked.in_the_end().await;
        Ok(Probe { dialer: self, target, route })
    }
}

impl Probe<'_> {
    pub fn way(&self) -> Way<'_> {
        match &self.route {
            Route::Direct => Way::Direct,
            Route::Proxy(proxy) => Way::Proxy(&proxy.host),
            Route::Unusable => Way::None,
        }
    }

    /// How many addresses the target's name has.
    pub async fn look_up(&self) -> Result<usize, DialError> {
        match race::resolve(&self.target.host, self.target.port).await?.len() {
            0 => Err(DialError(SocketCause::NameUnknown)),
            count => Ok(count),
        }
    }

    /// A connection, through the proxy where one leads there.
    pub async fn connect(&self) -> Result<Stream, DialError> {
        self.dialer.by(&self.route, &self.target).await
    }

    /// TLS over it, and its version: `1.2` or `1.3`. `None` where the target has none.
    pub async fn encrypt(&self, stream: Stream) -> Result<Option<&'static str>, DialError> {
        if !self.target.secure {
            return Ok(None);
        }
        let stream = self.dialer.network.encrypt(&self.target.host, stream, || self.connect()).await?;
        let version = stream.get_ref().1.protocol_version();
        Ok(Some(if version == Some(rustls::ProtocolVersion::TLSv1_3) { "1.3" } else { "1.2" }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dial::{Network, NetworkOptions, ProxyOptions};
    use tokio::net::TcpListener;
    use visavis_provider::Secret;

    fn dialer(proxy: ProxyOptions, host: &str) -> Dialer {
        Dialer::new(Network::new(NetworkOptions { proxy, ..NetworkOptions::default() }, |_| None), host)
    }

    #[tokio::test]
    async fn a_way_is_told_step_by_step() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let direct = dialer(ProxyOptions::Direct, "127.0.0.1");
        let target = |host: &str| Target { host: host.into(), port, secure: false };
        let probe = direct.probe(target("127.0.0.1")).await.expect("allowed");
        assert_eq!((probe.way(), probe.look_up().await), (Way::Direct, Ok(1)));
        let stream = probe.connect().await.expect("a listener");
        assert_eq!(probe.encrypt(stream).await, Ok(None));
        let other = direct.probe(target("other.example")).await;
        assert_eq!(other.err(), Some(DialError(SocketCause::Forbidden)), "nobody has named it");
    }

    #[tokio::test]
    async fn a_proxy_is_named_and_one_that_is_none_is_no_way() {
        let through = |server: &str| ProxyOptions::Fixed { server: Secret::new(server), exceptions: Vec::new() };
        let target = || Target { host: "visio.example".into(), port: 443, secure: true };
        let named = dialer(through("http://alice:s3cret@proxy.example:3128"), "visio.example");
        assert_eq!(named.probe(target()).await.expect("allowed").way(), Way::Proxy("proxy.example"));
        let none = dialer(through("socks5://proxy.example"), "visio.example");
        let probe = none.probe(target()).await.expect("allowed");
        assert_eq!(probe.way(), Way::None);
        assert!(probe.connect().await.is_err());
    }
}
