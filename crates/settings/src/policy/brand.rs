//! How the organisation looks here: its colours within what everybody can read, and its mark.
//!
//! What is too pale is refused and told (`VIS-POL-BRAND-81`); the stage, colours of states, sizes and spaces are nobody's to change
//! (interface specification §8).

use super::value::{Read, text};
use super::{Fault, Form, Value};
use serde_json::Value as Json;
use std::path::PathBuf;

/// Least contrast of an accent with what it is written on and with what is written on it, in hundredths (WCAG 1.4.3).
pub const LEAST_CONTRAST: u32 = 450;
const LONGEST_COLOUR: usize = 7;
const LONGEST_PATH: usize = 1024;

/// Red, green, blue.
type Rgb = [u8; 3];

/// The page's surface in the light theme, and what is written on an accent there.
const LIGHT: &[Rgb] = &[[0xff, 0xff, 0xff]];
/// The page's surface in the dark theme, and what is written on an accent there (`ui/src/styles/tokens.css`).
const DARK: &[Rgb] = &[[0x19, 0x21, 0x1f], [0x04, 0x28, 0x2a]];

macro_rules! accents {
    ($($(#[$doc:meta])* $name:ident on $grounds:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// As CSS writes it: `#0b5f66`.
            pub fn css(&self) -> &str {
                &self.0
            }
        }

        impl Value for $name {
            const FORM: Form = Form::Text { longest: LONGEST_COLOUR };

            fn read(json: &Json) -> Read<Self> {
                accent(json, $grounds).map(Self).into()
            }

            fn shown(&self) -> String {
                self.0.clone()
            }
        }
    )*};
}

accents! {
    /// The one colour of keys and links in the light theme.
    LightAccent on LIGHT;
    /// The same in the dark theme.
    DarkAccent on DARK;
}

fn accent(json: &Json, grounds: &[Rgb]) -> Result<String, Fault> {
    let written = text(json, LONGEST_COLOUR)?.to_ascii_lowercase();
    let colour = rgb(&written).ok_or(Fault::NoColour)?;
    let least = grounds.iter().map(|ground| contrast(colour, *ground)).min().unwrap_or_default();
    if least < LEAST_CONTRAST { Err(Fault::Contrast { found: least, least: LEAST_CONTRAST }) } else { Ok(written) }
}

fn rgb(written: &str) -> Option<Rgb> {
    let digits = written.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let channel = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some([channel(0)?, channel(2)?, channel(4)?])
}

/// Of WCAG 2.2, in hundredths, rounded down.
fn contrast(one: Rgb, other: Rgb) -> u32 {
    let (one, other) = (luminance(one), luminance(other));
    let ratio = (one.max(other) + 0.05) / (one.min(other) + 0.05);
    (ratio * 100.0).floor() as u32
}

fn luminance(colour: Rgb) -> f64 {
    let [red, green, blue] = colour.map(|channel| {
        let part = f64::from(channel) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// The full path of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureFile(pub PathBuf);

impl Value for PictureFile {
    const FORM: Form = Form::Text { longest: LONGEST_PATH };

    fn read(json: &Json) -> Read<Self> {
        text(json, LONGEST_PATH)
            .map(PathBuf::from)
            .and_then(|path| if path.is_absolute() { Ok(Self(path)) } else { Err(Fault::NoPath) })
            .into()
    }

    fn shown(&self) -> String {
        self.0.to_string_lossy().into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn light(text: &str) -> Read<LightAccent> {
        LightAccent::read(&json!(text))
    }

    #[test]
    fn what_can_be_read_is_taken() {
        assert_eq!(light("#0B5F66").value.map(|accent| accent.css().to_owned()).as_deref(), Some("#0b5f66"));
        assert_eq!(light("#767676").fault, None, "the palest grey of 4.5");
        assert_eq!(DarkAccent::read(&json!("#74d0cc")).fault, None);
    }

    #[test]
    fn what_cannot_is_refused_with_the_code() {
        let pale = light("#777777");
        assert_eq!((pale.value, pale.fault), (None, Some(Fault::Contrast { found: 447, least: 450 })));
        let text = light("#ffe600").fault.map(|fault| fault.to_string()).unwrap_or_default();
        assert!(text.contains("1.2") && text.contains("VIS-POL-BRAND-81"), "{text}");
        let petrol = DarkAccent::read(&json!("#0b5f66"));
        assert!(matches!(petrol.fault, Some(Fault::Contrast { found: 200..=300, .. })), "{:?}", petrol.fault);
    }

    #[test]
    fn what_is_no_colour_is_none() {
        for text in ["0b5f66", "#0b5f6", "#0b5f6g", "#é5f6", "red", "#-1-1-1"] {
            assert_eq!(light(text).fault, Some(Fault::NoColour), "{text}");
        }
        assert!(matches!(light("rgb(0, 0, 0)").fault, Some(Fault::TooLong(_))));
        assert!(matches!(LightAccent::read(&json!(7)).fault, Some(Fault::WrongType { .. })));
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        assert_eq!(contrast([0; 3], [255; 3]), 2100);
        assert_eq!(contrast([255; 3], [255; 3]), 100);
        assert_eq!(contrast([0x0b, 0x5f, 0x66], [255; 3]), 738);
    }

    #[test]
    fn a_picture_has_a_full_path() {
        assert_eq!(PictureFile::read(&json!("mark.png")).fault, Some(Fault::NoPath));
        assert!(matches!(PictureFile::read(&json!([])).fault, Some(Fault::WrongType { .. })));
        #[cfg(unix)]
        assert_eq!(PictureFile::read(&json!("/a/m.png")).value.map(|file| file.shown()).as_deref(), Some("/a/m.png"));
    }
}
