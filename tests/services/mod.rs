//! Behaviour tests of services.
