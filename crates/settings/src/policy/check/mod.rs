//! What a value alone does not tell: whether it can work beside the others, and whether the files that it names are there.
//!
//! Told to whoever wrote it. What holds stays as it was resolved: the application does with a room or a file that is none what it does
//! anyway.

mod between;
mod files;
mod pem;
mod pictures;
mod rooms;

pub(super) use files::is_share;
pub use files::{Disk, FileFault, Files, Found};
pub use pem::pem_lines;
pub use pictures::{Picture, mark, room_picture};

use super::{Entry, Fault, Policy, Resolved, Standing};
use std::path::{Path, PathBuf};

/// Largest file of certificates, in bytes.
const LARGEST_CERTIFICATES: u64 = 4 * 1024 * 1024;

/// What there is to say of a value that is in force.
#[derive(Debug, Default)]
struct Verdict {
    faults: Vec<Fault>,
    /// Nothing of it can work.
    is_dead: bool,
}

impl Verdict {
    /// It works, but not as it is meant.
    fn doubtful(fault: Fault) -> Self {
        Self { faults: vec![fault], is_dead: false }
    }

    fn dead(fault: Fault) -> Self {
        Self { faults: vec![fault], is_dead: true }
    }
}

impl Resolved {
    /// The same, with what is wrong between keys and with the files that they name. An entry of which nothing can work is
    /// [`Standing::Ignored`].
    #[must_use]
    pub fn checked(mut self, files: &dyn Files) -> Self {
        for entry in self.entries.iter_mut().filter(|entry| entry.standing == Standing::InForce) {
            let Verdict { faults, is_dead } = look(&self.policy, entry, files);
            entry.fault = Fault::of(entry.fault.take().into_iter().chain(faults));
            if is_dead {
                entry.standing = Standing::Ignored;
            }
        }
        self
    }
}

/// What is in force of a key.
fn look(policy: &Policy, entry: &Entry, files: &dyn Files) -> Verdict {
    // Some of a list was left out as it was read.
    let partly = entry.fault.is_some();
    match entry.key.as_str() {
        "BrandMark" => policy.brand_mark.forced().map_or_else(Verdict::default, |file| picture(&file.0, files)),
        "ManagedRooms" => rooms::look(policy, partly, files),
        "ExtraRootCAs" => certificates(policy, partly, files),
        "UseSystemTrustStore" => trust(policy, files),
        other => between::look(policy, other, partly),
    }
}

fn picture(path: &Path, files: &dyn Files) -> Verdict {
    match mark(path, files) {
        Ok(picture) => picture.closed.map_or_else(Verdict::default, |cause| Verdict::doubtful(of_file(path, cause))),
        Err(cause) => Verdict::dead(of_file(path, cause)),
    }
}

fn of_file(path: &Path, cause: FileFault) -> Fault {
    Fault::File { path: path.to_owned(), cause }
}

fn certificates(policy: &Policy, partly: bool, files: &dyn Files) -> Verdict {
    let Some(named) = policy.extra_root_cas.forced() else { return Verdict::default() };
    let (mut faults, mut usable) = (Vec::new(), 0);
    for path in &named.0 {
        match certificate(path, files) {
            Ok(closed) => {
                usable += 1;
                faults.extend(closed.map(|cause| of_file(path, cause)));
            }
            Err(cause) => {
                // It is used all the same, by whoever has it in reach.
                usable += usize::from(cause == FileFault::Share);
                faults.push(of_file(path, cause));
            }
        }
    }
    Verdict { is_dead: usable == 0 && (partly || !faults.is_empty()), faults }
}

/// Whether a file may hold authorities: PEM, or DER. What is in them is read where they are used.
fn certificate(path: &Path, files: &dyn Files) -> Result<Option<FileFault>, FileFault> {
    let found = files.read(path, LARGEST_CERTIFICATES + 1)?;
    if found.bytes.len() as u64 > LARGEST_CERTIFICATES {
        return Err(FileFault::TooLarge(LARGEST_CERTIFICATES));
    }
    if !is_der(&found.bytes) && !pem::is_pem(&found.bytes) {
        return Err(FileFault::NoCertificate);
    }
    Ok(found.closed.map(|(place, mode)| FileFault::Closed { place, mode }))
}

