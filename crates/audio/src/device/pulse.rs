//! PulseAudio, and PipeWire's door of the same name, asked for devices.
//!
//! Two plain connections without a thread: one for questions, one that hears that something changed.

mod cookie;
mod line;
mod stream;

pub(crate) use line::{Line, Message};
pub(crate) use stream::{Place, Stream};

use pulseaudio::protocol::port_info::PortAvailable;
use pulseaudio::protocol::{
    Command, Props, ProtocolError, ServerInfo, SetDeviceMuteParams, SinkInfo, SourceInfo, SubscriptionMask,
};
use std::ffi::{CStr, CString};
use std::time::Duration;
use visavis_model::{DeviceForm, DeviceId, DeviceKind, DeviceState, DeviceView};

/// What its devices' ids begin with: cpal's name for this host.
pub const PREFIX: &str = "pulseaudio:";

/// A server that answers.
pub struct Pulse {
    questions: Line,
    changes: Line,
}

impl Pulse {
    /// The person's server, where there is one.
    pub fn connect() -> Result<Self, ProtocolError> {
        let questions = Line::open()?;
        let mut changes = Line::open()?;
        let mask =
            SubscriptionMask::SINK | SubscriptionMask::SOURCE | SubscriptionMask::SERVER | SubscriptionMask::CARD;
        changes.tell(&Command::Subscribe(mask))?;
        Ok(Self { questions, changes })
    }

    /// Microphones, then loudspeakers; what a loudspeaker plays is no microphone.
    pub fn list(&mut self) -> Result<Vec<DeviceView>, ProtocolError> {
        let server: ServerInfo = self.questions.ask(&Command::GetServerInfo)?;
        let sources: Vec<SourceInfo> = self.questions.ask(&Command::GetSourceInfoList)?;
        let sinks: Vec<SinkInfo> = self.questions.ask(&Command::GetSinkInfoList)?;
        let mut microphones: Vec<DeviceView> = sources
            .iter()
            .filter(|source| source.monitor_of_sink_index.is_none())
            .map(|source| of_source(source, server.default_source_name.as_deref()))
            .collect();
        // Where the default is a monitor, people speak into the first real one.
        if microphones.iter().all(|microphone| !microphone.is_default)
            && let Some(first) = microphones.first_mut()
        {
            first.is_default = true;
        }
        microphones.extend(sinks.iter().map(|sink| of_sink(sink, server.default_sink_name.as_deref())));
        Ok(microphones)
    }

    /// Waits for a change; false where there was none in that time.
    pub fn wait(&mut self, patience: Duration) -> Result<bool, ProtocolError> {
        self.changes.hears(patience)
    }

    /// Takes the mute off a source or a sink. No camera has one.
    pub fn unmute(&mut self, kind: DeviceKind, name: &str) -> Result<(), ProtocolError> {
        let name = CString::new(name).map_err(|error| ProtocolError::Invalid(error.to_string()))?;
        let params = SetDeviceMuteParams { device_index: None, device_name: Some(name), mute: false };
        match kind {
            DeviceKind::Microphone => self.questions.tell(&Command::SetSourceMute(params)),
            DeviceKind::Loudspeaker => self.questions.tell(&Command::SetSinkMute(params)),
            DeviceKind::Camera => Ok(()),
        }
    }
}

fn of_source(source: &SourceInfo, default: Option<&CStr>) -> DeviceView {
    let port = source.ports.get(source.active_port);
    let state = if port.is_some_and(|port| port.available == PortAvailable::No) {
        DeviceState::Unplugged
    } else if source.muted {
        DeviceState::Muted
    } else if is_telephone(&source.props) {
        DeviceState::Telephone
    } else {
        DeviceState::Ready
    };
    DeviceView {
        id: id_of(&source.name),
        kind: DeviceKind::Microphone,
        name: name_of(source.description.as_deref(), &source.name),
        is_default: default == Some(&*source.name),
        state,
        form: form_of(&source.props, source.description.as_deref()),
    }
}

fn of_sink(sink: &SinkInfo, default: Option<&CStr>) -> DeviceView {
    let port = sink.ports.get(sink.active_port);
    let state = if port.is_some_and(|port| port.available == PortAvailable::No) {
        DeviceState::Unplugged
    } else if sink.muted {
        DeviceState::Muted
    } else if is_telephone(&sink.props) {
        DeviceState::Telephone
    } else {
        DeviceState::Ready
    };
    DeviceView {
        id: id_of(&sink.name),
        kind: DeviceKind::Loudspeaker,
        name: name_of(sink.description.as_deref(), &sink.name),
        is_default: default == Some(&*sink.name),
        state,
        form: form_of(&sink.props, sink.description.as_deref()),
    }
}

