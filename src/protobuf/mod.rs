//! Typed handlers over messages.
