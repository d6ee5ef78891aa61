//! Facts with where they were learned, what does not fit, and every past day.

use super::{ZHOU, change, customer, facts};
use app::information::{
    InformationForm, change_information, confirm_facts, entry_report, information_page,
};
use chrono::Duration;
use domain::access::{Actor, Permission};
use domain::customers::{CustomerField as F, FactSheet, FactValue};
use domain::imports::ImportKind;
use domain::information::{Change, Demand, state_before};
use domain::time::{self, Instant};
use rstest::rstest;
use store::customers::sheet_of;
use store::information::list_fact_lines;
use testkit::{Engine, Portfolio, TestApp, at, invalid};

/// CUS-01, CUS-09: old, new, who, when and why of every change; source, collector and time of every fact.
#[rstest]
#[tokio::test]
async fn a_change_keeps_where_it_was_learned(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let by = &t.people().leader_cq;
    let form = InformationForm {
        facts: facts(&[
            ("occupation", "教师"),
            ("needs", "重疾保障"),
            ("wanted_sum_fen", "300000"),
        ]),
        source: "market_research".into(),
        collected_by: "王芳".into(),
        collected_on: "2024-03-02".into(),
        reason: "问卷".into(),
        version: customer(&t, ZHOU).await.version,
        ..Default::default()
    };
    change_information(&t.app, by, t.now, ZHOU, &form)
        .await
        .unwrap();
    let page = information_page(&t.app, by, t.now, ZHOU, "").await.unwrap();
    let find = |field: F| page.facts.iter().find(|v| v.field == field).unwrap();
    let job = find(F::Occupation);
    assert_eq!(job.shown.as_deref(), Some("教师"));
    assert_eq!(job.source.unwrap().as_str(), "market_research");
    assert_eq!(job.collected_by.as_deref(), Some("王芳"));
    assert_eq!(job.lag_days, Some(3));
    assert_eq!(job.entered_by.as_deref(), Some(by.name.as_str()));
    assert_eq!(find(F::Needs).shown.as_deref(), Some("****"), "masked");
    assert_eq!(find(F::WantedSum).shown.as_deref(), Some("30000000"));
    assert_eq!(find(F::IdNo).demand, Demand::Mandatory, "a policyholder");
    let line = page
        .history
        .iter()
        .find(|h| h.line.field == F::Occupation)
        .unwrap();
    assert_eq!(
        (line.old.as_deref(), line.new.as_deref()),
        (None, Some("教师"))
    );
    assert_eq!(line.line.reason, "问卷");
    let report = entry_report(&t.app, by, t.now, "2024-03-01", "2024-03-05")
        .await
        .unwrap();
    let own = report
        .collectors
        .iter()
        .find(|l| l.collected_by == "王芳")
        .unwrap();
    assert_eq!(
        (own.facts, own.in_time, own.median_days, own.worst_days),
        (3, 0, 3, 3)
    );
    let stale = change_information(&t.app, by, t.now, ZHOU, &form).await;
    assert!(matches!(stale, Ok(ref c) if c.facts.is_empty()) || stale.is_err());
    let outdated = InformationForm {
        facts: facts(&[("occupation", "医生")]),
        ..form
    };
    let outdated = change_information(&t.app, by, t.now, ZHOU, &outdated).await;
    assert!(matches!(outdated, Err(app::Error::Conflict)));
}

/// CUS-09: every problem at once, each on its field; nothing mandatory is emptied.
#[rstest]
#[tokio::test]
async fn what_does_not_fit_is_told_at_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let by = &t.people().leader_cq;
    let wrong = [
        ("mobile", "12345"),
        ("birth_date", "1980-05-07"),
        ("sex", "male"),
        ("address", ""),
        ("id_expires_on", "2020-01-01"),
        ("risk_appetite", "huge"),
        ("large", "true"),
    ];
    let found = invalid(change(&t, by, t.now, &wrong).await);
    let found: Vec<_> = found
        .iter()
        .map(|(f, c)| (f.as_str(), c.as_str()))
        .collect();
    for expected in [
        ("mobile", "mobile"),
        ("risk_appetite", "unknown-code"),
        ("large", "unknown-code"),
        ("birth_date", "id-birth-date"),
        ("sex", "id-sex"),
        ("id_expires_on", "expired"),
        ("address", "mandatory"),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    assert_eq!(customer(&t, ZHOU).await.version, 1, "nothing was written");
    let stranger = change(&t, &t.people().leader_sd, t.now, &[("occupation", "x")]).await;
    assert!(matches!(stranger, Err(app::Error::NotFound)));
}

