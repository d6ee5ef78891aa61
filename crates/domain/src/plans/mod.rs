//! The quarterly callback plan: which day each callback is to be made on, and what will not fit.

use crate::ids::CallbackId;
use chrono::{Datelike, NaiveDate};

/// A quarter of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quarter {
    year: i32,
    /// From 1 to 4.
    number: u32,
}

impl Quarter {
    /// The quarter in which a day lies.
    pub fn of(day: NaiveDate) -> Self {
        Self {
            year: day.year(),
            number: day.month0() / 3 + 1,
        }
    }

    /// Reads `2026Q4`.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, number) = text.split_once('Q')?;
        let (year, number) = (year.parse().ok()?, number.parse().ok()?);
        let quarter = Self { year, number };
        let good = (2000..=2100).contains(&year) && (1..=4).contains(&number);
        good.then_some(quarter)
    }

    /// Its first day.
    pub fn first_day(self) -> NaiveDate {
        let month = self.number * 3 - 2;
        NaiveDate::from_ymd_opt(self.year, month, 1).unwrap_or_default()
    }

    /// Its last day.
    pub fn last_day(self) -> NaiveDate {
        let next = self.next().first_day();
        next.pred_opt().unwrap_or(next)
    }

    /// The one after it.
    #[must_use]
    pub fn next(self) -> Self {
        match self.number {
            4 => Self {
                year: self.year + 1,
                number: 1,
            },
            number => Self {
                number: number + 1,
                ..self
            },
        }
    }

    /// The one before it.
    #[must_use]
    pub fn before(self) -> Self {
        match self.number {
            1 => Self {
                year: self.year - 1,
                number: 4,
            },
            number => Self {
                number: number - 1,
                ..self
            },
        }
    }

    /// Its year.
    pub fn year(self) -> i32 {
        self.year
    }

    /// Its place in the year, from 1 to 4.
    pub fn number(self) -> u32 {
        self.number
    }
}

impl std::fmt::Display for Quarter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}Q{}", self.year, self.number)
    }
}

/// A callback that is to be placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The callback.
    pub id: CallbackId,
    /// Its first day.
    pub earliest_on: NaiveDate,
    /// Its last day.
    pub due_on: NaiveDate,
}

/// A day on which calls are made, with the calls that still fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub on: NaiveDate,
    /// Calls that fit.
    pub room: usize,
}

/// Where callbacks went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// The day of each.
    pub placed: Vec<(CallbackId, NaiveDate)>,
    /// What does not fit before it is due.
    pub unplaced: Vec<CallbackId>,
}

/// Spreads callbacks over days: each between its first and its last day, what is due first goes first, no day
/// beyond its room, and otherwise evenly. Whatever can be placed at all is placed.
///
/// `days` run forward.
pub fn spread(waiting: &[Waiting], days: &[Day]) -> Spread {
    let mut waiting = waiting.to_vec();
    waiting.sort_by_key(|w| (w.due_on, w.earliest_on, w.id));
    let mut result = Spread::default();
    for (at, day) in days.iter().enumerate() {
        let (late, left): (Vec<Waiting>, Vec<Waiting>) =
            waiting.into_iter().partition(|w| w.due_on < day.on);
        result.unplaced.extend(late.iter().map(|w| w.id));
        waiting = left;
        let take = quota(&waiting, &days[at..]).min(day.room);
        let mut taken = 0;
        waiting.retain(|w| {
            let goes = taken < take && w.earliest_on <= day.on;
            if goes {
                taken += 1;
                result.placed.push((w.id, day.on));
            }
            !goes
        });
    }
    result.unplaced.extend(waiting.iter().map(|w| w.id));
    result
}

