//! Which microphones and loudspeakers there are, and how one is opened.

#[cfg(windows)]
mod endpoints;
mod listing;
mod open;
#[cfg(target_os = "linux")]
pub(crate) mod pulse;
#[cfg(target_os = "linux")]
mod servers;
mod signals;
mod watch;

use listing::list_by_cpal;
pub(crate) use signals::Signals;
pub use watch::SystemSound;

use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{BufferSize, ErrorKind, SampleFormat, StreamConfig, SupportedBufferSize};
pub(crate) use open::Stream;
use std::sync::mpsc;
use std::time::Duration;
use visavis_media::{DeviceSource as _, SAMPLE_RATE};
use visavis_model::{DeviceChoice, DeviceId, DeviceKind, DeviceView};

/// How long a list may take before it is given up as empty. Usual: 2 to 25 ms; a hung sound server: for ever.
const LIST_PATIENCE: Duration = Duration::from_secs(5);

/// How long opening may take. Usual: 10 to 200 ms, on a busy machine up to 2 s.
const OPEN_PATIENCE: Duration = Duration::from_secs(8);

/// Why a device cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The system has no device of this kind, or only loudspeakers' monitors where a microphone is wanted.
    #[error("the system has no such device")]
    NoDevice,
    /// The chosen device is not there (any more).
    #[error("the chosen device is not there")]
    NotFound,
    #[error("the device is in use elsewhere")]
    Busy,
    /// The system's privacy settings or the file permissions forbid it.
    #[error("the system does not permit it")]
    Forbidden,
    /// It offers no sample format, rate or channel count that we know.
    #[error("the device speaks no known format")]
    Unsupported,
    /// It did not answer in time, or is open and neither gives nor plays anything.
    #[error("the device does not answer")]
    Timeout,
    /// Something that the sound system does not explain; the text is the system's own.
    #[error("the sound system failed: {0}")]
    Backend(String),
}

impl From<cpal::Error> for Error {
    fn from(error: cpal::Error) -> Self {
        match error.kind() {
            ErrorKind::DeviceBusy => Self::Busy,
            ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable => Self::NotFound,
            ErrorKind::PermissionDenied => Self::Forbidden,
            ErrorKind::UnsupportedConfig | ErrorKind::UnsupportedOperation => Self::Unsupported,
            _ => Self::Backend(error.to_string()),
        }
    }
}

/// What happened to an open device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// It was unplugged or its server is gone: open another one.
    DeviceGone,
    /// Its settings changed under us: open it again.
    Invalidated,
    /// The system moved the stream to another device by itself; nothing to do but to refresh the list.
    Rerouted,
}

/// All microphones, then all loudspeakers, in the system's order, each with its stable id `host:id`.
///
/// Linux: through PulseAudio (or PipeWire's door of the same name) where it answers, else through ALSA. Monitors of
/// loudspeakers are no microphones. Windows: the default is the one for calls. Takes up to five seconds where the sound
/// server hangs (then the list is empty): not for threads that must not wait. Never panics. [`SystemSound`] hears of changes.
pub fn list() -> Vec<DeviceView> {
    within(LIST_PATIENCE, "sound devices", || SystemSound::new().list()).unwrap_or_default()
}

/// Takes the system's mute off a microphone or a loudspeaker.
///
/// # Errors
/// There is nobody to ask, or nobody answers in time. Only PulseAudio (or PipeWire) is asked.
pub fn unmute(kind: DeviceKind, id: &DeviceId) -> Result<(), Error> {
    #[cfg(target_os = "linux")]
    if let Some(name) = id.as_str().strip_prefix(pulse::PREFIX) {
        let name = name.to_owned();
        let unmuted = move || pulse::Pulse::connect()?.unmute(kind, &name);
        let done = within(LIST_PATIENCE, "sound device unmute", unmuted);
        return done.ok_or(Error::Timeout)?.map_err(|error| Error::Backend(error.to_string()));
    }
    let _ = (kind, id);
    Err(Error::NotFound)
}

/// Linux: whether PulseAudio, or PipeWire's door of the same name, takes a new connection; within two seconds for each of its two answers, usually
/// within a millisecond: not for threads that must not wait. False where there is none. Elsewhere true: a device answers for itself.
pub fn server_answers() -> bool {
    #[cfg(target_os = "linux")]
    {
        pulse::Line::open().is_ok()
    }
    #[cfg(not(target_os = "linux"))]
    true
}

