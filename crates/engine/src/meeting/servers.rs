//! Which servers may be contacted, and which meetings were of late.

use super::*;
use crate::rules::Rules;
use visavis_model::{Elsewhere, HomeView, RecentView, ServerView};
use visavis_provider::visio::Server;
use visavis_provider::{Foreign, Found, LinkError, Standing, find_destination};

/// Meetings that are remembered.
const MOST_RECENT: usize = 20;

/// What the start screen offers at the beginning.
pub(super) fn home(known: &KnownHosts, rules: &Rules, recent: Vec<RecentView>) -> HomeView {
    let servers = known
        .hosts()
        .map(|host| ServerView {
            host: host.to_owned(),
            url: known.url(host).map_or(String::new(), ToString::to_string),
            managed: rules.manages(host),
            visited: known.is_visited(host),
            ..ServerView::default()
        })
        .collect();
    let recent = recent.into_iter().take(MOST_RECENT).collect();
    HomeView { servers, recent, rooms: rules.rooms.clone(), ..HomeView::default() }
}

/// The same with the servers and rooms that there are now. Whatever else it shows stays.
fn home_after(before: HomeView, known: &KnownHosts, rules: &Rules) -> HomeView {
    let HomeView { servers: old, recent, rooms: _, calendar, update } = before;
    let mut after = HomeView { calendar, update, ..home(known, rules, recent) };
    for server in &mut after.servers {
        if let Some(old) = old.iter().find(|old| old.host == server.host) {
            *server = ServerView { managed: server.managed, visited: server.visited, ..old.clone() };
        }
    }
    after
}

impl Meeting {
    pub(super) fn destination(&self, text: &str) -> Result<Destination, LinkError> {
        find_destination(text, &self.options.providers, &self.known)
    }

    /// `asked`: it was opened, so the person is to decide now.
    pub(super) fn set_elsewhere(&mut self, foreign: Option<&Foreign>, asked: bool) {
        let elsewhere = foreign.map(|foreign| Elsewhere {
            service: foreign.service,
            host: foreign.host().to_owned(),
            url: foreign.url.to_string(),
            asked,
            refused: self.options.rules.refuses_elsewhere(),
        });
        if self.state.view().elsewhere != elsewhere {
            self.state.edit().elsewhere = elsewhere;
        }
    }

    /// What a room is called, as our rooms at its server tell: also one that was just made.
    pub(super) fn room_name(&self, link: &MeetingLink) -> Option<String> {
        let server = self.state.view().home.servers.iter().find(|server| server.host == link.host)?;
        let room = server.rooms.iter().flatten().find(|room| is_link_to(&room.link, &link.room))?;
        Some(room.name.clone()).filter(|name| !name.is_empty())
    }

    /// A link as it is read, with the room's name where that is known.
    pub(super) fn link_to_read(&self, link: &MeetingLink) -> visavis_model::Link {
        let view = link.view();
        visavis_model::Link { room: self.room_name(link).unwrap_or(view.room), ..view }
    }

    fn asks_about(&self, found: &Found) -> bool {
        let EngineOptions { rules, providers, .. } = &self.options;
        rules.asks_about(found, providers, &self.known)
    }

    /// Goes to the last look before a meeting; a server that nobody has named is asked about first and not contacted. False where it
    /// does not go there (yet).
    pub(super) fn open_link(&mut self, text: &str) -> bool {
        // A device that is missing is missing still, whatever comes of the link, and nothing says it again.
        self.issues_gone_where(|issue| !is_of_own_side(issue.code));
        self.asked_about = None;
        self.join_due = None;
        self.set_elsewhere(None, false);
        match self.destination(text) {
            Ok(Destination::Here(meeting)) if !self.asks_about(&meeting.found) => {
                self.stop_call();
                self.issues_gone_where(|issue| is_of_a_meeting(issue.code));
                let link = meeting.found.link;
                self.visit_allowed(&link);
                self.obey_defaults();
                let name = self.room_name(&link).unwrap_or_default();
                self.state.edit().room = RoomView { name, ..RoomView::default() };
                self.state.edit().phase = Phase::PreJoin { link: link.view() };
                self.state.edit().recognised = Some(self.link_to_read(&link));
                self.opened = Some(Opened { provider: meeting.provider, link });
                self.open_devices();
                true
            }
            Ok(Destination::Elsewhere(foreign)) => {
                self.set_elsewhere(Some(&foreign), true);
                false
            }
            Ok(Destination::Here(meeting)) => {
                self.asked_about = Some(text.to_owned());
                self.issue(Issue::new(IssueCode::ServerUnknown).with("host", meeting.found.link.host));
                false
            }
            Err(error) => {
                self.refuse_link(error, text);
                false
            }
        }
    }

