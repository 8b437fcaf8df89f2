//! What the person's calendar says, and what its meetings' links lead to.

mod rank;
mod refused;

use self::rank::{Rank, best};
use super::offer::Offer;
use super::*;
use crate::calendar::{CalendarCommand, CalendarThread, Found, host_of, host_of_file, place};
use std::path::PathBuf;
use visavis_calendar::{Field, LinkText, Occurrence};
use visavis_model::{
    CalendarAttempt, CalendarElsewhere, CalendarFault, CalendarLink, CalendarMeeting, CalendarPlace, CalendarReading,
    CalendarView, Hidden,
};
use visavis_provider::{Meeting as FoundMeeting, Standing};

/// Meetings that are shown.
const MOST_SHOWN: usize = 200;

/// What the meeting actor keeps of calendars.
#[derive(Default)]
pub(super) struct Calendar {
    thread: Option<CalendarThread>,
    /// The last reading, whose links are looked at again when servers are added.
    occurrences: Vec<Occurrence>,
    /// A file that is being read, and how it is to be followed; a newer one takes its place.
    opening: Option<(u64, Offer, String)>,
    opened: u64,
    /// The number of the last place that was to be connected, of that which is, and of the last one that was taken away with all before it.
    tried: u64,
    connected: u64,
    forgotten: u64,
}

/// Where a meeting of a calendar is held.
enum Held {
    /// Where one comes in from here.
    Here(CalendarLink),
    /// At another service.
    Elsewhere(CalendarElsewhere),
}

impl Meeting {
    pub(super) fn connect_calendar(&mut self, address: &str, user: &str, password: Hidden) {
        let attempt = match place(address, user) {
            Some(place) if !self.may_read(&place) => CalendarAttempt::Refused(CalendarFault::NotAllowed),
            Some(place) => {
                self.calendar.tried += 1;
                self.ask_calendar(CalendarCommand::Connect { place, password, number: self.calendar.tried });
                CalendarAttempt::Trying
            }
            None => CalendarAttempt::Refused(CalendarFault::Address),
        };
        self.state.edit().home.calendar.attempt = attempt;
    }

    pub(super) fn cancel_calendar(&mut self) {
        if self.state.view().home.calendar.attempt == CalendarAttempt::Trying {
            self.ask_calendar(CalendarCommand::Cancel);
            self.state.edit().home.calendar.attempt = CalendarAttempt::None;
        }
    }

    pub(super) fn restore_calendar(&mut self, kept: CalendarPlace) {
        // Its name is made anew: what was written down may be of another version.
        let Some(place) = place(&kept.address, &kept.user) else { return };
        self.state.edit().home.calendar =
            CalendarView { place: Some(place.clone()), kept: true, ..CalendarView::default() };
        if self.may_read(&place) {
            self.ask_calendar(CalendarCommand::Restore { place });
        } else {
            self.state.edit().home.calendar.reading = CalendarReading::Failed(CalendarFault::NotAllowed);
        }
    }

    /// Whether the organisation lets its server be contacted, or the host of its share.
    fn may_read(&self, place: &CalendarPlace) -> bool {
        host_of(place).is_none_or(|host| self.options.rules.allowed().allows(&host))
    }

    /// The organisation may have decided anew whom a calendar is read from.
    pub(super) fn obey_in_calendar(&mut self) {
        let calendar = &self.state.view().home.calendar;
        let Some(place) = calendar.place.clone() else { return };
        let refused = calendar.reading == CalendarReading::Failed(CalendarFault::NotAllowed);
        match (self.may_read(&place), refused) {
            (false, false) => {
                // Another one that is being tried is given up with it, and may be tried again.
                self.cancel_calendar();
                self.ask_calendar(CalendarCommand::Pause);
                self.state.edit().home.calendar.reading = CalendarReading::Failed(CalendarFault::NotAllowed);
            }
            (true, true) => self.ask_calendar(CalendarCommand::Restore { place }),
            _ => {}
        }
    }

    pub(super) fn forget_calendar(&mut self) {
        self.ask_calendar(CalendarCommand::Forget);
        self.calendar.forgotten = self.calendar.tried;
        self.calendar.occurrences.clear();
        self.state.edit().home.calendar = CalendarView::default();
    }

    pub(super) fn read_calendar(&mut self) {
        if self.state.view().home.calendar.place.as_ref().is_some_and(|place| self.may_read(place)) {
            self.ask_calendar(CalendarCommand::Read);
        }
    }

