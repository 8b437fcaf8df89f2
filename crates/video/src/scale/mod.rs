//! Makes pictures smaller, larger, cut, mirrored, or BGRA. Pure.

mod bgra;
mod columns;
mod fit;
mod resize;

pub use bgra::{Bgra, to_bgra};
pub(crate) use columns::{Axis, Columns};
pub use fit::{contain, cover, even, part_of, shrink_into};
pub use resize::Scaler;
