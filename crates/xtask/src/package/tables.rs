//! Rules for the tables of an MSI, read by `msiinfo`: what breaks in the hands of a fleet, found before (Microsoft's ICE validation runs on
//! Windows only).

use super::msi::{self, PROPERTIES};
use crate::tools::{self, TaskError};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// The rows of a table, each by the names of its columns.
type Rows = Vec<BTreeMap<String, String>>;

/// A sentence for every breach.
///
/// # Errors
/// It is no MSI.
pub fn check(file: &Path) -> Result<Vec<String>, TaskError> {
    let table = |name: &str| {
        let text = tools::output(Command::new("msiinfo").arg("export").arg(file).arg(name));
        text.map(|text| rows(&text)).ok_or_else(|| TaskError::Failed(format!("msiinfo export {name}")))
    };
    let summary = tools::output(Command::new("msiinfo").arg("suminfo").arg(file)).unwrap_or_default();
    // The table of icons is not exported: msiinfo writes what is in it beside whoever asks.
    let streams = tools::output(Command::new("msiinfo").arg("streams").arg(file))
        .ok_or_else(|| TaskError::Failed("msiinfo streams".into()))?;
    let mut breaches = properties(&table("Property")?);
    breaches.extend(icons(&table("Property")?, &streams, &table("Shortcut")?));
    breaches.extend(components(&table("Component")?, &table("File")?, &table("Registry")?));
    breaches.extend(upgrades(&table("Upgrade")?, &table("LaunchCondition")?, &table("InstallExecuteSequence")?));
    breaches.extend(registry(&table("Registry")?));
    breaches.extend(versions(&table("File")?, &table("MsiFileHash")?));
    for line in ["Template: x64;1033", "Source: 2 "] {
        if !summary.lines().any(|found| found.starts_with(line)) {
            breaches.push(format!("its summary has no \"{line}\": not for 64 bits, or not compressed"));
        }
    }
    Ok(breaches)
}

/// The first line names the columns, the second their types, the third the table.
fn rows(export: &str) -> Rows {
    let mut lines = export.lines().map(|line| line.split('\t'));
    let columns: Vec<_> = lines.next().map(|names| names.map(str::to_owned).collect()).unwrap_or_default();
    lines.skip(2).map(|values| columns.iter().cloned().zip(values.map(str::to_owned)).collect()).collect()
}

fn get<'a>(row: &'a BTreeMap<String, String>, name: &str) -> &'a str {
    row.get(name).map_or("", String::as_str)
}

fn properties(table: &Rows) -> Vec<String> {
    let value = |name: &str| table.iter().find(|row| get(row, "Property") == name).map_or("", |row| get(row, "Value"));
    let secure: BTreeSet<_> = value("SecureCustomProperties").split(';').collect();
    let mut breaches: Vec<_> = PROPERTIES
        .iter()
        .chain(&["WIX_DOWNGRADE_DETECTED", "WIX_UPGRADE_DETECTED"])
        .filter(|name| !secure.contains(**name))
        .map(|name| format!("{name} does not reach the installing service"))
        .collect();
    if value("ALLUSERS") != "1" {
        breaches.push("it is not for the whole machine".into());
    }
    if value("UpgradeCode") != msi::upgrade_code() {
        breaches.push("it belongs to another product".into());
    }
    if !value("REINSTALLMODE").contains('a') {
        breaches.push("an upgrade leaves out what is on the disk already, and takes it away".into());
    }
    if value("REBOOT") != "ReallySuppress" {
        breaches.push("it starts computers anew without a word".into());
    }
    breaches
}

fn components(table: &Rows, files: &Rows, values: &Rows) -> Vec<String> {
    let mut breaches = Vec::new();
    let mut seen = BTreeSet::new();
    for row in table {
        let (name, id, key) = (get(row, "Component"), get(row, "ComponentId"), get(row, "KeyPath"));
        if !seen.insert(id) {
            breaches.push(format!("{name} has the identifier of another component"));
        }
        let belongs = |rows: &Rows, column: &str| {
            rows.iter().any(|row| get(row, column) == key && get(row, "Component_") == name)
        };
        if key.is_empty() || !(belongs(files, "File") || belongs(values, "Registry")) {
            breaches.push(format!("{name} has no key path of its own: a repair does not see that it is gone"));
        }
        let attributes = get(row, "Attributes").parse::<u32>().unwrap_or(0);
        // msidbComponentAttributes64bit
        if attributes & 256 == 0 {
            breaches.push(format!("{name} is not for 64 bits"));
        }
        // msidbComponentAttributesRegistryKeyPath
        if (attributes & 4 != 0) != belongs(values, "Registry") {
            breaches.push(format!("{name} has its key path in another table than it says"));
        }
        // msidbComponentAttributesTransitive
        if !get(row, "Condition").is_empty() && attributes & 64 == 0 {
            breaches.push(format!("{name} keeps to its first condition: a property given later changes nothing"));
        }
    }
    breaches
}

