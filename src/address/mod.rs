//! Where a process lives: `id@ip:port`.
