//! Who comes first: whoever has the smallest dominant share.

use std::collections::BTreeMap;

use crate::resources::Resources;

/// Amounts in thousandths, by name.
pub(super) type Sums = BTreeMap<String, i64>;

/// The amounts of the numbers among `resources`.
pub(super) fn sums(resources: &Resources) -> Sums {
    let mut sums = Sums::new();
    for (name, thousandths) in resources.scalars() {
        let sum = sums.entry(name.to_owned()).or_default();
        *sum = sum.saturating_add(thousandths);
    }
    sums
}

/// What each of some clients has.
#[derive(Debug, Default)]
pub(super) struct Sorter {
    clients: BTreeMap<String, Client>,
}

#[derive(Debug, Default)]
struct Client {
    has: Sums,
    /// How often it was given something: of two with one share, the one given to less comes first.
    allocations: u64,
}

impl Sorter {
    pub(super) fn charge(&mut self, client: &str, resources: &Resources) {
        let client = self.clients.entry(client.to_owned()).or_default();
        client.allocations += 1;
        for (name, thousandths) in sums(resources) {
            let has = client.has.entry(name).or_default();
            *has = has.saturating_add(thousandths);
        }
    }

    pub(super) fn recover(&mut self, client: &str, resources: &Resources) {
        let Some(client) = self.clients.get_mut(client) else {
            return;
        };
        for (name, thousandths) in sums(resources) {
            if let Some(has) = client.has.get_mut(&name) {
                *has = has.saturating_sub(thousandths);
            }
        }
    }

    pub(super) fn forget(&mut self, client: &str) {
        self.clients.remove(client);
    }

    /// `names` by dominant share of `total`, then by allocations, then by name.
    pub(super) fn order(
        &self,
        names: impl IntoIterator<Item = String>,
        total: &Sums,
    ) -> Vec<String> {
        let newcomer = Client::default();
        let mut ranked: Vec<_> = names
            .into_iter()
            .map(|name| {
                let client = self.clients.get(&name).unwrap_or(&newcomer);
                (client.share(total), client.allocations, name)
            })
            .collect();
        ranked.sort_by(|left, right| {
            (left.0.total_cmp(&right.0))
                .then(left.1.cmp(&right.1))
                .then_with(|| left.2.cmp(&right.2))
        });
        ranked.into_iter().map(|(_, _, name)| name).collect()
    }
}

impl Client {
    /// The largest part that it has of anything.
    fn share(&self, total: &Sums) -> f64 {
        let shares = self.has.iter().filter_map(|(name, has)| {
            let total = total.get(name).filter(|total| **total > 0)?;
            Some(*has as f64 / *total as f64)
        });
        shares.fold(0.0, f64::max)
    }
}
