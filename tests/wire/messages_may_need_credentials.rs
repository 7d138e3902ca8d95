//! Where the user asks for it, messages are let in as requests to a realm are. By default all are.

use std::sync::Arc;

use libprocess::address::Upid;
use libprocess::codec::message::Message;
use libprocess::future::{Future, Promise};
use libprocess::http::authentication::{Authentication, Authenticator};
use libprocess::http::{Method, Request, Status};
use libprocess::process::{Context, Process};
use libprocess::runtime::{Builder, Runtime};
use libprocess::web::authentication::Basic;
use libprocess::web::{Firewall, Knock, Rule};

/// Tells of the first message and of the first end that it hears of.
#[derive(Default)]
struct Ear {
    heard: Option<Promise<String>>,
    linked: Option<(Upid, Promise<Upid>)>,
}

impl Process for Ear {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install(
            "hello",
            |ear: &mut Self, _: &mut Context<Self>, message: Message| {
                if let Some(promise) = ear.heard.take() {
                    promise.set(String::from_utf8_lossy(&message.body).into_owned());
                }
            },
        );
        if let Some((upid, _)) = &self.linked {
            ctx.link(upid);
        }
    }

    fn exited(&mut self, _ctx: &mut Context<Self>, pid: &Upid) {
        if let Some((_, promise)) = self.linked.take() {
            promise.set(pid.clone());
        }
    }
}

const GOOD: &str = "Basic dXM6c2VjcmV0";
const BAD: &str = "Basic dXM6Z3Vlc3M=";

fn guarded(builder: Builder) -> Runtime {
    let runtime = builder.workers(1).message_realm("peers").start().unwrap();
    let peers = Basic::new("peers", [("us", "secret")]);
    let security = runtime.manager().security();
    security.set_authenticator("peers", Arc::new(peers));
    runtime
}

fn ear(runtime: &Runtime) -> (Upid, Future<String>) {
    let (promise, heard) = Promise::new();
    let heard_of = Ear {
        heard: Some(promise),
        linked: None,
    };
    let pid = runtime.spawn_as("ear", heard_of).unwrap();
    (pid.upid().clone(), heard)
}

/// What a message over HTTP is answered, with these credentials or none.
fn answered(runtime: &Runtime, credentials: Option<&str>, target: &str) -> Status {
    let request = Request::new(Method::POST, target).unwrap().with_body("hi");
    let mut request = request
        .with_header("Libprocess-From", "@127.0.0.1:1")
        .unwrap();
    if let Some(credentials) = credentials {
        request = request.with_header("Authorization", credentials).unwrap();
    }
    let response = runtime.client().request(runtime.address(), request);
    response.wait().unwrap().status
}

#[test]
fn nobody_else_is_let_in() {
    let runtime = guarded(Runtime::builder());
    let (_, heard) = ear(&runtime);
    for credentials in [None, Some(BAD)] {
        let status = answered(&runtime, credentials, "/ear/hello");
        assert_eq!(status, Status::UNAUTHORIZED);
    }
    assert!(heard.is_pending());
    assert_eq!(
        answered(&runtime, Some(GOOD), "/ear/hello"),
        Status::ACCEPTED
    );
    assert_eq!(heard.wait().unwrap(), "hi");
    assert_eq!(
        answered(&runtime, Some(GOOD), "/nobody/hello"),
        Status::NOT_FOUND
    );
    runtime.manager().security().unset_authenticator("peers");
    let status = answered(&runtime, Some(GOOD), "/ear/hello");
    assert_eq!(status, Status::SERVICE_UNAVAILABLE);
}

