//! Seconds since 1970 as a date of the Gregorian calendar, in UTC.

/// A date and the time of that day.
pub(super) struct Calendar {
    pub(super) year: u64,
    /// From 1.
    pub(super) month: u64,
    /// From 1.
    pub(super) day: u64,
    pub(super) hour: u64,
    pub(super) minute: u64,
    pub(super) second: u64,
    days_since_epoch: u64,
}

impl Calendar {
    /// Counts in years that begin in March, so that the leap day is the last of its year, and in
    /// eras of 400 years, which are all equally long.
    pub(super) fn of(secs_since_epoch: u64) -> Self {
        let days_since_epoch = secs_since_epoch / SECS_PER_DAY;
        let second_of_day = secs_since_epoch % SECS_PER_DAY;
        let days = days_since_epoch + DAYS_FROM_YEAR_0_TO_EPOCH;
        let (era, day) = (days / DAYS_PER_ERA, days % DAYS_PER_ERA);
        let leap_days = day / (DAYS_PER_4_YEARS - 1) + day / (DAYS_PER_ERA - 1);
        let year = (day - leap_days + day / DAYS_PER_CENTURY) / 365;
        let day_of_year = day - (365 * year + year / 4 - year / 100);
        // Five months from March on have 153 days, and so have the next five.
        let months_since_march = (5 * day_of_year + 2) / 153;
        let month = if months_since_march < 10 {
            months_since_march + 3
        } else {
            months_since_march - 9
        };
        Self {
            year: era * 400 + year + u64::from(month <= 2),
            month,
            day: day_of_year - (153 * months_since_march + 2) / 5 + 1,
            hour: second_of_day / 3600,
            minute: second_of_day / 60 % 60,
            second: second_of_day % 60,
            days_since_epoch,
        }
    }

    pub(super) fn weekday(&self) -> &'static str {
        WEEKDAYS[(self.days_since_epoch % 7) as usize]
    }

    pub(super) fn month_name(&self) -> &'static str {
        MONTHS[(self.month - 1) as usize]
    }
}

const SECS_PER_DAY: u64 = 86_400;
const DAYS_PER_4_YEARS: u64 = 4 * 365 + 1;
const DAYS_PER_CENTURY: u64 = 100 * 365 + 24;
const DAYS_PER_ERA: u64 = 400 * 365 + 97;
/// From the first of March of the year 0.
const DAYS_FROM_YEAR_0_TO_EPOCH: u64 = 719_468;

/// 1970 began on a Thursday.
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Day by day to the end of the range, against a calendar that only counts.
    #[test]
    fn agrees_with_counting() {
        let (mut year, mut month, mut day) = (1970, 1, 1);
        for days in 0..293 * 366 {
            let date = Calendar::of(days * SECS_PER_DAY + 86_399);
            assert_eq!((date.year, date.month, date.day), (year, month, day));
            assert_eq!((date.hour, date.minute, date.second), (23, 59, 59));
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let length = match month {
                2 => 28 + u64::from(leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            day += 1;
            if day > length {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
    }
}
