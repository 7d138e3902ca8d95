//! Points in time and durations as text.
