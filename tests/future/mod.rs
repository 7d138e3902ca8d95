//! Behaviour tests of future.