    /// A calendar file from outside: its next meeting is followed as a link would be, and told as one that is refused.
    pub(super) fn open_calendar_file(&mut self, path: PathBuf, offer: Offer) {
        self.forget_what_was_said();
        // A share is another host, which even a look at it contacts.
        if let Some(host) = host_of_file(&path).filter(|host| !self.options.rules.allowed().allows(host)) {
            self.go_where_it_is_read();
            return self.issue(Issue::new(IssueCode::ServerNotAllowed).with("host", host));
        }
        self.calendar.opened += 1;
        let number = self.calendar.opened;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        self.calendar.opening = Some((number, offer, name));
        self.ask_calendar(CalendarCommand::File { path, number });
    }

    fn opened_calendar_file(&mut self, number: u64, meetings: Result<Vec<Occurrence>, CalendarFault>) {
        let Some((_, offer, name)) = self.calendar.opening.take_if(|(wanted, ..)| *wanted == number) else { return };
        // Nobody waits where a meeting is called off.
        let takes_place: Vec<_> = meetings.iter().flatten().filter(|one| !one.cancelled).collect();
        match takes_place.iter().find_map(|one| self.place_of(one)) {
            Some(Held::Here(CalendarLink { text, .. }) | Held::Elsewhere(CalendarElsewhere { text, .. })) => {
                self.offer(Offer { text, ..offer });
            }
            None => {
                let refused = takes_place.iter().find_map(|one| self.refusal_of(one));
                let issue = refused.unwrap_or_else(|| issue_of_file(&name, holds(&meetings)));
                self.go_where_it_is_read();
                self.issue(issue);
            }
        }
    }

    pub(super) fn calendar_news(&mut self, news: CalendarNews) {
        if let CalendarNews::File { number, meetings } = news {
            return self.opened_calendar_file(number, meetings);
        }
        let calendar = &mut self.state.edit().home.calendar;
        // Whoever took the calendar away hears no more of it.
        let is_wanted = calendar.place.is_some();
        match news {
            // Also one that was given up too late: it has taken the place of the one before.
            CalendarNews::Connected { number, place, found } if number > self.calendar.forgotten => {
                let later = number != self.calendar.tried;
                let attempt = if later { calendar.attempt } else { CalendarAttempt::None };
                *calendar = CalendarView { place: Some(place), kept: true, attempt, ..CalendarView::default() };
                self.calendar.connected = number;
                self.calendar_read(found);
            }
            CalendarNews::NotKept(number) if is_wanted && number == self.calendar.connected => calendar.kept = false,
            CalendarNews::Refused { number, fault }
                if number == self.calendar.tried && calendar.attempt == CalendarAttempt::Trying =>
            {
                calendar.attempt = CalendarAttempt::Refused(fault);
            }
            CalendarNews::Reading if is_wanted => calendar.reading = CalendarReading::Reading,
            CalendarNews::Failed(fault) if is_wanted => calendar.reading = CalendarReading::Failed(fault),
            CalendarNews::Read(found) if is_wanted => self.calendar_read(found),
            _ => {}
        }
    }

    fn calendar_read(&mut self, Found { mut occurrences, unread }: Found) {
        occurrences.truncate(MOST_SHOWN);
        self.calendar.occurrences = occurrences;
        let calendar = &mut self.state.edit().home.calendar;
        calendar.reading = CalendarReading::Done;
        calendar.unread = unread;
        calendar.read_at = Some(unix_millis());
        self.show_meetings();
    }

    /// The meetings of the last reading with their links, as far as the servers are known now.
    pub(super) fn show_meetings(&mut self) {
        let meetings = self.calendar.occurrences.iter().map(|one| {
            let (link, elsewhere, refused) = match self.place_of(one) {
                Some(Held::Here(link)) => (Some(link), None, None),
                Some(Held::Elsewhere(elsewhere)) => (None, Some(elsewhere), None),
                None => (None, None, self.refusal_of(one)),
            };
            CalendarMeeting {
                id: one.id.clone(),
                title: one.title.clone(),
                start: one.start,
                end: one.end,
                all_day: one.all_day,
                cancelled: one.cancelled,
                link,
                elsewhere,
                refused,
            }
        });
        let meetings = meetings.collect();
        self.state.edit().home.calendar.meetings = meetings;
    }

    /// Where it is held, of all that it names ([`best`]).
    fn place_of(&self, occurrence: &Occurrence) -> Option<Held> {
        best(occurrence.links.iter().filter_map(|candidate| self.place_in(candidate)))
    }

