//! Our window in a large meeting, measured part by part.

use crate::step::say;
use crate::tools::TaskError;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use visavis_model::{Report, TrackId};
use visavis_tests::desktop::Desktop;
use visavis_tests::usage;
use visavis_tests::webdriver::{Element, PATIENCE, WebDriverError, Window};
use visavis_tests::{places, wait};

/// How often a part does something.
const STEP: Duration = Duration::from_millis(500);
/// The report is written every second.
const REPORT: Duration = Duration::from_millis(2200);
const SHELL_PAGE: &str = "WebKitWebProcess";
/// Notes how long each frame lasts, from one to the next.
const NOTE: &str = "
    const noted = (window.frames = { last: performance.now(), count: 0, slowest: 0, over: 0 });
    const step = () => {
      const now = performance.now();
      const gap = now - noted.last;
      noted.last = now;
      noted.count += 1;
      noted.slowest = Math.max(noted.slowest, gap);
      if (gap > 100) noted.over += 1;
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);";
/// What was noted, and a new beginning.
const READ: &str = "
    const { count, slowest, over } = window.frames;
    Object.assign(window.frames, { count: 0, slowest: 0, over: 0 });
    return [count, slowest, over];";
/// Tiles with somebody's picture.
const TILES: &str = r#"return document.querySelectorAll('[data-testid="tile"][data-video="showing"]').length;"#;

/// One part of the meeting, measured. Processor time is in cores.
pub struct Part {
    pub name: &'static str,
    /// A second.
    pub frames: f64,
    /// In milliseconds.
    pub slowest: f64,
    /// Frames of more than 100 ms.
    pub over: f64,
    pub page: f64,
    pub window: f64,
    /// Everything on this machine: where it has nothing left, frames are late through others.
    pub machine: f64,
    /// Pictures of so many people were decoded, after the part.
    pub decoded: usize,
    /// And so many had a tile with one.
    pub on_page: usize,
    pub pss: u64,
}

/// The window and what it is looked at with.
pub struct Watch<'a> {
    seconds: u64,
    desktop: &'a Desktop,
    window: Window,
    report: PathBuf,
    shell: u32,
}

impl<'a> Watch<'a> {
    /// In the meeting. `link`: to it, and its server.
    ///
    /// # Errors
    /// The window does not come up, or not into the meeting.
    pub fn open(
        desktop: &'a Desktop,
        folder: &Path,
        (link, base): (&str, &str),
        seconds: u64,
    ) -> Result<Self, TaskError> {
        let report = folder.join("visavis.report.json");
        let path = report.to_string_lossy().into_owned();
        let options = [link, "--direct", "--server", base, "--camera", "off", "--microphone", "off"];
        let options = [&options[..], &["--language", "fr", "--name", "Camille", "--report", &path]].concat();
        let window = Window::open(desktop, folder, &options).map_err(failed)?;
        window.phase("in_meeting").map_err(failed)?;
        let shell = wait::until("the window's process", PATIENCE, || usage::find(window.id(), &places::binary()))?;
        window.script(NOTE).map_err(failed)?;
        Ok(Self { seconds, desktop, window, report, shell })
    }

    /// Waits until so many people are there, ourselves with them.
    ///
    /// # Errors
    /// They are not.
    pub fn everybody(&self, people: usize) -> Result<(), TaskError> {
        let count = format!("{people} personnes");
        let all = || {
            let label = self.window.find("toggle-people", "").ok()?.attribute("aria-label").ok()??;
            label.contains(&count).then_some(())
        };
        Ok(wait::until("everybody", PATIENCE, all)?)
    }

    /// Does something twice a second for a while, and looks what that costs.
    ///
    /// # Errors
    /// As `act` says, or the window is gone.
    pub fn part(
        &mut self,
        name: &'static str,
        mut act: impl FnMut(&mut Self, usize) -> Result<(), TaskError>,
    ) -> Result<Part, TaskError> {
        say(name);
        self.window.script(READ).map_err(failed)?;
        let pages: Vec<_> = usage::named(self.shell, SHELL_PAGE).into_iter().map(|id| (id, usage::start(id))).collect();
        let (all, machine, began) = (usage::start(self.shell), usage::machine_seconds(), Instant::now());
        let mut step = 0;
        while began.elapsed().as_secs() < self.seconds {
            act(self, step)?;
            step += 1;
            std::thread::sleep(STEP);
        }
        let seconds = began.elapsed().as_secs_f64();
        let (all, machine) = (usage::since(&all, self.shell), usage::machine_seconds() - machine);
        let page: f64 = pages.iter().map(|(id, start)| usage::since(start, *id).cpu_seconds).sum();
        let noted = self.window.script(READ).map_err(failed)?;
        let number = |index: usize| noted[index].as_f64().unwrap_or(f64::NAN);
        let (on_page, decoded) = self.pictures()?;
        Ok(Part {
            name,
            frames: number(0) / seconds,
            slowest: number(1),
            over: number(2),
            page: page / seconds,
            window: (all.cpu_seconds - page) / seconds,
            machine: machine / seconds,
            decoded,
            on_page,
            pss: all.pss_bytes,
        })
    }

    /// The list of people is open, or not.
    ///
    /// # Errors
    /// It does not open or close.
    pub fn list(&self, open: bool) -> Result<(), TaskError> {
        let is = || self.window.count("panel-people").is_ok_and(|count| (count > 0) == open);
        if !is() {
            self.keys(&super::LIST)?;
        }
        Ok(wait::until("the list", PATIENCE, || is().then_some(()))?)
    }

    /// # Errors
    /// Nothing has this `data-testid`.
    pub fn find(&self, test_id: &str) -> Result<Element<'_>, TaskError> {
        self.window.find(test_id, "").map_err(failed)
    }

    /// The words of `xdotool`.
    ///
    /// # Errors
    /// It fails.
    pub fn keys(&self, words: &[&str]) -> Result<(), TaskError> {
        self.desktop.input(words)?;
        Ok(())
    }

    /// # Errors
    /// The screen is gone.
    pub fn shot(&self, name: &str) -> Result<(), TaskError> {
        self.desktop.screenshot(name)?;
        Ok(())
    }

    /// How many tiles have a picture, and the pictures of how many people are decoded, now that nothing changes.
    fn pictures(&self) -> Result<(usize, usize), TaskError> {
        // What was asked for in the last moment has come, what is wanted no more has ended.
        std::thread::sleep(REPORT);
        let before = self.decoded();
        std::thread::sleep(REPORT);
        let after = self.decoded();
        let more = after.iter().filter(|(track, frames)| before.get(track).copied().unwrap_or(0) < **frames);
        let tiles = self.window.script(TILES).map_err(failed)?;
        Ok((tiles.as_u64().and_then(|count| count.try_into().ok()).unwrap_or(0), more.count()))
    }

    /// How many pictures of each track were decoded so far.
    fn decoded(&self) -> BTreeMap<TrackId, u64> {
        let report = std::fs::read(&self.report).ok().and_then(|bytes| serde_json::from_slice::<Report>(&bytes).ok());
        let tracks = report.into_iter().flat_map(|report| report.remote);
        tracks.filter_map(|track| Some((track.track, track.video?.frames_decoded))).collect()
    }
}

pub fn failed(error: WebDriverError) -> TaskError {
    TaskError::Failed(error.to_string())
}
