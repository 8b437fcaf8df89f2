//! What all sessions share of the network: the options as they are now, the authorities read from them, the proxies found.

use super::authorities::{Authorities, Known};
use super::proxy::{Answer, Environment, Proxy, Route, Rules, SystemProxies};
use super::trust::{Trust, negotiate};
use super::{DialError, NetworkOptions, ProxyLogins, ProxyOptions, Stream, Target};
use rustls::ClientConfig;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;
use visavis_provider::SocketCause;

/// A connection waits so long for a look at files that are known already.
const LOOKS_WITHIN: Duration = Duration::from_millis(500);
/// And so long for all of them to be read again, where it is refused otherwise.
const READS_WITHIN: Duration = Duration::from_secs(2);

/// Handle on it; clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Network(Arc<Inner>);

struct Inner {
    options: RwLock<Arc<NetworkOptions>>,
    environment: Environment,
    system: SystemProxies,
    authorities: Authorities,
    logins: ProxyLogins,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Network").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Network {
    /// `variable`: of the environment.
    pub fn new(options: NetworkOptions, variable: impl Fn(&str) -> Option<String>) -> Self {
        Self::with_logins(options, variable, ProxyLogins::default())
    }

    /// The same, with what is known of who we are for proxies.
    pub fn with_logins(
        options: NetworkOptions,
        variable: impl Fn(&str) -> Option<String>,
        logins: ProxyLogins,
    ) -> Self {
        Self(Arc::new(Inner {
            options: RwLock::new(Arc::new(options)),
            environment: Environment::read(variable),
            system: SystemProxies::default(),
            authorities: Authorities::default(),
            logins,
        }))
    }

