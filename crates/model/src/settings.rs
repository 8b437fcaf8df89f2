//! What a person set on the pages of settings.

use crate::{CaptionLook, NoticeChoices};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
        #[serde(rename_all = "snake_case")]
        #[ts(export)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }
    )*};
}

words! {
    /// Quarter turns of the own picture, clockwise: for a camera that stands on its side or hangs.
    Turn {
        #[default]
        None,
        Right,
        Half,
        Left,
    }
    /// How hard noise around a voice is pressed down.
    NoiseChoice {
        Off,
        Moderate,
        #[default]
        High,
    }
    /// What is seen behind the person.
    BackgroundChoice {
        /// What is there.
        #[default]
        None,
        /// Blurred, so that no letters can be read.
        Light,
        /// Blurred, so that nothing can be told.
        Strong,
        /// The picture of `background_picture`; without one, blurred strongly.
        Picture,
    }
    Theme {
        #[default]
        System,
        Light,
        Dark,
    }
    Contrast {
        #[default]
        System,
        /// Also where the system asks for more.
        Normal,
        More,
    }
    Motion {
        #[default]
        System,
        Reduced,
    }
    Typeface {
        /// Atkinson Hyperlegible.
        #[default]
        Atkinson,
        System,
        /// OpenDyslexic.
        Dyslexic,
    }
    /// How much of one kind of news is spoken by a screen reader.
    Spoken {
        #[default]
        All,
        Essential,
        Nothing,
    }
    /// How names are spoken.
    SpokenName {
        #[default]
        Whole,
        First,
        /// *Somebody*.
        Nobody,
    }
    CaptionSize {
        Small,
        #[default]
        Normal,
        Large,
        Huge,
    }
    CaptionColours {
        /// Those of the stage: white on its dark.
        #[default]
        Stage,
        /// Yellow on black.
        Yellow,
        /// Black on white.
        Paper,
    }
    CaptionTypeface {
        /// The one of everything else.
        #[default]
        Interface,
        Atkinson,
        System,
        Dyslexic,
    }
}

/// What is spoken of each kind of news. Entry, the own microphone, recording and the connection are always spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct Announcements {
    pub people: Spoken,
    pub chat: Spoken,
    pub hands: Spoken,
    pub shares: Spoken,
}

/// Sounds of our own that may be turned off. That a recording begins is always sounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct Chimes {
    /// The door opens.
    pub entering: bool,
    /// Somebody comes to the door.
    pub knock: bool,
    /// Somebody comes into a small meeting.
    pub arrival: bool,
    /// Somebody raises the hand.
    pub hand: bool,
    /// Somebody writes.
    pub message: bool,
}

impl Default for Chimes {
    fn default() -> Self {
        Self { entering: true, knock: true, arrival: true, hand: true, message: true }
    }
}

/// Keys that are held together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct KeyPress {
    /// As `KeyboardEvent.key` says it; letters in lower case.
    pub key: String,
    /// Ctrl; Cmd on macOS.
    #[serde(rename = "mod")]
    pub modifier: bool,
    pub shift: bool,
    pub alt: bool,
}

/// Everything that is set on the pages of settings, besides the devices. Holds no name, no host and no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct Settings {
    pub noise: NoiseChoice,
    /// Quiet voices come up, and loud ones do not clip.
    pub gain: bool,
    /// Each meeting begins with the microphone off; else as it was left.
    pub microphone_off_first: bool,
    pub camera_off_first: bool,
    /// In a meeting the microphone goes off when the screen is locked.
    pub mute_on_lock: bool,
    /// The own picture is shown as in a mirror, to oneself alone.
    pub mirror: bool,
    pub turn: Turn,
    /// A dark picture of one's own is made brighter.
    pub brighten: bool,
    pub background: BackgroundChoice,
    /// The file of the picture that the person took for it, in our own folder: a name that we gave.
    pub background_picture: Option<String>,
    pub theme: Theme,
    /// The folder of the page's texts (`fr`), or `system`. `None`: never chosen, so that what the organisation recommends holds.
    pub language: Option<String>,
    pub typeface: Typeface,
    /// Size of texts over the system's, 80 to 200.
    pub text_percent: u16,
    pub contrast: Contrast,
    pub motion: Motion,
    pub captions: CaptionLook,
    pub announcements: Announcements,
    pub spoken_name: SpokenName,
    /// Live text of others is spoken word by word; else sentence by sentence.
    pub live_words: bool,
    /// The panel of live text opens when somebody else begins to write.
    pub live_opens: bool,
    /// Keys in place of the usual ones, by the action's name; `None`: no keys at all.
    pub shortcuts: BTreeMap<String, Option<KeyPress>>,
    /// Some keys work in a meeting while another program is looked at.
    pub keys_everywhere: bool,
    pub chimes: Chimes,
    pub notices: NoticeChoices,
    /// Meetings are remembered.
    pub keep_recent: bool,
    /// A bar stays over other windows while a meeting's window is not to be seen.
    pub call_bar: bool,
    /// Visavis starts with the person's session.
    pub start_with_session: bool,
    /// The first start is over.
    pub welcomed: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            noise: NoiseChoice::default(),
            gain: true,
            microphone_off_first: false,
            camera_off_first: false,
            mute_on_lock: true,
            mirror: true,
            turn: Turn::default(),
            brighten: false,
            background: BackgroundChoice::default(),
            background_picture: None,
            theme: Theme::default(),
            language: None,
            typeface: Typeface::default(),
            text_percent: 100,
            contrast: Contrast::default(),
            motion: Motion::default(),
            captions: CaptionLook::default(),
            announcements: Announcements::default(),
            spoken_name: SpokenName::default(),
            live_words: false,
            live_opens: false,
            shortcuts: BTreeMap::new(),
            keys_everywhere: false,
            chimes: Chimes::default(),
            notices: NoticeChoices::default(),
            keep_recent: true,
            call_bar: true,
            start_with_session: false,
            welcomed: false,
        }
    }
}

