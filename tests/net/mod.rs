//! Behaviour tests of networks: what holds on every network runs on TCP and in memory alike.

pub(crate) mod alone;
pub(crate) mod world;

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

mod a_closed_port_refuses;
mod a_listener_has_its_address_alone;
mod a_reader_sees_bytes_in_order_and_the_end;
mod a_writer_waits_for_its_reader;
mod an_unread_end_resets_its_peer;
mod dropped_sockets_give_their_descriptors_back;
mod frames_of_a_partition_vanish;
mod half_a_connection_closes;
mod listeners_take_both_families_and_paths;
mod paths_connect;
mod peeking_leaves_the_bytes;
mod severed_connections_break;
mod shortage_of_descriptors_is_waited_out;
mod the_seed_decides_the_flights;
mod what_is_written_at_once_is_lost_at_once;
