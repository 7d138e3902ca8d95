//! The name of a process, wherever it runs.

use std::any::Any;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use crate::primitive::shared::{Shared, Stock};
use crate::primitive::sync::{Arc, OnceLock, Weak};

use super::Address;
use super::error::{ParseUpidError, UpidProblem};

/// The name of a process: `id@ip:port`, as on the wire.
///
/// It is one pointer, cheap to clone. Equality, order (address first) and hash look at id and
/// address alone.
///
/// ```
/// use libprocess::address::{Address, Upid};
///
/// let upid = Upid::new("slave(1)", Address::loopback(5051));
/// assert_eq!(upid.to_string(), "slave(1)@127.0.0.1:5051");
/// assert_eq!(upid.to_string().parse(), Ok(upid));
/// ```
///
/// The text is read strictly: where C++ libprocess answers an empty UPID, wraps a port beyond
/// 65535 or ignores what follows the digits, this is an error that names the text.
///
/// ```
/// # use libprocess::address::Upid;
/// let error = "master@1.2.3.4:99999".parse::<Upid>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "'master@1.2.3.4:99999' is not a upid: the port is not a number from 0 to 65535",
/// );
/// ```
#[derive(Clone)]
#[doc(alias = "UPID")]
pub struct Upid(Shared<Inner>);

/// Clones of one name, to be given away and taken back.
pub(crate) struct UpidStock(Stock<Inner>);

struct Inner {
    address: Address,
    id: Box<str>,
    /// The local process of this name, put here by whoever found it, so that it is looked up
    /// once only.
    local: OnceLock<Weak<dyn Local>>,
}

/// A process of this OS process, as its name remembers it; what it is, is known higher up.
pub(crate) trait Local: Send + Sync + 'static {
    /// Puts itself into a place of the type that the one who asks expects.
    fn resolve(self: Arc<Self>, place: &mut dyn Any);
}

impl Upid {
    /// The name of the process `id` at `address`.
    pub fn new(id: impl Into<Box<str>>, address: Address) -> Self {
        Self(Shared::new(Inner {
            address,
            id: id.into(),
            local: OnceLock::new(),
        }))
    }

    /// The part before the `@`.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The part after the `@`.
    pub fn address(&self) -> Address {
        self.0.address
    }

    /// Whether it names nothing: no id, no ip and no port, as [`Upid::default`].
    ///
    /// A name without an id, such as `@1.2.3.4:80`, is not empty: senders that are no processes
    /// are called so.
    pub fn is_empty(&self) -> bool {
        self.id().is_empty() && self.address() == Address::ANY
    }

    /// Where the local process of this name is kept once it was found. It takes no part in
    /// equality, and every clone shares it.
    pub(crate) fn local(&self) -> &OnceLock<Weak<dyn Local>> {
        &self.0.local
    }

    /// Whether `other` is a clone of this one: then they are equal, and share one cache line.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.0.is(&other.0)
    }

    fn key(&self) -> (&Address, &str) {
        (&self.0.address, &self.0.id)
    }
}

impl UpidStock {
    pub(crate) fn new(upid: Upid) -> Self {
        Self(Stock::new(upid.0))
    }

    /// A clone of the name.
    pub(crate) fn take(&self) -> Upid {
        Upid(self.0.take())
    }

    /// Takes a clone back; drops it if it is another name.
    pub(crate) fn put(&self, upid: Upid) {
        self.0.put(upid.0);
    }
}

impl Default for Upid {
    fn default() -> Self {
        Self::new("", Address::ANY)
    }
}

impl AsRef<Self> for Upid {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl PartialEq for Upid {
    fn eq(&self, other: &Self) -> bool {
        self.is(other) || self.key() == other.key()
    }
}

impl Eq for Upid {}

impl Ord for Upid {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Upid {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Upid {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl fmt::Display for Upid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.id(), self.address())
    }
}

impl fmt::Debug for Upid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Upid {
    type Err = ParseUpidError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).map_err(|problem| ParseUpidError::new(text, problem))
    }
}

