//! Actors with addresses, after Apache Mesos' libprocess.
//!
//! A [process](process::Process) has an id, a mailbox and an address on the network. It serves
//! messages, calls and HTTP requests one at a time, links itself to others and hears of their
//! end. Programs built on C++ libprocess and on this library talk to each other.
//!
#![doc = concat!("```\n", include_str!("../examples/counter.rs"), "```")]
//!
//! Begin with [`process`] and [`runtime`]; the [`manual`] has the long pages, among them one for
//! those who know the original. Modules import only from those below them:
//!
//! | floor | modules |
//! | --- | --- |
//! | 11 | [`prelude`], [`manual`] |
//! | 10 | [`default`]: the runtime of a program that has one; `testing` |
//! | 9 | [`runtime`]: joins the parts |
//! | 8 | [`services`]: help, metrics and more, as ordinary processes |
//! | 7 | [`socket_manager`]: peers and links |
//! | 6 | [`web`]: HTTP server and client |
//! | 5 | [`net`]: networks; [`os`]: children; `protobuf`: typed messages |
//! | 4 | [`process`]: the heart; [`reactor`]: the event loop |
//! | 3 | [`scheduler`], [`http`], [`metrics`] |
//! | 2 | [`future`], [`clock`], [`codec`] |
//! | 1 | [`address`], [`time`] |
//! | 0 | [`primitive`]: threads, locks, chance |

pub mod address;
pub mod clock;
pub mod codec;
pub mod default;
pub mod future;
pub mod http;
pub mod manual;
pub mod metrics;
pub mod net;
pub mod os;
pub mod prelude;
pub mod primitive;
pub mod process;
#[cfg(feature = "protobuf")]
pub mod protobuf;
pub mod reactor;
pub mod runtime;
pub mod scheduler;
pub mod services;
pub mod socket_manager;
#[cfg(feature = "testing")]
pub mod testing;
pub mod time;
pub mod web;
