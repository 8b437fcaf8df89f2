//! The look itself: each step needs the one before.

use super::chart::{Chart, Found};
use super::{MediaFacts, Patient, judge};
use crate::dial::{Dialer, Probe, Target, Way};
use crate::http::Client;
use crate::socket;
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, timeout};
use url::Url;
use visavis_model::{DoctorFinding, DoctorMeasure, DoctorStep, DoctorView, IssueCode};
use visavis_provider::livekit::socket_url;
use visavis_provider::visio::Server;
use visavis_provider::{ActionError, RequestId, SocketCause, header};

/// For one step.
const PATIENCE: Duration = Duration::from_secs(6);

/// Fills the chart. Dropped in the middle, what was written stays.
pub(super) async fn examine<T: FnMut(DoctorView)>(
    dialer: &Dialer,
    patient: &Patient,
    media: &MediaFacts,
    chart: &mut Chart<T>,
) {
    if let Some(first) = patient.url()
        && reach(dialer, first, chart).await
    {
        let socket = match &patient.server {
            Some(server) => ask(dialer, server, chart).await,
            None => {
                chart.write(DoctorStep::Server, Found::unknown(DoctorFinding::ServerNone));
                chart.write(DoctorStep::Clock, Found::unknown(DoctorFinding::ClockUnknown));
                patient.socket.clone()
            }
        };
        if let Some(socket) = socket {
            knock(dialer, &socket, chart).await;
        }
    }
    for (step, found) in [
        (DoctorStep::Media, media.path()),
        (DoctorStep::RoundTrip, media.round_trip()),
        (DoctorStep::Bandwidth, media.bandwidth()),
    ] {
        chart.write(step, found);
    }
}

/// As far as an encrypted connection; false where there is none.
async fn reach<T: FnMut(DoctorView)>(dialer: &Dialer, url: &Url, chart: &mut Chart<T>) -> bool {
    chart.begin(DoctorStep::Proxy);
    let Some(target) = Target::of(url) else { return false };
    let probe = match within(dialer.probe(target)).await {
        Ok(probe) => probe,
        Err(cause) => return fails(&cause, chart),
    };
    let way = probe.way();
    match way {
        Way::None => {
            chart.write(DoctorStep::Proxy, Found::bad(DoctorFinding::ProxyUnusable, IssueCode::ProxySilent));
            return false;
        }
        Way::Direct => {
            chart.write(DoctorStep::Proxy, Found::good(DoctorFinding::ProxyNone));
            chart.begin(DoctorStep::Name);
            let start = Instant::now();
            match within(probe.look_up()).await {
                Ok(count) => {
                    let found = Found::good(DoctorFinding::NameFound).with("count", count);
                    chart.write(DoctorStep::Name, found.in_time(start.elapsed()));
                }
                // A name that does not come in time is none.
                Err(_) => return fails(&SocketCause::NameUnknown, chart),
            }
        }
        Way::Proxy(_) => chart.write(DoctorStep::Name, Found::unknown(DoctorFinding::NameByProxy)),
    }
    connect(&probe, way, chart).await
}

async fn connect<T: FnMut(DoctorView)>(probe: &Probe<'_>, way: Way<'_>, chart: &mut Chart<T>) -> bool {
    let start = Instant::now();
    let stream = match within(probe.connect()).await {
        Ok(stream) => stream,
        Err(cause) => return fails(&cause, chart),
    };
    if let Way::Proxy(host) = way {
        let found = Found::good(DoctorFinding::ProxyUsed).with("proxy", host);
        chart.write(DoctorStep::Proxy, found.in_time(start.elapsed()));
    }
    chart.begin(DoctorStep::Certificate);
    match within(probe.encrypt(stream)).await {
        Ok(Some(version)) => {
            let found = Found::good(DoctorFinding::CertificateTrusted);
            chart.write(DoctorStep::Certificate, found.measured(DoctorMeasure::Tls(version.into())));
            true
        }
        Ok(None) => {
            chart.write(DoctorStep::Certificate, Found::unknown(DoctorFinding::CertificateNone));
            true
        }
        Err(cause) => fails(&cause, chart),
    }
}

/// What the server says of itself, and where its media server is.
async fn ask<T: FnMut(DoctorView)>(dialer: &Dialer, server: &Server, chart: &mut Chart<T>) -> Option<Url> {
    chart.begin(DoctorStep::Server);
    let client = Client::new(dialer.clone());
    let request = server.configuration(RequestId(0));
    let start = Instant::now();
    let answer = match within(client.exchange(request)).await {
        Ok(answer) => answer,
        Err(cause) => {
            fails(&cause, chart);
            return None;
        }
    };
    let took = start.elapsed();
    let date = header(&answer.headers, "date").next();
    chart.write(DoctorStep::Clock, judge::clock(date, SystemTime::now()));
    match server.read_configuration(answer.status, &answer.headers, &answer.body) {
        Ok(socket) => {
            chart.write(DoctorStep::Server, Found::good(DoctorFinding::ServerAnswers).in_time(took));
            if socket.is_none() {
                chart.write(DoctorStep::Signalling, Found::unknown(DoctorFinding::SignallingUnknown));
            }
            socket
        }
        Err(error) => {
            tracing::info!(%error, status = answer.status, "no server of meetings answers");
            let down = matches!(error, ActionError::Unreachable) || answer.status >= 500;
            let code = if down { IssueCode::ServerDown } else { IssueCode::ServerNonsense };
            let found = Found::bad(DoctorFinding::ServerForeign, code).with("status", answer.status);
            chart.write(DoctorStep::Server, found);
            None
        }
    }
}

async fn knock<T: FnMut(DoctorView)>(dialer: &Dialer, socket: &Url, chart: &mut Chart<T>) {
    let Some(url) = socket_url(socket) else {
        return chart.write(DoctorStep::Signalling, Found::unknown(DoctorFinding::SignallingUnknown));
    };
    chart.begin(DoctorStep::Signalling);
    // The server itself says that it is its own.
    if let Some(host) = url.host_str() {
        dialer.add(host);
    }
    let host = Target::of(&url).map_or_else(String::new, |target| target.name());
    let start = Instant::now();
    let found = match socket::knock(dialer, &url).await {
        Ok(()) => Found::good(DoctorFinding::SignallingAnswers).in_time(start.elapsed()),
        Err(cause) => judge::signalling(&cause),
    };
    // It may be another host than the one that was looked at, and nothing else names it.
    chart.write(DoctorStep::Signalling, found.with("host", host));
}

fn fails<T: FnMut(DoctorView)>(cause: &SocketCause, chart: &mut Chart<T>) -> bool {
    let (step, found) = judge::connection(cause);
    chart.write(step, found);
    false
}

async fn within<O, E: Into<SocketCause>>(what: impl Future<Output = Result<O, E>>) -> Result<O, SocketCause> {
    timeout(PATIENCE, what).await.map_or(Err(SocketCause::Timeout), |outcome| outcome.map_err(Into::into))
}