    pub fn options(&self) -> Arc<NetworkOptions> {
        Arc::clone(&self.0.options.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// For connections from now on.
    pub fn set(&self, options: NetworkOptions) {
        *self.0.options.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(options);
    }

    /// Who we are for proxies that ask.
    pub fn logins(&self) -> &ProxyLogins {
        &self.0.logins
    }

    /// The configuration of TLS for a connection that begins now. Files are read where the options name others, and
    /// where they are others than they were; the system's store now and then, beside the connections. What does not
    /// answer in time leaves the configuration as it is; where there is none yet, the caller's time is the limit.
    async fn trust(&self) -> Result<Arc<ClientConfig>, DialError> {
        let (wanted, now) = (self.wanted(), Instant::now());
        let config = match self.0.authorities.known(&wanted, now) {
            Known::Fresh(config) => config,
            Known::Old(config) => {
                let look = self.in_turn(move |authorities, wanted| authorities.look(wanted, now), wanted);
                timeout(LOOKS_WITHIN, look).await.ok().flatten().unwrap_or(config)
            }
            Known::Nothing => {
                let look = self.in_turn(move |authorities, wanted| authorities.look(wanted, now), wanted);
                look.await.ok_or(DialError(SocketCause::Timeout))?
            }
        };
        if self.0.authorities.is_due(now) {
            self.beside(|authorities, wanted| drop(authorities.renew(wanted, Instant::now())));
        }
        Ok(config)
    }

    /// TLS with `host` over a connection that is there. Where none of the authorities that were read vouches for it,
    /// those of this moment are asked: once more, over the connection that `again` opens.
    pub(super) async fn encrypt<Opening>(
        &self,
        host: &str,
        stream: Stream,
        again: impl FnOnce() -> Opening,
    ) -> Result<TlsStream<Stream>, DialError>
    where
        Opening: Future<Output = Result<Stream, DialError>>,
    {
        let config = self.trust().await?;
        let outcome = negotiate(Arc::clone(&config), host, stream).await;
        if !outcome.as_ref().is_err_and(DialError::is_of_the_authorities) {
            return outcome;
        }
        let (failed, now) = (Arc::clone(&config), Instant::now());
        let read = self.in_turn(move |authorities, wanted| authorities.after(&failed, wanted, now), self.wanted());
        match timeout(READS_WITHIN, read).await.ok().flatten().flatten() {
            Some(others) => negotiate(others, host, again().await?).await,
            None => outcome,
        }
    }

    /// Reads the authorities before anybody connects: 40 ms of several hundred files, which the first connection of a
    /// meeting would wait for.
    pub fn read_ahead(&self) {
        self.beside(|authorities, wanted| drop(authorities.look(wanted, Instant::now())));
    }

    /// Touches files on a thread that may wait for them, after whoever does so already. Whoever stops waiting lets it
    /// go on: what it reads is kept. `None`: it was given up.
    async fn in_turn<Found: Send + 'static>(
        &self,
        read: impl FnOnce(&Authorities, &Trust) -> Found + Send + 'static,
        wanted: Trust,
    ) -> Option<Found> {
        let turn = self.0.authorities.turn(&wanted).acquire_owned().await.ok()?;
        let network = self.clone();
        let read = move || {
            let _turn = turn;
            read(&network.0.authorities, &wanted)
        };
        tokio::task::spawn_blocking(read).await.ok()
    }

    /// Reads on a thread of its own, for which nobody waits; not where somebody reads already.
    fn beside(&self, read: impl FnOnce(&Authorities, &Trust) + Send + 'static) {
        let (network, wanted) = (self.clone(), self.wanted());
        let Ok(turn) = self.0.authorities.turn(&wanted).try_acquire_owned() else { return };
        let read = move || {
            let _turn = turn;
            read(&network.0.authorities, &wanted);
        };
        if let Err(error) = std::thread::Builder::new().name("authorities".into()).spawn(read) {
            tracing::warn!(%error, "authorities are read when they are needed");
        }
    }

    fn wanted(&self) -> Trust {
        Trust::of(&self.options())
    }

    /// As if the authorities had been read that much earlier.
    #[cfg(test)]
    pub(super) fn age(&self, by: std::time::Duration) {
        self.0.authorities.age(by);
    }

    /// How the target is reached. The desktop may take a while to say; it is not waited for long.
    pub(super) async fn route(&self, target: &Target) -> Answer {
        match &self.options().proxy {
            ProxyOptions::Direct => Answer::Known(Route::Direct),
            ProxyOptions::Fixed { server, exceptions } => {
                let rules = Rules::new(Proxy::parse(server.reveal()).map_or(Route::Unusable, Route::Proxy), exceptions);
                Answer::Known(rules.route(target))
            }
            ProxyOptions::System => match self.0.environment.route(target) {
                Some(route) => Answer::Known(route),
                None => self.0.system.route(target).await,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_provider::Secret;

    fn target() -> Target {
        Target { host: "visio.example".into(), port: 443, secure: true }
    }

    async fn route(proxy: ProxyOptions, variables: &[(&str, &str)]) -> Route {
        let network = Network::new(NetworkOptions { proxy, ..NetworkOptions::default() }, |name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        });
        network.route(&target()).await.so_far()
    }

    #[tokio::test]
    async fn the_policy_comes_before_the_environment() {
        let environment = [("https_proxy", "http://proxy.example:3128")];
        let proxy = Route::Proxy(Proxy::parse("proxy.example:3128").unwrap());
        assert_eq!(route(ProxyOptions::System, &environment).await, proxy);
        assert_eq!(route(ProxyOptions::Direct, &environment).await, Route::Direct);
        let fixed = |server: &str, exceptions: &[&str]| ProxyOptions::Fixed {
            server: Secret::new(server),
            exceptions: exceptions.iter().map(ToString::to_string).collect(),
        };
        let other = Route::Proxy(Proxy::parse("other:8080").unwrap());
        assert_eq!(route(fixed("other:8080", &[]), &environment).await, other);
        assert_eq!(route(fixed("other:8080", &[".example"]), &environment).await, Route::Direct);
        assert_eq!(route(fixed("http://", &[]), &environment).await, Route::Unusable, "not round it");
    }

    #[test]
    fn authorities_are_there_before_they_are_needed() {
        let network = Network::new(NetworkOptions::default(), |_| None);
        network.read_ahead();
        let end = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while !network.0.authorities.is_read() {
            assert!(std::time::Instant::now() < end, "never read");
            std::thread::yield_now();
        }
    }

    #[tokio::test]
    async fn authorities_are_read_once_and_again_where_they_change() {
        let network = Network::new(NetworkOptions::default(), |_| None);
        let first = network.trust().await.unwrap();
        assert!(Arc::ptr_eq(&first, &network.trust().await.unwrap()));
        network.set(NetworkOptions { use_system_trust: false, ..NetworkOptions::default() });
        assert!(!Arc::ptr_eq(&first, &network.trust().await.unwrap()));
    }

    #[tokio::test]
    async fn files_that_do_not_answer_keep_no_connection_from_what_is_known() {
        let extra_roots = vec![std::env::temp_dir().join("visavis-network-nowhere.pem")];
        let options = NetworkOptions { extra_roots, use_system_trust: false, ..NetworkOptions::default() };
        let network = Network::new(options.clone(), |_| None);
        let first = network.trust().await.unwrap();
        // As a look that is in the kernel and does not come back.
        let turn = network.0.authorities.turn(&network.wanted()).acquire_owned().await.unwrap();
        network.0.authorities.age_look(Duration::from_secs(6));
        let most = Duration::from_secs(5);
        assert!(Arc::ptr_eq(&first, &timeout(most, network.trust()).await.expect("in time").unwrap()));
        // Without the file nothing of it is waited for.
        network.set(NetworkOptions { extra_roots: Vec::new(), ..options });
        assert!(timeout(most, network.trust()).await.expect("in time").is_ok());
        drop(turn);
    }
}
