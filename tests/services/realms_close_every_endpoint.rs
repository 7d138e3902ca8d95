//! Once a realm is named, no endpoint of the runtime's own is open by accident.

use libprocess::http::{Method, Request, Status};
use libprocess::primitive::sync::Arc;
use libprocess::runtime::Runtime;
use libprocess::web::authentication::Basic;

use super::world::World;

const READ: &[&str] = &[
    "/help",
    "/help/metrics",
    "/metrics/snapshot",
    "/metrics/prometheus",
    "/system/stats.json",
    "/__processes__",
];

const WRITE: &[&str] = &["/logging/toggle"];

fn status(world: &World, path: &str, password: Option<&str>) -> Status {
    let mut request = Request::new(Method::GET, path).unwrap();
    if let Some(password) = password {
        request = request.with_header("Authorization", password).unwrap();
    }
    let client = world.runtime.client();
    let response = client.request(world.runtime.address(), request);
    response.wait().unwrap().status
}

#[test]
fn all_of_them() {
    let builder = Runtime::builder()
        .read_only_realm("ro")
        .read_write_realm("rw");
    let world = World::of(builder);
    for path in READ.iter().chain(WRITE) {
        assert_eq!(
            status(&world, path, None),
            Status::SERVICE_UNAVAILABLE,
            "{path}"
        );
    }
    let security = world.runtime.manager().security();
    security.set_authenticator("ro", Arc::new(Basic::new("ro", [("a", "b")])));
    security.set_authenticator("rw", Arc::new(Basic::new("rw", [("c", "d")])));
    for (paths, right, wrong) in [
        (READ, "Basic YTpi", "Basic Yzpk"),
        (WRITE, "Basic Yzpk", "Basic YTpi"),
    ] {
        for path in paths {
            assert_eq!(status(&world, path, None), Status::UNAUTHORIZED, "{path}");
            assert_eq!(
                status(&world, path, Some(wrong)),
                Status::UNAUTHORIZED,
                "{path}"
            );
            assert_eq!(status(&world, path, Some(right)), Status::OK, "{path}");
        }
    }
}

#[test]
fn also_if_only_one_is_named() {
    for builder in [
        Runtime::builder().read_only_realm("realm"),
        Runtime::builder().read_write_realm("realm"),
    ] {
        let world = World::of(builder);
        // Whatever routes there are, so that none is forgotten when one is added.
        let routes = world.runtime.manager().route_help();
        for (id, routes) in routes {
            for route in routes {
                let path = format!("/{id}{}", route.path);
                assert_eq!(
                    status(&world, &path, None),
                    Status::SERVICE_UNAVAILABLE,
                    "{path}"
                );
            }
        }
    }
}
