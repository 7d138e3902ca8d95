//! Behaviour tests of the scheduler driver, against a master that is played by the test.

mod a_driver_registers_until_it_is_answered;
mod a_driver_stops_and_aborts;
mod a_master_counts_aborts_and_no_deaths;
mod calls_of_a_disconnected_driver_go_nowhere;
mod updates_are_acknowledged;
mod what_a_master_says_reaches_the_scheduler;

use bytes::Bytes;
use libprocess::address::Upid;
use libprocess::primitive::sync::{Arc, Mutex};
use libprocess::protobuf::Message;
use mesos::detector::Fixed;
use mesos::messages::internal::{
    DeactivateFrameworkMessage, FrameworkRegisteredMessage, FrameworkToExecutorMessage,
    StatusUpdate, StatusUpdateMessage,
};
use mesos::messages::scheduler::{Call, call};
use mesos::messages::{
    ExecutorID, FrameworkID, FrameworkInfo, MasterInfo, Offer, OfferID, SlaveID, TaskState,
    TaskStatus,
};
use mesos::scheduler::{Builder, Scheduler, SchedulerDriver};

use crate::support::{Node, Peer};

/// What a scheduler was told, a line each.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock())
    }

    fn note(&self, line: impl Into<String>) {
        self.0.lock().push(line.into());
    }
}

/// Writes down what it is told, and does `on_update` with each update.
struct Writer {
    diary: Diary,
    on_update: fn(&SchedulerDriver, &TaskStatus),
}

impl Scheduler for Writer {
    fn registered(&mut self, _: &SchedulerDriver, id: &FrameworkID, master: &MasterInfo) {
        self.diary.note(format!("registered {id} at {}", master.id));
    }
    fn reregistered(&mut self, _: &SchedulerDriver, master: &MasterInfo) {
        self.diary.note(format!("reregistered at {}", master.id));
    }
    fn disconnected(&mut self, _: &SchedulerDriver) {
        self.diary.note("disconnected");
    }
    fn resource_offers(&mut self, _: &SchedulerDriver, offers: Vec<Offer>) {
        let ids: Vec<String> = offers.iter().map(|offer| offer.id.value.clone()).collect();
        self.diary.note(format!("offers {}", ids.join(" ")));
    }
    fn offer_rescinded(&mut self, _: &SchedulerDriver, offer: &OfferID) {
        self.diary.note(format!("rescinded {offer}"));
    }
    fn status_update(&mut self, driver: &SchedulerDriver, status: &TaskStatus) {
        let uuid = status.uuid.is_some();
        self.diary.note(format!(
            "{} {:?} uuid {uuid}",
            *status.task_id, status.state
        ));
        (self.on_update)(driver, status);
    }
    fn framework_message(
        &mut self,
        _: &SchedulerDriver,
        executor: &ExecutorID,
        slave: &SlaveID,
        data: Bytes,
    ) {
        self.diary
            .note(format!("message of {executor} on {slave}: {data:?}"));
    }
    fn slave_lost(&mut self, _: &SchedulerDriver, slave: &SlaveID) {
        self.diary.note(format!("lost {slave}"));
    }
    fn executor_lost(&mut self, _: &SchedulerDriver, id: &ExecutorID, on: &SlaveID, status: i32) {
        self.diary.note(format!("lost {id} on {on}: {status}"));
    }
    fn error(&mut self, driver: &SchedulerDriver, message: &str) {
        self.diary
            .note(format!("error {message}, {:?}", driver.status()));
    }
}

/// A driver, and the master that it looks for.
struct World<'a> {
    driver: SchedulerDriver,
    diary: Diary,
    master: Peer<'a>,
}

/// What masters and agents hear of drivers.
const HEARD: &[&str] = &[
    Call::NAME,
    DeactivateFrameworkMessage::NAME,
    FrameworkToExecutorMessage::NAME,
];

impl<'a> World<'a> {
    fn new(node: &'a Node, framework: FrameworkInfo) -> Self {
        Self::with(node, framework, |builder| builder, |_, _| ())
    }

    fn with(
        node: &'a Node,
        framework: FrameworkInfo,
        build: impl FnOnce(Builder) -> Builder,
        on_update: fn(&SchedulerDriver, &TaskStatus),
    ) -> Self {
        let master = node.peer("master", HEARD);
        let diary = Diary::default();
        let writer = Writer {
            diary: diary.clone(),
            on_update,
        };
        let builder = SchedulerDriver::builder(framework, Fixed::new(master.upid()));
        let driver = build(builder).build(&node.manager, writer);
        Self {
            driver,
            diary,
            master,
        }
    }

    /// Starts the driver and registers it; gives its address.
    fn register(&self) -> Upid {
        self.driver.start();
        let (driver, _) = self.heard(call::Type::SUBSCRIBE);
        self.master.say(&driver, registered());
        assert_eq!(self.diary.take(), ["registered F at M"]);
        driver
    }

    fn heard(&self, kind: call::Type) -> (Upid, Call) {
        let (from, call) = self.master.heard::<Call>();
        assert_eq!(call.r#type, Some(kind));
        (from, call)
    }
}

fn framework() -> FrameworkInfo {
    FrameworkInfo {
        user: "root".into(),
        name: "test".into(),
        ..Default::default()
    }
}

fn master_info() -> MasterInfo {
    MasterInfo {
        id: "M".into(),
        ip: 16777343,
        port: 5050,
        ..Default::default()
    }
}

fn registered() -> FrameworkRegisteredMessage {
    FrameworkRegisteredMessage {
        framework_id: FrameworkID::from("F").into(),
        master_info: master_info().into(),
        ..Default::default()
    }
}

/// An update as an agent sends it; with no agent, as a master makes it up.
fn update(state: TaskState, agent: Option<&str>) -> StatusUpdateMessage {
    let status = TaskStatus {
        task_id: mesos::messages::TaskID::from("T").into(),
        slave_id: SlaveID::from("S").into(),
        state,
        ..Default::default()
    };
    let update = StatusUpdate {
        framework_id: FrameworkID::from("F").into(),
        slave_id: SlaveID::from("S").into(),
        status: status.into(),
        timestamp: 1.0,
        uuid: Some(Bytes::from_static(b"0123456789abcdef")),
        ..Default::default()
    };
    StatusUpdateMessage {
        update: update.into(),
        pid: agent.map(ToOwned::to_owned),
        ..Default::default()
    }
}
