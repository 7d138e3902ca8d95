//! An `async` block runs on its process, between its other events, and ends with it.

use std::sync::mpsc::channel;
use std::task::{Poll, Waker};

use libprocess::future::{Error, Promise};
use libprocess::http::{Method, Request, Response};
use libprocess::process::{Context, Inbound, Process, This, after};
use libprocess::time::secs;

use super::{Diary, Node};

#[test]
fn other_events_are_served_while_a_block_waits() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    let (promise, future) = Promise::new();
    pid.tell(|_, ctx| {
        ctx.run(|this| async move {
            this.with(|diary, _| diary.0.push("began".into()));
            let text: String = future.await?;
            this.with(|diary, _| diary.0.push(text));
            Ok(())
        });
    });
    node.settle();
    pid.tell(|diary, _| diary.0.push("between".into()));
    node.settle();
    promise.set("went on".into());
    let diary = pid.dispatch(|diary, _| diary.0.clone()).wait().unwrap();
    assert_eq!(diary, ["began", "between", "went on"]);
}

#[test]
fn a_block_begins_after_what_is_queued_already() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    pid.tell(|diary, ctx| {
        ctx.pid().tell(|diary, _| diary.0.push("queued".into()));
        ctx.run(|this| async move {
            this.with(|diary, _| diary.0.push("block".into()));
            Ok(())
        });
        diary.0.push("function".into());
    });
    node.settle();
    let diary = pid.dispatch(|diary, _| diary.0.clone()).wait().unwrap();
    assert_eq!(diary, ["function", "queued", "block"]);
}

#[test]
fn blocks_wait_for_time_and_for_other_processes() {
    let node = Node::new();
    let (pid, other) = (
        node.spawn(Diary::default()),
        node.spawn(Diary(vec!["its".into()])),
    );
    pid.tell(move |_, ctx| {
        let clock = ctx.clock().clone();
        ctx.run(|this| async move {
            after(&clock, secs(5)).await?;
            let text = other.dispatch(|other, _| other.0.remove(0)).await?;
            this.with(|diary, _| diary.0.push(text));
            Ok(())
        });
    });
    node.settle();
    node.advance(secs(4));
    assert!(pid.dispatch(|diary, _| diary.0.is_empty()).wait().unwrap());
    node.advance(secs(1));
    assert_eq!(
        pid.dispatch(|diary, _| diary.0.clone()).wait().unwrap(),
        ["its"]
    );
}

#[test]
fn an_error_is_counted_and_harms_nobody() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    let (promise, future) = Promise::<()>::new();
    pid.tell(|_, ctx| {
        ctx.run(|_| async move {
            future.await?;
            unreachable!()
        });
    });
    promise.fail("no luck");
    node.settle();
    assert_eq!(node.manager.counters().failed_blocks.get(), 1);
    assert_eq!(pid.dispatch(|_, _| 42).wait(), Ok(42));
}

#[test]
fn a_block_is_dropped_with_its_process() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    let (promise, future) = Promise::<()>::new();
    let (held, answer) = Promise::<()>::new();
    pid.tell(|_, ctx| {
        ctx.run(|_| async move {
            let _held = held;
            future.await?;
            Ok(())
        });
    });
    node.settle();
    assert!(answer.is_pending());
    pid.terminate();
    pid.wait().unwrap();
    assert_eq!(answer.wait(), Err(Error::Abandoned));
    promise.set(());
}

#[test]
fn a_block_may_be_woken_while_it_is_polled_and_after_its_end() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    let (sender, wakers) = channel::<Waker>();
    pid.tell(|_, ctx| {
        ctx.run(|this| async move {
            let mut polls = 0;
            std::future::poll_fn(move |task| {
                polls += 1;
                task.waker().wake_by_ref();
                task.waker().wake_by_ref();
                sender.send(task.waker().clone()).unwrap();
                if polls == 3 {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            })
            .await;
            this.with(|diary, _| diary.0.push("ended".into()));
            Ok(())
        });
    });
    node.settle();
    let wakers: Vec<_> = wakers.try_iter().collect();
    assert_eq!(wakers.len(), 3);
    wakers.iter().for_each(Waker::wake_by_ref);
    node.settle();
    assert_eq!(pid.dispatch(|diary, _| diary.0.len()).wait(), Ok(1));
}

#[test]
fn a_thousand_blocks_wait_at_once() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    let (promises, futures): (Vec<_>, Vec<_>) = (0..1000).map(|_| Promise::new()).unzip();
    pid.tell(|_, ctx| {
        for future in futures {
            ctx.run(|this| async move {
                let n: u32 = future.await?;
                this.with(|diary, _| diary.0.push(n.to_string()));
                Ok(())
            });
        }
    });
    node.settle();
    for (n, promise) in (0..1000).zip(promises).rev() {
        promise.set(n);
    }
    node.settle();
    let diary = pid.dispatch(|diary, _| diary.0.clone()).wait().unwrap();
    assert!(
        diary
            .iter()
            .map(|n| n.parse::<u32>().unwrap())
            .eq((0..1000).rev())
    );
}

/// Runs a function in an `async` block of a process, and says whether that ended the process.
fn breaks(function: fn(&This<Diary>)) -> bool {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    pid.tell(move |_, ctx| {
        ctx.run(move |this| async move {
            function(&this);
            Ok(())
        });
    });
    node.settle();
    pid.has_ended()
}

#[test]
fn the_state_is_lent_once_and_to_nobody_else() {
    assert!(!breaks(|this| this.with(|_, _| ())));
    assert!(breaks(|this| this.with(|_, _| this.with(|_, _| ()))));
    assert!(!breaks(|this| {
        let this = this.clone();
        let elsewhere = std::thread::spawn(move || this.with(|_, _| ()));
        assert!(elsewhere.join().is_err());
    }));
    assert!(breaks(|this| {
        let other = this.with(|_, ctx| ctx.spawn(Diary::default()).unwrap());
        let theirs = other.dispatch_flat(|_, ctx| {
            let (promise, future) = Promise::new();
            ctx.run(|this| async move {
                promise.set(this);
                Ok(())
            });
            future
        });
        theirs.wait().unwrap().with(|_, _| ());
    }));
}

struct Greeter {
    greeting: Option<Promise<String>>,
}

impl Process for Greeter {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.route("/greet", "Greets, later.", Self::greet);
    }
}

impl Greeter {
    async fn greet(this: This<Self>, request: Request) -> Response {
        let (promise, greeting) = Promise::new();
        this.with(|greeter, _| greeter.greeting = Some(promise));
        match greeting.await {
            Ok(greeting) => Response::ok(format!("{greeting} {}", request.query("who").unwrap())),
            Err(error) => Response::bad_request(error.to_string()),
        }
    }
}

#[test]
fn a_handler_of_requests_may_be_a_block() {
    let node = Node::new();
    let pid = node.spawn_as("greeter", Greeter { greeting: None });
    let request = Request::new(Method::GET, "/greeter/greet?who=you").unwrap();
    let (promise, response) = Promise::new();
    node.manager.request("greeter", request, promise);
    node.settle();
    assert!(response.is_pending());
    pid.tell(|greeter, _| greeter.greeting.take().unwrap().set("hello".into()));
    assert_eq!(response.wait().unwrap(), Response::ok("hello you"));
}
