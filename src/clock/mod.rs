//! The clock and its timers: real, paused or simulated.
