//! Flags that follow from what happened (CUS-07): when they begin and end, and, the other way round, what must
//! have happened for a flag to stand on a day. Both ways are one definition, so that a list filtered by a flag
//! shows the customers whose pages carry it.

use super::DerivedMark;
use chrono::{Days, Months, NaiveDate};

/// How long flags last, as the packs say. Without a limit there is no such flag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MarkLimits {
    /// Days after a complaint, its own day not counted.
    pub complainant_days: Option<u64>,
    /// Days after the first policy, its own day not counted.
    pub new_days: Option<u64>,
    /// Months without a policy in force.
    pub lost_months: Option<u32>,
}

/// What happened with a customer, as far as flags follow from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Happened {
    /// Day of the last complaint.
    pub complained_on: Option<NaiveDate>,
    /// Issue of the first policy.
    pub first_policy_on: Option<NaiveDate>,
    /// A policy is in force.
    pub is_insured: bool,
    /// End of the policy that ended last.
    pub last_end_on: Option<NaiveDate>,
}

/// A flag that follows from what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DerivedFlag {
    /// Which.
    pub mark: DerivedMark,
    /// Since when.
    pub since_on: NaiveDate,
    /// Until when, where that is known beforehand.
    pub until_on: Option<NaiveDate>,
}

/// Flags that stand on a day.
pub fn derived_flags(limits: &MarkLimits, happened: &Happened, on: NaiveDate) -> Vec<DerivedFlag> {
    let lasting = |mark, since: Option<NaiveDate>, days: Option<u64>| {
        let since_on = since?;
        let until_on = since_on.checked_add_days(Days::new(days?))?;
        (since_on <= on && on <= until_on).then_some(DerivedFlag {
            mark,
            since_on,
            until_on: Some(until_on),
        })
    };
    let complainant = lasting(
        DerivedMark::Complainant,
        happened.complained_on,
        limits.complainant_days,
    );
    let new = lasting(DerivedMark::New, happened.first_policy_on, limits.new_days);
    let ended = happened.last_end_on.filter(|_| !happened.is_insured);
    let lost = ended
        .zip(limits.lost_months)
        .and_then(|(end, months)| end.checked_add_months(Months::new(months)))
        .filter(|since_on| *since_on <= on)
        .map(|since_on| DerivedFlag {
            mark: DerivedMark::Lost,
            since_on,
            until_on: None,
        });
    [complainant, new, lost].into_iter().flatten().collect()
}

/// What must have happened for a flag to stand on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkCause {
    /// The last complaint fell on one of these days, both included.
    ComplainedLast(NaiveDate, NaiveDate),
    /// The first policy was issued on one of these days, both included.
    BoughtFirst(NaiveDate, NaiveDate),
    /// No policy is in force, and the last one ended on this day or before.
    EndedLast(NaiveDate),
}

impl MarkLimits {
    /// What must have happened for a flag to stand on a day; nothing where no pack speaks of the flag.
    pub fn cause(&self, mark: DerivedMark, on: NaiveDate) -> Option<MarkCause> {
        let from = |days: Option<u64>| on.checked_sub_days(Days::new(days?));
        match mark {
            DerivedMark::Complainant => {
                Some(MarkCause::ComplainedLast(from(self.complainant_days)?, on))
            }
            DerivedMark::New => Some(MarkCause::BoughtFirst(from(self.new_days)?, on)),
            DerivedMark::Lost => last_end(on, self.lost_months?).map(MarkCause::EndedLast),
        }
    }
}

/// The last day that so many months before `on` or earlier: months that end early let several days of one
/// month fall on the same day of another.
fn last_end(on: NaiveDate, months: u32) -> Option<NaiveDate> {
    let months = Months::new(months);
    let first = on.checked_sub_months(months)?;
    let fits = |day: &NaiveDate| day.checked_add_months(months).is_some_and(|d| d <= on);
    first.iter_days().take_while(fits).last()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: MarkLimits = MarkLimits {
        complainant_days: Some(365),
        new_days: Some(90),
        lost_months: Some(12),
    };

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn check(happened: Happened, on: &str, expected: &[(DerivedMark, &str)]) {
        let found = derived_flags(&LIMITS, &happened, day(on));
        let found: Vec<_> = found.iter().map(|f| (f.mark, f.since_on)).collect();
        let expected: Vec<_> = expected.iter().map(|(m, d)| (*m, day(d))).collect();
        assert_eq!(found, expected, "on {on}");
    }

    #[test]
    fn flags_begin_and_end_on_their_days() {
        let bought = Happened {
            first_policy_on: Some(day("2024-01-01")),
            is_insured: true,
            ..Happened::default()
        };
        check(bought, "2023-12-31", &[]);
        check(bought, "2024-01-01", &[(DerivedMark::New, "2024-01-01")]);
        check(bought, "2024-03-31", &[(DerivedMark::New, "2024-01-01")]);
        check(bought, "2024-04-01", &[]);
        let ended = Happened {
            last_end_on: Some(day("2023-02-28")),
            ..Happened::default()
        };
        check(ended, "2024-02-27", &[]);
        check(ended, "2024-02-28", &[(DerivedMark::Lost, "2024-02-28")]);
        let insured = Happened {
            is_insured: true,
            ..ended
        };
        check(insured, "2030-01-01", &[]);
    }

    /// Both directions agree for every end of a month around a leap day.
    #[test]
    fn a_cause_is_the_flag_read_backwards() {
        for months in [1, 6, 12] {
            let limits = MarkLimits {
                lost_months: Some(months),
                ..LIMITS
            };
            for on in day("2024-01-25").iter_days().take(70) {
                let Some(MarkCause::EndedLast(last)) = limits.cause(DerivedMark::Lost, on) else {
                    panic!("no cause on {on}");
                };
                for end in day("2022-12-20").iter_days().take(470) {
                    let happened = Happened {
                        last_end_on: Some(end),
                        ..Happened::default()
                    };
                    let flags = derived_flags(&limits, &happened, on);
                    assert_eq!(flags.len() == 1, end <= last, "{end} on {on}, {months}");
                }
            }
        }
        let none = MarkLimits::default();
        assert_eq!(none.cause(DerivedMark::New, day("2024-01-01")), None);
    }
}
