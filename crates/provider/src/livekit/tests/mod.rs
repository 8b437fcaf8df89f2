//! Conversations with a server, in and out, on a virtual clock.
