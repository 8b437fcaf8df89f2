//! Actions on their way: one action may take many requests (everybody's microphone), of which a few run at once.

use super::reply::Reply;
use super::rest::Call;
use super::session::{Session, What};
use super::wire::Room;
use crate::{ActionError, ActionId, RoomEvent, SocketCause};
use std::collections::{BTreeMap, VecDeque};
use visavis_model::{ParticipantId, RecordingMode, TrackSource};

/// Requests of actions that run at once.
const MOST_AT_ONCE: usize = 6;
/// Requests that wait for their turn: one for everybody in the largest room.
const MOST_QUEUED: usize = 6000;
const MOST_ACTIONS: usize = 64;

/// What follows a success.
#[derive(Clone, Debug)]
pub(super) enum Then {
    Nothing,
    TellMuted(ParticipantId),
    TellRights(ParticipantId, Vec<TrackSource>),
    TellRecording(RecordingMode, &'static str),
    AskWaiters,
    /// The room's new settings; with their sources, those who are in get them too.
    Configured(Option<Vec<TrackSource>>),
}

#[derive(Clone, Debug)]
pub(super) struct Job {
    action: ActionId,
    then: Then,
    /// The session's cookies opened the door, or were to.
    by_session: bool,
}

#[derive(Debug, Default)]
struct Progress {
    left: usize,
    error: Option<ActionError>,
}

#[derive(Debug, Default)]
pub(super) struct Jobs {
    queue: VecDeque<(Job, Call)>,
    running: usize,
    progress: BTreeMap<ActionId, Progress>,
}

impl Session {
    pub(super) fn done(&mut self, id: ActionId, outcome: Result<(), ActionError>) {
        self.event(RoomEvent::ActionDone { id, outcome });
    }

    /// Begins an action of these requests; one of none is done.
    pub(super) fn begin(&mut self, id: ActionId, calls: Vec<(Then, Call)>) {
        let Some(inside) = &self.inside else { return };
        let jobs = &inside.jobs;
        if calls.is_empty() {
            self.done(id, Ok(()));
        } else if jobs.progress.contains_key(&id)
            || jobs.progress.len() >= MOST_ACTIONS
            || jobs.queue.len() + calls.len() > MOST_QUEUED
        {
            self.done(id, Err(ActionError::TooMany));
        } else {
            self.queue(id, calls);
        }
    }

    fn queue(&mut self, action: ActionId, calls: Vec<(Then, Call)>) {
        let Some(inside) = &mut self.inside else { return };
        let jobs = &mut inside.jobs;
        jobs.progress.entry(action).or_default().left += calls.len();
        jobs.queue.extend(calls.into_iter().map(|(then, call)| {
            let by_session = matches!(call.ask, super::rest::Ask::Cookies);
            (Job { action, then, by_session }, call)
        }));
        self.run();
    }

    fn run(&mut self) {
        while let Some(inside) = &mut self.inside
            && inside.jobs.running < MOST_AT_ONCE
            && let Some((job, call)) = inside.jobs.queue.pop_front()
        {
            inside.jobs.running += 1;
            self.ask(What::Job(job), call);
        }
    }

    pub(super) fn take_job(&mut self, job: Job, answer: Result<Reply, SocketCause>) {
        let Some(inside) = &mut self.inside else { return };
        inside.jobs.running = inside.jobs.running.saturating_sub(1);
        let (outcome, reply) = match answer {
            Ok(reply) => (reply.outcome(), Some(reply)),
            Err(cause) => (Err(cause.into()), None),
        };
        if outcome == Err(ActionError::SignedOut) && job.by_session {
            self.signed_out();
        }
        if outcome.is_ok() {
            self.follow(job.action, job.then, reply.as_ref());
        }
        if let Some(inside) = &mut self.inside
            && let Some(progress) = inside.jobs.progress.get_mut(&job.action)
        {
            progress.left = progress.left.saturating_sub(1);
            if let Err(error) = outcome {
                progress.error.get_or_insert(error);
            }
            if progress.left == 0 {
                let error = progress.error.take();
                inside.jobs.progress.remove(&job.action);
                self.done(job.action, error.map_or(Ok(()), Err));
            }
        }
        self.run();
    }

    fn follow(&mut self, action: ActionId, then: Then, reply: Option<&Reply>) {
        match then {
            Then::Nothing => {}
            Then::TellMuted(who) => self.notify_muted(who),
            Then::TellRights(who, removed) => self.notify_rights(who, &removed),
            Then::TellRecording(mode, what) => self.notify_recording(mode, what),
            Then::AskWaiters => self.ask_waiters(),
            Then::Configured(sources) => {
                if let Some(room) = reply.and_then(Reply::object).and_then(Room::read) {
                    // The pass of this answer is another identity's.
                    self.room = Some(Room { pass: None, ..room });
                    self.room_known();
                }
                if let Some(sources) = sources {
                    let calls = self.rights_of_all(&sources);
                    self.queue(action, calls);
                }
            }
        }
    }
}
