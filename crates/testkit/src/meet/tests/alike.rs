//! Whether an answer is what was recorded.

use serde_json::Value;
use std::collections::BTreeSet;

/// Every difference between what was recorded and what is answered: other keys, other types, and other values but those of
/// the keys in `free`. A list in `free` has its first entries compared, and may be longer or shorter.
pub(super) fn differences(recorded: &Value, answered: &Value, free: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    compare("", "", recorded, answered, free, &mut found);
    found
}

fn compare(at: &str, key: &str, recorded: &Value, answered: &Value, free: &[&str], found: &mut Vec<String>) {
    let is_free = free.contains(&key);
    match (recorded, answered) {
        (Value::Object(one), Value::Object(other)) => {
            let keys: BTreeSet<_> = one.keys().chain(other.keys()).collect();
            for key in keys {
                let at = format!("{at}.{key}");
                match (one.get(key), other.get(key)) {
                    (Some(one), Some(other)) => compare(&at, key, one, other, free, found),
                    (one, _) => found.push(format!("{at}: {}", if one.is_some() { "missing" } else { "too much" })),
                }
            }
        }
        (Value::Array(one), Value::Array(other)) => {
            if one.len() != other.len() && !is_free || one.is_empty() != other.is_empty() {
                found.push(format!("{at}: {} entries, not {}", other.len(), one.len()));
            }
            for (index, (one, other)) in one.iter().zip(other).enumerate() {
                compare(&format!("{at}[{index}]"), key, one, other, free, found);
            }
        }
        (Value::String(one), Value::String(other)) if key == "token" => compare_tokens(at, one, other, free, found),
        (Value::String(_), Value::String(_)) | (Value::Number(_), Value::Number(_)) if is_free => {}
        (one, other) if one == other => {}
        (one, other) => found.push(format!("{at}: {other}, not {one}")),
    }
}

fn compare_tokens(at: &str, recorded: &str, answered: &str, free: &[&str], found: &mut Vec<String>) {
    let parts = |text: &str| text.split('.').take(2).map(decoded).collect::<Vec<_>>();
    for (one, other) in parts(recorded).iter().zip(&parts(answered)) {
        let free: Vec<_> = free.iter().copied().chain(["nbf", "exp", "color"]).collect();
        compare(at, "", one, other, &free, found);
    }
}

fn decoded(part: &str) -> Value {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).expect("base64");
    serde_json::from_slice(&bytes).expect("JSON")
}

#[test]
fn differences_are_found() {
    let recorded = serde_json::json!({ "a": 1, "b": ["x"], "c": { "id": "1" }, "d": null });
    assert!(differences(&recorded, &recorded, &[]).is_empty());
    for (other, count) in [
        (serde_json::json!({ "a": 2, "b": ["x"], "c": { "id": "1" }, "d": null }), 1),
        (serde_json::json!({ "a": "1", "b": ["x"], "c": { "id": "1" }, "d": null }), 1),
        (serde_json::json!({ "a": 1, "b": [], "c": { "id": "2" }, "d": null }), 1),
        (serde_json::json!({ "a": 1, "b": ["x"], "c": {}, "e": null }), 3),
        (serde_json::json!({ "a": 1, "b": ["x"], "c": { "id": 1 }, "d": "x" }), 2),
    ] {
        assert_eq!(differences(&recorded, &other, &["id"]).len(), count, "{other}");
    }
}
