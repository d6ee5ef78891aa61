//! Terms: every basis that applies, and the longest of them.

use chrono::NaiveDate;

codes! {
    /// The day from which a basis counts.
    pub enum Clock ("clock") {
        /// The end of the contract.
        ContractEnd = "contract_end",
        /// The end of the last contract with the customer.
        RelationshipEnd = "relationship_end",
        /// The last payment.
        LastTransaction = "last_transaction",
        /// The end of the last dispute.
        DisputeEnd = "dispute_end",
        /// The closing of the case.
        CaseClosed = "case_closed",
        /// The day on which the record was made.
        Made = "made",
    }
}

/// Whether and when a clock started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// There is nothing that it could count from: the basis does not apply.
    #[default]
    Never,
    /// It has not started: the contract is open, the dispute goes on.
    Open,
    /// It is over, but nobody told when; the record is kept until somebody does.
    Undated,
    /// It started after this day.
    On(NaiveDate),
}

impl Start {
    /// The later of two: what is open stays open.
    #[must_use]
    pub fn later(self, other: Self) -> Self {
        let rank = |s: &Self| match s {
            Self::Never => (0, None),
            Self::On(day) => (1, Some(*day)),
            Self::Undated => (2, None),
            Self::Open => (3, None),
        };
        if rank(&self) >= rank(&other) {
            self
        } else {
            other
        }
    }

    /// The day, when it is known.
    pub fn day(self) -> Option<NaiveDate> {
        match self {
            Self::On(day) => Some(day),
            _ => None,
        }
    }
}

/// The clocks of one record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clocks {
    /// Of the contract.
    pub contract_end: Start,
    /// Of the relationship with the customer.
    pub relationship_end: Start,
    /// Of the last payment.
    pub last_transaction: Start,
    /// Of the last dispute.
    pub dispute_end: Start,
    /// Of the case itself.
    pub case_closed: Start,
    /// Of the record itself.
    pub made: Start,
}

impl Clocks {
    /// Whether and when a clock started.
    pub fn start(&self, clock: Clock) -> Start {
        match clock {
            Clock::ContractEnd => self.contract_end,
            Clock::RelationshipEnd => self.relationship_end,
            Clock::LastTransaction => self.last_transaction,
            Clock::DisputeEnd => self.dispute_end,
            Clock::CaseClosed => self.case_closed,
            Clock::Made => self.made,
        }
    }
}

/// A basis that applies to a record. `B` says where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis<B> {
    /// Where it is written.
    pub source: B,
    /// What it counts from.
    pub clock: Clock,
    /// Whether and when that started.
    pub start: Start,
    /// The last day of the term; nothing while its clock does not run.
    pub until: Option<NaiveDate>,
}

/// Every basis that applies to a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term<B>(pub Vec<Basis<B>>);

/// Until when a record is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// No rule says anything: it is not destroyed without one.
    NoBasis,
    /// A clock has not started.
    Running(Clock),
    /// A clock started, but nobody told when.
    Undated(Clock),
    /// Until the end of this day.
    Until(NaiveDate),
}

impl<B> Term<B> {
    /// The longest of all bases; one whose clock does not run keeps the record.
    pub fn kept(&self) -> Kept {
        let of = |start| self.0.iter().find(|b| b.start == start).map(|b| b.clock);
        if let Some(clock) = of(Start::Open) {
            return Kept::Running(clock);
        }
        if let Some(clock) = of(Start::Undated) {
            return Kept::Undated(clock);
        }
        let longest = self.0.iter().filter_map(|b| b.until).max();
        longest.map_or(Kept::NoBasis, Kept::Until)
    }

    /// The basis that decides, when a day is known.
    pub fn deciding(&self) -> Option<&Basis<B>> {
        match self.kept() {
            Kept::Until(day) => self.0.iter().find(|b| b.until == Some(day)),
            _ => None,
        }
    }

    /// Whether the record may go: its last day lies before today.
    pub fn is_over(&self, today: NaiveDate) -> bool {
        matches!(self.kept(), Kept::Until(day) if day < today)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn basis(clock: Clock, start: Start, until: Option<&str>) -> Basis<()> {
        Basis {
            source: (),
            clock,
            start,
            until: until.map(day),
        }
    }

    #[test]
    fn the_longest_basis_counts_and_its_last_day_is_still_kept() {
        let on = Start::On(day("2019-03-05"));
        let term = Term(vec![
            basis(Clock::ContractEnd, on, Some("2024-03-05")),
            basis(Clock::DisputeEnd, on, Some("2021-03-05")),
        ]);
        assert_eq!(term.kept(), Kept::Until(day("2024-03-05")));
        assert_eq!(term.deciding().unwrap().clock, Clock::ContractEnd);
        for (today, over) in [
            ("2024-03-04", false),
            ("2024-03-05", false),
            ("2024-03-06", true),
        ] {
            assert_eq!(term.is_over(day(today)), over, "{today}");
        }
    }

    #[test]
    fn what_is_open_or_undated_or_without_a_rule_is_kept() {
        let ended = basis(
            Clock::ContractEnd,
            Start::On(day("2000-01-01")),
            Some("2005-01-01"),
        );
        let open = basis(Clock::DisputeEnd, Start::Open, None);
        let undated = basis(Clock::LastTransaction, Start::Undated, None);
        let today = day("2026-01-01");
        for (term, kept) in [
            (Term(vec![]), Kept::NoBasis),
            (
                Term(vec![ended.clone(), open]),
                Kept::Running(Clock::DisputeEnd),
            ),
            (
                Term(vec![ended, undated]),
                Kept::Undated(Clock::LastTransaction),
            ),
        ] {
            assert_eq!(term.kept(), kept);
            assert!(!term.is_over(today));
        }
    }

    #[test]
    fn an_open_contract_keeps_the_relationship_open() {
        let (a, b) = (Start::On(day("2020-01-01")), Start::On(day("2021-01-01")));
        assert_eq!(a.later(b), b);
        assert_eq!(b.later(Start::Open).later(a), Start::Open);
        assert_eq!(Start::Never.later(a), a);
        assert_eq!(a.later(Start::Undated), Start::Undated);
    }
}
