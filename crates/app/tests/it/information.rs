//! What is known of customers: changed in one place, waiting for a second person where it must, shown as of
//! any day, told to the core system.

use app::information::{
    Changed, CoreVerdict, InformationForm, MarkForm, NewCustomerForm, answer_core_changes,
    change_information, confirm_facts, create_customer, decide_change, end_flag, entry_report,
    hand_over, information_page, list_changes, set_flag, step_core_change,
};
use chrono::Duration;
use domain::access::{Actor, ApprovalStep, Permission};
use domain::customers::{CustomerField as F, FactSheet, FactValue};
use domain::imports::ImportKind;
use domain::information::{Change, Demand, DerivedMark, state_before};
use domain::time::{self, Instant};
use rstest::rstest;
use store::customers::{CustomerRow, find_customer_by_number, sheet_of};
use store::information::list_fact_lines;
use testkit::{Engine, Portfolio, TestApp, at, day, invalid, refused, resident_id};

const ZHOU: &str = "C50-ZHOU";

async fn customer(t: &TestApp, number: &str) -> CustomerRow {
    let whole = Actor::system().scope(Permission::CustomersRead).unwrap();
    let found = find_customer_by_number(t.app.store(), &whole, number).await;
    found.unwrap().unwrap()
}

fn facts(named: &[(&str, &str)]) -> Vec<(String, Option<String>)> {
    let fact = |(f, v): &(&str, &str)| {
        (
            (*f).to_owned(),
            Some((*v).to_owned()).filter(|v| !v.is_empty()),
        )
    };
    named.iter().map(fact).collect()
}

async fn change(
    t: &TestApp,
    by: &Actor,
    now: Instant,
    named: &[(&str, &str)],
) -> app::Result<Changed> {
    let form = InformationForm {
        facts: facts(named),
        reason: "客户来电".into(),
        is_identified: true,
        version: customer(t, ZHOU).await.version,
        ..Default::default()
    };
    change_information(&t.app, by, now, ZHOU, &form).await
}

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

/// CUS-09: a name changes when somebody else agrees, and the core system hears of it then.
#[rstest]
#[tokio::test]
async fn sensitive_facts_wait_for_a_second_person(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let asked = change(
        &t,
        &p.leader_cq,
        t.now,
        &[("name", "周大敏"), ("occupation", "教师")],
    )
    .await;
    let asked = asked.unwrap();
    assert_eq!(
        (asked.facts, asked.waiting),
        (vec![F::Occupation], vec![F::Name])
    );
    let id = asked.change.unwrap();
    let waiting = list_changes(&t.app, &p.operations_cq, &Default::default())
        .await
        .unwrap();
    assert_eq!(waiting.count, 1);
    let foreign = list_changes(&t.app, &p.leader_sd, &Default::default())
        .await
        .unwrap();
    assert_eq!(foreign.count, 0);
    let decide = |by, step, note| decide_change(&t.app, by, t.now, id, step, note);
    let own = decide(&p.leader_cq, ApprovalStep::Approve, "").await;
    assert_eq!(refused(own), "duty-proposer");
    let bare = decide(&p.operations_cq, ApprovalStep::Refuse, "").await;
    assert_eq!(invalid(bare), [("note".into(), "missing".into())]);
    decide(&p.operations_cq, ApprovalStep::Approve, "")
        .await
        .unwrap();
    let again = decide(&p.operations_cq, ApprovalStep::Approve, "").await;
    assert_eq!(refused(again), "approval-not-pending");
    let name = sheet_of(&customer(&t, ZHOU).await)
        .remove(&F::Name)
        .unwrap();
    assert_eq!(name, FactValue::from_stored("周大敏".into()));
    let handed = hand_over(&t.app, &p.manager, t.now, "", 50).await.unwrap();
    let fields: Vec<_> = handed.rows.iter().map(|h| h.field).collect();
    assert_eq!(
        fields,
        [F::Occupation, F::Name],
        "in the order of the changes"
    );
    for secret in ["周大敏", "教师"] {
        let log = "SELECT COALESCE(detail, '') || COALESCE(purpose, '') FROM audit_entries";
        let log = t.database.column(log).await.join("\n");
        assert!(
            !log.contains(secret) || secret == "教师",
            "{secret} stands in the log"
        );
    }
}

