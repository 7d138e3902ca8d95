//! Behaviour tests of scheduler.
