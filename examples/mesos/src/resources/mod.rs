//! Resources: what agents have, offers promise and tasks use.
//!
//! A resource is an amount (a number, ranges or a set) of a kind: its name, the role it is
//! reserved for, the role it is allocated to, and whatever else its message says. Amounts of one
//! kind add up; amounts of two kinds never meet. Numbers count in thousandths, so that handing out
//! and taking back in any order ends where it began.
//!
//! Reservations have two spellings on the wire. The older says `role` and `reservation`, the newer
//! a list `reservations`; everything in here is in the newer one, and
//! [`to_old_messages`](Resources::to_old_messages) writes the older for those who know no other.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::{AddAssign, SubAssign};

use self::amount::Amount;
use self::text::Parsed;
use crate::messages::resource::AllocationInfo;
use crate::messages::{MessageField, Resource};
use crate::roles;

pub(crate) mod amount;
mod json;
mod reservation;
pub(crate) mod text;

pub use self::reservation::to_old;

/// A bag of resources.
///
/// ```
/// use mesos::resources::Resources;
///
/// let mut free = Resources::parse("cpus:4;mem:1024;ports:[31000-31009]", "*")?;
/// let task = Resources::parse("cpus:0.1;ports:[31003-31004]", "*")?;
/// assert!(free.contains(&task));
///
/// free -= &task;
/// assert_eq!(free.to_string(), "cpus:3.9; mem:1024; ports:[31000-31002, 31005-31009]");
/// assert!(!free.contains(&task));
/// # Ok::<(), mesos::resources::Invalid>(())
/// ```
#[doc(alias = "mesos::Resources")]
#[derive(Clone, Debug, Default)]
pub struct Resources {
    /// No kind twice, no amount of nothing; in the order in which they came.
    items: Vec<Item>,
}

#[derive(Clone, Debug)]
struct Item {
    /// A resource without its value.
    kind: Resource,
    amount: Amount,
}

impl Resources {
    /// Reads `name(role):value;...`; where no role stands it is `default_role`. Resources given
    /// twice add up.
    ///
    /// # Errors
    ///
    /// When a part is not of that form, or its value is neither a number, ranges nor a set.
    pub fn parse(text: &str, default_role: &str) -> Result<Self, Invalid> {
        let mut resources = Self::default();
        for part in text
            .split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let bad = |why: &str| Invalid(format!("Bad resource '{part}': {why}"));
            let (name, value) = part.split_once(':').ok_or_else(|| bad("it has no ':'"))?;
            let (name, role) = match name.trim().strip_suffix(')') {
                Some(name) => name.split_once('(').ok_or_else(|| bad("it has no '('"))?,
                None => (name, default_role),
            };
            let amount = match text::parse(value).map_err(|why| bad(&why))? {
                Parsed::Amount(amount) => amount,
                Parsed::Words(words) => return Err(bad(&format!("{words} is no amount"))),
            };
            let mut message = Resource {
                name: name.trim().to_owned(),
                role: Some(role.trim().to_owned()),
                ..Resource::default()
            };
            amount.put(&mut message);
            resources.add(Item::new(&message)?);
        }
        Ok(resources)
    }

    /// The sum of `messages`, in either spelling of reservations.
    ///
    /// # Errors
    ///
    /// When one has no name, no valid value of its type, or reservations for impossible roles.
    pub fn from_messages(messages: &[Resource]) -> Result<Self, Invalid> {
        let mut resources = Self::default();
        for message in messages {
            resources.add(Item::new(message)?);
        }
        Ok(resources)
    }

    /// These resources as messages, with lists of reservations.
    #[must_use]
    pub fn to_messages(&self) -> Vec<Resource> {
        self.items.iter().map(Item::to_message).collect()
    }

    /// These resources as messages, each with a role. Reservations within reservations have no
    /// such spelling and are left out.
    #[must_use]
    pub fn to_old_messages(&self) -> Vec<Resource> {
        self.to_messages().into_iter().filter_map(to_old).collect()
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether all of `other` is in here.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        other.items.iter().all(|item| {
            self.find(&item.kind)
                .is_some_and(|mine| mine.amount.contains(&item.amount))
        })
    }

    /// The sum of the numbers called `name`, whatever their kind.
    #[must_use]
    pub fn scalar(&self, name: &str) -> f64 {
        self.scalars()
            .filter(|(it, _)| *it == name)
            .map(|(_, value)| value)
            .fold(0, i64::saturating_add) as f64
            / 1000.0
    }

    /// Every number in thousandths, with its name.
    pub fn scalars(&self) -> impl Iterator<Item = (&str, i64)> {
        self.items.iter().filter_map(|item| match item.amount {
            Amount::Scalar(value) => Some((item.kind.name.as_str(), value)),
            Amount::Ranges(_) | Amount::Set(_) => None,
        })
    }

    /// Each resource's message without its value, beside the value as text.
    pub fn kinds(&self) -> impl Iterator<Item = (&Resource, String)> {
        self.items
            .iter()
            .map(|item| (&item.kind, item.amount.to_string()))
    }

    /// The resources whose message, without its value, is wanted.
    #[must_use]
    pub fn filter(&self, wanted: impl Fn(&Resource) -> bool) -> Self {
        Self {
            items: self
                .items
                .iter()
                .filter(|item| wanted(&item.kind))
                .cloned()
                .collect(),
        }
    }

    /// What nobody has reserved, and what is reserved for `role` or a role that it is part of.
    #[must_use]
    pub fn available_to(&self, role: &str) -> Self {
        self.filter(|kind| match reservation::role_of(kind) {
            None => true,
            Some(reserved) => role
                .strip_prefix(reserved)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        })
    }

    /// The parts that are allocated to one role, with the role; what is allocated to none is left
    /// out.
    #[must_use]
    pub fn by_allocation_role(&self) -> BTreeMap<String, Self> {
        let mut parts = BTreeMap::<String, Self>::new();
        for item in &self.items {
            if let Some(role) = &item.kind.allocation_info.role {
                parts
                    .entry(role.clone())
                    .or_default()
                    .items
                    .push(item.clone());
            }
        }
        parts
    }

    /// The role that `kind` is reserved for, if it is.
    #[must_use]
    pub fn reserved_for(kind: &Resource) -> Option<&str> {
        reservation::role_of(kind)
    }

    /// The same, allocated to `role` throughout.
    #[must_use]
    pub fn allocated_to(&self, role: &str) -> Self {
        let role = Some(role.to_owned());
        let info = AllocationInfo {
            role,
            ..AllocationInfo::default()
        };
        self.reallocated(|kind| kind.allocation_info = info.clone().into())
    }

    /// The same, where it is allocated to nobody allocated to `role`.
    #[must_use]
    pub fn or_allocated_to(&self, role: &str) -> Self {
        let role = Some(role.to_owned());
        let info = AllocationInfo {
            role,
            ..AllocationInfo::default()
        };
        self.reallocated(|kind| {
            if kind.allocation_info.is_unset() {
                kind.allocation_info = info.clone().into();
            }
        })
    }

    /// The same, allocated to nobody.
    #[must_use]
    pub fn unallocated(&self) -> Self {
        self.reallocated(|kind| kind.allocation_info = MessageField::none())
    }

    fn reallocated(&self, change: impl Fn(&mut Resource)) -> Self {
        let mut resources = Self::default();
        for item in &self.items {
            let mut item = item.clone();
            change(&mut item.kind);
            resources.add(item);
        }
        resources
    }

    fn find(&self, kind: &Resource) -> Option<&Item> {
        self.items.iter().find(|item| item.kind == *kind)
    }

    fn add(&mut self, item: Item) {
        if item.amount.is_nothing() {
            return;
        }
        match self.items.iter_mut().find(|mine| mine.kind == item.kind) {
            Some(mine) => mine.amount.add(&item.amount),
            None => self.items.push(item),
        }
    }
}

