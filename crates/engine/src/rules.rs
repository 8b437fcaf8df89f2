//! What the organisation has decided, as the engine obeys it.

use std::sync::Arc;
use visavis_model::{BitsPerSecond, CapabilitySet, Command, ManagedRoomView, PolicyView};
use visavis_provider::{AllowedHosts, Found, KnownHosts, MeetingLink, Provider, find_meeting};
use visavis_settings::policy::{ForeignMeetings, Policy, SecretPlace};

/// The policy, what is shown of it, and the rooms that it puts on the start screen. A page that hides a key forbids nothing: this does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    pub policy: Policy,
    pub view: PolicyView,
    pub rooms: Vec<ManagedRoomView>,
}

impl Rules {
    /// The servers that may be contacted, of those that the person named or only visited (`own`): the organisation's comes first. One that
    /// it advises is there until the person has named one; visits change nothing.
    pub fn known(&self, own: &KnownHosts) -> KnownHosts {
        let policy = &self.policy;
        let forced = policy.server_url.forced();
        let locked = policy.lock_server.is_on();
        let (visited, named): (Vec<_>, Vec<_>) = own.hosts().partition(|host| own.is_visited(host));
        let root = |host| own.url(host).map(url::Url::as_str);
        let advised = policy.server_url.advised().filter(|_| named.is_empty() || locked);
        let first = forced.or(advised).map(|server| server.text.as_str());
        let rest = named.into_iter().filter_map(root).filter(|_| !locked);
        let plain = policy.allow_plain_http_loopback.forced() != Some(&false);
        let mut known = KnownHosts::new(first.into_iter().chain(rest), locked);
        for server in visited.into_iter().filter_map(root) {
            // Refused where no others are allowed.
            let _ = known.visit(server);
        }
        known.within(self.allowed(), !plain)
    }

    /// Every host that may be contacted in meetings.
    pub fn allowed(&self) -> AllowedHosts {
        self.policy.allowed_servers.forced().map_or_else(AllowedHosts::any, |list| list.allowed.clone())
    }

    /// Whether the person is asked before that server is contacted: not about a link that the organisation itself put into its rooms.
    pub fn asks_about(&self, found: &Found, providers: &[Arc<dyn Provider>], known: &KnownHosts) -> bool {
        found.standing.asks_first() && !self.has_room(&found.link, providers, known)
    }

    /// Whether a room of the policy leads to this very meeting: that it may be contacted is then the organisation's word.
    fn has_room(&self, link: &MeetingLink, providers: &[Arc<dyn Provider>], known: &KnownHosts) -> bool {
        let mut meetings = self.rooms.iter().filter_map(|room| find_meeting(&room.link, providers, known).ok());
        meetings.any(|meeting| meeting.found.link == *link)
    }

    /// Where a window that signs in may go.
    pub fn sign_in_pages(&self) -> AllowedHosts {
        let allowed = self.allowed();
        match self.policy.sign_in_hosts.forced() {
            Some(further) => allowed.or(&further.allowed),
            None => allowed,
        }
    }

    /// Whether `host` was refused under the rules `before` and is so no more: as a server, of those that the person named (`own`) or at
    /// all, or as a page of a window that signs in.
    pub fn takes_back(&self, before: &Self, own: &KnownHosts, host: &str) -> bool {
        let serves = |rules: &Self| {
            let known = rules.known(own);
            rules.allowed().allows(host) && (!known.is_closed() || known.contains(host))
        };
        let shows = |rules: &Self| rules.sign_in_pages().allows(host);
        (serves(self) && !serves(before)) || (shows(self) && !shows(before))
    }

    /// True for a server that the organisation has set: it cannot be taken away.
    pub fn manages(&self, host: &str) -> bool {
        self.policy.server_url.forced().is_some_and(|server| server.host == host)
    }

    /// Whether links to meetings of other services are not opened.
    pub fn refuses_elsewhere(&self) -> bool {
        self.policy.foreign_meetings.forced() == Some(&ForeignMeetings::Refuse)
    }

    /// The name that others see, where the organisation says it.
    pub fn name(&self) -> Option<&str> {
        self.policy.display_name.forced().map(|name| name.0.as_str())
    }

    /// What is left of what a room allows.
    pub fn of(&self, room: CapabilitySet) -> CapabilitySet {
        let policy = &self.policy;
        let records = !policy.disable_recording.is_on();
        CapabilitySet {
            chat: room.chat && !policy.disable_chat.is_on(),
            reactions: room.reactions && !policy.disable_reactions.is_on(),
            record: room.record && records,
            ask_recording: room.ask_recording && records,
            publish_camera: room.publish_camera && !policy.disable_camera.is_on(),
            publish_screen: room.publish_screen && !policy.disable_screen_share.is_on(),
            ..room
        }
    }

