//! Conversations with a Visio server, and links to it.

mod recognising;
