//! Networks and streams: TCP and memory.
