//! Looks for a signed update where the organisation says, and lays it ready.

mod source;

use crate::dial::{Dialer, Network};
use crate::http::Client;
use crate::rules::Rules;
use semver::Version;
use source::{Mirror, Source};
use std::time::Duration;
use visavis_settings::policy::UpdatePlace;
use visavis_update::{Installation, LARGEST_ARCHIVE, LARGEST_OFFER, Offer, SYSTEM, USUAL_CHANNEL, UpdateFault};

/// For the offer and its signature.
const PATIENCE: Duration = Duration::from_secs(30);
/// For an archive: some megabytes over a narrow line.
const LONG_PATIENCE: Duration = Duration::from_secs(600);
/// Longer texts are no signatures.
const LONGEST_SIGNATURE: usize = 4096;

/// What came of a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looked {
    /// The organisation names no source.
    NotAsked,
    /// The organisation wants none looked at.
    NotWanted,
    /// The newest one is here already.
    UpToDate,
    /// This version is laid ready for the next start.
    Ready(String),
    /// Somebody needs the line: nothing has changed, and another look is due.
    PutOff,
}

impl Looked {
    /// The version that lies ready.
    pub fn ready(self) -> Option<String> {
        match self {
            Self::Ready(version) => Some(version),
            Self::NotAsked | Self::NotWanted | Self::UpToDate | Self::PutOff => None,
        }
    }
}

/// Looks once, and waits for it. What lies ready and is not offered any more, or not wanted, is taken away. `variable`: of the
/// environment, for the proxy. `own`: the version that runs. `put_off`: whether somebody needs the line now; it is asked again and
/// again while something is read, and its first yes ends the look.
///
/// Errors: see [`UpdateFault`].
pub fn look_for_update(
    rules: &Rules,
    variable: impl Fn(&str) -> Option<String>,
    installation: &Installation,
    own: &str,
    put_off: &dyn Fn() -> bool,
) -> Result<Looked, UpdateFault> {
    let policy = &rules.policy;
    if rules.forbids_updates() {
        clean(installation);
        return Ok(Looked::NotWanted);
    }
    let Some(place) = policy.update_source.forced() else {
        clean(installation);
        return Ok(Looked::NotAsked);
    };
    let channel = policy.update_channel.forced().map_or(USUAL_CHANNEL, |channel| &channel.0);
    let source = match place {
        UpdatePlace::Folder(folder) => Source::Folder(folder),
        UpdatePlace::Mirror(url) => {
            let dialer = Dialer::new(Network::new(rules.network(), variable), url.host_str().unwrap_or_default());
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.map_err(|_| UpdateFault::Unreachable)?;
            Source::Mirror(Box::new(Mirror { url, client: Client::new(dialer), runtime }))
        }
    };
    take(&source, channel, installation, own, put_off)
}

fn take(
    source: &Source<'_>,
    channel: &str,
    installation: &Installation,
    own: &str,
    put_off: &dyn Fn() -> bool,
) -> Result<Looked, UpdateFault> {
    let own = Version::parse(own).map_err(|_| UpdateFault::Malformed)?;
    let key = installation.key()?;
    let read = |name: String, most| source.read(&name, most, PATIENCE, put_off);
    let Some(text) = read(format!("{channel}.json"), LARGEST_OFFER)? else { return Ok(Looked::PutOff) };
    let signature = read(format!("{channel}.json.minisig"), LONGEST_SIGNATURE)?;
    let Some(signature) = signature else { return Ok(Looked::PutOff) };
    let signature = String::from_utf8(signature).map_err(|_| UpdateFault::Signature)?;
    let offer = Offer::read(&text, &signature, &key, channel)?;
    let Some(archive) = offer.newer(&own, SYSTEM.ok_or(UpdateFault::NotForUs)?)? else {
        clean(installation);
        return Ok(Looked::UpToDate);
    };
    let version = offer.version.to_string();
    if installation.ready().as_deref() != Some(version.as_str()) {
        // Before some megabytes are read that could be laid nowhere.
        installation.probe()?;
        let most = usize::try_from(archive.size.min(LARGEST_ARCHIVE)).unwrap_or(usize::MAX);
        let content = source.read(&archive.name, most, LONG_PATIENCE, put_off).map_err(|fault| match fault {
            // It is longer than the offer says.
            UpdateFault::Malformed => UpdateFault::OtherArchive,
            other => other,
        })?;
        // To unpack it is work for the disk and for a core.
        let Some(content) = content.filter(|_| !put_off()) else { return Ok(Looked::PutOff) };
        installation.stage(&offer, archive, &content)?;
    }
    Ok(Looked::Ready(version))
}

