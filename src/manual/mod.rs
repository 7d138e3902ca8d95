//! Long pages: what does not fit beside one item.
//!
//! - [`porting`]: for those who know C++ libprocess.

#[doc = include_str!("porting.md")]
pub mod porting {}
