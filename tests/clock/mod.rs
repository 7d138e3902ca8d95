//! Behaviour tests of clock.
