//! The MSI under wine: installed, used, repaired, upgraded, not downgraded, removed.

mod update;

use crate::ground::{self, Ground, US};
use crate::papers::is_listed;
use crate::portable::is_whole;
use crate::{VERSION, is_at_most, next_version, package, run_folder};
use std::process::Command;
use visavis_model::TrackSource;
use visavis_tests::machines::wine::Wine;

const NAME: &str = "visavis-@-x64.msi";
const FOLDER: &str = "Program Files/Visavis";
const DEFAULTS: &str = r"HKLM\Software\Visavis\Visavis";
const RUN: &str = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Run";
const POLICY: &str = r"HKLM\Software\Policies\Visavis\Visavis";
/// 1603, of which Unix keeps the lower eight bits: refused.
const REFUSED: i32 = 1603 & 0xff;
const SECONDS: u32 = 12;

#[test]
fn it_is_installed_with_its_properties_repaired_upgraded_and_removed() {
    let (old, new) = (package(NAME, VERSION), package(NAME, &next_version()));
    is_at_most(&old, 15.0);
    let run = run_folder("msi", &[&old, &new]);
    let wine = Wine::fresh(&run).expect("a Windows");
    let file = |version: &str| format!("\"{}\"", run.join(NAME.replace('@', version)).display()).replace('/', "\\");
    let (old, new) = (file(VERSION), file(&next_version()));
    let value = |key: &str, name: &str| wine.registry(key, name).expect("a registry");
    let shortcut = wine.written("users/root/Desktop/Visavis.lnk");

    let policy = ["reg", "add", POLICY, "/v", "DisableChat", "/t", "REG_DWORD", "/d", "1", "/reg:64"];
    assert!(wine.run(&policy).expect("reg").status.success());
    let rooms =
        "Accueil du public|https://visio.example.org/abc-defg-hij;Salle Renoir|https://visio.example.org/sal-renn-oir";
    let properties = format!("SERVERURL=https://visio.example.org AUTOSTART=1 LANGUAGE=fr MANAGEDROOMS=\"{rooms}\"");
    assert_eq!(wine.msiexec(&format!("/i {old} {properties}")).expect("msiexec"), 0);
    for name in ["visavis.exe", "WebView2Loader.dll", "LICENSE.txt", "THIRD-PARTY.txt", "visavis.cdx.json"] {
        assert!(wine.written(&format!("{FOLDER}/{name}")).is_file(), "{name} is missing");
    }
    assert_eq!(value(DEFAULTS, "ServerURL").as_deref(), Some("https://visio.example.org"));
    assert_eq!(value(DEFAULTS, "Language").as_deref(), Some("fr"));
    assert_eq!(value(DEFAULTS, "ManagedRooms").as_deref(), Some(rooms));
    assert_eq!(value(DEFAULTS, "DisableAutoUpdate"), None, "nobody asked for it");
    let program = r"C:\Program Files\Visavis\visavis.exe";
    assert_eq!(value(RUN, "Visavis"), Some(format!("\"{program}\" --minimized")));
    for scheme in ["visavis", "visio"] {
        // Behind the dashes nothing that a link says is an option.
        let command = value(&format!(r"HKLM\Software\Classes\{scheme}\shell\open\command"), "");
        assert_eq!(command, Some(format!("\"{program}\" -- \"%1\"")));
        assert!(value(&format!(r"HKLM\Software\Classes\{scheme}"), "URL Protocol").is_some());
    }
    assert!(shortcut.is_file(), "no shortcut on the desktop");

    // The application takes them for what they are: advice.
    let said = wine.run(&[program, "policy"]).expect("the program");
    let said = String::from_utf8_lossy(&said.stdout).replace('\r', "");
    for words in
        ["ServerURL", "https://visio.example.org", "Accueil du public", "DisableChat", "recommended", "mandatory"]
    {
        assert!(said.contains(words), "{words} in {said}");
    }

    // A file and a value that got lost come back.
    std::fs::remove_file(wine.written(&format!("{FOLDER}/visavis.exe"))).expect("removed");
    assert!(wine.run(&["reg", "delete", RUN, "/v", "Visavis", "/f", "/reg:64"]).expect("reg").status.success());
    assert_eq!(wine.msiexec(&format!("/i {old} REINSTALL=ALL REINSTALLMODE=omus")).expect("msiexec"), 0);
    assert!(wine.written(&format!("{FOLDER}/visavis.exe")).is_file(), "not repaired");
    assert!(value(RUN, "Visavis").is_some(), "not repaired");

    // The same version once more: what is said now counts more than what was remembered, what was not there comes, and the rest holds.
    let server = "https://reunions.example.org";
    let again = format!("/i {old} REINSTALL=ALL REINSTALLMODE=omus SERVERURL={server} DISABLEUPDATES=1");
    assert_eq!(wine.msiexec(&again).expect("msiexec"), 0);
    assert_eq!(products(&wine), [VERSION]);
    assert_eq!(value(DEFAULTS, "ServerURL").as_deref(), Some(server));
    assert_eq!(value(DEFAULTS, "DisableAutoUpdate").as_deref(), Some("0x1"));
    assert_eq!(value(DEFAULTS, "Language").as_deref(), Some("fr"));
    assert!(value(RUN, "Visavis").is_some(), "AUTOSTART is forgotten");
    // That one taken back (`AUTOSTART=0`) takes its value away is Windows' part: wine knows no component whose condition is asked again, and
    // leaves alone what is disabled. cargo xtask package looks at the attribute.

    // What was said once holds, but for what is said anew.
    assert_eq!(wine.msiexec(&format!("/i {new} AUTOSTART=0 DESKTOPSHORTCUT=0")).expect("msiexec"), 0);
    assert_eq!(products(&wine), [next_version()]);
    // Not taken away with the older version. wine decides that later than Windows does: cargo xtask package looks at the tables.
    for name in ["visavis.exe", "WebView2Loader.dll", "LICENSE.txt"] {
        assert!(wine.written(&format!("{FOLDER}/{name}")).is_file(), "the upgrade took {name} away");
    }
    assert_eq!(value(DEFAULTS, "ServerURL").as_deref(), Some(server));
    assert_eq!(value(DEFAULTS, "ManagedRooms").as_deref(), Some(rooms));
    assert_eq!(value(DEFAULTS, "DisableAutoUpdate").as_deref(), Some("0x1"));
    assert_eq!(value(RUN, "Visavis"), None);
    assert!(!shortcut.exists(), "the shortcut is still there");
    assert_eq!(wine.msiexec(&format!("/i {old}")).expect("msiexec"), REFUSED);
    assert_eq!(products(&wine), [next_version()]);

    let kept = wine.written("users/root/AppData/Roaming/Visavis/preferences.json");
    std::fs::create_dir_all(kept.parent().expect("a folder")).expect("made");
    std::fs::write(&kept, "{}").expect("written");
    assert_eq!(wine.msiexec(&format!("/x {new}")).expect("msiexec"), 0);
    assert!(!wine.written(FOLDER).exists(), "something is left in the program's folder");
    for key in [r"HKLM\Software\Visavis", r"HKLM\Software\Classes\visavis", r"HKLM\Software\Classes\visio"] {
        assert!(!wine.run(&["reg", "query", key, "/reg:64"]).expect("reg").status.success(), "{key} is left");
    }
    assert_eq!(value(r"HKLM\Software\RegisteredApplications", "Visavis"), None);
    assert!(products(&wine).is_empty());
    assert!(kept.is_file(), "the person's settings are gone");
    assert_eq!(value(POLICY, "DisableChat").as_deref(), Some("0x1"), "the policy is gone");
}

