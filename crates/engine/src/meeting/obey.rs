//! What the organisation has decided holds at once, in a meeting too.

mod page;
mod share;

use super::*;
use crate::rules::Rules;

/// What the person, and this installation, have while the organisation decides otherwise.
#[derive(Debug, Default)]
pub(super) struct Hidden {
    /// The name before the organisation set one.
    pub(super) name: String,
    /// The version that lies ready, wanted or not.
    update: Option<String>,
}

impl Meeting {
    /// Whether the organisation forbids it; then it is said, and not done.
    pub(super) fn is_forbidden(&mut self, command: &Command) -> bool {
        let Some(action) = self.options.rules.forbids(command) else { return false };
        self.issue(Issue::new(IssueCode::ActionRefused).with("action", action).with("cause", "policy"));
        true
    }

    /// Takes what was decided at the start.
    pub(super) fn obey_at_start(&mut self) {
        self.hidden.name.clone_from(&self.state.view().me.name);
        self.show_rules();
        self.obey_own_side();
    }

    /// What the organisation decided is another now.
    pub(super) fn set_rules(&mut self, rules: Rules) {
        if self.options.rules == rules {
            return;
        }
        let before = std::mem::replace(&mut self.options.rules, rules);
        self.network.set(self.options.rules.network());
        self.known = self.options.rules.known(&self.own_servers);
        self.show_rules();
        // The next look at the source is hours away.
        self.show_update();
        self.obey_in_calendar();
        self.tell_servers();
        self.obey_names(&before);
        self.obey_own_side();
        self.obey_servers();
        self.take_back_refusals(&before);
        if let Some(call) = &mut self.call {
            let capabilities = self.options.rules.of(call.granted);
            let snapshot = self.state.edit();
            snapshot.room.capabilities = capabilities;
            snapshot.sharing.windows_only = self.options.rules.shares_windows_only();
            self.people_changed = true;
            if self.options.rules.policy.disable_chat.is_on() {
                snapshot.messages.clear();
            }
            if self.options.rules.policy.disable_reactions.is_on() {
                snapshot.together.reactions.clear();
            }
        }
        self.obey_in_share();
        self.obey_in_sound();
    }

    /// This version lies ready, or none does.
    pub(super) fn update_ready(&mut self, version: Option<String>) {
        self.hidden.update = version;
        self.show_update();
    }

    /// It is told where it is put in place at the next start.
    fn show_update(&mut self) {
        let version = self.hidden.update.clone().filter(|_| self.options.rules.takes_updates());
        if self.state.view().home.update != version {
            self.state.edit().home.update = version;
        }
    }

    /// What may not be shared any more is shared no longer, and what may again is not told as forbidden.
    fn obey_in_share(&mut self) {
        let rules = &self.options.rules;
        let over: Vec<Issue> =
            self.state.view().issues.iter().filter(|issue| share::is_over(rules, issue)).cloned().collect();
        let kind = self.state.view().sharing.active.as_ref().map(|share| share.kind).unwrap_or_default();
        let end = self.share.as_ref().and_then(|running| share::end_of(rules, kind, running.asked));
        self.issues_gone_where(|issue| over.contains(issue));
        if let Some(issue) = end {
            self.stop_share();
            self.issue(issue);
        }
    }

    fn show_rules(&mut self) {
        let rules = &self.options.rules;
        let snapshot = self.state.edit();
        snapshot.policy = rules.view.clone();
        snapshot.home.rooms.clone_from(&rules.rooms);
        if rules.policy.disable_recent_meetings.is_on() {
            snapshot.home.recent.clear();
        }
        if let Some(elsewhere) = &mut snapshot.elsewhere {
            elsewhere.refused = rules.refuses_elsewhere();
        }
        if rules.refuses_elsewhere() {
            snapshot.issues.iter_mut().for_each(page::forbid);
        }
    }

    /// A name that the organisation sets is ours; what the person wrote comes back when it does not any more.
    fn obey_names(&mut self, before: &Rules) {
        let name = match (before.name(), self.options.rules.name()) {
            (None, None) => return,
            (_, Some(name)) => clean_name(name),
            (Some(_), None) => self.hidden.name.clone(),
        };
        if self.state.view().me.name != name {
            self.state.edit().me.name.clone_from(&name);
            if self.in_meeting() {
                self.act("set_name", Action::Rename(name));
            }
        }
    }

