//! The updates that the agent keeps until the scheduler has them: pure, without clock or wire.
//!
//! Each task has a stream of updates. Only the first one is on its way at a time; it is sent again
//! after 10 s, 20 s, 40 s and so on, at most every 10 minutes, until its acknowledgement comes, and
//! then the next one follows. So the scheduler sees the updates of a task in order, each at least
//! once.
//!
//! While the agent has no master, nothing is sent; with a new one, every stream begins again with
//! the update that it is at, at once.
//!
//! A stream ends with the acknowledgement of a terminal update.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use libprocess::time::{Time, mins};

use crate::messages::internal::StatusUpdate;
use crate::states::is_terminal;

/// The streams of all tasks of an agent.
#[doc(alias = "TaskStatusUpdateManager")]
#[derive(Debug)]
pub(super) struct Updates {
    streams: BTreeMap<Task, Stream>,
    is_paused: bool,
    /// How long to wait before an update is sent for the second time.
    retry: Duration,
}

/// The ids of a framework and of its task.
type Task = (String, String);

#[derive(Debug, Default)]
struct Stream {
    pending: VecDeque<StatusUpdate>,
    /// Every uuid that came: an executor may send an update twice.
    received: BTreeSet<Bytes>,
    /// When to send the first of `pending`, and how long to wait after that.
    due: Option<(Time, Duration)>,
}

/// What an acknowledgement did.
#[derive(Debug, PartialEq)]
#[must_use]
pub(super) enum Acknowledged {
    /// The update is through; there are or will be others.
    Next,
    /// The update was terminal, and the stream is gone.
    Last,
    /// It is of no update that is on its way.
    Unexpected,
}

impl Updates {
    /// No streams; none is sent before [`resume`](Self::resume).
    pub(super) fn paused(retry: Duration) -> Self {
        Self {
            streams: BTreeMap::new(),
            is_paused: true,
            retry,
        }
    }

    /// Takes an update that has a uuid. False if it is known already.
    pub(super) fn add(&mut self, update: StatusUpdate, now: Time) -> bool {
        let task = key(&update.framework_id.value, &update.status.task_id.value);
        let stream = self.streams.entry(task).or_default();
        let is_new = stream
            .received
            .insert(update.uuid.clone().unwrap_or_default());
        if is_new {
            stream.pending.push_back(update);
            if stream.pending.len() == 1 {
                stream.begin(now, self.retry);
            }
        }
        is_new
    }

    /// The scheduler has the update `uuid` of this task.
    pub(super) fn acknowledge(
        &mut self,
        framework: &str,
        task: &str,
        uuid: &[u8],
        now: Time,
    ) -> Acknowledged {
        let key = key(framework, task);
        let Some(stream) = self.streams.get_mut(&key) else {
            return Acknowledged::Unexpected;
        };
        let is_first = |update: &StatusUpdate| update.uuid.as_deref() == Some(uuid);
        if !stream.pending.front().is_some_and(is_first) {
            return Acknowledged::Unexpected;
        }
        let Some(update) = stream.pending.pop_front() else {
            return Acknowledged::Unexpected;
        };
        if is_terminal(update.status.state) {
            self.streams.remove(&key);
            return Acknowledged::Last;
        }
        stream.begin(now, self.retry);
        Acknowledged::Next
    }

    /// There is no master to send to.
    pub(super) fn pause(&mut self) {
        self.is_paused = true;
    }

    /// There is a master, which may know nothing of what was sent before.
    pub(super) fn resume(&mut self, now: Time) {
        self.is_paused = false;
        for stream in self.streams.values_mut() {
            stream.begin(now, self.retry);
        }
    }

    /// Forgets the tasks of a framework.
    pub(super) fn forget(&mut self, framework: &str) {
        self.streams.retain(|(of, _), _| of != framework);
    }

    /// What is to be sent at `now`.
    pub(super) fn take_due(&mut self, now: Time) -> Vec<StatusUpdate> {
        if self.is_paused {
            return Vec::new();
        }
        self.streams
            .values_mut()
            .filter_map(|stream| stream.take_due(now))
            .collect()
    }

    /// When something is to be sent next.
    pub(super) fn next_due(&self) -> Option<Time> {
        if self.is_paused {
            return None;
        }
        self.streams
            .values()
            .filter_map(|stream| stream.due)
            .map(|(due, _)| due)
            .min()
    }
}

impl Stream {
    /// Sends the first update, if there is one, at once, and begins to count anew.
    fn begin(&mut self, now: Time, retry: Duration) {
        self.due = (!self.pending.is_empty()).then_some((now, retry));
    }

