//! Conversations with a server, in and out, on a virtual clock.

mod channels;
pub(crate) mod harness;
mod joining;
mod outage;
mod publishing;
mod recorded;
mod robust;
mod subscribing;
