//! Classes of customers by value and by risk (SEG-01 to SEG-03): which models there are, where a class comes
//! from, and the life of a class that somebody sets by hand.

use chrono::NaiveDate;

codes! {
    /// What customers are classed by.
    pub enum ClassModel ("class model") {
        /// What they are worth (SEG-01).
        Value = "value",
        /// What risk they bear (SEG-02).
        Risk = "risk",
    }
}

impl ClassModel {
    /// The code of its score in the packs.
    pub fn score(self) -> &'static str {
        match self {
            Self::Value => "VALUE",
            Self::Risk => "CUSTOMER_RISK",
        }
    }

    /// The model of a score.
    pub fn of_score(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|m| m.score() == code)
    }
}

codes! {
    /// A class, from the highest to the lowest; the same three for value and for risk.
    pub enum CustomerClass ("customer class") {
        /// High.
        High = "high",
        /// Medium.
        Medium = "medium",
        /// Low.
        Low = "low",
    }
}

impl CustomerClass {
    /// Its place among the classes, the highest first.
    pub fn place(self) -> usize {
        self as usize
    }

    /// Whether it is below another.
    pub fn is_below(self, other: Self) -> bool {
        self.place() > other.place()
    }
}

codes! {
    /// Why a customer has a class.
    pub enum ClassCause ("cause of a class") {
        /// A model gave it.
        Computed = "computed",
        /// Somebody set it, and another person agreed.
        Overridden = "overridden",
    }
}

codes! {
    /// Where a class that is set by hand stands.
    pub enum OverrideState ("state of an override") {
        /// Somebody asked for it.
        Asked = "asked",
        /// Another person agreed; it counts until its last day.
        InForce = "in_force",
        /// Another person refused.
        Refused = "refused",
        /// Whoever asked took it back, or asked for another.
        Withdrawn = "withdrawn",
        /// Its last day has passed, it was ended early, or another took its place.
        Ended = "ended",
    }
}

/// Why a class may not be set by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OverrideRefused {
    /// Its last day lies in the past.
    #[error("the last day has passed")]
    Past,
    /// Its last day is later than the company allows.
    #[error("the last day is too late")]
    TooLong,
    /// It is the class that the customer has.
    #[error("the customer has this class")]
    Same,
    /// Another request waits.
    #[error("another request waits")]
    Waits,
}

impl OverrideRefused {
    /// The code of the message.
    pub fn code(self) -> &'static str {
        match self {
            Self::Past => "override-past",
            Self::TooLong => "override-too-long",
            Self::Same => "override-same",
            Self::Waits => "override-waits",
        }
    }
}

/// Whether a class may be asked for.
///
/// # Errors
/// [`OverrideRefused`] says why not.
pub fn check_override(
    asked: (CustomerClass, NaiveDate),
    present: Option<CustomerClass>,
    (today, last): (NaiveDate, Option<NaiveDate>),
    waits: bool,
) -> Result<(), OverrideRefused> {
    let (class, until) = asked;
    if waits {
        return Err(OverrideRefused::Waits);
    }
    if present == Some(class) {
        return Err(OverrideRefused::Same);
    }
    if until < today {
        return Err(OverrideRefused::Past);
    }
    match last {
        Some(last) if until > last => Err(OverrideRefused::TooLong),
        _ => Ok(()),
    }
}

/// The class in force: what was set by hand comes before what a model gives, and that before what a file said.
pub fn in_force(
    set: Option<CustomerClass>,
    computed: Option<CustomerClass>,
    imported: Option<CustomerClass>,
) -> Option<(CustomerClass, Option<ClassCause>)> {
    let set = set.map(|c| (c, Some(ClassCause::Overridden)));
    let computed = computed.map(|c| (c, Some(ClassCause::Computed)));
    set.or(computed).or(imported.map(|c| (c, None)))
}

/// Whether all customers are to be looked at again: classes depend on the day, too (age, months).
pub fn is_round_due(last: Option<NaiveDate>, today: NaiveDate, every_days: i64) -> bool {
    last.is_none_or(|last| (today - last).num_days() >= every_days)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn what_is_set_by_hand_comes_first() {
        use CustomerClass::{High, Low, Medium};
        let hand = Some((High, Some(ClassCause::Overridden)));
        assert_eq!(in_force(Some(High), Some(Low), Some(Medium)), hand);
        let model = Some((Low, Some(ClassCause::Computed)));
        assert_eq!(in_force(None, Some(Low), Some(Medium)), model);
        assert_eq!(in_force(None, None, Some(Medium)), Some((Medium, None)));
        assert_eq!(in_force(None, None, None), None);
    }

    #[test]
    fn an_override_changes_something_for_a_time() {
        use CustomerClass::{High, Low};
        let check = |class, until: &str, waits| {
            let days = (day("2026-11-23"), Some(day("2027-11-23")));
            check_override((class, day(until)), Some(Low), days, waits)
        };
        assert_eq!(check(High, "2026-11-23", false), Ok(()));
        assert_eq!(check(High, "2027-11-23", false), Ok(()));
        assert_eq!(check(High, "2026-11-22", false), Err(OverrideRefused::Past));
        assert_eq!(
            check(High, "2027-11-24", false),
            Err(OverrideRefused::TooLong)
        );
        assert_eq!(check(Low, "2026-12-01", false), Err(OverrideRefused::Same));
        assert_eq!(check(High, "2026-12-01", true), Err(OverrideRefused::Waits));
    }

    #[test]
    fn classes_fall_and_rounds_come() {
        assert!(CustomerClass::Low.is_below(CustomerClass::High));
        assert!(!CustomerClass::Medium.is_below(CustomerClass::Medium));
        let last = Some(day("2026-11-22"));
        assert!(is_round_due(last, day("2026-11-23"), 1));
        assert!(!is_round_due(last, day("2026-11-22"), 1));
        assert!(is_round_due(None, day("2026-11-22"), 30));
    }
}
