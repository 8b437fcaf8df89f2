//! What the rows come to: pure.

use super::chart::Found;
use std::time::{Duration, SystemTime};
use visavis_model::{DoctorFinding, DoctorMeasure, DoctorRow, DoctorState, DoctorStep, DoctorVerdict, IssueCode};
use visavis_provider::{ProxyFault, SocketCause};

/// A clock that is wrong by less breaks nothing that we know of.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// The one sentence.
pub(super) fn verdict(rows: &[DoctorRow]) -> DoctorVerdict {
    let state = |step| rows.iter().find(|row| row.step == step).map_or(DoctorState::Unknown, |row| row.state);
    let poor = [DoctorStep::RoundTrip, DoctorStep::Bandwidth];
    if rows.iter().any(|row| row.state == DoctorState::Bad && !poor.contains(&row.step)) {
        return DoctorVerdict::Blocked;
    }
    if poor.into_iter().any(|step| state(step) == DoctorState::Bad) {
        return DoctorVerdict::Poor;
    }
    match (state(DoctorStep::Media), state(DoctorStep::Signalling)) {
        (DoctorState::Warning, _) => DoctorVerdict::Detour,
        (DoctorState::Good, _) => DoctorVerdict::Good,
        (_, DoctorState::Good) => DoctorVerdict::Reachable,
        // A server that does not say where its media is was reached all the same.
        _ if rows.iter().any(|row| row.finding == Some(DoctorFinding::SignallingUnknown)) => DoctorVerdict::Reachable,
        _ => DoctorVerdict::Stopped,
    }
}

/// Why there is no connection, at the step where it is told: the proxy's part is the proxy's.
pub(super) fn connection(cause: &SocketCause) -> (DoctorStep, Found) {
    use DoctorFinding as Finding;
    let server = |finding, code| (DoctorStep::Server, Found::bad(finding, code));
    match cause {
        SocketCause::Proxy(fault) => (DoctorStep::Proxy, proxy(*fault)),
        SocketCause::Certificate(fault) => (
            DoctorStep::Certificate,
            Found::bad(Finding::CertificateUntrusted, IssueCode::CertificateUntrusted).with("cause", fault.name()),
        ),
        SocketCause::Encryption => {
            (DoctorStep::Certificate, Found::bad(Finding::EncryptionOld, IssueCode::EncryptionOld))
        }
        SocketCause::NameUnknown => (DoctorStep::Name, Found::bad(Finding::NameUnknown, IssueCode::NameUnknown)),
        SocketCause::Refused => server(Finding::ServerRefuses, IssueCode::ServerRefused),
        SocketCause::Unreachable => server(Finding::ServerUnreachable, IssueCode::NetworkOff),
        SocketCause::Timeout => server(Finding::ServerSilent, IssueCode::ServerTimeout),
        SocketCause::Forbidden => server(Finding::ServerForbidden, IssueCode::ServerNotAllowed),
        SocketCause::Status { status, .. } => {
            let (step, found) = server(Finding::ServerForeign, IssueCode::ServerNonsense);
            (step, found.with("status", status))
        }
        SocketCause::Nonsense => server(Finding::ServerForeign, IssueCode::ServerNonsense),
        SocketCause::Closed { .. } | SocketCause::Reset => server(Finding::ServerCuts, IssueCode::ServerClosed),
    }
}

fn proxy(fault: ProxyFault) -> Found {
    use DoctorFinding as Finding;
    match fault {
        ProxyFault::AuthenticationRequired | ProxyFault::AuthenticationRefused => {
            Found::bad(Finding::ProxyAsks, IssueCode::ProxyAuthentication)
        }
        ProxyFault::AuthenticationUnknown => Found::bad(Finding::ProxyAsksOtherwise, IssueCode::ProxyAuthentication),
        ProxyFault::Refused { status } => {
            Found::bad(Finding::ProxyRefuses, IssueCode::ProxyRefuses).with("status", status)
        }
        ProxyFault::Unreachable => Found::bad(Finding::ProxySilent, IssueCode::ProxySilent),
        ProxyFault::Nonsense => Found::bad(Finding::ProxyUnusable, IssueCode::ProxySilent),
    }
}

/// Why the websocket's server does not answer, where the server itself did.
pub(super) fn signalling(cause: &SocketCause) -> Found {
    use DoctorFinding as Finding;
    match cause {
        SocketCause::Forbidden => Found::bad(Finding::SignallingForbidden, IssueCode::ServerNotAllowed),
        SocketCause::Proxy(fault) => {
            let found = proxy(*fault);
            Found { finding: Finding::SignallingRefused, ..found }
        }
        SocketCause::Status { status, .. } => {
            Found::bad(Finding::SignallingRefused, IssueCode::SocketCut).with("status", status)
        }
        SocketCause::Certificate(fault) => {
            Found::bad(Finding::CertificateUntrusted, IssueCode::CertificateUntrusted).with("cause", fault.name())
        }
        SocketCause::Encryption => Found::bad(Finding::EncryptionOld, IssueCode::EncryptionOld),
        SocketCause::NameUnknown => Found::bad(Finding::NameUnknown, IssueCode::NameUnknown),
        SocketCause::Refused => Found::bad(Finding::ServerRefuses, IssueCode::ServerRefused),
        SocketCause::Unreachable => Found::bad(Finding::ServerUnreachable, IssueCode::NetworkOff),
        SocketCause::Timeout => Found::bad(Finding::ServerSilent, IssueCode::SocketCut),
        SocketCause::Nonsense | SocketCause::Closed { .. } | SocketCause::Reset => {
            Found::bad(Finding::SignallingCut, IssueCode::SocketCut)
        }
    }
}

/// The clock of this computer beside what the server says (`Date`, RFC 9110 §6.6.1).
pub(super) fn clock(said: Option<&str>, now: SystemTime) -> Found {
    let Some(theirs) = said.and_then(|said| httpdate::parse_http_date(said).ok()) else {
        return Found::unknown(DoctorFinding::ClockUnknown);
    };
    let difference = now.duration_since(theirs).unwrap_or_else(|error| error.duration());
    if difference <= CLOCK_TOLERANCE {
        return Found::good(DoctorFinding::ClockRight);
    }
    let found = Found::new(DoctorState::Warning, DoctorFinding::ClockWrong);
    Found { code: Some(IssueCode::ClockWrong), ..found }.with("minutes", difference.as_secs() / 60)
}

/// Delay and losses of what we send, against what a conversation bears (ITU-T G.114: 150 ms one way is hardly noticed).
pub(super) fn round_trip(millis: f32, lost: f32) -> Found {
    let (state, code) = match (millis, lost) {
        (millis, lost) if millis > 500.0 || lost > 0.05 => (DoctorState::Bad, Some(IssueCode::NetworkPoor)),
        (millis, lost) if millis > 250.0 || lost > 0.01 => (DoctorState::Warning, None),
        _ => (DoctorState::Good, None),
    };
    let found = Found { code, ..Found::new(state, DoctorFinding::RoundTripMeasured) };
    let per_mille = (lost.clamp(0.0, 1.0) * 1000.0).round() as u32;
    found.with("loss", per_mille).measured(DoctorMeasure::Milliseconds(millis.clamp(0.0, 60_000.0).round() as u32))
}