    fn take_due(&mut self, now: Time) -> Option<StatusUpdate> {
        let (_, wait) = self.due.filter(|(due, _)| *due <= now)?;
        self.due = Some((now + wait, wait.saturating_mul(2).min(LONGEST_RETRY)));
        self.pending.front().cloned()
    }
}

fn key(framework: &str, task: &str) -> Task {
    (framework.to_owned(), task.to_owned())
}

const LONGEST_RETRY: Duration = mins(10);

#[cfg(test)]
mod tests {
    use libprocess::time::secs;

    use super::*;
    use crate::messages::{TaskState, TaskStatus};

    fn update(uuid: &'static [u8], state: TaskState) -> StatusUpdate {
        let mut status = TaskStatus {
            state,
            ..Default::default()
        };
        status.task_id.get_or_insert_default().value = "task".to_owned();
        let mut update = StatusUpdate {
            status: status.into(),
            uuid: Some(Bytes::from_static(uuid)),
            ..Default::default()
        };
        update.framework_id.get_or_insert_default().value = "framework".to_owned();
        update
    }

    fn at(seconds: u64) -> Time {
        Time::EPOCH + secs(seconds)
    }

    fn sent(updates: &mut Updates, seconds: u64) -> Vec<Bytes> {
        let due = updates.take_due(at(seconds));
        due.into_iter()
            .map(|update| update.uuid.expect("every update has one"))
            .collect()
    }

    fn running() -> Updates {
        let mut updates = Updates::paused(secs(10));
        updates.resume(at(0));
        updates
    }

    #[test]
    fn only_the_first_is_on_its_way() {
        let mut updates = running();
        assert!(updates.add(update(b"1", TaskState::TASK_RUNNING), at(0)));
        assert!(updates.add(update(b"2", TaskState::TASK_FINISHED), at(0)));
        assert_eq!(sent(&mut updates, 0), ["1"]);
        assert_eq!(
            updates.acknowledge("framework", "task", b"2", at(1)),
            Acknowledged::Unexpected
        );
        assert_eq!(
            updates.acknowledge("framework", "task", b"1", at(1)),
            Acknowledged::Next
        );
        assert_eq!(sent(&mut updates, 1), ["2"]);
        assert_eq!(
            updates.acknowledge("framework", "task", b"2", at(1)),
            Acknowledged::Last
        );
        assert_eq!(updates.next_due(), None);
    }

    #[test]
    fn what_is_not_acknowledged_is_sent_again_ever_more_rarely() {
        let mut updates = running();
        updates.add(update(b"1", TaskState::TASK_RUNNING), at(0));
        let mut now = 0;
        for wait in [10, 20, 40, 80, 160, 320, 600, 600] {
            assert_eq!(sent(&mut updates, now), ["1"], "at {now}");
            assert_eq!(updates.next_due(), Some(at(now + wait)));
            now += wait;
            assert!(sent(&mut updates, now - 1).is_empty(), "before {now}");
        }
    }

    #[test]
    fn an_update_that_comes_twice_is_kept_once() {
        let mut updates = running();
        assert!(updates.add(update(b"1", TaskState::TASK_RUNNING), at(0)));
        assert!(!updates.add(update(b"1", TaskState::TASK_RUNNING), at(0)));
        assert_eq!(
            updates.acknowledge("framework", "task", b"1", at(0)),
            Acknowledged::Next
        );
        assert!(!updates.add(update(b"1", TaskState::TASK_RUNNING), at(0)));
        assert!(sent(&mut updates, 0).is_empty());
    }

    #[test]
    fn without_a_master_nothing_is_sent_and_with_one_everything_at_once() {
        let mut updates = Updates::paused(secs(10));
        updates.add(update(b"1", TaskState::TASK_RUNNING), at(0));
        assert!(sent(&mut updates, 100).is_empty());
        assert_eq!(updates.next_due(), None);
        updates.resume(at(100));
        assert_eq!(sent(&mut updates, 100), ["1"]);
        updates.pause();
        updates.resume(at(101));
        assert_eq!(sent(&mut updates, 101), ["1"]);
        assert_eq!(updates.next_due(), Some(at(111)));
    }

    #[test]
    fn a_forgotten_framework_has_no_streams() {
        let mut updates = running();
        updates.add(update(b"1", TaskState::TASK_RUNNING), at(0));
        updates.forget("framework");
        assert_eq!(updates.next_due(), None);
    }
}
