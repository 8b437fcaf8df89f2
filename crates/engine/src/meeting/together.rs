//! What people do together beyond media and messages: hands, reactions, captions, recording, the door, moderation.

use super::*;
use visavis_model::{CaptionView, CaptionsState, ReactionView, Role, TogetherView};
use visavis_provider::{Action, ActionError, ActionId, Notice, Segment, SettingsChange};

/// How long a reaction is on screen (interface specification §4.6).
const REACTION_FOR: Duration = Duration::from_secs(3);
/// Reactions that are on screen at once; more are not shown.
const MOST_REACTIONS: usize = 40;
/// Lines of captions that a window gets; the oldest go, a good part at once.
const MOST_CAPTIONS: usize = 400;
/// Requests to the room that wait for an answer.
const MOST_PENDING: usize = 64;

/// How long the name of who muted us may take after the server's word (a few milliseconds, measured).
const NAME_COMES: Duration = Duration::from_millis(500);

/// How long somebody who writes captions may take to come and to write.
const CAPTIONS_COME: Duration = Duration::from_secs(20);

/// What one call keeps of it.
#[derive(Default)]
pub(super) struct Together {
    transcript: visavis_provider::Transcript,
    /// What was asked of the room, by its number.
    pending: BTreeMap<ActionId, Asked>,
    next_action: u32,
    /// When each reaction goes, in the order of their coming.
    reactions: std::collections::VecDeque<(MediaTime, u32)>,
    next_reaction: u32,
    /// Captions were granted, and nobody has written one yet.
    captions_granted_at: Option<MediaTime>,
    /// We were muted; by whom is told in a moment.
    muted_at: Option<MediaTime>,
}

/// What waits for the room's answer.
struct Asked {
    /// The command's name in the contract.
    name: &'static str,
    /// Our own reaction, shown at once: nobody else saw it where the room refuses it.
    reaction: Option<u32>,
}

impl Meeting {
    /// A command that is asked of the room.
    pub(super) fn act(&mut self, name: &'static str, action: Action) {
        self.ask(Asked { name, reaction: None }, action);
    }

    fn ask(&mut self, asked: Asked, action: Action) {
        let Some(call) = &mut self.call else { return };
        let together = &mut call.together;
        if together.pending.len() >= MOST_PENDING {
            self.refused(&asked, &ActionError::TooMany);
            return;
        }
        together.next_action += 1;
        let id = ActionId(together.next_action);
        let name = asked.name;
        together.pending.insert(id, asked);
        call.net.room(RoomCommand::Act { id, action });
        self.tell_pending();
        // An earlier refusal is no answer to this question.
        if self.state.view().issues.iter().any(|issue| is_refusal(issue, name)) {
            self.state.edit().issues.retain(|issue| !is_refusal(issue, name));
        }
    }

    pub(super) fn action_done(&mut self, id: ActionId, outcome: Result<(), ActionError>) {
        let Some(asked) = self.call.as_mut().and_then(|call| call.together.pending.remove(&id)) else { return };
        self.tell_pending();
        match outcome {
            Err(error) => self.refused(&asked, &error),
            Ok(()) if asked.name == "set_captions" => {
                let now = self.clock.now();
                if let Some(call) = &mut self.call {
                    call.together.captions_granted_at = Some(now);
                }
            }
            Ok(()) => {}
        }
    }

    fn refused(&mut self, asked: &Asked, error: &ActionError) {
        tracing::debug!(action = asked.name, %error, "the room does not do it");
        let together = &mut self.state.edit().together;
        together.reactions.retain(|reaction| Some(reaction.id) != asked.reaction);
        if asked.name == "set_captions" {
            together.captions = CaptionsState::Off;
        }
        self.issue(refusal(asked.name, error));
    }

    fn tell_pending(&mut self) {
        let names = self
            .call
            .as_ref()
            .map_or(Vec::new(), |call| call.together.pending.values().map(|asked| asked.name.to_owned()).collect());
        self.state.edit().together.pending = names;
    }

    pub(super) fn react(&mut self, reaction: visavis_model::Reaction) {
        let shown = self.reaction(None, reaction);
        self.ask(Asked { name: "react", reaction: shown }, Action::React(reaction));
    }

    /// A reaction comes on screen; `from` `None`: our own. Gives its id there; `None`: there are too many, or nobody is called so.
    pub(super) fn reaction(
        &mut self,
        from: Option<visavis_model::ParticipantId>,
        reaction: visavis_model::Reaction,
    ) -> Option<u32> {
        let now = self.clock.now();
        let call = self.call.as_mut().filter(|call| call.together.reactions.len() < MOST_REACTIONS)?;
        let view = self.state.view();
        let name = match &from {
            Some(id) => view.participants.get(id)?.name.clone(),
            None => view.me.name.clone(),
        };
        let together = &mut call.together;
        together.next_reaction += 1;
        let id = together.next_reaction;
        together.reactions.push_back((now + REACTION_FOR, id));
        self.state.edit().together.reactions.push(ReactionView { id, from, name, reaction });
        Some(id)
    }

