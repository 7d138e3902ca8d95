//! A point in time.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};
use std::time::Duration;

use super::calendar::Calendar;

/// A point in time: nanoseconds since 1970, up to the year 2262.
///
/// Sums and differences stop at [`Time::EPOCH`] and [`Time::MAX`] instead of overflowing.
///
/// ```
/// use libprocess::time::{Time, nanos, secs, weeks};
///
/// let time = Time::EPOCH + weeks(1000) + nanos(1);
/// assert_eq!(time.to_string(), "1989-03-02 00:00:00.000000001+00:00");
/// assert_eq!(time.rfc1123(), "Thu, 02 Mar 1989 00:00:00 GMT");
/// assert_eq!(time - Time::EPOCH, weeks(1000) + nanos(1));
/// assert_eq!(Time::MAX + secs(1), Time::MAX);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time {
    /// INVARIANT: at most `i64::MAX`, since peers keep it signed.
    nanos: u64,
}

impl Time {
    /// The first moment of 1970, in UTC.
    #[doc(alias = "epoch")]
    pub const EPOCH: Self = Self { nanos: 0 };

    /// 2262-04-11 23:47:16.854775807, the last moment that a signed 64-bit count reaches.
    pub const MAX: Self = Self {
        nanos: i64::MAX as u64,
    };

    /// The moment so many nanoseconds after [`Time::EPOCH`], at most [`Time::MAX`].
    pub const fn from_nanos(nanos: u64) -> Self {
        if nanos > Self::MAX.nanos {
            Self::MAX
        } else {
            Self { nanos }
        }
    }

    /// The moment so many seconds after [`Time::EPOCH`], within [`Time::EPOCH`] and
    /// [`Time::MAX`]; this is how Mesos writes time into its messages.
    #[doc(alias = "create")]
    pub fn from_secs_f64(secs: f64) -> Self {
        // The cast saturates, and makes zero of what is not a number.
        Self::from_nanos((secs * NANOS_PER_SEC as f64) as u64)
    }

    /// Nanoseconds since [`Time::EPOCH`].
    pub const fn as_nanos(self) -> u64 {
        self.nanos
    }

    /// Seconds since [`Time::EPOCH`], as precise as a double can be (some 200 ns today).
    pub fn as_secs_f64(self) -> f64 {
        self.nanos as f64 / NANOS_PER_SEC as f64
    }

    /// The date of an HTTP head, such as `Thu, 02 Mar 1989 00:00:01 GMT` (RFC 1123).
    #[doc(alias = "RFC1123")]
    pub fn rfc1123(self) -> String {
        let date = Calendar::of(self.nanos / NANOS_PER_SEC);
        format!(
            "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
            date.weekday(),
            date.day,
            date.month_name(),
            date.year,
            date.hour,
            date.minute,
            date.second,
        )
    }
}

impl Add<Duration> for Time {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self::from_nanos(self.nanos.saturating_add(saturated_nanos(duration)))
    }
}

impl AddAssign<Duration> for Time {
    fn add_assign(&mut self, duration: Duration) {
        *self = *self + duration;
    }
}

impl Sub<Duration> for Time {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        Self {
            nanos: self.nanos.saturating_sub(saturated_nanos(duration)),
        }
    }
}

/// The time that has passed since the earlier moment; zero when the other one is the later.
impl Sub for Time {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.nanos.saturating_sub(earlier.nanos))
    }
}

/// As libprocess prints a time: RFC 3339 with a space, and nine digits if there is a fraction.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = Calendar::of(self.nanos / NANOS_PER_SEC);
        write!(f, "{:04}-{:02}-{:02} ", date.year, date.month, date.day)?;
        write!(f, "{:02}:{:02}:{:02}", date.hour, date.minute, date.second)?;
        match self.nanos % NANOS_PER_SEC {
            0 => f.write_str("+00:00"),
            fraction => write!(f, ".{fraction:09}+00:00"),
        }
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn saturated_nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

const NANOS_PER_SEC: u64 = 1_000_000_000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{micros, nanos, secs, weeks};
    use super::*;

    #[test]
    fn adds_and_subtracts_durations() {
        let time = Time::EPOCH + weeks(1000);
        assert_eq!(time + secs(2) - secs(1), time + secs(1));
        assert_eq!((time + secs(1)) - time, secs(1));
        assert_eq!(time - (time + secs(1)), Duration::ZERO);
        assert_eq!(Time::EPOCH - secs(1), Time::EPOCH);
        assert_eq!(Time::EPOCH + Duration::MAX, Time::MAX);
        assert_eq!(Time::from_nanos(u64::MAX), Time::MAX);
    }

    #[test]
    fn reads_seconds_as_doubles() {
        assert_eq!(
            Time::from_secs_f64(1.5),
            Time::EPOCH + secs(1) + nanos(500_000_000)
        );
        assert_eq!(Time::from_secs_f64(-1.0), Time::EPOCH);
        assert_eq!(Time::from_secs_f64(f64::NAN), Time::EPOCH);
        assert_eq!(Time::from_secs_f64(f64::INFINITY), Time::MAX);
        assert_eq!((Time::EPOCH + secs(3)).as_secs_f64(), 3.0);
    }

    #[test]
    fn prints_the_dates_of_http_heads() {
        let time = Time::EPOCH + weeks(1000);
        assert_eq!(Time::EPOCH.rfc1123(), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(time.rfc1123(), "Thu, 02 Mar 1989 00:00:00 GMT");
        assert_eq!((time + nanos(1)).rfc1123(), "Thu, 02 Mar 1989 00:00:00 GMT");
        assert_eq!((time + secs(1)).rfc1123(), "Thu, 02 Mar 1989 00:00:01 GMT");
        assert_eq!(Time::MAX.rfc1123(), "Fri, 11 Apr 2262 23:47:16 GMT");
    }

    #[test]
    fn prints_as_libprocess_does() {
        let time = Time::EPOCH + weeks(1000);
        assert_eq!(Time::EPOCH.to_string(), "1970-01-01 00:00:00+00:00");
        assert_eq!(time.to_string(), "1989-03-02 00:00:00+00:00");
        assert_eq!(
            (time + nanos(1)).to_string(),
            "1989-03-02 00:00:00.000000001+00:00"
        );
        assert_eq!(
            (time + micros(1)).to_string(),
            "1989-03-02 00:00:00.000001000+00:00"
        );
        assert_eq!(Time::MAX.to_string(), "2262-04-11 23:47:16.854775807+00:00");
    }

    proptest! {
        #[test]
        fn texts_are_ordered_as_times(a in 0..=i64::MAX as u64, b in 0..=i64::MAX as u64) {
            // The fraction is left out when zero, so whole seconds are what compares as text.
            let second = |nanos| Time::from_nanos(nanos - nanos % NANOS_PER_SEC);
            let (a, b) = (second(a), second(b));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }

        #[test]
        fn a_difference_added_again_gives_the_time(a in any::<u64>(), b in any::<u64>()) {
            let (a, b) = (Time::from_nanos(a.min(b)), Time::from_nanos(a.max(b)));
            prop_assert_eq!(a + (b - a), b);
            prop_assert_eq!(b - (b - a), a);
        }
    }
}
