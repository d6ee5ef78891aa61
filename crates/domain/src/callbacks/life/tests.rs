//! The transitions of requirements §4.1, and those that must not exist.

use super::*;
use crate::questionnaires::Problem;
use crate::tickets::ProblemType;
use chrono::DateTime;
use uuid::Uuid;

fn me() -> UserId {
    UserId(Uuid::from_u128(1))
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, 20).unwrap()
}

fn rules() -> Discharge {
    Discharge {
        questionnaire: "nb-cq".into(),
        channels: vec![
            ContactChannel::Phone,
            ContactChannel::Letter,
            ContactChannel::Visit,
        ],
        respondents: vec![Respondent::Policyholder],
        proxy_allowed: false,
        success: Success::Life,
        recording_required: true,
        bars_salesperson: true,
        rounds: 2,
        attempts_per_round: 3,
        contact_fix: true,
        branch_round: true,
        ticket_due_days: 3,
        warn_before_due_days: 3,
        deemed_days: Some(7),
        promotion_allowed: false,
        respondent_fixed: false,
        payout: false,
    }
}

fn callback(state: CallbackState) -> Callback {
    Callback {
        state,
        assignee: Some(me()),
        earliest_on: Some(today()),
        round: 1,
        attempts_in_round: 0,
        in_branch: false,
        is_recall: false,
        contact_uncorrectable: false,
        tried: vec![ContactChannel::Phone],
    }
}

fn decide(callback: &Callback, command: &Command) -> Result<Change, CallbackError> {
    callback.decide(command, &rules(), me(), today())
}

fn missed(result: AttemptResult) -> Command {
    Command::NotReached {
        result,
        again_at: DateTime::UNIX_EPOCH,
    }
}

fn finish(affirmed: bool) -> Command {
    let problem = Problem {
        item: "signed".into(),
        kind: ProblemType::ProxySignature,
    };
    Command::Finish {
        reached: Reached {
            respondent: Respondent::Policyholder,
            authorised: false,
        },
        interview: Interview {
            identity_verified: true,
            content_delivered: true,
            affirmed,
            problems: if affirmed { Vec::new() } else { vec![problem] },
        },
        recorded: true,
    }
}

#[test]
fn three_calls_make_a_round_then_the_number_is_checked() {
    use CallbackState as S;
    let mut callback = callback(S::InProgress);
    for expected in [S::RetryWait, S::RetryWait, S::ContactFix] {
        let change = decide(&callback, &missed(AttemptResult::NoAnswer)).unwrap();
        assert_eq!(change.to, expected);
        assert_eq!(change.opens_verification, expected == S::ContactFix);
        callback.attempts_in_round = change.attempts_in_round;
    }
    callback.state = S::ContactFix;
    let corrected = decide(&callback, &Command::ContactCorrected).unwrap();
    assert_eq!(
        (corrected.to, corrected.round, corrected.attempts_in_round),
        (S::Assigned, 2, 0)
    );
}

#[test]
fn after_the_second_round_the_branch_takes_over() {
    let mut callback = callback(CallbackState::InProgress);
    callback.round = 2;
    callback.attempts_in_round = 2;
    let change = decide(&callback, &missed(AttemptResult::Busy)).unwrap();
    assert_eq!(change.to, CallbackState::BranchSecond);
    assert!(change.in_branch && change.opens_failed_case && change.assignee.is_none());
}

#[test]
fn a_wrong_number_ends_the_round_at_once() {
    let change = decide(
        &callback(CallbackState::InProgress),
        &missed(AttemptResult::WrongNumber),
    );
    assert_eq!(change.unwrap().to, CallbackState::ContactFix);
}

#[test]
fn without_a_branch_round_the_callback_ends() {
    let mut property = rules();
    (property.rounds, property.contact_fix, property.branch_round) = (1, false, false);
    let mut callback = callback(CallbackState::InProgress);
    callback.attempts_in_round = 2;
    let command = missed(AttemptResult::NoAnswer);
    let change = callback.decide(&command, &property, me(), today()).unwrap();
    assert_eq!(change.to, CallbackState::NotCompleted);
    assert_eq!(change.cause, Some(Cause::Policyholder));
}

#[test]
fn appointments_do_not_use_up_the_round() {
    let mut callback = callback(CallbackState::InProgress);
    callback.attempts_in_round = 2;
    let change = decide(&callback, &missed(AttemptResult::Appointment)).unwrap();
    assert_eq!(
        (change.to, change.attempts_in_round),
        (CallbackState::RetryWait, 2)
    );
}

#[test]
fn a_final_refusal_is_the_policyholders_cause() {
    let change = decide(
        &callback(CallbackState::InProgress),
        &missed(AttemptResult::RefusedFinally),
    );
    let change = change.unwrap();
    assert_eq!(
        (change.to, change.cause),
        (CallbackState::NotCompleted, Some(Cause::Policyholder))
    );
}

#[test]
fn an_affirmed_interview_completes_and_a_doubt_opens_a_problem() {
    let callback = callback(CallbackState::InProgress);
    let completed = decide(&callback, &finish(true)).unwrap();
    assert_eq!(completed.to, CallbackState::Completed);
    assert!(completed.outcome.unwrap().is_completed());
    let problem = decide(&callback, &finish(false)).unwrap();
    assert_eq!(problem.to, CallbackState::ProblemOpen);
    assert!(problem.opens_problems && problem.outcome.unwrap().is_problem());
}

