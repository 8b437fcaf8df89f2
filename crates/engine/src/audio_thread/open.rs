//! How a microphone or a loudspeaker is opened. Takes up to seconds: never on the audio thread.

use super::Opened;
use crate::issues::{issue_of_loudspeaker, issue_of_microphone};
use std::time::Duration;
use visavis_audio::capture::{Capture, FileError, Source, Synthetic, WavFile};
use visavis_audio::playback::{Null, Playback, Sink};
use visavis_model::{DeviceChoice, Issue, IssueCode, MicrophoneChoice};

/// A device that the system takes away and gives back at once (another profile, a hub that starts anew) may be listed all the time. What was open
/// is looked for so often, this far apart: after that a list tells that it is gone.
const LOOKS: usize = 4;
const LOOKS_APART: Duration = Duration::from_millis(100);

type OpenedSource = Result<(Option<Capture>, Box<dyn Source>), Issue>;
type OpenedSink = Result<(Option<Playback>, Box<dyn Sink>), Issue>;

impl Opened {
    /// A microphone, or another source.
    pub(super) fn microphone(choice: &MicrophoneChoice) -> Self {
        Self::Microphone(microphone(choice))
    }

    /// One that was open a moment ago.
    pub(super) fn microphone_again(choice: &MicrophoneChoice) -> Self {
        Self::Microphone(looked_for(|| microphone(choice), || std::thread::sleep(LOOKS_APART)))
    }

    /// A loudspeaker; `without`: none, whatever the choice.
    pub(super) fn loudspeaker(choice: &DeviceChoice, without: bool) -> Self {
        Self::Loudspeaker(loudspeaker(choice, without))
    }

    /// One that was open a moment ago.
    pub(super) fn loudspeaker_again(choice: &DeviceChoice, without: bool) -> Self {
        Self::Loudspeaker(looked_for(|| loudspeaker(choice, without), || std::thread::sleep(LOOKS_APART)))
    }

    pub(super) const fn is_open(&self) -> bool {
        match self {
            Self::Microphone(opened) => opened.is_ok(),
            Self::Loudspeaker(opened) => opened.is_ok(),
        }
    }
}

fn microphone(choice: &MicrophoneChoice) -> OpenedSource {
    let device = match choice {
        MicrophoneChoice::None => return Err(Issue::new(IssueCode::MicrophoneNone)),
        MicrophoneChoice::Synthetic => return Ok((None, Box::new(Synthetic::new(std::process::id())))),
        MicrophoneChoice::File(path) => {
            let file = WavFile::open(std::path::Path::new(path)).map_err(|error| issue_of_microphone_file(&error))?;
            return Ok((None, Box::new(file)));
        }
        MicrophoneChoice::System => DeviceChoice::System,
        MicrophoneChoice::Device(id) => DeviceChoice::Device(id.clone()),
    };
    let (capture, reader) = Capture::open(&device).map_err(|error| issue_of_microphone(&error))?;
    Ok((Some(capture), Box::new(reader)))
}

fn issue_of_microphone_file(error: &FileError) -> Issue {
    tracing::debug!(%error, "the sound file is not used");
    Issue::new(IssueCode::SourceFile).with("cause", "unreadable")
}

fn loudspeaker(choice: &DeviceChoice, without: bool) -> OpenedSink {
    if without {
        return Ok((None, Box::new(Null)));
    }
    let (playback, writer) = Playback::open(choice).map_err(|error| issue_of_loudspeaker(&error))?;
    Ok((Some(playback), Box::new(writer)))
}

/// Opens it; where it is not there, once more after each wait, so often.
fn looked_for<T>(mut open: impl FnMut() -> Result<T, Issue>, mut wait: impl FnMut()) -> Result<T, Issue> {
    for _ in 1..LOOKS {
        match open() {
            Err(issue) if is_away(&issue) => wait(),
            opened => return opened,
        }
    }
    open()
}

/// It is not there; what is there and says no has a cause.
fn is_away(issue: &Issue) -> bool {
    matches!(issue.code, IssueCode::MicrophoneNone | IssueCode::LoudspeakerNone) && !issue.params.contains_key("cause")
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_audio::device::Error;

    /// How often it was tried, where each try ends so, and the last one well.
    fn tries(fails: &[Issue]) -> (usize, bool) {
        let (mut tried, mut waits) = (0, 0);
        let opened = looked_for(
            || {
                tried += 1;
                fails.get(tried - 1).map_or(Ok(()), |issue| Err(issue.clone()))
            },
            || waits += 1,
        );
        assert_eq!(tried, waits + 1);
        (tried, opened.is_ok())
    }

    #[test]
    fn what_is_away_for_a_moment_is_looked_for() {
        for away in [issue_of_loudspeaker(&Error::NotFound), issue_of_microphone(&Error::NotFound)] {
            assert_eq!(tries(&[]), (1, true));
            assert_eq!(tries(&vec![away.clone(); 2]), (3, true));
            assert_eq!(tries(&vec![away; 9]), (LOOKS, false));
        }
        // What is there and says no does not change its mind so soon.
        for no in [issue_of_loudspeaker(&Error::Busy), issue_of_microphone(&Error::Timeout)] {
            assert_eq!(tries(&[no]), (1, false));
        }
    }
}
