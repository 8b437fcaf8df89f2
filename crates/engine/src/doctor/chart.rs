//! What is written down while the doctor looks.

use super::{advice, judge};
use visavis_model::{DoctorFinding, DoctorMeasure, DoctorRow, DoctorState, DoctorStep, DoctorView, IssueCode};

/// The rows so far; whoever listens hears of each change.
pub(super) struct Chart<T> {
    view: DoctorView,
    /// The code is of a step that failed, not of a warning.
    failed: bool,
    tell: T,
}

/// What one step came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub state: DoctorState,
    pub finding: DoctorFinding,
    pub params: Vec<(&'static str, String)>,
    pub measure: Option<DoctorMeasure>,
    pub code: Option<IssueCode>,
}

impl Found {
    pub const fn new(state: DoctorState, finding: DoctorFinding) -> Self {
        Self { state, finding, params: Vec::new(), measure: None, code: None }
    }

    pub const fn good(finding: DoctorFinding) -> Self {
        Self::new(DoctorState::Good, finding)
    }

    pub const fn unknown(finding: DoctorFinding) -> Self {
        Self::new(DoctorState::Unknown, finding)
    }

    pub fn bad(finding: DoctorFinding, code: IssueCode) -> Self {
        Self { code: Some(code), ..Self::new(DoctorState::Bad, finding) }
    }

    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.params.push((name, value.to_string()));
        self
    }

    pub fn measured(self, measure: DoctorMeasure) -> Self {
        Self { measure: Some(measure), ..self }
    }

    pub fn in_time(self, time: std::time::Duration) -> Self {
        let millis = u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
        self.measured(DoctorMeasure::Milliseconds(millis))
    }
}

impl<T: FnMut(DoctorView)> Chart<T> {
    pub fn new(host: &str, tell: T) -> Self {
        let rows = DoctorStep::ALL.into_iter().map(DoctorRow::waiting).collect();
        let view = DoctorView { host: host.to_owned(), running: true, rows, ..DoctorView::default() };
        let mut chart = Self { view, failed: false, tell };
        chart.told();
        chart
    }

    /// A step begins.
    pub fn begin(&mut self, step: DoctorStep) {
        if let Some(row) = self.row(step) {
            row.state = DoctorState::Running;
            self.told();
        }
    }

    pub fn write(&mut self, step: DoctorStep, found: Found) {
        let (code, fails) = (found.code, found.state == DoctorState::Bad);
        let Some(row) = self.row(step) else { return };
        row.state = found.state;
        row.finding = Some(found.finding);
        row.params = found.params.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        row.measure = found.measure;
        // The first failure counts, before any warning: what comes after it may be its consequence.
        if code.is_some() && (self.view.code.is_none() || (fails && !self.failed)) {
            self.view.code = code;
            self.failed = fails;
        }
        self.told();
    }

    /// Nobody looks any more; what was not reached stays unknown.
    pub fn end(&mut self, now: u64) {
        for row in &mut self.view.rows {
            if matches!(row.state, DoctorState::Waiting | DoctorState::Running) {
                row.state = DoctorState::Unknown;
            }
        }
        self.view.running = false;
        self.view.ended_at = Some(now);
        self.view.verdict = Some(judge::verdict(&self.view.rows));
        self.view.advice = advice::advice(self.view.code, &self.view.rows, &self.view.host);
        self.told();
    }

    fn row(&mut self, step: DoctorStep) -> Option<&mut DoctorRow> {
        self.view.rows.iter_mut().find(|row| row.step == step)
    }

    fn told(&mut self) {
        (self.tell)(self.view.clone());
    }
}