#[test]
fn an_interview_without_recording_is_not_saved() {
    let Command::Finish {
        reached, interview, ..
    } = finish(true)
    else {
        unreachable!()
    };
    let bare = Command::Finish {
        reached,
        interview,
        recorded: false,
    };
    let refused = decide(&callback(CallbackState::InProgress), &bare);
    assert_eq!(refused, Err(CallbackError::RecordingMissing));
}

#[test]
fn a_proxy_counts_only_where_the_pack_allows_and_never_as_reached() {
    let Command::Finish { interview, .. } = finish(true) else {
        unreachable!()
    };
    let reached = Reached {
        respondent: Respondent::AuthorizedProxy,
        authorised: true,
    };
    let command = Command::Finish {
        reached,
        interview,
        recorded: true,
    };
    let callback = callback(CallbackState::InProgress);
    let refused = decide(&callback, &command);
    assert_eq!(
        refused,
        Err(CallbackError::RespondentNotAllowed(
            Respondent::AuthorizedProxy
        ))
    );
    let mut banca = rules();
    banca.proxy_allowed = true;
    let change = callback.decide(&command, &banca, me(), today()).unwrap();
    assert_eq!(change.to, CallbackState::Completed);
    assert!(!change.outcome.unwrap().is_succeeded());
}

#[test]
fn letters_and_visits_come_after_the_calls() {
    use CallbackState as S;
    let first_round = callback(S::ContactFix);
    assert_eq!(
        decide(&first_round, &Command::SendLetter),
        Err(CallbackError::PhoneFirst)
    );
    let mut branch = callback(S::BranchSecond);
    branch.in_branch = true;
    assert_eq!(
        decide(&branch, &Command::SendLetter).unwrap().to,
        S::LetterOut
    );
    assert_eq!(
        decide(&branch, &Command::PlanVisit).unwrap().to,
        S::VisitPlanned
    );
    assert_eq!(
        decide(&callback(S::LetterOut), &Command::LetterAffirmed)
            .unwrap()
            .to,
        S::Completed
    );
    assert_eq!(
        decide(&callback(S::LetterOut), &Command::LetterNegative)
            .unwrap()
            .to,
        S::ProblemOpen
    );
    let visit = Command::VisitDone { affirmed: true };
    assert_eq!(
        decide(&callback(S::VisitPlanned), &visit).unwrap().to,
        S::Completed
    );
}

#[test]
fn a_solved_ticket_leads_to_the_second_callback() {
    let solved = decide(
        &callback(CallbackState::ProblemOpen),
        &Command::TicketResolved,
    )
    .unwrap();
    assert_eq!(solved.to, CallbackState::RecallDue);
    let start = Command::StartAttempt {
        channel: ContactChannel::Phone,
    };
    let change = decide(&callback(CallbackState::RecallDue), &start).unwrap();
    assert_eq!(change.to, CallbackState::InProgress);
}

#[test]
fn nobody_calls_early_or_from_another_list() {
    let start = Command::StartAttempt {
        channel: ContactChannel::Phone,
    };
    let mut early = callback(CallbackState::Assigned);
    early.earliest_on = today().succ_opt();
    assert_eq!(decide(&early, &start), Err(CallbackError::NotReady));
    early.earliest_on = None;
    assert_eq!(decide(&early, &start), Err(CallbackError::NotReady));
    let mut other = callback(CallbackState::Assigned);
    other.assignee = None;
    assert_eq!(decide(&other, &start), Err(CallbackError::NotAssignee));
}

#[test]
fn text_channels_are_refused_by_life_programmes() {
    let start = Command::StartAttempt {
        channel: ContactChannel::Sms,
    };
    let refused = decide(&callback(CallbackState::Assigned), &start);
    assert_eq!(
        refused,
        Err(CallbackError::ChannelNotAllowed(ContactChannel::Sms))
    );
}

#[test]
fn nothing_leaves_a_final_state() {
    use CallbackState as S;
    let commands = [
        Command::Assign { to: me() },
        Command::StartAttempt {
            channel: ContactChannel::Phone,
        },
        missed(AttemptResult::NoAnswer),
        finish(true),
        Command::ContactCorrected,
        Command::SendLetter,
        Command::TicketResolved,
        Command::GiveUp {
            cause: Cause::Other,
            circumstances: "x".into(),
        },
        Command::Cancel { reason: "x".into() },
    ];
    for state in [S::Completed, S::NotCompleted, S::Cancelled] {
        for command in &commands {
            let refused = decide(&callback(state), command);
            assert_eq!(
                refused,
                Err(CallbackError::WrongState(state)),
                "{command:?}"
            );
        }
    }
}

#[test]
fn giving_up_needs_the_circumstances() {
    let bare = Command::GiveUp {
        cause: Cause::Other,
        circumstances: "  ".into(),
    };
    let callback = callback(CallbackState::BranchSecond);
    assert_eq!(decide(&callback, &bare), Err(CallbackError::ReasonMissing));
}
