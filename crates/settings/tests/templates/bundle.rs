//! What lies in the bundle for macOS, as far as it can be read anywhere: a property list that is none stops a build on a Mac alone.

use crate::repository;
use plist::{Dictionary, Value};

/// Devices that need an entitlement, each with the key of the words that the system shows when it asks.
const DEVICES: [(&str, &str); 2] = [
    ("com.apple.security.device.audio-input", "NSMicrophoneUsageDescription"),
    ("com.apple.security.device.camera", "NSCameraUsageDescription"),
];

fn read(name: &str) -> Dictionary {
    let file = repository().join("installers/macos").join(name);
    Value::from_file(file).ok().and_then(Value::into_dictionary).unwrap_or_else(|| panic!("{name} is no property list"))
}

fn texts(list: Option<&Value>) -> Vec<String> {
    let mut texts: Vec<_> = list
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|text| text.as_string().expect("a text").to_owned())
        .collect();
    texts.sort();
    texts
}

#[test]
fn every_device_that_is_asked_for_has_words() {
    let (entitlements, information) = (read("visavis.entitlements"), read("Info.plist"));
    let asked: Vec<_> = entitlements.keys().map(String::as_str).collect();
    assert_eq!(asked, DEVICES.map(|(entitlement, _)| entitlement));
    for (entitlement, words) in DEVICES {
        assert_eq!(entitlements.get(entitlement).and_then(Value::as_boolean), Some(true), "{entitlement}");
        assert!(information.get(words).and_then(Value::as_string).is_some_and(|text| !text.is_empty()), "{words}");
    }
}

#[test]
fn the_same_links_are_opened_as_on_linux() {
    let information = read("Info.plist");
    let kinds = information.get("CFBundleURLTypes").and_then(Value::as_array).expect("kinds of links");
    let here: Vec<_> = kinds
        .iter()
        .flat_map(|kind| texts(kind.as_dictionary().and_then(|kind| kind.get("CFBundleURLSchemes"))))
        .collect();
    let entry = repository().join("installers/linux/eu.visavis.client.desktop");
    let entry = std::fs::read_to_string(entry).expect("the entry");
    let kinds = entry.lines().find_map(|line| line.strip_prefix("MimeType=")).expect("kinds of files");
    let mut there: Vec<_> = kinds.split(';').filter_map(|kind| kind.strip_prefix("x-scheme-handler/")).collect();
    there.sort_unstable();
    assert_eq!(here, there);
}

#[test]
fn the_languages_are_those_of_the_page() {
    let mut page: Vec<_> = std::fs::read_dir(repository().join("ui/locales"))
        .expect("the page's words")
        .map(|entry| entry.expect("an entry").path())
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    page.sort();
    assert_eq!(texts(read("Info.plist").get("CFBundleLocalizations")), page);
}
