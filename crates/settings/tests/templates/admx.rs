//! The templates for Group Policy: one ADMX, and an ADML a language ([MS-GPREG], the ADMX syntax reference).

use crate::up_to_date;
use quick_xml::Reader;
use quick_xml::escape::escape;
use quick_xml::events::Event;
use std::collections::BTreeSet;
use visavis_settings::policy::{Form, KEYS, Key, Levels, Words};

const ADMX: &str = "installers/policy/windows/visavis.admx";
const PATH: &str = r"Software\Policies\Visavis\Visavis";

/// A language of the templates.
struct Language {
    tag: &'static str,
    of: fn(Words) -> &'static str,
    name: &'static str,
    recommended: &'static str,
    supported: &'static str,
    recommended_note: &'static str,
    default_note: &'static str,
    machine_note: &'static str,
    rooms_note: &'static str,
}

const LANGUAGES: [Language; 2] = [
    Language {
        tag: "en-US",
        of: |words| words.en,
        name: "Visavis",
        recommended: "Recommended: people may choose otherwise",
        supported: "Visavis 0.1 or newer",
        recommended_note: "People may choose otherwise.",
        default_note: "Not configured:",
        machine_note: "The computer’s policy is over the user’s.",
        rooms_note: "One JSON text, as in",
    },
    Language {
        tag: "fr-FR",
        of: |words| words.fr,
        name: "Visavis",
        recommended: "Conseillé : chacun peut choisir autrement",
        supported: "Visavis 0.1 ou plus récent",
        recommended_note: "Chacun peut choisir autrement.",
        default_note: "Non configuré :",
        machine_note: "La règle de l’ordinateur l’emporte sur celle de l’utilisateur.",
        rooms_note: "Un texte JSON, comme",
    },
];

/// A policy of the template: each key once, and once more where it can be recommended.
struct Setting {
    key: &'static Key,
    recommended: bool,
}

impl Setting {
    fn all() -> impl Iterator<Item = Self> {
        let recommended = KEYS.iter().filter(|key| key.levels == Levels::Any);
        let mandatory = KEYS.iter().map(|key| Self { key, recommended: false });
        mandatory.chain(recommended.map(|key| Self { key, recommended: true }))
    }

    fn id(&self) -> String {
        format!("{}{}", self.key.name, if self.recommended { "_Recommended" } else { "" })
    }

    fn path(&self) -> String {
        if self.recommended { format!(r"{PATH}\Recommended") } else { PATH.to_owned() }
    }

    /// Attributes and elements of the policy that say how its value is written.
    fn value(&self) -> (String, String) {
        let (id, name, path) = (self.id(), self.key.name, self.path());
        let elements = |inner: String| (String::new(), format!("      <elements>\n{inner}      </elements>\n"));
        match self.key.form {
            Form::Switch => {
                let value = |tag: &str, number| format!("      <{tag}><decimal value=\"{number}\" /></{tag}>\n");
                (format!(" valueName=\"{name}\""), value("enabledValue", 1) + &value("disabledValue", 0))
            }
            Form::Text { longest } => elements(format!(
                "        <text id=\"{id}_value\" valueName=\"{name}\" maxLength=\"{longest}\" required=\"true\" />\n"
            )),
            Form::Rooms { .. } => elements(format!(
                "        <text id=\"{id}_value\" valueName=\"{name}\" maxLength=\"100000\" required=\"true\" />\n"
            )),
            Form::Number { least, most } => elements(format!(
                "        <decimal id=\"{id}_value\" valueName=\"{name}\" minValue=\"{least}\" maxValue=\"{most}\" required=\"true\" />\n"
            )),
            Form::List { .. } => {
                elements(format!("        <list id=\"{id}_value\" key=\"{path}\\{name}\" valuePrefix=\"\" />\n"))
            }
            Form::Choice(words) => {
                let items: String = words.iter().map(|word| {
                    format!("          <item displayName=\"$(string.{name}_{word})\"><value><string>{word}</string></value></item>\n")
                }).collect();
                elements(format!(
                    "        <enum id=\"{id}_value\" valueName=\"{name}\" required=\"true\">\n{items}        </enum>\n"
                ))
            }
        }
    }

    fn has_presentation(&self) -> bool {
        self.key.form != Form::Switch
    }
}

fn admx() -> String {
    let mut text = String::from(
        r#"<?xml version="1.0" encoding="utf-8"?>
<policyDefinitions revision="1.0" schemaVersion="1.0" xmlns="http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions">
  <policyNamespaces>
    <target prefix="visavis" namespace="Visavis.Policies.Visavis" />
    <using prefix="windows" namespace="Microsoft.Policies.Windows" />
  </policyNamespaces>
  <resources minRequiredRevision="1.0" />
  <supportedOn>
    <definitions>
      <definition name="SUPPORTED_VISAVIS" displayName="$(string.SUPPORTED_VISAVIS)" />
    </definitions>
  </supportedOn>
  <categories>
    <category name="visavis" displayName="$(string.visavis)" />
    <category name="visavis_recommended" displayName="$(string.visavis_recommended)">
      <parentCategory ref="visavis" />
    </category>
  </categories>
  <policies>
"#,
    );
    for setting in Setting::all() {
        let (id, name, path) = (setting.id(), setting.key.name, setting.path());
        let (attributes, value) = setting.value();
        let presentation =
            if setting.has_presentation() { format!(" presentation=\"$(presentation.{id})\"") } else { String::new() };
        let category = if setting.recommended { "visavis_recommended" } else { "visavis" };
        text += &format!(
            "    <policy name=\"{id}\" class=\"Both\" displayName=\"$(string.{name})\" explainText=\"$(string.{id}_Explain)\" key=\"{path}\"{attributes}{presentation}>\n      <parentCategory ref=\"{category}\" />\n      <supportedOn ref=\"SUPPORTED_VISAVIS\" />\n{value}    </policy>\n"
        );
    }
    text + "  </policies>\n</policyDefinitions>\n"
}

