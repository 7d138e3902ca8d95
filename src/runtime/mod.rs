//! The runtime: the only place that joins the parts.

mod config;

pub use config::{Config, ConfigError};
