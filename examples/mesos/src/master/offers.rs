//! Offers: made, taken back, refused.

use std::collections::{BTreeMap, BTreeSet};

use libprocess::process::Context;

use super::allocator::{Allocation, refusal};
use super::framework::Framework;
use super::{Agent, Master};
use crate::messages::framework_info::capability::Type as Capability;
use crate::messages::internal::{RescindResourceOfferMessage, ResourceOffersMessage};
use crate::messages::resource::AllocationInfo;
use crate::messages::{Address, ExecutorID, Filters, MessageField, Offer, OfferID, Resource, URL};
use crate::resources::Resources;
use crate::roles;

/// An offer that a framework has neither taken nor refused.
#[derive(Debug)]
pub(super) struct Outstanding {
    pub(super) framework: String,
    pub(super) agent: String,
    pub(super) role: String,
    /// Allocated to the role.
    pub(super) resources: Resources,
}

impl Master {
    /// Offers what is free, now and then in each interval.
    pub(super) fn allocate_in_time(&mut self, ctx: &mut Context<Self>) {
        self.allocate(ctx);
        ctx.delay(self.settings.allocation_interval, Self::allocate_in_time);
    }

    /// Offers what is free, after the events that are queued: many of them make one run.
    pub(super) fn allocate_soon(&mut self, ctx: &Context<Self>) {
        if !std::mem::replace(&mut self.will_allocate, true) {
            ctx.pid().tell(|master, ctx| {
                master.will_allocate = false;
                master.allocate(ctx);
            });
        }
    }

    fn allocate(&mut self, ctx: &mut Context<Self>) {
        self.metrics.allocation_runs.increment();
        let mut offers = BTreeMap::<String, ResourceOffersMessage>::new();
        for allocation in self.allocator.run(ctx.now(), &mut self.random) {
            let framework = allocation.framework.clone();
            if let Some((offer, agent)) = self.offer(allocation) {
                let message = offers.entry(framework).or_default();
                message.offers.push(offer);
                message.pids.push(agent);
            }
        }
        for (framework, message) in offers {
            log::info!(
                "sending {} offers to framework {framework}",
                message.offers.len()
            );
            self.tell(ctx, &framework, &message);
        }
    }

    /// Makes an offer, which comes with the name of its agent's process.
    fn offer(&mut self, allocation: Allocation) -> Option<(Offer, String)> {
        let agent = self.agents.get(&allocation.agent)?;
        let framework = self.frameworks.get(&allocation.framework)?;
        let id = format!("{}-O{}", self.info.id, self.made.offers);
        self.made.offers += 1;
        let offer = offer_message(&id, framework, agent, &allocation);
        let pid = agent.pid.to_string();
        let Allocation {
            framework,
            role,
            agent,
            resources,
        } = allocation;
        self.offers.insert(
            id,
            Outstanding {
                framework,
                agent,
                role,
                resources,
            },
        );
        Some((offer, pid))
    }

    /// Ends an offer; what was offered is free again, and offered again, but not soon to whom the
    /// filters say.
    pub(super) fn recover_offer(
        &mut self,
        ctx: &Context<Self>,
        id: &str,
        filters: Option<&Filters>,
    ) -> Option<Outstanding> {
        let offer = self.offers.remove(id)?;
        self.recover_offered(ctx, &offer, &offer.resources, filters);
        Some(offer)
    }

    /// Frees what of an offer was not used.
    pub(super) fn recover_offered(
        &mut self,
        ctx: &Context<Self>,
        offer: &Outstanding,
        unused: &Resources,
        filters: Option<&Filters>,
    ) {
        self.allocator
            .recover(&offer.framework, &offer.agent, unused);
        let interval = self.settings.allocation_interval;
        if let Some(refusal) = filters.and_then(|it| refusal(it.refuse_seconds, interval))
            && !unused.is_empty()
        {
            self.allocator
                .filter(&offer.framework, &offer.agent, unused, ctx.now() + refusal);
        }
    }

    /// Takes back every offer that a framework has, and tells it or does not.
    pub(super) fn take_offers_back(&mut self, ctx: &Context<Self>, framework: &str, tell: bool) {
        self.take_back(ctx, |offer| offer.framework == framework, tell);
    }

    pub(super) fn rescind_offers_of_agent(&mut self, ctx: &Context<Self>, agent: &str) {
        self.take_back(ctx, |offer| offer.agent == agent, true);
    }

