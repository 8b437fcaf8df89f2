//! Evidence, and what the user is told.

use super::*;

impl Meeting {
    pub(super) fn evidence(&mut self, track: &TrackId, change: impl FnOnce(&mut TrackEvidence)) {
        if let Some(call) = &mut self.call {
            if sharing::is_shared(track) {
                return;
            }
            change(if *track == TrackId::local_camera() { &mut call.camera } else { &mut call.microphone });
        }
    }

    /// Looks at evidence and elapsed time, four times a second.
    pub(super) fn look(&mut self) {
        let now = self.clock.now();
        let others = self.state.view().participants.len();
        let still = self.is_microphone_silent(now);
        let Some(call) = &mut self.call else { return };
        call.microphone.still = still;
        let down = call.down_since.filter(|since| now.since(*since) >= Duration::from_millis(700));
        // A server that has stopped without a word is as good as gone; it may come back as silently.
        let down = down.or(call.unanswered_since.filter(|_| call.down_since.is_none()));
        let is_back = down.is_none() && call.down_since.is_none() && call.connected;
        let room = RoomEvidence { connected: call.connected, lost: down.is_some(), others };
        let hearing = crate::evidence::hearing(&call.microphone, &room, now);
        let seeing = crate::evidence::seeing(&call.camera, &room, now);
        if let Some(since) = down.filter(|_| call.connected) {
            let seconds = now.since(since).as_secs() as u32;
            let link = call.link.view();
            let first = !self.state.view().issues.iter().any(|issue| issue.code == IssueCode::Reconnecting);
            if !matches!(self.state.view().phase, Phase::InMeeting { reconnecting_for: Some(told), .. } if told == seconds)
            {
                self.state.edit().phase = Phase::InMeeting { link, reconnecting_for: Some(seconds) };
            }
            if first {
                self.issue(Issue::new(IssueCode::Reconnecting));
            }
        }
        if is_back && let Phase::InMeeting { link, reconnecting_for: Some(_) } = &self.state.view().phase {
            let link = link.clone();
            self.state.edit().phase = Phase::InMeeting { link, reconnecting_for: None };
            self.issue_gone(IssueCode::Reconnecting);
        }
        let me = &self.state.view().me;
        if me.hearing != hearing || me.seeing != seeing {
            let me: &mut LocalView = &mut self.state.edit().me;
            me.hearing = hearing;
            me.seeing = seeing;
        }
    }

    pub(super) fn issue(&mut self, issue: Issue) {
        if self.state.view().issues.contains(&issue) {
            return;
        }
        self.board.issue(&issue, self.clock.now());
        let issues = &mut self.state.edit().issues;
        issues.retain(|known| known.code != issue.code);
        issues.push(issue);
    }

    pub(super) fn issue_gone(&mut self, code: IssueCode) {
        if self.state.view().issues.iter().any(|issue| issue.code == code) {
            self.state.edit().issues.retain(|issue| issue.code != code);
        }
    }

    pub(super) fn issues_gone(&mut self) {
        self.issues_gone_where(|_| true);
    }

    pub(super) fn issues_gone_where(&mut self, is_gone: impl Fn(&Issue) -> bool) {
        if self.state.view().issues.iter().any(&is_gone) {
            self.state.edit().issues.retain(|issue| !is_gone(issue));
        }
    }
}