/// Versions of Visavis in the list of installed programs.
fn products(wine: &Wine) -> Vec<String> {
    let key = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall";
    let output = wine.run(&["reg", "query", key, "/s", "/reg:64"]).expect("reg");
    let text = String::from_utf8_lossy(&output.stdout).replace('\r', "");
    let ours = text.split("\n\n").filter(|block| block.contains("    Visavis\n") || block.ends_with("    Visavis"));
    ours.filter_map(|block| block.lines().find_map(|line| line.trim().strip_prefix("DisplayVersion    REG_SZ    ")))
        .map(str::to_owned)
        .collect()
}

#[test]
fn its_client_holds_a_call_and_says_what_is_missing_for_a_window() {
    let ground = Ground::new("windows-call");
    let msi = package(NAME, VERSION);
    std::fs::copy(&msi, ground.folder.join("visavis.msi")).expect("copied");
    let wine = Wine::fresh(&ground.folder).expect("a Windows");
    let file = ground.folder.join("visavis.msi").to_string_lossy().replace('/', "\\");
    assert_eq!(wine.msiexec(&format!("/i {file}")).expect("msiexec"), 0);
    let program = r"C:\Program Files\Visavis\visavis.exe";

    let mut peer = ground.browser("web", &ground.browser_options("web"));
    let mut options = ground.our_options(SECONDS);
    options.program = Some(wine.enter().into_iter().chain([program.into()]).collect());
    let ended = ground.call(&options);
    let theirs = peer.leave().expect("the browser's report");
    let ours = ground::left(&ended);
    ground::we_received_well(ours, "web", ground::sent_while_we_watched(&theirs, ours));
    ground::peer_received_well(&theirs, ours);
    assert_eq!(ours.transport.path.as_deref(), Some("udp"));
    let camera = ground::track(ours, "web", TrackSource::Camera);
    assert!(camera.packets_received > 100, "{camera:?}");
    assert!(ours.own.len() == 2, "{US} sent {:?}", ours.own);

    // wine has no WebView2: that is said, and nothing hangs (there is no screen for a box, either).
    let mut command = wine
        .root()
        .command("root", &["timeout", "60", "sh", "-c", "wine \"$0\"; code=$?; wineserver -k; exit $code", program]);
    let output = command.output().expect("wine");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(words.contains("WebView2"), "{words}");
    assert_eq!(output.status.code(), Some(8), "{words}");
}

