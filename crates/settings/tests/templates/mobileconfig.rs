//! An example of a configuration profile for macOS.

use crate::up_to_date;
use plist::{Dictionary, Value};
use serde_json::Value as Json;
use visavis_settings::policy::{KEYS, ManagedPreferences, Source as _, Standing, resolve};

const PATH: &str = "installers/policy/macos/visavis.mobileconfig";
const DOMAIN: &str = "eu.visavis.client";

fn preferences() -> Dictionary {
    let mut preferences = Dictionary::new();
    for key in KEYS {
        let example: Json = serde_json::from_str(key.example).expect("an example");
        preferences.insert(key.name.into(), value(&example));
    }
    let mut recommended = Dictionary::new();
    recommended.insert("Language".into(), "fr".into());
    recommended.insert("DefaultCameraOff".into(), true.into());
    preferences.insert("Recommended".into(), Value::Dictionary(recommended));
    preferences
}

fn value(json: &Json) -> Value {
    match json {
        Json::Bool(on) => Value::Boolean(*on),
        Json::Number(number) => Value::Integer(number.as_i64().expect("a whole number").into()),
        Json::String(text) => Value::String(text.clone()),
        Json::Array(entries) => Value::Array(entries.iter().map(value).collect()),
        Json::Object(parts) => {
            Value::Dictionary(parts.iter().map(|(name, part)| (name.clone(), value(part))).collect())
        }
        Json::Null => panic!("no example is null"),
    }
}

fn profile() -> String {
    let dictionary = |pairs: Vec<(&str, Value)>| {
        Value::Dictionary(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    };
    let mut payload = preferences();
    for (name, value) in [
        ("PayloadType", Value::from(DOMAIN)),
        ("PayloadIdentifier", "org.example.visavis.preferences".into()),
        ("PayloadUUID", "5D0B7C1A-6E0E-4E51-9B0B-0D6C3B1F7A11".into()),
        ("PayloadVersion", Value::Integer(1.into())),
        ("PayloadDisplayName", "Visavis".into()),
    ] {
        payload.insert(name.into(), value);
    }
    let profile = dictionary(vec![
        ("PayloadContent", Value::Array(vec![Value::Dictionary(payload)])),
        ("PayloadDisplayName", "Visavis".into()),
        ("PayloadDescription", "Example with every key: keep what you want, and put identifiers of your own.".into()),
        ("PayloadIdentifier", "org.example.visavis".into()),
        ("PayloadOrganization", "Exemple Agglomération".into()),
        ("PayloadRemovalDisallowed", Value::Boolean(true)),
        ("PayloadScope", "System".into()),
        ("PayloadType", "Configuration".into()),
        ("PayloadUUID", "B1B0C3D4-2A4B-4F6E-8D1C-3C2E9A7F5B22".into()),
        ("PayloadVersion", Value::Integer(1.into())),
    ]);
    let mut bytes = Vec::new();
    profile.to_writer_xml(&mut bytes).expect("written");
    format!("{}\n", String::from_utf8(bytes).expect("UTF-8").trim_end())
}

#[test]
fn the_profile_is_up_to_date() {
    up_to_date(PATH, &profile());
}

#[test]
fn what_the_profile_carries_is_read_as_the_system_lays_it() {
    let read: Value = Value::from_reader(std::io::Cursor::new(profile())).expect("a property list");
    let payload = read.as_dictionary().and_then(|profile| profile.get("PayloadContent")?.as_array()?.first().cloned());
    let folder = std::env::temp_dir().join(format!("visavis-profile-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    payload.expect("a payload").to_file_binary(folder.join(format!("{DOMAIN}.plist"))).expect("written");
    let said = resolve(ManagedPreferences::new(&folder, None).read());
    let _ = std::fs::remove_dir_all(&folder);
    assert_eq!(said.problems, []);
    assert!(said.entries.iter().all(|entry| entry.fault.is_none()), "{:#?}", said.entries);
    let in_force = said.entries.iter().filter(|entry| entry.standing == Standing::InForce);
    assert_eq!(in_force.count(), KEYS.len());
}
