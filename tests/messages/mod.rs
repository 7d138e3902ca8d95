//! Behaviour tests of messages and links.

mod expectations_await_drop_and_count;
mod handlers_take_messages_by_name;
mod links_tell_of_an_end_once;
mod what_is_elsewhere_goes_down_the_wire;
