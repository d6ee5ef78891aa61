//! Obligations: what the company owes whom, from when, by when.

use chrono::NaiveDate;

codes! {
    /// Where an obligation stands. Overdue is computed, never stored.
    pub enum ObligationStatus ("obligation status") {
        /// Owed.
        Open = "open",
        /// Discharged, with proof.
        Discharged = "discharged",
        /// Cannot be discharged; the reason is recorded.
        NotDischarged = "not_discharged",
        /// No longer owed.
        Cancelled = "cancelled",
    }
}

codes! {
    /// What discharges an obligation: each kind of work has its own records.
    pub enum ObligationKind ("obligation kind") {
        /// A callback, with attempts and answers.
        Callback = "callback",
        /// A message to the customer, or a contact that needs no answer.
        Message = "message",
        /// A visit, with a signed form.
        Visit = "visit",
    }
}

codes! {
    /// How a callback lies to the period in which it is due (requirements §4.1).
    pub enum Timing ("timing") {
        /// Before the period began: does not discharge where a supplementary callback is due.
        Early = "early",
        /// Within the period.
        InTime = "in_time",
        /// After the due date.
        Late = "late",
    }
}

impl Timing {
    /// Classes a completion by the start and the end of the period. Nothing while the end is
    /// unknown: without a receipt no callback counts as in time.
    pub fn of(
        completed_on: NaiveDate,
        starts_on: Option<NaiveDate>,
        due_on: Option<NaiveDate>,
    ) -> Option<Self> {
        let due_on = due_on?;
        Some(match starts_on {
            Some(start) if completed_on < start => Self::Early,
            _ if completed_on <= due_on => Self::InTime,
            _ => Self::Late,
        })
    }
}

/// How near the due date is; for lists, colours and warnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// The due date is not known yet.
    NoDate,
    /// Past the due date by this many days.
    Overdue(i64),
    /// Due today.
    Today,
    /// Due within the warning span, in this many days.
    Soon(i64),
    /// Due later, in this many days.
    Later(i64),
}

impl Urgency {
    /// Classes a due date as seen on a day.
    pub fn of(due_on: Option<NaiveDate>, today: NaiveDate, warn_days: i64) -> Self {
        let Some(due) = due_on else {
            return Self::NoDate;
        };
        match due.signed_duration_since(today).num_days() {
            n if n < 0 => Self::Overdue(-n),
            0 => Self::Today,
            n if n <= warn_days => Self::Soon(n),
            n => Self::Later(n),
        }
    }
}

codes! {
    /// Who has to be reached.
    pub enum Respondent ("respondent") {
        /// The policyholder in person.
        Policyholder = "policyholder",
        /// The insured.
        Insured = "insured",
        /// The beneficiary.
        Beneficiary = "beneficiary",
        /// The person in charge of insurance matters of an organisation.
        InsuranceContact = "insurance_contact",
        /// The legal representative.
        LegalRepresentative = "legal_representative",
        /// The actual controller.
        ActualController = "actual_controller",
        /// Who reported the claim.
        ClaimReporter = "claim_reporter",
        /// The driver.
        Driver = "driver",
        /// Another party to the accident.
        AccidentParty = "accident_party",
        /// The customer in person; of an organisation, whoever speaks for it.
        Customer = "customer",
        /// The contact person, such as the one named on a visit slip.
        ContactPerson = "contact_person",
        /// Who complained.
        Complainant = "complainant",
        /// A family member with an authorisation.
        AuthorizedProxy = "authorized_proxy",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[rstest]
    #[case("2024-01-16", Some(Timing::Early))]
    #[case("2024-01-17", Some(Timing::InTime))]
    #[case("2024-01-31", Some(Timing::InTime))]
    #[case("2024-02-01", Some(Timing::Late))]
    fn completions_are_classed_by_day(#[case] on: &str, #[case] expected: Option<Timing>) {
        let (start, due) = (Some(day("2024-01-17")), Some(day("2024-01-31")));
        assert_eq!(Timing::of(day(on), start, due), expected);
    }

    #[test]
    fn without_a_receipt_nothing_is_in_time() {
        assert_eq!(Timing::of(day("2024-01-16"), None, None), None);
    }
}
