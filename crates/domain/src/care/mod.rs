//! Scheduled contacts: what the company tells customers when its day comes.

use crate::messaging::MessageState;
use crate::obligations::ObligationStatus;

codes! {
    /// Where a scheduled contact stands.
    pub enum CareState ("state of a contact") {
        /// Its message waits for its slot or is on its way.
        Waiting = "waiting",
        /// No message goes out; somebody has to look.
        Held = "held",
        /// The customer was told.
        Done = "done",
        /// Its day passed without it.
        Lapsed = "lapsed",
        /// Not owed any more.
        Cancelled = "cancelled",
    }
}

impl CareState {
    /// Where a contact stands, from its obligation and the message that was asked for.
    pub fn of(status: ObligationStatus, taken_up: bool, message: Option<MessageState>) -> Self {
        match status {
            ObligationStatus::Discharged => Self::Done,
            ObligationStatus::NotDischarged => Self::Lapsed,
            ObligationStatus::Cancelled => Self::Cancelled,
            ObligationStatus::Open if !taken_up => Self::Waiting,
            ObligationStatus::Open => match message {
                None | Some(MessageState::Dead | MessageState::Cancelled) => Self::Held,
                Some(_) => Self::Waiting,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(ObligationStatus::Open, false, None, CareState::Waiting)]
    #[case(ObligationStatus::Open, true, None, CareState::Held)]
    #[case(
        ObligationStatus::Open,
        true,
        Some(MessageState::Waiting),
        CareState::Waiting
    )]
    #[case(
        ObligationStatus::Open,
        true,
        Some(MessageState::Dead),
        CareState::Held
    )]
    #[case(
        ObligationStatus::Open,
        true,
        Some(MessageState::Cancelled),
        CareState::Held
    )]
    #[case(
        ObligationStatus::Discharged,
        true,
        Some(MessageState::Sent),
        CareState::Done
    )]
    #[case(
        ObligationStatus::NotDischarged,
        true,
        Some(MessageState::Cancelled),
        CareState::Lapsed
    )]
    #[case(
        ObligationStatus::Cancelled,
        true,
        Some(MessageState::Waiting),
        CareState::Cancelled
    )]
    fn a_contact_stands_where_its_obligation_and_message_do(
        #[case] status: ObligationStatus,
        #[case] taken_up: bool,
        #[case] message: Option<MessageState>,
        #[case] expected: CareState,
    ) {
        assert_eq!(CareState::of(status, taken_up, message), expected);
    }
}
