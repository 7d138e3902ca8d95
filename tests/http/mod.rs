//! Behaviour tests of http.

mod canned_responses;
mod challenges_are_read;
mod paths_follow_patterns;
mod pipes_stream;
mod processes_answer;
mod requests_are_encoded;
mod responses_are_encoded;
mod urls_name_their_server;
mod what_clients_take_is_read;
