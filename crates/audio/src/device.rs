//! Which microphones and loudspeakers there are, and how one is opened.

mod host;
mod signals;

pub(crate) use signals::Signals;

use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{BufferSize, ErrorKind, SampleFormat, StreamConfig, SupportedBufferSize};
use host::Host;
use std::sync::mpsc;
use std::time::Duration;
use visavis_media::SAMPLE_RATE;
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
    /// It did not answer in eight seconds.
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
/// loudspeakers are not microphones and are listed only where the system has no other source. Takes up to five seconds
/// where the sound server hangs (then the list is empty): not for threads that must not wait. Never panics.
pub fn list() -> Vec<DeviceView> {
    within(LIST_PATIENCE, "sound devices", list_now).unwrap_or_default()
}

fn list_now() -> Vec<DeviceView> {
    let Ok(lent) = Host::usual() else { return Vec::new() };
    let Ok(host) = lent.get() else { return Vec::new() };
    let default_input = host.default_input_device().and_then(|device| id_of(&device));
    let default_output = host.default_output_device().and_then(|device| id_of(&device));
    let Ok(devices) = host.devices() else { return Vec::new() };
    let mut microphones = Vec::new();
    let mut loudspeakers = Vec::new();
    for device in devices {
        let (Some(id), Ok(description)) = (id_of(&device), device.description()) else { continue };
        if is_plumbing(&id) {
            continue;
        }
        let view = |kind, default: &Option<DeviceId>| DeviceView {
            is_default: default.as_ref() == Some(&id),
            id: id.clone(),
            kind,
            name: description.name().to_owned(),
        };
        if device.supports_input() {
            microphones.push(view(DeviceKind::Microphone, &default_input));
        }
        if device.supports_output() {
            loudspeakers.push(view(DeviceKind::Loudspeaker, &default_output));
        }
    }
    without_monitors(&mut microphones);
    microphones.append(&mut loudspeakers);
    microphones
}

/// PulseAudio names the monitor of a sink `<sink>.monitor`.
fn is_monitor(id: &DeviceId) -> bool {
    id.as_str().ends_with(".monitor")
}

/// Takes monitors out where a real microphone remains; the default flag then moves to the first one that remains.
fn without_monitors(microphones: &mut Vec<DeviceView>) {
    if microphones.iter().all(|device| is_monitor(&device.id)) {
        return;
    }
    microphones.retain(|device| !is_monitor(&device.id));
    if let Some(first) = microphones.first_mut()
        && first.id.as_str().starts_with("pulseaudio:")
    {
        first.is_default = true;
    }
    let mut seen = false;
    for device in microphones.iter_mut().rev() {
        device.is_default &= !seen;
        seen |= device.is_default;
    }
}

/// ALSA lists every route of every card (`surround51:`, `dmix:`, `null`); people know none of them.
fn is_plumbing(id: &DeviceId) -> bool {
    const ROUTES: [&str; 22] = [
        "null",
        "hw",
        "surround21",
        "surround40",
        "surround41",
        "surround50",
        "surround51",
        "surround71",
        "front",
        "rear",
        "center_lfe",
        "side",
        "iec958",
        "spdif",
        "dmix",
        "dsnoop",
        "usbstream",
        "modem",
        "phoneline",
        "samplerate",
        "speexrate",
        "lavrate",
    ];
    const CONVERTERS: [&str; 5] = ["oss", "upmix", "vdownmix", "speex", "jack"];
    id.as_str().strip_prefix("alsa:").is_some_and(|name| {
        let route = name.split(':').next().unwrap_or(name);
        ROUTES.contains(&route) || CONVERTERS.contains(&route)
    })
}

fn id_of(device: &cpal::Device) -> Option<DeviceId> {
    device.id().ok().map(|id| DeviceId(id.to_string()))
}

/// Which way sound goes through a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Input,
    Output,
}