    /// The name in the contract of what a command asks for, where that is not allowed.
    pub fn forbids(&self, command: &Command) -> Option<&'static str> {
        let policy = &self.policy;
        match command {
            Command::SendMessage { .. } if policy.disable_chat.is_on() => Some("send_message"),
            Command::React { .. } if policy.disable_reactions.is_on() => Some("react"),
            Command::StartRecording { .. } if policy.disable_recording.is_on() => Some("start_recording"),
            Command::AskForRecording { .. } if policy.disable_recording.is_on() => Some("ask_for_recording"),
            Command::SetCameraOn { on: true } if policy.disable_camera.is_on() => Some("set_camera_on"),
            Command::StartShare { .. } if policy.disable_screen_share.is_on() => Some("start_share"),
            Command::SetShareSound { on: true } if policy.disable_screen_share_audio.is_on() => Some("share_sound"),
            Command::SetName { .. } if self.name().is_some() => Some("set_name"),
            _ => None,
        }
    }

    /// Whether windows may be shared and whole screens not.
    pub fn shares_windows_only(&self) -> bool {
        self.policy.share_windows_only.is_on()
    }

    /// Most that the own pictures take together.
    pub fn most_video(&self) -> Option<BitsPerSecond> {
        self.policy.max_video_bitrate.forced().map(|most| BitsPerSecond::from_kilobits(most.0.into()))
    }

    /// Whether a portable installation does not update itself.
    pub fn forbids_updates(&self) -> bool {
        self.policy.disable_auto_update.over(None) == Some(&true)
    }

    /// Whether it does: not without a source that the organisation names.
    pub fn takes_updates(&self) -> bool {
        self.policy.update_source.forced().is_some() && !self.forbids_updates()
    }

    /// Whether sessions may outlive the application.
    pub fn keeps_secrets(&self) -> bool {
        self.policy.secret_store.forced() != Some(&SecretPlace::Nowhere)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use visavis_settings::policy::{Layer, Level, Reading, Scope, resolve};

    fn rules(managed: Value) -> Rules {
        let Value::Object(values) = managed else { panic!("an object") };
        let layer = Layer { level: Level::Mandatory, scope: Scope::Machine, origin: "a".into(), values };
        let said = resolve(Reading { layers: vec![layer], problems: Vec::new() });
        assert!(said.entries.iter().all(|entry| entry.fault.is_none()), "{:?}", said.entries);
        Rules { policy: said.policy, ..Rules::default() }
    }

    fn hosts(rules: &Rules, own: &[&str]) -> Vec<String> {
        rules.known(&KnownHosts::new(own.iter().copied(), false)).hosts().map(str::to_owned).collect()
    }

    #[test]
    fn the_organisations_server_comes_first_and_may_be_the_only_one() {
        let own = ["http://localhost:8071", "a.example"];
        assert_eq!(hosts(&Rules::default(), &own), ["localhost:8071", "a.example"]);
        let server = rules(json!({ "ServerURL": "https://visio.example" }));
        assert_eq!(hosts(&server, &own), ["visio.example", "localhost:8071", "a.example"]);
        assert!(server.manages("visio.example") && !server.manages("a.example"));
        let locked = rules(json!({ "ServerURL": "visio.example", "LockServer": true }));
        assert_eq!(hosts(&locked, &own), ["visio.example"]);
        assert!(locked.known(&KnownHosts::default()).is_closed());
        let allowed = rules(json!({ "AllowedServers": ["a.example"], "ServerURL": "visio.example" }));
        assert_eq!(hosts(&allowed, &own), ["a.example"], "a server that is not allowed is none, whoever names it");
        let encrypted = rules(json!({ "AllowPlainHttpLoopback": false }));
        assert_eq!(hosts(&encrypted, &own), ["a.example"]);
    }

    #[test]
    fn an_advised_server_stays_until_another_one_is_named() {
        let said = |level, json: Value| match json {
            Value::Object(values) => Layer { level, scope: Scope::Machine, origin: "a".into(), values },
            other => panic!("an object: {other}"),
        };
        let advised = said(Level::Recommended, json!({ "ServerURL": "visio.agglo.example" }));
        let list = json!(["*.agglo.example", "visio.prefecture.example"]);
        let listed = said(Level::Mandatory, json!({ "AllowedServers": list }));
        let said = resolve(Reading { layers: vec![advised, listed], problems: Vec::new() });
        let rules = Rules { policy: said.policy, ..Rules::default() };
        let mut own = KnownHosts::default();
        let hosts = |own: &KnownHosts| rules.known(own).hosts().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(hosts(&own), ["visio.agglo.example"]);
        assert!(own.visit("visio.prefecture.example").is_ok());
        assert_eq!(hosts(&own), ["visio.agglo.example", "visio.prefecture.example"]);
        assert!(rules.known(&own).is_visited("visio.prefecture.example"));
        assert!(own.add("visio.prefecture.example").is_ok());
        assert_eq!(hosts(&own), ["visio.prefecture.example"], "named by the person");
    }

    #[test]
    fn a_room_of_the_policy_is_that_meeting_and_no_other_of_its_server() {
        let providers: Vec<Arc<dyn Provider>> = vec![Arc::new(visavis_provider::visio::Provider)];
        let room = |link: &str| ManagedRoomView { name: "Accueil".into(), link: link.into(), icon: None };
        let rooms = vec![room("nowhere"), room("https://visio.prefecture.example/accueil")];
        let rules = Rules { rooms, ..rules(json!({ "AllowedServers": ["*.prefecture.example", "other.example"] })) };
        let known = rules.known(&KnownHosts::default());
        let has = |rules: &Rules, text: &str| {
            let meeting = find_meeting(text, &providers, &known).expect("a meeting");
            assert!(meeting.found.standing.asks_first(), "{text}");
            !rules.asks_about(&meeting.found, &providers, &known)
        };
        assert!(has(&rules, "Venez : https://visio.prefecture.example/Accueil"));
        for other in [
            "https://visio.prefecture.example/odj",
            "https://visio.prefecture.example:8443/accueil",
            "https://other.example/accueil",
        ] {
            assert!(!has(&rules, other), "{other}");
        }
        let none = Rules { rooms: Vec::new(), ..rules.clone() };
        assert!(!has(&none, "https://visio.prefecture.example/accueil"));
    }

    #[test]
    fn a_window_that_signs_in_goes_where_both_lists_say() {
        assert!(rules(json!({ "SignInHosts": ["auth.example"] })).sign_in_pages().is_any());
        let both = rules(json!({ "AllowedServers": ["a.example"], "SignInHosts": ["auth.example"] }));
        assert!(both.sign_in_pages().allows("auth.example") && !both.allowed().allows("auth.example"));
        assert!(both.sign_in_pages().allows("a.example") && !both.sign_in_pages().allows("b.example"));
    }

    #[test]
    fn what_was_refused_is_taken_back_host_by_host() {
        let none = Rules::default();
        let listed = rules(json!({ "AllowedServers": ["a.example"] }));
        let locked = rules(json!({ "ServerURL": "a.example", "LockServer": true }));
        let pages = rules(json!({ "AllowedServers": ["a.example"], "SignInHosts": ["b.example"] }));
        let own = KnownHosts::default();
        let takes_back = |now: &Rules, before: &Rules, host: &str| now.takes_back(before, &own, host);
        for before in [&listed, &locked] {
            assert!(takes_back(&none, before, "b.example") && !takes_back(&none, before, "a.example"));
            assert!(!takes_back(before, &none, "a.example") && !takes_back(before, before, "b.example"));
        }
        assert!(takes_back(&pages, &listed, "b.example") && !takes_back(&pages, &listed, "c.example"));
    }

    #[test]
    fn meetings_of_others_are_refused_where_that_is_said() {
        assert!(!Rules::default().refuses_elsewhere());
        assert!(!rules(json!({ "ForeignMeetings": "browser" })).refuses_elsewhere());
        assert!(rules(json!({ "ForeignMeetings": "refuse" })).refuses_elsewhere());
    }

    #[test]
    fn updates_need_a_source_and_are_turned_off() {
        assert!(!Rules::default().takes_updates());
        let source = "https://mirror.example/";
        assert!(rules(json!({ "UpdateSource": source })).takes_updates());
        let off = rules(json!({ "UpdateSource": source, "DisableAutoUpdate": true }));
        assert!(off.forbids_updates() && !off.takes_updates());
    }

    #[test]
    fn what_is_turned_off_is_neither_shown_nor_done() {
        let all = CapabilitySet {
            chat: true,
            reactions: true,
            record: true,
            ask_recording: true,
            publish_camera: true,
            publish_microphone: true,
            publish_screen: true,
            send_data: true,
            ..CapabilitySet::default()
        };
        assert_eq!(Rules::default().of(all), all);
        let off = rules(
            json!({ "DisableChat": true, "DisableReactions": true, "DisableRecording": true, "DisableCamera": true,
                "DisableScreenShare": true }),
        );
        // Live text is nobody's to turn off.
        let left = CapabilitySet { publish_microphone: true, send_data: true, ..CapabilitySet::default() };
        assert_eq!(off.of(all), left);
        assert_eq!(off.forbids(&Command::SendMessage { text: "a".into() }), Some("send_message"));
        assert_eq!(off.forbids(&Command::SetCameraOn { on: true }), Some("set_camera_on"));
        assert_eq!(off.forbids(&Command::SetCameraOn { on: false }), None);
        let choice = visavis_model::ShareChoice::MainScreen;
        let share = Command::StartShare { choice, mode: Default::default(), sound: true };
        assert_eq!(off.forbids(&share), Some("start_share"));
        let silent = rules(json!({ "DisableScreenShareAudio": true }));
        assert_eq!(silent.forbids(&share), None, "the picture goes, without sound");
        assert_eq!(silent.forbids(&Command::SetShareSound { on: true }), Some("share_sound"));
        assert_eq!(silent.forbids(&Command::SetShareSound { on: false }), None);
        assert!(rules(json!({ "ShareWindowsOnly": true })).shares_windows_only());
        assert_eq!(off.forbids(&Command::StopRecording), None, "what runs may be stopped");
        assert_eq!(
            rules(json!({ "DisplayName": "Salle" })).forbids(&Command::SetName { name: "x".into() }),
            Some("set_name")
        );
    }
}