    /// What a text leads to. A page that only may be a meeting counts where the calendar says that it is.
    fn place_in(&self, candidate: &LinkText) -> Option<(Rank, Held)> {
        let in_prose = matches!(candidate.field, Field::Description | Field::Page);
        match self.destination_in(&candidate.text)? {
            Destination::Here(found) => {
                let standing = found.found.standing;
                let says_so = matches!(candidate.field, Field::Conference | Field::Service);
                if standing == Standing::Guessed && !says_so {
                    return None;
                }
                let text = self.word_of(&candidate.text, &found);
                let here = Held::Here(CalendarLink { text, view: found.found.link.view() });
                Some((Rank { standing: Some(standing), in_prose }, here))
            }
            Destination::Elsewhere(foreign) => {
                let elsewhere = CalendarElsewhere {
                    text: foreign.url.to_string(),
                    service: foreign.service,
                    host: foreign.host().to_owned(),
                    refused: self.options.rules.refuses_elsewhere(),
                };
                Some((Rank { standing: None, in_prose }, Held::Elsewhere(elsewhere)))
            }
        }
    }

    /// The second word keeps a lone one (*Auditorium*) from being read as a code.
    fn destination_in(&self, text: &str) -> Option<Destination> {
        self.destination(&format!("{text} -")).ok()
    }

    /// The link itself, of a text that may hold more.
    fn word_of(&self, text: &str, found: &FoundMeeting) -> String {
        let is_it = |word: &&str| matches!(self.destination_in(word), Some(Destination::Here(one)) if one.found.link == found.found.link);
        text.split_whitespace().find(is_it).unwrap_or(text).to_owned()
    }

    fn ask_calendar(&mut self, command: CalendarCommand) {
        if self.calendar.thread.is_none() {
            let sender = self.sender.clone();
            let tell = move |news| {
                let _ = sender.send(Event::Calendar(news));
            };
            match CalendarThread::start(self.network.clone(), self.options.secrets.clone(), Arc::new(tell)) {
                Ok(thread) => self.calendar.thread = Some(thread),
                Err(error) => return tracing::error!(%error, "no calendar is read"),
            }
        }
        if let Some(thread) = &self.calendar.thread {
            thread.command(command);
        }
    }
}

/// What a file holds of the days that are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Nothing,
    /// Nothing else than meetings that are called off.
    CalledOff,
    Meetings,
}

fn holds(meetings: &Result<Vec<Occurrence>, CalendarFault>) -> Result<Holds, CalendarFault> {
    match meetings {
        Ok(meetings) if meetings.is_empty() => Ok(Holds::Nothing),
        Ok(meetings) if meetings.iter().all(|one| one.cancelled) => Ok(Holds::CalledOff),
        Ok(_) => Ok(Holds::Meetings),
        Err(fault) => Err(*fault),
    }
}

/// Why a file leads nowhere.
fn issue_of_file(name: &str, holds: Result<Holds, CalendarFault>) -> Issue {
    let issue = |code| Issue::new(code).with("name", name);
    match holds {
        // Its links were not looked at.
        Ok(Holds::Nothing) => issue(IssueCode::CalendarFileNoLink).with("cause", "past"),
        Ok(Holds::CalledOff) => issue(IssueCode::CalendarFileNoLink).with("cause", "cancelled"),
        Ok(Holds::Meetings) => issue(IssueCode::CalendarFileNoLink),
        Err(CalendarFault::TooLarge) => issue(IssueCode::CalendarFileUnreadable).with("cause", "too_large"),
        Err(_) => issue(IssueCode::CalendarFileUnreadable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_meeting_to_look_at_is_not_one_without_links() {
        use IssueCode::{CalendarFileNoLink, CalendarFileUnreadable};
        let meeting = |cancelled| Occurrence {
            id: "1 0".into(),
            title: String::new(),
            start: 0,
            end: 0,
            all_day: false,
            cancelled,
            links: Vec::new(),
        };
        for (meetings, code, cause) in [
            (Ok(vec![]), CalendarFileNoLink, Some("past")),
            (Ok(vec![meeting(true), meeting(true)]), CalendarFileNoLink, Some("cancelled")),
            (Ok(vec![meeting(false), meeting(true)]), CalendarFileNoLink, None),
            (Err(CalendarFault::TooLarge), CalendarFileUnreadable, Some("too_large")),
            (Err(CalendarFault::NoCalendar), CalendarFileUnreadable, None),
        ] {
            let issue = issue_of_file("a.ics", holds(&meetings));
            assert_eq!((issue.code, issue.params["name"].as_str()), (code, "a.ics"));
            assert_eq!(issue.params.get("cause").map(String::as_str), cause, "{meetings:?}");
        }
    }

    #[test]
    fn what_a_file_leads_to_has_a_sentence_in_every_language() {
        for (language, sentences) in crate::issues::sentences(IssueCode::CalendarFileNoLink) {
            for key in ["cause", "cause_past", "cause_cancelled", "next", "next_cancelled"] {
                assert!(sentences[key].as_str().is_some_and(|sentence| !sentence.is_empty()), "{language}: {key}");
            }
        }
    }
}
