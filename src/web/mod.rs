//! HTTP server and client on any stream.
