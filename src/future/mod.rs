//! Futures and promises after libprocess.
