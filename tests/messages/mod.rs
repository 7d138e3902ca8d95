//! Behaviour tests of messages.
