//! Who may do what with a survey, and when.

use super::*;
use SurveyState as S;
use SurveyStep as T;
use uuid::Uuid;

fn user(n: u128) -> UserId {
    UserId(Uuid::from_u128(n))
}

fn day(d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, d).unwrap()
}

/// Asked for by 1, agreed to by 2 and 3; the office is 5.
fn at(state: SurveyState, launched: i64) -> Survey {
    Survey {
        state,
        chain: Chain {
            author: user(1),
            head: Some(user(2)),
            executive: Some(user(3)),
        },
        manager: None,
        to_on: day(20),
        counted: Some(Counted { launched, limit: 2 }),
        measures: 1,
    }
}

/// SRV-02, SRV-05 to SRV-09, programmes SV-ROUT and SV-PROD: from the application to the archive.
#[test]
fn it_runs_from_the_application_to_the_archive() {
    let mut survey = at(S::Draft, 1);
    for (step, by, after) in [
        (T::Submit, 1, S::Submitted),
        (T::HeadApproves, 2, S::HeadApproved),
        (T::ExecutiveApproves, 3, S::ExecutiveApproved),
        (T::Build, 5, S::Built),
        (T::GiveBack, 1, S::Returned),
        (T::Build, 5, S::Built),
        (T::Confirm, 1, S::Confirmed),
        (T::Launch, 5, S::Running),
        (T::Close, 5, S::Closed),
        (T::Collate, 5, S::Collated),
        (T::Report, 1, S::Reported),
        (T::SetMeasures, 1, S::MeasuresSet),
        (T::Archive, 5, S::Archived),
    ] {
        let decided = survey.decide(step, user(by), true, day(10));
        assert_eq!(decided, Ok(after), "{step}");
        survey.state = after;
    }
}

/// SRV-01: over the limit nothing is built or launched before the general manager agreed.
#[test]
fn over_the_limit_the_general_manager_agrees() {
    let over = Counted {
        launched: 2,
        limit: 2,
    };
    let refused = at(S::ExecutiveApproved, 2).decide(T::Build, user(5), true, day(1));
    assert_eq!(refused, Err(SurveyError::OverLimit(over)));
    let refused = at(S::Confirmed, 2).decide(T::Launch, user(5), true, day(1));
    assert_eq!(refused, Err(SurveyError::OverLimit(over)));
    let same = at(S::ExecutiveApproved, 2).decide(T::ManagerApproves, user(3), true, day(1));
    assert_eq!(same, Err(SurveyError::SamePerson));
    let agreed = at(S::ExecutiveApproved, 2).decide(T::ManagerApproves, user(4), true, day(1));
    assert_eq!(agreed, Ok(S::ManagerApproved));
    let late = at(S::Confirmed, 2).decide(T::ManagerApproves, user(4), true, day(1));
    assert_eq!(late, Ok(S::Confirmed));
    let within = at(S::ExecutiveApproved, 1).decide(T::ManagerApproves, user(4), true, day(1));
    assert_eq!(within, Err(SurveyError::WithinLimit));
    let unlimited = Survey {
        counted: None,
        ..at(S::ExecutiveApproved, 9)
    };
    assert_eq!(
        unlimited.decide(T::Build, user(5), true, day(1)),
        Ok(S::Built)
    );
}

#[test]
fn who_may_not_and_what_does_not_fit() {
    let requester = SurveyError::Requester(Duty::SurveyRequester);
    for (state, step, by, error) in [
        (S::Submitted, T::HeadApproves, 1, SurveyError::SamePerson),
        (
            S::HeadApproved,
            T::ExecutiveApproves,
            2,
            SurveyError::SamePerson,
        ),
        (S::ExecutiveApproved, T::Build, 1, requester),
        (S::Confirmed, T::Launch, 1, requester),
        (S::Built, T::Confirm, 5, SurveyError::NotRequester),
        (S::Built, T::Launch, 5, SurveyError::WrongState(S::Built)),
        (S::Draft, T::Archive, 5, SurveyError::WrongState(S::Draft)),
    ] {
        let decided = at(state, 0).decide(step, user(by), true, day(1));
        assert_eq!(decided, Err(error), "{state} {step}");
    }
    let no_reason = at(S::Submitted, 0).decide(T::Reject, user(2), false, day(1));
    assert_eq!(no_reason, Err(SurveyError::ReasonMissing));
    let early = at(S::Running, 0).decide(T::Close, user(5), false, day(20));
    assert_eq!(early, Err(SurveyError::Early));
    let in_time = at(S::Running, 0).decide(T::Close, user(5), false, day(21));
    assert_eq!(in_time, Ok(S::Closed));
    let over = at(S::Confirmed, 0).decide(T::Launch, user(5), false, day(21));
    assert_eq!(over, Err(SurveyError::Over));
    let unset = Survey {
        measures: 0,
        ..at(S::Reported, 0)
    };
    let unset = unset.decide(T::SetMeasures, user(1), true, day(1));
    assert_eq!(unset, Err(SurveyError::NoMeasures));
}
