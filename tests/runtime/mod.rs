//! Behaviour tests of runtime.