/// CUS-13: after a claim the needs and risks are confirmed again.
#[rstest]
#[tokio::test]
async fn a_claim_asks_for_the_file_to_be_completed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let by = &t.people().leader_cq;
    let holder = "SELECT c.customer_no FROM customers c JOIN policies p ON p.policyholder_id = c.id WHERE p.policy_no = 'P50-CAR'";
    let number = t.database.column(holder).await.remove(0);
    let stale = async |now| {
        information_page(&t.app, by, now, &number, "")
            .await
            .unwrap()
            .stale()
    };
    assert_eq!(
        stale(t.now).await,
        [F::Needs, F::RiskAppetite, F::RiskTolerance]
    );
    let named = ["needs".to_owned(), "risk_appetite".to_owned()];
    confirm_facts(&t.app, by, t.now, &number, &named, "callback")
        .await
        .unwrap();
    assert_eq!(stale(t.now).await, [F::RiskTolerance]);
}

/// Chance that is the same in every run.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        let step = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = step.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// A change that a person might make.
fn thrown(dice: &mut Dice, n: i64) -> (F, String) {
    let level = ["low", "medium", "high"];
    match dice.throw(7) {
        0 => (F::Mobile, format!("139{:08}", dice.throw(100_000_000))),
        1 => (F::Needs, format!("需求{n}")),
        2 => (F::Email, format!("n{n}@example.com")),
        3 => (F::RiskAppetite, level[usize::from(n % 2 == 0)].into()),
        4 => (F::Occupation, format!("工种{n}")),
        5 => (F::Email, String::new()),
        _ => (
            F::Language,
            ["mandarin", "sichuan"][usize::from(n % 3 == 0)].into(),
        ),
    }
}

/// Throws a hundred changes by people and by files; the state after each, kept apart.
async fn play(t: &TestApp, by: &Actor, first: &FactSheet) -> Vec<(Instant, FactSheet)> {
    let (mut dice, mut model) = (Dice(20_240_305), first.clone());
    let mut days = Vec::new();
    for n in 0..100_i64 {
        let now = t.now + Duration::hours(7 * (n + 1));
        if dice.throw(8) == 0 {
            let mut table = Portfolio::small().customers.only(ZHOU);
            table.set(ZHOU, "occupation", &format!("职业{n}"));
            t.import_at(now, ImportKind::Customers, &table).await;
            for field in [F::Mobile, F::Language] {
                model.insert(field, first[&field].clone());
            }
            model.insert(F::Occupation, FactValue::from_stored(format!("职业{n}")));
        } else {
            let (field, text) = thrown(&mut dice, n);
            change(t, by, now, &[(field.as_str(), &text)])
                .await
                .unwrap();
            match field.read(&text).unwrap() {
                Some(value) => model.insert(field, value),
                None => model.remove(&field),
            };
        }
        days.push((now, model.clone()));
    }
    days
}

/// As-of views against an independent replay of a hundred random changes by people and by files.
#[rstest]
#[tokio::test]
async fn every_past_day_is_shown_as_it_was(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let by = &t.people().leader_cq;
    let first = sheet_of(&customer(&t, ZHOU).await);
    let days = play(&t, by, &first).await;
    let end = days.last().unwrap().0;
    let whole = Actor::system().scope(Permission::CustomersRead).unwrap();
    let row = customer(&t, ZHOU).await;
    let lines = list_fact_lines(t.app.store(), &whole, row.id)
        .await
        .unwrap();
    let state_at = |now: Option<Instant>| {
        let later = lines
            .iter()
            .filter(|l| now.is_none_or(|at| l.changed_at > at));
        let undone = later.map(|l| Change {
            field: l.field,
            old: l.old.clone(),
        });
        state_before(sheet_of(&row), undone)
    };
    for (n, (now, expected)) in days.iter().enumerate() {
        assert!(state_at(Some(*now)) == *expected, "after change {n}");
    }
    assert!(state_at(None) == first, "what the first file brought");
    let mut shown = 0;
    for (n, (now, expected)) in days.iter().enumerate() {
        let on = time::date_in_china(*now);
        let next = days.get(n + 1).map(|(at, _)| time::date_in_china(*at));
        if next == Some(on) || n % 4 > 0 {
            continue;
        }
        let on_text = on.to_string();
        let page = information_page(&t.app, by, end, ZHOU, &on_text);
        for view in page.await.unwrap().facts {
            let value = expected.get(&view.field);
            let value = value.map(|v| v.shown(view.field, row.kind));
            assert_eq!(view.shown, value, "{} on {on}", view.field);
        }
        shown += 1;
    }
    assert!(shown >= 5, "{shown} days were looked at");
    let before = information_page(&t.app, by, end, ZHOU, "2020-01-01").await;
    let before = before.unwrap();
    assert!(!before.is_known && before.facts.iter().all(|v| v.shown.is_none()));
    let ahead = information_page(&t.app, by, at("2024-03-05 10:00"), ZHOU, "2024-03-06").await;
    assert_eq!(invalid(ahead), [("on".into(), "in-future".into())]);
}
