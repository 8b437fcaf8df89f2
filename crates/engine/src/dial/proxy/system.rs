//! What the desktop or the operating system says: asked on a thread of its own, remembered, never waited for long.

use super::{Exceptions, Route, Target};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// So long a connection waits for an answer before it sets off directly.
const PATIENCE: Duration = Duration::from_millis(500);
/// And so long where the direct way has failed meanwhile: a desktop's service may have to be started first.
const LAST_PATIENCE: Duration = Duration::from_secs(3);
/// An answer is asked for anew after so long; somebody may have gone to another network.
const FRESH: Duration = Duration::from_secs(10);
/// Hosts that are remembered.
const MOST: usize = 64;

/// Answers by host. The question is a parameter so that it can be any system's.
pub(in crate::dial) struct SystemProxies {
    ask: fn(&Target) -> Route,
    asked: Mutex<HashMap<Target, Asked>>,
}

#[derive(Clone)]
struct Asked {
    at: Instant,
    /// `None` until the answer comes.
    answer: watch::Receiver<Option<Route>>,
    /// From before, while it is asked anew.
    before: Option<Route>,
}

/// An answer that may still be coming.
pub(in crate::dial) enum Answer {
    Known(Route),
    Coming(watch::Receiver<Option<Route>>),
}

impl Default for SystemProxies {
    fn default() -> Self {
        Self::asking(ask)
    }
}

impl SystemProxies {
    fn asking(ask: fn(&Target) -> Route) -> Self {
        Self { ask, asked: Mutex::default() }
    }

    pub async fn route(&self, target: &Target) -> Answer {
        // Not worth asking: nobody sends what is on this machine through a proxy.
        if Exceptions::default().contain(&target.host, target.port) {
            return Answer::Known(Route::Direct);
        }
        let Asked { mut answer, before, .. } = self.asked(target);
        // In the end a thread that broke has no answer.
        let waited = tokio::time::timeout(PATIENCE, answer.wait_for(Option::is_some)).await;
        let known = waited.ok().map(|route| route.ok().and_then(|route| route.clone()).unwrap_or(Route::Direct));
        known.or(before).map_or(Answer::Coming(answer), Answer::Known)
    }

    fn asked(&self, target: &Target) -> Asked {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let known = asked.get(target).cloned();
        if let Some(known) = &known
            && (known.at.elapsed() < FRESH || known.answer.borrow().is_none())
        {
            return known.clone();
        }
        if asked.len() >= MOST {
            asked.clear();
        }
        let (sender, answer) = watch::channel(None);
        let (ask, about) = (self.ask, target.clone());
        let run = move || sender.send_replace(Some(ask(&about)));
        if let Err(error) = std::thread::Builder::new().name("proxies".into()).spawn(run) {
            tracing::warn!(%error, "nobody can be asked for a proxy");
        }
        let before = known.and_then(|known| known.answer.borrow().clone());
        let fresh = Asked { at: Instant::now(), answer, before };
        asked.insert(target.clone(), fresh.clone());
        fresh
    }
}

impl Answer {
    /// What is known now.
    pub fn so_far(&mut self) -> Route {
        match self {
            Self::Known(route) => route.clone(),
            Self::Coming(answer) => answer.borrow().clone().unwrap_or(Route::Direct),
        }
    }

    /// What is known after some more waiting.
    pub async fn in_the_end(self) -> Route {
        match self {
            Self::Known(route) => route,
            Self::Coming(mut answer) => {
                let route = tokio::time::timeout(LAST_PATIENCE, answer.wait_for(Option::is_some)).await;
                route.ok().and_then(Result::ok).and_then(|route| route.clone()).unwrap_or(Route::Direct)
            }
        }
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
use super::desktop::ask;
#[cfg(any(windows, target_os = "macos"))]
use super::platform::ask;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dial::proxy::Proxy;

    fn slow(target: &Target) -> Route {
        if target.host == "slow.example" {
            std::thread::sleep(PATIENCE + Duration::from_millis(300));
        }
        Proxy::parse(&format!("proxy-of-{}:3128", target.host)).map_or(Route::Unusable, Route::Proxy)
    }

    fn target(host: &str) -> Target {
        Target { host: host.into(), port: 443, secure: true }
    }

    fn is_by_proxy(route: &Route) -> bool {
        matches!(route, Route::Proxy(proxy) if proxy.host.starts_with("proxy-of-"))
    }

    #[tokio::test]
    async fn a_slow_answer_is_not_waited_for_and_not_lost() {
        let system = SystemProxies::asking(slow);
        let start = Instant::now();
        let mut answer = system.route(&target("slow.example")).await;
        assert_eq!(answer.so_far(), Route::Direct);
        assert!(start.elapsed() < PATIENCE + Duration::from_millis(250), "{:?}", start.elapsed());
        assert!(is_by_proxy(&answer.in_the_end().await));
        assert!(is_by_proxy(&system.route(&target("slow.example")).await.so_far()), "remembered");
    }

    #[tokio::test]
    async fn a_quick_answer_counts_and_this_machine_is_not_asked_about() {
        let system = SystemProxies::asking(slow);
        assert!(is_by_proxy(&system.route(&target("a.example")).await.so_far()));
        assert_eq!(system.route(&target("127.0.0.1")).await.so_far(), Route::Direct);
        assert_eq!(system.asked.lock().unwrap().len(), 1);
    }
}
