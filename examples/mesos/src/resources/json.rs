//! Resources as the endpoints show them.

use serde_json::{Map, Value};

use super::Resources;
use super::amount::Amount;

impl Resources {
    /// An object with `cpus`, `gpus`, `mem` and `disk`, and whatever else there is: numbers as
    /// numbers, ranges and sets as text. Revocable resources stand apart, as `cpus_revocable`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut sums = Map::new();
        for name in ["cpus", "gpus", "mem", "disk"] {
            sums.insert(name.to_owned(), 0.0.into());
        }
        for (name, amount) in self.by_name() {
            let value = match amount {
                Amount::Scalar(thousandths) => (thousandths as f64 / 1000.0).into(),
                amount => amount.to_string().into(),
            };
            sums.insert(name, value);
        }
        Value::Object(sums)
    }

    /// The amounts of each name, whoever they are reserved for.
    fn by_name(&self) -> Vec<(String, Amount)> {
        let mut sums: Vec<(String, Amount)> = Vec::new();
        for item in &self.items {
            let name = match item.kind.revocable.is_set() {
                true => format!("{}_revocable", item.kind.name),
                false => item.kind.name.clone(),
            };
            match sums.iter_mut().find(|(it, _)| *it == name) {
                Some((_, sum)) => sum.add(&item.amount),
                None => sums.push((name, item.amount.clone())),
            }
        }
        sums
    }
}
