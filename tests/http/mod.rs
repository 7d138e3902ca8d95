//! Behaviour tests of http.
