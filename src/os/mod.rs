//! Child processes, their reaping, and what the machine has.