    /// The person says that a server may be contacted, and goes on to what was opened.
    pub(super) fn add_server(&mut self, host: &str) {
        // As it was found, which says whether it is reached encrypted.
        let moved = self.moved_to.take().filter(|to| Server::new(to).is_some_and(|server| server.host() == host));
        let text = moved.as_ref().map_or(host, |to| to.as_str());
        // Whoever lets one meeting begin at a server that the organisation allows has not named that server for all others.
        let named = moved.is_some() || !self.is_asked_about_allowed(host);
        let take = |servers: &mut KnownHosts| if named { servers.add(text) } else { servers.visit(text) };
        match take(&mut self.known) {
            Ok(_) => {
                let _ = take(&mut self.own_servers);
                self.issue_gone(IssueCode::ServerUnknown);
                self.issue_gone(IssueCode::ServerMoved);
                self.tell_servers();
                if moved.is_some() {
                    self.sign_in(host);
                }
                if let Some(text) = self.asked_about.take() {
                    self.open_link(&text);
                }
            }
            Err(error) => self.refuse_link(error, &format!("https://{host}")),
        }
    }

    /// Whether the open question is about that host, which the policy's list has and nobody named.
    fn is_asked_about_allowed(&self, host: &str) -> bool {
        let asked = self.asked_about.as_deref().and_then(|text| self.destination(text).ok());
        matches!(asked, Some(Destination::Here(meeting)) if meeting.found.link.host == host)
            && self.known.standing(host) == Ok(Standing::Allowed)
    }

    /// The meeting is at another address now, which is not asked before the person says so.
    pub(super) fn moved_meeting(&mut self, issue: Issue, to: &url::Url, room: &str) -> Issue {
        let host = issue.params.get("host").cloned().unwrap_or_default();
        if !self.options.rules.allowed().allows(&host) {
            return Issue::new(IssueCode::ServerNotAllowed).with("host", host);
        }
        self.asked_about = to.join(room).ok().map(String::from);
        issue
    }

    /// A server that the organisation allows without naming it is from now on shown with the others. Nobody named it, so that it stands
    /// behind them, and takes no place of one that the organisation advises.
    fn visit_allowed(&mut self, link: &MeetingLink) {
        if link.kind == visavis_model::LinkKind::Visio
            && !self.known.contains(&link.host)
            && self.known.visit(link.url.as_str()).is_ok()
        {
            let _ = self.own_servers.visit(link.url.as_str());
            self.tell_servers();
        }
    }

    pub(super) fn remove_server(&mut self, host: &str) {
        if self.options.rules.manages(host) {
            return;
        }
        self.drop_account(host);
        self.forget_unsent();
        self.known.remove(host);
        self.own_servers.remove(host);
        self.cookies.remove(host);
        self.tell_servers();
        self.state.edit().home.recent.retain(|recent| recent.host != host);
    }

    pub(super) fn tell_servers(&mut self) {
        let before = std::mem::take(&mut self.state.edit().home);
        self.state.edit().home = home_after(before, &self.known, &self.options.rules);
        self.show_meetings();
    }

