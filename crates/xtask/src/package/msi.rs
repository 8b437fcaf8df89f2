//! The package of Windows, for the whole machine, built by `wixl` and finished by `msibuild` (msitools).
//!
//! What wixl 0.101 lacks or ignores (conditions of components, secure properties, actions that set a property, versions of files, the
//! package's own identifier) is put into the tables afterwards; [`tables::check`] looks at the result as Microsoft's validation would,
//! which does not run here.

use super::release::{self, Paper, Release, installer};
use super::shipped::Program;
use super::stamp::{self, Stamp};
use super::{cabinet, layout, tables};
use crate::tools::{self, TaskError};
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};
use std::process::Command;
use visavis_tests::places;

pub const PACKAGES: &[&str] = &["wixl", "msitools", "faketime"];
/// Of every package of Visavis, for ever: what makes one the newer one of another.
const UPGRADE: &str = "{5E0A3C1D-7B52-4C0F-9B7A-3D6F0E1A8C24}";
/// What an administrator may say on msiexec's command line, with what an earlier installation's value is known by and says.
pub const PROPERTIES: [&str; 6] =
    ["SERVERURL", "AUTOSTART", "DESKTOPSHORTCUT", "DISABLEUPDATES", "LANGUAGE", "MANAGEDROOMS"];
/// Component, and when it is installed.
const CONDITIONS: [(&str, &str); 7] = [
    ("DefaultServer", "SERVERURL"),
    ("DefaultLanguage", "LANGUAGE"),
    ("DefaultRooms", "MANAGEDROOMS"),
    ("NoUpdates", "DISABLEUPDATES = \"1\""),
    ("AutoStart", "AUTOSTART = \"1\""),
    ("DesktopShortcut", "DESKTOPSHORTCUT <> \"0\""),
    ("NoDesktopShortcut", "DESKTOPSHORTCUT = \"0\""),
];
/// Attributes of these: their key path is a value of the registry (4), they are for 64 bits (256), and their condition is asked again when
/// the same version is installed once more (64). Without that what was installed once stays, and what was not never comes.
const CONDITIONAL: u16 = 4 | 64 | 256;
/// What was remembered counts where nothing is said: property, value, and what the registry has then.
const REMEMBERED: [(&str, &str, &str); 6] = [
    ("SERVERURL", "[REMEMBEREDSERVERURL]", "REMEMBEREDSERVERURL"),
    ("LANGUAGE", "[REMEMBEREDLANGUAGE]", "REMEMBEREDLANGUAGE"),
    ("MANAGEDROOMS", "[REMEMBEREDMANAGEDROOMS]", "REMEMBEREDMANAGEDROOMS"),
    ("DISABLEUPDATES", "1", "REMEMBEREDDISABLEUPDATES = \"#1\""),
    ("AUTOSTART", "1", "REMEMBEREDAUTOSTART = \"#1\""),
    ("DESKTOPSHORTCUT", "0", "REMEMBEREDDESKTOPSHORTCUT = \"#0\""),
];
/// What Windows' installer is told each time, unless its command line says otherwise.
///
/// `REINSTALLMODE`: which components are laid is decided (`CostFinalize`) before the older version is taken away
/// (`RemoveExistingProducts`). With its own `omus` the installer leaves out what lies there in a newer version, others saw it do so with
/// the same one (mostly the DLL), and then takes it away with the older product. With `a` for `o` it lays all files, whatever lies there.
/// ICE40 warns of that: it brings older files into folders that others share, and asks for the source where something is patched. Ours
/// lie in our own folder (the DLL too, and the one that the program was tried with is the right one), in components that no other product
/// has, and no version is a patch. It lays nothing anew by itself (that takes `REINSTALL`), a removal does not look at it, and what is
/// said by hand counts more (`/fa`, `/famus`, `REINSTALLMODE=omus`). `REINSTALL=ALL` alone lays all files anew, also those in use; so
/// `docs/deployment.md` says `omus` where only properties change.
///
/// `REBOOT`: where a file is in use, an installation that may not ask (`/qn`) starts the computer anew at its end. Told
/// this it says 3010 instead.
const SETTINGS: [(&str, &str); 2] = [("REINSTALLMODE", "amus"), ("REBOOT", "ReallySuppress")];
/// Files that bear a version, as `visavis.wxs` calls them. wixl does not look for it, and what has none in the tables is older to Windows
/// than any that has one on the disk: an upgrade leaves the program out, and a repair does not replace a broken one.
const VERSIONED: [(&str, &str); 2] = [("ProgramFile", "visavis.exe"), ("WebViewLoaderFile", "WebView2Loader.dll")];
/// The stream with the files, as `visavis.wxs` calls it.
const CABINET: &str = "visavis.cab";
/// Sets a property to a text (custom action type 51).
const SET_PROPERTY: u16 = 51;
/// Right behind `AppSearch`, which looks into the registry.
const AFTER_SEARCH: u16 = 51;
/// Right behind `InstallInitialize`: the older version is taken away in the transaction of the newer one, and comes back with what it
/// remembered where that fails. wixl puts it before.
const AFTER_INITIALIZE: u16 = 1501;

