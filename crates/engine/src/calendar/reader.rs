//! Reads one calendar: what changed is asked for, what did not is kept.

use super::Found;
use super::ask::{Asker, Login, Question};
use super::dav::{self, Resource};
use super::files;
use super::kept::{self, Answered, Kept, Time};
use super::place::Place;
use crate::dial::Network;
use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant};
use url::Url;
use visavis_calendar::{Occurrence, Unreadable, Window, Zone, read};
use visavis_model::CalendarFault;
use visavis_provider::header;

/// Days that are read, from today on.
const DAYS: i64 = 9;
const DAY: i64 = 86_400_000;
/// Calendars of one person that are read.
const MOST_CALENDARS: usize = 32;
/// The files of one reading are counted through for so long, all together.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is looked for in the files of one reading.
#[derive(Debug)]
pub(crate) struct Search {
    pub window: Window,
    zone: Zone,
    /// What is left of [`PATIENCE`].
    left: Duration,
}

impl Search {
    pub fn new(window: Window, zone: Zone) -> Self {
        Self { window, zone, left: PATIENCE }
    }

    /// True where nothing more is read.
    pub fn is_over(&self) -> bool {
        self.left.is_zero()
    }

    /// What a file had of the time, before which `left` was left.
    fn time_since(&self, left: Duration) -> Time {
        match self.is_over() {
            false => Time::Enough,
            true if left == PATIENCE => Time::All,
            true => Time::Rest,
        }
    }
}

/// Reads a place as whoever it belongs to.
#[derive(Debug)]
pub(crate) struct Reader {
    place: Place,
    asker: Option<Asker>,
    /// The resources whose answers tell of calendars: where a person's are, or one calendar itself. Empty: not found yet.
    roots: Vec<Root>,
    /// What each calendar held, by its address.
    kept: BTreeMap<Url, Kept>,
    /// How many readings of the roots there were.
    readings: u64,
}

#[derive(Clone, Debug)]
struct Root {
    url: Url,
    depth: &'static str,
}

impl Reader {
    /// Contacts nobody yet.
    pub fn new(place: Place, network: Network, login: Option<&Login>) -> Self {
        let asker = match &place {
            Place::Server(url) | Place::Feed(url) => Some(Asker::new(network, url, login)),
            Place::File(_) => None,
        };
        Self { place, asker, roots: Vec::new(), kept: BTreeMap::new(), readings: 0 }
    }

    /// The meetings of the days to come, by their start. `now` in Unix milliseconds, `zone` where the person is.
    pub async fn read(&mut self, now: i64, zone: Zone) -> Result<Found, CalendarFault> {
        let from = zone.day_of(now);
        let search = &mut Search::new(Window { from, to: from.saturating_add(DAYS * DAY) }, zone);
        let Found { occurrences, unread } = match (self.place.clone(), self.asker.clone()) {
            (Place::File(path), _) => parse(move || files::read(&path), search).await?.into(),
            (Place::Feed(url), Some(asker)) => self.feed(&asker, url, search).await?.into(),
            (Place::Server(url), Some(asker)) => self.server(&asker, &url, search).await?,
            _ => return Err(CalendarFault::Address),
        };
        Ok(Found { occurrences: in_order(occurrences), unread })
    }

    async fn feed(&mut self, asker: &Asker, url: Url, search: &mut Search) -> Result<Vec<Occurrence>, CalendarFault> {
        let window = search.window;
        let kept = self.kept.get(&url).filter(|kept| kept.window == window && kept.found.is_ok());
        let unless = kept.and_then(|kept| kept.tag.as_deref());
        let (_, answer) = asker.ask(&url, Question { method: "GET", body: None, unless }).await?;
        if let (304, Some(kept)) = (answer.status, kept) {
            return kept.found.clone();
        }
        if answer.status != 200 {
            return Err(fault_of_status(answer.status));
        }
        let tag = header(&answer.headers, "etag").next().map(str::to_owned);
        let body = answer.body.to_vec();
        let occurrences = parse(move || Ok(body), search).await?;
        self.kept.insert(url, Kept { tag, found: Ok(occurrences.clone()), ..Kept::new(window) });
        Ok(occurrences)
    }

