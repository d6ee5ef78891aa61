//! Penalties (conflict C-23). The tables of the company's documents differ and stand in packs; here is what
//! holds for all of them: a penalty is a proposal until somebody else approves it, what touches pay or
//! employment goes past a lawyer, and the program itself never alters pay (QLT-12).

use crate::ids::UserId;
use crate::money::Money;

codes! {
    /// What somebody did.
    pub enum Offence ("offence") {
        /// Forged customer data.
        ForgedCustomerData = "forged_customer_data",
        /// A visit that did not take place.
        FalseVisit = "false_visit",
        /// A callback specialist covered up, concealed, reported late or falsely.
        SpecialistConcealment = "specialist_concealment",
        /// A customer's dissatisfaction was verified.
        VerifiedDissatisfaction = "verified_dissatisfaction",
        /// Service overtime; errors in material, data or information.
        OvertimeOrError = "overtime_or_error",
        /// Past the handling limit or the agreed time.
        PastAgreedTime = "past_agreed_time",
        /// Customer material omitted, lost or damaged.
        CustomerDataLost = "customer_data_lost",
        /// Poor effect of callbacks.
        PoorEffect = "poor_effect",
        /// A serious problem.
        SeriousProblem = "serious_problem",
        /// Stands on the bancassurance problem list.
        BancassuranceItem = "bancassurance_item",
        /// Late or substandard callbacks.
        LateOrSubstandard = "late_or_substandard",
    }
}

codes! {
    /// What a table proposes for it.
    pub enum Measure ("measure") {
        /// Criticism.
        Criticism = "criticism",
        /// Warning.
        Warning = "warning",
        /// A fine.
        Fine = "fine",
        /// All performance pay of the month.
        MonthPerformancePay = "month_performance_pay",
        /// All pay and commission of the month.
        MonthPayAndCommission = "month_pay_and_commission",
        /// Persuaded to resign, or dismissed.
        Dismissal = "dismissal",
        /// By circumstances, within what the document names.
        ByCircumstances = "by_circumstances",
        /// Another document says it.
        OtherRules = "other_rules",
    }
}

impl Measure {
    /// Whether it takes, or may take, pay or employment: labour law may forbid it.
    pub fn touches_employment(self) -> bool {
        !matches!(self, Self::Criticism | Self::Warning)
    }
}

/// What a table proposes for an offence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Penalty {
    /// The measure.
    pub measure: Measure,
    /// The fine; the highest where circumstances decide.
    pub fine: Option<Money>,
    /// Whether a lawyer looks at it before it is approved.
    pub legal_review: bool,
}

/// Who did what with a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signatures {
    /// Whom it is about.
    pub about: UserId,
    /// Who proposed it.
    pub proposed_by: UserId,
    /// The lawyer who had no objection.
    pub reviewed_by: Option<UserId>,
    /// Who approved it.
    pub approved_by: Option<UserId>,
}

/// Why a table or a proposal does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PenaltyError {
    /// The table takes pay or employment without a legal review.
    #[error("what touches pay or employment needs a legal review")]
    ReviewLeftOut,
    /// A fine without an amount, or an amount without a fine.
    #[error("a fine needs its amount, and only a fine has one")]
    AmountUnfit,
    /// No lawyer has looked at it.
    #[error("a lawyer has not reviewed it")]
    NotReviewed,
    /// Nobody has approved it.
    #[error("nobody has approved it")]
    NotApproved,
    /// Who proposed it, or whom it is about, has approved or reviewed it.
    #[error("another person decides")]
    SamePerson,
}

impl Penalty {
    /// Whether a table may propose it.
    ///
    /// # Errors
    /// [`PenaltyError`] says what is wrong with the table.
    pub fn check(self) -> Result<(), PenaltyError> {
        if self.measure.touches_employment() && !self.legal_review {
            return Err(PenaltyError::ReviewLeftOut);
        }
        match (self.measure, self.fine) {
            (Measure::Fine, None) => Err(PenaltyError::AmountUnfit),
            (Measure::Fine | Measure::ByCircumstances, _) | (_, None) => Ok(()),
            (_, Some(_)) => Err(PenaltyError::AmountUnfit),
        }
    }

    /// Whether a proposal of it counts: approved by another person, and reviewed where it must be.
    ///
    /// # Errors
    /// [`PenaltyError`] says what is missing.
    pub fn counts(self, who: Signatures) -> Result<(), PenaltyError> {
        let own = |by: UserId| by == who.proposed_by || by == who.about;
        if who.reviewed_by.is_some_and(own) || who.approved_by.is_some_and(own) {
            return Err(PenaltyError::SamePerson);
        }
        if self.legal_review && who.reviewed_by.is_none() {
            return Err(PenaltyError::NotReviewed);
        }
        who.approved_by.ok_or(PenaltyError::NotApproved).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use uuid::Uuid;

    fn user(n: u128) -> UserId {
        UserId(Uuid::from_u128(n))
    }

    fn penalty(measure: Measure, fine: Option<i64>, legal_review: bool) -> Penalty {
        Penalty {
            measure,
            fine: fine.map(Money),
            legal_review,
        }
    }

    #[rstest]
    #[case(Measure::Warning, None, false, Ok(()))]
    #[case(Measure::Fine, Some(10_000), true, Ok(()))]
    #[case(Measure::Fine, Some(10_000), false, Err(PenaltyError::ReviewLeftOut))]
    #[case(
        Measure::MonthPayAndCommission,
        None,
        false,
        Err(PenaltyError::ReviewLeftOut)
    )]
    #[case(Measure::Fine, None, true, Err(PenaltyError::AmountUnfit))]
    #[case(Measure::Warning, Some(10_000), false, Err(PenaltyError::AmountUnfit))]
    fn what_a_table_may_propose(
        #[case] measure: Measure,
        #[case] fine: Option<i64>,
        #[case] legal_review: bool,
        #[case] expected: Result<(), PenaltyError>,
    ) {
        assert_eq!(penalty(measure, fine, legal_review).check(), expected);
    }

    /// Proposed by 1 about 2; who reviewed and approved.
    #[rstest]
    #[case(Some(3), Some(4), Ok(()))]
    #[case(Some(3), None, Err(PenaltyError::NotApproved))]
    #[case(None, Some(4), Err(PenaltyError::NotReviewed))]
    #[case(Some(3), Some(1), Err(PenaltyError::SamePerson))]
    #[case(Some(2), Some(4), Err(PenaltyError::SamePerson))]
    fn a_proposal_counts_when_others_agree(
        #[case] reviewed_by: Option<u128>,
        #[case] approved_by: Option<u128>,
        #[case] expected: Result<(), PenaltyError>,
    ) {
        let who = Signatures {
            about: user(2),
            proposed_by: user(1),
            reviewed_by: reviewed_by.map(user),
            approved_by: approved_by.map(user),
        };
        assert_eq!(
            penalty(Measure::Dismissal, None, true).counts(who),
            expected
        );
    }
}
