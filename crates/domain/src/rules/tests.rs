//! Every transition and refusal, and the days on which versions count.

use super::*;
use crate::ids::UserId;
use uuid::Uuid;

fn person(n: u128) -> Person {
    Person {
        user: Some(UserId(Uuid::from_u128(n))),
        name: format!("person {n}"),
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_default()
}

fn outcome(
    state: ProposalState,
    command: Command<'_>,
    by: &Person,
) -> Result<ProposalState, Refused> {
    let (authors, reviewer) = ([person(1)], person(2));
    let proposal = Proposal {
        state,
        hash: "abc",
        authors: &authors,
        reviewer: Some(&reviewer),
        confidence: "T",
        is_company_rule: false,
        is_sound: true,
    };
    decide(&proposal, command, by)
}

#[test]
fn three_persons_make_a_rule() {
    use ProposalState as S;
    let review = Command::Review { hash: "abc" };
    let approve = Command::Approve { hash: "abc" };
    assert_eq!(outcome(S::Draft, review, &person(2)), Ok(S::Reviewed));
    assert_eq!(outcome(S::Draft, review, &person(1)), Err(Refused::OwnText));
    assert_eq!(outcome(S::Reviewed, approve, &person(3)), Ok(S::Approved));
    assert_eq!(
        outcome(S::Reviewed, approve, &person(1)),
        Err(Refused::AuthorApproves)
    );
    assert_eq!(
        outcome(S::Reviewed, approve, &person(2)),
        Err(Refused::ReviewerApproves)
    );
    assert_eq!(
        outcome(S::Draft, approve, &person(3)),
        Err(Refused::WrongState)
    );
    let other = Command::Approve { hash: "abd" };
    assert_eq!(
        outcome(S::Reviewed, other, &person(3)),
        Err(Refused::OtherText)
    );
    let shell = Person {
        user: None,
        name: "shell".into(),
    };
    assert_eq!(
        outcome(S::Reviewed, approve, &shell),
        Err(Refused::NotAPerson)
    );
    assert_eq!(
        outcome(S::Reviewed, Command::Edit, &person(1)),
        Err(Refused::WrongState)
    );
    let back = Command::SendBack { reason: " " };
    assert_eq!(
        outcome(S::Reviewed, back, &person(3)),
        Err(Refused::NoReason)
    );
    let back = Command::SendBack {
        reason: "article 3",
    };
    assert_eq!(outcome(S::Reviewed, back, &person(3)), Ok(S::Draft));
    let withdraw = Command::Withdraw {
        reason: "not needed",
    };
    assert_eq!(outcome(S::Draft, withdraw, &person(1)), Ok(S::Withdrawn));
    assert_eq!(
        outcome(S::Approved, withdraw, &person(1)),
        Err(Refused::WrongState)
    );
}

#[test]
fn what_nobody_read_in_full_does_not_become_law() {
    let approved = |confidence, is_company_rule| {
        let (authors, reviewer) = ([person(1)], person(2));
        let proposal = Proposal {
            state: ProposalState::Reviewed,
            hash: "abc",
            authors: &authors,
            reviewer: Some(&reviewer),
            confidence,
            is_company_rule,
            is_sound: true,
        };
        decide(&proposal, Command::Approve { hash: "abc" }, &person(3)).is_ok()
    };
    let certain = [("T", false), ("T2", false), ("P", true)];
    assert!(certain.iter().all(|(c, own)| approved(c, *own)));
    let not = [
        ("P", false),
        ("K", false),
        ("U", false),
        ("K", true),
        ("U", true),
    ];
    assert!(not.iter().all(|(c, own)| !approved(c, *own)));
}

#[test]
fn a_version_begins_on_its_day_and_the_earlier_one_ends_the_day_before() {
    let text = Span {
        from: Some(day("2024-01-01")),
        until: None,
    };
    let today = day("2024-03-05");
    let first = |chosen, earlier| choose_first_day(chosen, text, earlier, today);
    assert_eq!(first(None, None), Ok(today));
    assert_eq!(
        first(Some(day("2024-04-01")), Some(text)),
        Ok(day("2024-04-01"))
    );
    assert_eq!(
        first(Some(day("2023-12-31")), None),
        Err(Refused::OutsideText)
    );
    assert_eq!(
        first(Some(day("2024-01-01")), Some(text)),
        Err(Refused::Overlap)
    );
    // A version whose day has not come may still be replaced by one that begins earlier.
    let ahead = Span {
        from: Some(day("2024-06-01")),
        until: None,
    };
    assert_eq!(
        first(Some(day("2024-04-01")), Some(ahead)),
        Ok(day("2024-04-01"))
    );
    let shortened = text.before(Some(day("2024-04-01")));
    assert!(shortened.covers(day("2024-03-31")) && !shortened.covers(day("2024-04-01")));
    assert!(ahead.before(Some(day("2024-04-01"))).is_empty());
    assert!(text.before(None).is_empty());
    let on = |date| VersionState::on(ProposalState::Approved, shortened, day(date));
    assert_eq!(on("2023-12-31"), VersionState::Approved);
    assert_eq!(on("2024-03-31"), VersionState::Effective);
    assert_eq!(on("2024-04-01"), VersionState::Superseded);
}
