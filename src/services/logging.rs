//! `/logging/toggle`: more of the log for a while.
//!
//! The level of the log is that of the whole OS process, since the `log` crate has one. It is told
//! as libprocess tells it, as a number: 0 for what is of interest in any case, 1 for `debug`, 2 for
//! `trace`.

use std::time::Duration;

use log::LevelFilter;

use super::Realms;
use crate::clock::Timer;
use crate::http::{Request, Response};
use crate::process::{Context, Process};
use crate::time::parse_duration;

/// The process `logging`.
pub(super) struct Logging {
    realms: Realms,
    /// What was logged before anybody toggled.
    original: LevelFilter,
    /// Brings that back.
    revert: Option<Timer>,
}

impl Logging {
    pub(super) const ID: &str = "logging";

    pub(super) fn new(realms: Realms) -> Self {
        Self {
            realms,
            original: log::max_level(),
            revert: None,
        }
    }

    fn toggle(&mut self, ctx: &mut Context<Self>, request: Request) -> Response {
        let (level, duration) = match (request.query("level"), request.query("duration")) {
            (None, None) => return Response::ok(format!("{}\n", verbosity(log::max_level()))),
            (Some(_), None) => return bad("Expecting 'duration=value' in query."),
            (None, Some(_)) => return bad("Expecting 'level=value' in query."),
            (Some(level), Some(duration)) => (level, duration),
        };
        let Ok(number) = level.parse::<i64>() else {
            return bad(&format!("Failed to convert '{level}' to number."));
        };
        let Ok(number) = usize::try_from(number) else {
            return bad(&format!("Invalid level '{level}'."));
        };
        if number < verbosity(self.original) {
            return bad(&format!("'{level}' < original level."));
        }
        match parse_duration(duration) {
            Ok(duration) => self.set(ctx, number, duration),
            Err(error) => return bad(&format!("{error}.")),
        }
        Response::new(crate::http::Status::OK)
    }

    fn set(&mut self, ctx: &mut Context<Self>, number: usize, duration: Duration) {
        if let Some(timer) = self.revert.take() {
            timer.cancel();
        }
        if number == verbosity(self.original) {
            return log::set_max_level(self.original);
        }
        log::set_max_level(match number {
            0 => LevelFilter::Info,
            1 => LevelFilter::Debug,
            _ => LevelFilter::Trace,
        });
        self.revert = Some(ctx.delay(duration, |logging, _| log::set_max_level(logging.original)));
    }
}

impl Process for Logging {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.route_with("/toggle", HELP, self.realms.write(), Self::toggle);
    }

    fn finalize(&mut self, _ctx: &mut Context<Self>) {
        if self.revert.take().is_some_and(|timer| timer.cancel()) {
            log::set_max_level(self.original);
        }
    }
}

/// The number of a level: how much it is above what is of interest in any case.
fn verbosity(level: LevelFilter) -> usize {
    (level as usize).saturating_sub(LevelFilter::Info as usize)
}

fn bad(problem: &str) -> Response {
    Response::bad_request(format!("{problem}\n"))
}

const HELP: &str = "\
Log more for a while; without parameters, the number of the level.

Query parameters:

>        level=VALUE          1 for debug, 2 for trace.
>        duration=VALUE       For how long, e.g. 10secs, 15mins.
";
