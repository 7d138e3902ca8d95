//! Counters, gauges, timers and their registry.
