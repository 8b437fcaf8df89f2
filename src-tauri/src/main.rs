#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]
//! Visavis: the native meeting client for sovereign servers.

mod autostart;
mod background;
mod bar;
mod bundle;
mod cli;
mod clipboard;
mod closing;
mod commands;
#[cfg(windows)]
mod console;
mod desk;
mod devices;
mod doctor;
mod errands;
// Where the pictures are on a canvas of the page nobody waits for a first one over it.
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
mod first_look;
mod frames;
mod front;
mod global_keys;
mod instance;
mod link;
mod notices;
#[cfg(target_os = "linux")]
mod overlay;
mod page_store;
mod place;
mod policy;
mod presenter;
mod print;
mod program;
mod reader;
mod reports;
mod save_text;
mod settings;
mod share;
mod shortcut;
mod side_window;
mod starts;
mod tray;
mod update;
#[cfg(windows)]
mod web_view;
mod window;
mod wishes;
#[cfg(target_os = "linux")]
mod workspace;

fn main() -> std::process::ExitCode {
    // Times count from the start of the process, loading of libraries included.
    let now = std::time::Instant::now();
    let started = now.checked_sub(visavis_diagnostics::process_age()).unwrap_or(now);
    // Asked before an update can put another one in its place.
    let _ = program::path();
    #[cfg(windows)]
    console::attach();
    cli::run(started)
}
