//! Behaviour tests of the processes that a runtime starts beside the user's.

mod each_can_be_left_out;
mod help_shows_what_there_is;
mod metrics_are_told;
mod processes_are_listed;
mod the_machine_is_measured;
mod world;
