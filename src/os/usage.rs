//! What the machine has, and how busy it is.

use std::fs;
use std::io;
use std::path::Path;

use super::calls;
use crate::primitive::thread::available_parallelism;

/// How many processors this OS process may use.
pub fn cpus() -> usize {
    available_parallelism()
}

/// The average number of processes that wanted to run, over the last 1, 5 and 15 minutes.
///
/// # Errors
///
/// The operating system does not tell.
pub fn load() -> io::Result<[f64; 3]> {
    parse_load(&fs::read_to_string("/proc/loadavg")?)
}

/// The memory of the machine, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Memory {
    /// All there is.
    pub total: u64,
    /// What nobody uses, not even for caches.
    pub free: u64,
}

/// How much memory the machine has.
///
/// # Errors
///
/// The operating system does not tell.
pub fn memory() -> io::Result<Memory> {
    parse_memory(&fs::read_to_string("/proc/meminfo")?)
}

/// The file system that holds a path, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Disk {
    /// All there is.
    pub total: u64,
    /// What anybody may still use.
    pub free: u64,
}

/// How much room the file system has that holds `path`.
///
/// # Errors
///
/// The path does not exist, or the operating system does not tell.
#[doc(alias = "fs::size")]
pub fn disk(path: &Path) -> io::Result<Disk> {
    let (size, all, free) = calls::blocks(path)?;
    Ok(Disk {
        total: size * all,
        free: size * free,
    })
}

fn parse_load(text: &str) -> io::Result<[f64; 3]> {
    let mut numbers = text.split(' ').map_while(|word| word.parse().ok());
    let mut next = || numbers.next().ok_or_else(|| unexpected("/proc/loadavg"));
    Ok([next()?, next()?, next()?])
}

fn parse_memory(text: &str) -> io::Result<Memory> {
    let bytes = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        number
            .map(|kib| kib * 1024)
            .ok_or_else(|| unexpected("/proc/meminfo"))
    };
    Ok(Memory {
        total: bytes("MemTotal:")?,
        free: bytes("MemFree:")?,
    })
}

fn unexpected(file: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("{file} has an unknown form"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_linux_says() {
        assert_eq!(
            parse_load("0.50 1.25 10.00 2/345 6789\n").unwrap(),
            [0.5, 1.25, 10.0]
        );
        assert!(parse_load("0.50 x").is_err());
        let text = "MemTotal:        2048 kB\nMemFree:           1 kB\n";
        let expected = Memory {
            total: 2048 * 1024,
            free: 1024,
        };
        assert_eq!(parse_memory(text).unwrap(), expected);
        assert!(parse_memory("MemTotal: 1 kB").is_err());
    }

    #[test]
    fn this_machine_has_something() {
        assert!(cpus() > 0);
        assert!(memory().unwrap().total > 0);
        assert!(load().unwrap()[0] >= 0.0);
        let disk = disk(Path::new("/")).unwrap();
        assert!(disk.total > disk.free);
        assert!(super::disk(Path::new("/no/such/path")).is_err());
    }
}