    async fn server(&mut self, asker: &Asker, url: &Url, search: &mut Search) -> Result<Found, CalendarFault> {
        use CalendarFault::{OtherSignIn, Password, Unreachable};
        let window = search.window;
        let mut calendars = self.calendars(asker).await;
        if !matches!(calendars, Some(Ok(_) | Err(Unreachable | Password | OtherSignIn))) {
            // The first time, or the server was arranged anew.
            match find(asker, url).await {
                Ok(roots) => self.roots = roots,
                // It speaks no CalDAV: perhaps it gives a file at this address.
                Err(CalendarFault::NoCalendar) => return Ok(self.feed(asker, url.clone(), search).await?.into()),
                Err(fault) => return Err(fault),
            }
            calendars = self.calendars(asker).await;
        }
        let calendars = calendars.unwrap_or(Err(CalendarFault::NoCalendar))?;
        if calendars.is_empty() {
            self.roots.clear();
            return Err(CalendarFault::NoCalendar);
        }
        self.kept.retain(|url, _| calendars.contains_key(url));
        self.readings += 1;
        let mut passed = 0;
        for (url, tag) in kept::in_turn(calendars, &self.kept, window) {
            let kept = self.kept.entry(url.clone()).or_insert_with(|| Kept::new(window));
            if search.is_over() {
                kept.pass(tag.as_deref(), window);
                passed += 1;
                continue;
            }
            // Whatever comes of it, be it that nobody waits for it any more: those behind it come first the next time.
            let turn = kept.begin(self.readings, tag, window);
            let left = search.left;
            let answered = meetings(asker, &url, search).await?;
            kept.end(turn, answered, search.time_since(left));
        }
        if passed > 0 {
            tracing::warn!(passed, "the calendars hold more than is read at once");
        }
        kept::all(&self.kept)
    }

    /// The calendars at the known roots, with what tells that they changed; `None` where no root is known.
    async fn calendars(&self, asker: &Asker) -> Option<Result<BTreeMap<Url, Option<String>>, CalendarFault>> {
        let mut found = BTreeMap::new();
        for root in &self.roots {
            match ask_where(asker, &root.url, root.depth).await {
                Ok((at, resources)) => {
                    for resource in resources.into_iter().filter(|resource| resource.is_calendar) {
                        if let Some(url) = asker.follow(&at, &resource.href).filter(|_| found.len() < MOST_CALENDARS) {
                            found.insert(url, resource.tag);
                        }
                    }
                }
                Err(fault) => return Some(Err(fault)),
            }
        }
        (!self.roots.is_empty()).then_some(Ok(found))
    }
}

/// Finds where somebody's calendars are (RFC 6764 §6): what was named, then the well-known place, then the server's root.
async fn find(asker: &Asker, url: &Url) -> Result<Vec<Root>, CalendarFault> {
    let at = |path: &str| url.join(path).ok();
    let named = (url.path() != "/").then(|| url.clone());
    let mut tried = HashSet::new();
    for start in [named, at("/.well-known/caldav"), at("/")].into_iter().flatten() {
        let mut next = Some(start);
        // A resource, whoever it belongs to, and where theirs are.
        for _ in 0..3 {
            let Some(url) = next.take().filter(|url| tried.insert(url.clone())) else { break };
            let (at, resources) = match ask_where(asker, &url, "0").await {
                Ok(found) => found,
                // Too long to be about one resource: it is something else.
                Err(CalendarFault::NoCalendar | CalendarFault::TooLarge) => break,
                Err(fault) => return Err(fault),
            };
            let Some(own) = resources.into_iter().next() else { break };
            if own.is_calendar {
                return Ok(vec![Root { url: at, depth: "0" }]);
            }
            let homes: Vec<_> = own.homes.iter().filter_map(|href| asker.follow(&at, href)).collect();
            if !homes.is_empty() {
                return Ok(homes.into_iter().map(|url| Root { url, depth: "1" }).collect());
            }
            next = own.principal.and_then(|href| asker.follow(&at, &href));
        }
    }
    Err(CalendarFault::NoCalendar)
}

async fn ask_where(asker: &Asker, url: &Url, depth: &'static str) -> Result<(Url, Vec<Resource>), CalendarFault> {
    let (at, answer) = asker.ask(url, Question::dav("PROPFIND", depth, dav::WHERE)).await?;
    if answer.status != 207 {
        return Err(fault_of_status(answer.status));
    }
    Ok((at, dav::resources(&answer.body).ok_or(CalendarFault::NoCalendar)?))
}