    /// Takes away what has been on screen for long enough; to be called several times a second.
    pub(super) fn forget_reactions(&mut self, now: MediaTime) {
        let Some(call) = &mut self.call else { return };
        while let Some((_, id)) = call.together.reactions.front().copied().filter(|(until, _)| *until <= now) {
            call.together.reactions.pop_front();
            self.state.edit().together.reactions.retain(|reaction| reaction.id != id);
        }
    }

    /// What became due of what was said or asked; to be called several times a second.
    pub(super) fn look_together(&mut self, now: MediaTime) {
        let Some(call) = &mut self.call else { return };
        let together = &mut call.together;
        if together.muted_at.is_some_and(|at| now.since(at) >= NAME_COMES) {
            together.muted_at = None;
            self.issue(Issue::new(IssueCode::MutedByOther));
        } else if together.captions_granted_at.is_some_and(|at| now.since(at) >= CAPTIONS_COME) {
            together.captions_granted_at = None;
            if self.state.view().together.captions == CaptionsState::Starting {
                self.state.edit().together.captions = CaptionsState::Unwritten;
            }
        }
    }

    /// Somebody muted us. Who it was comes after it, from themselves, or never: told once, with the name where there is one.
    pub(super) fn muted_by_other(&mut self) {
        let now = self.clock.now();
        self.state.edit().me.microphone_on = false;
        self.apply_microphone();
        if let Some(call) = &mut self.call {
            call.together.muted_at = Some(now);
        }
    }

    pub(super) fn set_captions(&mut self, on: bool) {
        if !on {
            // For this window only: others may still read.
            self.state.edit().together.captions = CaptionsState::Off;
        } else if self.state.view().together.captions == CaptionsState::Off {
            self.state.edit().together.captions = CaptionsState::Starting;
            self.act("set_captions", Action::StartCaptions);
        }
    }

    pub(super) fn caption(&mut self, segment: Segment) {
        let Some(call) = &mut self.call else { return };
        let language = language_tag(&segment.language);
        let number = call.together.transcript.take(segment, unix_millis());
        let Some(line) = call.together.transcript.line(number) else { return };
        let view = self.state.view();
        let name = line.speaker.as_ref().map_or(String::new(), |id| {
            let own = view.me.id.as_ref() == Some(id);
            let known = view.participants.get(id).map(|view| view.name.clone());
            if own { view.me.name.clone() } else { known.unwrap_or_default() }
        });
        let caption = CaptionView {
            id: number.to_string(),
            speaker: line.speaker.clone(),
            name,
            text: line.text(),
            language,
            finished: line.is_final,
            at: line.at,
        };
        let snapshot = self.state.edit();
        if matches!(snapshot.together.captions, CaptionsState::Starting | CaptionsState::Unwritten) {
            snapshot.together.captions = CaptionsState::On;
        }
        match snapshot.captions.iter_mut().rev().take(64).find(|known| known.id == caption.id) {
            // The name of somebody who has gone stays what it was.
            Some(known) => *known = CaptionView { name: keep(&known.name, caption.name), ..caption },
            None => {
                if snapshot.captions.len() >= MOST_CAPTIONS {
                    snapshot.captions.drain(..MOST_CAPTIONS / 4);
                }
                snapshot.captions.push(caption);
            }
        }
    }

    /// Whoever has just come to the door is heard: once, and once for many.
    pub(super) fn waiting(&mut self, waiting: Vec<visavis_model::WaiterView>) {
        let before = std::mem::replace(&mut self.state.edit().together.waiting, waiting);
        let together = &self.state.view().together;
        let new = together.waiting.iter().any(|waiter| before.iter().all(|known| known.id != waiter.id));
        if new {
            self.chime_once(Chime::Knock);
        }
    }

    /// Nobody can miss that a recording begins: it is shown, and sounded once.
    pub(super) fn recording(&mut self, recording: visavis_model::RecordingView) {
        let running = visavis_model::RecordingPhase::Running;
        let before = std::mem::replace(&mut self.state.edit().together.recording, recording);
        if recording.phase == running && before.phase != running {
            self.chime(Chime::Recording);
        }
    }

    pub(super) fn configure(
        &mut self,
        access: Option<visavis_model::AccessLevel>,
        sources: Option<Vec<visavis_model::TrackSource>>,
        everyone_can_mute: Option<bool>,
    ) {
        self.act("configure", Action::Configure(SettingsChange { access, sources, everyone_can_mute }));
    }

