//! Behaviour tests of http.

mod canned_responses;
mod pipes_stream;
mod processes_answer;
mod requests_are_encoded;
mod responses_are_encoded;
mod urls_name_their_server;
