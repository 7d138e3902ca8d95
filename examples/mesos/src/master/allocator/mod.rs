//! Who is offered what: dominant resource fairness, as a value.
//!
//! The allocator keeps the book of resources: what each agent has, and how much of it is with which
//! framework, offered or in use, which makes no difference here. A [run](Allocator::run) hands out
//! what is free: agent by agent, in random order, to the framework whose role, and which in its
//! role, has the smallest dominant share. All that is free on an agent goes to one framework, so
//! fairness comes from the order of frameworks over many agents and many runs.
//!
//! It knows no timers and sends nothing: the master asks when an interval has passed or something
//! happened. A [`Filter`] is looked at when its agent comes up, so it needs no timer either.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use libprocess::primitive::random::Random;
use libprocess::time::Time;

use self::sorter::Sorter;
use crate::messages::Resource;
use crate::messages::framework_info::capability::Type as FrameworkCapability;
use crate::messages::slave_info::capability::Type as AgentCapability;
use crate::resources::Resources;

mod sorter;

/// The book of resources.
#[derive(Debug, Default)]
pub(super) struct Allocator {
    agents: BTreeMap<String, Agent>,
    frameworks: BTreeMap<String, Framework>,
    /// Which role comes first.
    roles: Sorter,
    /// In each role, which framework comes first.
    members: BTreeMap<String, Sorter>,
}

#[derive(Debug)]
struct Agent {
    total: Resources,
    /// With whoever, each allocated to a role.
    allocated: Resources,
    capabilities: Vec<AgentCapability>,
    is_active: bool,
}

#[derive(Debug)]
struct Framework {
    roles: BTreeSet<String>,
    suppressed: BTreeSet<String>,
    capabilities: Vec<FrameworkCapability>,
    is_active: bool,
    filters: Vec<Filter>,
}

/// Keeps a framework from being offered again what it has refused.
#[derive(Debug)]
struct Filter {
    role: String,
    agent: String,
    refused: Resources,
    until: Time,
}

/// What a run gives to a framework.
#[derive(Debug, PartialEq)]
pub(super) struct Allocation {
    pub(super) framework: String,
    pub(super) role: String,
    pub(super) agent: String,
    /// Allocated to the role.
    pub(super) resources: Resources,
}

impl Allocator {
    /// Adds an agent, of which nothing is in use.
    pub(super) fn add_agent(
        &mut self,
        id: &str,
        total: Resources,
        capabilities: Vec<AgentCapability>,
    ) {
        let allocated = Resources::default();
        let agent = Agent {
            total,
            allocated,
            capabilities,
            is_active: true,
        };
        self.agents.insert(id.to_owned(), agent);
    }

    /// Forgets an agent, of which nothing is in use any more.
    pub(super) fn remove_agent(&mut self, id: &str) {
        self.agents.remove(id);
        for framework in self.frameworks.values_mut() {
            framework.filters.retain(|filter| filter.agent != id);
        }
    }

    /// Changes what an agent has.
    pub(super) fn update_agent(&mut self, id: &str, total: Resources) {
        if let Some(agent) = self.agents.get_mut(id) {
            agent.total = total;
        }
    }

    /// Whether an agent's resources may be offered.
    pub(super) fn set_agent_active(&mut self, id: &str, is_active: bool) {
        if let Some(agent) = self.agents.get_mut(id) {
            agent.is_active = is_active;
        }
    }

    /// Adds a framework, or changes its roles and capabilities.
    pub(super) fn put_framework(
        &mut self,
        id: &str,
        roles: BTreeSet<String>,
        suppressed: BTreeSet<String>,
        capabilities: Vec<FrameworkCapability>,
    ) {
        let known = self.frameworks.remove(id);
        let (is_active, mut filters) =
            known.map_or((false, Vec::new()), |it| (it.is_active, it.filters));
        filters.retain(|filter| roles.contains(&filter.role));
        let framework = Framework {
            roles,
            suppressed,
            capabilities,
            is_active,
            filters,
        };
        self.frameworks.insert(id.to_owned(), framework);
    }

    /// Forgets a framework that has nothing any more.
    pub(super) fn remove_framework(&mut self, id: &str) {
        self.frameworks.remove(id);
        for members in self.members.values_mut() {
            members.forget(id);
        }
    }

    /// Whether a framework may be offered anything. One that may not loses its filters.
    pub(super) fn set_framework_active(&mut self, id: &str, is_active: bool) {
        if let Some(framework) = self.frameworks.get_mut(id) {
            framework.is_active = is_active;
            if !is_active {
                framework.filters.clear();
            }
        }
    }

    /// Offers a framework nothing in these roles until it revives them.
    pub(super) fn suppress(&mut self, id: &str, roles: &BTreeSet<String>) {
        if let Some(framework) = self.frameworks.get_mut(id) {
            framework.suppressed.extend(roles.iter().cloned());
        }
    }

    /// Forgets what a framework has refused in these roles, and that it wanted no offers.
    pub(super) fn revive(&mut self, id: &str, roles: &BTreeSet<String>) {
        if let Some(framework) = self.frameworks.get_mut(id) {
            framework.suppressed.retain(|role| !roles.contains(role));
            framework
                .filters
                .retain(|filter| !roles.contains(&filter.role));
        }
    }

    /// Books resources that a framework has: not by a run, but because an agent says so.
    pub(super) fn charge(&mut self, framework: &str, agent: &str, resources: &Resources) {
        let Some(book) = self.agents.get_mut(agent) else {
            return;
        };
        book.allocated += resources;
        for (role, resources) in resources.by_allocation_role() {
            self.roles.charge(&role, &resources);
            self.members
                .entry(role)
                .or_default()
                .charge(framework, &resources);
        }
    }

