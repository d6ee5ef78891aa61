//! Backups: when one is due, when the last one is too old, and which old ones may go.

use crate::time::{self, Instant};
use chrono::{Datelike as _, Days, Duration, NaiveTime};
use std::collections::BTreeSet;
use uuid::Uuid;

codes! {
    /// Who wanted a backup.
    pub enum BackupKind ("kind of backup") {
        /// The plan in the configuration.
        Scheduled = "scheduled",
        /// A person, on the page.
        Page = "page",
        /// A person, from the shell.
        Shell = "shell",
    }
}

codes! {
    /// Where a backup stands.
    pub enum BackupState ("state of a backup") {
        /// Being written.
        Running = "running",
        /// Written; whether it was tried out is said beside it.
        Finished = "finished",
        /// Nothing came of it.
        Failed = "failed",
    }
}

/// How long a backup may be silent before it counts as killed.
pub fn silence_max() -> Duration {
    Duration::minutes(15)
}

/// The last moment at which a backup that is taken daily at a time of day was due.
pub fn last_due(now: Instant, at: NaiveTime) -> Instant {
    let today = time::date_in_china(now);
    let due = time::at_in_china(today, at);
    if due <= now {
        return due;
    }
    let yesterday = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    time::at_in_china(yesterday, at)
}

/// How many backups are kept: the newest of each of so many days, weeks and months that have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Days.
    pub daily: usize,
    /// Weeks, beginning on Monday.
    pub weekly: usize,
    /// Calendar months.
    pub monthly: usize,
}

/// A backup as far as retention looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptBackup {
    /// Its run.
    pub id: Uuid,
    /// When it was taken.
    pub at: Instant,
    /// It was restored as a trial, and everything was there.
    pub is_verified: bool,
}

impl Retention {
    /// The backups that may be removed. The newest stays, and so does the newest that was verified:
    /// a rule that keeps nothing would otherwise take the only one that is known to be good.
    pub fn removable(self, backups: &[KeptBackup]) -> Vec<Uuid> {
        let mut newest_first = backups.to_vec();
        newest_first.sort_by_key(|b| (b.at, b.id));
        newest_first.reverse();
        let verified = newest_first.iter().find(|b| b.is_verified);
        let mut kept: BTreeSet<Uuid> = newest_first.first().map(|b| b.id).into_iter().collect();
        kept.extend(verified.map(|b| b.id));
        let rules = [
            (self.daily, day as Period),
            (self.weekly, week),
            (self.monthly, month),
        ];
        for (count, period) in rules {
            let mut periods = BTreeSet::new();
            for backup in &newest_first {
                let period = period(backup.at);
                if periods.len() < count && periods.insert(period) {
                    kept.insert(backup.id);
                }
            }
        }
        let gone = newest_first.iter().map(|b| b.id);
        gone.filter(|id| !kept.contains(id)).collect()
    }
}

/// The period in which a moment lies: a year, and a number in it.
type Period = fn(Instant) -> (i32, u32);

fn day(at: Instant) -> (i32, u32) {
    let date = time::date_in_china(at);
    (date.year(), date.ordinal())
}

fn week(at: Instant) -> (i32, u32) {
    let week = time::date_in_china(at).iso_week();
    (week.year(), week.week())
}

fn month(at: Instant) -> (i32, u32) {
    let date = time::date_in_china(at);
    (date.year(), date.month())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn moment(date: NaiveDate, hour: u32) -> Instant {
        time::at_in_china(date, NaiveTime::from_hms_opt(hour, 0, 0).unwrap())
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_daily_backup_is_due_at_its_time_in_china() {
        let two = NaiveTime::from_hms_opt(2, 0, 0).unwrap();
        let (today, yesterday) = (date("2026-03-02"), date("2026-03-01"));
        for (hour, expected) in [(1, yesterday), (2, today), (23, today)] {
            assert_eq!(last_due(moment(today, hour), two), moment(expected, 2));
        }
    }

    /// A year of daily backups, thinned out each day as the schedule does.
    #[test]
    fn a_year_thins_out_to_days_weeks_and_months() {
        let rule = Retention {
            daily: 7,
            weekly: 4,
            monthly: 12,
        };
        let mut kept: Vec<KeptBackup> = Vec::new();
        for n in 0..365_u64 {
            let day = date("2026-01-01") + Days::new(n);
            kept.push(KeptBackup {
                id: Uuid::from_u128(u128::from(n)),
                at: moment(day, 2),
                is_verified: true,
            });
            let gone = rule.removable(&kept);
            kept.retain(|b| !gone.contains(&b.id));
        }
        let days: Vec<_> = kept.iter().map(|b| time::date_in_china(b.at)).collect();
        let expected = [
            "2026-01-31",
            "2026-02-28",
            "2026-03-31",
            "2026-04-30",
            "2026-05-31",
            "2026-06-30",
            "2026-07-31",
            "2026-08-31",
            "2026-09-30",
            "2026-10-31",
            "2026-11-30",
            "2026-12-13",
            "2026-12-20",
            "2026-12-25",
            "2026-12-26",
            "2026-12-27",
            "2026-12-28",
            "2026-12-29",
            "2026-12-30",
            "2026-12-31",
        ];
        assert_eq!(days, expected.map(date));
    }

    #[test]
    fn the_only_verified_backup_is_never_removed() {
        let rule = Retention {
            daily: 1,
            weekly: 0,
            monthly: 0,
        };
        let backup = |n: u32, is_verified| KeptBackup {
            id: Uuid::from_u128(u128::from(n)),
            at: moment(date("2026-03-01") + Days::new(u64::from(n)), 2),
            is_verified,
        };
        let all = [
            backup(1, false),
            backup(2, true),
            backup(3, false),
            backup(4, false),
        ];
        assert_eq!(rule.removable(&all), [all[2].id, all[0].id]);
        let none = Retention { daily: 0, ..rule };
        assert_eq!(none.removable(&all[..1]), Vec::<Uuid>::new());
    }
}
