//! The offer of this version to portable installations: `stable.json`, or another channel's, beside its archives.

use super::release::{self, Release};
use super::sign;
use crate::tools::TaskError;
use std::path::PathBuf;
use visavis_update::{Archive, Offer};

/// How an archive's name ends, and what its system is called in an offer.
const SYSTEMS: [(&str, &str); 2] = [("-linux-x86_64.tar.gz", "linux-x86_64"), ("-windows-x64.zip", "windows-x64")];

/// Longest name of a channel, as the policy `UpdateChannel` takes it.
const LONGEST_CHANNEL: usize = 32;

/// A channel that the policy `UpdateChannel` can name.
///
/// # Errors
/// What is wrong with it, for the command line.
pub fn channel(text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if (1..=LONGEST_CHANNEL).contains(&text.len()) && text.bytes().all(plain) {
        Ok(text.to_owned())
    } else {
        Err(format!("a channel is a word of a-z, 0-9 and -, at most {LONGEST_CHANNEL} letters"))
    }
}

/// The archives of `release` that were packed before, as they are: an offer to another channel packs nothing anew.
///
/// # Errors
/// There are none.
pub fn finished(release: &Release) -> Result<Vec<PathBuf>, TaskError> {
    let folder = release::folder();
    let files = SYSTEMS.map(|(end, _)| folder.join(format!("visavis-{}{end}", release.version)));
    let there: Vec<_> = files.into_iter().filter(|file| file.is_file()).collect();
    if there.is_empty() {
        let version = &release.version;
        return Err(TaskError::Failed(format!("{} holds no archive of version {version}", folder.display())));
    }
    Ok(there)
}

/// Writes the offer of those among `files` that are archives, for `channel`, and says where it is; `None` where there are none, or no
/// key signs it.
///
/// # Errors
/// The version is none, or a file cannot be read.
pub fn write(files: &[PathBuf], release: &Release, channel: &str) -> Result<Option<PathBuf>, TaskError> {
    if sign::public_key()?.is_none() {
        return Ok(None);
    }
    let version = release.version.parse().map_err(|error| TaskError::Failed(format!("the version: {error}")))?;
    let mut offer = Offer { channel: channel.to_owned(), version, archives: Default::default() };
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if let Some((_, system)) = SYSTEMS.iter().find(|(end, _)| name.ends_with(end)) {
            offer.archives.insert((*system).to_owned(), Archive::of(&name, &std::fs::read(file)?));
        }
    }
    if offer.archives.is_empty() {
        return Ok(None);
    }
    let file = release::folder().join(format!("{channel}.json"));
    std::fs::write(&file, serde_json::to_vec_pretty(&offer)?)?;
    Ok(Some(file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_update::USUAL_CHANNEL;

    #[test]
    fn a_channel_is_what_the_policy_can_name() {
        for text in [USUAL_CHANNEL, "pilot-2", "7"] {
            assert_eq!(channel(text).as_deref(), Ok(text));
        }
        for text in ["", "Pilot", "../stable", "a b", "pilote-été", &"a".repeat(33)] {
            assert!(channel(text).is_err(), "{text}");
        }
    }
}