/// A sequence in a sequence, as a certificate is (RFC 5280 §4.1), and no PKCS #7 or #12 file, which begin with another thing in it.
fn is_der(bytes: &[u8]) -> bool {
    // X.690 §8.1.3: one octet, or how many follow.
    let inner = match bytes {
        [0x30, length @ 0..=0x7f, ..] if *length > 0 => 2,
        [0x30, length @ 0x81..=0x84, ..] => 2 + usize::from(length & 0x7f),
        _ => return false,
    };
    bytes.get(inner) == Some(&0x30)
}

/// Without the system's certificates the files' have to do.
fn trust(policy: &Policy, files: &dyn Files) -> Verdict {
    let named = policy.extra_root_cas.forced().map(|files| files.0.as_slice()).unwrap_or_default();
    let needs_files = policy.use_system_trust_store.forced() == Some(&false);
    let counts = |path: &PathBuf| matches!(certificate(path, files), Ok(_) | Err(FileFault::Share));
    if needs_files && !named.iter().any(counts) {
        return Verdict::doubtful(Fault::Needs { key: "ExtraRootCAs", otherwise: "no server is trusted" });
    }
    Verdict::default()
}

#[cfg(test)]
mod tests {
    use super::super::{KEYS, Layer, Level, Reading, Scope, resolve};
    use super::pictures::tests::png;
    use super::*;
    use serde_json::{Value as Json, json};
    use std::collections::HashMap;

    /// Files that are there.
    #[derive(Default)]
    pub struct Laid(HashMap<PathBuf, Found>);

    impl Laid {
        pub fn with(mut self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
            self.0.insert(path.into(), Found { bytes: bytes.as_ref().to_vec(), closed: None });
            self
        }

        pub fn closed(mut self, path: &str) -> Self {
            self.0.get_mut(Path::new(path)).expect("laid").closed = Some((path.into(), 0o600));
            self
        }
    }

    impl Files for Laid {
        fn read(&self, path: &Path, most: u64) -> Result<Found, FileFault> {
            let Found { mut bytes, closed } = self.0.get(path).cloned().ok_or(FileFault::Missing)?;
            bytes.truncate(usize::try_from(most).expect("a length"));
            Ok(Found { bytes, closed })
        }
    }

    /// The standing of a key, and what is said of it.
    pub fn told(managed: Json, key: &str, files: &Laid) -> (Standing, String) {
        let Json::Object(values) = managed else { panic!("an object") };
        let layer = Layer { level: Level::Mandatory, scope: Scope::Machine, origin: "a".into(), values };
        let said = resolve(Reading { layers: vec![layer], problems: Vec::new() });
        let policy = said.policy.clone();
        let said = said.checked(files);
        assert_eq!(said.policy, policy, "what holds stays");
        let entry = said.entries.into_iter().find(|entry| entry.key == key).expect("the key");
        (entry.standing, entry.fault.map(|fault| fault.to_string()).unwrap_or_default())
    }

    pub fn good() -> (Standing, String) {
        (Standing::InForce, String::new())
    }

    pub fn in_force(fault: &str) -> (Standing, String) {
        (Standing::InForce, fault.into())
    }

    pub fn ignored(fault: &str) -> (Standing, String) {
        (Standing::Ignored, fault.into())
    }

    const PEM: &str = "# ours\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

