//! The package of Debian on a fresh Debian: installed without a network, used by a person without rights, upgraded, removed, purged.

use crate::ground::{self, Ground};
use crate::{VERSION, is_at_most, next_version, package, run_folder};
use std::process::Command;
use std::time::Duration;
use visavis_model::Report;
use visavis_tests::machines::image::{Image, Recipe};
use visavis_tests::machines::root::Root;
use visavis_tests::process::Process;
use visavis_tests::servers::xvfb::Xvfb;
use visavis_tests::wait;

const NAME: &str = "visavis_@_amd64.deb";
const SECONDS: u32 = 12;
const WINDOW_SECONDS: u64 = 8;
const MANAGED: &str = "/etc/visavis/policies/managed";

/// The smallest Debian, with exactly what the package says that it needs, and a session bus.
fn image() -> Image {
    let fields = |name| {
        let output =
            Command::new("dpkg-deb").arg("-f").arg(package(NAME, VERSION)).arg(name).output().expect("dpkg-deb");
        String::from_utf8(output.stdout).expect("text")
    };
    let depends = fields("Depends");
    let names: Vec<_> =
        depends.split(',').filter_map(|one| one.split_whitespace().next()).chain(["dbus-daemon"]).collect();
    Image::install(&Recipe::of_machine("deb", &names).expect("apt's sources")).expect("a Debian")
}

fn root(run: &std::path::Path) -> Root {
    let root = Root::fresh(&image(), run).expect("a copy");
    root.shell("useradd --create-home person").expect("a person without rights");
    root
}

/// apt's words for everything that is done without a question and without a network.
fn apt(words: &str) -> String {
    format!("DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends -o APT::Sandbox::User=root {words}")
}

#[test]
fn it_leaves_nothing_behind_and_keeps_what_the_administrator_wrote() {
    let (old, new) = (package(NAME, VERSION), package(NAME, &next_version()));
    is_at_most(&old, 12.0);
    let run = run_folder("deb", &[&old, &new]);
    let file = |version: &str| run.join(NAME.replace('@', version)).display().to_string();
    let mut root = root(&run);
    root.offline(true);
    let before = root.files().expect("a listing");

    root.shell(&apt(&format!("install {}", file(VERSION)))).expect("installed");
    let version = |root: &Root| root.shell("dpkg-query -W -f '${Version} ${db:Status-Abbrev}' visavis").expect("dpkg");
    assert_eq!(version(&root).trim(), format!("{VERSION} ii"));
    let modes = root
        .shell("stat -c '%a %U %n' /etc/visavis/policies/managed /etc/visavis/policies/recommended")
        .expect("folders");
    assert_eq!(modes.lines().filter(|line| line.starts_with("755 root ")).count(), 2, "{modes}");
    let linked = root.shell("ldd /usr/bin/visavis").expect("ldd");
    assert!(!linked.contains("not found"), "{linked}");
    let said = root.command("person", &["visavis", "--version"]).output().expect("the program");
    assert_eq!(String::from_utf8_lossy(&said.stdout).trim(), format!("visavis {VERSION}"));
    assert_eq!(root.shell("dpkg --verify visavis").expect("dpkg"), "");

    root.shell(&format!("echo '{{\"DisableChat\": true}}' > {MANAGED}/ours.json")).expect("a policy");
    root.shell(&apt(&format!("install {}", file(&next_version())))).expect("upgraded");
    assert_eq!(version(&root).trim(), format!("{} ii", next_version()));
    let policy = |root: &Root| root.shell(&format!("cat {MANAGED}/ours.json")).expect("the policy");
    assert!(policy(&root).contains("DisableChat"));

    root.shell(&apt("remove visavis")).expect("removed");
    assert!(root.shell("test ! -e /usr/bin/visavis").is_ok());
    assert!(policy(&root).contains("DisableChat"));
    root.shell(&apt("purge visavis")).expect("purged");
    assert!(policy(&root).contains("DisableChat"), "what the administrator wrote is theirs");

    root.shell(&format!("rm {MANAGED}/ours.json")).expect("the policy is taken back");
    root.shell(&apt(&format!("install {}", file(VERSION)))).expect("installed again");
    root.shell(&apt("purge visavis")).expect("purged");
    let after = root.files().expect("a listing");
    let left: Vec<_> = after.difference(&before).collect();
    assert!(left.is_empty(), "left behind: {left:?}");
    let gone: Vec<_> = before.difference(&after).collect();
    assert!(gone.is_empty(), "taken away: {gone:?}");
}

#[test]
fn a_person_without_rights_holds_a_call_and_sees_it() {
    let ground = Ground::new("deb-call");
    std::fs::copy(package(NAME, VERSION), ground.folder.join("visavis.deb")).expect("copied");
    let mut root = root(&ground.folder);
    root.shell(&apt(&format!("install {}/visavis.deb", ground.folder.display()))).expect("installed");
    let mut peer = ground.browser("web", &ground.browser_options("web"));

    let mut options = ground.our_options(SECONDS);
    options.program = Some(root.enter("person").into_iter().chain(["visavis".into()]).collect());
    let ended = ground.call(&options);
    let theirs = peer.leave().expect("the browser's report");
    let ours = ground::left(&ended);
    ground::we_received_well(ours, "web", ground::sent_while_we_watched(&theirs, ours));
    ground::peer_received_well(&theirs, ours);

    // The window, on a screen in memory.
    let _peer = ground.browser("other", &ground.browser_options("other"));
    let screen = Xvfb::start(&ground.folder, 1280, 800).expect("a screen");
    root.set("DISPLAY", screen.display());
    root.set("GDK_BACKEND", "x11");
    root.set("NO_AT_BRIDGE", "1");
    root.set("LIBGL_ALWAYS_SOFTWARE", "1");
    root.set("XDG_RUNTIME_DIR", "/tmp");
    let report = ground.folder.join("window.json");
    let link = ground.server.link(ground::ROOM, "window");
    let report_text = report.display().to_string();
    let words = [
        "dbus-run-session",
        "--",
        "visavis",
        "join",
        &link,
        "--name",
        "Window",
        "--separate",
        "--camera",
        "synthetic",
        "--microphone",
        "synthetic",
        "--report",
        &report_text,
    ];
    let window = Process::start("window", &mut root.command("person", &words), &ground.folder.join("window.log"))
        .expect("the window");
    let seen = wait::until("pictures in the window", Duration::from_secs(60), || {
        let report: Report = serde_json::from_slice(&std::fs::read(&report).ok()?).ok()?;
        let shown =
            report.remote.iter().filter_map(|track| track.video.as_ref()).map(|video| video.frames_shown).max()?;
        (shown > 15 * WINDOW_SECONDS).then_some(report)
    });
    let picture = ground.folder.join("window.png");
    screen.screenshot(&picture).expect("a screenshot");
    let seen = seen.unwrap_or_else(|error| panic!("{error}; {}", window.log_text()));
    assert!(ground::video(&seen, "other").barcodes_read > 0, "{seen:?}");
}