    fn take_back(&mut self, ctx: &Context<Self>, which: impl Fn(&Outstanding) -> bool, tell: bool) {
        let ids: Vec<_> = self
            .offers
            .iter()
            .filter(|it| which(it.1))
            .map(|it| it.0.clone())
            .collect();
        for id in ids {
            let Some(offer) = self.recover_offer(ctx, &id, None) else {
                continue;
            };
            if tell {
                let offer_id = OfferID::from(id).into();
                let message = RescindResourceOfferMessage {
                    offer_id,
                    ..Default::default()
                };
                self.tell(ctx, &offer.framework, &message);
            }
        }
    }

    /// A framework does not want some offers.
    pub(super) fn decline(
        &mut self,
        ctx: &Context<Self>,
        framework: &str,
        offers: &[OfferID],
        filters: &Filters,
    ) {
        self.metrics.messages_decline_offers.increment();
        for id in offers {
            match self.offers.get(&id.value) {
                Some(offer) if offer.framework == framework => {
                    self.recover_offer(ctx, &id.value, Some(filters));
                }
                _ => log::warn!("framework {framework} declines offer {id}, which it has not"),
            }
        }
    }

    /// A framework wants to hear again of what it refused.
    pub(super) fn revive(&mut self, ctx: &Context<Self>, framework: &str, roles: &[String]) {
        self.metrics.messages_revive_offers.increment();
        if let Some(roles) = self.own_roles(framework, roles) {
            self.allocator.revive(framework, &roles);
            self.allocate_soon(ctx);
        }
    }

    /// A framework wants no offers for now.
    pub(super) fn suppress(&mut self, framework: &str, roles: &[String]) {
        self.metrics.messages_suppress_offers.increment();
        if let Some(roles) = self.own_roles(framework, roles) {
            self.allocator.suppress(framework, &roles);
        }
    }

    /// `roles`, or all that the framework has; nothing if it has not all of them.
    fn own_roles(&self, framework: &str, roles: &[String]) -> Option<BTreeSet<String>> {
        let own = self.frameworks.get(framework)?.roles();
        if roles.is_empty() {
            return Some(own);
        }
        let roles: BTreeSet<_> = roles.iter().cloned().collect();
        let strange = roles
            .iter()
            .find(|role| roles::check(role).is_err() || !own.contains(*role));
        match strange {
            Some(role) => {
                log::warn!("framework {framework} names role '{role}', which it has not");
                None
            }
            None => Some(roles),
        }
    }
}

fn offer_message(id: &str, framework: &Framework, agent: &Agent, allocation: &Allocation) -> Offer {
    let executors = agent
        .executors
        .keys()
        .filter(|(owner, _)| owner == framework.id());
    let mut offer = Offer {
        id: OfferID::from(id).into(),
        framework_id: framework.framework_id().into(),
        slave_id: agent.agent_id().into(),
        hostname: agent.info.hostname.clone(),
        url: URL {
            scheme: "http".to_owned(),
            address: Address {
                hostname: Some(agent.info.hostname.clone()),
                ip: Some(agent.pid.address().ip().to_string()),
                port: agent.pid.address().port().into(),
                ..Address::default()
            }
            .into(),
            path: Some(format!("/{}", agent.pid.id())),
            ..URL::default()
        }
        .into(),
        domain: agent.info.domain.clone(),
        resources: for_framework(framework, &allocation.resources),
        attributes: agent.info.attributes.clone(),
        executor_ids: executors
            .map(|(_, id)| ExecutorID::from(id.as_str()))
            .collect(),
        ..Offer::default()
    };
    if framework.is(Capability::MULTI_ROLE) {
        let role = Some(allocation.role.clone());
        offer.allocation_info = AllocationInfo {
            role,
            ..AllocationInfo::default()
        }
        .into();
    }
    offer
}

/// Resources as a framework understands them.
fn for_framework(framework: &Framework, resources: &Resources) -> Vec<Resource> {
    let resources = resources.filter(|resource| resource.name != "ephemeral_ports");
    let mut messages = match framework.is(Capability::RESERVATION_REFINEMENT) {
        true => resources.to_messages(),
        false => resources.to_old_messages(),
    };
    if !framework.is(Capability::MULTI_ROLE) {
        messages
            .iter_mut()
            .for_each(|it| it.allocation_info = MessageField::none());
    }
    messages
}
