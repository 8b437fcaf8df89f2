//! Values that are one of a few words.

use super::value::{Read, wrong};
use super::{Fault, Form, Value};
use serde_json::Value as Json;

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$word_doc])* $variant,)*
        }

        impl $name {
            const WORDS: &'static [&'static str] = &[$($word,)*];

            /// As it is written.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl Value for $name {
            const FORM: Form = Form::Choice(Self::WORDS);

            fn read(json: &Json) -> Read<Self> {
                match json.as_str() {
                    $(Some($word) => Ok(Self::$variant),)*
                    Some(_) => Err(Fault::NotAChoice(Self::WORDS)),
                    None => Err(wrong("a text", json)),
                }
                .into()
            }

            fn shown(&self) -> String {
                self.word().to_owned()
            }
        }
    };
}

choice! {
    /// Language of the interface.
    Language { French = "fr", English = "en", German = "de", Dutch = "nl", }
}

choice! {
    /// How much is logged.
    LogDetail { Quiet = "quiet", Normal = "normal", Detailed = "detailed", }
}

choice! {
    /// Where sessions are kept.
    SecretPlace {
        /// The system's keyring.
        System = "os",
        /// Nowhere: signed in until the application ends.
        Nowhere = "none",
    }
}

choice! {
    /// What becomes of links to meetings of other services.
    ForeignMeetings {
        /// The browser opens them, after their host was shown.
        Browser = "browser",
        /// They are not opened, and that is said.
        Refuse = "refuse",
    }
}

choice! {
    /// Which proxy carries what is sent.
    ProxyMode {
        /// The system's.
        System = "system",
        /// None.
        Direct = "direct",
        /// That of `ProxyServer`.
        Fixed = "fixed",
    }
}

choice! {
    /// Which paths media may take.
    IceTransport {
        All = "all",
        /// Through a TURN server only.
        Relay = "relay",
    }
}
