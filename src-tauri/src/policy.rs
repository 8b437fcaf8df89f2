//! The organisation's word: read before anything else, followed while the application runs.

use base64::Engine as _;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use visavis_diagnostics::LogLevel;
use visavis_engine::{Commander, Rules};
use visavis_model::{BrandView, ManagedRoomView, PolicyView, RuleView};
use visavis_settings::policy::{
    Entry, Level, LogDetail, ManagedRoom, Policy, Problem, Resolved, Source, Standing, Watch, of_system, resolve,
};

/// Largest picture of a room, in bytes.
const LARGEST_ICON: u64 = 64 * 1024;
/// Largest mark of an organisation, in pixels: its place is 160 × 32 points, on screens of up to four pixels a point.
const LARGEST_MARK: (u32, u32) = (640, 128);
/// How a PNG file begins (RFC 2083 §3.1).
const PNG: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];

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
            tell_problems(&now);
            let rules = rules(&now);
            *kept.lock().unwrap_or_else(PoisonError::into_inner) = now.clone();
            engine.set_rules(rules);
            let _ = also.send(now);
        })
    }
}

/// Leaves a word in the log: how many, never what (a value may hold a name).
pub fn tell_problems(resolved: &Resolved) {
    let faults = resolved.entries.iter().filter(|entry| entry.fault.is_some()).count();
    if faults + resolved.problems.len() > 0 {
        let files = resolved.problems.len();
        tracing::warn!(files, faults, "the policy is not wholly used: `visavis policy` tells why");
    }
}

/// What the engine obeys of it.
pub fn rules(resolved: &Resolved) -> Rules {
    let policy = resolved.policy.clone();
    let organisation = policy.organisation_name.forced().map_or_else(String::new, |name| name.0.clone());
    let rooms = policy.managed_rooms.over(None).map_or_else(Vec::new, |rooms| rooms.0.iter().map(room).collect());
    let view = PolicyView {
        organisation,
        rules: resolved.entries.iter().map(rule).collect(),
        problems: resolved.problems.iter().map(ToString::to_string).collect(),
        brand: brand(&policy),
    };
    Rules { policy, view, rooms }
}

fn brand(policy: &Policy) -> BrandView {
    let mark = policy.brand_mark.forced().and_then(|file| {
        picture(&file.0).filter(|_| fits_slot(&file.0)).or_else(|| {
            let (width, height) = LARGEST_MARK;
            tracing::warn!(code = "VIS-POL-BRAND-81", width, height, "the mark is no PNG file that fits its place");
            None
        })
    });
    BrandView {
        name: policy.brand_name.forced().map_or_else(String::new, |name| name.0.clone()),
        mark,
        accent: policy.brand_accent.forced().map(|accent| accent.css().to_owned()),
        accent_dark: policy.brand_accent_dark.forced().map(|accent| accent.css().to_owned()),
    }
}

/// Whether a PNG file is no larger than the place of the mark, by its header.
fn fits_slot(path: &Path) -> bool {
    let mut head = [0; 24];
    if std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_err() || &head[12..16] != b"IHDR" {
        return false;
    }
    let side = |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let (width, height) = (side(16), side(20));
    (1..=LARGEST_MARK.0).contains(&width) && (1..=LARGEST_MARK.1).contains(&height)
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

fn room(room: &ManagedRoom) -> ManagedRoomView {
    let icon = room.icon.as_deref().and_then(|path| {
        picture(path).or_else(|| {
            tracing::warn!("the picture of a room is no PNG file of {LARGEST_ICON} bytes at most");
            None
        })
    });
    ManagedRoomView { name: room.name.clone(), link: room.link.clone(), icon }
}

/// Whether a file is a picture of a room: a PNG file of this computer, not too large.
pub fn is_picture(path: &Path) -> bool {
    picture(path).is_some()
}

fn picture(path: &Path) -> Option<String> {
    // A share (`\\server\…`) is another host: a picture is no reason to contact one.
    let is_share = path.to_str().is_none_or(|path| path.starts_with("\\\\") || path.starts_with("//"));
    if is_share || !path.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path).ok()?.take(LARGEST_ICON + 1).read_to_end(&mut bytes).ok()?;
    let fits = bytes.len() as u64 <= LARGEST_ICON && bytes.starts_with(&PNG);
    fits.then(|| format!("data:image/png;base64,{}", base64::engine::general_purpose::STANDARD.encode(bytes)))
}

/// `visavis policy`: what holds, from where, and what is wrong. 1 where something is.
pub fn print(arguments: &PolicyArguments) -> ExitCode {
    let now = Organisation::of_system().now();
    let text = if arguments.json { as_json(&now) } else { as_table(&now) };
    if let Err(error) = writeln!(std::io::stdout(), "{text}") {
        eprintln!("visavis: the policy cannot be written: {error}");
        return ExitCode::from(7);
    }
    let good = now.problems.is_empty() && now.entries.iter().all(|entry| entry.fault.is_none());
    ExitCode::from(u8::from(!good))
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
    use visavis_settings::policy::{Layer, Reading, Scope};

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
    fn a_brand_is_shown_as_far_as_it_can_be_read_and_fits() {
        let mark = std::env::temp_dir().join(format!("visavis-mark-{}.png", std::process::id()));
        let of = |accent: &str| {
            let text = serde_json::json!({ "BrandName": "Agglo", "BrandMark": mark, "BrandAccent": accent });
            rules(&resolved(&text.to_string())).view
        };
        let png = |width: u32, height: u32| {
            let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
            std::fs::write(&mark, [&PNG[..], &[0, 0, 0, 13], b"IHDR", &sides].concat()).expect("written");
        };
        png(640, 128);
        let view = of("#8a1538");
        assert_eq!((view.brand.name.as_str(), view.brand.accent.as_deref()), ("Agglo", Some("#8a1538")));
        assert!(view.brand.mark.is_some_and(|mark| mark.starts_with("data:image/png;base64,")));
        png(641, 128);
        let view = of("#ffe600");
        assert_eq!((view.brand.mark, view.brand.accent), (None, None));
        let fault = view.rules.iter().find_map(|rule| rule.error.as_deref()).unwrap_or_default();
        assert!(fault.contains("VIS-POL-BRAND-81"), "{fault}");
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
        std::fs::write(&icon, [&PNG[..], &[0; 8]].concat()).expect("written");
        let shown = room(&icon);
        assert_eq!((shown.view.organisation.as_str(), shown.view.rules.len()), ("Agglo", 2));
        assert!(shown.rooms[0].icon.as_deref().is_some_and(|icon| icon.starts_with("data:image/png;base64,iVBOR")));
        std::fs::write(&icon, "<svg onload=alert(1)>").expect("written");
        assert_eq!(room(&icon).rooms[0].icon, None);
        assert_eq!(room(Path::new("/dev/zero")).rooms[0].icon, None);
        std::fs::write(&icon, [&PNG[..], &[0; 8]].concat()).expect("written");
        assert!(is_picture(&icon) && !is_picture(Path::new(&format!("/{}", icon.display()))), "no share");
        let _ = std::fs::remove_file(&icon);
    }
}
