//! The master, among schedulers and agents that only speak messages.

mod agents_come_back;
mod agents_that_are_silent_are_unreachable;
mod broken_links_of_agents;
mod broken_links_of_frameworks;
mod drivers_that_abort;
mod endpoints_tell_the_state;
mod frameworks_come_and_go;
mod kills_reach_the_agent;
mod offers_are_declined;
mod old_drivers_are_understood;
mod tasks_are_launched;
mod tasks_that_make_no_sense;
mod updates_are_forwarded;
mod what_is_unknown_is_kept;

use std::collections::VecDeque;
use std::time::Duration;

use libprocess::address::Upid;
use libprocess::codec::message::Message as Envelope;
use libprocess::process::{Context, Pid, Process};
use libprocess::protobuf::{Message, ProtobufContext};
use mesos::master::{self, Master, Settings};
use mesos::messages::internal::{
    ExecutorToFrameworkMessage, ExitedExecutorMessage, FrameworkErrorMessage,
    FrameworkRegisteredMessage, FrameworkReregisteredMessage, FrameworkToExecutorMessage,
    KillTaskMessage, LostSlaveMessage, PingSlaveMessage, PongSlaveMessage, RegisterSlaveMessage,
    RescindResourceOfferMessage, ResourceOffersMessage, RunTaskMessage, ShutdownFrameworkMessage,
    ShutdownMessage, SlaveRegisteredMessage, SlaveReregisteredMessage, StatusUpdate,
    StatusUpdateAcknowledgementMessage, StatusUpdateMessage, UpdateFrameworkMessage,
};
use mesos::messages::offer::operation::{Launch, Type as OperationType};
use mesos::messages::scheduler::{Call, call};
use mesos::messages::slave_info::{Capability, capability};
use mesos::messages::{
    CommandInfo, FrameworkID, FrameworkInfo, MessageField, Offer, SlaveID, SlaveInfo, TaskID,
    TaskInfo, TaskState, TaskStatus, offer,
};
use mesos::resources::Resources;

use crate::support::Node;

/// A master, and time that stands still.
pub(crate) struct Cluster {
    pub(crate) node: Node,
    pub(crate) master: Pid<Master>,
}

impl Cluster {
    pub(crate) fn new() -> Self {
        let node = Node::new();
        let master = node
            .manager
            .spawn_as(master::ID, Master::new(Settings::default()))
            .unwrap();
        node.settle();
        Self { node, master }
    }

    /// A process that hears what frameworks and agents hear, and answers pings.
    pub(crate) fn actor(&self, id: &str) -> Actor<'_> {
        let stage = Stage {
            heard: VecDeque::new(),
            is_silent: false,
        };
        let pid = self.node.manager.spawn_as(id, stage).unwrap();
        Actor {
            cluster: self,
            pid,
            id: String::new(),
        }
    }

    /// A framework that has registered.
    pub(crate) fn framework(&self, id: &str, info: FrameworkInfo) -> Actor<'_> {
        let mut actor = self.actor(id);
        actor.subscribe(info, false);
        let message: FrameworkRegisteredMessage = actor.hears();
        actor.id = message.framework_id.value.clone();
        actor
    }

    /// An agent that has registered.
    pub(crate) fn agent(&self, id: &str, resources: &str) -> Actor<'_> {
        let mut actor = self.actor(id);
        let slave = SlaveInfo {
            hostname: format!("{id}.example"),
            resources: Resources::parse(resources, "*").unwrap().to_old_messages(),
            ..Default::default()
        };
        actor.says(RegisterSlaveMessage {
            slave: slave.into(),
            version: Some("1.11.0".to_owned()),
            agent_capabilities: vec![
                can(capability::Type::MULTI_ROLE),
                can(capability::Type::RESERVATION_REFINEMENT),
            ],
            ..Default::default()
        });
        let message: SlaveRegisteredMessage = actor.hears();
        actor.id = message.slave_id.value.clone();
        actor
    }

    pub(crate) fn metric(&self, name: &str) -> f64 {
        let metrics = self.node.manager.metrics().snapshot(&self.node.clock, None);
        metrics
            .wait()
            .unwrap()
            .get(name)
            .copied()
            .unwrap_or(f64::NAN)
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.node.advance(Duration::from_secs(seconds));
    }
}

fn can(r#type: capability::Type) -> Capability {
    Capability {
        r#type: Some(r#type),
        ..Default::default()
    }
}

/// A scheduler or an agent, played.
pub(crate) struct Actor<'a> {
    cluster: &'a Cluster,
    pid: Pid<Stage>,
    /// What the master calls it.
    pub(crate) id: String,
}

