//! The administrator's page: `docs/policy.md`.

use crate::up_to_date;
use visavis_settings::policy::{Effect, Form, KEYS, Key, Levels, RESERVED};

const PATH: &str = "docs/policy.md";
/// What is not said of a single key.
const BEFORE: &str = include_str!("page-before.md");
const AFTER: &str = include_str!("page-after.md");

fn page() -> String {
    let mut text = BEFORE.to_owned();
    text += "| key | what it is | written as | felt |\n|---|---|---|---|\n";
    for key in KEYS {
        text += &format!(
            "| [`{}`](#{}) | {} | {} | {} |\n",
            key.name,
            key.name.to_lowercase(),
            key.title.en,
            form(key),
            felt(key.effect)
        );
    }
    for key in KEYS {
        text += &format!("\n### {}\n\n{} ({})\n\n{}\n\n", key.name, key.title.en, key.title.fr, key.text.en);
        text += &format!(
            "* Written as {}; without it: {}.\n* {}; a change is felt {}.\n* `\"{}\": {}`\n",
            form(key),
            key.default.en,
            match key.levels {
                Levels::Any => "Mandatory or recommended",
                Levels::Mandatory => "Mandatory only",
            },
            felt(key.effect),
            key.name,
            key.example
        );
    }
    text += "\n## Reserved for a later version\n\nThese are known and do nothing yet; `visavis policy` says so.\n\n";
    for key in RESERVED {
        text += &format!("* `{}`: {}\n", key.name, key.title.en);
    }
    text + AFTER
}

fn form(key: &Key) -> String {
    match key.form {
        Form::Switch => "true or false".into(),
        Form::Text { .. } => "text".into(),
        Form::Number { least, most } => format!("number, {least} to {most}"),
        Form::Choice(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
        Form::List { .. } => "list of texts".into(),
        Form::Rooms { .. } => "list of rooms".into(),
    }
}

const fn felt(effect: Effect) -> &'static str {
    match effect {
        Effect::AtOnce => "at once",
        Effect::NextMeeting => "with the next meeting",
        Effect::NextStart => "with the next start",
    }
}

#[test]
fn the_administrators_page_is_up_to_date() {
    up_to_date(PATH, &page());
}
