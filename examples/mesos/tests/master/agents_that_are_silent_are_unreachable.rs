//! An agent that answers no pings is unreachable after 75 seconds, and so are its tasks.

use mesos::messages::internal::{LostSlaveMessage, RescindResourceOfferMessage, RunTaskMessage};
use mesos::messages::task_status::Reason;
use mesos::messages::{FrameworkInfo, TaskState, framework_info};

use super::{Cluster, info, task};

#[test]
fn five_pings_without_an_answer_are_enough() {
    for (is_aware, state) in [
        (true, TaskState::TASK_UNREACHABLE),
        (false, TaskState::TASK_LOST),
    ] {
        let cluster = Cluster::new();
        let mut info = FrameworkInfo {
            checkpoint: Some(true),
            ..info()
        };
        if is_aware {
            let aware = Some(framework_info::capability::Type::PARTITION_AWARE);
            info.capabilities.push(framework_info::Capability {
                r#type: aware,
                ..Default::default()
            });
        }
        let framework = cluster.framework("scheduler", info);
        let agent = cluster.agent("agent", "cpus:4;mem:1024");
        let offer = framework.hears_offer();
        framework.launches(&offer, vec![task("task", &offer, "cpus:1;mem:64")]);
        let _: RunTaskMessage = agent.hears();
        cluster.advance(40);
        framework.hears_offer();
        agent.falls_silent();
        // The ping of second 30 was answered; those from 45 on are not.
        cluster.advance(79);
        framework.hears_nothing();
        cluster.advance(1);
        let _: RescindResourceOfferMessage = framework.hears();
        let status = framework.hears_update();
        assert_eq!(status.state, state);
        assert_eq!(status.reason, Some(Reason::REASON_SLAVE_REMOVED));
        assert_eq!(status.message.as_deref(), Some("health check timed out"));
        assert!(status.unreachable_time.is_set());
        let lost: LostSlaveMessage = framework.hears();
        assert_eq!(lost.slave_id.value, agent.id);
        assert_eq!(cluster.metric("master/slaves_connected"), 0.0);
        assert_eq!(cluster.metric("master/slaves_unreachable"), 1.0);
        assert_eq!(cluster.metric("master/tasks_unreachable"), 1.0);
        assert_eq!(
            cluster.metric("master/slave_removals/reason_unhealthy"),
            1.0
        );
    }
}

#[test]
fn an_agent_that_answers_stays() {
    let cluster = Cluster::new();
    let _agent = cluster.agent("agent", "cpus:4;mem:1024");
    cluster.advance(1000);
    assert_eq!(cluster.metric("master/slaves_active"), 1.0);
}