/// The meetings of one calendar, or why it gives none: it may have gone just now, its server may not be able to read it, or lead elsewhere.
/// Series are counted here; a server that cannot give them whole is asked to count.
///
/// Errors: the others of this server need not be asked either.
async fn meetings(asker: &Asker, url: &Url, search: &mut Search) -> Result<Answered, CalendarFault> {
    let (from, to) = (stamp(search.window.from), stamp(search.window.to));
    let mut last = Err(CalendarFault::NoCalendar);
    for expanded in [false, true] {
        let body = dav::query(&from, &to, expanded);
        let answered = match asker.ask(url, Question::dav("REPORT", "1", &body)).await {
            Ok((_, answer)) if answer.status == 207 => {
                let Some(resources) = dav::resources(&answer.body) else { continue };
                let data: Vec<_> = resources.into_iter().filter_map(|resource| resource.data).collect();
                if data.is_empty() {
                    return Ok(Ok(Some(Vec::new())));
                }
                return Ok(parse(move || Ok(data.join("\n").into_bytes()), search).await.map(Some));
            }
            // It has too much to do, or what is behind it is down: asking for the others too would make it worse.
            Ok((_, answer)) if matches!(answer.status, 429 | 502..=504) => return Err(CalendarFault::Unreachable),
            Ok((_, answer)) if matches!(answer.status, 404 | 410) => Ok(None),
            Ok((_, answer)) => Err(fault_of_status(answer.status)),
            Err(fault @ (CalendarFault::NoCalendar | CalendarFault::TooLarge)) => Err(fault),
            Err(fault) => return Err(fault),
        };
        // Counted by the server it may be smaller; where the server does not count, it is still too large.
        if last != Err(CalendarFault::TooLarge) {
            last = answered;
        }
    }
    Ok(last)
}

/// Reads what `open` gives, on a thread that may wait, and no longer than the search has left.
pub(crate) async fn parse(
    open: impl FnOnce() -> Result<Vec<u8>, CalendarFault> + Send + 'static,
    search: &mut Search,
) -> Result<Vec<Occurrence>, CalendarFault> {
    let Search { window, zone, left } = *search;
    let work = move || {
        // What a disk or a server takes is not counted.
        let data = match open() {
            Ok(data) => data,
            Err(fault) => return (Err(fault), Duration::ZERO),
        };
        let begun = Instant::now();
        let agenda = read(&data, window, zone, &mut || begun.elapsed() < left);
        (agenda.map_err(fault_of_file), begun.elapsed())
    };
    let asked = Instant::now();
    // A library that fails takes nothing with it but its time.
    let failed = |_| (Err(CalendarFault::NoCalendar), asked.elapsed());
    let (agenda, spent) = tokio::task::spawn_blocking(work).await.unwrap_or_else(failed);
    search.left = left.saturating_sub(spent);
    let agenda = agenda?;
    if agenda.incomplete {
        tracing::warn!("a calendar holds more than is read of it");
    }
    Ok(agenda.occurrences)
}

fn fault_of_file(error: Unreadable) -> CalendarFault {
    match error {
        Unreadable::TooLarge => CalendarFault::TooLarge,
        Unreadable::NoCalendar => CalendarFault::NoCalendar,
    }
}

/// By their start; the same invitation in two calendars is one meeting.
fn in_order(mut occurrences: Vec<Occurrence>) -> Vec<Occurrence> {
    occurrences.sort_by(|a, b| (a.start, a.end, &a.id).cmp(&(b.start, b.end, &b.id)));
    let mut seen = HashSet::new();
    occurrences.retain(|one| one.id.starts_with(' ') || seen.insert((one.id.clone(), one.start)));
    occurrences
}

fn fault_of_status(status: u16) -> CalendarFault {
    match status {
        407 | 429 | 500.. => CalendarFault::Unreachable,
        _ => CalendarFault::NoCalendar,
    }
}

/// An instant as CalDAV writes it.
fn stamp(millis: i64) -> String {
    visavis_calendar::utc_stamp(millis)
}

#[cfg(test)]
mod tests;
