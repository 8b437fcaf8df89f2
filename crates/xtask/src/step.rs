//! Steps of a task: what goes on, how long it took, and what the test runners in it counted.

use crate::tools::TaskError;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Tells a person what goes on.
pub fn say(text: &str) {
    println!("xtask: {text}");
    // A closed pipe shows at the next print.
    let _ = std::io::stdout().flush();
}

/// How many checks and tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub passed: u64,
    pub failed: u64,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// The steps of one run.
#[derive(Debug, Default)]
pub struct Steps {
    done: Vec<(String, Duration, bool)>,
    count: Count,
}

impl Steps {
    /// Runs a command. What its test runner counts is counted; a command that counts nothing is one check.
    pub fn command(&mut self, name: &str, command: &mut Command) -> bool {
        say(&format!("── {name}"));
        let start = Instant::now();
        let (succeeded, mut count) = watch(command).unwrap_or_else(|error| {
            eprintln!("xtask: {name}: {error}");
            (false, Count::default())
        });
        if count == Count::default() || (!succeeded && count.failed == 0) {
            count.add(Count { passed: u64::from(succeeded), failed: u64::from(!succeeded) });
        }
        self.finish(name, start, succeeded, count)
    }

    /// Runs tests that measure whole calls, and those that failed once more, alone.
    ///
    /// Pictures a second, gaps and delays are measured on the machine that also runs the server and the peers: where another
    /// program takes a core for seconds, a call suffers that is sound. What fails twice has failed; what needed a second look
    /// is said. `command` gets the names of the tests to run, none for all.
    pub fn measured(&mut self, name: &str, command: impl Fn(&[String]) -> Command) -> bool {
        say(&format!("── {name}"));
        let start = Instant::now();
        let first = watch_tests(&mut command(&[])).unwrap_or_else(|error| {
            eprintln!("xtask: {name}: {error}");
            Run::default()
        });
        let (mut succeeded, mut count) = (first.succeeded, first.count);
        if !first.succeeded && !first.failed.is_empty() {
            say(&format!("{name}: a second look at {}", first.failed.join(", ")));
            let second = watch_tests(&mut command(&first.failed)).unwrap_or_default();
            succeeded = second.succeeded && second.count.passed == first.failed.len() as u64;
            if succeeded {
                say(&format!("{name}: needed a second look: {}", first.failed.join(", ")));
                count = Count { passed: count.passed + second.count.passed, failed: 0 };
            }
        }
        if count == Count::default() || (!succeeded && count.failed == 0) {
            count.add(Count { passed: u64::from(succeeded), failed: u64::from(!succeeded) });
        }
        self.finish(name, start, succeeded, count)
    }

    /// Runs a check of our own.
    pub fn check(&mut self, name: &str, check: impl FnOnce() -> Result<(), TaskError>) -> bool {
        say(&format!("── {name}"));
        let start = Instant::now();
        let result = check();
        if let Err(error) = &result {
            eprintln!("xtask: {name}: {error}");
        }
        let count = Count { passed: u64::from(result.is_ok()), failed: u64::from(result.is_err()) };
        self.finish(name, start, result.is_ok(), count)
    }

    fn finish(&mut self, name: &str, start: Instant, succeeded: bool, count: Count) -> bool {
        self.count.add(count);
        let taken = start.elapsed();
        say(&format!("── {name}: {} in {:.1} s", if succeeded { "passed" } else { "FAILED" }, taken.as_secs_f64()));
        self.done.push((name.to_owned(), taken, succeeded));
        succeeded
    }

    /// Prints the table of steps and the closing line.
    ///
    /// # Errors
    /// A step failed.
    pub fn close(self) -> Result<(), TaskError> {
        println!();
        for (name, taken, succeeded) in &self.done {
            println!("{:>8.1} s  {:<7} {name}", taken.as_secs_f64(), if *succeeded { "passed" } else { "FAILED" });
        }
        println!("\n{} passed, {} failed", self.count.passed, self.count.failed);
        let failed: Vec<_> =
            self.done.iter().filter(|(.., succeeded)| !succeeded).map(|(name, ..)| name.as_str()).collect();
        if failed.is_empty() { Ok(()) } else { Err(TaskError::Failed(format!("failed: {}", failed.join(", ")))) }
    }
}

/// What became of a test runner.
#[derive(Debug, Default)]
struct Run {
    succeeded: bool,
    count: Count,
    /// Names of the tests that failed.
    failed: Vec<String>,
}

