//! The part of W3C WebDriver that our window needs, against WebKitGTK's own driver.

use crate::desktop::Desktop;
use crate::places;
use crate::process::Process;
use crate::servers::{ServerError, free_port};
use crate::wait::{self, TimedOut};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use thiserror::Error;

/// For one request: a page is slow on a busy machine.
const REQUEST: Duration = Duration::from_secs(60);
/// For something to appear on the page.
pub const PATIENCE: Duration = Duration::from_secs(40);

#[derive(Debug, Error)]
pub enum WebDriverError {
    #[error("the driver does not answer: {0}")]
    Transport(String),
    #[error("the driver refuses {request}: {answer}")]
    Refused { request: String, answer: String },
    #[error(transparent)]
    TimedOut(#[from] TimedOut),
    #[error(transparent)]
    Server(#[from] ServerError),
}

/// The application's window, driven as a person drives it.
pub struct Window {
    agent: ureq::Agent,
    base: String,
    driver: Process,
}

impl Window {
    /// Opens the application on that desktop with these arguments.
    ///
    /// # Errors
    /// The driver or the application is not there or does not come up.
    pub fn open(desktop: &Desktop, folder: &Path, arguments: &[&str]) -> Result<Self, WebDriverError> {
        Self::open_as_the_one(desktop, folder, &[arguments, &["--separate"]].concat())
    }

    /// As [`Self::open`], and later starts on this desktop hand their links to it.
    ///
    /// # Errors
    /// The driver or the application is not there or does not come up.
    pub fn open_as_the_one(desktop: &Desktop, folder: &Path, arguments: &[&str]) -> Result<Self, WebDriverError> {
        let port = free_port().map_err(ServerError::from)?;
        let mut command = desktop.command("WebKitWebDriver");
        command.arg(format!("--port={port}")).env("TAURI_WEBVIEW_AUTOMATION", "true");
        let driver =
            Process::start("WebKitWebDriver", &mut command, &folder.join("window.log")).map_err(ServerError::from)?;
        let agent =
            ureq::Agent::config_builder().timeout_global(Some(REQUEST)).http_status_as_error(false).build().into();
        let mut window = Self { agent, base: format!("http://127.0.0.1:{port}"), driver };
        wait::until("WebKitWebDriver's answer", PATIENCE, || window.get("/status").ok())?;
        let mut given: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        given.extend(["--preferences".to_owned(), folder.join("preferences.json").to_string_lossy().into_owned()]);
        let options = json!({ "binary": places::binary(), "args": given });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let session = window.post("/session", &wanted)?;
        window.base += &format!("/session/{}", session["sessionId"].as_str().unwrap_or_default());
        Ok(window)
    }

    /// The driver's process; the application runs below it.
    pub fn id(&self) -> u32 {
        self.driver.id()
    }

    /// Waits for the first element with this `data-testid` and any further CSS condition behind it.
    ///
    /// # Errors
    /// It does not appear.
    pub fn find(&self, test_id: &str, condition: &str) -> Result<Element<'_>, WebDriverError> {
        let css = format!("[data-testid=\"{test_id}\"]{condition}");
        let id = wait::until(&format!("{css} on the page"), PATIENCE, || self.all(&css).ok()?.into_iter().next())?;
        Ok(Element { window: self, id })
    }

    /// How many elements have this `data-testid` now.
    ///
    /// # Errors
    /// The driver fails.
    pub fn count(&self, test_id: &str) -> Result<usize, WebDriverError> {
        Ok(self.all(&format!("[data-testid=\"{test_id}\"]"))?.len())
    }

    /// Waits until the page's `data-phase` is this one.
    ///
    /// # Errors
    /// It does not become so.
    pub fn phase(&self, phase: &str) -> Result<(), WebDriverError> {
        let css = format!("body[data-phase=\"{phase}\"]");
        let waited = wait::until(&css, PATIENCE, || self.all(&css).ok()?.into_iter().next().map(drop));
        Ok(waited?)
    }

    /// The application's windows that can be driven, the first one first.
    ///
    /// # Errors
    /// The driver fails.
    pub fn windows(&self) -> Result<Vec<String>, WebDriverError> {
        let found = self.get("/window/handles")?;
        Ok(found.as_array().into_iter().flatten().filter_map(|one| Some(one.as_str()?.to_owned())).collect())
    }

    /// Drives this window from now on.
    ///
    /// # Errors
    /// It is gone.
    pub fn switch_to(&self, window: &str) -> Result<(), WebDriverError> {
        self.post("/window", &json!({ "handle": window })).map(drop)
    }

    /// Runs JavaScript in the page (`return …`).
    ///
    /// # Errors
    /// The script throws, or the driver fails.
    pub fn script(&self, text: &str) -> Result<Value, WebDriverError> {
        self.post("/execute/sync", &json!({ "script": text, "args": [] }))
    }

    /// Runs JavaScript that ends by calling its last argument (`arguments[arguments.length - 1](result)`).
    ///
    /// # Errors
    /// The script throws, does not end, or the driver fails.
    pub fn script_async(&self, text: &str) -> Result<Value, WebDriverError> {
        self.post("/execute/async", &json!({ "script": text, "args": [] }))
    }

    fn all(&self, css: &str) -> Result<Vec<String>, WebDriverError> {
        let found = self.post("/elements", &json!({ "using": "css selector", "value": css }))?;
        let id = |element: &Value| Some(element.as_object()?.values().next()?.as_str()?.to_owned());
        Ok(found.as_array().into_iter().flatten().filter_map(id).collect())
    }

    fn get(&self, path: &str) -> Result<Value, WebDriverError> {
        value(path, self.agent.get(format!("{}{path}", self.base)).call())
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value, WebDriverError> {
        value(path, self.agent.post(format!("{}{path}", self.base)).send_json(body))
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // Closes the application; the driver's process group ends in any case.
        let _ = self.agent.delete(&self.base).call();
    }
}

/// Something on the page.
pub struct Element<'a> {
    window: &'a Window,
    id: String,
}

impl Element<'_> {
    /// # Errors
    /// It is gone, or something covers it.
    pub fn click(&self) -> Result<(), WebDriverError> {
        self.window.post(&format!("/element/{}/click", self.id), &json!({})).map(drop)
    }