/// Linux: whether a device is PulseAudio's (or of PipeWire's door of the same name) and no server is there any more, which has taken all of its
/// devices along. Nobody is waited for. Elsewhere false.
pub fn is_without_server(id: &DeviceId) -> bool {
    #[cfg(target_os = "linux")]
    {
        id.as_str().starts_with(pulse::PREFIX) && !servers::Server::PulseAudio.is_there()
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = id;
        false
    }
}

/// The device of a list that a person means: by id, by the system's own name for it, by its name, or by part of that.
pub fn pick<'a>(list: &'a [DeviceView], kind: DeviceKind, wanted: &DeviceId) -> Option<&'a DeviceView> {
    let text = wanted.as_str();
    let small = text.to_lowercase();
    let rules: [&dyn Fn(&DeviceView) -> bool; 4] = [
        &|device| device.id == *wanted,
        &|device| device.id.as_str().split_once(':').is_some_and(|(_, name)| name == text),
        &|device| device.name == text,
        // What is written like an id of a host is a device that is away, and no part of a name.
        &|device| !small.is_empty() && !small.contains(':') && device.name.to_lowercase().contains(&small),
    ];
    rules.iter().find_map(|rule| list.iter().find(|device| device.kind == kind && rule(device)))
}

/// Words for what is worn on the head, in the languages of the systems' own names.
const HEADSET_WORDS: [&str; 11] = [
    "headset",
    "headphone",
    "earphone",
    "earbud",
    "airpod",
    "casque",
    "écouteur",
    "oreillette",
    "kopfhörer",
    "hoofdtelefoon",
    "koptelefoon",
];

/// True where a device's name says that it is worn on the head.
fn names_headset(name: &str) -> bool {
    let name = name.to_lowercase();
    HEADSET_WORDS.iter().any(|word| name.contains(word))
}

pub(crate) fn id_of(device: &cpal::Device) -> Option<DeviceId> {
    device.id().ok().map(|id| DeviceId(id.to_string()))
}

/// Which way sound goes through a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Input,
    Output,
}

/// Finds the chosen device where cpal has it.
pub(crate) fn find(choice: &DeviceChoice, direction: Direction) -> Result<cpal::Device, Error> {
    let device = match choice {
        DeviceChoice::System => {
            // cpal knows the one for music and films.
            #[cfg(windows)]
            if let Some(id) = endpoints::for_calls(direction)
                && let Ok(found) = find(&DeviceChoice::Device(id), direction)
            {
                return Ok(found);
            }
            let host = cpal::default_host();
            match direction {
                Direction::Output => host.default_output_device(),
                Direction::Input => host.default_input_device(),
            }
            .ok_or(Error::NoDevice)?
        }
        DeviceChoice::Device(id) => {
            let wanted: cpal::DeviceId = id.as_str().parse().map_err(|_| Error::NotFound)?;
            let host = cpal::host_from_id(wanted.host()).map_err(|_| Error::NotFound)?;
            let is_wanted = |device: &cpal::Device| {
                device.id().ok().as_ref() == Some(&wanted)
                    && match direction {
                        Direction::Input => device.supports_input(),
                        Direction::Output => device.supports_output(),
                    }
            };
            host.devices()?.find(is_wanted).ok_or(Error::NotFound)?
        }
    };
    Ok(device)
}

/// The choice by id, where it is by name.
///
/// # Errors
/// No device is called so.
pub(crate) fn meant(choice: &DeviceChoice, direction: Direction) -> Result<DeviceChoice, Error> {
    match choice {
        DeviceChoice::Device(id) if !is_id(id) => named(id, direction).map(DeviceChoice::Device),
        choice => Ok(choice.clone()),
    }
}

/// Whether it is written as the id of a sound system that is known here; a name may have a colon, too.
fn is_id(id: &DeviceId) -> bool {
    #[cfg(target_os = "linux")]
    if id.as_str().starts_with(pulse::PREFIX) {
        return true;
    }
    id.as_str().parse::<cpal::DeviceId>().is_ok()
}

/// The id of a device that is given by its name.
fn named(name: &DeviceId, direction: Direction) -> Result<DeviceId, Error> {
    let kind = match direction {
        Direction::Input => DeviceKind::Microphone,
        Direction::Output => DeviceKind::Loudspeaker,
    };
    pick(&SystemSound::new().list(), kind, name).map(|device| device.id.clone()).ok_or(Error::NotFound)
}

