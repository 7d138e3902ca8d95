//! Behaviour tests of process.
