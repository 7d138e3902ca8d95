//! Help lists processes and endpoints, and shows what each says of itself.

use libprocess::http::{Request, Response, Status};
use libprocess::process::{Context, Process};
use libprocess::runtime::Runtime;
use serde_json::json;

use super::world::{World, text};

struct Master;

impl Process for Master {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.route("/state", "What the master knows.", Self::state);
        ctx.route("/silent", "", Self::state);
    }
}

impl Master {
    fn state(&mut self, _ctx: &mut Context<Self>, _request: Request) -> Response {
        Response::ok("state")
    }
}

fn world() -> World {
    let world = World::of(Runtime::builder().delegate("master"));
    let master = world.runtime.spawn_as("master", Master).unwrap();
    master.dispatch(|_, _| ()).wait().unwrap(); // now its routes are there
    world
}

fn curl(world: &World, target: &str) -> String {
    let response = world.get_as("curl/8.5.0", target);
    assert_eq!(response.header("Content-Type"), Some("text/x-markdown"));
    text(&response)
}

#[test]
fn the_processes() {
    let list = curl(&world(), "/help");
    let master = "- [/master](/help/master)\n  - [/master/silent](/help/master/silent)\n  \
                  - [/master/state](/help/master/state): What the master knows.\n";
    assert!(list.contains(master), "{list}");
    assert!(list.contains("- [/metrics](/help/metrics)\n"), "{list}");
    assert!(!list.contains("__processes__"), "{list}");
    assert!(!list.contains("/help/help"), "{list}");
}

#[test]
fn the_endpoints_of_a_process() {
    let expected = "# /master\n\n  - [/master/silent](/help/master/silent)\n  \
                    - [/master/state](/help/master/state): What the master knows.\n";
    assert_eq!(curl(&world(), "/help/master"), expected);
    assert_eq!(curl(&world(), "/help/%6daster/"), expected);
}

#[test]
fn what_an_endpoint_says_of_itself() {
    let world = world();
    let expected = "# /master/state\n\n### USAGE ###\n>        /state\n>        /master/state\n\n\
                    What the master knows.\n";
    assert_eq!(curl(&world, "/help/master/state"), expected);
    let silent = curl(&world, "/help/master/silent");
    assert!(
        silent.ends_with("\nNo help page for `/master/silent`\n"),
        "{silent}"
    );
}

#[test]
fn a_page_for_a_browser() {
    let response = world().get_as("Mozilla/5.0", "/help/master/state");
    assert_eq!(response.header("Content-Type"), Some("text/html"));
    let page = text(&response);
    assert!(page.contains("<h1>/master/state</h1>"), "{page}");
    assert!(page.contains("<pre>What the master knows.</pre>"), "{page}");
}

#[test]
fn json_for_a_program() {
    let response = world().get("/help?format=json");
    let help: serde_json::Value = serde_json::from_str(&text(&response)).unwrap();
    let processes = help["processes"].as_array().unwrap();
    let master = processes
        .iter()
        .find(|process| process["id"] == "master")
        .unwrap();
    let expected = json!([
        { "name": "/silent", "text": "" },
        { "name": "/state", "text": "What the master knows." },
    ]);
    assert_eq!(master["endpoints"], expected);
}

#[test]
fn nothing_of_what_is_not_there() {
    let world = world();
    for (target, name) in [
        ("/help/nobody", "/nobody"),
        ("/help/master/nothing", "/master/nothing"),
    ] {
        let response = world.get(target);
        assert_eq!(response.status, Status::BAD_REQUEST);
        assert_eq!(
            text(&response),
            format!("No help available for '{name}'.\n")
        );
    }
}

#[test]
fn nothing_of_who_has_ended() {
    let world = world();
    let master = world.runtime.manager().find::<Master>("master").unwrap();
    master.terminate();
    master.wait().unwrap();
    assert_eq!(world.get("/help/master").status, Status::BAD_REQUEST);
}
