//! Where updates come from.

use super::value::{Read, text};
use super::{Fault, Form, Value};
use serde_json::Value as Json;
use std::path::PathBuf;
use url::Url;

/// Longest address or path, in characters.
const LONGEST: usize = 1024;
/// Longest name of a channel.
const LONGEST_CHANNEL: usize = 32;

/// A folder, or the folder of an internal mirror.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpdatePlace {
    /// A full path; a share of Windows is one.
    Folder(PathBuf),
    /// `https` only, with a slash at its end.
    Mirror(Url),
}

impl Value for UpdatePlace {
    const FORM: Form = Form::Text { longest: LONGEST };

    fn read(json: &Json) -> Read<Self> {
        text(json, LONGEST).and_then(|text| place(&text).ok_or(Fault::NoUpdatePlace)).into()
    }

    fn shown(&self) -> String {
        match self {
            Self::Folder(path) => path.display().to_string(),
            Self::Mirror(url) => url.to_string(),
        }
    }
}

fn place(text: &str) -> Option<UpdatePlace> {
    let path = PathBuf::from(text);
    if path.is_absolute() {
        return Some(UpdatePlace::Folder(path));
    }
    let mut url = Url::parse(text).ok().filter(|url| url.scheme() == "https")?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if !plain {
        return None;
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Some(UpdatePlace::Mirror(url))
}

/// A row of updates, as in `stable`: the name of its offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel(pub String);

impl Value for Channel {
    const FORM: Form = Form::Text { longest: LONGEST_CHANNEL };

    fn read(json: &Json) -> Read<Self> {
        let plain =
            |text: &String| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        text(json, LONGEST_CHANNEL)
            .and_then(|text| if plain(&text) { Ok(Self(text)) } else { Err(Fault::NoChannel) })
            .into()
    }

    fn shown(&self) -> String {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_mirror_is_an_https_folder() {
        let read = |text: &str| UpdatePlace::read(&json!(text));
        let mirror = read("https://mirror.example/visavis").value.expect("a mirror");
        assert_eq!(mirror.shown(), "https://mirror.example/visavis/");
        for text in [
            "http://mirror.example/",
            "https://a:b@mirror.example/",
            "https://m.example/?x",
            "updates",
            "ftp://m.example",
        ] {
            assert_eq!(read(text).fault, Some(Fault::NoUpdatePlace), "{text}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_folder_is_a_full_path() {
        let place = UpdatePlace::read(&json!("/srv/visavis")).value;
        assert_eq!(place, Some(UpdatePlace::Folder("/srv/visavis".into())));
    }

    #[test]
    fn a_channel_is_a_word() {
        assert_eq!(Channel::read(&json!("pilot-2")).value, Some(Channel("pilot-2".into())));
        for text in ["../stable", "Stable", "a b", "a/b"] {
            assert_eq!(Channel::read(&json!(text)).fault, Some(Fault::NoChannel), "{text}");
        }
    }
}
