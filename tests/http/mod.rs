//! Behaviour tests of http. `README.md` beside this says where each test of C++ libprocess went.

mod canned_responses;
mod challenges_are_read;
mod exchanges_are_those_of_the_original;
mod paths_follow_patterns;
mod pipes_stream;
mod processes_answer;
mod processes_hear_of_who_gives_up;
mod requests_are_encoded;
mod responses_are_encoded;
mod rows_have_their_tests;
mod urls_name_their_server;
mod what_clients_take_is_read;
