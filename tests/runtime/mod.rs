//! Behaviour tests of the runtime.

mod any_address_needs_an_advertised_one;
mod settling_is_exact;
mod stopping_ends_everything;
mod stopping_from_inside_is_an_error;
mod stuck_workers_are_told_of;
mod the_default_one_serves_whoever_has_none;
mod workers_that_never_spin_miss_no_work;
