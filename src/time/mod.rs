//! [`Time`], a point on the calendar, and the text of durations.
//!
//! A duration is [`std::time::Duration`] everywhere; this module gives it the text form of Mesos'
//! flags (`15secs`) and short constructors. It cannot read a clock.
//!
//! ```
//! use libprocess::time::{Time, format_duration, parse_duration, secs};
//!
//! assert_eq!(parse_duration("1.5mins")?, secs(90));
//! assert_eq!(format_duration(secs(90)), "90secs");
//! assert_eq!((Time::EPOCH + secs(1)).to_string(), "1970-01-01 00:00:01+00:00");
//! # Ok::<(), libprocess::time::ParseDurationError>(())
//! ```

mod calendar;
mod duration;
mod point;

pub use duration::{
    ParseDurationError, days, format_duration, hours, micros, millis, mins, nanos, parse_duration,
    secs, weeks,
};
pub use point::Time;
