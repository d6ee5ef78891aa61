//! Time as the business sees it: civil dates in China, instants with their offset.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc};

/// A moment.
pub type Instant = DateTime<Utc>;

/// Seconds that China is ahead of UTC; there has been no summer time since 1991.
const CHINA_SECONDS: i32 = 8 * 3600;

/// The time zone of every civil date here (Asia/Shanghai).
pub fn china() -> FixedOffset {
    match FixedOffset::east_opt(CHINA_SECONDS) {
        Some(offset) => offset,
        None => unreachable!("eight hours are a valid offset"),
    }
}

/// The civil date in China at a moment.
pub fn date_in_china(at: Instant) -> NaiveDate {
    at.with_timezone(&china()).date_naive()
}

/// The time of day in China at a moment.
pub fn time_in_china(at: Instant) -> NaiveTime {
    at.with_timezone(&china()).time()
}

/// The moment of a civil date and time in China.
pub fn at_in_china(date: NaiveDate, time: NaiveTime) -> Instant {
    match china().from_local_datetime(&date.and_time(time)).single() {
        Some(local) => local.with_timezone(&Utc),
        // A fixed offset maps every local time to exactly one moment.
        None => DateTime::<Utc>::MIN_UTC,
    }
}

/// The moment at which a civil date ends in China (24:00).
pub fn end_of_day_in_china(date: NaiveDate) -> Instant {
    let next = date.succ_opt().unwrap_or(date);
    at_in_china(next, NaiveTime::MIN)
}

/// Completed years between two dates, as ages are counted.
pub fn years_between(from: NaiveDate, to: NaiveDate) -> i32 {
    let years = to.year() - from.year();
    let had_birthday = (to.month(), to.day()) >= (from.month(), from.day());
    if had_birthday { years } else { years - 1 }
}