/// Builds the package and says where it is.
///
/// # Errors
/// A tool is missing or refuses, or the package breaks a rule.
pub fn build(release: &Release, program: &Program, papers: &[Paper]) -> Result<PathBuf, TaskError> {
    let folder = layout::staging("msi");
    let mut entries = vec![layout::Entry::new("visavis.exe", std::fs::read(&program.file)?)];
    for file in &program.beside {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        entries.push(layout::Entry::new(name, std::fs::read(file)?));
    }
    entries.push(layout::Entry::new("visavis.ico", std::fs::read(places::repository().join("icons/icon.ico"))?));
    entries.push(layout::Entry::new("LICENSE.txt", release::licence()?));
    entries.extend(papers.iter().map(|paper| layout::Entry::new(paper.name, paper.content.clone())));
    let stamps = stamps(&entries)?;
    let mut content = Sha256::new();
    for entry in &entries {
        content.update(&entry.content);
    }
    let template = std::fs::read_to_string(installer("windows/visavis.wxs"))?;
    content.update(&template);
    content.update(&release.version);
    // Another file by what is put in afterwards, too: Windows takes two with one identifier for the same.
    content.update(queries(&stamps).concat());
    let package = guid(content.finalize().as_slice());
    // Another version is another product to Windows.
    let product = guid(Sha256::digest(format!("Visavis {} for Windows", release.version)).as_slice());
    let source =
        template.replace("@VERSION@", &release.version).replace("@PRODUCT@", &product).replace("@PACKAGE@", &package);
    entries.push(layout::Entry::new("visavis.wxs", source));
    layout::write(&entries, &folder, release)?;
    let file = release::folder().join(name(release));
    tools::run(
        timeless("wixl", release)?.args(["-a", "x64", "-o"]).arg(&file).arg("visavis.wxs").current_dir(&folder),
    )?;
    repack(&file, release)?;
    finish(&file, release, &package, &stamps)?;
    let breaches = tables::check(&file)?;
    if breaches.is_empty() { Ok(file) } else { Err(TaskError::Failed(format!("the package: {}", breaches.join("; ")))) }
}

/// Its file's name.
pub fn name(release: &Release) -> String {
    format!("visavis-{}-x64.msi", release.version)
}

/// Packs the files anew, smaller than wixl does.
fn repack(file: &Path, release: &Release) -> Result<(), TaskError> {
    let old = Command::new("msiinfo").arg("extract").arg(file).arg(CABINET).output()?;
    let new = cabinet::pack(&old.stdout).map_err(|why| TaskError::Failed(format!("{CABINET}: {why}")))?;
    let beside = layout::staging("msi").join(CABINET);
    std::fs::write(&beside, new)?;
    tools::run(timeless("msibuild", release)?.arg(file).args(["-a", CABINET]).arg(beside))
}

/// What the files bear that have to bear a version, each with its row in the tables.
fn stamps(entries: &[layout::Entry]) -> Result<Vec<(&'static str, Stamp)>, TaskError> {
    let of = |(row, name): (&'static str, &str)| {
        let entry = entries.iter().find(|entry| entry.path == name);
        let stamp = entry.and_then(|entry| stamp::of(&entry.content));
        stamp.map(|stamp| (row, stamp)).ok_or_else(|| TaskError::Failed(format!("{name} bears no version")))
    };
    VERSIONED.into_iter().map(of).collect()
}

/// Puts in what wixl does not.
fn finish(file: &Path, release: &Release, package: &str, stamps: &[(&str, Stamp)]) -> Result<(), TaskError> {
    let subject = format!("Visavis {}", release.version);
    let summary = ["-s", &subject, "The Visavis maintainers", "x64;1033", &format!("{{{package}}}")];
    tools::run(timeless("msibuild", release)?.arg(file).args(summary))?;
    for line in queries(stamps) {
        tools::run(timeless("msibuild", release)?.arg(file).args(["-q", &line]))?;
    }
    Ok(())
}

fn queries(stamps: &[(&str, Stamp)]) -> Vec<String> {
    let mut lines = Vec::new();
    let secure = PROPERTIES.join(";");
    lines.push(format!(
        "UPDATE Property SET Value = 'WIX_DOWNGRADE_DETECTED;WIX_UPGRADE_DETECTED;{secure}' WHERE Property = 'SecureCustomProperties'"
    ));
    lines.push(format!(
        "UPDATE InstallExecuteSequence SET Sequence = {AFTER_INITIALIZE} WHERE Action = 'RemoveExistingProducts'"
    ));
    for (property, value) in SETTINGS {
        lines.push(format!("INSERT INTO Property (Property, Value) VALUES ('{property}', '{value}')"));
    }
    for (row, Stamp { version, language }) in stamps {
        lines.push(format!("UPDATE File SET Version = '{version}', Language = '{language}' WHERE File = '{row}'"));
        // A sum is for files without a version.
        lines.push(format!("DELETE FROM MsiFileHash WHERE File_ = '{row}'"));
    }
    for (component, condition) in CONDITIONS {
        let set = |what: &str| format!("UPDATE Component SET {what} WHERE Component = '{component}'");
        lines.extend([set(&format!("Condition = '{condition}'")), set(&format!("Attributes = {CONDITIONAL}"))]);
    }
    for (property, value, found) in REMEMBERED {
        let action = format!("Keep{property}");
        lines.push(format!(
            "INSERT INTO CustomAction (Action, Type, Source, Target) VALUES ('{action}', {SET_PROPERTY}, '{property}', '{value}')"
        ));
        for sequence in ["InstallExecuteSequence", "InstallUISequence"] {
            lines.push(format!(
                "INSERT INTO {sequence} (Action, Condition, Sequence) VALUES ('{action}', '{found} AND NOT {property}', {AFTER_SEARCH})"
            ));
        }
    }
    lines
}

