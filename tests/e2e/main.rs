//! The real window, driven as a person drives it, on a screen and a sound card in memory. Run by `cargo xtask test e2e`.

mod access;
mod branding;
mod calendar;
mod clipboard;
mod contacts;
mod desk;
mod devices;
mod doctor;
mod kept;
mod live_text;
mod managed_rooms;
mod meeting;
mod outage;
mod outside;
mod policy;
mod proxy;
mod save;
mod screen_reader;
mod settings;
mod share;
mod sharing;
mod sign_in;
mod sound;
mod update;
mod visio;
mod zoom;
