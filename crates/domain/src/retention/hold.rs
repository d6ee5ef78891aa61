//! Legal holds: while one stands, nothing that it covers is destroyed.

use crate::access::OrgPath;
use crate::ids::{CustomerId, PolicyId, TicketId};
use chrono::NaiveDate;
use uuid::Uuid;

codes! {
    /// Why something is held.
    pub enum HoldKind ("kind of hold") {
        /// A lawsuit or arbitration.
        Litigation = "litigation",
        /// A supervisor asked for it.
        Regulator = "regulator",
        /// An investigation of money laundering (Order 2025 No. 11, article 44); never shown on
        /// ordinary pages, so that nobody is tipped off.
        AmlInvestigation = "aml_investigation",
        /// A complaint or other dispute.
        Complaint = "complaint",
        /// Anything else.
        Other = "other",
    }
}

codes! {
    /// What is held.
    pub enum HoldSubject ("subject of a hold") {
        /// Everything about a customer.
        Customer = "customer",
        /// A policy and what belongs to it.
        Policy = "policy",
        /// A ticket, and with it the policy and customer that it is about.
        Ticket = "ticket",
        /// Policies of a unit that were in force at some time of a period.
        Unit = "unit",
    }
}

/// A hold as far as decisions need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Its number.
    pub number: String,
    /// The customer it covers.
    pub customer: Option<CustomerId>,
    /// The policy it covers.
    pub policy: Option<PolicyId>,
    /// The ticket it covers.
    pub ticket: Option<TicketId>,
    /// What is held.
    pub subject: HoldSubject,
    /// The unit; for holds on units what it covers, with the units below.
    pub org: OrgPath,
    /// First day of the period of a hold on a unit.
    pub from_on: Option<NaiveDate>,
    /// Last day of that period.
    pub until_on: Option<NaiveDate>,
    /// Who placed it.
    pub placed_by: Option<Uuid>,
    /// Whether it was lifted.
    pub is_lifted: bool,
}

/// What may be covered by a hold.
#[derive(Clone, Debug)]
pub struct Held<'h> {
    /// The customers it is about: policyholder, insured, beneficiary.
    pub customers: &'h [CustomerId],
    /// The policy, where there is one.
    pub policy: Option<PolicyId>,
    /// Unit of the policy or customer.
    pub org: &'h OrgPath,
    /// When the contract began.
    pub began_on: Option<NaiveDate>,
    /// When it ended; nothing while it is open.
    pub ended_on: Option<NaiveDate>,
}

/// Why a hold is not lifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoldError {
    /// It was lifted already.
    #[error("the hold was lifted already")]
    AlreadyLifted,
    /// It is lifted by another person than the one who placed it.
    #[error("a hold is lifted by another person than the one who placed it")]
    SamePerson,
}

impl Hold {
    /// Whether it keeps something from being destroyed.
    pub fn covers(&self, held: &Held<'_>) -> bool {
        if self.is_lifted {
            return false;
        }
        match self.subject {
            HoldSubject::Customer => self.covers_customer(held),
            HoldSubject::Policy => self.policy.is_some() && self.policy == held.policy,
            // A ticket is explained by its callback, policy and customer: all of it stays.
            HoldSubject::Ticket => {
                self.covers_customer(held)
                    && (self.policy.is_none()
                        || held.policy.is_none()
                        || self.policy == held.policy)
            }
            HoldSubject::Unit => {
                let begun = held
                    .began_on
                    .is_none_or(|b| self.until_on.is_none_or(|u| b <= u));
                let ended = held
                    .ended_on
                    .is_some_and(|e| self.from_on.is_some_and(|f| e < f));
                self.org.contains(held.org) && begun && !ended
            }
        }
    }

    fn covers_customer(&self, held: &Held<'_>) -> bool {
        self.customer.is_some_and(|c| held.customers.contains(&c))
    }

    /// Whether someone may lift it.
    ///
    /// # Errors
    /// [`HoldError`] says why not.
    pub fn lift(&self, by: Option<Uuid>) -> Result<(), HoldError> {
        if self.is_lifted {
            return Err(HoldError::AlreadyLifted);
        }
        if self.placed_by == by {
            return Err(HoldError::SamePerson);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn unit_hold() -> Hold {
        Hold {
            number: "LH-2026-0000001".into(),
            customer: None,
            policy: None,
            ticket: None,
            subject: HoldSubject::Unit,
            org: OrgPath::from_stored("/000/50/".into()),
            from_on: Some(day("2015-01-01")),
            until_on: Some(day("2015-12-31")),
            placed_by: Some(Uuid::from_u128(1)),
            is_lifted: false,
        }
    }

    #[test]
    fn a_unit_hold_covers_what_was_in_force_in_its_period() {
        let hold = unit_hold();
        let covers = |org: &str, began: &str, ended: &str| {
            hold.covers(&Held {
                customers: &[],
                policy: None,
                org: &OrgPath::from_stored(org.into()),
                began_on: Some(day(began)),
                ended_on: Some(day(ended)),
            })
        };
        assert!(covers("/000/50/5001/", "2014-06-01", "2015-01-01"));
        assert!(!covers("/000/50/5001/", "2013-06-01", "2014-12-31"));
        assert!(covers("/000/50/", "2015-12-31", "2020-01-01"));
        assert!(!covers("/000/50/", "2016-01-01", "2020-01-01"));
        assert!(!covers("/000/37/", "2014-06-01", "2015-06-01"));
    }

    #[test]
    fn another_person_lifts_it_once() {
        let hold = unit_hold();
        assert_eq!(
            hold.lift(Some(Uuid::from_u128(1))),
            Err(HoldError::SamePerson)
        );
        assert_eq!(hold.lift(Some(Uuid::from_u128(2))), Ok(()));
        let lifted = Hold {
            is_lifted: true,
            ..hold
        };
        assert_eq!(
            lifted.lift(Some(Uuid::from_u128(2))),
            Err(HoldError::AlreadyLifted)
        );
    }
}