/// A tool that takes the release's time for now.
fn timeless(tool: &str, release: &Release) -> Result<Command, TaskError> {
    let mut command = Command::new("faketime");
    command.args(["-f", &release.date("%F %T")?, tool]).env("TZ", "UTC");
    Ok(command)
}

/// An identifier made of a hash: the same for the same, as Windows writes it, without braces.
fn guid(hash: &[u8]) -> String {
    let digits: String = hash.iter().take(16).map(|byte| format!("{byte:02X}")).collect();
    // RFC 9562, 5.8: custom content, variant 10.
    format!("{}-{}-8{}-A{}-{}", &digits[..8], &digits[8..12], &digits[13..16], &digits[17..20], &digits[20..32])
}

/// What makes a package of ours a package of ours.
pub const fn upgrade_code() -> &'static str {
    UPGRADE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_have_their_form() {
        let one = guid(&[0xab; 32]);
        assert_eq!(one, "ABABABAB-ABAB-8BAB-ABAB-ABABABABABAB");
        assert_ne!(guid(Sha256::digest("a").as_slice()), guid(Sha256::digest("b").as_slice()));
    }

    #[test]
    fn every_property_is_remembered_and_can_be_said() {
        let source = std::fs::read_to_string(installer("windows/visavis.wxs")).unwrap();
        for (property, _, found) in REMEMBERED {
            assert!(PROPERTIES.contains(&property));
            let search = found.split(' ').next().unwrap();
            assert!(source.contains(&format!("<Property Id=\"{search}\">")), "{search}");
        }
        assert_eq!(REMEMBERED.len(), PROPERTIES.len());
        assert!(source.contains(&UPGRADE[1..37]));
    }

    #[test]
    fn what_goes_wrong_takes_back_the_removal_too() {
        let line = "UPDATE InstallExecuteSequence SET Sequence = 1501 WHERE Action = 'RemoveExistingProducts'";
        assert!(queries(&[]).iter().any(|found| found == line));
    }

    #[test]
    fn icons_are_the_programs_own() {
        let source = std::fs::read_to_string(installer("windows/visavis.wxs")).unwrap();
        let shortcuts: Vec<_> = source.lines().filter(|line| line.contains("<Shortcut ")).collect();
        assert_eq!(shortcuts.len(), 2);
        assert!(shortcuts.iter().all(|line| !line.contains("Icon")), "{shortcuts:?}");
        assert!(source.contains("<Property Id=\"ARPPRODUCTICON\" Value=\"visavis.ico\"/>"));
    }

    #[test]
    fn files_of_the_package_have_the_version_that_they_bear() {
        let source = std::fs::read_to_string(installer("windows/visavis.wxs")).unwrap();
        for (row, name) in VERSIONED {
            assert!(source.contains(&format!("<File Id=\"{row}\" Name=\"{name}\"")), "{row}");
        }
        let refused = stamps(&[layout::Entry::new("visavis.exe", "MZ")]).unwrap_err().to_string();
        assert!(refused.contains("visavis.exe bears no version"), "{refused}");
        let stamp = Stamp { version: "1.0.3800.47".into(), language: 1033 };
        let lines = queries(&[("WebViewLoaderFile", stamp)]);
        let set = "UPDATE File SET Version = '1.0.3800.47', Language = '1033' WHERE File = 'WebViewLoaderFile'";
        for line in [set, "DELETE FROM MsiFileHash WHERE File_ = 'WebViewLoaderFile'"] {
            assert!(lines.iter().any(|found| found == line), "{line}");
        }
    }

    #[test]
    fn every_condition_is_of_a_component_with_a_value_for_its_key_path_and_is_asked_again() {
        let source = std::fs::read_to_string(installer("windows/visavis.wxs")).unwrap();
        let lines = queries(&[]);
        for (component, _) in CONDITIONS {
            let (_, inner) = source.split_once(&format!("<Component Id=\"{component}\"")).expect(component);
            let (inner, _) = inner.split_once("</Component>").expect(component);
            let key_path = inner.lines().find(|line| line.contains("KeyPath=\"yes\"")).expect(component);
            assert!(key_path.contains("<RegistryValue ") && inner.contains("Win64=\"yes\""), "{component}");
            let asked = format!("UPDATE Component SET Attributes = 324 WHERE Component = '{component}'");
            assert!(lines.contains(&asked), "{component}");
        }
    }
}
