//! Behaviour tests of the processes that a runtime starts beside the user's.

mod each_can_be_left_out;
mod events_are_shown_behind_a_realm;
mod help_shows_what_there_is;
mod metrics_are_told;
mod processes_are_listed;
mod realms_close_every_endpoint;
mod the_log_is_toggled;
mod the_machine_is_measured;
mod world;
