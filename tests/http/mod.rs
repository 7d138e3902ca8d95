//! Behaviour tests of http.

mod canned_responses;
mod requests_are_encoded;
mod responses_are_encoded;
