//! What a source offers.

use crate::{UpdateFault, UpdateKey};
use semver::Version;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Largest offer that is read, in bytes.
pub const LARGEST_OFFER: usize = 64 * 1024;
/// Largest archive that is read, in bytes.
pub const LARGEST_ARCHIVE: u64 = 128 * 1024 * 1024;
/// The channel where the organisation names none.
pub const USUAL_CHANNEL: &str = "stable";
/// Longest name of an archive, in bytes.
const LONGEST_NAME: usize = 120;
/// What this build is called in an offer; `None`: for this system there are no archives.
pub const SYSTEM: Option<&str> = if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
    Some("linux-x86_64")
} else if cfg!(all(target_os = "windows", target_arch = "x86_64")) {
    Some("windows-x64")
} else {
    None
};

/// A version, and its archive for each system. `cargo xtask package` writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Whose offer it is: the signature holds for this channel alone, however the file is called.
    pub channel: String,
    pub version: Version,
    pub archives: BTreeMap<String, Archive>,
}

/// A file beside the offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archive {
    /// A plain file name: `.tar.gz` or `.zip`.
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// In hexadecimal.
    pub sha256: String,
}

impl Offer {
    /// Reads an offer for `channel` whose signature is of `key`: not a byte of it is looked at before.
    ///
    /// Errors: [`UpdateFault::Signature`], [`UpdateFault::Malformed`] (where it names no channel, too), [`UpdateFault::OtherChannel`].
    pub fn read(text: &[u8], signature: &str, key: &UpdateKey, channel: &str) -> Result<Self, UpdateFault> {
        key.verify(text, signature)?;
        let offer: Self = serde_json::from_slice(text).map_err(|_| UpdateFault::Malformed)?;
        // Whoever can write at the source, and has no key, could else lay the offer of a pilot as everybody's.
        if offer.channel != channel {
            return Err(UpdateFault::OtherChannel);
        }
        if offer.archives.values().all(Archive::is_plain) { Ok(offer) } else { Err(UpdateFault::Malformed) }
    }

    /// The archive for `system`, where this is newer than `own`; `None`: there is nothing to do.
    ///
    /// Errors: [`UpdateFault::NotForUs`].
    pub fn newer(&self, own: &Version, system: &str) -> Result<Option<&Archive>, UpdateFault> {
        // An older version is never gone back to: that would bring back what was mended.
        if self.version <= *own {
            return Ok(None);
        }
        self.archives.get(system).map(Some).ok_or(UpdateFault::NotForUs)
    }
}

impl Archive {
    /// What is to be written into an offer for this content.
    pub fn of(name: &str, content: &[u8]) -> Self {
        Self { name: name.to_owned(), size: content.len() as u64, sha256: hash(content) }
    }

    /// Whether these are the bytes that the offer names.
    ///
    /// Errors: [`UpdateFault::OtherArchive`].
    pub fn verify(&self, content: &[u8]) -> Result<(), UpdateFault> {
        let same = content.len() as u64 == self.size && hash(content) == self.sha256.to_ascii_lowercase();
        if same { Ok(()) } else { Err(UpdateFault::OtherArchive) }
    }

    /// A name that leads nowhere but into its folder, and a size that is read.
    fn is_plain(&self) -> bool {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        let ends = [".tar.gz", ".zip"].iter().any(|end| self.name.ends_with(end));
        ends && !self.name.starts_with('.')
            && self.name.len() <= LONGEST_NAME
            && self.name.bytes().all(plain)
            && self.size <= LARGEST_ARCHIVE
    }
}

fn hash(content: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(content).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::pair;

    fn offer(version: &str, name: &str) -> Offer {
        let archive = Archive::of(name, b"content");
        Offer {
            channel: USUAL_CHANNEL.to_owned(),
            version: version.parse().expect("a version"),
            archives: [("linux-x86_64".to_owned(), archive)].into(),
        }
    }

    #[test]
    fn an_offer_is_read_with_its_signature_alone() {
        let (key, sign) = pair();
        let key = UpdateKey::parse(&key).expect("a key");
        let text = serde_json::to_vec(&offer("1.2.3", "visavis-1.2.3.tar.gz")).expect("JSON");
        let read = |text: &[u8], signature: &str| Offer::read(text, signature, &key, USUAL_CHANNEL);
        assert_eq!(read(&text, &sign(&text)), Ok(offer("1.2.3", "visavis-1.2.3.tar.gz")));
        assert_eq!(read(&text, &pair().1(&text)), Err(UpdateFault::Signature));
        for nonsense in ["", "{}", r#"{"channel":"stable","version":"1","archives":{}}"#, "[1"] {
            let text = nonsense.as_bytes();
            assert_eq!(read(text, &sign(text)), Err(UpdateFault::Malformed), "{nonsense}");
        }
    }

    #[test]
    fn an_offer_holds_for_its_own_channel_alone() {
        let (key, sign) = pair();
        let key = UpdateKey::parse(&key).expect("a key");
        let pilot = Offer { channel: "pilot".to_owned(), ..offer("1.2.3", "a.zip") };
        let text = serde_json::to_vec(&pilot).expect("JSON");
        assert_eq!(Offer::read(&text, &sign(&text), &key, "pilot"), Ok(pilot));
        assert_eq!(Offer::read(&text, &sign(&text), &key, USUAL_CHANNEL), Err(UpdateFault::OtherChannel));
        let unnamed = br#"{"version":"1.2.3","archives":{}}"#;
        for channel in ["", USUAL_CHANNEL] {
            assert_eq!(Offer::read(unnamed, &sign(unnamed), &key, channel), Err(UpdateFault::Malformed), "{channel}");
        }
    }

    #[test]
    fn a_name_leads_nowhere_else() {
        let (key, sign) = pair();
        let key = UpdateKey::parse(&key).expect("a key");
        for name in ["../a.zip", "/a.zip", "a/b.zip", "a\\b.zip", ".zip", "a.exe", "a%2fb.zip", "http:a.zip", "é.zip"]
        {
            let text = serde_json::to_vec(&offer("1.2.3", name)).expect("JSON");
            let read = Offer::read(&text, &sign(&text), &key, USUAL_CHANNEL);
            assert_eq!(read, Err(UpdateFault::Malformed), "{name}");
        }
    }

    #[test]
    fn only_what_is_newer_is_taken() {
        let offer = offer("0.10.0", "a.zip");
        let newer = |own: &str, system| offer.newer(&own.parse().expect("a version"), system);
        assert!(matches!(newer("0.9.9", "linux-x86_64"), Ok(Some(archive)) if archive.name == "a.zip"));
        assert_eq!(newer("0.9.9", "windows-x64"), Err(UpdateFault::NotForUs));
        assert_eq!(newer("0.10.0", "linux-x86_64"), Ok(None));
        assert_eq!(newer("1.0.0", "windows-x64"), Ok(None));
    }

    #[test]
    fn another_archive_is_told_from_the_one_that_is_meant() {
        let archive = Archive::of("a.zip", b"content");
        assert_eq!(archive.verify(b"content"), Ok(()));
        assert_eq!(archive.verify(b"contenu"), Err(UpdateFault::OtherArchive));
        assert_eq!(archive.verify(b""), Err(UpdateFault::OtherArchive));
    }
}
