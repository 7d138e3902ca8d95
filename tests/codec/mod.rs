//! Behaviour tests of codec.

mod bodies_end_where_they_say;
pub(crate) mod framings_are_not_ambiguous;
mod headers_are_found_in_any_case;
mod heads_are_strict;
mod limits_hold;
mod messages_are_recognised;
mod messages_have_exact_bytes;
mod messages_round_trip;
mod originals_are_matched;
mod splits_change_nothing;
mod urls_are_encoded;
