//! Values as they are read: JSON, into which the registry and property lists are brought first.

use super::{Fault, Form};
use serde_json::Value as Json;

/// A type of value. What is wrong with a value is said, and what is good of it counts.
pub trait Value: Sized {
    const FORM: Form;

    fn read(json: &Json) -> Read<Self>;

    /// As it is shown; without passwords.
    fn shown(&self) -> String;
}

/// What came of reading a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read<T> {
    pub value: Option<T>,
    pub fault: Option<Fault>,
}

impl<T> From<Result<T, Fault>> for Read<T> {
    fn from(result: Result<T, Fault>) -> Self {
        match result {
            Ok(value) => Self { value: Some(value), fault: None },
            Err(fault) => Self { value: None, fault: Some(fault) },
        }
    }
}

/// What a JSON value is called.
pub(super) const fn kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

pub(super) fn wrong(wanted: &'static str, found: &Json) -> Fault {
    Fault::WrongType { wanted, found: kind(found) }
}

/// A text of at most `longest` characters, without control characters, trimmed and not empty.
pub(super) fn text(json: &Json, longest: usize) -> Result<String, Fault> {
    let text = json.as_str().ok_or_else(|| wrong("a text", json))?.trim();
    if text.chars().any(char::is_control) {
        return Err(Fault::ControlCharacters);
    }
    if text.chars().count() > longest {
        return Err(Fault::TooLong(longest));
    }
    if text.is_empty() { Err(Fault::Empty) } else { Ok(text.to_owned()) }
}

/// The entries of a list; one text alone is a list of one.
pub(super) fn list(json: &Json, most: usize) -> Result<Vec<&Json>, Fault> {
    match json {
        Json::Array(entries) if entries.len() > most => Err(Fault::TooMany(most)),
        Json::Array(entries) => Ok(entries.iter().collect()),
        Json::String(_) => Ok(vec![json]),
        other => Err(wrong("a list of texts", other)),
    }
}

/// A text as it is shown: what stands between the first `:` of a login and the last `@` is a password.
pub(super) fn without_password(text: &str) -> String {
    let is_scheme = |head: &&str| head.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    let scheme = text.split_once("://").map(|(head, _)| head).filter(is_scheme).map_or(0, |head| head.len() + 3);
    let (scheme, rest) = text.split_at(scheme);
    match rest.rsplit_once('@').and_then(|(login, place)| Some((login.split_once(':')?.0, place))) {
        Some((user, place)) => format!("{scheme}{user}:---@{place}"),
        None => text.to_owned(),
    }
}

/// The same for each text in a value of any kind.
pub(super) fn without_passwords(json: &Json) -> Json {
    match json {
        Json::String(text) => Json::String(without_password(text)),
        Json::Array(entries) => Json::Array(entries.iter().map(without_passwords).collect()),
        Json::Object(values) => {
            let shown = |(name, value): (&String, &Json)| (without_password(name), without_passwords(value));
            Json::Object(values.iter().map(shown).collect())
        }
        other => other.clone(),
    }
}

impl Value for bool {
    const FORM: Form = Form::Switch;

    fn read(json: &Json) -> Read<Self> {
        match json {
            Json::Bool(on) => Ok(*on),
            // The registry has no other way to say it.
            Json::Number(number) if number.as_u64() == Some(0) => Ok(false),
            Json::Number(number) if number.as_u64() == Some(1) => Ok(true),
            other => Err(wrong("true or false", other)),
        }
        .into()
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_password_is_not_shown_in_any_text() {
        for (text, shown) in [
            ("http://alice:s3cret@proxy.example/x.pac", "http://alice:---@proxy.example/x.pac"),
            ("alice:s3:c@r/et@proxy.example:3128", "alice:---@proxy.example:3128"),
            ("http://a:s3cret@b.example, http://c:s3cret@d.example", "http://a:---@d.example"),
            ("alice:s3cret://x@proxy.example", "alice:---@proxy.example"),
            ("see http://alice:s3cret@proxy.example", "see http:---@proxy.example"),
            ("https://visio.example:8443/a", "https://visio.example:8443/a"),
            ("alice@visio.example", "alice@visio.example"),
            ("[::1]:443", "[::1]:443"),
            ("", ""),
        ] {
            assert_eq!(without_password(text), shown, "{text}");
        }
        let deep = json!({ "a": [1, "http://alice:s3cret@b.example", { "c:s3cret@d": "e:s3cret@f" }], "g": null });
        let shown = without_passwords(&deep).to_string();
        assert!(!shown.contains("s3cret") && shown.contains("http://alice:---@b.example"), "{shown}");
    }
}
