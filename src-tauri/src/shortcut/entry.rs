//! What a shortcut says: a desktop entry (Desktop Entry Specification 1.4), an internet shortcut on Windows, a web location on macOS. Pure.

use std::path::PathBuf;
use url::Url;

/// Longest name, in characters.
const LONGEST: usize = 80;
/// Longest name of a file, in bytes. Homes that Linux encrypts (eCryptfs) take no longer one.
const LONGEST_FILE: usize = if cfg!(target_os = "linux") { 143 } else { 255 };
/// By this line we know our own.
const OURS: &str = "X-Visavis-Meeting=";
/// By this line those that the organisation laid, on each system.
const MANAGED: &str = if cfg!(windows) {
    "VisavisManaged=1"
} else if cfg!(target_os = "macos") {
    "<key>VisavisManaged</key><true/>"
} else {
    "X-Visavis-Managed=true"
};
/// Our own picture, by its name in the theme.
const ICON: &str = "eu.visavis.client";

/// One shortcut.
#[derive(Clone, Debug)]
pub struct Entry {
    /// One line, not empty.
    pub name: String,
    /// The room, without credentials.
    pub url: Url,
    pub program: PathBuf,
    pub direct: bool,
    pub microphone_off: bool,
    pub camera_off: bool,
    /// A picture of its own: full path of a file of this computer.
    pub icon: Option<PathBuf>,
    /// Laid by the organisation's word, and taken away by it.
    pub managed: bool,
}

impl Entry {
    /// The whole file.
    pub fn text(&self) -> String {
        if cfg!(windows) {
            self.internet_shortcut()
        } else if cfg!(target_os = "macos") {
            self.web_location()
        } else {
            self.desktop_entry()
        }
    }

    /// As the shortcut is called, as far as a file can be. `number`: that many names before this one are taken.
    pub fn file_name(&self, number: usize) -> String {
        let safe: String =
            self.name.chars().map(|c| if r#"/\:*?"<>|%"#.contains(c) { ' ' } else { c }).collect::<String>();
        let safe = safe.trim().trim_start_matches('.').trim_end_matches('.');
        let safe = if safe.is_empty() { "Visavis" } else { safe };
        let extension = if cfg!(windows) {
            "url"
        } else if cfg!(target_os = "macos") {
            "webloc"
        } else {
            "desktop"
        };
        let end = match number {
            0 => format!(".{extension}"),
            _ => format!(" ({}).{extension}", number + 1),
        };
        let room = safe.floor_char_boundary(LONGEST_FILE.saturating_sub(end.len()));
        format!("{}{end}", safe[..room].trim_end_matches(['.', ' ']))
    }

    /// Whether this shortcut may be written over a file that lies there: one of ours to the same room. The organisation's is never
    /// written over a person's own.
    pub fn may_replace(&self, file: &str) -> bool {
        self.leads_to_the_same(file) && (!self.managed || is_managed(file))
    }

    fn leads_to_the_same(&self, file: &str) -> bool {
        let line = if cfg!(windows) {
            format!("URL={}", self.own_link())
        } else if cfg!(target_os = "macos") {
            format!("<string>{}</string>", self.own_link())
        } else {
            format!("{OURS}{}", self.url)
        };
        file.lines().any(|found| found.trim() == line)
    }

    fn desktop_entry(&self) -> String {
        let mut words = vec![self.program.to_string_lossy().into_owned()];
        if self.direct {
            words.push("--direct".into());
        }
        if self.microphone_off {
            words.push("--microphone-off".into());
        }
        if self.camera_off {
            words.push("--camera-off".into());
        }
        words.extend(["--".into(), self.url.to_string()]);
        let exec: Vec<_> = words.iter().map(|word| quoted(word)).collect();
        let icon = self.icon.as_ref().map_or(ICON.into(), |path| path.to_string_lossy());
        let managed = if self.managed { format!("{MANAGED}\n") } else { String::new() };
        format!(
            "[Desktop Entry]\nType=Application\nVersion=1.4\nName={}\nTryExec={}\nExec={}\nIcon={}\nTerminal=false\nStartupNotify=true\n{OURS}{}\n{managed}",
            escaped(&self.name),
            // Where the program was taken away the entry is none, and nobody is told that it starts nothing.
            escaped(&self.program.to_string_lossy()),
            escaped(&exec.join(" ")),
            escaped(&icon),
            self.url
        )
    }

    /// The link under our own scheme, which the system hands to us and not to the browser; it says nothing about microphone or entry.
    fn own_link(&self) -> String {
        format!("visavis:{}", self.url)
    }

    fn internet_shortcut(&self) -> String {
        let icon = self.program.to_string_lossy();
        let managed = if self.managed { format!("[Visavis]\r\n{MANAGED}\r\n") } else { String::new() };
        format!("[InternetShortcut]\r\nURL={}\r\nIconFile={icon}\r\nIconIndex=0\r\n{managed}", self.own_link())
    }

    fn web_location(&self) -> String {
        let link = self.own_link().replace('&', "&amp;").replace('<', "&lt;");
        let managed = if self.managed { format!("{MANAGED}\n") } else { String::new() };
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\"><dict><key>URL</key>\n<string>{link}</string>\n{managed}</dict></plist>\n"
        )
    }
}

