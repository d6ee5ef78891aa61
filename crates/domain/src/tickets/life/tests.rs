//! The life of a ticket, step by step.

use super::*;
use chrono::DateTime;
use uuid::Uuid;

fn user(n: u128) -> UserId {
    UserId(Uuid::from_u128(n))
}

fn handler(n: u128) -> Handler {
    Handler {
        user: user(n),
        org: OrgId(Uuid::nil()),
        agent: Some(AgentId(Uuid::from_u128(n))),
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn ticket(state: TicketState) -> Ticket {
    Ticket {
        kind: CaseKind::Clarification,
        state,
        due_on: Some(day("2024-03-06")),
        handler: Some(user(1)),
        feedback_by: Some(user(1)),
        salesperson: Some(AgentId(Uuid::from_u128(9))),
        evidence: vec![EvidenceKind::Recording],
    }
}

fn check(state: TicketState, step: &Step, by: u128, expected: Result<TicketState, TicketError>) {
    let today = day("2024-03-05");
    let decided = ticket(state).decide(step, user(by), DateTime::UNIX_EPOCH, today);
    assert_eq!(decided.map(|t| t.to), expected, "{state} {step:?}");
}

#[test]
fn the_usual_way_from_open_to_closed() {
    use TicketState as S;
    let issue = Step::Issue {
        to: handler(1),
        due_on: day("2024-03-06"),
    };
    check(S::Open, &issue, 2, Ok(S::Issued));
    check(S::Issued, &Step::Accept, 1, Ok(S::InProgress));
    check(S::InProgress, &Step::GiveFeedback, 1, Ok(S::FeedbackGiven));
    check(S::FeedbackGiven, &Step::JudgeValid, 2, Ok(S::Verified));
    check(S::Verified, &Step::SecondCallbackAffirmed, 2, Ok(S::Closed));
    check(
        S::Verified,
        &Step::SecondCallbackNegative,
        2,
        Ok(S::InProgress),
    );
    check(
        S::FeedbackGiven,
        &Step::JudgeInvalid,
        2,
        Ok(S::InvalidFeedback),
    );
    check(S::InvalidFeedback, &Step::Redo, 1, Ok(S::InProgress));
}

#[test]
fn the_salesperson_of_the_policy_is_refused() {
    let to = handler(9);
    let issue = Step::Issue {
        to,
        due_on: day("2024-03-06"),
    };
    check(
        TicketState::Open,
        &issue,
        2,
        Err(TicketError::SalespersonBarred),
    );
    let transfer = Step::Transfer { to };
    check(
        TicketState::InProgress,
        &transfer,
        2,
        Err(TicketError::SalespersonBarred),
    );
}

#[test]
fn people_do_not_judge_their_own_feedback() {
    check(
        TicketState::FeedbackGiven,
        &Step::JudgeValid,
        1,
        Err(TicketError::OwnFeedback),
    );
}

#[test]
fn feedback_needs_evidence() {
    let mut bare = ticket(TicketState::InProgress);
    bare.evidence = vec![EvidenceKind::Document];
    let decided = bare.decide(
        &Step::GiveFeedback,
        user(1),
        DateTime::UNIX_EPOCH,
        day("2024-03-05"),
    );
    assert_eq!(decided, Err(TicketError::EvidenceMissing));
}

#[test]
fn verification_cases_have_their_own_way() {
    let mut case = ticket(TicketState::InProgress);
    case.kind = CaseKind::Verification;
    let decide = |step: &Step| {
        case.decide(step, user(1), DateTime::UNIX_EPOCH, day("2024-03-05"))
            .map(|t| t.to)
    };
    assert_eq!(decide(&Step::CorrectContact), Ok(TicketState::Verified));
    let reason = "客户已出国".to_owned();
    assert_eq!(
        decide(&Step::ContactUncorrectable { reason }),
        Ok(TicketState::Closed)
    );
    let other = ticket(TicketState::InProgress);
    let refused = other.decide(
        &Step::CorrectContact,
        user(1),
        DateTime::UNIX_EPOCH,
        day("2024-03-05"),
    );
    assert_eq!(
        refused,
        Err(TicketError::WrongState(TicketState::InProgress))
    );
}

#[test]
fn special_circumstances_are_declared_in_time() {
    let declare = |until: &str| Step::DeclareSpecial {
        until: day(until),
        reason: "住院".into(),
    };
    check(
        TicketState::InProgress,
        &declare("2024-03-11"),
        1,
        Ok(TicketState::Extended),
    );
    let too_early = declare("2024-03-06");
    check(
        TicketState::InProgress,
        &too_early,
        1,
        Err(TicketError::DeclaredTooLate),
    );
    let late = ticket(TicketState::InProgress).decide(
        &declare("2024-03-11"),
        user(1),
        DateTime::UNIX_EPOCH,
        day("2024-03-07"),
    );
    assert_eq!(late, Err(TicketError::DeclaredTooLate));
}

#[test]
fn steps_that_do_not_fit_are_refused() {
    use TicketState as S;
    check(
        S::Open,
        &Step::Accept,
        1,
        Err(TicketError::WrongState(S::Open)),
    );
    check(
        S::Closed,
        &Step::Redo,
        1,
        Err(TicketError::WrongState(S::Closed)),
    );
    let transfer = Step::Transfer { to: handler(3) };
    check(
        S::Closed,
        &transfer,
        1,
        Err(TicketError::WrongState(S::Closed)),
    );
}
