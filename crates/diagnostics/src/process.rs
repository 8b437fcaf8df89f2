//! What this process has cost so far.

use std::time::Duration;
use visavis_model::ProcessUse;

/// CPU seconds of all threads and the peak of resident memory, from the system.
///
/// Linux: `/proc/self/stat` and `VmHWM`. `None` where the system gives no such figures.
#[cfg(target_os = "linux")]
pub fn process_use() -> Option<ProcessUse> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    Some(ProcessUse { cpu_seconds: cpu_seconds(&stat)?, peak_memory_bytes: peak_memory(&status)? })
}

/// CPU seconds of all threads and the peak of resident memory, from the system.
#[cfg(not(target_os = "linux"))]
pub fn process_use() -> Option<ProcessUse> {
    None
}

/// Clock ticks a second in `/proc`: 100 on every Linux architecture that we build for (`man 5 proc`).
#[cfg(target_os = "linux")]
const TICKS_PER_SECOND: f64 = 100.0;

#[cfg(target_os = "linux")]
fn cpu_seconds(stat: &str) -> Option<f64> {
    // The command's name may hold anything; fields are counted from after its closing parenthesis.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some((user + system) / TICKS_PER_SECOND)
}

#[cfg(target_os = "linux")]
fn peak_memory(status: &str) -> Option<u64> {
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_ascii_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}

/// How long ago the system started this process: what a user waits includes the loading of libraries.
///
/// Linux: `starttime` of `/proc/self/stat` against `/proc/uptime`, to 10 ms. Zero where the system does not say.
pub fn process_age() -> Duration {
    #[cfg(target_os = "linux")]
    {
        let read = |path: &str| std::fs::read_to_string(path).ok();
        let age = read("/proc/self/stat").zip(read("/proc/uptime")).and_then(|(stat, uptime)| age(&stat, &uptime));
        age.unwrap_or_default()
    }
    #[cfg(not(target_os = "linux"))]
    Duration::ZERO
}

#[cfg(target_os = "linux")]
fn age(stat: &str, uptime: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let started: f64 = fields.split_ascii_whitespace().nth(19)?.parse().ok()?;
    let up: f64 = uptime.split_ascii_whitespace().next()?.parse().ok()?;
    Duration::try_from_secs_f64(up - started / TICKS_PER_SECOND).ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn fields_are_counted_after_a_name_with_blanks_and_brackets() {
        let stat = "7 (a ) b) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0";
        assert_eq!(cpu_seconds(stat), Some(3.0));
        assert_eq!(peak_memory("Name: x\nVmHWM:\t  2048 kB\n"), Some(2048 * 1024));
        assert_eq!(cpu_seconds("nonsense"), None);
    }

    #[test]
    fn the_age_is_the_time_since_the_start() {
        let stat = format!("7 (a) b) S {}500 0", "0 ".repeat(18));
        assert_eq!(age(&stat, "12.50 3.00"), Some(Duration::from_millis(7_500)));
        assert_eq!(age(&stat, "1.0"), None);
        assert!(process_age() < Duration::from_secs(3600));
    }

    #[test]
    fn this_process_uses_something() {
        let used = process_use().expect("linux tells");
        assert!(used.peak_memory_bytes > 1024 * 1024);
    }
}