/// Whether the organisation laid this file.
pub fn is_managed(file: &str) -> bool {
    file.lines().any(|line| line.trim() == MANAGED)
}

/// One line without what turns or hides its text; `None` where nothing is left.
pub fn plain_name(name: &str) -> Option<String> {
    let name: String = name
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'))
        .take(LONGEST)
        .collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// An argument of `Exec`: quoted, and without field codes.
fn quoted(word: &str) -> String {
    let mut text = String::from('"');
    for c in word.chars() {
        match c {
            '"' | '`' | '$' | '\\' => text.extend(['\\', c]),
            '%' => text.push_str("%%"),
            _ => text.push(c),
        }
    }
    text.push('"');
    text
}

/// A value of type string: what would end the line or begin an escape is escaped.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str) -> Entry {
        Entry {
            name: plain_name(name).unwrap_or_default(),
            url: "https://visio.agglo.example/abc-defg-hij".parse().expect("a url"),
            program: "/opt/a \"b\" $x/visavis".into(),
            direct: true,
            microphone_off: true,
            camera_off: false,
            icon: None,
            managed: false,
        }
    }

    #[test]
    fn a_desktop_entry_says_what_it_opens() {
        let text = entry("Point d’équipe").desktop_entry();
        assert!(text.contains("\nName=Point d’équipe\n"), "{text}");
        let exec = r#"Exec="/opt/a \\"b\\" \\$x/visavis" "--direct" "--microphone-off" "--" "https://visio.agglo.example/abc-defg-hij""#;
        assert!(text.lines().any(|line| line == exec), "{text}");
        assert!(text.lines().any(|line| line == r#"TryExec=/opt/a "b" $x/visavis"#), "{text}");
        assert!(entry("x").may_replace(&text) || cfg!(not(target_os = "linux")));
        assert!(text.contains("\nIcon=eu.visavis.client\n"), "{text}");
    }

    #[test]
    fn what_the_organisation_lays_is_marked_and_never_over_a_persons_own() {
        let own = entry("x");
        let managed = Entry { managed: true, icon: Some("/opt/an icon\nExec=x.png".into()), ..entry("x") };
        let text = managed.text();
        assert!(is_managed(&text) && !is_managed(&own.text()));
        assert!(managed.may_replace(&text) && !managed.may_replace(&own.text()));
        assert!(own.may_replace(&text), "a person takes it over");
        let desktop = managed.desktop_entry();
        assert_eq!(desktop.lines().filter(|line| line.starts_with("Exec=")).count(), 1, "{desktop}");
        assert!(desktop.contains("\nIcon=/opt/an icon\\nExec=x.png\n"), "{desktop}");
    }

    #[test]
    fn a_name_cannot_add_a_line_or_leave_the_folder() {
        let hostile = entry("../a\nExec=evil\u{202e}%f\\n");
        let text = hostile.desktop_entry();
        assert_eq!(text.lines().filter(|line| line.starts_with("Exec=")).count(), 1, "{text}");
        assert!(text.contains("Name=../a Exec=evil%f\\\\n\n"), "{text}");
        assert!(!hostile.file_name(0).contains(['/', '%']), "{}", hostile.file_name(0));
        assert!(!hostile.file_name(0).starts_with('.'));
        assert!(entry("x").file_name(2).starts_with("x (3)."));
        assert_eq!(plain_name(" \n\u{200b}"), None);
    }

    #[test]
    fn a_long_name_is_one_of_a_file_too() {
        for name in ["🦊".repeat(80), "é".repeat(80), format!("x{}", "🦊".repeat(62))] {
            let long = entry(&name);
            assert!(long.desktop_entry().contains(&format!("\nName={name}\n")), "whole in there");
            for number in [0, 1, 49] {
                let file = long.file_name(number);
                assert!(file.len() <= LONGEST_FILE, "{file}");
                assert!(
                    name.len() < LONGEST_FILE || file.len() > LONGEST_FILE - 5,
                    "as much as there is room for: {file}"
                );
                assert!(number == 0 || file.contains(&format!(" ({}).", number + 1)), "{file}");
            }
        }
        assert_eq!(entry("a. ").file_name(0), entry("a").file_name(0));
    }

    #[test]
    fn other_systems_get_our_own_scheme() {
        assert!(
            entry("x").internet_shortcut().contains("\r\nURL=visavis:https://visio.agglo.example/abc-defg-hij\r\n")
        );
        assert!(
            entry("x").web_location().contains("<string>visavis:https://visio.agglo.example/abc-defg-hij</string>")
        );
    }
}