fn upgrades(upgrade: &Rows, conditions: &Rows, sequence: &Rows) -> Vec<String> {
    let mut breaches = Vec::new();
    let finds = |property: &str, attribute: u32| {
        upgrade.iter().any(|row| {
            get(row, "ActionProperty") == property
                && get(row, "Attributes").parse::<u32>().unwrap_or(0) & attribute == attribute
                && get(row, "UpgradeCode") == msi::upgrade_code()
        })
    };
    // msidbUpgradeAttributesOnlyDetect
    if !finds("WIX_UPGRADE_DETECTED", 0) || !finds("WIX_DOWNGRADE_DETECTED", 2) {
        breaches.push("it does not look for other versions".into());
    }
    if !conditions.iter().any(|row| get(row, "Condition").contains("NOT WIX_DOWNGRADE_DETECTED")) {
        breaches.push("it goes over a newer version".into());
    }
    let number = |row: &BTreeMap<String, String>| get(row, "Sequence").parse::<u32>().ok();
    let at = |action: &str| sequence.iter().find(|row| get(row, "Action") == action).and_then(number);
    match at("RemoveExistingProducts") {
        None => breaches.push("it leaves the older version there".into()),
        // Before the newer one's transaction the older one is gone for good where the newer one fails, and what was remembered with it; in
        // it nothing may be begun before. Behind what is laid the older one, which goes last, would take values along that the newer one has
        // written by a component of another name (`DesktopShortcut` is 1 by one and 0 by another): what was remembered is gone, too.
        removal => {
            let begin = at("InstallInitialize");
            let others = sequence.iter().filter(|row| get(row, "Action") != "RemoveExistingProducts");
            let next = others.filter_map(number).filter(|at| Some(*at) > begin).min();
            let is_first = begin.is_some() && begin < removal && (next.is_none() || removal < next);
            if !is_first {
                breaches
                    .push("it takes the older version away at another time than first in its own transaction".into());
            }
        }
    }
    for property in PROPERTIES {
        let kept = at(&format!("Keep{property}"));
        let in_order = kept.zip(at("AppSearch")).zip(at("LaunchConditions"));
        if !in_order.is_some_and(|((kept, search), next)| search < kept && kept < next) {
            breaches.push(format!("an upgrade forgets {property}"));
        }
    }
    breaches
}

/// What bears a version on the disk has to have one here, and no sum beside it.
fn versions(files: &Rows, sums: &Rows) -> Vec<String> {
    let mut breaches = Vec::new();
    for row in files {
        let name = get(row, "FileName");
        let bears = [".exe", ".dll"].iter().any(|end| name.to_lowercase().ends_with(end));
        let numbers: Result<Vec<u16>, _> = get(row, "Version").split('.').map(str::parse).collect();
        let is_known = numbers.is_ok_and(|numbers| numbers.len() == 4) && get(row, "Language").parse::<u16>().is_ok();
        if bears && !is_known {
            breaches.push(format!("{name} has no version or language here: what is on the disk is newer to Windows"));
        }
        if bears && sums.iter().any(|sum| get(sum, "File_") == get(row, "File")) {
            breaches.push(format!("{name} has a sum, which is for files without a version"));
        }
    }
    breaches
}

/// An icon is kept under the product of one version and goes with it: good for the list of programs, not for what people copy and pin.
fn icons(properties: &Rows, streams: &str, shortcuts: &Rows) -> Vec<String> {
    let names: Vec<_> = streams.lines().filter_map(|stream| stream.trim().strip_prefix("Icon.")).collect();
    let hidden = names.iter().filter(|name| !name.ends_with(".ico") && !name.ends_with(".exe"));
    let mut breaches: Vec<_> = hidden
        .map(|name| format!("the icon {name} ends with neither .ico nor .exe: Windows may not show it"))
        .collect();
    for row in shortcuts.iter().filter(|row| !get(row, "Icon_").is_empty()) {
        breaches
            .push(format!("{} has an icon that an upgrade takes away, and not its program's", get(row, "Shortcut")));
    }
    let listed = properties.iter().find(|row| get(row, "Property") == "ARPPRODUCTICON");
    if !listed.is_some_and(|row| names.contains(&get(row, "Value"))) {
        breaches.push("the list of programs has no icon of it".into());
    }
    breaches
}

