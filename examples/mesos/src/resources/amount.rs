//! Arithmetic of the three kinds of value a resource may have.

use std::collections::BTreeSet;

use crate::messages::value::{Range, Ranges, Scalar, Set, Type};
use crate::messages::{Resource, Value};

/// How much of something there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    /// In thousandths: sums of decimal fractions stay exact, as in Mesos.
    Scalar(i64),
    /// Ascending, neither overlapping nor touching, ends included.
    Ranges(Vec<(u64, u64)>),
    Set(BTreeSet<String>),
}

impl Amount {
    /// The amount of `resource`, or what is wrong with it.
    pub(super) fn of(resource: &Resource) -> Result<Self, String> {
        let name = &resource.name;
        match resource.r#type {
            Type::SCALAR if resource.scalar.is_set() => {
                let value = resource.scalar.value;
                Self::scalar(value)
                    .ok_or_else(|| format!("Invalid scalar resource '{name}': {value}"))
            }
            Type::RANGES if resource.ranges.is_set() => {
                let ranges = &resource.ranges.range;
                let pairs: Vec<_> = ranges.iter().map(|it| (it.begin, it.end)).collect();
                Self::disjoint(pairs)
                    .map_err(|why| format!("Invalid ranges resource '{name}': {why}"))
            }
            Type::SET if resource.set.is_set() => {
                let items: BTreeSet<_> = resource.set.item.iter().cloned().collect();
                match items.len() == resource.set.item.len() {
                    true => Ok(Self::Set(items)),
                    false => Err(format!(
                        "Invalid set resource '{name}': duplicated elements"
                    )),
                }
            }
            _ => Err(format!(
                "Unsupported resource type of '{name}', or no value of that type"
            )),
        }
    }

    /// A number of things: neither negative nor more than thousandths can count.
    pub(super) fn scalar(value: f64) -> Option<Self> {
        (0.0..MOST)
            .contains(&value)
            .then(|| Self::Scalar(thousandths(value)))
    }

    /// Ranges, unless one is empty or overlaps another.
    pub(super) fn disjoint(mut pairs: Vec<(u64, u64)>) -> Result<Self, &'static str> {
        pairs.sort_unstable();
        if pairs.iter().any(|(begin, end)| begin > end) {
            return Err("lower bound > upper bound");
        }
        if pairs.windows(2).any(|pair| pair[0].1 >= pair[1].0) {
            return Err("overlapping ranges");
        }
        Ok(Self::Ranges(coalesced(pairs)))
    }

    /// Writes this amount into `resource`.
    pub(super) fn put(&self, resource: &mut Resource) {
        let value = self.to_value();
        resource.r#type = value.r#type;
        resource.scalar = value.scalar;
        resource.ranges = value.ranges;
        resource.set = value.set;
    }

    /// This amount as a message.
    pub(crate) fn to_value(&self) -> Value {
        let mut value = Value::default();
        match self {
            Self::Scalar(thousandths) => {
                value.r#type = Type::SCALAR;
                value.scalar = number(*thousandths).into();
            }
            Self::Ranges(pairs) => {
                let range = pairs.iter().map(|&(begin, end)| Range {
                    begin,
                    end,
                    ..Range::default()
                });
                value.r#type = Type::RANGES;
                value.ranges = Ranges {
                    range: range.collect(),
                    ..Ranges::default()
                }
                .into();
            }
            Self::Set(items) => {
                let item = items.iter().cloned().collect();
                value.r#type = Type::SET;
                value.set = Set {
                    item,
                    ..Set::default()
                }
                .into();
            }
        }
        value
    }

    pub(super) fn is_nothing(&self) -> bool {
        match self {
            Self::Scalar(thousandths) => *thousandths <= 0,
            Self::Ranges(pairs) => pairs.is_empty(),
            Self::Set(items) => items.is_empty(),
        }
    }

    /// Amounts of two kinds contain nothing of each other.
    pub(super) fn contains(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Scalar(left), Self::Scalar(right)) => left >= right,
            (Self::Ranges(left), Self::Ranges(right)) => right
                .iter()
                .all(|(begin, end)| left.iter().any(|(from, to)| from <= begin && end <= to)),
            (Self::Set(left), Self::Set(right)) => left.is_superset(right),
            _ => false,
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        match (self, other) {
            (Self::Scalar(left), Self::Scalar(right)) => *left = left.saturating_add(*right),
            (Self::Ranges(left), Self::Ranges(right)) => {
                left.extend(right);
                left.sort_unstable();
                *left = coalesced(std::mem::take(left));
            }
            (Self::Set(left), Self::Set(right)) => left.extend(right.iter().cloned()),
            _ => {}
        }
    }

    /// Takes away as much of `other` as there is.
    pub(super) fn subtract(&mut self, other: &Self) {
        match (self, other) {
            (Self::Scalar(left), Self::Scalar(right)) => *left = (*left - right).max(0),
            (Self::Ranges(left), Self::Ranges(right)) => {
                for &cut in right {
                    *left = left.iter().flat_map(|&range| without(range, cut)).collect();
                }
            }
            (Self::Set(left), Self::Set(right)) => left.retain(|item| !right.contains(item)),
            _ => {}
        }
    }
}

/// `value` in thousandths, rounded: 0.1 + 0.2 is 0.3.
fn thousandths(value: f64) -> i64 {
    (value * 1000.0).round() as i64
}

fn number(thousandths: i64) -> Scalar {
    Scalar {
        value: thousandths as f64 / 1000.0,
        ..Scalar::default()
    }
}

/// Joins sorted ranges that overlap or touch.
fn coalesced(pairs: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    let mut joined: Vec<(u64, u64)> = Vec::with_capacity(pairs.len());
    for (begin, end) in pairs {
        match joined.last_mut() {
            Some(last) if begin <= last.1.saturating_add(1) => last.1 = last.1.max(end),
            _ => joined.push((begin, end)),
        }
    }
    joined
}

/// What is left of a range, below and above what is cut out.
fn without((begin, end): (u64, u64), (from, to): (u64, u64)) -> impl Iterator<Item = (u64, u64)> {
    if to < begin || end < from {
        return [Some((begin, end)), None].into_iter().flatten();
    }
    let below = (begin < from).then(|| (begin, from - 1));
    let above = (to < end).then(|| (to + 1, end));
    [below, above].into_iter().flatten()
}

/// More than anybody has: sums of a few thousand such amounts still fit.
const MOST: f64 = 1e12;
