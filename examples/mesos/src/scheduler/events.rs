//! What master and agents tell a framework, and which callbacks follow.

use libprocess::address::Upid;
use libprocess::process::Context;

use super::process::SchedulerProcess;
use crate::messages::internal::{
    ExecutorToFrameworkMessage, ExitedExecutorMessage, FrameworkErrorMessage,
    FrameworkRegisteredMessage, FrameworkReregisteredMessage, LostSlaveMessage,
    RescindResourceOfferMessage, ResourceOffersMessage, StatusUpdateMessage,
};

impl SchedulerProcess {
    pub(super) fn registered(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: FrameworkRegisteredMessage,
    ) {
        if !self.awaits_answer_of(from) {
            return;
        }
        log::info!("framework registered with {}", message.framework_id.value);
        self.framework.id = message.framework_id;
        self.connect(ctx);
        self.scheduler
            .registered(&self.driver, &self.framework.id, &message.master_info);
    }

    pub(super) fn reregistered(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: FrameworkReregisteredMessage,
    ) {
        if !self.awaits_answer_of(from) {
            return;
        }
        log::info!("framework reregistered with {}", message.framework_id.value);
        self.connect(ctx);
        self.scheduler
            .reregistered(&self.driver, &message.master_info);
    }

    pub(super) fn resource_offers(
        &mut self,
        _ctx: &mut Context<Self>,
        from: &Upid,
        message: ResourceOffersMessage,
    ) {
        if !self.listens_to(from) || message.offers.is_empty() {
            return;
        }
        for (offer, pid) in message.offers.iter().zip(&message.pids) {
            match pid.parse() {
                Ok(pid) => {
                    let agent = (offer.slave_id.value.clone(), pid);
                    self.offered.insert(offer.id.value.clone(), agent);
                }
                Err(error) => log::warn!("the agent of offer {}: {error}", offer.id.value),
            }
        }
        self.scheduler.resource_offers(&self.driver, message.offers);
    }

    pub(super) fn rescind_offer(
        &mut self,
        _ctx: &mut Context<Self>,
        from: &Upid,
        message: RescindResourceOfferMessage,
    ) {
        if self.listens_to(from) {
            self.offered.remove(&message.offer_id.value);
            self.scheduler
                .offer_rescinded(&self.driver, &message.offer_id);
        }
    }

    pub(super) fn status_update(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: StatusUpdateMessage,
    ) {
        if !self.listens_to(from) {
            return;
        }
        let update = message.update;
        let mut status = (*update.status).clone();
        // What did not come from an agent is not sent again, so there is nothing to acknowledge.
        let comes_from_agent = message
            .pid
            .is_some_and(|pid| !pid.is_empty() && pid != NO_PID);
        let uuid = update
            .uuid
            .clone()
            .filter(|uuid| comes_from_agent && !uuid.is_empty());
        status.uuid = uuid;
        self.scheduler.status_update(&self.driver, &status);
        if self.implicit_acknowledgements && self.driver.is_running() {
            status.slave_id = update.slave_id.clone();
            self.acknowledge(ctx, &status);
        }
    }

    /// Agents send these too, whoever leads.
    pub(super) fn framework_message(
        &mut self,
        _ctx: &mut Context<Self>,
        message: ExecutorToFrameworkMessage,
    ) {
        if self.driver.is_running() {
            self.scheduler.framework_message(
                &self.driver,
                &message.executor_id,
                &message.slave_id,
                message.data,
            );
        }
    }

    pub(super) fn lost_slave(
        &mut self,
        _ctx: &mut Context<Self>,
        from: &Upid,
        message: LostSlaveMessage,
    ) {
        if self.listens_to(from) {
            self.agents.remove(&message.slave_id.value);
            self.scheduler.slave_lost(&self.driver, &message.slave_id);
        }
    }

    pub(super) fn exited_executor(
        &mut self,
        _ctx: &mut Context<Self>,
        from: &Upid,
        message: ExitedExecutorMessage,
    ) {
        if self.listens_to(from) {
            self.scheduler.executor_lost(
                &self.driver,
                &message.executor_id,
                &message.slave_id,
                message.status,
            );
        }
    }

    /// An error can come before any registration, so any sender may say it.
    pub(super) fn framework_error(
        &mut self,
        _ctx: &mut Context<Self>,
        message: FrameworkErrorMessage,
    ) {
        if self.driver.is_running() {
            log::error!("the framework is refused: {}", message.message);
            self.driver.abort();
            self.scheduler.error(&self.driver, &message.message);
        }
    }

    fn awaits_answer_of(&self, from: &Upid) -> bool {
        let awaits = !self.connected && self.master.as_ref() == Some(from);
        if !awaits {
            log::warn!("dropped a registration by {from}, which was not asked for");
        }
        awaits && self.driver.is_running()
    }
}

/// How the original prints the address of nobody.
const NO_PID: &str = "@0.0.0.0:0";