/// Runs a command, shows what it prints on standard output, and counts.
fn watch(command: &mut Command) -> Result<(bool, Count), TaskError> {
    watch_tests(command).map(|run| (run.succeeded, run.count))
}

/// [`watch`], with the names that cargo's test runner lists under `failures:`.
fn watch_tests(command: &mut Command) -> Result<Run, TaskError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|source| TaskError::Start { program, source })?;
    let mut run = Run::default();
    let mut listing = false;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = String::from_utf8_lossy(&line?).into_owned();
            println!("{line}");
            run.count.add(counted(&line));
            // The list is printed twice, with messages and without; only names are indented by four blanks and one word.
            let name = line.strip_prefix("    ").filter(|name| listing && !name.is_empty() && !name.contains(' '));
            if let Some(name) = name {
                run.failed.push(name.to_owned());
            } else {
                listing = line == "failures:" || (listing && line.is_empty());
            }
        }
    }
    run.failed.sort();
    run.failed.dedup();
    run.succeeded = child.wait()?.success();
    Ok(run)
}

/// What a closing line of cargo's or Vitest's test runner says; nothing for any other line.
pub fn counted(line: &str) -> Count {
    let plain = without_colours(line);
    let line = plain.trim();
    let is_closing =
        line.starts_with("test result: ") || line.strip_prefix("Tests ").is_some_and(|rest| rest.contains('('));
    if !is_closing {
        return Count::default();
    }
    let words: Vec<_> =
        line.split(|c: char| c.is_whitespace() || ";|,.".contains(c)).filter(|word| !word.is_empty()).collect();
    let number_before = |name: &str| {
        words.windows(2).find(|pair| pair[1] == name).and_then(|pair| pair[0].parse().ok()).unwrap_or_default()
    };
    Count { passed: number_before("passed"), failed: number_before("failed") }
}

fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_counted() {
        let cargo = "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.01s";
        assert_eq!(counted(cargo), Count { passed: 12, failed: 0 });
        let failed = "test result: FAILED. 5 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(counted(failed), Count { passed: 5, failed: 2 });
        assert_eq!(counted("      Tests  41 passed (41)"), Count { passed: 41, failed: 0 });
        let coloured =
            "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[31m1 failed\u{1b}[39m | \u{1b}[32m3 passed\u{1b}[39m (4)";
        assert_eq!(counted(coloured), Count { passed: 3, failed: 1 });
    }

    #[test]
    fn other_lines_are_not() {
        for line in ["test one ... ok", " Test Files  3 passed (3)", "5 passed", ""] {
            assert_eq!(counted(line), Count::default(), "{line}");
        }
    }

    #[test]
    fn a_command_that_counts_nothing_is_one_check() {
        let mut steps = Steps::default();
        assert!(steps.command("true", &mut Command::new("true")));
        assert!(!steps.command("false", &mut Command::new("false")));
        assert!(!steps.command("missing", &mut Command::new("no-such-program-here")));
        assert_eq!(steps.count, Count { passed: 1, failed: 2 });
        assert!(steps.close().is_err());
    }

    #[test]
    fn what_fails_once_is_looked_at_once_more_and_what_fails_twice_has_failed() {
        let script = |names: &[String], second: &str| {
            let first = "echo 'failures:'; echo; echo 'failures:'; echo '    a::b'; echo; \
                         echo 'test result: FAILED. 1 passed; 1 failed; 0 ignored'; exit 1";
            let mut command = Command::new("sh");
            command.args(["-c", if names.is_empty() { first } else { second }]);
            command
        };
        let mut steps = Steps::default();
        let good = "echo 'test result: ok. 1 passed; 0 failed; 0 ignored'";
        assert!(steps.measured("call", |names| script(names, good)));
        assert_eq!(steps.count, Count { passed: 2, failed: 0 });
        let bad = "echo 'test result: FAILED. 0 passed; 1 failed; 0 ignored'; exit 1";
        assert!(!steps.measured("call", |names| script(names, bad)));
        assert_eq!(steps.count, Count { passed: 3, failed: 1 });
        // A second run that runs nothing is no pass.
        assert!(!steps.measured("call", |names| script(names, "true")));
    }

    #[test]
    fn a_crash_after_passing_tests_is_a_failure() {
        let mut steps = Steps::default();
        let script = "echo 'test result: ok. 2 passed; 0 failed; 0 ignored'; exit 1";
        assert!(!steps.command("crash", Command::new("sh").args(["-c", script])));
        assert_eq!(steps.count, Count { passed: 2, failed: 1 });
    }
}
