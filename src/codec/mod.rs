//! Bytes to values and back, pure: HTTP heads, bodies, URLs, headers and libprocess messages.
