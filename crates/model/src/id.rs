//! Ids of rooms' people and flows.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[serde(transparent)]
        #[ts(export)]
        pub struct $name(pub String);

        impl $name {
            /// The id as the server or the system spells it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A person or device in a room, stable over reconnections (LiveKit: the identity, not the sid).
    ParticipantId
}
id! {
    /// One flow of sound or picture. Remote: the server's track id. Own: `local-microphone`, `local-camera`,
    /// `local-screen`, `local-screen-audio`.
    TrackId
}
id! {
    /// A microphone, loudspeaker or camera as `host:id`, stable over plugging where the system is.
    DeviceId
}

id! {
    /// A screen or window of this computer that can be shared, for as long as it is there.
    ScreenId
}

impl TrackId {
    /// The own microphone, known under this id before a server gives it one.
    pub fn local_microphone() -> Self {
        Self::from("local-microphone")
    }

    /// The own camera, known under this id before a server gives it one; also the pre-join preview.
    pub fn local_camera() -> Self {
        Self::from("local-camera")
    }

    /// The own screen or window that is shared, likewise.
    pub fn local_screen() -> Self {
        Self::from("local-screen")
    }

    /// What that plays, likewise.
    pub fn local_screen_audio() -> Self {
        Self::from("local-screen-audio")
    }
}
