//! The meeting actor: threads, queues, allocation; the only crate that composes sound, picture, transport and provider.
