//! `visavis devices`: the microphones, loudspeakers and cameras that there are, and what happens to them.

use crate::print::print;
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;
use visavis_engine::DeviceWatcher;
use visavis_model::{DeviceForm, DeviceId, DeviceKind, DeviceState, DeviceView, Devices};

/// How long the system is given to say what there is.
const PATIENCE: Duration = Duration::from_secs(6);

/// How soon a signal that ends it is noticed.
const STEP: Duration = Duration::from_millis(200);

#[derive(Debug, Args)]
pub struct DevicesArguments {
    /// Go on, and tell every change as it comes.
    #[arg(long)]
    watch: bool,
    /// Tell it as JSON: a list, or with --watch a line for each device and each change.
    #[arg(long)]
    json: bool,
}

/// One device as it is printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Line {
    kind: DeviceKind,
    id: DeviceId,
    name: String,
    /// What *follow the system* means now.
    default: bool,
    state: DeviceState,
    form: DeviceForm,
}

impl From<&DeviceView> for Line {
    fn from(view: &DeviceView) -> Self {
        Self {
            kind: view.kind,
            id: view.id.clone(),
            name: view.name.clone(),
            default: view.is_default,
            state: view.state,
            form: view.form,
        }
    }
}

/// What happened to a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Happened {
    /// It was there when the watching began.
    Present,
    Added,
    Removed,
    /// Its default, its state or its name.
    Changed,
}

/// A line of `--watch`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct News {
    event: Happened,
    #[serde(flatten)]
    device: Line,
}

/// Prints what there is; with `--watch` until a signal, or until nobody reads any more.
pub fn run(arguments: &DevicesArguments) -> ExitCode {
    let (sender, told) = channel();
    let _watcher = DeviceWatcher::start(move |devices: Devices| sender.send(devices).is_ok());
    let mut now = Devices::default();
    while !now.known {
        match told.recv_timeout(PATIENCE) {
            Ok(devices) => now = devices,
            Err(_) => break,
        }
    }
    if !arguments.watch {
        let lines: Vec<Line> = now.list.iter().map(Line::from).collect();
        return print(&if arguments.json { json(&lines) } else { table(&lines) }, 0);
    }
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    for signal in crate::window::ENDING_SIGNALS {
        // Without it the signal ends the program all the same.
        let _ = signal_hook::flag::register(signal, std::sync::Arc::clone(&stop));
    }
    let mut before = Vec::new();
    let mut first = true;
    loop {
        for news in changes(&before, &now.list, first) {
            let text = if arguments.json { serde_json::to_string(&news).unwrap_or_default() } else { words(&news) };
            if writeln!(std::io::stdout(), "{text}").and_then(|()| std::io::stdout().flush()).is_err() {
                return ExitCode::from(7);
            }
        }
        (before, first) = (now.list, false);
        now = loop {
            match told.recv_timeout(STEP) {
                Ok(devices) => break devices,
                Err(RecvTimeoutError::Timeout) if !stop.load(std::sync::atomic::Ordering::Relaxed) => {}
                Err(_) => return ExitCode::SUCCESS,
            }
        };
    }
}

/// What makes the second list of the first one. Pure.
///
/// What goes comes first, and is nobody's default any more; then what is the default no longer; then the rest, in the system's order. So
/// whoever reads line by line never has two defaults of a kind, but for a moment none.
fn changes(before: &[DeviceView], after: &[DeviceView], first: bool) -> Vec<News> {
    let by_id = |list: &[DeviceView]| -> BTreeMap<(u8, DeviceId), Line> {
        list.iter().map(|device| ((device.kind as u8, device.id.clone()), Line::from(device))).collect()
    };
    let (known, there) = (by_id(before), by_id(after));
    let gone = known.iter().filter(|(id, _)| !there.contains_key(id)).map(|(_, line)| line.clone());
    let mut news: Vec<News> =
        gone.map(|line| News { event: Happened::Removed, device: Line { default: false, ..line } }).collect();
    let (mut stepped_down, mut rest) = (Vec::new(), Vec::new());
    for device in after {
        let line = Line::from(device);
        match known.get(&(device.kind as u8, device.id.clone())) {
            Some(known) if *known == line => {}
            Some(known) if known.default && !line.default => {
                stepped_down.push(News { event: Happened::Changed, device: line });
            }
            Some(_) => rest.push(News { event: Happened::Changed, device: line }),
            None if first => rest.push(News { event: Happened::Present, device: line }),
            None => rest.push(News { event: Happened::Added, device: line }),
        }
    }
    news.append(&mut stepped_down);
    news.append(&mut rest);
    news
}

