//! Ordinary processes that every runtime starts: help, metrics, processes.
