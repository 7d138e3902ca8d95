//! Behaviour tests of the wire between processes at different addresses.

mod world;

mod a_burst_leaves_in_few_writes;
mod a_killed_peer_breaks_links;
mod a_link_breaks_once_for_each_registration;
mod a_temporary_connection_ends_when_it_is_drained;
mod answers_are_gathered;
mod any_faults_are_heard_once;
mod bytes_are_those_of_libprocess;
mod closing_writes_what_is_queued;
mod dead_letters_are_told;
mod links_tell_of_processes_too;
mod messages_reach_processes_at_other_addresses;
mod originals_are_understood;
mod receiving_is_lenient_where_libprocess_is;
mod resets_in_every_state;
mod runtimes_talk;
mod scattered_messages_leave_nothing_open;
mod strange_peers_do_no_harm;
mod temporary_connections_rest;
mod two_that_only_write_do_not_wait_for_each_other;
mod what_is_lost_is_counted;