    fn obey_own_side(&mut self) {
        if let Some(name) = self.options.rules.name().map(clean_name) {
            self.state.edit().me.name = name;
        }
        if self.options.rules.policy.disable_camera.is_on() && self.state.view().me.camera_on {
            self.state.edit().me.camera_on = false;
            self.apply_camera();
        }
    }

    /// How microphone and camera are when a meeting is opened.
    pub(super) fn obey_defaults(&mut self) {
        let policy = &self.options.rules.policy;
        let (muted, off) = (policy.default_mic_muted.forced().copied(), policy.default_camera_off.forced().copied());
        let disabled = policy.disable_camera.is_on();
        let snapshot = self.state.edit();
        let (settings, me) = (&snapshot.settings, &mut snapshot.me);
        me.microphone_on = muted.map_or(me.microphone_on && !settings.microphone_off_first, |muted| !muted);
        me.camera_on = off.map_or(me.camera_on && !settings.camera_off_first, |off| !off) && !disabled;
    }

    /// A meeting at a server that is not allowed any more is left; whom else it is connected with, its net thread knows.
    fn obey_servers(&mut self) {
        let Some(Opened { link, .. }) = &self.opened else { return };
        if self.known.permits(link).is_err() {
            let host = link.host.clone();
            self.leave_refused(&host);
        } else if let Some(call) = &self.call {
            call.net.obey();
        }
    }

    /// Leaves a meeting that has to do with a host that is not allowed any more: its link's, its media's or a relay's.
    pub(super) fn leave_refused(&mut self, host: &str) {
        let Some(Opened { link, .. }) = &self.opened else { return };
        let link = link.view();
        let issue = Issue::new(IssueCode::ServerNotAllowed).with("host", host);
        if self.call.is_none() {
            self.go_home();
            return self.issue(issue);
        }
        self.stop_call();
        self.close_devices();
        self.opened = None;
        self.issues_gone();
        self.board.issue(&issue, self.clock.now());
        self.state.edit().phase = Phase::Failed { issue, link: Some(link) };
    }

    /// What is not so any more is not said any longer: that a server is not allowed. The link is the person's to open again.
    fn take_back_refusals(&mut self, before: &Rules) {
        let (rules, own) = (&self.options.rules, &self.own_servers);
        let is_over = |issue: &Issue| {
            issue.code == IssueCode::ServerNotAllowed
                && match issue.params.get("host") {
                    Some(host) => rules.takes_back(before, own, host),
                    // Of no host that could be told.
                    None => rules.allowed() != before.allowed(),
                }
        };
        // A host to which only the meeting's server led is no server of anybody's: the list alone speaks of it.
        let is_led_to = |issue: &Issue, link: &Option<visavis_model::Link>| {
            let host = issue.params.get("host").filter(|_| issue.code == IssueCode::ServerNotAllowed);
            let led = host.filter(|host| link.as_ref().is_some_and(|link| link.host != **host));
            led.is_some_and(|host| rules.allowed().allows(host) && !before.allowed().allows(host))
        };
        let snapshot = self.state.view();
        let over: Vec<Issue> = snapshot.issues.iter().filter(|issue| is_over(issue)).cloned().collect();
        if matches!(&snapshot.phase, Phase::Failed { issue, link } if is_over(issue) || is_led_to(issue, link)) {
            self.go_home();
        }
        self.issues_gone_where(|issue| over.contains(issue));
    }

    /// Why a link leads nowhere.
    pub(super) fn refuse_link(&mut self, error: visavis_provider::LinkError, text: &str) {
        let issue = page::issue_of_text(error, text, &self.known, self.options.rules.refuses_elsewhere());
        let host = text.split_whitespace().find_map(|word| Some(url::Url::parse(word).ok()?.host_str()?.to_owned()));
        self.issue(match host {
            Some(host) if issue.code == IssueCode::ServerNotAllowed => issue.with("host", host),
            _ => issue,
        });
    }
}
