//! The organisation's word: read before anything else, followed while the application runs.

use crate::cli::providers;
use crate::shortcut::room_of;
use base64::Engine as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use visavis_diagnostics::LogLevel;
use visavis_engine::{Commander, Rules};
use visavis_model::{BrandView, ManagedRoomView, PolicyView, RuleView};
use visavis_provider::{KnownHosts, LinkError, find_meeting};
use visavis_settings::policy::{
    Disk, Entry, FileFault, KEYS, Level, LogDetail, ManagedRoom, Picture, Policy, Problem, RESERVED, Resolved, Source,
    Standing, Watch, mark, of_system, resolve, room_picture,
};

#[derive(Debug, clap::Args)]
pub struct PolicyArguments {
    /// For programs.
    #[arg(long)]
    json: bool,
}

/// What holds now, and where it is read.
pub struct Organisation {
    source: Arc<dyn Source>,
    now: Arc<Mutex<Resolved>>,
}

impl Organisation {
    /// Reads the policy of this system. What is wrong with it is told, and keeps nobody from starting.
    pub fn of_system() -> Self {
        let source = of_system();
        let now = resolve(source.read());
        Self { source, now: Arc::new(Mutex::new(now)) }
    }

    pub fn now(&self) -> Resolved {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What holds, for those who ask later.
    pub fn handle(&self) -> Arc<Mutex<Resolved>> {
        Arc::clone(&self.now)
    }

    /// What the engine obeys.
    pub fn rules(&self) -> Rules {
        rules(&self.now())
    }

    /// The organisation's word, that of this start, the advised one, and what is usual.
    pub fn log_level(&self, verbose: bool, usual: LogLevel) -> LogLevel {
        let key = self.now().policy.log_level;
        let level = |detail: &LogDetail| match detail {
            LogDetail::Quiet => LogLevel::Quiet,
            LogDetail::Normal => LogLevel::Normal,
            LogDetail::Detailed => LogLevel::Detailed,
        };
        let forced = key.forced().map(level).or(verbose.then_some(LogLevel::Detailed));
        forced.or(key.advised().map(level)).unwrap_or(usual)
    }

    /// Tells the engine, and `also`, of every change, until what is returned is dropped.
    ///
    /// Errors: the system gives no thread.
    pub fn follow(&self, engine: Commander, also: Sender<Resolved>) -> std::io::Result<Watch> {
        let kept = Arc::clone(&self.now);
        Watch::start(Arc::clone(&self.source), self.now(), move |now| {
            let rules = rules(&now);
            tell_problems(&rules.view);
            *kept.lock().unwrap_or_else(PoisonError::into_inner) = now.clone();
            engine.set_rules(rules);
            let _ = also.send(now);
        })
    }
}

/// Leaves a word in the log: which keys, never what they say (a value may hold a name).
pub fn tell_problems(view: &PolicyView) {
    let (keys, files) = (faulty_keys(view), view.problems.len());
    if !keys.is_empty() || files > 0 {
        tracing::warn!(files, keys, "the policy is not wholly used: `visavis policy` tells why");
    }
}

/// The keys of which something is wrong, each once. What is no key of ours is only counted: it may be anything.
fn faulty_keys(view: &PolicyView) -> String {
    let names = || KEYS.iter().map(|key| key.name).chain(RESERVED.iter().map(|key| key.name));
    let is_known = |rule: &&RuleView| names().any(|name| name == rule.key);
    let (known, unknown): (Vec<_>, Vec<_>) = view.rules.iter().filter(|rule| rule.error.is_some()).partition(is_known);
    let mut names: Vec<_> = known.into_iter().map(|rule| rule.key.clone()).collect();
    names.dedup();
    if !unknown.is_empty() {
        names.push(format!("{} unknown", unknown.len()));
    }
    names.join(", ")
}

/// What the engine obeys of it, and what the page shows: there with what is wrong between keys and with files.
pub fn rules(resolved: &Resolved) -> Rules {
    let policy = resolved.policy.clone();
    let checked = resolved.clone().checked(&Disk);
    let organisation = policy.organisation_name.forced().map_or_else(String::new, |name| name.0.clone());
    let named = policy.managed_rooms.over(None).map(|rooms| rooms.0.as_slice()).unwrap_or_default();
    let servers = servers(&policy);
    let rooms = named.iter().map(|one| room(one, &servers)).collect();
    // Whoever looks here has read what others could not: to them nothing is missing.
    let missing = checked.problems.iter().filter(|problem| problem.hides());
    let view = PolicyView {
        organisation,
        rules: checked.entries.iter().map(rule).collect(),
        problems: missing.map(ToString::to_string).collect(),
        brand: brand(&policy),
    };
    Rules { policy, view, rooms }
}

fn brand(policy: &Policy) -> BrandView {
    BrandView {
        name: policy.brand_name.forced().map_or_else(String::new, |name| name.0.clone()),
        mark: policy.brand_mark.forced().and_then(|file| shown(mark(&file.0, &Disk))),
        accent: policy.brand_accent.forced().map(|accent| accent.css().to_owned()),
        accent_dark: policy.brand_accent_dark.forced().map(|accent| accent.css().to_owned()),
    }
}

fn rule(entry: &Entry) -> RuleView {
    RuleView {
        key: entry.key.clone(),
        value: entry.value.clone().unwrap_or_default(),
        source: entry.origin.clone(),
        mandatory: entry.level == Level::Mandatory,
        in_force: entry.standing == Standing::InForce,
        known: entry.effect.is_some(),
        error: entry.fault.as_ref().map(ToString::to_string),
    }
}

/// The servers that the organisation itself names.
pub fn servers(policy: &Policy) -> KnownHosts {
    Rules { policy: policy.clone(), ..Rules::default() }.known(&KnownHosts::default())
}

fn room(room: &ManagedRoom, servers: &KnownHosts) -> ManagedRoomView {
    let icon = room.icon.as_deref().and_then(|path| shown(room_picture(path, &Disk)));
    ManagedRoomView { name: room.name.clone(), link: link(room, servers), icon }
}

/// A room's link as it leads everybody to one place, as its shortcut does: a code alone is one of the organisation's server, and not of the
/// first that the person has named. Without such a server it stays what it is.
fn link(room: &ManagedRoom, servers: &KnownHosts) -> String {
    let is_code = matches!(find_meeting(&room.link, &providers(), &KnownHosts::default()), Err(LinkError::NoServer));
    let address = is_code.then(|| room_of(&room.link, servers).ok()).flatten();
    address.map_or_else(|| room.link.clone(), |(url, _)| url.into())
}

/// Whether a file is a picture of a room: a PNG file of this computer, not too large.
pub fn is_picture(path: &Path) -> bool {
    room_picture(path, &Disk).is_ok()
}

/// As the page shows it. Why there is none is told by `visavis policy`.
fn shown(read: Result<Picture, FileFault>) -> Option<String> {
    let encode = |png| base64::engine::general_purpose::STANDARD.encode(png);
    read.ok().map(|picture| format!("data:image/png;base64,{}", encode(picture.png)))
}

/// `visavis policy`: what holds, from where, and what is wrong. 1 where something is.
pub fn print(arguments: &PolicyArguments) -> ExitCode {
    let now = Organisation::of_system().now().checked(&Disk);
    let text = if arguments.json { as_json(&now) } else { as_table(&now) };
    let good = now.problems.is_empty() && now.entries.iter().all(|entry| entry.fault.is_none());
    crate::print::print(&text, u8::from(!good))
}

fn as_json(now: &Resolved) -> String {
    let entry = |entry: &Entry| {
        serde_json::json!({
            "key": entry.key,
            "value": entry.value,
            "level": entry.level.text(),
            "scope": entry.scope.text(),
            "source": entry.origin,
            "standing": entry.standing.text(),
            "effect": entry.effect.map(|effect| effect.text()),
            "error": entry.fault.as_ref().map(ToString::to_string),
        })
    };
    let problem = |problem: &Problem| {
        serde_json::json!({
            "source": problem.place,
            "error": problem.kind.to_string(),
            "last_good_applies": problem.kept,
        })
    };
    let all = serde_json::json!({
        "format": 1,
        "entries": now.entries.iter().map(entry).collect::<Vec<_>>(),
        "problems": now.problems.iter().map(problem).collect::<Vec<_>>(),
    });
    format!("{all:#}")
}

fn as_table(now: &Resolved) -> String {
    if now.entries.is_empty() && now.problems.is_empty() {
        return "No policy: nothing is managed here.".into();
    }
    let mut rows = vec![["KEY", "VALUE", "LEVEL", "STANDING", "SOURCE"].map(str::to_owned)];
    for entry in &now.entries {
        rows.push([
            entry.key.clone(),
            entry.value.clone().unwrap_or_else(|| "-".into()),
            format!("{} {}", entry.scope.text(), entry.level.text()),
            entry.standing.text().replace('_', " "),
            entry.origin.clone(),
        ]);
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).min(48);
    let widths = [width(0), width(1), width(2), width(3)];
    let mut lines = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let cells: String = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}  ")).collect();
        lines.push(format!("{cells}{}", row[4]));
        if let Some(fault) = index.checked_sub(1).and_then(|at| now.entries.get(at)?.fault.as_ref()) {
            lines.push(format!("  ! {}: {fault}", row[0]));
        }
    }
    for problem in &now.problems {
        let kept = if problem.kept { " (what was read before still applies)" } else { "" };
        lines.push(format!("  ! {problem}{kept}"));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_settings::policy::{Layer, ProblemKind, Reading, Scope};

    /// How a PNG file begins.
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

    fn resolved(json: &str) -> Resolved {
        let values = serde_json::from_str(json).expect("an object");
        let layer = Layer { level: Level::Mandatory, scope: Scope::Machine, origin: "/etc/a.json".into(), values };
        resolve(Reading { layers: vec![layer], problems: Vec::new() })
    }

    #[test]
    fn every_entry_is_told_with_its_source_and_its_fault() {
        let now = resolved(r#"{"DisableChat": true, "ProxyServer": "http://a:secret@p.example:1", "Disablechat": 1}"#);
        let table = as_table(&now);
        let json: serde_json::Value = serde_json::from_str(&as_json(&now)).expect("JSON");
        assert!(
            table.contains("DisableChat") && table.contains("/etc/a.json") && table.contains("is DisableChat meant?")
        );
        assert!(!table.contains("secret") && !json.to_string().contains("secret"));
        assert_eq!(json["entries"][0]["key"], "DisableChat");
        assert_eq!(json["entries"][0]["standing"], "in_force");
        assert_eq!(json["entries"][2]["error"], "no such key: is DisableChat meant?");
        assert!(as_table(&Resolved::default()).starts_with("No policy"));
    }

    #[test]
    fn what_cannot_work_is_told_to_the_page_and_named_in_the_log() {
        let now = resolved(
            r#"{"ProxyMode": "fixed", "NoSuchThing": 1, "ForceE2EE": true, "DisableChat": true,
                "ManagedRooms": [{"name": "Salle Renoir", "link": "nowhere"}]}"#,
        );
        assert_eq!(faulty_keys(&rules(&now).view), "ManagedRooms, ProxyMode, ForceE2EE, 1 unknown");
        let of = |key: &str| {
            let view = rules(&now).view;
            let rule = view.rules.iter().find(|rule| rule.key == key).expect("the key").clone();
            (rule.in_force, rule.error.unwrap_or_default())
        };
        assert!(
            matches!(of("ManagedRooms"), (false, fault) if fault.starts_with("entry 1: its link opens no meeting"))
        );
        assert_eq!(of("ProxyMode"), (true, "needs ProxyServer: else nothing is reached".into()));
        assert_eq!(of("DisableChat"), (true, String::new()));
        assert!(as_table(&now.clone().checked(&Disk)).contains("! ManagedRooms: entry 1: its link opens no meeting"));
        assert_eq!(rules(&now).rooms.len(), 1, "it stays on the start screen, which says why it does not open");
    }

    #[test]
    fn a_code_of_the_organisation_is_one_of_its_server_whatever_server_a_person_has() {
        let room = |link: &str| serde_json::json!({ "name": "A", "link": link });
        let whole = "https://other.example/abc-defg-hij?username=x";
        let list: Vec<_> = ["acc-ueil-pub", "accueilpub", "Code : acc-ueil-pub", whole].map(room).to_vec();
        let of = |level, mut policy: serde_json::Value| {
            policy["ManagedRooms"] = list.clone().into();
            let serde_json::Value::Object(values) = policy else { panic!("an object") };
            let layer = Layer { level, scope: Scope::Machine, origin: "a".into(), values };
            let rules = rules(&resolve(Reading { layers: vec![layer], problems: Vec::new() }));
            rules.rooms.into_iter().map(|room| room.link).collect::<Vec<_>>()
        };
        let there = "https://visio.agglo.example/acc-ueil-pub";
        for level in [Level::Recommended, Level::Mandatory] {
            let links = of(level, serde_json::json!({ "ServerURL": "visio.agglo.example" }));
            assert_eq!(links, [there, there, there, whole]);
        }
        let links = of(Level::Recommended, serde_json::json!({}));
        assert_eq!(links, ["acc-ueil-pub", "accueilpub", "Code : acc-ueil-pub", whole], "of no server that is named");
    }

    #[test]
    fn who_reads_a_file_is_not_told_that_others_do_not() {
        let mut now = resolved(r#"{"DisableChat": true}"#);
        let problem = |kind| Problem { place: "/etc/a.json".into(), kind, kept: false };
        now.problems = vec![problem(ProblemKind::Closed(0o600)), problem(ProblemKind::Denied)];
        let view = rules(&now).view;
        assert_eq!(view.problems.len(), 1, "{:?}", view.problems);
        let told = as_table(&now);
        assert!(told.contains("/etc/a.json: people cannot read it: mode 0600"), "{told}");
    }

    #[test]
    fn a_brand_is_shown_as_far_as_it_can_be_read_and_fits() {
        let mark = std::env::temp_dir().join(format!("visavis-mark-{}.png", std::process::id()));
        let of = |accent: &str| {
            let text = serde_json::json!({ "BrandName": "Agglo", "BrandMark": mark, "BrandAccent": accent });
            rules(&resolved(&text.to_string())).view
        };
        let png = |width: u32, height: u32| {
            let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
            std::fs::write(&mark, [PNG, &[0, 0, 0, 13], b"IHDR", &sides].concat()).expect("written");
        };
        png(640, 128);
        let view = of("#8a1538");
        assert_eq!((view.brand.name.as_str(), view.brand.accent.as_deref()), ("Agglo", Some("#8a1538")));
        assert!(view.brand.mark.is_some_and(|mark| mark.starts_with("data:image/png;base64,")));
        png(641, 128);
        let view = of("#ffe600");
        assert_eq!((view.brand.mark, view.brand.accent), (None, None));
        let told: Vec<_> = view.rules.iter().filter_map(|rule| rule.error.as_deref()).collect();
        assert!(told.len() == 2 && told.iter().all(|fault| fault.contains("VIS-POL-BRAND-81")), "{told:?}");
        assert!(view.rules.iter().all(|rule| rule.in_force == rule.error.is_none()), "{:?}", view.rules);
        std::fs::write(&mark, PNG).expect("written");
        assert_eq!(of("#8a1538").brand.mark, None);
        let _ = std::fs::remove_file(&mark);
    }

    #[test]
    fn the_page_gets_names_values_and_pictures() {
        let icon = std::env::temp_dir().join(format!("visavis-icon-{}.png", std::process::id()));
        let room = |icon: &Path| {
            let room =
                serde_json::json!([{ "name": "Accueil", "link": "https://v.example/aaa-bbbb-ccc", "icon": icon }]);
            rules(&resolved(&serde_json::json!({ "ManagedRooms": room, "OrganisationName": "Agglo" }).to_string()))
        };
        std::fs::write(&icon, [PNG, &[0; 8]].concat()).expect("written");
        let shown = room(&icon);
        assert_eq!((shown.view.organisation.as_str(), shown.view.rules.len()), ("Agglo", 2));
        assert!(shown.rooms[0].icon.as_deref().is_some_and(|icon| icon.starts_with("data:image/png;base64,iVBOR")));
        std::fs::write(&icon, "<svg onload=alert(1)>").expect("written");
        assert_eq!(room(&icon).rooms[0].icon, None);
        assert_eq!(room(Path::new("/dev/zero")).rooms[0].icon, None);
        std::fs::write(&icon, [PNG, &[0; 8]].concat()).expect("written");
        assert!(is_picture(&icon) && !is_picture(Path::new(&format!("/{}", icon.display()))), "no share");
        let _ = std::fs::remove_file(&icon);
    }
}
