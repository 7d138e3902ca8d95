//! Behaviour tests of protobuf.