/// Calls that the first of some days should take: an even share of what there is, and no less than what the
/// later days cannot take before it is due.
fn quota(waiting: &[Waiting], days: &[Day]) -> usize {
    let Some(last) = days.last() else {
        return 0;
    };
    let within = waiting.iter().filter(|w| w.earliest_on <= last.on).count();
    let even = within.div_ceil(days.len());
    let (mut later_room, mut must, mut due) = (0, 0, 0);
    for (at, day) in days.iter().enumerate() {
        if at > 0 {
            later_room += day.room;
        }
        let until = days.get(at + 1).map(|next| next.on);
        // Due dates between two calling days belong to the earlier one.
        while due < waiting.len() && until.is_none_or(|until| waiting[due].due_on < until) {
            due += 1;
        }
        must = must.max(due.saturating_sub(later_room));
    }
    even.max(must)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn waiting(spans: &[(&str, &str)]) -> Vec<Waiting> {
        let one = |(n, (from, to)): (u128, &(&str, &str))| Waiting {
            id: CallbackId(Uuid::from_u128(n)),
            earliest_on: day(from),
            due_on: day(to),
        };
        (1..).zip(spans).map(one).collect()
    }

    fn days(rooms: &[(&str, usize)]) -> Vec<Day> {
        let one = |(on, room): &(&str, usize)| Day {
            on: day(on),
            room: *room,
        };
        rooms.iter().map(one).collect()
    }

    fn counts(spread: &Spread, days: &[Day]) -> Vec<usize> {
        let on = |d: &Day| spread.placed.iter().filter(|(_, on)| *on == d.on).count();
        days.iter().map(on).collect()
    }

    #[test]
    fn quarters_lie_side_by_side() {
        let fourth = Quarter::parse("2026Q4").unwrap();
        assert_eq!(
            (fourth.first_day(), fourth.last_day()),
            (day("2026-10-01"), day("2026-12-31"))
        );
        assert_eq!(fourth.next().to_string(), "2027Q1");
        assert_eq!(fourth.next().before(), fourth);
        assert_eq!(Quarter::of(day("2024-02-29")).last_day(), day("2024-03-31"));
        for bad in ["2026", "2026Q5", "2026Q0", "26Q1", "Q1", "2026Qx"] {
            assert_eq!(Quarter::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn work_is_spread_evenly() {
        let days = days(&[("2026-10-08", 10), ("2026-10-09", 10), ("2026-10-10", 10)]);
        let all = waiting(&[("2026-10-01", "2026-12-31"); 7]);
        let spread = spread(&all, &days);
        assert_eq!(counts(&spread, &days), [3, 2, 2]);
        assert!(spread.unplaced.is_empty());
    }

    #[test]
    fn what_is_due_comes_first_and_nothing_late_is_hidden() {
        let days = days(&[("2026-10-08", 2), ("2026-10-09", 2), ("2026-10-12", 2)]);
        let all = waiting(&[
            ("2026-10-01", "2026-12-31"),
            ("2026-10-01", "2026-10-08"),
            ("2026-10-01", "2026-10-07"),
            ("2026-10-01", "2026-10-11"),
            ("2026-10-09", "2026-10-11"),
            ("2026-10-10", "2026-10-12"),
        ]);
        let spread = spread(&all, &days);
        // The third was due before anybody works again.
        assert_eq!(spread.unplaced, [all[2].id]);
        for (id, on) in &spread.placed {
            let w = all.iter().find(|w| w.id == *id).unwrap();
            assert!(w.earliest_on <= *on && *on <= w.due_on, "{w:?} {on}");
        }
        assert_eq!(spread.placed.len(), 5);
    }

    /// A heavy due date takes more than an even share on the days before it.
    #[test]
    fn a_peak_is_worked_off_before_it() {
        let days = days(&[
            ("2026-10-08", 4),
            ("2026-10-09", 4),
            ("2026-10-12", 4),
            ("2026-10-13", 4),
        ]);
        let all = waiting(&[("2026-10-01", "2026-10-09"); 8]);
        let spread = spread(&all, &days);
        assert_eq!(counts(&spread, &days), [4, 4, 0, 0]);
        let too_many = waiting(&[("2026-10-01", "2026-10-09"); 10]);
        assert_eq!(super::spread(&too_many, &days).unplaced.len(), 2);
    }

    #[test]
    fn no_days_place_nothing() {
        let all = waiting(&[("2026-10-01", "2026-10-09")]);
        assert_eq!(spread(&all, &[]).unplaced, [all[0].id]);
        assert!(spread(&[], &days(&[("2026-10-08", 4)])).placed.is_empty());
    }
}