fn adml(language: &Language) -> String {
    let mut strings = vec![
        ("SUPPORTED_VISAVIS".to_owned(), language.supported.to_owned()),
        ("visavis".to_owned(), language.name.to_owned()),
        ("visavis_recommended".to_owned(), language.recommended.to_owned()),
    ];
    for key in KEYS {
        strings.push((key.name.into(), (language.of)(key.title).into()));
        if let Form::Choice(words) = key.form {
            strings.extend(words.iter().map(|word| (format!("{}_{word}", key.name), (*word).to_owned())));
        }
    }
    let mut presentations = String::new();
    for setting in Setting::all() {
        let key = setting.key;
        let title = escape((language.of)(key.title));
        let mut explain =
            format!("{}\n\n{} {}.", (language.of)(key.text), language.default_note, (language.of)(key.default));
        if let Form::Rooms { .. } = key.form {
            explain += &format!("\n\n{} {}", language.rooms_note, key.example);
        }
        explain +=
            &format!("\n\n{}", if setting.recommended { language.recommended_note } else { language.machine_note });
        strings.push((format!("{}_Explain", setting.id()), explain));
        let id = setting.id();
        let field = match key.form {
            Form::Switch => continue,
            Form::Text { .. } | Form::Rooms { .. } => {
                format!("<textBox refId=\"{id}_value\"><label>{title}</label></textBox>")
            }
            Form::Number { .. } => format!(
                "<decimalTextBox refId=\"{id}_value\" defaultValue=\"{}\">{title}</decimalTextBox>",
                key.example
            ),
            Form::List { .. } => format!("<listBox refId=\"{id}_value\">{title}</listBox>"),
            Form::Choice(_) => format!("<dropdownList refId=\"{id}_value\" noSort=\"true\">{title}</dropdownList>"),
        };
        presentations += &format!("      <presentation id=\"{id}\">{field}</presentation>\n");
    }
    let strings: String = strings
        .iter()
        .map(|(id, text)| format!("      <string id=\"{id}\">{}</string>\n", escape(text.as_str())))
        .collect();
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<policyDefinitionResources revision="1.0" schemaVersion="1.0" xmlns="http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions">
  <displayName>Visavis</displayName>
  <description>Visavis</description>
  <resources>
    <stringTable>
{strings}    </stringTable>
    <presentationTable>
{presentations}    </presentationTable>
  </resources>
</policyDefinitionResources>
"#
    )
}

/// Every element with its attributes, in a file that is well formed.
fn elements(xml: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let (mut found, mut depth) = (Vec::new(), 0_i32);
    loop {
        let event = reader.read_event().expect("well-formed XML");
        match &event {
            Event::Start(start) | Event::Empty(start) => {
                depth += i32::from(matches!(event, Event::Start(_)));
                let attributes = start.attributes().map(|attribute| {
                    let attribute = attribute.expect("an attribute");
                    (attribute.key.as_ref().to_owned(), attribute.value.to_string())
                });
                found.push((start.name().as_ref().to_owned(), attributes.collect()));
            }
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "every element ends");
    found
}

/// What `$(kind.NAME)` names.
fn references<'a>(kind: &str, elements: &'a [(String, Vec<(String, String)>)]) -> BTreeSet<&'a str> {
    let values = elements.iter().flat_map(|(_, attributes)| attributes).map(|(_, value)| value.as_str());
    values.filter_map(|value| value.strip_prefix(&format!("$({kind}."))?.strip_suffix(')')).collect()
}

fn attributes<'a>(tags: &[&str], name: &str, elements: &'a [(String, Vec<(String, String)>)]) -> BTreeSet<&'a str> {
    let of = elements.iter().filter(|(tag, _)| tags.contains(&tag.as_str())).flat_map(|(_, attributes)| attributes);
    of.filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
}

#[test]
fn the_templates_of_windows_are_up_to_date() {
    up_to_date(ADMX, &admx());
}

fn words_are_up_to_date(language: &Language) {
    up_to_date(&format!("installers/policy/windows/{}/visavis.adml", language.tag), &adml(language));
}

#[test]
fn the_english_words_of_windows_are_up_to_date() {
    words_are_up_to_date(&LANGUAGES[0]);
}

#[test]
fn the_french_words_of_windows_are_up_to_date() {
    words_are_up_to_date(&LANGUAGES[1]);
}

#[test]
fn every_reference_of_the_templates_resolves() {
    let template = elements(&admx());
    let inputs = ["text", "decimal", "enum", "list"];
    for language in &LANGUAGES {
        let words = elements(&adml(language));
        assert_eq!(references("string", &template), attributes(&["string"], "id", &words), "{}", language.tag);
        assert_eq!(references("presentation", &template), attributes(&["presentation"], "id", &words));
        let fields = attributes(&["textBox", "decimalTextBox", "listBox", "dropdownList"], "refId", &words);
        assert_eq!(attributes(&inputs, "id", &template), fields);
    }
    let categories = attributes(&["category"], "name", &template);
    assert!(attributes(&["parentCategory"], "ref", &template).is_subset(&categories));
    assert_eq!(attributes(&["definition"], "name", &template), attributes(&["supportedOn"], "ref", &template));
    let names = attributes(&["policy"], "name", &template);
    assert_eq!(names.len(), Setting::all().count());
    assert!(KEYS.iter().all(|key| names.contains(key.name)));
    // Ids in these files are letters, digits and underscores.
    let is_id = |id: &&str| id.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_');
    assert!(attributes(&["policy"], "name", &template).iter().all(is_id));
}
