//! The report of a call, written while it lasts (docs/report.md).

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;
use visavis_engine::{Engine, EngineEvent};
use visavis_model::{Patch, Phase};

/// Writes the report of a call every second while it lasts, and once more when it is over.
///
/// A window that is ended by force leaves the last second's report.
pub fn write_reports(engine: &Arc<Engine>, path: PathBuf) {
    let (ticks, ticking) = std::sync::mpsc::channel::<Phase>();
    engine.subscribe(Box::new(move |event| {
        let patches = if let EngineEvent::Batch(batch) = event { batch.patches.as_slice() } else { &[] };
        let phase = patches.iter().find_map(|patch| if let Patch::Phase(phase) = patch { Some(phase) } else { None });
        phase.is_none_or(|phase| ticks.send(phase.clone()).is_ok())
    }));
    let engine = Arc::downgrade(engine);
    let writer = move || {
        let mut phase = Phase::Home;
        loop {
            let was = phase.clone();
            match ticking.recv_timeout(Duration::from_secs(1)) {
                Ok(now) => phase = now,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            let Some(engine) = engine.upgrade() else { return };
            if is_written(&was, &phase) {
                let mut figures = engine.report();
                figures.end = visavis_engine::end_of(&phase).to_owned();
                figures.process = visavis_diagnostics::process_use().unwrap_or_default();
                if let Err(error) = write_whole(&path, &figures) {
                    tracing::error!(%error, "the report is not written");
                }
            }
        }
    };
    if let Err(error) = std::thread::Builder::new().name("report".into()).spawn(writer) {
        tracing::error!(%error, "no thread to write reports");
    }
}

/// Of a call there is, and of one that is over since: one whose door stays shut at once is never told as on its way in, because what
/// follows within a batch is told as one.
fn is_written(was: &Phase, now: &Phase) -> bool {
    let is_over = matches!(now, Phase::Ended { .. } | Phase::Failed { .. });
    in_call(now) || in_call(was) || (is_over && was != now)
}

const fn in_call(phase: &Phase) -> bool {
    matches!(phase, Phase::Joining { .. } | Phase::Lobby { .. } | Phase::InMeeting { .. })
}

/// Beside it first, then over it: a reader never sees half a report.
fn write_whole(path: &Path, report: &visavis_model::Report) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    std::fs::write(&beside, serde_json::to_string_pretty(report).map_err(std::io::Error::other)?)?;
    std::fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::is_written;
    use visavis_model::{EndReason, Phase};

    #[test]
    fn a_call_that_is_over_before_it_was_told_has_its_report_once() {
        let over = Phase::Ended { reason: EndReason::Ended, seconds: 0 };
        assert!(is_written(&Phase::Home, &over));
        assert!(!is_written(&over, &over) && !is_written(&over, &Phase::Home));
        assert!(!is_written(&Phase::Home, &Phase::Home));
    }
}
