//! Requests, responses, bodies and pipes: messages, not sockets.