/// Finds the chosen device.
pub(crate) fn find(choice: &DeviceChoice, direction: Direction) -> Result<cpal::Device, Error> {
    match choice {
        DeviceChoice::System => {
            let lent = Host::usual()?;
            let host = lent.get()?;
            match direction {
                Direction::Output => host.default_output_device().ok_or(Error::NoDevice),
                Direction::Input => {
                    let device = host.default_input_device().ok_or(Error::NoDevice)?;
                    if !id_of(&device).is_some_and(|id| is_monitor(&id)) {
                        return Ok(device);
                    }
                    // Without a microphone the default source is what the loudspeaker plays: the others' own voices.
                    host.input_devices()?
                        .find(|device| id_of(device).is_some_and(|id| !is_monitor(&id)))
                        .ok_or(Error::NoDevice)
                }
            }
        }
        DeviceChoice::Device(id) => {
            let wanted: cpal::DeviceId = id.as_str().parse().map_err(|_| Error::NotFound)?;
            let lent = Host::named(wanted.host()).map_err(|_| Error::NotFound)?;
            // PulseAudio may name a sink and a source alike, and `device_by_id` would take the first.
            lent.get()?
                .devices()?
                .find(|device| {
                    device.id().ok().as_ref() == Some(&wanted)
                        && match direction {
                            Direction::Input => device.supports_input(),
                            Direction::Output => device.supports_output(),
                        }
                })
                .ok_or(Error::NotFound)
        }
    }
}

/// Configurations to try in order, with their sample format.
///
/// Always asks for 10 ms buffers first: PulseAudio's default is two *seconds*. 48 kHz where the device can.
pub(crate) fn configs(device: &cpal::Device, direction: Direction) -> Result<Vec<(StreamConfig, SampleFormat)>, Error> {
    if device.id().is_ok_and(|id| id.host().to_string() == "pulseaudio") {
        // The server converts: mono f32 at 48 kHz always works, and it mixes channels better than we do.
        let config =
            StreamConfig { channels: 1, sample_rate: SAMPLE_RATE, buffer_size: BufferSize::Fixed(SAMPLE_RATE / 100) };
        return Ok(vec![(config, SampleFormat::F32)]);
    }
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

/// Closes on a thread of its own: a hung sound server must not hang us.
pub(crate) fn close(stream: cpal::Stream) {
    // Where no thread can be had, the closure and with it the stream is dropped here.
    let _ = std::thread::Builder::new().name("sound device close".to_owned()).spawn(move || drop(stream));
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

    fn microphone(id: &str, is_default: bool) -> DeviceView {
        DeviceView { id: DeviceId::from(id), kind: DeviceKind::Microphone, name: id.to_owned(), is_default }
    }

    #[test]
    fn a_loudspeakers_monitor_is_no_microphone() {
        let mut list = vec![microphone("pulseaudio:spk.monitor", true), microphone("pulseaudio:mic", false)];
        without_monitors(&mut list);
        assert_eq!(list, [microphone("pulseaudio:mic", true)]);
    }

    #[test]
    fn the_systems_default_stays_the_default() {
        let mut list = vec![
            microphone("pulseaudio:spk.monitor", false),
            microphone("pulseaudio:first", false),
            microphone("pulseaudio:second", true),
        ];
        without_monitors(&mut list);
        assert_eq!(list, [microphone("pulseaudio:first", false), microphone("pulseaudio:second", true)]);
    }

    #[test]
    fn where_there_are_only_monitors_they_stay() {
        let mut list = vec![microphone("pulseaudio:spk.monitor", true)];
        without_monitors(&mut list);
        assert_eq!(list.len(), 1);
    }

    #[test]
    fn routes_of_a_card_are_not_shown() {
        for name in ["null", "hw:CARD=PCH,DEV=0", "surround51:CARD=PCH,DEV=0", "dmix:CARD=PCH,DEV=0"] {
            assert!(is_plumbing(&DeviceId(format!("alsa:{name}"))), "{name}");
        }
        for name in ["default", "pipewire", "sysdefault:CARD=PCH", "plughw:CARD=PCH,DEV=0"] {
            assert!(!is_plumbing(&DeviceId(format!("alsa:{name}"))), "{name}");
        }
        assert!(!is_plumbing(&DeviceId::from("pulseaudio:null")));
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
