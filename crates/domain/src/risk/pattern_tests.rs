//! Boundaries of the patterns.

use super::*;

const LIMITS: SignalLimits = SignalLimits {
    look_back_days: 365,
    lapses: (2, 365),
    complaints: (3, 30),
    large_surrender_fen: 20_000_000,
    number_cluster: (3, 90),
    seller_cluster: (5, 30),
    quick_claims: (3, 60),
    third_party_fen: 1_000_000,
    contact_days: 30,
    contact_payout_fen: 1_000_000,
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn incident(kind: IncidentKind, on: &str, amount_fen: i64) -> Incident {
    Incident {
        id: Uuid::from_u128(7),
        kind,
        on: day(on),
        amount_fen: Some(amount_fen),
        to_other: false,
    }
}

fn kinds(own: Vec<Incident>, today: &str) -> Vec<RiskSignalKind> {
    let history = History {
        own,
        ..History::default()
    };
    let found = find_signals(&history, &LIMITS, day(today));
    found.into_iter().map(|f| f.kind).collect()
}

#[test]
fn runs_count_to_their_last_day() {
    let lapse = |on| incident(IncidentKind::Lapse, on, 0);
    let two = |a, b| kinds(vec![lapse(a), lapse(b)], "2024-03-05");
    assert_eq!(two("2023-03-01", "2024-02-29"), [RiskSignalKind::Lapses]);
    assert_eq!(two("2023-02-28", "2024-02-29"), []);
    assert_eq!(kinds(vec![lapse("2024-03-01")], "2024-03-05"), []);
    // A year later it is an old story.
    let old = vec![lapse("2023-03-01"), lapse("2023-03-02")];
    assert_eq!(kinds(old.clone(), "2024-03-01"), [RiskSignalKind::Lapses]);
    assert_eq!(kinds(old, "2024-03-02"), []);
}

#[test]
fn amounts_count_from_the_limit_on() {
    let surrender = |fen| {
        kinds(
            vec![incident(IncidentKind::Surrender, "2024-03-01", fen)],
            "2024-03-05",
        )
    };
    assert_eq!(surrender(20_000_000), [RiskSignalKind::LargeSurrender]);
    assert_eq!(surrender(19_999_999), []);
    let mut payout = incident(IncidentKind::Payout, "2024-03-01", 1_000_000);
    payout.to_other = true;
    assert_eq!(
        kinds(vec![payout], "2024-03-05"),
        [RiskSignalKind::ThirdPartyPayout]
    );
}

#[test]
fn contact_data_that_changed_just_before() {
    let at = |on| {
        let payout = incident(IncidentKind::Payout, "2024-03-01", 1_000_000);
        kinds(
            vec![incident(IncidentKind::ContactChange, on, 0), payout],
            "2024-03-05",
        )
    };
    assert_eq!(at("2024-01-31"), [RiskSignalKind::ContactBeforePayout]);
    assert_eq!(at("2024-01-30"), []);
    assert_eq!(at("2024-03-02"), []);
}

#[test]
fn a_cluster_needs_different_people_and_an_own_part() {
    let of = |people: &[u128], touched: bool| {
        let kind = IncidentKind::Surrender;
        let history = History {
            own: touched
                .then(|| incident(kind, "2024-03-01", 0))
                .into_iter()
                .collect(),
            shared_number: people
                .iter()
                .map(|p| (CustomerId(Uuid::from_u128(*p)), day("2024-03-01")))
                .collect(),
            ..History::default()
        };
        let found = find_signals(&history, &LIMITS, day("2024-03-05"));
        found.first().map(|f| f.count)
    };
    assert_eq!(of(&[1, 2, 3], true), Some(3));
    assert_eq!(of(&[1, 1, 2], true), None);
    assert_eq!(of(&[1, 2, 3], false), None);
}