    #[test]
    #[cfg(unix)]
    fn a_mark_that_is_not_there_or_does_not_fit_is_told() {
        let files = Laid::default()
            .with("/m.png", png(640, 128))
            .with("/w.png", png(9000, 1))
            .with("/c.png", png(1, 1))
            .closed("/c.png");
        let brand = |path: &str| told(json!({ "BrandMark": path }), "BrandMark", &files);
        assert_eq!(brand("/m.png"), good());
        assert_eq!(brand("/none.png"), ignored("/none.png is not there"));
        assert_eq!(
            brand("/w.png"),
            ignored("/w.png is 9000 × 1 pixels where at most 640 × 128 are shown (VIS-POL-BRAND-81)")
        );
        assert_eq!(brand("/c.png"), in_force("/c.png cannot be read by people: mode 0600 of /c.png"));
    }

    #[test]
    #[cfg(unix)]
    fn authorities_are_looked_at_one_by_one() {
        let files = Laid::default()
            .with("/a.pem", PEM)
            .with("/a.der", [0x30, 0x82, 1, 0, 0x30])
            .with("/a.p7b", [0x30, 0x82, 1, 0, 0x06])
            .with("/a.p12", [0x30, 0x82, 1, 0, 0x02])
            .with("/cut.pem", &PEM[..40])
            .with("/bom.pem", PEM.replace("# ours\n", "\u{feff} "))
            .with("/quoted.pem", PEM.replace("-----BEGIN", "> -----BEGIN"))
            .with("/a.txt", "hello");
        let of = |paths: &[&str]| told(json!({ "ExtraRootCAs": paths }), "ExtraRootCAs", &files);
        assert_eq!(of(&["/a.pem", "/a.der", "/bom.pem"]), good());
        assert_eq!(of(&["/a.pem", "/b.pem"]), in_force("/b.pem is not there"));
        assert_eq!(of(&["b.pem", "/a.pem"]), in_force("entry 1: is not the full path of a file"));
        assert_eq!(of(&["b.pem"]), ignored("entry 1: is not the full path of a file"));
        assert_eq!(of(&["/b.pem", "/a.txt"]), ignored("/b.pem is not there; /a.txt holds no certificate"));
        for none in ["/a.p7b", "/a.p12", "/cut.pem", "/quoted.pem"] {
            assert_eq!(of(&[none]), ignored(&format!("{none} holds no certificate")));
        }
        let alone = |paths: Json| {
            let rules = json!({ "UseSystemTrustStore": false, "ExtraRootCAs": paths });
            told(rules, "UseSystemTrustStore", &files)
        };
        assert_eq!(alone(json!(["/a.pem"])), good());
        let nobody = "needs ExtraRootCAs: else no server is trusted";
        assert_eq!(alone(json!(["/b.pem"])), in_force(nobody));
        assert_eq!(told(json!({ "UseSystemTrustStore": false }), "UseSystemTrustStore", &files), in_force(nobody));
        assert_eq!(told(json!({ "UseSystemTrustStore": true }), "UseSystemTrustStore", &files), good());
    }

    #[test]
    fn what_is_not_in_force_is_not_looked_at() {
        let layer = |level, values: Json| Layer {
            level,
            scope: Scope::Machine,
            origin: "a".into(),
            values: values.as_object().expect("an object").clone(),
        };
        let layers = vec![
            layer(Level::Recommended, json!({ "ManagedRooms": [{ "name": "A", "link": "nowhere" }] })),
            layer(Level::Mandatory, json!({ "ManagedRooms": [] })),
        ];
        let said = resolve(Reading { layers, problems: Vec::new() }).checked(&Laid::default());
        let standings: Vec<_> = said.entries.iter().map(|entry| (entry.standing, entry.fault.is_some())).collect();
        assert_eq!(standings, [(Standing::InForce, false), (Standing::Overridden, false)]);
    }

    #[test]
    fn every_key_that_is_looked_at_is_one() {
        for key in
            between::LOOKED_AT.iter().chain(&["BrandMark", "ManagedRooms", "ExtraRootCAs", "UseSystemTrustStore"])
        {
            assert!(KEYS.iter().any(|known| known.name == *key), "{key}");
        }
    }
}
