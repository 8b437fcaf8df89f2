//! Virtual clock, simulated network, tokens and bots for tests, demos and benches.
