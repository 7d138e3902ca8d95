//! Behaviour tests of net.