    /// We are in: worth remembering, where the link has no secret.
    pub(super) fn remember_meeting(&mut self) {
        let Some(opened) = &self.opened else { return };
        if !matches!(opened.link.credentials, Credentials::Visitor) || !self.keeps_recent() {
            return;
        }
        // Made anew from what was recognised: the pasted text may hold more than the link.
        let Ok(mut url) = opened.link.url.join(&opened.link.room) else { return };
        url.set_query(None);
        url.set_fragment(None);
        let entry = RecentView {
            text: url.into(),
            host: opened.link.host.clone(),
            room: opened.link.room.clone(),
            at: unix_millis(),
        };
        let recent = &mut self.state.edit().home.recent;
        recent.retain(|known| (&known.host, &known.room) != (&entry.host, &entry.room));
        recent.insert(0, entry);
        recent.truncate(MOST_RECENT);
    }
}

/// Whether it speaks of this computer's devices, and not of a link or a server.
fn is_of_own_side(code: IssueCode) -> bool {
    ["VIS-MIC-", "VIS-CAM-", "VIS-OUT-", "VIS-DEV-", "VIS-SRC-"].iter().any(|area| code.text().starts_with(area))
}

/// Of those, what is over with the meeting in which it was said.
const fn is_of_a_meeting(code: IssueCode) -> bool {
    matches!(
        code,
        IssueCode::LargeMeeting
            | IssueCode::MutedSpeaking
            | IssueCode::MutedByLock
            | IssueCode::MicrophoneSilent
            | IssueCode::LoudspeakerMutedBySystem
            | IssueCode::DevicesMoved
            | IssueCode::BackgroundSlow
    )
}

/// Whether a room's own link ends in this code.
fn is_link_to(link: &str, room: &str) -> bool {
    let last = link.trim_end_matches('/').rsplit('/').next();
    last.is_some_and(|last| last.eq_ignore_ascii_case(room))
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::{CalendarView, SignIn};

    #[test]
    fn what_the_start_screen_shows_beside_its_servers_stays() {
        let known = KnownHosts::new(["a.example", "b.example"], false);
        let rules = Rules::default();
        let calendar = CalendarView { kept: true, ..CalendarView::default() };
        let mut before = HomeView { calendar, update: Some("9.0.0".into()), ..home(&known, &rules, Vec::new()) };
        before.servers[0].sign_in = SignIn::In;
        before.servers[1].sign_in = SignIn::Window;
        let after = home_after(before.clone(), &KnownHosts::new(["b.example", "c.example"], false), &rules);
        let servers: Vec<_> = after.servers.iter().map(|server| (server.host.as_str(), server.sign_in)).collect();
        assert_eq!(servers, [("b.example", SignIn::Window), ("c.example", SignIn::Out)]);
        assert_eq!(HomeView { servers: before.servers.clone(), ..after }, before);
    }

    #[test]
    fn another_link_leaves_what_is_said_of_devices_and_nothing_else() {
        use IssueCode::*;
        for code in [MicrophoneNone, MicrophoneTelephone, LoudspeakerNone, CameraBusy, DeviceArrived, SourceFile] {
            assert!(is_of_own_side(code) && !is_of_a_meeting(code), "{code:?}");
        }
        let of_a_meeting = [LargeMeeting, MutedSpeaking, MutedByLock, MicrophoneSilent, DevicesMoved, BackgroundSlow];
        for code in of_a_meeting.into_iter().chain([LoudspeakerMutedBySystem]) {
            assert!(is_of_own_side(code) && is_of_a_meeting(code), "{code:?}");
        }
        for code in [LinkUnknown, ServerUnknown, CalendarFileNoLink, SignInFailed, MutedByOther, RecordingStarted] {
            assert!(!is_of_own_side(code), "{code:?}");
        }
    }

    #[test]
    fn a_room_is_found_by_the_end_of_its_link() {
        assert!(is_link_to("https://a.example/abc-defg-hij", "abc-defg-hij"));
        assert!(is_link_to("https://a.example/Abc-defg-hij/", "abc-defg-hij"));
        assert!(!is_link_to("https://a.example/abc-defg-hijk", "abc-defg-hij"));
        assert!(!is_link_to("", "abc-defg-hij"));
    }
}