impl Settings {
    /// Shortcuts that may have keys of their own.
    const MOST_SHORTCUTS: usize = 64;
    /// Longest name of an action or a key, in bytes.
    const LONGEST_NAME: usize = 32;

    /// The same within what pages of ours can show.
    pub fn bounded(mut self) -> Self {
        self.text_percent = self.text_percent.clamp(80, 200);
        self.captions.lines = self.captions.lines.clamp(1, 4);
        self.background_picture = self.background_picture.filter(|name| is_own_name(name));
        self.language = self.language.filter(|name| is_language(name));
        let fits = |text: &str| !text.is_empty() && text.len() <= Self::LONGEST_NAME;
        self.shortcuts.retain(|name, keys| fits(name) && keys.as_ref().is_none_or(|keys| fits(&keys.key)));
        while self.shortcuts.len() > Self::MOST_SHORTCUTS {
            self.shortcuts.pop_last();
        }
        self
    }

    /// Reads what was written down, field by field: what another version wrote there and this one does not know costs nothing else.
    pub fn read(written: &serde_json::Value) -> Self {
        let mut settings = Self::default();
        for (key, value) in written.as_object().into_iter().flatten() {
            let Ok(serde_json::Value::Object(mut all)) = serde_json::to_value(&settings) else { continue };
            all.insert(key.clone(), value.clone());
            if let Ok(read) = serde_json::from_value(serde_json::Value::Object(all)) {
                settings = read;
            }
        }
        settings.bounded()
    }
}

/// Whether a name is one that we give to pictures: nothing in it leads out of our folder.
fn is_own_name(name: &str) -> bool {
    let middle = name.strip_prefix("behind-").and_then(|rest| rest.strip_suffix(".png"));
    middle.is_some_and(|middle| {
        (1..=32).contains(&middle.len()) && middle.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// Whether this may be the name of a language's folder; which there are, the page knows.
fn is_language(name: &str) -> bool {
    (2..=16).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_written_is_read_again() {
        let settings = Settings {
            theme: Theme::Dark,
            language: Some("de".into()),
            text_percent: 150,
            shortcuts: [
                ("chat".into(), None),
                ("camera".into(), Some(KeyPress { key: "k".into(), modifier: true, ..KeyPress::default() })),
            ]
            .into(),
            ..Settings::default()
        };
        let written = serde_json::to_value(&settings).expect("JSON");
        assert_eq!(Settings::read(&written), settings);
        assert_eq!(Settings::read(&json!({})), Settings::default());
    }

    #[test]
    fn what_another_version_wrote_costs_one_field() {
        let read = Settings::read(
            &json!({ "theme": "sepia", "text_percent": 150, "gain": "no", "later": 1, "chimes": { "knock": false } }),
        );
        let chimes = Chimes { knock: false, ..Chimes::default() };
        let wanted = Settings { text_percent: 150, chimes, ..Settings::default() };
        assert_eq!(read, wanted);
        for nonsense in [json!(7), json!(null), json!([{ "theme": "dark" }]), json!("x")] {
            assert_eq!(Settings::read(&nonsense), Settings::default());
        }
    }

    #[test]
    fn a_picture_is_in_our_own_folder() {
        let kept = |name: &str| {
            Settings { background_picture: Some(name.into()), ..Settings::default() }.bounded().background_picture
        };
        assert_eq!(kept("behind-0123abcd.png").as_deref(), Some("behind-0123abcd.png"));
        for name in
            ["../behind-1.png", "behind-../../x.png", "behind-.png", "behind-1.jpg", "/etc/passwd", "behind-é.png"]
        {
            assert_eq!(kept(name), None, "{name}");
        }
    }

    #[test]
    fn a_language_has_the_name_of_a_folder() {
        let kept = |name: &str| Settings { language: Some(name.into()), ..Settings::default() }.bounded().language;
        assert_eq!(["system", "fr", "pt-BR"].map(|name| kept(name).unwrap_or_default()), ["system", "fr", "pt-BR"]);
        for name in ["", "f", "../fr", "fr/..", "a language of somewhere"] {
            assert_eq!(kept(name), None, "{name}");
        }
    }

    #[test]
    fn nothing_goes_beyond_what_can_be_shown() {
        let mut settings = Settings {
            text_percent: 9000,
            captions: CaptionLook { lines: 0, ..CaptionLook::default() },
            ..Settings::default()
        };
        settings.shortcuts.extend((0..100).map(|number| (format!("a{number}"), None)));
        settings.shortcuts.insert("x".repeat(100), None);
        settings.shortcuts.insert("chat".into(), Some(KeyPress::default()));
        let bounded = settings.bounded();
        assert_eq!(
            (bounded.text_percent, bounded.captions.lines, bounded.shortcuts.len()),
            (200, 1, Settings::MOST_SHORTCUTS)
        );
        assert!(!bounded.shortcuts.contains_key("chat"), "keys without a key");
    }
}
