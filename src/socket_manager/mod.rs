//! Peers, links, exits and sending.
