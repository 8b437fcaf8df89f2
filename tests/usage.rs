//! Processor time and memory of a program with everything that it started, from `/proc` (proc(5)).

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Clock ticks a second: a constant of Linux' interface to programs.
const TICKS: f64 = 100.0;

/// What a tree of processes used.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    pub cpu_seconds: f64,
    /// Proportional set size: shared pages counted once over all who share them, in bytes.
    pub pss_bytes: u64,
    pub processes: usize,
}

/// The processor time of each process in the tree, to be compared with a later one.
#[derive(Clone, Debug)]
pub struct Start(BTreeMap<u32, f64>);

/// Notes where the tree of `root` stands now.
pub fn start(root: u32) -> Start {
    Start(tree(root).into_iter().map(|id| (id, cpu_seconds(id))).collect())
}

/// What the tree of `root` used since then, and its memory now.
///
/// A process that ended in between counts no more; one that began counts from its beginning.
pub fn since(start: &Start, root: u32) -> Usage {
    let processes = tree(root);
    Usage {
        cpu_seconds: processes.iter().map(|id| cpu_seconds(*id) - start.0.get(id).copied().unwrap_or(0.0)).sum(),
        pss_bytes: processes.iter().map(|id| pss_bytes(*id)).sum(),
        processes: processes.len(),
    }
}

/// The first process in the tree of `root` that runs this program.
pub fn find(root: u32, program: &std::path::Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    // Not by its path, which is another one in a file system of its own.
    let file = |path: &std::path::Path| std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()));
    let wanted = file(program)?;
    tree(root).into_iter().find(|id| file(&proc(*id, "exe")) == Some(wanted))
}

/// The processes in the tree of `root` whose program's file has this name.
pub fn named(root: u32, name: &str) -> Vec<u32> {
    let is = |id: &u32| {
        std::fs::read_link(proc(*id, "exe")).is_ok_and(|exe| exe.file_name().is_some_and(|file| file == name))
    };
    tree(root).into_iter().filter(is).collect()
}

/// What all cores of the machine worked since it came up, in seconds of one core.
pub fn machine_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let Some(line) = text.lines().find_map(|line| line.strip_prefix("cpu ")) else { return 0.0 };
    let ticks: Vec<f64> = line.split_whitespace().filter_map(|ticks| ticks.parse().ok()).collect();
    // user, nice, system, idle, iowait, irq, softirq, steal; what guests did is in user already.
    [0, 1, 2, 5, 6, 7].into_iter().filter_map(|at| ticks.get(at)).sum::<f64>() / TICKS
}

/// `root` and all its descendants, `root` first.
fn tree(root: u32) -> Vec<u32> {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        if let Some(parent) = fields(id).and_then(|fields| fields.get(1)?.parse().ok()) {
            children.entry(parent).or_default().push(id);
        }
    }
    let mut found = vec![root];
    let mut next = 0;
    while let Some(id) = found.get(next).copied() {
        found.extend(children.remove(&id).unwrap_or_default());
        next += 1;
    }
    found
}

/// The fields of `stat` after the program's name: state, parent, …
fn fields(id: u32) -> Option<Vec<String>> {
    let stat = std::fs::read_to_string(proc(id, "stat")).ok()?;
    // The name is in brackets and may hold anything, brackets too.
    let (_, rest) = stat.rsplit_once(')')?;
    Some(rest.split_whitespace().map(str::to_owned).collect())
}

/// utime and stime, fields 14 and 15 of `stat`.
fn cpu_seconds(id: u32) -> f64 {
    let ticks =
        |fields: &[String], index: usize| fields.get(index).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    fields(id).map_or(0.0, |fields| (ticks(&fields, 11) + ticks(&fields, 12)) / TICKS)
}

fn pss_bytes(id: u32) -> u64 {
    let text = std::fs::read_to_string(proc(id, "smaps_rollup")).unwrap_or_default();
    let kilobytes =
        text.lines().find_map(|line| line.strip_prefix("Pss:")?.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

fn proc(id: u32, file: &str) -> PathBuf {
    PathBuf::from(format!("/proc/{id}/{file}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_child_belongs_to_the_tree_and_its_work_is_counted() {
        let me = std::process::id();
        let start = start(me);
        let mut child = Command::new("sh").args(["-c", "while :; do :; done"]).spawn().unwrap();
        let counted = crate::wait::until("processor time", std::time::Duration::from_secs(20), || {
            let usage = since(&start, me);
            (usage.cpu_seconds > 0.05 && usage.processes >= 2 && usage.pss_bytes > 0).then_some(())
        });
        let found = find(me, std::path::Path::new("/bin/sh"));
        let shell = std::fs::canonicalize("/bin/sh").unwrap();
        let alike = named(me, &shell.file_name().unwrap().to_string_lossy());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(counted.is_ok());
        assert_eq!(found, Some(child.id()));
        assert!(alike.contains(&child.id()) && !alike.contains(&me));
        assert!(machine_seconds() > 0.05);
    }
}
