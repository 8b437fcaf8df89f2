//! The network doctor, as the person asks for it.

use super::*;
use crate::doctor::{Doctor, MediaFacts, Patient};
use visavis_provider::visio::Server;

impl Meeting {
    /// Looks at the way to `host`, one of the servers that are known; without one to that of the meeting that is open, or was of
    /// late, or else to the first server. Nobody else is contacted, so that nothing happens where there is none.
    pub(super) fn diagnose(&mut self, host: Option<&str>) {
        let Some(patient) = self.patient(host) else { return };
        let media = self.media_facts(&patient);
        // The one before is over before another one begins.
        self.doctor = None;
        self.examinations += 1;
        let (sender, number) = (self.sender.clone(), self.examinations);
        let tell = move |view| drop(sender.send(Event::Doctor(number, Box::new(view))));
        match Doctor::start(self.network.clone(), patient, media, tell) {
            Ok(doctor) => self.doctor = Some(doctor),
            Err(error) => {
                tracing::error!(%error, "nothing can be looked at");
                self.issue(Issue::new(IssueCode::Internal).with("cause", "thread"));
            }
        }
    }

    pub(super) fn stop_diagnosis(&mut self) {
        if let Some(doctor) = &mut self.doctor {
            doctor.stop();
        }
    }

    pub(super) fn doctor_news(&mut self, number: u64, view: visavis_model::DoctorView) {
        if number == self.examinations {
            self.state.edit().doctor = view;
        }
    }

    fn patient(&self, host: Option<&str>) -> Option<Patient> {
        let opened = self.opened.as_ref().map(|opened| &opened.link);
        if let Some(link) = opened.filter(|link| host.is_none_or(|host| host == link.host)) {
            return Patient::of_link(link);
        }
        let mut hosts = self.known.hosts();
        let host = match host {
            Some(host) => hosts.find(|known| *known == host),
            None => hosts.next(),
        };
        self.known.url(host?).and_then(Server::new).map(Patient::of_server)
    }

    fn media_facts(&self, patient: &Patient) -> MediaFacts {
        let is_there = self.opened.as_ref().is_some_and(|opened| opened.link.host == patient.host());
        let blocked = matches!(&self.state.view().phase,
            Phase::Failed { issue, .. } if issue.code == IssueCode::MediaBlocked);
        match (is_there, self.in_meeting()) {
            (true, true) => MediaFacts::of(&self.board.report(0)),
            (true, false) => MediaFacts { blocked, ..MediaFacts::default() },
            (false, _) => MediaFacts::default(),
        }
    }
}
