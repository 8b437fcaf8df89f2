//! A portable installation on Windows takes a signed version: the program that runs is put aside, the new one is there.

use crate::{VERSION, package, run_folder};
use minisign::KeyPair;
use std::io::Cursor;
use std::path::Path;
use std::process::Command;
use visavis_tests::machines::wine::Wine;
use visavis_update::{Archive, KEY_FILE, Offer, USUAL_CHANNEL};

const NEXT: &str = "9.0.0";
const POLICY: &str = r"HKLM\Software\Policies\Visavis\Visavis";
/// Unpacks an archive, and packs it once more as the next version: a byte behind the program (which Windows passes over), and a paper.
const NEXT_ARCHIVE: &str = r#"
import sys, zipfile
old, into, new, version = sys.argv[1:]
with zipfile.ZipFile(old) as source, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as target:
    source.extractall(into)
    for name in source.namelist():
        content, below = source.read(name), name.split("/", 1)[1]
        if below and not name.endswith("/"):
            target.writestr(f"visavis-{version}/{below}", content + (b"n" if below == "visavis.exe" else b""))
    target.writestr(f"visavis-{version}/NEWS.txt", version)
"#;

fn offer(mirror: &Path, archive: &str, pair: &KeyPair) {
    let content = std::fs::read(mirror.join(archive)).expect("an archive");
    let archives = [("windows-x64".to_owned(), Archive::of(archive, &content))].into();
    let version = NEXT.parse().expect("a version");
    let text = serde_json::to_vec(&Offer { channel: USUAL_CHANNEL.to_owned(), version, archives }).expect("JSON");
    let signature = minisign::sign(None, &pair.sk, Cursor::new(&text), None, None).expect("signed").into_string();
    std::fs::write(mirror.join("stable.json"), text).expect("written");
    std::fs::write(mirror.join("stable.json.minisig"), signature).expect("written");
}

#[test]
fn a_signed_version_from_a_folder_takes_the_place_of_the_program_that_runs() {
    let run = run_folder("update-windows", &[]);
    let mirror = run.join("mirror");
    std::fs::create_dir_all(&mirror).expect("a folder");
    let archive = format!("visavis-{NEXT}-windows-x64.zip");
    let packed = Command::new("python3")
        .args(["-c", NEXT_ARCHIVE])
        .args([&package("visavis-@-windows-x64.zip", VERSION), &run, &mirror.join(&archive)])
        .arg(NEXT)
        .status();
    assert!(packed.expect("python3").success());
    let home = run.join(format!("visavis-{VERSION}-windows-x64"));
    let program = home.join("visavis.exe");
    let size = || std::fs::metadata(&program).expect("the program").len();
    let before = size();
    let pair = KeyPair::generate_unencrypted_keypair().expect("a key");
    std::fs::write(home.join(KEY_FILE), pair.pk.to_box().expect("a key").to_string()).expect("written");
    let wine = Wine::fresh(&run).expect("a Windows");
    let place = format!("Z:{}", mirror.display()).replace('/', "\\");
    let policy = ["reg", "add", POLICY, "/v", "UpdateSource", "/t", "REG_SZ", "/d", &place, "/reg:64"];
    assert!(wine.run(&policy).expect("reg").status.success());
    let update = |words: &[&str]| {
        let output = wine.run(&[&[&*program.to_string_lossy(), "update"], words].concat()).expect("wine");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };

    offer(&mirror, &archive, &KeyPair::generate_unencrypted_keypair().expect("a key"));
    let (code, words) = update(&[]);
    assert!(code == Some(1) && words.contains("signature"), "{words}");
    offer(&mirror, &archive, &pair);
    let (code, words) = update(&[]);
    assert_eq!((code, words.as_str()), (Some(0), "9.0.0 is ready: it is put in place at the next start"));
    assert!(size() == before && !home.join("NEWS.txt").exists(), "not before the next start");
    let (code, words) = update(&["--apply"]);
    assert_eq!((code, words.as_str()), (Some(0), "9.0.0 is in place"));
    assert_eq!((size(), std::fs::read_to_string(home.join("NEWS.txt")).ok().as_deref()), (before + 1, Some(NEXT)));
    assert!(home.join(KEY_FILE).is_file(), "the key is gone");

    // The new program runs; the one that did until then lies aside whole, or is gone.
    let said = wine.run(&[&program.to_string_lossy(), "--version"]).expect("wine");
    assert_eq!(String::from_utf8_lossy(&said.stdout).trim(), format!("visavis {VERSION}"));
    let left = home.join("visavis-next/before/visavis.exe");
    assert!(left.is_file() || !left.parent().is_some_and(Path::exists), "half of it is left");
}
