//! What the fuzz targets check, with what they need of the tests.

#![expect(dead_code, reason = "the tests use the rest of these modules")]

pub mod properties;

#[path = "../.."]
mod net {
    #[path = "net/world.rs"]
    pub(crate) mod world;
}

#[path = "../.."]
mod web {
    #[path = "web/site.rs"]
    pub(crate) mod site;
}
