//! Whole calls of the real application with real peers on the real server. Run by `cargo xtask test interop`.

mod background;
mod corporate;
mod devices;
mod frozen;
mod ground;
mod instruments;
mod links;
mod loss;
mod native;
mod resilience;
mod screen;
mod share_sound;
mod sound_server;
mod still;
mod tcp;
mod visio;
mod web;
