//! Behaviour tests of primitive.
