//! Which Mesos this is compatible with.

use serde_json::{Value, json};

/// The version that master and agent report: that of the Mesos whose protocol they speak.
pub const VERSION: &str = "1.11.0";
/// When this was built: builds of one source are equal, so no clock is asked.
pub const BUILD_DATE: &str = "1970-01-01 00:00:00";
/// Who built this.
pub const BUILD_USER: &str = "";

/// What `/version` shows.
#[must_use]
pub fn to_json() -> Value {
    json!({
        "version": VERSION,
        "build_date": BUILD_DATE,
        "build_time": 0.0,
        "build_user": BUILD_USER,
    })
}
