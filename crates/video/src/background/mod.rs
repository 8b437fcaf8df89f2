//! What is behind the person: blurred, or another picture.
//!
//! A picture goes [`Segmenter`] (a mask: where the person is) → [`Matte`] (steadied, with an edge) → [`Compositor`]. [`Worker`] is
//! the thread that does so, and makes masks rarer or gives up where they cost too much (`pacer`). Origin and licence of
//! the model: `model/README.md`.

mod blur;
mod compose;
mod kernels;
mod matte;
mod model;
mod pacer;
mod picture;
mod segmenter;
mod weightless;
mod worker;

pub use blur::Strength;
pub use compose::{Behind, Compositor};
pub use matte::Matte;
pub use model::Damage;
pub use picture::{KeepError, keep_picture, picture_of};
pub use segmenter::Segmenter;
pub use worker::{Effect, Stats, Trouble, Worker};
