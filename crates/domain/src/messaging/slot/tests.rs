//! When messages may go out: hours, holidays, caps, consent.

use super::*;
use MessagePurpose as P;
use MessageReason as R;
use rstest::rstest;

struct NewYear;
impl Holidays for NewYear {
    fn is_holiday(&self, date: NaiveDate) -> bool {
        date == "2026-01-01".parse().unwrap()
    }
}

fn at(text: &str) -> Instant {
    format!("{text}:00+08:00").parse().unwrap()
}

fn clock(text: &str) -> NaiveTime {
    text.parse().unwrap()
}

fn rules(from: &str, until: &str) -> SlotRules {
    SlotRules {
        window: Window {
            from: clock(from),
            until: clock(until),
        },
        on_public_holidays: false,
        per_day: Some(1),
        own: Some(Cap {
            messages: 2,
            days: 7,
        }),
    }
}

fn contacts(list: &[(P, &str)]) -> Vec<Contact> {
    let contact = |(purpose, text): &(P, &str)| Contact {
        purpose: *purpose,
        at: at(text),
    };
    list.iter().map(contact).collect()
}

#[rstest]
#[case("09:00", "21:00", "2026-03-02T12:00", None)]
#[case("09:00", "21:00", "2026-03-02T08:59", Some("2026-03-02T09:00"))]
#[case("09:00", "21:00", "2026-03-02T21:00", Some("2026-03-03T09:00"))]
#[case("09:00", "21:00", "2026-03-02T23:59", Some("2026-03-03T09:00"))]
#[case("09:00", "21:00", "2026-03-03T00:00", Some("2026-03-03T09:00"))]
// Hours that run over midnight themselves.
#[case("18:00", "02:00", "2026-03-03T01:59", None)]
#[case("18:00", "02:00", "2026-03-03T02:00", Some("2026-03-03T18:00"))]
#[case("18:00", "02:00", "2026-03-03T23:00", None)]
#[case("00:00", "00:00", "2026-03-03T03:00", None)]
fn quiet_hours_are_kept_over_midnight(
    #[case] from: &str,
    #[case] until: &str,
    #[case] now: &str,
    #[case] slot: Option<&str>,
) {
    let now = at(now);
    let found = find_slot(
        P::Care,
        &rules(from, until),
        &History::default(),
        &NewYear,
        now,
        now,
    );
    let expected = slot.map_or(Slot::Now, |s| Slot::From(at(s), R::QuietHours));
    assert_eq!(found, expected);
}

#[test]
fn a_holiday_is_passed_over_unless_the_purpose_may() {
    let now = at("2025-12-31T22:00");
    let mut rules = rules("09:00", "21:00");
    let find =
        |rules: &SlotRules| find_slot(P::Care, rules, &History::default(), &NewYear, now, now);
    assert_eq!(
        find(&rules),
        Slot::From(at("2026-01-02T09:00"), R::QuietHours)
    );
    rules.on_public_holidays = true;
    assert_eq!(
        find(&rules),
        Slot::From(at("2026-01-01T09:00"), R::QuietHours)
    );
}

#[test]
fn an_obligation_of_the_day_beats_a_greeting() {
    let now = at("2026-03-02T10:00");
    let rules = rules("09:00", "21:00");
    let find = |pending: &[(P, &str)], sent: &[(P, &str)]| {
        let history = History {
            sent: contacts(sent),
            pending: contacts(pending),
        };
        find_slot(P::Care, &rules, &history, &NewYear, now, now)
    };
    let tomorrow = Slot::From(at("2026-03-03T09:00"), R::DailyCap);
    assert_eq!(find(&[(P::Duty, "2026-03-02T16:00")], &[]), tomorrow);
    assert_eq!(find(&[], &[(P::Duty, "2026-03-02T09:30")]), tomorrow);
    assert_eq!(find(&[(P::Marketing, "2026-03-02T16:00")], &[]), Slot::Now);
    assert_eq!(find(&[(P::Duty, "2026-03-03T16:00")], &[]), Slot::Now);
}

#[test]
fn what_is_owed_is_not_capped_when_no_cap_is_set() {
    let now = at("2026-03-02T10:00");
    let free = SlotRules {
        per_day: None,
        own: None,
        ..rules("09:00", "21:00")
    };
    let history = History {
        sent: contacts(&[
            (P::Duty, "2026-03-02T09:10"),
            (P::Duty, "2026-03-02T09:20"),
            (P::Care, "2026-03-02T09:30"),
        ]),
        pending: Vec::new(),
    };
    assert_eq!(
        find_slot(P::Duty, &free, &history, &NewYear, now, now),
        Slot::Now
    );
}

#[test]
fn the_cap_of_a_period_says_the_next_slot() {
    let now = at("2026-03-05T10:00");
    let history = History {
        sent: contacts(&[(P::Care, "2026-03-01T10:00"), (P::Care, "2026-03-03T10:00")]),
        pending: Vec::new(),
    };
    let found = find_slot(
        P::Care,
        &rules("09:00", "21:00"),
        &history,
        &NewYear,
        now,
        now,
    );
    assert_eq!(found, Slot::From(at("2026-03-08T09:00"), R::PeriodCap));
}

#[test]
fn its_own_time_comes_first() {
    let now = at("2026-03-05T10:00");
    let found = find_slot(
        P::Duty,
        &rules("09:00", "21:00"),
        &History::default(),
        &NewYear,
        at("2026-03-06T22:00"),
        now,
    );
    assert_eq!(found, Slot::From(at("2026-03-07T09:00"), R::NotYet));
}

#[rstest]
#[case(P::Marketing, Some(true), Ok(()))]
#[case(P::Marketing, Some(false), Err(R::NoConsent))]
#[case(P::Marketing, None, Err(R::NoConsent))]
#[case(P::Duty, Some(false), Ok(()))]
#[case(P::Service, None, Ok(()))]
#[case(P::Care, Some(false), Ok(()))]
fn marketing_needs_consent_and_a_duty_does_not(
    #[case] purpose: P,
    #[case] marketing: Option<bool>,
    #[case] expected: Result<(), R>,
) {
    let addressee = Addressee {
        marketing,
        has_address: true,
        ..Addressee::default()
    };
    assert_eq!(addressee.check(purpose), expected.map_err(Never));
}

#[test]
fn what_may_only_be_stored_is_used_for_duties_alone() {
    let mut addressee = Addressee {
        marketing: Some(true),
        restricted: true,
        has_address: true,
        ..Addressee::default()
    };
    assert_eq!(addressee.check(P::Duty), Ok(()));
    assert_eq!(addressee.check(P::Service), Err(Never(R::Restricted)));
    addressee.erased = true;
    assert_eq!(addressee.check(P::Duty), Err(Never(R::Erased)));
    let silent = Addressee {
        care_stopped: true,
        ..Addressee::default()
    };
    assert_eq!(silent.check(P::Care), Err(Never(R::CareStopped)));
    assert_eq!(silent.check(P::Duty), Err(Never(R::NoAddress)));
}
