//! Processes, their table, and everything that may happen inside one.