    /// Takes resources back from a framework.
    pub(super) fn recover(&mut self, framework: &str, agent: &str, resources: &Resources) {
        let Some(book) = self.agents.get_mut(agent) else {
            return;
        };
        book.allocated -= resources;
        for (role, resources) in resources.by_allocation_role() {
            self.roles.recover(&role, &resources);
            if let Some(members) = self.members.get_mut(&role) {
                members.recover(framework, &resources);
            }
        }
    }

    /// Keeps a framework from being offered again, until then, what is no more than this.
    pub(super) fn filter(
        &mut self,
        framework: &str,
        agent: &str,
        resources: &Resources,
        until: Time,
    ) {
        let Some(framework) = self.frameworks.get_mut(framework) else {
            return;
        };
        for (role, resources) in resources.by_allocation_role() {
            let refused = resources.unallocated();
            framework.filters.push(Filter {
                role,
                agent: agent.to_owned(),
                refused,
                until,
            });
        }
    }

    /// Hands out what is free.
    pub(super) fn run(&mut self, now: Time, random: &mut Random) -> Vec<Allocation> {
        for framework in self.frameworks.values_mut() {
            framework.filters.retain(|filter| now < filter.until);
        }
        let mut total = Resources::default();
        self.agents.values().for_each(|agent| total += &agent.total);
        let total = sorter::sums(&total);
        let mut agents: Vec<String> = self.agents.keys().cloned().collect();
        shuffle(&mut agents, random);
        let mut allocations = Vec::new();
        for id in agents {
            let wanted: BTreeSet<String> = self
                .frameworks
                .values()
                .flat_map(Framework::wants)
                .collect();
            for role in self.roles.order(wanted, &total) {
                let members = self.frameworks.iter().filter(|(_, it)| it.wants_in(&role));
                let members = members.map(|(id, _)| id.clone());
                let members = self
                    .members
                    .entry(role.clone())
                    .or_default()
                    .order(members, &total);
                for framework in members {
                    if let Some(resources) = self.offer(&id, &role, &framework) {
                        self.charge(&framework, &id, &resources);
                        let (role, agent) = (role.clone(), id.clone());
                        allocations.push(Allocation {
                            framework,
                            role,
                            agent,
                            resources,
                        });
                    }
                }
            }
        }
        allocations
    }

    /// What is free on an agent for a framework in a role, if that is worth offering.
    fn offer(&self, agent: &str, role: &str, framework: &str) -> Option<Resources> {
        let (agent, id) = (self.agents.get(agent)?, agent);
        let framework = self.frameworks.get(framework)?;
        if !agent.is_active || !agent.takes(framework, role) {
            return None;
        }
        let mut free = agent.total.clone();
        free -= &agent.allocated.unallocated();
        let free = free
            .available_to(role)
            .filter(|resource| framework.can_use(resource));
        let is_enough = free.scalar("cpus") >= LEAST_CPUS || free.scalar("mem") >= LEAST_MEM;
        let is_refused = framework.filters.iter().any(|filter| {
            filter.agent == id && filter.role == role && filter.refused.contains(&free)
        });
        (is_enough && !is_refused).then(|| free.allocated_to(role))
    }
}

impl Agent {
    /// Whether a framework may be offered anything of this agent.
    fn takes(&self, framework: &Framework, role: &str) -> bool {
        let has = |capability| self.capabilities.contains(&capability);
        (has(AgentCapability::MULTI_ROLE) || !framework.is(FrameworkCapability::MULTI_ROLE))
            && (has(AgentCapability::HIERARCHICAL_ROLE) || !role.contains('/'))
            && (self.total.scalar("gpus") == 0.0
                || framework.is(FrameworkCapability::GPU_RESOURCES))
    }
}

impl Framework {
    fn is(&self, capability: FrameworkCapability) -> bool {
        self.capabilities.contains(&capability)
    }

    fn wants(&self) -> impl Iterator<Item = String> {
        self.roles
            .iter()
            .filter(|role| self.wants_in(role))
            .cloned()
    }

    fn wants_in(&self, role: &str) -> bool {
        self.is_active && self.roles.contains(role) && !self.suppressed.contains(role)
    }

    fn can_use(&self, resource: &Resource) -> bool {
        (resource.revocable.is_unset() || self.is(FrameworkCapability::REVOCABLE_RESOURCES))
            && (resource.shared.is_unset() || self.is(FrameworkCapability::SHARED_RESOURCES))
            && (resource.reservations.len() < 2
                || self.is(FrameworkCapability::RESERVATION_REFINEMENT))
    }
}

/// The length of a filter that a framework asks for with `refuse_seconds`, if it is to have one.
pub(super) fn refusal(refuse_seconds: Option<f64>, interval: Duration) -> Option<Duration> {
    let refusal = match refuse_seconds {
        None => DEFAULT_REFUSAL,
        Some(0.0) => return None,
        Some(seconds) => Duration::try_from_secs_f64(seconds.min(LONGEST_REFUSAL.as_secs_f64()))
            .unwrap_or(DEFAULT_REFUSAL),
    };
    Some(refusal.max(interval))
}

fn shuffle<T>(items: &mut [T], random: &mut Random) {
    for last in (1..items.len()).rev() {
        items.swap(last, random.below(last + 1));
    }
}

const LEAST_CPUS: f64 = 0.01;
const LEAST_MEM: f64 = 32.0;
const DEFAULT_REFUSAL: Duration = Duration::from_secs(5);
const LONGEST_REFUSAL: Duration = Duration::from_secs(365 * 24 * 60 * 60);

#[cfg(test)]
mod tests;
