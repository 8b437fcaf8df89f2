//! The network doctor: its window, and `visavis doctor`.

use crate::cli::providers;
use crate::commands::Shell;
use crate::print::print;
use crate::side_window::{self, SideWindow};
use clap::Args;
use std::fmt::Write as _;
use std::process::ExitCode;
use tauri::{AppHandle, State};
use visavis_engine::{Patient, diagnose};
use visavis_model::{Command, DoctorMeasure, DoctorRemedy, DoctorRow, DoctorVerdict, DoctorView, DoctorWho};
use visavis_provider::visio::Server;
use visavis_provider::{Destination, KnownHosts, LinkError, find_destination};

/// The window; its capability names it too.
pub const WINDOW: SideWindow =
    SideWindow { label: "doctor", hash: "doctor", size: (1040.0, 760.0), least: (480.0, 560.0) };

/// What the window's page may ask of the engine.
pub const fn may(command: &Command) -> bool {
    matches!(command, Command::Diagnose { .. } | Command::StopDiagnosis)
}

/// Shows the doctor under `title`; a window that is open comes to the front.
///
/// Errors: `failed` where the system gives no window.
#[tauri::command(async)]
pub fn open_doctor(app: AppHandle, shell: State<'_, Shell>, title: String) -> Result<(), &'static str> {
    side_window::open(&app, &shell.side_windows, &WINDOW, None, &title)
}

#[derive(Debug, Args)]
pub struct DoctorArguments {
    /// A server, as host or host:port, or a link to a meeting there; without it the first one that is known.
    server: Option<String>,
    /// Tell it as JSON.
    #[arg(long)]
    json: bool,
}

/// Prints what was found. 1 where no meeting, or a poor one, is to be expected; 2 where there is nobody to look at.
pub fn run(arguments: &DoctorArguments) -> ExitCode {
    let preferences = crate::program::preferences().and_then(|file| file.load().ok()).unwrap_or_default();
    let rules = crate::policy::Organisation::of_system().rules();
    let known = rules.known(&crate::wishes::kept(&preferences));
    let patient = match patient(arguments.server.as_deref(), &known) {
        Ok(patient) => patient,
        Err(why) => {
            eprintln!("visavis: nobody to look at: {why}");
            return ExitCode::from(2);
        }
    };
    let view = diagnose(&patient, &rules, |name| std::env::var(name).ok());
    let text = if arguments.json { serde_json::to_string_pretty(&view).unwrap_or_default() } else { table(&view) };
    let works = matches!(view.verdict, Some(DoctorVerdict::Good | DoctorVerdict::Reachable | DoctorVerdict::Detour));
    print(&text, u8::from(!works))
}

/// Whoever names a server here has said that it may be contacted, as far as the organisation allows it.
///
/// Errors: why there is nobody.
fn patient(text: Option<&str>, known: &KnownHosts) -> Result<Patient, String> {
    let server = |known: &KnownHosts| known.hosts().next().and_then(|host| known.url(host)).and_then(Server::new);
    let Some(text) = text else {
        return server(known).map(Patient::of_server).ok_or_else(|| "no server is known: name one".to_owned());
    };
    match find_destination(text, &providers(), known) {
        Ok(Destination::Here(meeting)) => {
            Patient::of_link(&meeting.found.link).ok_or_else(|| "the link names no server".to_owned())
        }
        Ok(Destination::Elsewhere(_)) => Err(LinkError::Elsewhere.to_string()),
        Err(LinkError::NotAllowed) => Err(LinkError::NotAllowed.to_string()),
        // No meeting, and a server perhaps: `host`, `host:port` or its root.
        Err(_) => {
            let mut named = KnownHosts::default();
            named.add(text).map_err(|error| error.to_string())?;
            // The person's word is enough to ask it, but for the rules, which know of no others.
            if known.clone().add(text) == Err(LinkError::NotAllowed) {
                return Err(LinkError::NotAllowed.to_string());
            }
            server(&named).map(Patient::of_server).ok_or_else(|| LinkError::NoHost.to_string())
        }
    }
}

/// The words of the model, as scripts know them from `--json`.
fn table(view: &DoctorView) -> String {
    let mut text = format!("{}: {}", view.host, view.verdict.as_ref().map_or_else(String::new, name));
    if let Some(code) = view.code {
        let _ = write!(text, " ({})", code.text());
    }
    for row in &view.rows {
        let _ = write!(text, "\n{:<12} {:<8} {}", name(&row.step), name(&row.state), finding(row));
    }
    for advice in &view.advice {
        let _ = write!(text, "\n{}: {}", who(advice.who), remedy(advice.remedy).replace("HOST", &advice.host));
    }
    text
}

const fn who(who: DoctorWho) -> &'static str {
    match who {
        DoctorWho::You => "you",
        DoctorWho::Network => "the network team",
        DoctorWho::Server => "whoever runs the server",
    }
}

