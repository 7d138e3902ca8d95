//! What the states of a task mean.

use crate::messages::framework_info::capability;
use crate::messages::{FrameworkInfo, TaskState};

/// Whether a task in this state is over and stays so.
pub fn is_terminal(state: TaskState) -> bool {
    matches!(
        state,
        TaskState::TASK_FINISHED
            | TaskState::TASK_FAILED
            | TaskState::TASK_KILLED
            | TaskState::TASK_LOST
            | TaskState::TASK_ERROR
            | TaskState::TASK_DROPPED
            | TaskState::TASK_GONE
            | TaskState::TASK_GONE_BY_OPERATOR
    )
}

/// Whether a framework says that it can do something.
pub fn is_capable(framework: &FrameworkInfo, of: capability::Type) -> bool {
    framework
        .capabilities
        .iter()
        .any(|capability| capability.r#type == Some(of))
}

/// What a task is called that never ran: older frameworks know `TASK_LOST` alone.
pub fn dropped(framework: &FrameworkInfo) -> TaskState {
    if is_capable(framework, capability::Type::PARTITION_AWARE) {
        TaskState::TASK_DROPPED
    } else {
        TaskState::TASK_LOST
    }
}

/// Whether a task in this state holds no resources: it is over, or nobody can tell.
pub fn is_over(state: TaskState) -> bool {
    is_terminal(state) || state == TaskState::TASK_UNREACHABLE
}
