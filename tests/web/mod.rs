//! Behaviour tests of web: what holds on every network runs on TCP and in memory alike.

pub(crate) mod site;

/// Runs one test on TCP and in memory.
macro_rules! on_every_network {
    ($($name:ident),+ $(,)?) => {
        mod tcp {
            $(#[test]
            fn $name() {
                super::$name(&crate::net::world::Loopback::new());
            })+
        }

        mod memory {
            $(#[test]
            fn $name() {
                super::$name(&crate::net::world::Nodes::new());
            })+
        }
    };
}

mod answers_keep_their_order;
mod bodies_are_compressed;
mod bodies_are_read_while_they_arrive;
mod bodies_come_in_every_form;
mod bodies_together_have_a_bound;
mod clients_are_used_anywhere;
mod clients_ask_and_hear;
mod clients_compress;
mod clients_find_the_way;
mod clients_give_up;
mod clients_read_while_it_arrives;
mod connections_are_counted;
mod connections_close_as_agreed;
mod cuts_change_nothing;
mod firewalls_turn_away;
mod handlers_serve_alone;
mod hidden_requests_are_not_found;
mod messages_are_taken;
mod requests_find_their_process;
mod servers_stop;
mod slow_clients_are_told_so;
mod unread_answers_stop_reading;
mod what_makes_no_sense_is_refused;
mod who_asks_is_found_out;
