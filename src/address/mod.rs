//! Where processes live: [`Address`] is an ip and a port, [`Upid`] the name of a process at an
//! address.
//!
//! Both are plain values. This module knows no names of hosts: it cannot resolve one, so a text
//! that holds a host name is an error rather than a lookup that blocks.
//!
//! ```
//! use libprocess::address::{Address, Upid};
//!
//! let master: Upid = "master@10.0.0.1:5050".parse()?;
//! assert_eq!(master.id(), "master");
//! assert_eq!(master.address(), "10.0.0.1:5050".parse::<Address>()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod ip;
mod upid;

pub use error::{ParseAddressError, ParseUpidError};
pub use ip::Address;
pub(crate) use ip::parse_port;
pub use upid::Upid;
pub(crate) use upid::{Local, UpidStock};
