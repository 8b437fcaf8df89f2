//! Whose updates are taken.

use crate::UpdateFault;
use minisign_verify::{PublicKey, Signature};
use std::path::Path;

/// The public key beside the program, as `minisign -G` writes it. Who can write there can write the program itself.
pub const KEY_FILE: &str = "visavis-update.pub";
/// Longer files are no keys.
const LONGEST: u64 = 1024;

/// A public key of minisign (Ed25519 over BLAKE2b).
pub struct UpdateKey(PublicKey);

impl UpdateKey {
    /// The key in `folder`; `None` where there is none, or it is none.
    pub fn beside(folder: &Path) -> Option<Self> {
        let file = folder.join(KEY_FILE);
        if std::fs::metadata(&file).ok()?.len() > LONGEST {
            return None;
        }
        Self::parse(&std::fs::read_to_string(file).ok()?)
    }

    /// With or without the line of comment.
    pub fn parse(text: &str) -> Option<Self> {
        let line = text.lines().map(str::trim).rfind(|line| !line.is_empty())?;
        PublicKey::from_base64(line).ok().map(Self)
    }

    /// Whether `signature` (the text of a `.minisig`) is this key's over `content`.
    ///
    /// Errors: [`UpdateFault::Signature`].
    pub fn verify(&self, content: &[u8], signature: &str) -> Result<(), UpdateFault> {
        let signature = Signature::decode(signature).map_err(|_| UpdateFault::Signature)?;
        // No signatures of the old kind, over the content itself: minisign has written none since 2018.
        self.0.verify(content, &signature, false).map_err(|_| UpdateFault::Signature)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use minisign::KeyPair;
    use std::io::Cursor;

    /// A key with its text, and what signs with it.
    pub(crate) fn pair() -> (String, impl Fn(&[u8]) -> String) {
        let pair = KeyPair::generate_unencrypted_keypair().expect("a key");
        let text = pair.pk.to_box().expect("a key").to_string();
        let sign = move |content: &[u8]| {
            minisign::sign(None, &pair.sk, Cursor::new(content), Some("for a test"), None)
                .expect("signed")
                .into_string()
        };
        (text, sign)
    }

    #[test]
    fn only_its_own_signatures_hold() {
        let (text, sign) = pair();
        let key = UpdateKey::parse(&text).expect("a key");
        let signature = sign(b"words");
        assert_eq!(key.verify(b"words", &signature), Ok(()));
        assert_eq!(key.verify(b"other words", &signature), Err(UpdateFault::Signature));
        let (_, other) = pair();
        assert_eq!(key.verify(b"words", &other(b"words")), Err(UpdateFault::Signature));
        for nonsense in ["", "\n\n\n\n", "untrusted comment: x\nAAAA\ntrusted comment: y\nAAAA"] {
            assert_eq!(key.verify(b"words", nonsense), Err(UpdateFault::Signature), "{nonsense}");
        }
    }

    #[test]
    fn nonsense_is_no_key() {
        for text in ["", "untrusted comment: x", "RWQ", "é\n\u{0}"] {
            assert!(UpdateKey::parse(text).is_none(), "{text}");
        }
    }
}
