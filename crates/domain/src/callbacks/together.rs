//! Several callbacks in one conversation (CBK-21, C-15, C-21): the customer is on the line already, so
//! what else is due may be asked too. Each callback keeps its own attempt, answers and outcome.

use super::{ContactChannel, Discharge};
use crate::ids::{CustomerId, PolicyId};
use crate::obligations::Respondent;
use crate::time::Instant;
use chrono::Duration;

/// A conversation that has just ended with an interview.
#[derive(Clone, Copy, Debug)]
pub struct Talk {
    /// With whom.
    pub customer: CustomerId,
    /// About which policy.
    pub policy: Option<PolicyId>,
    /// Who answered.
    pub respondent: Respondent,
    /// When the interview ended.
    pub ended_at: Instant,
}

/// Why a callback may not be taken into a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TogetherError {
    /// It concerns another customer, or another policy.
    #[error("the callback concerns something else")]
    Elsewhere,
    /// Who answered may not answer for it.
    #[error("who answered may not answer for this callback")]
    Respondent,
    /// It is not made by telephone.
    #[error("the callback is not made by telephone")]
    Channel,
    /// The conversation ended too long ago.
    #[error("the conversation is over")]
    Over,
}

/// The customer in person, by the names that programmes use.
const IN_PERSON: [Respondent; 3] = [
    Respondent::Policyholder,
    Respondent::Customer,
    Respondent::Complainant,
];

impl Talk {
    /// Whether a callback of a customer and policy may be taken into the conversation.
    ///
    /// # Errors
    /// [`TogetherError`] says why not.
    pub fn takes(
        &self,
        (customer, policy): (CustomerId, Option<PolicyId>),
        discharge: &Discharge,
        now: Instant,
        within: Duration,
    ) -> Result<(), TogetherError> {
        let other_policy = matches!((self.policy, policy), (Some(a), Some(b)) if a != b);
        if customer != self.customer || other_policy {
            return Err(TogetherError::Elsewhere);
        }
        let allowed = &discharge.respondents;
        let in_person =
            IN_PERSON.contains(&self.respondent) && allowed.iter().any(|r| IN_PERSON.contains(r));
        if !in_person && !allowed.contains(&self.respondent) {
            return Err(TogetherError::Respondent);
        }
        if !discharge.channels.contains(&ContactChannel::Phone) {
            return Err(TogetherError::Channel);
        }
        if now < self.ended_at || within < now - self.ended_at {
            return Err(TogetherError::Over);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Success;
    use super::*;
    use rstest::rstest;
    use uuid::Uuid;

    fn discharge(respondent: Respondent) -> Discharge {
        Discharge {
            questionnaire: "vf-regular".into(),
            channels: vec![ContactChannel::Phone],
            respondents: vec![respondent],
            proxy_allowed: false,
            success: Success::Generic,
            recording_required: false,
            bars_salesperson: false,
            rounds: 1,
            attempts_per_round: 3,
            contact_fix: false,
            branch_round: false,
            ticket_due_days: 3,
            warn_before_due_days: 1,
            deemed_days: None,
            promotion_allowed: false,
            respondent_fixed: false,
            payout: false,
        }
    }

    fn policy(n: u128) -> Option<PolicyId> {
        (n > 0).then(|| PolicyId(Uuid::from_u128(n)))
    }

    /// Policies, who answered, who may answer, minutes since: taken or why not.
    #[rstest]
    #[case((1, 1), Respondent::Policyholder, Respondent::Policyholder, 5, Ok(()))]
    #[case((1, 0), Respondent::Policyholder, Respondent::Customer, 5, Ok(()))]
    #[case((0, 2), Respondent::Customer, Respondent::Policyholder, 15, Ok(()))]
    #[case((1, 2), Respondent::Policyholder, Respondent::Policyholder, 5, Err(TogetherError::Elsewhere))]
    #[case((1, 1), Respondent::Driver, Respondent::Policyholder, 5, Err(TogetherError::Respondent))]
    #[case((1, 1), Respondent::Policyholder, Respondent::Policyholder, 16, Err(TogetherError::Over))]
    fn what_may_be_taken_along(
        #[case] policies: (u128, u128),
        #[case] answered: Respondent,
        #[case] allowed: Respondent,
        #[case] minutes: i64,
        #[case] expected: Result<(), TogetherError>,
    ) {
        let customer = CustomerId(Uuid::from_u128(9));
        let ended_at = chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let talk = Talk {
            customer,
            policy: policy(policies.0),
            respondent: answered,
            ended_at,
        };
        let now = ended_at + Duration::minutes(minutes);
        let whom = (customer, policy(policies.1));
        let found = talk.takes(whom, &discharge(allowed), now, Duration::minutes(15));
        assert_eq!(found, expected);
    }
}
