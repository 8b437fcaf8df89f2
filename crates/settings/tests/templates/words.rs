//! The page calls every key as the templates do.

use crate::repository;
use serde_json::Value as Json;
use visavis_settings::policy::{Form, KEYS};

/// The page speaks what has a folder.
fn languages() -> Vec<String> {
    let folders = std::fs::read_dir(repository().join("ui/locales")).expect("the page's words");
    let mut names: Vec<_> =
        folders.map(|entry| entry.expect("a folder").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn an_organisation_can_choose_every_language() {
    let key = KEYS.iter().find(|key| key.name == "Language").expect("the key");
    let Form::Choice(words) = key.form else { panic!("a choice") };
    let mut words = words.to_vec();
    words.sort_unstable();
    assert_eq!(words, languages(), "the list of `Language` in crates/settings/src/policy/choices.rs");
}

#[test]
fn the_page_has_a_title_for_every_key() {
    for language in languages() {
        let path = repository().join(format!("ui/locales/{language}/policy.json"));
        let text = std::fs::read_to_string(&path).expect("the page's words");
        let words: Json = serde_json::from_str(&text).expect("JSON");
        let titles = words["key"].as_object().expect("titles");
        for key in KEYS {
            let title = titles.get(key.name).and_then(Json::as_str).unwrap_or_default();
            match language.as_str() {
                "fr" => assert_eq!(title, key.title.fr, "{}", key.name),
                "en" => assert_eq!(title, key.title.en, "{}", key.name),
                _ => assert!(!title.is_empty(), "{} in {language}", key.name),
            }
        }
        assert_eq!(titles.len(), KEYS.len(), "no title of a key that is none in {language}");
    }
}
