//! Behaviour tests of codec.
