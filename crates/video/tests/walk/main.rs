//! The whole walk: picture → encoder → packets → a simulated network → jitter buffer → decoder → picture, with the
//! barcode as the witness. VP8 and VP9 are encoded by libvpx, which the product only decodes with.

#![allow(clippy::unwrap_used)]

mod hostile;
mod legible;
mod speed;
mod support;
mod traces;
