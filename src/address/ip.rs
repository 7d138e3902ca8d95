//! An ip and a port.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use super::error::{AddressProblem, ParseAddressError};

/// An ip and a port, printed as `ip:port` or `[ipv6]:port`.
///
/// Unlike [`SocketAddr`] it has neither flow label nor scope, so that two addresses are equal
/// exactly when their texts are.
///
/// ```
/// use libprocess::address::Address;
///
/// let address: Address = "127.0.0.1:5050".parse()?;
/// assert_eq!(address.port(), 5050);
/// assert_eq!("[::1]:80".parse::<Address>()?.to_string(), "[::1]:80");
/// assert!("localhost:80".parse::<Address>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "network::inet::Address")]
pub struct Address {
    ip: IpAddr,
    port: u16,
}

impl Address {
    /// `0.0.0.0:0`: any interface, any port; in a [`Upid`](super::Upid) it means "nowhere".
    #[doc(alias = "ANY_ANY")]
    pub const ANY: Self = Self {
        ip: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        port: 0,
    };

    /// The address of `port` at `ip`.
    pub const fn new(ip: IpAddr, port: u16) -> Self {
        Self { ip, port }
    }

    /// The address of `port` at `127.0.0.1`.
    #[doc(alias = "LOOPBACK_ANY")]
    pub const fn loopback(port: u16) -> Self {
        Self {
            ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port,
        }
    }

    /// The ip.
    pub const fn ip(&self) -> IpAddr {
        self.ip
    }

    /// The port.
    pub const fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        SocketAddr::from(*self).fmt(f)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        Self {
            ip: address.ip(),
            port: address.port(),
        }
    }
}

impl From<Address> for SocketAddr {
    fn from(address: Address) -> Self {
        Self::new(address.ip, address.port)
    }
}

impl FromStr for Address {
    type Err = ParseAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).map_err(|problem| ParseAddressError::new(text, problem))
    }
}

fn parse(text: &str) -> Result<Address, AddressProblem> {
    let (host, port) = text.rsplit_once(':').ok_or(AddressProblem::NoPort)?;
    let ip = match host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        Some(host) => host
            .parse::<Ipv6Addr>()
            .map_err(|_| AddressProblem::Ip)?
            .into(),
        None if host.contains(':') => return Err(AddressProblem::BareV6),
        None => host
            .parse::<Ipv4Addr>()
            .map_err(|_| AddressProblem::Ip)?
            .into(),
    };
    let port = parse_port(port).ok_or(AddressProblem::Port)?;
    Ok(Address { ip, port })
}

/// A port as it is written in an address; `u16::from_str` alone would take a sign.
pub(crate) fn parse_port(text: &str) -> Option<u16> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> AddressProblem {
        text.parse::<Address>().unwrap_err().problem()
    }

    #[test]
    fn refuses_what_is_not_exactly_an_address() {
        assert_eq!(problem(""), AddressProblem::NoPort);
        assert_eq!(problem("127.0.0.1"), AddressProblem::NoPort);
        assert_eq!(problem("127.0.0.1:"), AddressProblem::Port);
        assert_eq!(problem("127.0.0.1:65536"), AddressProblem::Port);
        assert_eq!(problem("127.0.0.1:+80"), AddressProblem::Port);
        assert_eq!(problem("127.0.0.1:80junk"), AddressProblem::Port);
        assert_eq!(problem("127.0.0.1:80 "), AddressProblem::Port);
        assert_eq!(problem(" 127.0.0.1:80"), AddressProblem::Ip);
        assert_eq!(problem("127.1:80"), AddressProblem::Ip);
        assert_eq!(problem("localhost:80"), AddressProblem::Ip);
        assert_eq!(problem("[127.0.0.1]:80"), AddressProblem::Ip);
        assert_eq!(problem("[::1%1]:80"), AddressProblem::Ip);
        assert_eq!(problem("::1:80"), AddressProblem::BareV6);
        assert_eq!(problem("::1"), AddressProblem::BareV6);
    }

    #[test]
    fn says_which_text_is_wrong_and_why() {
        let error = "1.2.3.4:99999".parse::<Address>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "'1.2.3.4:99999' is not an address: the port is not a number from 0 to 65535",
        );
    }

    #[test]
    fn orders_by_ip_and_then_by_port() {
        let order = ["1.0.0.1:9", "1.0.0.2:1", "1.0.0.2:2", "[::1]:0"];
        let addresses = order.map(|text| text.parse::<Address>().unwrap());
        assert!(addresses.is_sorted());
    }
}
