//! Run queues, workers, mailboxes and settle.

mod contain;
mod event;
mod handle;
mod host;
mod mailbox;
mod park;
mod pool;
mod runnable;
mod seeded;
mod task;
mod tasks;
mod turn;

pub(crate) use contain::contain;
pub use event::{Actor, Chain, Event, Serve};
pub use handle::{Hold, Schedule, Scheduler};
pub use host::{Host, Hosted, Life, Sent};
pub use mailbox::{Events, Letter};
pub use park::{Park, ThreadPark};
pub use pool::{Idle, Pool, Stall};
pub use runnable::{Run, Runnable};
pub use seeded::Seeded;
pub use task::Task;
pub(crate) use tasks::Tasks;
pub use turn::{Budget, Slice, Turn};