fn json(lines: &[Line]) -> String {
    serde_json::to_string_pretty(lines).unwrap_or_default()
}

/// A serde word without its quotes.
fn word(of: &impl Serialize) -> String {
    serde_json::to_value(of).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn table(lines: &[Line]) -> String {
    if lines.is_empty() {
        return "no microphone, no loudspeaker, no camera".to_owned();
    }
    lines.iter().map(row).collect::<Vec<_>>().join("\n")
}

fn row(line: &Line) -> String {
    // What a device calls itself is one line here.
    let name = line.name.replace(char::is_control, " ");
    let default = if line.default { "default" } else { "-" };
    format!("{:<11} {default:<7} {:<9} {name}  [{}]", word(&line.kind), word(&line.state), line.id.as_str())
}

fn words(news: &News) -> String {
    format!("{:<7} {}", word(&news.event), row(&news.device))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(id: &str, is_default: bool) -> DeviceView {
        DeviceView {
            id: DeviceId::from(id),
            kind: DeviceKind::Microphone,
            name: format!("Name of {id}"),
            is_default,
            state: DeviceState::Ready,
            form: DeviceForm::Other,
        }
    }

    fn told(before: &[DeviceView], after: &[DeviceView], first: bool) -> Vec<(Happened, String)> {
        changes(before, after, first).into_iter().map(|news| (news.event, news.device.id.as_str().to_owned())).collect()
    }

    #[test]
    fn every_change_is_one_line() {
        let before = [device("a", true), device("b", false)];
        let after = [device("b", true), device("c", false)];
        assert_eq!(told(&[], &before, true), [(Happened::Present, "a".into()), (Happened::Present, "b".into())]);
        let changed = [(Happened::Removed, "a".into()), (Happened::Changed, "b".into()), (Happened::Added, "c".into())];
        assert_eq!(told(&before, &after, false), changed);
        assert!(told(&after, &after, false).is_empty());
        // PulseAudio may call a sink and a source alike.
        let sink = DeviceView { kind: DeviceKind::Loudspeaker, ..device("a", true) };
        assert_eq!(told(&before[..1], &[before[0].clone(), sink], false), [(Happened::Added, "a".into())]);
    }

    #[test]
    fn who_reads_line_by_line_never_has_two_defaults() {
        let of = |kind, id: &str, is_default| DeviceView { kind, ..device(id, is_default) };
        let (microphone, loudspeaker) = (DeviceKind::Microphone, DeviceKind::Loudspeaker);
        let lists = [
            vec![],
            vec![device("a", true), device("b", false)],
            // The new default stands before the old one, and after it.
            vec![device("a", false), device("b", true)],
            vec![device("b", true)],
            vec![device("c", true), device("a", false), device("b", false)],
            vec![device("a", false), device("b", false)],
            vec![of(loudspeaker, "a", true), of(microphone, "a", true), of(loudspeaker, "b", false)],
            vec![of(loudspeaker, "a", false), of(microphone, "b", true), of(loudspeaker, "b", true)],
        ];
        for (before, after) in lists.iter().flat_map(|before| lists.iter().map(move |after| (before, after))) {
            let mut has: Vec<Line> = before.iter().map(Line::from).collect();
            for news in changes(before, after, false) {
                let told = news.device;
                has.retain(|line| (line.kind, &line.id) != (told.kind, &told.id));
                match news.event {
                    Happened::Removed => assert!(!told.default, "{told:?} is gone"),
                    Happened::Present | Happened::Added | Happened::Changed => has.push(told),
                }
                for kind in [microphone, loudspeaker] {
                    let defaults = has.iter().filter(|line| line.kind == kind && line.default).count();
                    assert!(defaults <= 1, "{before:?} to {after:?}: {has:?}");
                }
            }
            let mut wanted: Vec<Line> = after.iter().map(Line::from).collect();
            has.sort_by_key(word_of_line);
            wanted.sort_by_key(word_of_line);
            assert_eq!(has, wanted, "from {before:?}");
        }
    }

    fn word_of_line(line: &Line) -> (u8, String) {
        (line.kind as u8, line.id.as_str().to_owned())
    }

    #[test]
    fn a_line_says_all_of_it() {
        let news = News { event: Happened::Added, device: Line::from(&device("pulseaudio:mic", true)) };
        let text = serde_json::to_string(&news).expect("plain values");
        assert_eq!(
            text,
            r#"{"event":"added","kind":"microphone","id":"pulseaudio:mic","name":"Name of pulseaudio:mic","default":true,"state":"ready","form":"other"}"#
        );
        assert_eq!(words(&news), "added   microphone  default ready     Name of pulseaudio:mic  [pulseaudio:mic]");
    }
}
