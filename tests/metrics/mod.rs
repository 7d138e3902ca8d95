//! Behaviour tests of metrics.