fn id_of(name: &CStr) -> DeviceId {
    DeviceId(format!("{PREFIX}{}", name.to_string_lossy()))
}

fn name_of(description: Option<&CStr>, name: &CStr) -> String {
    description.filter(|text| !text.is_empty()).unwrap_or(name).to_string_lossy().into_owned()
}

/// A property as text; empty where there is none.
pub(crate) fn text<'a>(props: &'a Props, key: &CStr) -> &'a str {
    let bytes = props.get_bytes(key).unwrap_or_default();
    std::str::from_utf8(bytes).unwrap_or_default().trim_end_matches('\0')
}

/// PulseAudio names the protocol, PipeWire the profile; both names of it begin alike (`headset_head_unit`, `headset-head-unit`,
/// `handsfree_head_unit`).
fn is_telephone(props: &Props) -> bool {
    [c"bluetooth.protocol", c"api.bluez5.profile", c"device.profile.name"].iter().any(|key| {
        let profile = text(props, key);
        profile.starts_with("headset") || profile.starts_with("handsfree")
    })
}

fn form_of(props: &Props, description: Option<&CStr>) -> DeviceForm {
    match text(props, c"device.form_factor") {
        "headset" | "headphone" | "handset" | "hands-free" | "portable" => return DeviceForm::Headset,
        "speaker" | "hifi" | "tv" => return DeviceForm::Speakers,
        "internal" | "computer" => return DeviceForm::Computer,
        _ => {}
    }
    let description = description.map(CStr::to_string_lossy).unwrap_or_default();
    if text(props, c"device.bus") == "bluetooth" || super::names_headset(&description) {
        DeviceForm::Headset
    } else if text(props, c"device.bus") == "pci" {
        DeviceForm::Computer
    } else {
        DeviceForm::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn props(pairs: &[(&CStr, &CStr)]) -> Props {
        let mut props = Props::new();
        for (key, value) in pairs {
            props.set_bytes(key, value.to_bytes_with_nul());
        }
        props
    }

    #[test]
    fn telephone_quality_is_seen_by_the_profile() {
        assert!(is_telephone(&props(&[(c"bluetooth.protocol", c"headset_head_unit")])));
        assert!(is_telephone(&props(&[(c"api.bluez5.profile", c"headset-head-unit")])));
        assert!(is_telephone(&props(&[(c"bluetooth.protocol", c"handsfree_head_unit")])));
        assert!(!is_telephone(&props(&[(c"bluetooth.protocol", c"a2dp_sink")])));
        assert!(!is_telephone(&props(&[])));
    }

    #[test]
    fn the_form_is_the_systems_word_before_ours() {
        let form = |pairs: &[(&CStr, &CStr)], name: &CStr| form_of(&props(pairs), Some(name));
        assert_eq!(form(&[(c"device.form_factor", c"internal")], c"Headset of nobody"), DeviceForm::Computer);
        assert_eq!(form(&[(c"device.form_factor", c"headset")], c"X"), DeviceForm::Headset);
        assert_eq!(form(&[(c"device.bus", c"bluetooth")], c"X"), DeviceForm::Headset);
        assert_eq!(form(&[(c"device.bus", c"pci")], c"X"), DeviceForm::Computer);
        assert_eq!(form(&[(c"device.bus", c"usb")], c"Casque Jabra"), DeviceForm::Headset);
        assert_eq!(form(&[(c"device.bus", c"usb")], c"Yeti"), DeviceForm::Other);
    }

    #[test]
    fn a_microphone_says_the_worst_of_it() {
        let mut source = SourceInfo { name: c"mic".into(), description: Some(c"Desk".into()), ..SourceInfo::default() };
        let view = of_source(&source, Some(c"mic"));
        assert_eq!((view.id.as_str(), view.name.as_str(), view.is_default), ("pulseaudio:mic", "Desk", true));
        assert_eq!(view.state, DeviceState::Ready);
        source.props = props(&[(c"bluetooth.protocol", c"headset_head_unit")]);
        assert_eq!(of_source(&source, None).state, DeviceState::Telephone);
        source.muted = true;
        assert_eq!(of_source(&source, None).state, DeviceState::Muted);
    }
}
