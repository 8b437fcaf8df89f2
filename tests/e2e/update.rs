//! A portable installation takes a signed version from an internal mirror, and is that version at its next start.

use flate2::Compression;
use flate2::write::GzEncoder;
use minisign::KeyPair;
use serde_json::json;
use std::io::Cursor;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use visavis_tests::desktop::Desktop;
use visavis_tests::peers::PATIENCE;
use visavis_tests::process::Process;
use visavis_tests::servers::authority::Authority;
use visavis_tests::servers::listens;
use visavis_tests::{places, wait};
use visavis_update::{Archive, KEY_FILE, Offer, USUAL_CHANNEL};

/// Lays the program and a paper that only this version has onto the mirror, with a signed offer.
fn offer(mirror: &Path, version: &str, pair: &KeyPair) {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    // As every archive of ours: no holes.
    builder.sparse(false);
    let program = places::binary().canonicalize().expect("the application");
    builder.append_path_with_name(program, format!("visavis-{version}/visavis")).expect("packed");
    let mut header = tar::Header::new_ustar();
    header.set_size(version.len() as u64);
    header.set_mode(0o644);
    builder.append_data(&mut header, format!("visavis-{version}/NEWS.txt"), version.as_bytes()).expect("packed");
    let content = builder.into_inner().expect("packed").finish().expect("packed");
    let name = format!("visavis-{version}-linux-x86_64.tar.gz");
    let archives = [("linux-x86_64".to_owned(), Archive::of(&name, &content))].into();
    let offer = Offer { channel: USUAL_CHANNEL.to_owned(), version: version.parse().expect("a version"), archives };
    let text = serde_json::to_vec(&offer).expect("JSON");
    let signature = minisign::sign(None, &pair.sk, Cursor::new(&text), None, None).expect("signed").into_string();
    std::fs::write(mirror.join(name), content).expect("written");
    std::fs::write(mirror.join("stable.json"), text).expect("written");
    std::fs::write(mirror.join("stable.json.minisig"), signature).expect("written");
}

/// openssl's own server of files, with a certificate of the organisation's authority.
fn serve(folder: &Path, mirror: &Path, authority: &Authority) -> (Process, u16) {
    let certificate = authority.certificate(folder, &["localhost"]).expect("a certificate");
    let port = TcpListener::bind("127.0.0.1:0").and_then(|one| one.local_addr()).expect("a port").port();
    let mut command = Command::new("openssl");
    command
        .args(["s_server", "-quiet", "-WWW", "-accept", &format!("127.0.0.1:{port}")])
        .arg("-cert")
        .arg(&certificate);
    let process = Process::start("openssl", command.current_dir(mirror), &folder.join("mirror.log")).expect("a mirror");
    wait::until("the mirror", PATIENCE, || listens(port).then_some(())).expect("a mirror");
    (process, port)
}

#[test]
fn a_signed_version_from_the_mirror_is_there_at_the_next_start() {
    let folder = places::run("e2e/update").expect("a folder");
    let (home, mirror, etc) = (folder.join("portable"), folder.join("mirror"), folder.join("etc"));
    for folder in [&home, &mirror, &etc.join("policies/managed")] {
        std::fs::create_dir_all(folder).expect("a folder");
    }
    let pair = KeyPair::generate_unencrypted_keypair().expect("a key");
    let program = home.join("visavis");
    std::fs::copy(places::binary(), &program).expect("copied");
    std::fs::write(home.join(KEY_FILE), pair.pk.to_box().expect("a key").to_string()).expect("written");
    std::fs::write(home.join("visavis-portable.txt"), "").expect("written");
    let authority = Authority::new(&folder, "authority").expect("an authority");
    let (_mirror, port) = serve(&folder, &mirror, &authority);
    let policy = |allowed: &str, authorities: &[&Path]| {
        let policy = json!({
            "UpdateSource": format!("https://localhost:{port}/"),
            "ExtraRootCAs": authorities,
            "AllowedServers": [allowed],
        });
        std::fs::write(etc.join("policies/managed/a.json"), policy.to_string()).expect("written");
    };
    let desktop = Desktop::in_memory(&folder, 1280, 800).and_then(|one| Ok(one.managed(&etc)?)).expect("a desktop");
    let look = || {
        let output =
            desktop.command(&program).arg("update").env_remove("https_proxy").output().expect("the application");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };

    let ours = [authority.file.as_path()];
    policy("visio.example", &ours);
    offer(&mirror, "9.0.0", &pair);
    let (code, words) = look();
    assert!(code == Some(1) && words.contains("AllowedServers"), "{words}");
    policy("localhost", &[]);
    let (code, words) = look();
    assert!(code == Some(1) && words.contains("certificate") && words.contains("ExtraRootCAs"), "{words}");
    policy("localhost", &ours);
    offer(&mirror, "9.0.0", &KeyPair::generate_unencrypted_keypair().expect("a key"));
    let (code, words) = look();
    assert!(code == Some(1) && words.contains("signature"), "{words}");
    offer(&mirror, "9.0.0", &pair);
    let (code, words) = look();
    assert_eq!((code, words.as_str()), (Some(0), "9.0.0 is ready: it is put in place at the next start"));
    assert!(!home.join("NEWS.txt").exists(), "not before the next start");

    // The window is the new version's.
    let runtime = runtime_folder(&folder);
    let before = std::fs::metadata(&program).expect("the program");
    let mut command = desktop.command(&program);
    command.args(["--language", "en"]).env("XDG_RUNTIME_DIR", &runtime);
    let mut window = Process::start("visavis", &mut command, &folder.join("window.log")).expect("the window");
    let news = || std::fs::read_to_string(home.join("NEWS.txt")).ok();
    assert_eq!(wait::until("the update", PATIENCE, news).expect("in place"), "9.0.0");
    let next = home.join("visavis-next");
    wait::until("what is left of it", PATIENCE, || (!next.exists()).then_some(())).expect("nothing is left of it");
    let seen =
        || desktop.input(&["search", "--onlyvisible", "--name", "Visavis"]).ok().filter(|found| !found.is_empty());
    wait::until("the window", PATIENCE, seen).expect("the window of the new version");
    desktop.screenshot("1-new").expect("a screenshot");
    assert!(window.ended().expect("a process").is_none(), "{}", window.log_text());
    let after = std::fs::metadata(&program).expect("the program");
    assert_ne!(before.modified().expect("a time"), after.modified().expect("a time"));
}

/// The place where later starts look for the first one: this test's own.
fn runtime_folder(folder: &Path) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let runtime = folder.join("runtime");
    std::fs::create_dir_all(&runtime).expect("a folder");
    std::fs::set_permissions(&runtime, std::fs::Permissions::from_mode(0o700)).expect("ours alone");
    runtime
}
