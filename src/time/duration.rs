//! Durations as text, as the flags of Mesos have them: `15secs`.

use std::fmt;
use std::time::Duration;

/// Reads a duration such as `15secs` or `1.5hrs`: digits, with or without decimals, and a unit
/// (`ns`, `us`, `ms`, `secs`, `mins`, `hrs`, `days` or `weeks`) right after them.
///
/// What is finer than a nanosecond is rounded.
///
/// ```
/// use libprocess::time::{millis, parse_duration};
///
/// assert_eq!(parse_duration("1.5secs"), Ok(millis(1500)));
/// assert_eq!(
///     parse_duration("15").unwrap_err().to_string(),
///     "'15' is not a duration: '' is no unit (ns, us, ms, secs, mins, hrs, days, weeks)",
/// );
/// ```
///
/// # Errors
///
/// When the text has another form, or the duration is too large for [`Duration`].
#[doc(alias = "Duration::parse")]
pub fn parse_duration(text: &str) -> Result<Duration, ParseDurationError> {
    let end = text
        .find(|char: char| !char.is_ascii_digit() && char != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    parse(number, unit).map_err(|problem| ParseDurationError {
        text: text.into(),
        problem,
    })
}

/// Prints a duration so that [`parse_duration`] reads it again, exact to 15 digits.
///
/// As in Mesos, the unit is the largest that the duration reaches, or the next smaller one if
/// only that gives a whole number: `10days`, not `1.42857142857143weeks`.
///
/// ```
/// use libprocess::time::{format_duration, millis, secs};
///
/// assert_eq!(format_duration(secs(3600)), "1hrs");
/// assert_eq!(format_duration(secs(90)), "90secs");
/// assert_eq!(format_duration(millis(90_500)), "1.50833333333333mins");
/// ```
#[doc(alias = "Duration::operator<<")]
pub fn format_duration(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    let largest = UNITS
        .iter()
        .rposition(|(_, unit)| nanos >= *unit)
        .unwrap_or(0);
    let (name, unit) = match UNITS[largest] {
        (_, unit) if !nanos.is_multiple_of(unit) && nanos.is_multiple_of(UNITS[largest - 1].1) => {
            UNITS[largest - 1]
        }
        exact_or_broken => exact_or_broken,
    };
    format!("{}{name}", significant(nanos as f64 / unit as f64))
}

/// So many nanoseconds.
#[doc(alias = "Nanoseconds")]
pub const fn nanos(count: u64) -> Duration {
    Duration::from_nanos(count)
}

/// So many microseconds.
#[doc(alias = "Microseconds")]
pub const fn micros(count: u64) -> Duration {
    Duration::from_micros(count)
}

/// So many milliseconds.
#[doc(alias = "Milliseconds")]
pub const fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// So many seconds.
#[doc(alias = "Seconds")]
pub const fn secs(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// So many minutes, at most [`Duration::MAX`].
#[doc(alias = "Minutes")]
pub const fn mins(count: u64) -> Duration {
    Duration::from_secs(count.saturating_mul(60))
}

/// So many hours, at most [`Duration::MAX`].
#[doc(alias = "Hours")]
pub const fn hours(count: u64) -> Duration {
    Duration::from_secs(count.saturating_mul(3600))
}

/// So many days of 24 hours, at most [`Duration::MAX`].
#[doc(alias = "Days")]
pub const fn days(count: u64) -> Duration {
    Duration::from_secs(count.saturating_mul(86_400))
}

/// So many weeks of 7 days, at most [`Duration::MAX`].
#[doc(alias = "Weeks")]
pub const fn weeks(count: u64) -> Duration {
    Duration::from_secs(count.saturating_mul(604_800))
}

/// The text is not a duration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseDurationError {
    text: Box<str>,
    problem: Problem,
}

impl fmt::Display for ParseDurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is not a duration: ", self.text.escape_debug())?;
        match &self.problem {
            Problem::Number => f.write_str("it begins with no number"),
            Problem::Range => f.write_str("it is too long"),
            Problem::Unit(unit) => {
                write!(f, "'{}' is no unit (", unit.escape_debug())?;
                for (index, (name, _)) in UNITS.iter().enumerate() {
                    write!(f, "{}{name}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
        }
    }
}

impl std::error::Error for ParseDurationError {}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Problem {
    Number,
    Unit(Box<str>),
    Range,
}

/// In whole numbers throughout, so that no digit is lost to a double.
fn parse(number: &str, unit: &str) -> Result<Duration, Problem> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.contains('.') || (whole.is_empty() && fraction.is_empty()) {
        return Err(Problem::Number);
    }
    let known = UNITS.iter().find(|(name, _)| *name == unit);
    let (_, unit) = *known.ok_or_else(|| Problem::Unit(unit.into()))?;
    // Digits beyond these are below a nanosecond of any unit.
    let fraction = &fraction[..fraction.len().min(FRACTION_DIGITS)];
    let whole = digits(whole)?.checked_mul(unit).ok_or(Problem::Range)?;
    let scale = 10_u128.pow(fraction.len() as u32);
    let part = (digits(fraction)? * unit + scale / 2) / scale;
    let nanos = whole.checked_add(part).ok_or(Problem::Range)?;
    let secs = u64::try_from(nanos / NANOS_PER_SEC).map_err(|_| Problem::Range)?;
    Ok(Duration::new(secs, (nanos % NANOS_PER_SEC) as u32))
}

fn digits(text: &str) -> Result<u128, Problem> {
    if text.is_empty() {
        Ok(0)
    } else {
        text.parse().map_err(|_| Problem::Range)
    }
}

/// A double with up to 15 significant digits and no zeros at its end, as C's `%.15g` for the
/// numbers that occur here.
fn significant(value: f64) -> String {
    let before_point = if value < 1.0 {
        1
    } else {
        value.log10() as usize + 1
    };
    let text = format!("{value:.*}", 15_usize.saturating_sub(before_point));
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

const NANOS_PER_SEC: u128 = 1_000_000_000;

/// Nanoseconds of each unit, ascending.
const UNITS: [(&str, u128); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("secs", NANOS_PER_SEC),
    ("mins", 60 * NANOS_PER_SEC),
    ("hrs", 3_600 * NANOS_PER_SEC),
    ("days", 86_400 * NANOS_PER_SEC),
    ("weeks", 604_800 * NANOS_PER_SEC),
];

/// A week has 6e14 nanoseconds; so many digits resolve one, and their product fits 128 bits.
const FRACTION_DIGITS: usize = 18;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn error(text: &str) -> String {
        parse_duration(text).unwrap_err().to_string()
    }

    #[test]
    fn reads_every_unit() {
        let text = "1ns 1us 1ms 1secs 1mins 1hrs 1days 1weeks";
        let read: Vec<_> = text
            .split(' ')
            .map(|text| parse_duration(text).unwrap())
            .collect();
        let units = [
            nanos(1),
            micros(1),
            millis(1),
            secs(1),
            mins(1),
            hours(1),
            days(1),
            weeks(1),
        ];
        assert_eq!(read, units);
    }

    #[test]
    fn reads_decimals() {
        assert_eq!(parse_duration("0.5days"), Ok(hours(12)));
        assert_eq!(parse_duration(".5mins"), Ok(secs(30)));
        assert_eq!(parse_duration("3.secs"), Ok(secs(3)));
        assert_eq!(parse_duration("0.1us"), Ok(nanos(100)));
        assert_eq!(
            parse_duration("1.0000000000000000000000000001secs"),
            Ok(secs(1))
        );
    }

    #[test]
    fn refuses_other_texts() {
        assert_eq!(error(""), "'' is not a duration: it begins with no number");
        assert_eq!(
            error("secs"),
            "'secs' is not a duration: it begins with no number"
        );
        assert_eq!(
            error("."),
            "'.' is not a duration: it begins with no number"
        );
        assert_eq!(
            error("1.2.3secs"),
            "'1.2.3secs' is not a duration: it begins with no number"
        );
        assert!(error("-1secs").ends_with("it begins with no number"));
        assert!(error("5").contains("'' is no unit"));
        assert!(error("5sec").contains("'sec' is no unit"));
        assert!(error("5 secs").contains("' secs' is no unit"));
        assert!(error("99999999999999999999secs").ends_with("it is too long"));
        assert!(error(&format!("{}ns", "9".repeat(50))).ends_with("it is too long"));
    }

    #[test]
    fn prints_the_unit_that_reads_best() {
        assert_eq!(format_duration(Duration::ZERO), "0ns");
        assert_eq!(format_duration(nanos(1_500)), "1500ns");
        assert_eq!(format_duration(micros(1_500)), "1500us");
        assert_eq!(format_duration(nanos(1_000_001)), "1.000001ms");
        assert_eq!(format_duration(millis(1_500)), "1500ms");
        assert_eq!(format_duration(micros(1_500_001)), "1.500001secs");
        assert_eq!(format_duration(secs(61)), "61secs");
        assert_eq!(format_duration(mins(90)), "90mins");
        assert_eq!(format_duration(hours(36)), "36hrs");
        assert_eq!(format_duration(days(10)), "10days");
        assert_eq!(format_duration(weeks(2)), "2weeks");
        assert_eq!(format_duration(hours(241)), "1.43452380952381weeks");
    }

    proptest! {
        #[test]
        fn text_gives_back_the_duration(nanos in any::<u64>()) {
            let duration = Duration::from_nanos(nanos);
            let read = parse_duration(&format_duration(duration)).unwrap();
            let error = read.abs_diff(duration).as_nanos() as f64;
            prop_assert!(error <= nanos as f64 * 1e-14, "{duration:?} became {read:?}");
        }

        #[test]
        fn counts_below_the_next_unit_come_back_exactly(
            count in 0..30_000_u128,
            unit in 0..UNITS.len(),
        ) {
            let next = UNITS.get(unit + 1).map_or(u128::MAX, |(_, next)| next / UNITS[unit].1);
            let count = count % next;
            let duration = Duration::from_nanos((count * UNITS[unit].1) as u64);
            let text = format_duration(duration);
            let name = UNITS[if count == 0 { 0 } else { unit }].0;
            prop_assert_eq!(&text, &format!("{count}{name}"));
            prop_assert_eq!(parse_duration(&text), Ok(duration));
        }

        #[test]
        fn no_text_panics(text in "[0-9.]{0,40}[a-z ]{0,5}") {
            let _ = parse_duration(&text);
        }
    }
}
