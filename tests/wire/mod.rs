//! Behaviour tests of wire.
