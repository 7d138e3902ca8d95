//! Expectations: to await, drop or count the events of a runtime's processes.
//!
//! An [`Expect`] is a filter, and so sees an event just before it is served, wherever it came from.
//! The future of an expectation is completed at that moment, on the thread that runs the process:
//! that it is ready does not mean that the event was handled. For that, let the runtime settle.

use std::any::type_name_of_val;

use crate::address::Upid;
use crate::codec::message::Message;
use crate::future::{Future, Promise};
use crate::primitive::sync::atomic::{AtomicUsize, Ordering};
use crate::primitive::sync::{Arc, Mutex};
use crate::process::{Filter, Look, Pid, Process, ProcessManager};

/// What a test expects to happen in a runtime.
///
/// ```
/// use libprocess::process::Process;
/// use libprocess::runtime::Runtime;
/// use libprocess::testing::Expect;
///
/// struct Silent;
///
/// impl Process for Silent {}
///
/// let runtime = Runtime::builder().workers(1).start()?;
/// let silent = runtime.spawn(Silent)?;
/// let expect = Expect::in_manager(runtime.manager());
/// let ping = expect.message("ping").to(silent.upid()).next();
/// let pongs = expect.message("pong").count();
///
/// runtime.manager().post(silent.upid(), "ping", "ball");
/// assert_eq!(ping.wait()?.body, "ball");
/// runtime.settle();
/// assert_eq!(pongs.get(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Of several expectations that an event fits, the one declared last has it. Those for one event
/// retire with it; the others last until the `Expect` is dropped. A runtime has one filter: a
/// second `Expect` takes the place of the first.
#[doc(alias = "FilterTestEventListener")]
pub struct Expect {
    manager: Arc<ProcessManager>,
    rules: Arc<Rules>,
}

impl Expect {
    /// Watches the processes of this manager, until it is dropped.
    pub fn in_manager(manager: &Arc<ProcessManager>) -> Self {
        let rules = Arc::new(Rules::default());
        manager.set_filter(Some(rules.clone()));
        Self {
            manager: Arc::clone(manager),
            rules,
        }
    }

    /// Messages of this name.
    #[doc(alias = "FUTURE_MESSAGE")]
    #[doc(alias = "DROP_MESSAGE")]
    pub fn message(&self, name: &str) -> Expected<'_, Message> {
        let name = name.to_owned();
        self.any_message()
            .when(move |message| *message.name == *name)
    }

    /// Messages of any name.
    pub fn any_message(&self) -> Expected<'_, Message> {
        Expected {
            rules: &self.rules,
            test: Box::new(|to, look| match look {
                Look::Message(message) => Some((*message).clone().addressed(to.clone())),
                _ => None,
            }),
        }
    }

    /// Dispatches of this label, or else of a function whose path is this or ends with it, such as
    /// `Master::register`; those of a closure are found by the function that holds it, as
    /// `Master::register::{{closure}}`.
    #[doc(alias = "FUTURE_DISPATCH")]
    #[doc(alias = "DROP_DISPATCH")]
    pub fn dispatch(&self, name: &str) -> Expected<'_, ()> {
        let name = name.to_owned();
        self.expected(move |look| match look {
            Look::Dispatch(path) => ends_path(path, &name).then_some(()),
            _ => None,
        })
    }

    /// Dispatches of this very function.
    #[doc(alias = "FUTURE_DISPATCH")]
    #[doc(alias = "DROP_DISPATCH")]
    pub fn dispatch_of<F>(&self, function: F) -> Expected<'_, ()> {
        let name = type_name_of_val(&function);
        self.expected(move |look| match look {
            Look::Dispatch(path) => (*path == name).then_some(()),
            _ => None,
        })
    }

    /// That links break; the value is the name of the one who is gone.
    #[doc(alias = "FUTURE_EXITED")]
    #[doc(alias = "DROP_EXITED")]
    pub fn exited(&self) -> Expected<'_, Upid> {
        self.expected(|look| match look {
            Look::Exited(pid) => Some((*pid).clone()),
            _ => None,
        })
    }

    /// Requests for this path, as it was sent.
    #[doc(alias = "FutureHttpRequest")]
    #[doc(alias = "DropHttpRequests")]
    pub fn request(&self, path: &str) -> Expected<'_, ()> {
        let path = path.to_owned();
        self.expected(move |look| match look {
            Look::Http(request) => (request.url.path == path).then_some(()),
            _ => None,
        })
    }

    fn expected<T>(
        &self,
        look: impl Fn(&Look<'_>) -> Option<T> + Send + Sync + 'static,
    ) -> Expected<'_, T> {
        Expected {
            rules: &self.rules,
            test: Box::new(move |_, seen| look(seen)),
        }
    }
}

impl Drop for Expect {
    fn drop(&mut self) {
        self.manager.set_filter(None);
    }
}

/// Events that are expected, and what is to happen to them.
#[must_use = "an expectation says at its end what is to happen"]
pub struct Expected<'a, T> {
    rules: &'a Rules,
    test: Test<T>,
}

impl<T: Send + 'static> Expected<'_, T> {
    /// Only those for this process.
    pub fn to(self, process: &Upid) -> Self {
        let (test, process) = (self.test, process.clone());
        Self {
            rules: self.rules,
            test: Box::new(move |to, look| test(to, look).filter(|_| *to == process)),
        }
    }