impl AddAssign<&Self> for Resources {
    fn add_assign(&mut self, other: &Self) {
        for item in &other.items {
            self.add(item.clone());
        }
    }
}

/// Takes away what there is: nothing becomes negative.
impl SubAssign<&Self> for Resources {
    fn sub_assign(&mut self, other: &Self) {
        for item in &other.items {
            if let Some(mine) = self.items.iter_mut().find(|mine| mine.kind == item.kind) {
                mine.amount.subtract(&item.amount);
            }
        }
        self.items.retain(|item| !item.amount.is_nothing());
    }
}

/// In whatever order.
impl PartialEq for Resources {
    fn eq(&self, other: &Self) -> bool {
        self.contains(other) && other.contains(self)
    }
}

impl fmt::Display for Resources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.items.iter().enumerate() {
            let gap = if index == 0 { "" } else { "; " };
            write!(f, "{gap}{item}")?;
        }
        Ok(())
    }
}

impl Item {
    fn new(message: &Resource) -> Result<Self, Invalid> {
        if message.name.is_empty() {
            return Err(Invalid("Empty resource name".to_owned()));
        }
        let amount = Amount::of(message).map_err(Invalid)?;
        let mut kind = reservation::to_new(message.clone());
        kind.scalar = MessageField::none();
        kind.ranges = MessageField::none();
        kind.set = MessageField::none();
        for reservation in &kind.reservations {
            roles::check(reservation.role.as_deref().unwrap_or_default())
                .map_err(|why| Invalid(format!("Invalid reservation: {why}")))?;
        }
        Ok(Self { kind, amount })
    }

    fn to_message(&self) -> Resource {
        let mut message = self.kind.clone();
        self.amount.put(&mut message);
        message
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind.name)?;
        if let Some(allocation) = self.kind.allocation_info.as_option() {
            write!(
                f,
                "(allocated: {})",
                allocation.role.as_deref().unwrap_or_default()
            )?;
        }
        if let Some(role) = reservation::role_of(&self.kind) {
            write!(f, "(reserved: {role})")?;
        }
        write!(f, ":{}", self.amount)
    }
}

/// Brings messages into the newer spelling, and allocates to `role` what is allocated to nobody.
/// Unlike with [`Resources`], each message stays what it is.
pub fn allocate(messages: &mut [Resource], role: &str) {
    for message in messages {
        *message = reservation::to_new(std::mem::take(message));
        if message.allocation_info.is_unset() {
            let role = Some(role.to_owned());
            message.allocation_info = AllocationInfo {
                role,
                ..AllocationInfo::default()
            }
            .into();
        }
    }
}

/// Why a resource is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid(pub(crate) String);

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Invalid {}

#[cfg(test)]
mod tests;