    /// What was done to us or to the room, in words that stay until they are read.
    pub(super) fn notice(&mut self, notice: Notice) {
        let name_of = |meeting: &Self, id: &visavis_model::ParticipantId| {
            meeting.state.view().participants.get(id).map_or(String::new(), |view| view.name.clone())
        };
        let words = |sources: &[visavis_model::TrackSource]| sources.iter().map(word).collect::<Vec<_>>().join(",");
        let issue = match notice {
            Notice::MutedBy(id) => {
                if let Some(call) = &mut self.call {
                    call.together.muted_at = None;
                }
                Issue::new(IssueCode::MutedByOther).with("by", name_of(self, &id))
            }
            Notice::RightsRemoved(sources) => {
                self.issue_gone(IssueCode::RightsGiven);
                // What was told before it, of a share that had not begun.
                sources.iter().for_each(|source| self.refusal_gone(&word(source)));
                Issue::new(IssueCode::RightsRemoved).with("sources", words(&sources))
            }
            Notice::RightsGiven(sources) => {
                self.issue_gone(IssueCode::RightsRemoved);
                self.issue_gone(IssueCode::PublishRefused);
                Issue::new(IssueCode::RightsGiven).with("sources", words(&sources))
            }
            Notice::RoleChanged(role) => {
                self.state.edit().me.role = role;
                Issue::new(IssueCode::RoleChanged).with("role", word(&role))
            }
            Notice::Moved(room) => Issue::new(IssueCode::MovedRoom).with("room", clean_name(&room)),
            Notice::RecordingStarted { mode, by } => {
                self.issue_gone(IssueCode::RecordingStopped);
                Issue::new(IssueCode::RecordingStarted).with("mode", word(&mode)).with("by", name_of(self, &by))
            }
            Notice::RecordingStopped { mode, by } => {
                self.issue_gone(IssueCode::RecordingStarted);
                Issue::new(IssueCode::RecordingStopped).with("mode", word(&mode)).with("by", name_of(self, &by))
            }
            Notice::RecordingRequested { mode, by } => {
                Issue::new(IssueCode::RecordingRequested).with("mode", word(&mode)).with("by", name_of(self, &by))
            }
            Notice::LimitReached(mode) => Issue::new(IssueCode::RecordingLimit).with("mode", word(&mode)),
            // The list that follows says who.
            Notice::SomebodyWaits => return,
            Notice::SignedOut => {
                let host = self.call.as_ref().map_or(String::new(), |call| call.link.host.clone());
                self.renew_session(&host);
                Issue::new(IssueCode::SessionExpired).with("host", host)
            }
        };
        self.issue(issue);
    }

    /// A new meeting begins without anything of the last one.
    pub(super) fn forget_together(&mut self) {
        let snapshot = self.state.edit();
        snapshot.together = TogetherView::default();
        snapshot.captions.clear();
        snapshot.me.role = Role::default();
        snapshot.me.hand = None;
    }
}

fn keep(old: &str, new: String) -> String {
    if new.is_empty() { old.to_owned() } else { new }
}

/// What a server calls a language, where it has the shape of a tag (`fr`, `pt-BR`); it ends up in an attribute of the page.
fn language_tag(said: &str) -> String {
    let mut parts = said.split(['-', '_']);
    let first =
        parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic()));
    let rest = parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if first && rest && said.len() <= 16 { said.replace('_', "-") } else { String::new() }
}

fn is_refusal(issue: &Issue, action: &str) -> bool {
    issue.code == IssueCode::ActionRefused && issue.params.get("action").is_some_and(|of| of == action)
}

/// How the contract spells a value.
fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// What was asked is not done.
pub(super) fn refusal(action: &str, error: &ActionError) -> Issue {
    let issue = Issue::new(IssueCode::ActionRefused).with("action", action).with("cause", cause_of(error));
    match error {
        ActionError::Throttled { seconds } => issue.with("seconds", seconds.to_string()),
        _ => issue,
    }
}

pub(super) fn cause_of(error: &ActionError) -> &'static str {
    match error {
        ActionError::Unsupported => "unsupported",
        ActionError::NotInMeeting => "not_in_meeting",
        ActionError::NotAllowed => "not_allowed",
        ActionError::SignedOut => "signed_out",
        ActionError::Gone => "gone",
        ActionError::NoAccount => "no_account",
        ActionError::Conflict => "conflict",
        ActionError::Invalid => "invalid",
        ActionError::Throttled { .. } => "throttled",
        ActionError::Failed => "failed",
        ActionError::Nonsense => "nonsense",
        ActionError::Unreachable => "unreachable",
        ActionError::Timeout => "timeout",
        ActionError::TooMany => "too_many",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::{RecordingMode, TrackSource};

    #[test]
    fn words_are_those_of_the_contract() {
        assert_eq!(word(&RecordingMode::Transcript), "transcript");
        assert_eq!(word(&TrackSource::ScreenShare), "screen_share");
        assert_eq!(word(&Role::Administrator), "administrator");
    }

    #[test]
    fn what_is_no_language_is_none() {
        assert_eq!(["fr", "pt_BR", "zh-Hant-TW"].map(language_tag), ["fr", "pt-BR", "zh-Hant-TW"]);
        for said in ["", "f", "français", "fr\" onload", "fr--x", "en-US-extension-too-long", "multi-"] {
            assert_eq!(language_tag(said), "", "{said}");
        }
    }

    #[test]
    fn a_name_that_is_known_is_kept() {
        assert_eq!(keep("Anna", String::new()), "Anna");
        assert_eq!(keep("Anna", "Anna B.".into()), "Anna B.");
    }
}
