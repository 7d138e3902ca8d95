//! Tasks that are refused, and with which words.

use super::*;
use crate::messages::{ExecutorID, KillPolicy, SlaveID, TaskID};

#[test]
fn a_sound_task_needs_what_it_says() {
    let needs = check(&task()).unwrap();
    assert_eq!(
        needs.task.to_string(),
        "cpus(allocated: *):1; mem(allocated: *):64"
    );
    assert_eq!(needs.executor, None);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let refused = |change: fn(&mut TaskInfo), why: &str| {
        let mut task = task();
        change(&mut task);
        assert_eq!(check(&task).unwrap_err(), why);
    };
    refused(|it| it.task_id = TaskID::from("a/b").into(), {
        "Task has invalid ID: 'a/b' contains invalid characters"
    });
    refused(
        |it| it.task_id = TaskID::from("old").into(),
        "Task has duplicate ID: old",
    );
    refused(|it| it.slave_id = SlaveID::from("S9").into(), {
        "Task uses invalid agent S9 while agent S0 is expected"
    });
    refused(
        |it| {
            let nanoseconds = -1;
            let grace_period = DurationInfo {
                nanoseconds,
                ..Default::default()
            }
            .into();
            it.kill_policy = KillPolicy {
                grace_period,
                ..Default::default()
            }
            .into();
        },
        "Task's 'kill_policy.grace_period' must be non-negative",
    );
    refused(|it| it.resources.clear(), "Task uses no resources");
    refused(
        |it| it.resources[0].scalar.get_or_insert_default().value = -1.0,
        "Task uses invalid resources: Invalid scalar resource 'cpus': -1",
    );
    refused(|it| it.executor = executor("e").into(), {
        "Task should have at least one (but not both) of CommandInfo or ExecutorInfo present"
    });
    refused(|it| it.command.take().map_or((), drop), {
        "Task should have at least one (but not both) of CommandInfo or ExecutorInfo present"
    });
}

#[test]
fn more_than_was_offered_is_refused() {
    let mut task = task();
    task.resources = resources("cpus:5;mem:64");
    assert_eq!(
        check(&task).unwrap_err(),
        "Total resources cpus(allocated: *):5; mem(allocated: *):64 required by task and its \
         executor is more than available cpus(allocated: *):4; mem(allocated: *):1024; \
         ports(allocated: *):[1-9]"
    );
}

#[test]
fn an_executor_costs_only_when_it_is_started() {
    let mut task = task();
    task.command.take();
    task.executor = executor("new").into();
    assert_eq!(check(&task).unwrap().executor.unwrap().scalar("cpus"), 0.5);
    task.executor = executor("known").into();
    assert_eq!(check(&task).unwrap().executor, None);
    task.executor.get_or_insert_default().name = Some("another".to_owned());
    assert!(check(&task).unwrap_err().contains("is not compatible"));
}

#[test]
fn task_and_executor_share_no_ports() {
    let mut task = task();
    task.command.take();
    task.resources = resources("ports:[1-3]");
    let mut info = executor("new");
    info.resources = resources("ports:[3-4]");
    task.executor = info.clone().into();
    assert!(check(&task).unwrap_err().contains("same ports"));
    info.resources = resources("ports:[4-5]");
    task.executor = info.into();
    assert!(check(&task).is_ok());
}

fn check(task: &TaskInfo) -> Result<Needs, String> {
    let mut known = executor("known");
    known.framework_id = crate::messages::FrameworkID::from("F0").into();
    let free = Resources::parse("cpus:4;mem:1024;ports:[1-9]", "*")
        .unwrap()
        .allocated_to("*");
    let launch = Launch {
        framework: "F0",
        agent: "S0",
        role: "*",
        free: &free,
        takes_limits: true,
        has_task: &|id| id == "old",
        executor: &|id| (id == "known").then_some(&known),
    };
    launch.check(task)
}

fn task() -> TaskInfo {
    TaskInfo {
        task_id: TaskID::from("new").into(),
        slave_id: SlaveID::from("S0").into(),
        resources: resources("cpus:1;mem:64"),
        command: CommandInfo::default().into(),
        ..TaskInfo::default()
    }
}

fn executor(id: &str) -> ExecutorInfo {
    ExecutorInfo {
        executor_id: ExecutorID::from(id).into(),
        command: CommandInfo::default().into(),
        resources: resources("cpus:0.5"),
        ..ExecutorInfo::default()
    }
}

fn resources(text: &str) -> Vec<Resource> {
    Resources::parse(text, "*").unwrap().to_old_messages()
}
