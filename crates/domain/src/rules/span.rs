//! From when to when a version counts.

use super::Refused;
use chrono::NaiveDate;

/// Days, both included; what is missing is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub until: Option<NaiveDate>,
}

impl Span {
    /// Whether no day is left.
    pub fn is_empty(self) -> bool {
        matches!((self.from, self.until), (Some(from), Some(until)) if until < from)
    }

    /// Whether a day lies in it.
    pub fn covers(self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    /// Whether a day lies in both.
    pub fn meets(self, other: Self) -> bool {
        let before = |a: Self, b: Self| a.until.zip(b.from).is_some_and(|(end, begin)| end < begin);
        !self.is_empty() && !other.is_empty() && !before(self, other) && !before(other, self)
    }

    /// The days before another version begins: from its first day on that one counts. A next
    /// version without a first day leaves nothing.
    #[must_use]
    pub fn before(self, next: Option<NaiveDate>) -> Self {
        let Some(last) = next.and_then(|n| n.pred_opt()) else {
            return Self {
                from: Some(NaiveDate::MAX),
                until: Some(NaiveDate::MIN),
            };
        };
        Self {
            from: self.from,
            until: Some(self.until.map_or(last, |until| until.min(last))),
        }
    }
}

/// The first day of a version: the one that was chosen, else the first day of its text where that
/// lies ahead, else today. `text` are the days written in it, `earlier` the first day of the version
/// that it replaces, where there is one.
///
/// # Errors
/// [`Refused::OutsideText`] when the text does not claim that day; [`Refused::Overlap`] when the
/// earlier version is in force already and would not have begun before.
pub fn choose_first_day(
    chosen: Option<NaiveDate>,
    text: Span,
    earlier: Option<Span>,
    today: NaiveDate,
) -> Result<NaiveDate, Refused> {
    let ahead = text.from.filter(|from| *from > today);
    let day = chosen.or(ahead).unwrap_or(today);
    if !text.covers(day) {
        return Err(Refused::OutsideText);
    }
    let begun = earlier.filter(|e| !e.is_empty() && e.from.is_none_or(|from| from <= today));
    if begun.is_some_and(|e| e.from.is_some_and(|from| day <= from)) {
        return Err(Refused::Overlap);
    }
    Ok(day)
}
