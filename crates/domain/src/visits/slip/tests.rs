//! Who may take which step with a sales visit, and when a callback is missed.

use super::*;
use chrono::{Duration, TimeZone as _, Utc};
use uuid::Uuid;

fn now() -> Instant {
    Utc.with_ymd_and_hms(2024, 3, 5, 2, 0, 0).unwrap()
}

fn user(n: u128) -> UserId {
    UserId(Uuid::from_u128(n))
}

fn slip(state: SlipState) -> SalesVisit {
    SalesVisit {
        state,
        salesperson: user(1),
        registered_at: now(),
        callback_due_at: Some(now() + Duration::hours(24)),
        outcome: None,
        read_by: Vec::new(),
        suspicion: None,
    }
}

fn called(satisfaction: u8) -> SalesVisit {
    SalesVisit {
        outcome: Some(SlipOutcome {
            satisfaction,
            ..SlipOutcome::default()
        }),
        ..slip(SlipState::CalledBack)
    }
}

#[test]
fn a_visit_ends_once_and_by_its_salesperson() {
    let end = SlipStep::End {
        began_at: now() - Duration::hours(1),
        ended_at: now(),
    };
    let registered = slip(SlipState::Registered);
    assert_eq!(
        registered.decide(&end, user(1), now()),
        Ok(SlipState::VisitEnded)
    );
    assert_eq!(
        registered.decide(&end, user(2), now()),
        Err(SlipError::NotSalesperson)
    );
    let again = slip(SlipState::VisitEnded).decide(&end, user(1), now());
    assert_eq!(again, Err(SlipError::WrongState(SlipState::VisitEnded)));
    let ahead = SlipStep::End {
        began_at: now(),
        ended_at: now() + Duration::minutes(1),
    };
    assert_eq!(
        registered.decide(&ahead, user(1), now()),
        Err(SlipError::WrongTimes)
    );
    assert!(registered.is_without_slip(now() - Duration::minutes(1)));
    assert!(!registered.is_without_slip(now()));
}

#[test]
fn the_callback_is_missed_after_its_hours() {
    let ended = slip(SlipState::VisitEnded);
    for (minutes, standing) in [
        (24 * 60, SlipStanding::CallbackDue),
        (24 * 60 + 1, SlipStanding::Missed),
    ] {
        assert_eq!(ended.standing(now() + Duration::minutes(minutes)), standing);
    }
    let outcome = SlipStep::CallBack(SlipOutcome::default());
    assert_eq!(
        ended.decide(&outcome, user(1), now()),
        Err(SlipError::OwnVisit)
    );
    assert_eq!(
        ended.decide(&outcome, user(2), now()),
        Ok(SlipState::CalledBack)
    );
}

#[test]
fn a_satisfied_customer_closes_with_the_salesperson() {
    let read = SlipStep::Read(Receiver::Salesperson);
    assert_eq!(
        called(4).decide(&read, user(1), now()),
        Ok(SlipState::Closed)
    );
    assert_eq!(called(4).receivers(), [Receiver::Salesperson]);
}

#[test]
fn dissatisfaction_goes_to_superior_and_general_manager() {
    let mut visit = called(2);
    for (receiver, by, state) in [
        (Receiver::Salesperson, user(1), SlipState::CalledBack),
        (Receiver::Superior, user(2), SlipState::CalledBack),
        (Receiver::GeneralManager, user(3), SlipState::Closed),
    ] {
        let decided = visit.decide(&SlipStep::Read(receiver), by, now());
        assert_eq!(decided, Ok(state), "{receiver}");
        visit.read_by.push(receiver);
        assert_eq!(visit.standing(now()), SlipStanding::Escalated);
    }
    let own = called(2).decide(&SlipStep::Read(Receiver::Superior), user(1), now());
    assert_eq!(own, Err(SlipError::OwnVisit));
}

#[test]
fn suspicions_are_verified_by_others_with_a_reason() {
    let verify = |reason: &str| SlipStep::Verify {
        is_confirmed: true,
        reason: reason.into(),
    };
    let mut visit = called(5);
    let none = visit.decide(&verify("x"), user(2), now());
    assert_eq!(none, Err(SlipError::NoSuspicion));
    visit.suspicion = Some(Suspicion::Suspected);
    assert_eq!(
        visit.decide(&verify(""), user(2), now()),
        Err(SlipError::ReasonMissing)
    );
    assert_eq!(
        visit.decide(&verify("x"), user(1), now()),
        Err(SlipError::OwnVisit)
    );
    assert_eq!(
        visit.decide(&verify("x"), user(2), now()),
        Ok(SlipState::CalledBack)
    );
}

#[test]
fn the_day_ends_at_midnight_in_china() {
    let called_at = Utc.with_ymd_and_hms(2024, 3, 5, 15, 59, 0).unwrap();
    assert!(SlipOutcome::is_fed_back_same_day(called_at, called_at));
    let next = called_at + Duration::minutes(1);
    assert!(!SlipOutcome::is_fed_back_same_day(called_at, next));
}