/// CUS-12: what the customer says on a call in which the identity was affirmed flows in at once; what
/// somebody else says waits.
#[rstest]
#[tokio::test]
async fn a_number_learned_on_a_call_flows_in(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (p, id) = (t.people(), t.callback("P50-ZHOU", "NB-CQ").await);
    t.assign(&p.leader_cq, id, &p.sichuan_caller_cq).await;
    let number = t.look(id).await.number;
    let form = |mobile: &str, version| InformationForm {
        facts: facts(&[("mobile", mobile)]),
        reason: "回访中得知".into(),
        origin: "callback".into(),
        about: number.clone(),
        // What a form claims does not count: the answers of the call do.
        is_identified: true,
        version,
        ..Default::default()
    };
    let by = &p.sichuan_caller_cq;
    let early = change_information(&t.app, by, t.now, ZHOU, &form("13900500091", 1)).await;
    assert_eq!(early.unwrap().waiting, [F::Mobile]);
    t.interview(by, t.now, id, &[]).await;
    let now = t.now + Duration::minutes(30);
    let version = customer(&t, ZHOU).await.version;
    let later = change_information(&t.app, by, now, ZHOU, &form("13900500092", version)).await;
    assert_eq!(later.unwrap().facts, [F::Mobile]);
    assert_eq!(
        customer(&t, ZHOU).await.mobile.unwrap().to_string(),
        "139****0092"
    );
    let queued = "SELECT COUNT(*) FROM derivations WHERE subject = 'customers' AND low = high";
    assert!(t.database.number(queued).await >= 4, "derived data follows");
}

/// CUS-12: the core system takes changes until it has answered; a refusal comes before a person.
#[rstest]
#[tokio::test]
async fn the_core_system_answers_every_change(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    change(
        &t,
        &p.leader_cq,
        t.now,
        &[("mobile", "13900500093"), ("email", "a@example.com")],
    )
    .await
    .unwrap();
    let first = hand_over(&t.app, &p.manager, t.now, "", 1).await.unwrap();
    assert_eq!(first.rows[0].value.as_deref(), Some("13900500093"));
    let after = first.next.unwrap().encode();
    let second = hand_over(&t.app, &p.manager, t.now, &after, 1)
        .await
        .unwrap();
    assert!(second.next.is_none());
    let again = hand_over(&t.app, &p.manager, t.now, "", 50).await.unwrap();
    assert_eq!(again.rows.len(), 2, "not answered, so it comes again");
    let verdict = |id: uuid::Uuid, refused: Option<&str>| CoreVerdict {
        id: id.to_string(),
        refused: refused.map(str::to_owned),
    };
    let (mobile, email) = (first.rows[0].id, second.rows[0].id);
    let said = [
        verdict(mobile, None),
        verdict(email, Some("邮箱域名不在白名单")),
    ];
    let answer = |said: Vec<CoreVerdict>| {
        let by = &p.manager;
        let app = &t.app;
        async move { answer_core_changes(app, by, t.now, &said).await }
    };
    assert_eq!(answer(said.to_vec()).await.unwrap(), 2);
    assert_eq!(answer(said.to_vec()).await.unwrap(), 0, "said before");
    let unknown = answer(vec![verdict(uuid::Uuid::nil(), None)]).await;
    assert_eq!(
        invalid(unknown),
        [("answers[0].id".into(), "not-found".into())]
    );
    let none = hand_over(&t.app, &p.manager, t.now, "", 50).await.unwrap();
    assert!(none.rows.is_empty());
    let refused = app::information::list_core_changes(&t.app, &p.manager, "refused", "").await;
    let refused = refused.unwrap();
    assert_eq!((refused.counts.refused, refused.page.rows.len()), (1, 1));
    step_core_change(&t.app, &p.manager, t.now, email, "again")
        .await
        .unwrap();
    let back = hand_over(&t.app, &p.manager, t.now, "", 50).await.unwrap();
    assert_eq!(back.rows.len(), 1);
    let denied = hand_over(&t.app, &p.leader_cq, t.now, "", 50).await;
    assert!(matches!(denied, Err(app::Error::Denied(_))));
}

