//! Long pages: what does not fit beside one item.
//!
//! - [`porting`]: for those who know C++ libprocess.
//! - [`serving`]: for those who run a daemon that others can reach.

#[doc = include_str!("porting.md")]
pub mod porting {}

#[doc = include_str!("serving.md")]
pub mod serving {}
