//! Behaviour tests of os: real children, each waited for by its exit.

mod a_child_gets_no_other_descriptors;
mod a_child_is_killed_with_all_that_it_started;
mod a_process_that_is_not_ours_is_waited_for;
mod a_program_that_cannot_run_is_an_error;
mod a_stopped_runtime_abandons_what_it_watched;
mod an_exit_is_told_to_all_who_ask;
mod children_leave_no_zombies;
mod pipes_carry_bytes_both_ways;
mod streams_lead_where_they_were_told;
mod the_environment_is_replaced;
mod world;