#[test]
fn the_archive_for_windows_runs_where_it_is_unpacked() {
    let archive = package("visavis-@-windows-x64.zip", VERSION);
    let run = run_folder("portable-windows", &[]);
    let unzip = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])";
    assert!(Command::new("python3").args(["-c", unzip]).arg(archive).arg(&run).status().expect("python3").success());
    let folder = run.join(format!("visavis-{VERSION}-windows-x64"));
    is_whole(&folder, "visavis.exe");
    assert!(folder.join("WebView2Loader.dll").is_file());
    // What Microsoft wants with every copy of it.
    let notices = std::fs::read_to_string(folder.join("THIRD-PARTY.txt")).expect("notices");
    let words = notices.split_whitespace().collect::<Vec<_>>().join(" ");
    let condition = "The name of Microsoft Corporation, or the names of its contributors may not be used to endorse";
    assert!(words.contains(condition), "the licence of WebView2Loader.dll is missing");
    let list = std::fs::read(folder.join("visavis.cdx.json")).expect("a list of parts");
    let list = serde_json::from_slice(&list).expect("JSON");
    is_listed(&list, "libvpx", "?arch=source&distro=");
    is_listed(&list, "WebView2Loader.dll", "pkg:nuget/Microsoft.Web.WebView2@");
    let wine = Wine::fresh(&run).expect("a Windows");
    let said = wine.run(&[&folder.join("visavis.exe").to_string_lossy(), "--version"]).expect("wine");
    assert_eq!(String::from_utf8_lossy(&said.stdout).trim(), format!("visavis {VERSION}"));
}
