//! The stage of the relationship, as policies say and as people say (GEN-02).

use super::RelationshipStage;
use chrono::NaiveDate;

codes! {
    /// What moved a customer to a stage.
    pub enum StageSource ("stage source") {
        /// The customer's policies.
        Policies = "policies",
        /// A person.
        Person = "person",
    }
}

/// What a customer has or had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// A policy is in force.
    pub in_force: bool,
    /// There is or was a policy.
    pub any: bool,
    /// When something last happened: a policy began or ended, or there was an event.
    pub last_on: Option<NaiveDate>,
}

/// The stage that policies move a customer to, when they do.
///
/// Who has a contract in force is under contract. Who had one has bought, and is lost when nothing
/// happened since `lost_before`. Who is talked to again after that stays at that stage, and who never
/// bought stays where people put them.
pub fn stage_of_policies(
    present: Option<RelationshipStage>,
    holdings: Holdings,
    lost_before: NaiveDate,
) -> Option<RelationshipStage> {
    use RelationshipStage::{Closed, InNegotiation, Lost, Prospect, UnderContract};
    let stage = match (holdings.in_force, holdings.any, present) {
        (true, ..) => UnderContract,
        (false, false, _) | (false, true, Some(Prospect | InNegotiation)) => return None,
        (false, true, _) if holdings.last_on.is_none_or(|on| on < lost_before) => Lost,
        (false, true, _) => Closed,
    };
    Some(stage).filter(|stage| Some(*stage) != present)
}

/// Whether a person may move a customer to a stage: what policies say is not said otherwise.
pub fn may_be_moved(to: RelationshipStage, holdings: Holdings) -> bool {
    use RelationshipStage::{Closed, InNegotiation, Lost, Prospect, UnderContract};
    match to {
        Prospect | InNegotiation => !holdings.in_force,
        UnderContract => holdings.in_force,
        Closed | Lost => holdings.any && !holdings.in_force,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use RelationshipStage::{Closed, InNegotiation, Lost, Prospect, UnderContract};
    use rstest::rstest;

    #[rstest]
    // present, in force, any, last on, moved to
    #[case(None, true, true, "2026-01-01", Some(UnderContract))]
    #[case(Some(UnderContract), true, true, "2026-01-01", None)]
    #[case(Some(UnderContract), false, true, "2026-01-01", Some(Closed))]
    #[case(Some(Closed), false, true, "2024-11-24", None)]
    #[case(Some(Closed), false, true, "2024-11-23", Some(Lost))]
    #[case(Some(Lost), true, true, "2024-01-01", Some(UnderContract))]
    #[case(Some(Prospect), false, false, "", None)]
    #[case(Some(InNegotiation), false, true, "2020-01-01", None)]
    #[case(None, false, false, "", None)]
    #[case(None, false, true, "", Some(Lost))]
    fn policies_move_customers(
        #[case] present: Option<RelationshipStage>,
        #[case] in_force: bool,
        #[case] any: bool,
        #[case] last_on: &str,
        #[case] expected: Option<RelationshipStage>,
    ) {
        let lost_before = "2024-11-24".parse().unwrap();
        let holdings = Holdings {
            in_force,
            any,
            last_on: last_on.parse().ok(),
        };
        assert_eq!(stage_of_policies(present, holdings, lost_before), expected);
    }
}
