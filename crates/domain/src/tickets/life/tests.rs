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
        level: OrgLevel::ProvincialBranch,
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
        declared: None,
        bars_salesperson: true,
        bars_sales: false,
        level_at_most: None,
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
        &Step::JudgeInvalid {
            reason: "没有佐证".into(),
        },
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

fn decide(case: &Ticket, step: &Step, by: u128) -> Result<TicketState, TicketError> {
    let decided = case.decide(step, user(by), DateTime::UNIX_EPOCH, day("2024-03-05"));
    decided.map(|t| t.to)
}

#[test]
fn verification_cases_have_their_own_way() {
    use TicketState as S;
    let case = |state| Ticket {
        kind: CaseKind::Verification,
        ..ticket(state)
    };
    let issue = Step::Issue {
        to: handler(1),
        due_on: day("2024-03-06"),
    };
    assert_eq!(
        decide(&case(S::Open), &issue, 2),
        Ok(S::ContactBeingChecked)
    );
    let checked = case(S::ContactBeingChecked);
    assert_eq!(decide(&checked, &Step::CorrectContact, 1), Ok(S::Corrected));
    assert_eq!(
        decide(&checked, &Step::CorrectContact, 2),
        Err(TicketError::NotHandler)
    );
    let reason = "客户已出国".to_owned();
    let uncorrectable = Step::ContactUncorrectable { reason };
    assert_eq!(decide(&checked, &uncorrectable, 1), Ok(S::Closed));
    let corrected = case(S::Corrected);
    assert_eq!(
        decide(&corrected, &Step::SecondCallbackBegun, 2),
        Ok(S::SecondCallback)
    );
    let called = case(S::SecondCallback);
    assert_eq!(
        decide(&called, &Step::SecondCallbackAffirmed, 2),
        Ok(S::Closed)
    );
    assert_eq!(
        decide(&called, &Step::SecondCallbackNegative, 2),
        Ok(S::ContactBeingChecked)
    );
    let other = ticket(S::InProgress);
    assert_eq!(
        decide(&other, &Step::CorrectContact, 1),
        Err(TicketError::WrongState(S::InProgress))
    );
}

#[test]
fn failed_cases_go_with_the_callback_of_the_branch() {
    use TicketState as S;
    for kind in [CaseKind::Failed, CaseKind::Letter] {
        let case = |state| Ticket {
            kind,
            ..ticket(state)
        };
        let issue = Step::Issue {
            to: handler(1),
            due_on: day("2024-03-06"),
        };
        assert_eq!(decide(&case(S::Open), &issue, 2), Ok(S::BranchAssigned));
        let branch = case(S::BranchAssigned);
        for (step, to) in [
            (Step::SecondCallbackBegun, S::SecondCallback),
            (Step::LetterSent, S::LetterOut),
            (Step::VisitPlanned, S::VisitPlanned),
        ] {
            assert_eq!(decide(&branch, &step, 2), Ok(to));
            assert!(to.is_processed());
        }
        let reason = "已回访到本人".to_owned();
        let close = Step::CloseWithReason { reason };
        assert_eq!(decide(&case(S::LetterOut), &close, 2), Ok(S::Closed));
    }
    let problem = Ticket {
        kind: CaseKind::Problem,
        ..ticket(S::InProgress)
    };
    assert_eq!(
        decide(&problem, &Step::LetterSent, 2),
        Err(TicketError::WrongState(S::InProgress))
    );
}

#[test]
fn who_sells_and_who_stands_too_high_is_refused() {
    let case = Ticket {
        kind: CaseKind::ContractQuality,
        bars_sales: true,
        ..ticket(TicketState::Open)
    };
    let issue = |to| Step::Issue {
        to,
        due_on: day("2024-03-06"),
    };
    assert_eq!(
        decide(&case, &issue(handler(3)), 2),
        Err(TicketError::SalesBarred)
    );
    let inside = Handler {
        agent: None,
        ..handler(3)
    };
    assert_eq!(decide(&case, &issue(inside), 2), Ok(TicketState::Issued));
    let low = Ticket {
        level_at_most: Some(OrgLevel::CityOffice),
        ..case
    };
    assert_eq!(
        decide(&low, &issue(inside), 2),
        Err(TicketError::LevelTooHigh(OrgLevel::CityOffice))
    );
    let city = Handler {
        level: OrgLevel::SubBranch,
        ..inside
    };
    assert_eq!(decide(&low, &issue(city), 2), Ok(TicketState::Issued));
}

#[test]
fn special_circumstances_are_declared_in_time_and_agreed_to_by_another_person() {
    use TicketState as S;
    let declare = |until: &str| Step::DeclareSpecial {
        until: day(until),
        reason: "住院".into(),
    };
    check(S::InProgress, &declare("2024-03-11"), 1, Ok(S::InProgress));
    let no_later = declare("2024-03-06");
    check(
        S::InProgress,
        &no_later,
        1,
        Err(TicketError::DeclaredTooLate),
    );
    let late = ticket(S::InProgress).decide(
        &declare("2024-03-11"),
        user(1),
        DateTime::UNIX_EPOCH,
        day("2024-03-07"),
    );
    assert_eq!(late, Err(TicketError::DeclaredTooLate));
    check(
        S::InProgress,
        &Step::ApproveSpecial,
        2,
        Err(TicketError::DeclarationMisplaced),
    );
    let declared = Some(Declaration {
        until: day("2024-03-11"),
        by: user(1),
    });
    let waiting = Ticket {
        declared,
        ..ticket(S::InProgress)
    };
    let at = DateTime::UNIX_EPOCH;
    let today = day("2024-03-07");
    let own = waiting.decide(&Step::ApproveSpecial, user(1), at, today);
    assert_eq!(own, Err(TicketError::OwnDeclaration));
    let agreed = waiting.decide(&Step::ApproveSpecial, user(2), at, today);
    let agreed = agreed.unwrap();
    assert_eq!(agreed.to, S::Extended);
    assert_eq!(
        (agreed.due_on, agreed.declared),
        (Some(day("2024-03-11")), None)
    );
    let reason = "理由不足".to_owned();
    let refused = waiting.decide(&Step::RefuseSpecial { reason }, user(2), at, today);
    let refused = refused.unwrap();
    assert_eq!(
        (refused.to, refused.due_on, refused.declared),
        (S::InProgress, Some(day("2024-03-06")), None)
    );
}

#[test]
fn reminders_go_to_whoever_has_it_and_has_not_done_it() {
    use TicketState as S;
    check(S::InProgress, &Step::Remind, 2, Ok(S::InProgress));
    check(
        S::FeedbackGiven,
        &Step::Remind,
        2,
        Err(TicketError::WrongState(S::FeedbackGiven)),
    );
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
