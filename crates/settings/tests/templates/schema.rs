//! The JSON schema, for editors and for checking files before they are laid.

use crate::up_to_date;
use serde_json::{Map, Value as Json, json};
use visavis_settings::policy::{Form, KEYS, Key, RESERVED};

const PATH: &str = "installers/policy/policy.schema.json";

fn schema() -> String {
    let mut properties = Map::new();
    for key in KEYS {
        properties.insert(key.name.into(), property(key));
    }
    for key in RESERVED {
        let text = format!("Reserved for a later version, without effect yet: {}.", key.title.en);
        properties.insert(key.name.into(), json!({ "title": key.title.en, "description": text, "deprecated": true }));
    }
    properties.insert("$schema".into(), json!({ "type": "string" }));
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Visavis policy",
        "description": "A file in /etc/visavis/policies/managed or /etc/visavis/policies/recommended.",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    format!("{}\n", serde_json::to_string_pretty(&schema).expect("JSON"))
}

fn property(key: &Key) -> Json {
    let mut property = match key.form {
        Form::Switch => json!({ "type": "boolean" }),
        Form::Text { longest } => json!({ "type": "string", "minLength": 1, "maxLength": longest }),
        Form::Number { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Form::Choice(words) => json!({ "enum": words }),
        Form::List { most } => json!({ "type": "array", "maxItems": most, "items": { "type": "string" } }),
        Form::Rooms { most } => json!({
            "type": "array",
            "maxItems": most,
            "items": {
                "type": "object",
                "properties": {
                    "name": { "type": "string", "minLength": 1 },
                    "link": { "type": "string", "minLength": 1 },
                    "icon": { "type": "string", "minLength": 1 },
                    "desktop": { "type": "boolean" },
                },
                "required": ["name", "link"],
                "additionalProperties": false,
            },
        }),
    };
    let example: Json = serde_json::from_str(key.example).expect("an example");
    let described = json!({
        "title": key.title.en,
        "description": format!("{} Without it: {}.", key.text.en, key.default.en),
        "examples": [example],
    });
    if let (Json::Object(property), Json::Object(described)) = (&mut property, described) {
        property.extend(described);
    }
    property
}

#[test]
fn the_schema_is_up_to_date() {
    up_to_date(PATH, &schema());
}