fn registry(table: &Rows) -> Vec<String> {
    let mut breaches = Vec::new();
    for row in table {
        let key = get(row, "Key");
        if key.ends_with('\\') {
            breaches.push(format!("the key {key} ends with a backslash"));
        }
        // What an administrator or Group Policy wrote is not ours to write or to remove.
        if key.to_lowercase().starts_with(r"software\policies") {
            breaches.push(format!("it writes into the policies: {key}"));
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_is_read_by_its_columns() {
        let rows = rows(
            "Component\tComponentId\tAttributes\tCondition\tKeyPath\ns72\tS38\ti2\tS255\tS72\nComponent\tComponent\nA\t{1}\t256\t\tf\n",
        );
        assert_eq!(rows.len(), 1);
        assert_eq!(get(&rows[0], "KeyPath"), "f");
        assert_eq!(get(&rows[0], "Condition"), "");
    }

    #[test]
    fn components_that_a_repair_does_not_see_are_found() {
        let table = rows("Component\tComponentId\tAttributes\tKeyPath\n\n\nA\t{1}\t256\tf\nB\t{1}\t0\tg\n");
        let files = rows("File\tComponent_\n\n\nf\tA\n");
        let breaches = components(&table, &files, &Rows::new());
        assert_eq!(breaches.len(), 3, "{breaches:?}");
        assert!(breaches.iter().all(|breach| breach.starts_with('B')));
    }

    #[test]
    fn what_keeps_to_its_first_condition_or_has_its_key_path_elsewhere_is_found() {
        let table = rows(
            "Component\tComponentId\tAttributes\tCondition\tKeyPath\n\n\nA\t{1}\t324\tX\tr\nB\t{2}\t260\tX\ts\nC\t{3}\t320\tX\tt\nD\t{4}\t260\t\tf\n",
        );
        let values = rows("Registry\tComponent_\n\n\nr\tA\ns\tB\nt\tC\n");
        let breaches = components(&table, &rows("File\tComponent_\n\n\nf\tD\n"), &values);
        assert_eq!(breaches.len(), 3, "{breaches:?}");
        assert!(breaches[0].starts_with("B keeps") && breaches[1].starts_with("C has its key path"), "{breaches:?}");
        assert!(breaches[2].starts_with("D has its key path"), "{breaches:?}");
    }

    #[test]
    fn policies_are_not_ours_to_write() {
        let table = rows("Key\n\n\nSoftware\\Policies\\Visavis\nSoftware\\Visavis\\\nSoftware\\Visavis\n");
        assert_eq!(registry(&table).len(), 2);
    }

    #[test]
    fn a_package_that_forgets_and_overwrites_is_found() {
        let none = Rows::new();
        assert_eq!(upgrades(&none, &none, &none).len(), 3 + PROPERTIES.len());
        assert_eq!(properties(&none).len(), PROPERTIES.len() + 6);
    }

    #[test]
    fn the_older_version_goes_first_in_the_transaction_of_the_newer_one() {
        let none = Rows::new();
        let breaches = |removal: u32| {
            let text = format!(
                "Action\tSequence\n\n\nInstallValidate\t1400\nInstallInitialize\t1500\nRemoveExistingProducts\t{removal}\nAllocateRegistrySpace\t1550\nProcessComponents\t1600\n"
            );
            upgrades(&none, &none, &rows(&text)).len() - 2 - PROPERTIES.len()
        };
        assert_eq!(breaches(1501), 0);
        // Before the transaction; at a place that is taken; behind what has begun.
        assert_eq!([900, 1401, 1500, 1550, 1590, 6601].map(breaches), [1; 6]);
        let without = rows("Action\tSequence\n\n\nInstallValidate\t1400\nRemoveExistingProducts\t1501\n");
        assert_eq!(upgrades(&none, &none, &without).len() - 2 - PROPERTIES.len(), 1, "no transaction");
    }

    #[test]
    fn icons_that_are_not_shown_or_go_with_an_upgrade_are_found() {
        let listed = |name: &str| rows(&format!("Property\tValue\n\n\nARPPRODUCTICON\t{name}\n"));
        let shortcuts = rows("Shortcut\tIcon_\n\n\nMenu\t\nDesk\tvisavis.ico\n");
        let streams = "visavis.cab\r\nIcon.visavis.ico\r\n";
        let breaches = icons(&listed("visavis.ico"), streams, &shortcuts);
        assert_eq!(breaches.len(), 1, "{breaches:?}");
        assert!(breaches[0].starts_with("Desk has an icon"), "{breaches:?}");
        let breaches = icons(&listed("VisavisIcon"), "Icon.VisavisIcon\n", &Rows::new());
        assert_eq!(breaches.len(), 1, "{breaches:?}");
        assert!(breaches[0].starts_with("the icon VisavisIcon ends"), "{breaches:?}");
        assert_eq!(icons(&Rows::new(), streams, &Rows::new()).len(), 1, "nothing for the list");
    }

    #[test]
    fn programs_without_a_version_are_found() {
        let files = rows(
            "File\tFileName\tVersion\tLanguage\n\n\nA\tvisavis.exe\t0.1.0.0\t0\nB\tLOADER~1.DLL|Loader.DLL\t\t\nC\tx.dll\t1.0.0.0\t\nD\tLICENSE.txt\t\t\n",
        );
        let sums = rows("File_\n\n\nA\nD\n");
        let breaches = versions(&files, &sums);
        assert_eq!(breaches.len(), 3, "{breaches:?}");
        assert!(breaches[0].starts_with("visavis.exe has a sum"), "{breaches:?}");
        assert!(breaches[1].contains("Loader.DLL has no version") && breaches[2].starts_with("x.dll"), "{breaches:?}");
    }
}
