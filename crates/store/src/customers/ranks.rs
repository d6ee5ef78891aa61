//! Where customers stand in queues by what they are worth (SEG-06).

use domain::customers::ValueClass;

/// The rank of each class among what is due on the same day: the smaller goes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueRanks {
    /// Of high value.
    pub high: i64,
    /// Of medium value.
    pub medium: i64,
    /// Of low value, and of those who are not rated.
    pub other: i64,
}

impl QueueRanks {
    /// Whether any class goes before another.
    pub fn is_ranked(self) -> bool {
        self.high != self.other || self.medium != self.other
    }

    /// The rank of a class, given as a code.
    pub fn of(self, class: Option<&str>) -> i64 {
        match class.map(ValueClass::parse) {
            Some(Ok(ValueClass::High)) => self.high,
            Some(Ok(ValueClass::Medium)) => self.medium,
            _ => self.other,
        }
    }

    /// The rank as an expression over the customer `c`.
    pub(crate) fn expression(self) -> String {
        format!(
            "CASE c.value_class WHEN 'high' THEN {} WHEN 'medium' THEN {} ELSE {} END",
            self.high, self.medium, self.other
        )
    }
}
