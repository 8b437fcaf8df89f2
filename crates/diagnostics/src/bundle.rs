//! What somebody who needs help sends to those who help: one readable text, without a word about anybody.

use crate::history::History;
use crate::redact::Redactor;
use std::fmt::Write as _;
use visavis_model::IssueRecord;

/// Issues that are told, the latest.
const MOST_ISSUES: usize = 100;

/// A setting as it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub key: String,
    /// What may be told of its value.
    pub value: String,
    /// Who says so: `default`, `own`, or the policy's source.
    pub origin: String,
}

/// All that goes into it.
#[derive(Clone, Debug, Default)]
pub struct Bundle {
    /// Of the application, the system and its libraries, each with its name.
    pub versions: Vec<(&'static str, String)>,
    pub settings: Vec<Setting>,
    /// A window tells it: it alone knows what went wrong in it, and how its calls went.
    pub of_window: bool,
    pub issues: Vec<IssueRecord>,
    pub history: History,
    pub log: String,
}

impl Bundle {
    /// The whole text. Every line of it passes the redactor, whoever wrote it.
    pub fn text(&self, redactor: &Redactor) -> String {
        let mut text = String::from(
            "Visavis support report\nNames, addresses, links, rooms, paths and secrets were taken out; please read it before you send it.\n",
        );
        let mut section = |title: &str, lines: String| {
            let lines = if lines.trim().is_empty() { "nothing\n".to_owned() } else { lines };
            let _ = write!(text, "\n== {title} ==\n{lines}");
        };
        section("Versions", self.versions.iter().map(|(name, value)| format!("{name}: {value}\n")).collect());
        section(
            "Settings",
            self.settings.iter().map(|one| format!("{} = {}   ({})\n", one.key, one.value, one.origin)).collect(),
        );
        let elsewhere = "not known on the command line: save the report from the window that runs\n";
        let of_window = |lines: String| if self.of_window { lines } else { elsewhere.to_owned() };
        section("What went wrong", of_window(self.issue_lines()));
        let calls = if self.history.is_empty() { String::new() } else { self.history.table() };
        section("Calls, second by second", of_window(calls));
        section("Log", self.log.clone());
        redactor.redact(&text)
    }

    /// Codes and times; what an issue says of hosts and people is left out.
    fn issue_lines(&self) -> String {
        let skipped = self.issues.len().saturating_sub(MOST_ISSUES);
        let line =
            |record: &IssueRecord| format!("{:.1} s  {}\n", record.at_ms as f64 / 1000.0, record.issue.code.text());
        self.issues.iter().skip(skipped).map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::Kind;
    use visavis_model::{Issue, IssueCode};

    /// Planted wherever something of somebody could come from.
    const PRIVATE: [&str; 6] = [
        "Camille Réaux",
        "camille@agglo.example",
        "visio.agglo.example",
        "zyx-wvut-srq",
        "10.20.30.40",
        "s3cr3t-T0ken-abcdefghijklmnop",
    ];

    #[test]
    fn nothing_private_is_in_it() {
        let planted = PRIVATE.join(" | ");
        let mut redactor = Redactor::default();
        redactor.hide("Camille Réaux", Kind::Name);
        let issue = Issue::new(IssueCode::ServerDown).with("host", planted.clone()).with("by", planted.clone());
        let bundle = Bundle {
            of_window: true,
            versions: vec![("Visavis", format!("0.1.0 {planted}"))],
            settings: vec![Setting { key: planted.clone(), value: planted.clone(), origin: planted.clone() }],
            issues: vec![IssueRecord { at_ms: 1500, issue }],
            history: History::default(),
            log: format!("2026-11-29 WARN {planted}\nerror=\"{planted}\"\n"),
        };
        let text = bundle.text(&redactor);
        for private in PRIVATE {
            assert!(!text.contains(private), "{private} in {text}");
        }
        assert!(text.contains("Visavis: 0.1.0") && text.contains("1.5 s  VIS-"), "{text}");
        assert!(text.contains("== Calls, second by second ==\nnothing"), "{text}");
    }

    #[test]
    fn what_only_a_window_knows_is_not_told_as_nothing() {
        let text = Bundle::default().text(&Redactor::default());
        assert_eq!(text.matches("not known on the command line").count(), 2, "{text}");
        let text = Bundle { of_window: true, ..Bundle::default() }.text(&Redactor::default());
        assert!(!text.contains("command line") && text.contains("== What went wrong ==\nnothing"), "{text}");
    }
}