    /// Replaces what is in a field.
    ///
    /// # Errors
    /// It is gone, or no field.
    pub fn write(&self, text: &str) -> Result<(), WebDriverError> {
        self.window.post(&format!("/element/{}/clear", self.id), &json!({}))?;
        self.window.post(&format!("/element/{}/value", self.id), &json!({ "text": text })).map(drop)
    }

    /// # Errors
    /// It is gone.
    pub fn text(&self) -> Result<String, WebDriverError> {
        Ok(self.window.get(&format!("/element/{}/text", self.id))?.as_str().unwrap_or_default().to_owned())
    }

    /// # Errors
    /// It is gone.
    pub fn attribute(&self, name: &str) -> Result<Option<String>, WebDriverError> {
        Ok(self.window.get(&format!("/element/{}/attribute/{name}", self.id))?.as_str().map(str::to_owned))
    }

    /// Left, top, width and height in the page, CSS pixels.
    ///
    /// # Errors
    /// It is gone.
    pub fn rectangle(&self) -> Result<(i32, i32, u32, u32), WebDriverError> {
        let found = self.window.get(&format!("/element/{}/rect", self.id))?;
        let number = |name: &str| found[name].as_f64().unwrap_or_default();
        Ok((number("x") as i32, number("y") as i32, number("width") as u32, number("height") as u32))
    }
}

fn value(
    request: &str,
    answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<Value, WebDriverError> {
    let mut answer = answer.map_err(|error| WebDriverError::Transport(error.to_string()))?;
    let status = answer.status();
    let text = answer.body_mut().read_to_string().map_err(|error| WebDriverError::Transport(error.to_string()))?;
    let mut body: Value = serde_json::from_str(&text).unwrap_or_default();
    if status.is_success() {
        return Ok(body["value"].take());
    }
    let answer = body["value"]["message"].as_str().unwrap_or(&text).to_owned();
    Err(WebDriverError::Refused { request: request.to_owned(), answer: format!("{status}: {answer}") })
}