/// CUS-09: every mandatory fact is asked for; somebody with the same number is named first.
#[rstest]
#[tokio::test]
async fn a_prospect_is_entered_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let by = &t.people().sales_cq;
    let bare = create_customer(&t.app, by, t.now, &NewCustomerForm::default()).await;
    let found: Vec<_> = invalid(bare).into_iter().map(|(f, _)| f).collect();
    assert!(
        found.contains(&"kind".into()) && found.contains(&"reason".into()),
        "{found:?}"
    );
    let form = |mobile: &str| NewCustomerForm {
        kind: "individual".into(),
        facts: InformationForm {
            facts: facts(&[
                ("name", "吴晓"),
                ("mobile", mobile),
                ("id_type", "resident_id"),
                ("id_no", &resident_id("500103", "19900101", 101)),
            ]),
            reason: "展会".into(),
            ..Default::default()
        },
        ..Default::default()
    };
    let mut empty = form("13900500094");
    empty.facts.facts.retain(|(f, _)| f != "mobile");
    let missing = invalid(create_customer(&t.app, by, t.now, &empty).await);
    assert_eq!(missing, [("mobile".into(), "missing".into())]);
    let known = create_customer(&t.app, by, t.now, &form("13800500001")).await;
    assert_eq!(refused(known), "customer-known");
    let number = create_customer(&t.app, by, t.now, &form("13900500094"))
        .await
        .unwrap();
    assert_eq!(number, "KH-2024-0000001");
    let again = create_customer(&t.app, by, t.now, &form("13900500094")).await;
    assert_eq!(refused(again), "customer-known");
    let other = NewCustomerForm {
        is_another: true,
        ..form("13900500094")
    };
    assert_eq!(
        create_customer(&t.app, by, t.now, &other).await.unwrap(),
        "KH-2024-0000002"
    );
    let found = app::customers::search(&t.app, by, t.now, &number)
        .await
        .unwrap();
    assert_eq!(found.customers.len(), 1, "found by the number given out");
    let page = information_page(&t.app, by, t.now, &number, "")
        .await
        .unwrap();
    let name = page.facts.iter().find(|v| v.field == F::Name).unwrap();
    assert_eq!(name.shown.as_deref(), Some("吴*"));
    assert_eq!(
        name.source.unwrap().as_str(),
        "sales",
        "by the channel of the person's own work"
    );
}

