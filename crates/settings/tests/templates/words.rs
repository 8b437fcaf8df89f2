//! The page calls every key as the templates do.

use crate::repository;
use serde_json::Value as Json;
use visavis_settings::policy::KEYS;

#[test]
fn the_page_has_a_title_for_every_key() {
    for language in ["fr", "en", "de", "nl"] {
        let path = repository().join(format!("ui/locales/{language}/policy.json"));
        let text = std::fs::read_to_string(&path).expect("the page's words");
        let words: Json = serde_json::from_str(&text).expect("JSON");
        let titles = words["key"].as_object().expect("titles");
        for key in KEYS {
            let title = titles.get(key.name).and_then(Json::as_str).unwrap_or_default();
            match language {
                "fr" => assert_eq!(title, key.title.fr, "{}", key.name),
                "en" => assert_eq!(title, key.title.en, "{}", key.name),
                _ => assert!(!title.is_empty(), "{} in {language}", key.name),
            }
        }
        assert_eq!(titles.len(), KEYS.len(), "no title of a key that is none in {language}");
    }
}