#[test]
fn runtimes_bring_what_they_are_told() {
    let near = guarded(Runtime::builder().message_credentials(GOOD));
    let far = guarded(Runtime::builder().message_credentials(GOOD));
    let (upid, heard) = ear(&far);
    near.manager().post(&upid, "hello", "there");
    assert_eq!(heard.wait().unwrap(), "there");
    // What is said about ends of processes is a message too, both ways.
    let (promise, gone) = Promise::new();
    let linker = Ear {
        heard: None,
        linked: Some((upid.clone(), promise)),
    };
    near.spawn(linker).unwrap();
    near.settle();
    let ear = far.manager().find::<Ear>("ear").unwrap();
    ear.terminate();
    assert_eq!(gone.wait().unwrap(), upid);
}

#[test]
fn who_brings_none_is_told_by_dead_letters() {
    let (promise, told) = Promise::new();
    let promise = std::sync::Mutex::new(Some(promise));
    let builder = Runtime::builder()
        .workers(1)
        .on_dead_letters(move |letters| {
            if let Some(promise) = promise.lock().unwrap().take() {
                promise.set(letters.reason.to_string());
            }
        });
    let near = builder.start().unwrap();
    let far = guarded(Runtime::builder());
    let (upid, heard) = ear(&far);
    near.manager().post(&upid, "hello", "there");
    assert_eq!(told.wait().unwrap(), "the peer did not take it");
    assert!(heard.is_pending());
}

/// The callback of the path decides too, as for a request.
#[test]
fn whoever_authorizes_has_a_say() {
    let runtime = guarded(Runtime::builder());
    let (_, heard) = ear(&runtime);
    let security = runtime.manager().security();
    security.authorize("/ear/secret", |_, principal| {
        assert!(principal.is_some_and(|principal| *principal == *"us"));
        Future::ready(false)
    });
    for path in ["/ear/secret", "/%65ar/secret", "/%65%61%72/secret?x#y"] {
        let status = answered(&runtime, Some(GOOD), path);
        assert_eq!(status, Status::FORBIDDEN, "{path}");
    }
    assert_eq!(
        answered(&runtime, Some(GOOD), "/ear/hello"),
        Status::ACCEPTED
    );
    assert_eq!(heard.wait().unwrap(), "hi");
}

/// Never makes up its mind.
struct Waverer;

impl Authenticator for Waverer {
    fn scheme(&self) -> String {
        "Waver".to_owned()
    }

    fn authenticate(&self, _request: &Request) -> Future<Authentication> {
        let (promise, found) = Promise::new();
        std::mem::forget(promise);
        found
    }
}

#[test]
fn who_does_not_decide_at_once_lets_nobody_in() {
    let runtime = guarded(Runtime::builder());
    let security = runtime.manager().security();
    security.set_authenticator("peers", Arc::new(Waverer));
    let status = answered(&runtime, Some(GOOD), "/ear/hello");
    assert_eq!(status, Status::SERVICE_UNAVAILABLE);
}

/// Turns away messages of one name.
struct NoShouting;

impl Rule for NoShouting {
    fn refuse(&self, knock: &Knock<'_, '_>) -> Option<libprocess::http::Response> {
        let is_shout = knock.path.ends_with("/shout");
        is_shout.then(|| libprocess::http::Response::canned(Status::FORBIDDEN))
    }
}

/// C++ libprocess asks its firewall about no message.
#[test]
fn firewalls_see_messages() {
    let runtime = Runtime::builder().workers(1).start().unwrap();
    let (_, heard) = ear(&runtime);
    let firewall: &Firewall = runtime.firewall();
    firewall.install(vec![Box::new(NoShouting)]);
    assert_eq!(answered(&runtime, None, "/ear/shout"), Status::FORBIDDEN);
    assert_eq!(answered(&runtime, None, "/ear/hello"), Status::ACCEPTED);
    assert_eq!(heard.wait().unwrap(), "hi");
    firewall.install(Vec::new());
    assert_eq!(answered(&runtime, None, "/ear/shout"), Status::ACCEPTED);
}

#[test]
fn credentials_that_would_break_the_wire_are_refused() {
    let builder = Runtime::builder().message_credentials("a\r\nX: y");
    let error = builder.start().unwrap_err().to_string();
    assert!(error.starts_with("message_credentials: "), "{error}");
}
