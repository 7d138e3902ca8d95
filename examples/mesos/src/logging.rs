//! Where programs log to: standard error, a line each.

use std::io::Write as _;

use libprocess::clock::Clock;
use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::flags::Value;

/// How much a program logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loudness {
    /// What went well, too.
    Info,
    /// What is not as it should be.
    Warning,
    /// What failed.
    Error,
}

impl Value for Loudness {
    const ALLOWED: &'static str = "INFO, WARNING or ERROR";

    fn parse(text: &str) -> Option<Self> {
        match text {
            "INFO" => Some(Self::Info),
            "WARNING" => Some(Self::Warning),
            "ERROR" => Some(Self::Error),
            _ => None,
        }
    }
}

/// Begins to log, unless this OS process does already.
pub fn start(loudness: Loudness) {
    let logger = StandardError {
        clock: Clock::real(),
    };
    if log::set_boxed_logger(Box::new(logger)).is_ok() {
        log::set_max_level(match loudness {
            Loudness::Info => LevelFilter::Info,
            Loudness::Warning => LevelFilter::Warn,
            Loudness::Error => LevelFilter::Error,
        });
    }
}

struct StandardError {
    clock: Clock,
}

impl Log for StandardError {
    fn enabled(&self, _metadata: &Metadata<'_>) -> bool {
        true // The level is checked before.
    }

    fn log(&self, record: &Record<'_>) {
        let letter = match record.level() {
            Level::Error => 'E',
            Level::Warn => 'W',
            Level::Info => 'I',
            Level::Debug | Level::Trace => 'D',
        };
        let (now, from, said) = (self.clock.now(), record.target(), record.args());
        // There is nowhere to say that this failed.
        let _ = writeln!(std::io::stderr(), "{letter} {now} {from}] {said}");
    }

    fn flush(&self) {}
}
