//! The network doctor: looks at the way to one server, step by step, and says what is in it.

mod advice;
mod chart;
mod examine;
mod judge;
mod media;

use crate::dial::{Dialer, Network};
use crate::rules::Rules;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;
use url::Url;
use visavis_model::DoctorView;
use visavis_provider::MeetingLink;
use visavis_provider::livekit::socket_url;
use visavis_provider::visio::Server;

pub(crate) use media::MediaFacts;

/// The whole of it lasts no longer.
const LIMIT: Duration = Duration::from_secs(20);

/// Who is looked at: one server, on the person's own word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patient {
    host: String,
    /// A server with pages and an API; it says where its media server is.
    server: Option<Server>,
    /// A media server alone.
    socket: Option<Url>,
}

impl Patient {
    pub fn of_server(server: Server) -> Self {
        Self { host: server.host().to_owned(), server: Some(server), socket: None }
    }

    /// `None` where the link leads to nothing that can be looked at.
    pub fn of_link(link: &MeetingLink) -> Option<Self> {
        if let Some(server) = Server::of(link) {
            return Some(Self::of_server(server));
        }
        Some(Self { host: link.host.clone(), server: None, socket: Some(socket_url(&link.url)?) })
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    /// What is looked at first: the server's pages, or where there are none its media server.
    fn url(&self) -> Option<&Url> {
        self.server.as_ref().map(Server::base).or(self.socket.as_ref())
    }
}

/// An examination on a thread of its own. Dropped: it ends, and tells nothing more.
pub(crate) struct Doctor {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Doctor {
    /// Begins. `tell` hears of every step, at last with `running` off.
    ///
    /// Errors: the system gives no thread.
    pub fn start(
        network: Network,
        patient: Patient,
        media: MediaFacts,
        tell: impl FnMut(DoctorView) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("doctor".into())
            .spawn(move || run(&network, &patient, &media, stopped, tell))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }

    /// What was found so far is told as the end.
    pub fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

impl Drop for Doctor {
    fn drop(&mut self) {
        self.stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(
    network: &Network,
    patient: &Patient,
    media: &MediaFacts,
    stopped: oneshot::Receiver<()>,
    tell: impl FnMut(DoctorView),
) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "nothing can be looked at");
            return;
        }
    };
    let dialer = Dialer::new(network.clone(), patient.url().and_then(Url::host_str).unwrap_or_default());
    let mut chart = chart::Chart::new(&patient.host, tell);
    runtime.block_on(async {
        tokio::select! {
            () = examine::examine(&dialer, patient, media, &mut chart) => {}
            _ = stopped => {}
            () = tokio::time::sleep(LIMIT) => tracing::info!("the doctor's time is over"),
        }
    });
    chart.end(unix_millis());
    // The system's resolver may still be waiting for somebody.
    runtime.shutdown_background();
}

fn unix_millis() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or_default()
}

/// The same for the command line: looks, waits, and returns what was found. `variable`: of the environment.
pub fn diagnose(patient: &Patient, rules: &Rules, variable: impl Fn(&str) -> Option<String>) -> DoctorView {
    let network = Network::new(rules.network(), variable);
    let mut last = DoctorView::default();
    let (_stop, stopped) = oneshot::channel::<()>();
    run(&network, patient, &MediaFacts::default(), stopped, |view| last = view);
    last
}

#[cfg(test)]
mod tests;
