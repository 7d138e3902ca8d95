//! The event loop: readiness of sockets as futures.