impl Actor<'_> {
    pub(crate) fn upid(&self) -> Upid {
        self.pid.upid().clone()
    }

    /// Sends a message to the master.
    pub(crate) fn says<M: Message + Sync>(&self, message: M) {
        let master = self.cluster.master.upid().clone();
        self.pid
            .tell(move |_, ctx| ctx.send_protobuf(&master, &message));
        self.cluster.node.settle();
    }

    /// The message that it heard first and was not asked for yet.
    pub(crate) fn hears<M: Message>(&self) -> M {
        let next = self.next();
        let next = next.unwrap_or_else(|| panic!("heard nothing, expected {}", M::NAME));
        assert_eq!(&*next.name, M::NAME);
        M::decode(&next.body).unwrap()
    }

    /// Panics if it heard something that it was not asked for.
    pub(crate) fn hears_nothing(&self) {
        if let Some(next) = self.next() {
            panic!("heard {} of {}", &*next.name, next.from);
        }
    }

    fn next(&self) -> Option<Envelope> {
        self.cluster.node.settle();
        self.pid
            .dispatch(|stage, _| stage.heard.pop_front())
            .wait()
            .unwrap()
    }

    /// Answers no more pings.
    pub(crate) fn falls_silent(&self) {
        self.pid.tell(|stage, _| stage.is_silent = true);
    }

    /// Ends, so that its links break.
    pub(crate) fn dies(&self) {
        self.pid.terminate();
        self.cluster.node.settle();
    }

    /// What the master calls this framework.
    pub(crate) fn framework_id(&self) -> MessageField<FrameworkID> {
        FrameworkID::from(self.id.as_str()).into()
    }

    pub(crate) fn subscribe(&self, info: FrameworkInfo, force: bool) {
        let framework_id = info.id.clone();
        let force = Some(force);
        let subscribe = call::Subscribe {
            framework_info: info.into(),
            force,
            ..Default::default()
        };
        self.says(Call {
            framework_id,
            r#type: Some(call::Type::SUBSCRIBE),
            subscribe: subscribe.into(),
            ..Default::default()
        });
    }

    /// A call of this framework.
    pub(crate) fn calls(&self, r#type: call::Type, fill: impl FnOnce(&mut Call)) {
        let framework_id = self.framework_id();
        let mut call = Call {
            framework_id,
            r#type: Some(r#type),
            ..Default::default()
        };
        fill(&mut call);
        self.says(call);
    }

    /// The offers that it hears of.
    pub(crate) fn hears_offers(&self) -> Vec<Offer> {
        let message: ResourceOffersMessage = self.hears();
        assert_eq!(message.offers.len(), message.pids.len());
        message.offers
    }

    /// The one offer that it hears of.
    pub(crate) fn hears_offer(&self) -> Offer {
        let mut offers = self.hears_offers();
        assert_eq!(offers.len(), 1);
        offers.remove(0)
    }

    pub(crate) fn launches(&self, offer: &Offer, tasks: Vec<TaskInfo>) {
        let launch = Launch {
            task_infos: tasks,
            ..Default::default()
        };
        let operation = offer::Operation {
            r#type: Some(OperationType::LAUNCH),
            launch: launch.into(),
            ..Default::default()
        };
        self.calls(call::Type::ACCEPT, |call| {
            let accept = call.accept.get_or_insert_default();
            accept.offer_ids = vec![(*offer.id).clone()];
            accept.operations = vec![operation];
        });
    }

    /// The state of a task that it hears of, with reason and message.
    pub(crate) fn hears_update(&self) -> TaskStatus {
        let message: StatusUpdateMessage = self.hears();
        (*message.update.status).clone()
    }

    /// An update of a task of `framework`, from this agent.
    pub(crate) fn reports(&self, framework: &str, task: &str, state: TaskState, uuid: u8) {
        let status = TaskStatus {
            task_id: TaskID::from(task).into(),
            slave_id: SlaveID::from(self.id.as_str()).into(),
            state,
            uuid: Some(vec![uuid; 16].into()),
            ..Default::default()
        };
        let update = StatusUpdate {
            framework_id: FrameworkID::from(framework).into(),
            slave_id: SlaveID::from(self.id.as_str()).into(),
            status: status.into(),
            uuid: Some(vec![uuid; 16].into()),
            latest_state: Some(state),
            ..Default::default()
        };
        let pid = Some(self.upid().to_string());
        self.says(StatusUpdateMessage {
            update: update.into(),
            pid,
            ..Default::default()
        });
    }
}

/// A framework that says little about itself.
pub(crate) fn info() -> FrameworkInfo {
    FrameworkInfo {
        user: "root".to_owned(),
        name: "test".to_owned(),
        ..Default::default()
    }
}

/// A command task on the agent of `offer`.
pub(crate) fn task(id: &str, offer: &Offer, resources: &str) -> TaskInfo {
    let command = CommandInfo {
        value: Some("true".to_owned()),
        ..Default::default()
    };
    TaskInfo {
        name: id.to_owned(),
        task_id: TaskID::from(id).into(),
        slave_id: offer.slave_id.clone(),
        resources: Resources::parse(resources, "*").unwrap().to_old_messages(),
        command: command.into(),
        ..Default::default()
    }
}

/// Remembers what it hears.
struct Stage {
    heard: VecDeque<Envelope>,
    is_silent: bool,
}

impl Process for Stage {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        for name in [
            ExecutorToFrameworkMessage::NAME,
            ExitedExecutorMessage::NAME,
            FrameworkErrorMessage::NAME,
            FrameworkRegisteredMessage::NAME,
            FrameworkReregisteredMessage::NAME,
            FrameworkToExecutorMessage::NAME,
            KillTaskMessage::NAME,
            LostSlaveMessage::NAME,
            RescindResourceOfferMessage::NAME,
            ResourceOffersMessage::NAME,
            RunTaskMessage::NAME,
            ShutdownFrameworkMessage::NAME,
            ShutdownMessage::NAME,
            SlaveRegisteredMessage::NAME,
            SlaveReregisteredMessage::NAME,
            StatusUpdateAcknowledgementMessage::NAME,
            StatusUpdateMessage::NAME,
            UpdateFrameworkMessage::NAME,
        ] {
            ctx.install(
                name,
                |stage: &mut Self, _: &mut Context<Self>, message: Envelope| {
                    stage.heard.push_back(message);
                },
            );
        }
        ctx.install_protobuf(
            |stage: &mut Self, ctx: &mut Context<Self>, _: PingSlaveMessage| {
                if !stage.is_silent {
                    ctx.reply_protobuf(&PongSlaveMessage::default());
                }
            },
        );
    }
}
