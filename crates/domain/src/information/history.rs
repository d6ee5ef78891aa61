//! States of earlier days: today's facts with every later change taken back.

use crate::customers::{CustomerField, FactSheet, FactValue};

/// A change of one fact.
#[derive(Clone, Debug)]
pub struct Change {
    /// The fact.
    pub field: CustomerField,
    /// What it was; nothing when it was not known.
    pub old: Option<FactValue>,
}

/// The facts as they were before some changes, given with the newest first.
#[must_use]
pub fn state_before(now: FactSheet, later: impl IntoIterator<Item = Change>) -> FactSheet {
    let mut sheet = now;
    for change in later {
        match change.old {
            Some(value) => sheet.insert(change.field, value),
            None => sheet.remove(&change.field),
        };
    }
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> FactValue {
        FactValue::from_stored(text.into())
    }

    #[test]
    fn later_changes_are_taken_back_one_after_the_other() {
        let field = CustomerField::Occupation;
        let now = FactSheet::from([(field, value("nurse"))]);
        let change = |old: Option<&str>| Change {
            field,
            old: old.map(value),
        };
        let newest = [change(Some("pupil")), change(None)];
        let first = state_before(now.clone(), newest[..1].to_vec());
        assert_eq!(first.get(&field), Some(&value("pupil")));
        assert!(state_before(now, newest).is_empty(), "not known at first");
    }
}