/// An address holds no `@`, so the last one ends the id: an id may hold others.
fn parse(text: &str) -> Result<Upid, UpidProblem> {
    let (id, address) = text.rsplit_once('@').ok_or(UpidProblem::NoAt)?;
    if let Some(wrong) = id
        .chars()
        .find(|char| char.is_whitespace() || char.is_control())
    {
        return Err(UpidProblem::Id(wrong));
    }
    let address = address.parse::<Address>();
    Ok(Upid::new(
        id,
        address.map_err(|error| UpidProblem::Address(error.problem()))?,
    ))
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;

    use crate::primitive::hash::Folding;

    use super::*;

    struct Nobody;

    impl Local for Nobody {
        fn resolve(self: Arc<Self>, _place: &mut dyn Any) {}
    }

    fn error(text: &str) -> String {
        text.parse::<Upid>().unwrap_err().to_string()
    }

    fn hash(upid: &Upid) -> u64 {
        let mut hasher = Folding::default();
        upid.hash(&mut hasher);
        hasher.finish()
    }

    #[test]
    fn is_one_pointer() {
        assert_eq!(size_of::<Option<Upid>>(), size_of::<usize>());
    }

    #[test]
    fn refuses_what_is_not_exactly_a_upid() {
        assert_eq!(error(""), "'' is not a upid: no '@' between id and address");
        assert_eq!(error("a@"), "'a@' is not a upid: no ':' before a port");
        assert_eq!(
            error("a b@1.2.3.4:5"),
            "'a b@1.2.3.4:5' is not a upid: the id holds ' '"
        );
        assert_eq!(
            error("a\n@1.2.3.4:5"),
            "'a\\n@1.2.3.4:5' is not a upid: the id holds '\\n'"
        );
        assert!(error("a@1.2.3.4:80junk").ends_with("the port is not a number from 0 to 65535"));
        assert!(error("a@::1:80").ends_with("an ipv6 host needs brackets"));
        assert!(error("a@host:80").ends_with("the host is not an ip (names are not resolved)"));
    }

    #[test]
    fn an_id_may_be_empty_or_hold_an_at_sign() {
        let upid: Upid = "@1.2.3.4:80".parse().unwrap();
        assert!(upid.id().is_empty() && !upid.is_empty());
        let upid: Upid = "a@b@1.2.3.4:80".parse().unwrap();
        assert_eq!(upid.id(), "a@b");
        assert!(Upid::default().is_empty());
        assert_eq!(Upid::default().to_string(), "@0.0.0.0:0");
    }

    #[test]
    fn the_cached_process_takes_no_part_in_equality() {
        let (upid, other) = (Upid::new("a", Address::ANY), Upid::new("a", Address::ANY));
        let process: Arc<dyn Local> = Arc::new(Nobody);
        assert!(upid.local().set(Arc::downgrade(&process)).is_ok());
        assert_eq!(upid, other);
        assert_eq!(hash(&upid), hash(&other));
        assert!(upid.clone().local().get().is_some());
    }

    #[test]
    fn orders_by_address_and_then_by_id() {
        let order = ["b@1.0.0.1:1", "a@1.0.0.1:2", "b@1.0.0.1:2", "a@1.0.0.2:1"];
        let upids = order.map(|text| text.parse::<Upid>().unwrap());
        assert!(upids.is_sorted());
    }

    fn address() -> impl Strategy<Value = Address> {
        let v4 = any::<u32>().prop_map(|bits| IpAddr::from(Ipv4Addr::from_bits(bits)));
        let v6 = any::<u128>().prop_map(|bits| IpAddr::from(Ipv6Addr::from_bits(bits)));
        (prop_oneof![v4, v6], any::<u16>()).prop_map(|(ip, port)| Address::new(ip, port))
    }

    proptest! {
        #[test]
        fn text_gives_back_the_same_upid(id in "[!-~]{0,20}", address in address()) {
            let upid = Upid::new(id, address);
            prop_assert_eq!(upid.to_string().parse(), Ok(upid));
        }

        #[test]
        fn no_text_panics_and_what_is_read_prints_alike(text in ".{0,8}@?[0-9.:\\[\\]]{0,20}") {
            if let Ok(upid) = text.parse::<Upid>() {
                prop_assert_eq!(upid.to_string().parse(), Ok(upid));
            }
        }
    }
}