/// Configurations to try in order, with their sample format.
///
/// Always asks for 10 ms buffers first. 48 kHz where the device can.
pub(crate) fn configs(device: &cpal::Device, direction: Direction) -> Result<Vec<(StreamConfig, SampleFormat)>, Error> {
    let (default, ranges) = match direction {
        Direction::Input => (device.default_input_config()?, device.supported_input_configs().map(Vec::from_iter)),
        Direction::Output => (device.default_output_config()?, device.supported_output_configs().map(Vec::from_iter)),
    };
    if !crate::sample::is_known(default.sample_format()) {
        return Err(Error::Unsupported);
    }
    let at_48k = ranges.unwrap_or_default().into_iter().any(|range| {
        range.channels() == default.channels()
            && range.sample_format() == default.sample_format()
            && range.contains_rate(SAMPLE_RATE)
    });
    let mut rates = vec![default.sample_rate()];
    if at_48k && default.sample_rate() != SAMPLE_RATE {
        rates.insert(0, SAMPLE_RATE);
    }
    let mut configs = Vec::new();
    for rate in rates {
        let wanted = (rate / 100).max(1);
        let frames = match default.buffer_size() {
            SupportedBufferSize::Range { min, max } if min <= max => wanted.clamp(*min, *max),
            _ => wanted,
        };
        for buffer_size in [BufferSize::Fixed(frames), BufferSize::Default] {
            let config = StreamConfig { channels: default.channels(), sample_rate: rate, buffer_size };
            configs.push((config, default.sample_format()));
        }
    }
    Ok(configs)
}

/// Runs `open` on a thread of its own and gives it eight seconds.
///
/// A device that answers later is closed again by that thread.
pub(crate) fn open_within<T: Send + 'static>(
    open: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    within(OPEN_PATIENCE, "sound device open", open).unwrap_or(Err(Error::Timeout))
}

/// `None` where `work` takes longer, panics, or no thread is to be had.
fn within<T: Send + 'static>(patience: Duration, name: &str, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (done, result) = mpsc::sync_channel(1);
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || {
            // Nobody listens any more where we are too late.
            let _ = done.send(work());
        })
        .ok()?;
    result.recv_timeout(patience).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn microphone(id: &str, name: &str) -> DeviceView {
        DeviceView {
            id: DeviceId::from(id),
            kind: DeviceKind::Microphone,
            name: name.to_owned(),
            is_default: false,
            state: Default::default(),
            form: Default::default(),
        }
    }

    #[test]
    fn a_device_is_found_by_what_people_call_it() {
        let list = [microphone("pulseaudio:mic", "Desk"), microphone("pulseaudio:usb", "Casque Jabra")];
        let found = |text: &str| {
            pick(&list, DeviceKind::Microphone, &DeviceId::from(text)).map(|device| device.id.as_str().to_owned())
        };
        assert_eq!(found("pulseaudio:usb").as_deref(), Some("pulseaudio:usb"));
        assert_eq!(found("usb").as_deref(), Some("pulseaudio:usb"));
        assert_eq!(found("Desk").as_deref(), Some("pulseaudio:mic"));
        assert_eq!(found("jabra").as_deref(), Some("pulseaudio:usb"));
        assert_eq!((found(""), found("pulseaudio:desk"), found("other")), (None, None, None));
        assert_eq!(pick(&list, DeviceKind::Loudspeaker, &DeviceId::from("mic")), None);
    }

    #[test]
    fn only_a_servers_devices_go_with_it() {
        for id in ["", "alsa:default", "alsa:pulse", "wasapi:pulseaudio"] {
            assert!(!is_without_server(&DeviceId::from(id)), "{id:?}");
        }
    }

    #[test]
    fn what_is_worn_is_known_by_its_name() {
        assert!(names_headset("Casque Jabra") && names_headset("USB Headset") && names_headset("Kopfhörer"));
        assert!(!names_headset("Speakers") && !names_headset(""));
    }

    #[test]
    fn what_hangs_or_panics_is_given_up() {
        let (_keep, never) = mpsc::channel::<()>();
        assert_eq!(within(Duration::from_millis(1), "hung", move || never.recv().is_ok()), None);
        assert_eq!(within(Duration::from_secs(60), "well", || 7), Some(7));
    }

    #[test]
    fn an_id_that_is_none_is_not_found() {
        for id in ["", "nonsense", "nohost:mic", "pulseaudio:", "\0:\0"] {
            let choice = DeviceChoice::Device(DeviceId::from(id));
            assert_eq!(find(&choice, Direction::Input).map(|_| ()), Err(Error::NotFound), "{id:?}");
        }
    }
}