/// CUS-07: flags with dates, person and reason; what rules look at follows.
#[rstest]
#[tokio::test]
async fn a_flag_has_dates_and_a_person(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let by = &t.people().leader_cq;
    let form = async |flag: &str, on: &str| MarkForm {
        flag: flag.into(),
        on: on.into(),
        reason: "年缴保费超过标准".into(),
        version: customer(&t, ZHOU).await.version,
    };
    let key = form("key_account", "2024-03-01").await;
    set_flag(&t.app, by, t.now, ZHOU, &key).await.unwrap();
    assert!(customer(&t, ZHOU).await.key_account);
    let twice = set_flag(&t.app, by, t.now, ZHOU, &form("key_account", "").await).await;
    assert_eq!(refused(twice), "flag-stands");
    let helps = form("cooperating", "").await;
    set_flag(&t.app, by, t.now, ZHOU, &helps).await.unwrap();
    let early = end_flag(
        &t.app,
        by,
        t.now,
        ZHOU,
        &form("key_account", "2024-02-01").await,
    )
    .await;
    assert_eq!(invalid(early), [("on".into(), "before-start".into())]);
    end_flag(&t.app, by, t.now, ZHOU, &form("key_account", "").await)
        .await
        .unwrap();
    assert!(!customer(&t, ZHOU).await.key_account);
    let page = information_page(&t.app, by, t.now, ZHOU, "").await.unwrap();
    assert_eq!(page.marks.len(), 2);
    let ended = page.marks.iter().find(|m| m.ended_on.is_some()).unwrap();
    assert_eq!(
        (ended.since_on, ended.ended_on),
        (day("2024-03-01"), Some(day("2024-03-05")))
    );
    let fresh = page
        .derived
        .iter()
        .find(|d| d.mark == DerivedMark::New)
        .unwrap();
    assert_eq!(fresh.since_on, day("2024-02-26"), "the first policy");
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

/// As-of views against an independent replay of a hundred random changes by people and by files.
#[rstest]
#[tokio::test]
async fn every_past_day_is_shown_as_it_was(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let by = &t.people().leader_cq;
    let mut seed = 20_240_305_u64;
    let mut next = |n: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % n
    };
    let mut model = sheet_of(&customer(&t, ZHOU).await);
    let first = model.clone();
    let mut days: Vec<(Instant, FactSheet)> = Vec::new();
    for n in 0..100_i64 {
        let now = t.now + Duration::hours(7 * (n + 1));
        if next(8) == 0 {
            let mut table = Portfolio::small().customers.only(ZHOU);
            table.set(ZHOU, "occupation", &format!("职业{n}"));
            t.import_at(now, ImportKind::Customers, &table).await;
            for field in [F::Mobile, F::Address, F::Language] {
                model.insert(field, first[&field].clone());
            }
            model.insert(F::Occupation, FactValue::from_stored(format!("职业{n}")));
        } else {
            let (field, text) = match next(6) {
                0 => (F::Mobile, format!("139{:08}", next(100_000_000))),
                1 => (F::Needs, format!("需求{n}")),
                2 => (F::Email, format!("n{n}@example.com")),
                3 => (
                    F::RiskAppetite,
                    ["low", "medium", "high"][usize::try_from(next(3)).unwrap()].into(),
                ),
                4 => (
                    F::Occupation,
                    if next(3) == 0 {
                        String::new()
                    } else {
                        format!("工种{n}")
                    },
                ),
                _ => (
                    F::Language,
                    ["mandarin", "sichuan"][usize::try_from(next(2)).unwrap()].into(),
                ),
            };
            // A mandatory fact is never emptied.
            let field = if text.is_empty() { F::Email } else { field };
            change(&t, by, now, &[(field.as_str(), text.as_str())])
                .await
                .unwrap();
            match field.read(&text).unwrap() {
                Some(value) => model.insert(field, value),
                None => model.remove(&field),
            };
        }
        days.push((now, model.clone()));
    }
    let end = days.last().unwrap().0;
    let whole = Actor::system().scope(Permission::CustomersRead).unwrap();
    let row = customer(&t, ZHOU).await;
    let lines = list_fact_lines(t.app.store(), &whole, row.id)
        .await
        .unwrap();
    for (n, (now, expected)) in days.iter().enumerate() {
        let later = lines.iter().filter(|l| l.changed_at > *now);
        let later = later.map(|l| Change {
            field: l.field,
            old: l.old.clone(),
        });
        assert!(
            state_before(sheet_of(&row), later) == *expected,
            "after change {n}"
        );
        let on = time::date_in_china(*now);
        let is_last = days
            .get(n + 1)
            .is_none_or(|(at, _)| time::date_in_china(*at) > on);
        if is_last && n % 9 == 0 {
            let page = information_page(&t.app, by, end, ZHOU, &on.to_string())
                .await
                .unwrap();
            for view in &page.facts {
                let value = expected
                    .get(&view.field)
                    .map(|v| v.shown(view.field, row.kind));
                assert_eq!(view.shown, value, "{} on {on}", view.field);
            }
        }
    }
    let start = state_before(
        sheet_of(&row),
        lines.iter().map(|l| Change {
            field: l.field,
            old: l.old.clone(),
        }),
    );
    assert!(start == first, "what the first file brought");
    let before = information_page(&t.app, by, end, ZHOU, "2020-01-01")
        .await
        .unwrap();
    assert!(!before.is_known && before.facts.iter().all(|v| v.shown.is_none()));
    let ahead = information_page(&t.app, by, at("2024-03-05 10:00"), ZHOU, "2024-03-06").await;
    assert_eq!(invalid(ahead), [("on".into(), "in-future".into())]);
}
