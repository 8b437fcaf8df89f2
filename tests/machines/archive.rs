//! Where this machine's apt takes the distribution's packages from.

use crate::servers::ServerError;
use std::process::Command;

/// One archive of the distribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    pub site: String,
    pub suite: String,
    pub component: String,
}

impl Archive {
    /// Its line in a list of sources; `kind` is `deb` or `deb-src`.
    pub fn line(&self, kind: &str) -> String {
        format!("{kind} {} {} {}\n", self.site, self.suite, self.component)
    }
}

/// The archives of the distribution itself, as apt is set up here; the first one is its main one.
///
/// # Errors
/// apt does not tell any.
pub fn all() -> Result<Vec<Archive>, ServerError> {
    let format = "$(CREATED_BY)|$(ORIGIN)|$(SITE)|$(RELEASE)|$(COMPONENT)";
    let output = Command::new("apt-get").args(["indextargets", "--format", format]).output()?;
    let found = listed(&String::from_utf8_lossy(&output.stdout));
    if found.is_empty() {
        let what = "an archive of Debian or Ubuntu in apt's sources (apt-get update?)".to_owned();
        return Err(ServerError::NotInstalled { what });
    }
    Ok(found)
}

fn listed(text: &str) -> Vec<Archive> {
    let mut found = Vec::new();
    for line in text.lines() {
        let fields: Vec<_> = line.split('|').collect();
        let ["Packages", "Debian" | "Ubuntu", site, suite, component] = fields[..] else { continue };
        let one = Archive { site: site.to_owned(), suite: suite.to_owned(), component: component.to_owned() };
        if !found.contains(&one) {
            found.push(one);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_of_others_are_left_out() {
        let text = "Packages|Debian|http://a.example/debian|stable|main\nTranslations|Debian|http://a.example/debian|stable|main\n\
                    Packages|Somebody|http://b.example|stable|main\n";
        let found = listed(text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].line("deb-src"), "deb-src http://a.example/debian stable main\n");
    }
}