/// The page says the same in four languages (`doctor.json`); `HOST` is whom it is about.
const fn remedy(remedy: DoctorRemedy) -> &'static str {
    match remedy {
        DoctorRemedy::Connect => "check the cable or the Wi-Fi",
        DoctorRemedy::Address => "check the address; if the organisation has a VPN, connect to it",
        DoctorRemedy::Resolve => "make the name HOST known to the DNS of this network",
        DoctorRemedy::SignInProxy => "open the meeting and tell the proxy who you are",
        DoctorRemedy::AllowHost => "allow HOST in the proxy",
        DoctorRemedy::ProxyReach => "check that the proxy is reachable and is an HTTP proxy",
        DoctorRemedy::ProxyBasic => "allow Basic authentication, or a way to HOST without it",
        DoctorRemedy::Authority => "install the authority that signs this certificate, or name it in ExtraRootCAs",
        DoctorRemedy::Renew => "renew the certificate of HOST, for this name",
        DoctorRemedy::Reissue => "give HOST a certificate that an authority has signed, or one without CA:TRUE",
        DoctorRemedy::Encryption => "offer TLS 1.2 or newer",
        DoctorRemedy::Clock => "set the clock of this computer",
        DoctorRemedy::ServerUp => "check that HOST is running and reachable",
        DoctorRemedy::Link => "check that HOST is the address of a meeting server",
        DoctorRemedy::Websocket => "let WebSocket connections to the media server HOST pass",
        DoctorRemedy::Udp => "open the server's UDP ports towards HOST; whoever runs the server knows them",
        DoctorRemedy::Nothing => "nothing to do meanwhile; if it breaks up, turn the camera off",
        DoctorRemedy::Cable => "use a cable instead of Wi-Fi, or turn the camera off",
        DoctorRemedy::Policy => "see AllowedServers: whether HOST may be allowed",
    }
}

fn finding(row: &DoctorRow) -> String {
    let mut text = row.finding.as_ref().map_or_else(String::new, name);
    for (key, value) in &row.params {
        let _ = match (key.as_str(), value.as_str()) {
            // Of a certificate: who has signed it is not known here.
            ("cause", "unknown") => write!(text, ", its authority is not known here"),
            _ => write!(text, ", {key} {value}"),
        };
    }
    match &row.measure {
        Some(DoctorMeasure::Milliseconds(millis)) => drop(write!(text, ", {millis} ms")),
        Some(DoctorMeasure::BitsPerSecond(rate)) => drop(write!(text, ", {} kbit/s", rate.0 / 1000)),
        Some(DoctorMeasure::Tls(version)) => drop(write!(text, ", TLS {version}")),
        None => {}
    }
    text
}

fn name(word: &impl serde::Serialize) -> String {
    serde_json::to_value(word).ok().and_then(|word| Some(word.as_str()?.replace('_', " "))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::{DoctorAdvice, DoctorFinding, DoctorState, DoctorStep, IssueCode};
    use visavis_provider::AllowedHosts;

    #[test]
    fn a_server_is_named_by_host_by_link_or_not_at_all() {
        let known = KnownHosts::new(["visio.agglo.example"], false);
        let host = |text: Option<&str>| patient(text, &known).ok().map(|patient| patient.host().to_owned());
        assert_eq!(host(None).as_deref(), Some("visio.agglo.example"));
        assert_eq!(host(Some("https://visio.agglo.example/abc-defg-hij")).as_deref(), Some("visio.agglo.example"));
        assert_eq!(host(Some("other.example:8443")).as_deref(), Some("other.example:8443"));
        assert_eq!(host(Some("https://zoom.us/j/123456789")), None);
        assert_eq!(host(Some("")), None);
        let why = |text: &str| patient(Some(text), &known).expect_err(text);
        assert!(
            why("https://a:b@visio.agglo.example/").contains("user name or password"),
            "{}",
            why("https://a:b@c.example")
        );
        assert!(why("https://zoom.us/j/123456789").contains("another service"));
        assert!(patient(None, &KnownHosts::default()).is_err_and(|why| why.contains("name one")));
    }

    #[test]
    fn nobody_is_looked_at_whom_the_rules_refuse() {
        let locked = KnownHosts::new(["visio.example.org"], true);
        let (list, _) = AllowedHosts::only(["visio.example.org"]);
        let listed = KnownHosts::new(["visio.example.org"], false).within(list, false);
        for known in [&locked, &listed] {
            for text in [
                "https://evil.example.net/abc-defg-hij",
                "https://evil.example.net/",
                "evil.example.net",
                "evil.example.net:8443",
                "livekit://evil.example.net/r?key=a&secret=b",
            ] {
                assert_eq!(patient(Some(text), known), Err(LinkError::NotAllowed.to_string()), "{text}");
            }
            for text in ["visio.example.org", "https://visio.example.org/abc-defg-hij"] {
                assert!(patient(Some(text), known).is_ok(), "{text}");
            }
        }
        let encrypted = KnownHosts::default().within(AllowedHosts::any(), true);
        assert!(patient(Some("http://localhost:8071"), &encrypted).is_err_and(|why| why.contains("policy")));
    }

    #[test]
    fn every_step_has_its_line() {
        let mut row = DoctorRow::waiting(DoctorStep::RoundTrip);
        row.state = DoctorState::Warning;
        row.finding = Some(DoctorFinding::RoundTripMeasured);
        row.params.insert("loss".into(), "12".into());
        row.measure = Some(DoctorMeasure::Milliseconds(178));
        let view = DoctorView {
            host: "visio.example".into(),
            verdict: Some(DoctorVerdict::Detour),
            code: Some(IssueCode::UdpBlocked),
            rows: vec![row],
            ..DoctorView::default()
        };
        let text = table(&view);
        assert!(text.starts_with("visio.example: detour (VIS-NET-UDP-21)\n"), "{text}");
        assert!(text.ends_with("round trip   warning  round trip measured, loss 12, 178 ms"), "{text}");
        let host = "media.example".to_owned();
        let advice = [DoctorAdvice { who: DoctorWho::Network, remedy: DoctorRemedy::AllowHost, host }].into();
        let text = table(&DoctorView { advice, ..view });
        assert!(text.ends_with("178 ms\nthe network team: allow media.example in the proxy"), "{text}");
    }

    #[test]
    fn its_page_looks_and_does_nothing_else() {
        assert!(may(&Command::Diagnose { host: None }) && may(&Command::StopDiagnosis));
        assert!(!may(&Command::Leave) && !may(&Command::AddServer { host: "a".into() }));
    }
}
