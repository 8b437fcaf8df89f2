//! Conversations with a Visio server, and links to it.

mod account;
mod acting;
mod damaged;
mod hands;
mod harness;
mod hearing;
mod joining;
mod recognising;
mod replaying;
