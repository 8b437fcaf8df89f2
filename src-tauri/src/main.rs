#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]
//! Visavis: the native meeting client for sovereign servers.

mod cli;
mod commands;
mod frames;
#[cfg(target_os = "linux")]
mod overlay;
mod presenter;
mod window;

fn main() -> std::process::ExitCode {
    let started = std::time::Instant::now();
    cli::run(started)
}