    /// Only those for this process.
    pub fn to_pid(self, process: &Pid<impl Process>) -> Self {
        self.to(process.upid())
    }

    /// Only those of which this is true.
    pub fn when(self, fits: impl Fn(&T) -> bool + Send + Sync + 'static) -> Self {
        let test = self.test;
        Self {
            rules: self.rules,
            test: Box::new(move |to, look| test(to, look).filter(&fits)),
        }
    }

    /// Gives the next one, which is served as usual.
    pub fn next(self) -> Future<T> {
        self.once(false)
    }

    /// Gives the next one, which is dropped.
    pub fn drop_next(self) -> Future<T> {
        self.once(true)
    }

    /// Counts all from now on, which are served as usual.
    #[doc(alias = "EXPECT_NO_FUTURE_MESSAGES")]
    #[doc(alias = "EXPECT_NO_FUTURE_DISPATCHES")]
    pub fn count(self) -> Seen {
        self.every(false)
    }

    /// Drops and counts all from now on.
    #[doc(alias = "DROP_MESSAGES")]
    #[doc(alias = "DROP_DISPATCHES")]
    pub fn drop_all(self) -> Seen {
        self.every(true)
    }

    fn once(self, drops: bool) -> Future<T> {
        let (promise, future) = Promise::new();
        self.rules.add(Once {
            test: self.test,
            promise: Mutex::new(Some(promise)),
            drops,
        });
        future
    }

    fn every(self, drops: bool) -> Seen {
        let seen = Seen::default();
        self.rules.add(Every {
            test: self.test,
            seen: seen.clone(),
            drops,
        });
        seen
    }
}

impl Expected<'_, Message> {
    /// Only those from this sender.
    pub fn from(self, sender: &Upid) -> Self {
        let sender = sender.clone();
        self.when(move |message| message.from == sender)
    }
}

impl Expected<'_, Upid> {
    /// Only of this process.
    pub fn of(self, process: &Upid) -> Self {
        let process = process.clone();
        self.when(move |pid| *pid == process)
    }
}

/// How many events were seen.
#[derive(Clone, Debug, Default)]
pub struct Seen(Arc<AtomicUsize>);

impl Seen {
    /// How many, until now.
    pub fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

type Test<T> = Box<dyn Fn(&Upid, &Look<'_>) -> Option<T> + Send + Sync>;

/// One expectation.
trait Rule: Send + Sync {
    /// What becomes of an event; nothing if the rule is not for it.
    fn judge(&self, to: &Upid, look: &Look<'_>) -> Option<Verdict>;
}

struct Verdict {
    drops: bool,
    retires: bool,
}

struct Once<T: Send + 'static> {
    test: Test<T>,
    promise: Mutex<Option<Promise<T>>>,
    drops: bool,
}

struct Every<T> {
    test: Test<T>,
    seen: Seen,
    drops: bool,
}

impl<T: Send + 'static> Rule for Once<T> {
    fn judge(&self, to: &Upid, look: &Look<'_>) -> Option<Verdict> {
        let value = (self.test)(to, look)?;
        let promise = self.promise.lock().take()?;
        promise.set(value);
        Some(Verdict {
            drops: self.drops,
            retires: true,
        })
    }
}

impl<T> Rule for Every<T> {
    fn judge(&self, to: &Upid, look: &Look<'_>) -> Option<Verdict> {
        (self.test)(to, look)?;
        self.seen.0.fetch_add(1, Ordering::Relaxed);
        Some(Verdict {
            drops: self.drops,
            retires: false,
        })
    }
}

/// The expectations of a runtime, in the order in which they were declared.
#[derive(Default)]
struct Rules(Mutex<Vec<Arc<dyn Rule>>>);

impl Rules {
    fn add(&self, rule: impl Rule + 'static) {
        self.0.lock().push(Arc::new(rule));
    }

    fn retire(&self, spent: &Arc<dyn Rule>) {
        self.0.lock().retain(|rule| !Arc::ptr_eq(rule, spent));
    }
}

impl Filter for Rules {
    fn filter(&self, to: &Upid, look: &Look<'_>) -> bool {
        // What a test says of an event is asked outside of the lock: it may send or expect more.
        let rules = self.0.lock().clone();
        for rule in rules.iter().rev() {
            if let Some(Verdict { drops, retires }) = rule.judge(to, look) {
                if retires {
                    self.retire(rule);
                }
                return drops;
            }
        }
        false
    }
}

/// Whether a path is `end`, or ends with it behind a `::`.
fn ends_path(path: &str, end: &str) -> bool {
    let before = path.strip_suffix(end);
    before.is_some_and(|before| before.is_empty() || before.ends_with("::"))
}

#[cfg(test)]
mod tests {
    use super::ends_path;

    #[test]
    fn a_path_ends_at_the_boundary_of_a_name() {
        assert!(ends_path("mesos::Master::register", "Master::register"));
        assert!(ends_path("mesos::Master::register", "register"));
        assert!(ends_path("register", "register"));
        assert!(!ends_path("mesos::Master::deregister", "register"));
        assert!(!ends_path("mesos::Master::register", "Master"));
    }
}