/// Takes away what lies ready. That it cannot is no fault of the look: what cannot be taken away cannot be put in place either.
fn clean(installation: &Installation) {
    if let Err(error) = installation.clean() {
        tracing::warn!(%error, "what lies ready is not taken away");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use minisign::KeyPair;
    use serde_json::json;
    use std::io::Cursor;
    use std::path::PathBuf;
    use visavis_settings::policy::{Layer, Level, Reading, Scope, resolve};
    use visavis_update::{Archive, KEY_FILE};

    struct Ground {
        installation: Installation,
        source: PathBuf,
        pair: KeyPair,
        root: PathBuf,
    }

    fn ground(test: &str) -> Ground {
        let root = std::env::temp_dir().join(format!("visavis-look-{}-{test}", std::process::id()));
        let (own, source) = (root.join("own"), root.join("source"));
        std::fs::create_dir_all(&own).expect("writable");
        std::fs::create_dir_all(&source).expect("writable");
        let pair = KeyPair::generate_unencrypted_keypair().expect("a key");
        std::fs::write(own.join(KEY_FILE), pair.pk.to_box().expect("a key").to_string()).expect("written");
        std::fs::write(own.join("visavis"), "old").expect("written");
        let installation = Installation::of(&own.join("visavis")).expect("an installation");
        Ground { installation, source, pair, root }
    }

    impl Ground {
        fn offer(&self, version: &str) {
            let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
            let mut header = tar::Header::new_ustar();
            header.set_size(3);
            header.set_mode(0o755);
            builder.append_data(&mut header, "visavis-x/visavis", &b"new"[..]).expect("written");
            let content = builder.into_inner().expect("written").finish().expect("written");
            let archive = Archive::of("visavis.tar.gz", &content);
            let systems = ["linux-x86_64", "windows-x64"];
            let archives = systems.map(|system| (system.to_owned(), archive.clone())).into();
            let version = version.parse().expect("a version");
            let offer = Offer { channel: USUAL_CHANNEL.to_owned(), version, archives };
            let text = serde_json::to_vec(&offer).expect("JSON");
            let signature = minisign::sign(None, &self.pair.sk, Cursor::new(&text), None, None).expect("signed");
            std::fs::write(self.source.join("visavis.tar.gz"), content).expect("written");
            std::fs::write(self.source.join("stable.json"), text).expect("written");
            std::fs::write(self.source.join("stable.json.minisig"), signature.into_string()).expect("written");
        }

        /// A look where the organisation names no source.
        fn unnamed(&self) -> Result<Looked, UpdateFault> {
            look_for_update(&rules(json!({})), |_| None, &self.installation, "0.1.0", &|| false)
        }

        fn look(&self, further: serde_json::Value) -> Result<Looked, UpdateFault> {
            let mut values = json!({ "UpdateSource": self.source.to_string_lossy() });
            values.as_object_mut().expect("an object").extend(further.as_object().expect("an object").clone());
            look_for_update(&rules(values), |_| None, &self.installation, "0.1.0", &|| false)
        }
    }

    impl Drop for Ground {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.root);
        }
    }

    fn rules(values: serde_json::Value) -> Rules {
        let serde_json::Value::Object(values) = values else { panic!("an object") };
        let layer = Layer { level: Level::Mandatory, scope: Scope::Machine, origin: "a".into(), values };
        let said = resolve(Reading { layers: vec![layer], problems: Vec::new() });
        assert!(said.entries.iter().all(|entry| entry.fault.is_none()), "{:?}", said.entries);
        Rules { policy: said.policy, ..Rules::default() }
    }

    #[test]
    fn a_newer_version_is_laid_ready_and_put_in_place() {
        let ground = ground("newer");
        assert_eq!(ground.look(json!({})), Err(UpdateFault::NoFile));
        ground.offer("0.1.0");
        assert_eq!(ground.look(json!({})), Ok(Looked::UpToDate));
        ground.offer("0.2.0");
        assert_eq!(ground.look(json!({ "DisableAutoUpdate": true })), Ok(Looked::NotWanted));
        assert_eq!(ground.unnamed(), Ok(Looked::NotAsked));
        assert_eq!(ground.look(json!({ "UpdateChannel": "pilot" })), Err(UpdateFault::NoFile));
        assert_eq!(ground.look(json!({})), Ok(Looked::Ready("0.2.0".into())));
        // Once is enough.
        std::fs::remove_file(ground.source.join("visavis.tar.gz")).expect("removed");
        assert_eq!(ground.look(json!({})), Ok(Looked::Ready("0.2.0".into())));
        assert_eq!(ground.installation.apply("0.1.0"), Ok(true));
        assert_eq!(std::fs::read_to_string(ground.root.join("own/visavis")).expect("there"), "new");
    }

    #[test]
    fn what_lies_ready_goes_with_the_offer_and_with_the_wish() {
        let ground = ground("withdrawn");
        let ready = || {
            ground.offer("0.2.0");
            assert_eq!(ground.look(json!({})), Ok(Looked::Ready("0.2.0".into())));
        };
        ready();
        assert_eq!(ground.look(json!({ "DisableAutoUpdate": true })), Ok(Looked::NotWanted));
        assert_eq!(ground.installation.ready(), None);
        ready();
        assert_eq!((ground.unnamed(), ground.installation.ready()), (Ok(Looked::NotAsked), None));
        ready();
        ground.offer("0.1.0");
        assert_eq!((ground.look(json!({})), ground.installation.ready()), (Ok(Looked::UpToDate), None));
        ready();
        // That nobody answers takes nothing back.
        std::fs::remove_file(ground.source.join("stable.json")).expect("removed");
        assert_eq!(ground.look(json!({})), Err(UpdateFault::NoFile));
        assert_eq!(ground.installation.ready().as_deref(), Some("0.2.0"));
    }

    #[test]
    fn what_cannot_be_taken_away_is_no_fault_of_the_look() {
        let ground = ground("kept");
        // No folder, for whoever may write everywhere too.
        std::fs::write(ground.root.join("own/visavis-next"), "").expect("written");
        assert_eq!(ground.installation.clean(), Err(UpdateFault::ReadOnly));
        ground.offer("0.1.0");
        assert_eq!(ground.look(json!({})), Ok(Looked::UpToDate));
        assert_eq!(ground.look(json!({ "DisableAutoUpdate": true })), Ok(Looked::NotWanted));
        assert_eq!(ground.unnamed(), Ok(Looked::NotAsked));
    }

    #[test]
    fn nothing_is_read_for_a_folder_that_cannot_be_written() {
        let ground = ground("read-only");
        std::fs::write(ground.root.join("own/visavis-next"), "").expect("written");
        ground.offer("0.2.0");
        std::fs::remove_file(ground.source.join("visavis.tar.gz")).expect("removed");
        assert_eq!(ground.look(json!({})), Err(UpdateFault::ReadOnly), "the archive was looked for first");
    }

    #[test]
    fn it_is_put_off_as_soon_as_somebody_needs_the_line() {
        let ground = ground("put-off");
        ground.offer("0.2.0");
        assert_eq!(ground.look(json!({})), Ok(Looked::Ready("0.2.0".into())));
        ground.offer("0.3.0");
        let rules = rules(json!({ "UpdateSource": ground.source.to_string_lossy() }));
        let mut asked_in_all = 0;
        for wanted_at in 1.. {
            let asked = std::cell::Cell::new(0);
            let put_off = || {
                asked.set(asked.get() + 1);
                asked.get() >= wanted_at
            };
            let looked = look_for_update(&rules, |_| None, &ground.installation, "0.1.0", &put_off);
            asked_in_all = asked.get();
            if looked == Ok(Looked::Ready("0.3.0".into())) {
                break;
            }
            assert_eq!(looked, Ok(Looked::PutOff), "{wanted_at}");
            assert_eq!(ground.installation.ready().as_deref(), Some("0.2.0"), "what was ready is still");
        }
        // Each of three files in a piece and its end, and once more before the archive is unpacked.
        assert_eq!(asked_in_all, 7);
    }

    #[test]
    fn an_offer_under_another_name_is_not_taken() {
        let ground = ground("channel");
        ground.offer("0.2.0");
        for end in ["json", "json.minisig"] {
            let file = |channel: &str| ground.source.join(format!("{channel}.{end}"));
            std::fs::copy(file("stable"), file("pilot")).expect("copied");
        }
        assert_eq!(ground.look(json!({ "UpdateChannel": "pilot" })), Err(UpdateFault::OtherChannel));
        assert_eq!((ground.installation.ready(), ground.look(json!({}))), (None, Ok(Looked::Ready("0.2.0".into()))));
    }

    #[test]
    fn what_somebody_else_signed_is_not_taken() {
        let mut ground = ground("foreign");
        ground.pair = KeyPair::generate_unencrypted_keypair().expect("a key");
        ground.offer("9.0.0");
        assert_eq!(ground.look(json!({})), Err(UpdateFault::Signature));
        assert_eq!(ground.installation.ready(), None);
    }

    #[test]
    fn an_archive_that_was_changed_is_not_taken() {
        let ground = ground("changed");
        ground.offer("9.0.0");
        let file = ground.source.join("visavis.tar.gz");
        let mut content = std::fs::read(&file).expect("there");
        content[20] ^= 1;
        std::fs::write(&file, &content).expect("written");
        assert_eq!(ground.look(json!({})), Err(UpdateFault::OtherArchive));
        content.push(0);
        std::fs::write(&file, &content).expect("written");
        assert_eq!(ground.look(json!({})), Err(UpdateFault::OtherArchive), "longer than it says");
        assert_eq!(ground.installation.ready(), None);
    }

    #[test]
    fn a_mirror_that_is_not_allowed_is_not_contacted() {
        let ground = ground("allowed");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a socket");
        listener.set_nonblocking(true).expect("a socket");
        let port = listener.local_addr().expect("a socket").port();
        let values =
            json!({ "UpdateSource": format!("https://localhost:{port}/"), "AllowedServers": ["visio.example"] });
        let looked = look_for_update(&rules(values), |_| None, &ground.installation, "0.1.0", &|| false);
        assert_eq!(looked, Err(UpdateFault::NotAllowed));
        assert!(listener.accept().is_err(), "it was contacted");
    }
}
