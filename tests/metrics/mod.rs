//! Behaviour tests of metrics.

mod a_window_gives_statistics;
mod names_are_unique;
mod snapshots_ask_all_at_once;
mod timers_measure_by_the_clock;
