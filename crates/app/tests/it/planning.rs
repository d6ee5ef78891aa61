//! Events become obligations; every candidate that a rule excludes is kept with its reason.

use app::obligations::{PlanRequest, explain, plan};
use domain::access::{Actor, Permission};
use domain::callbacks::CallbackState;
use domain::imports::ImportKind;
use rstest::rstest;
use store::obligations::{ExclusionFilter, list_exclusions, list_extraction_runs};
use testkit::{Engine, Portfolio, TestApp, at, day, row};

const PLANNED: &str = "SELECT programme || ' ' || p.policy_no || ' ' || COALESCE(CAST(o.earliest_on AS TEXT), '-') \
     || ' ' || COALESCE(CAST(o.due_on AS TEXT), '-') || ' ' || o.status \
     FROM obligations o JOIN policies p ON p.id = o.policy_id ORDER BY 1";

/// NB-CQ, NB-SD, MC-PAID, PC-CL1, CP-SET; CBK-06, C-26: dates as counted by hand.
#[rstest]
#[tokio::test]
async fn the_small_portfolio_is_planned(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let planned = t.database.column(PLANNED).await;
    for expected in [
        "NB-CQ P50-ZHOU 2024-03-01 2024-03-15 open",
        "NB-CQ P50-LI 2024-02-25 2024-03-05 open",
        "NB-SD P37-SUN 2024-03-02 2024-03-16 open",
        "NB-SD P37-MA - - open",
        "MC-PAID P50-CAR 2024-03-05 2024-03-10 open",
        "PC-CL1 P50-CORP 2024-03-01 2024-03-08 open",
        "CP-SET P50-CORP 2024-03-02 2024-03-16 open",
    ] {
        assert!(
            planned.iter().any(|p| p == expected),
            "{expected} in {planned:#?}"
        );
    }
    // GEN-05: each province has its own rules.
    assert!(
        !planned
            .iter()
            .any(|p| p.starts_with("NB-CQ P37") || p.starts_with("NB-SD P50"))
    );
    assert!(
        !planned.iter().any(|p| p.starts_with("NB-CQ P50-HE")),
        "no receipt, no trigger"
    );
}

/// CBK-15: running it again changes nothing; runs are listed with their counts.
#[rstest]
#[tokio::test]
async fn planning_again_changes_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let before = t.database.column(PLANNED).await;
    let again = t.plan(at("2024-03-05 11:00")).await;
    assert_eq!(
        (again.sums.created, again.sums.redated, again.sums.cancelled),
        (0, 0, 0)
    );
    // The same files again: nothing to look at.
    t.import_all(&Portfolio::small()).await;
    let after_import = t.plan(at("2024-03-05 12:00")).await;
    assert_eq!(after_import.sums.created, 0);
    assert_eq!(t.database.column(PLANNED).await, before);
    let scope = Actor::system().scope(Permission::PlanRun).unwrap();
    let runs = list_extraction_runs(t.app.store(), &scope, None, 10)
        .await
        .unwrap()
        .rows;
    assert_eq!(runs.len(), 3);
    let first = runs.last().unwrap();
    assert_eq!(first.state, "finished");
    let sums = first.sums;
    assert_eq!(sums.candidates, sums.created + sums.excluded);
    let kept = "SELECT COUNT(*) FROM obligations";
    assert_eq!(t.database.number(kept).await, sums.created);
}

/// CBK-15, CBK-20, C-04: excluded candidates stay visible, each with its reason.
#[rstest]
#[tokio::test]
async fn exclusions_are_kept_with_their_reason(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let scope = t
        .people()
        .leader_cq
        .scope(Permission::ObligationsRead)
        .unwrap();
    let page = list_exclusions(t.app.store(), &scope, &ExclusionFilter::default(), 50)
        .await
        .unwrap();
    let found = |programme: &str, reason: &str| {
        page.rows
            .iter()
            .filter(|e| e.programme == programme && e.reason_code == reason)
            .count()
    };
    assert_eq!(found("NB-CQ", "term_not_over_one_year"), 1);
    assert_eq!(found("MC-PAID", "zero_closed"), 1);
    let claim = page.rows.iter().find(|e| e.programme == "MC-PAID").unwrap();
    assert_eq!(claim.claim_no.as_deref(), Some("CL-2"));
}

/// CBK-06, requirements §4.4: a receipt that comes in late opens the duty; a corrected one moves it.
#[rstest]
#[tokio::test]
async fn a_corrected_receipt_moves_the_dates(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let mut policies = Portfolio::small().policies.only("P50-HE");
    policies.set("P50-HE", "ack_signed_on", "2024-03-04");
    t.import(ImportKind::Policies, &policies).await;
    assert_eq!(t.plan(t.now).await.sums.created, 1);
    let made = t.obligation("P50-HE", "NB-CQ").await.unwrap();
    assert_eq!(
        (made.earliest_on, made.due_on),
        (Some(day("2024-03-04")), Some(day("2024-03-18")))
    );
    policies.set("P50-HE", "ack_signed_on", "2024-03-02");
    t.import(ImportKind::Policies, &policies).await;
    let report = t.plan(at("2024-03-05 12:00")).await;
    assert_eq!(report.sums.created, 0);
    assert!(report.sums.redated >= 1);
    let moved = t.obligation("P50-HE", "NB-CQ").await.unwrap();
    assert_eq!(moved.number, made.number);
    assert_eq!(moved.due_on, Some(day("2024-03-16")));
    assert_eq!(
        t.look(t.callback("P50-HE", "NB-CQ").await).await.due_on,
        moved.due_on
    );
    assert!(t.audited("obligation.redated").await >= 1);
    let receipts = "SELECT COUNT(*) FROM receipts r JOIN policies p ON p.id = r.policy_id \
                    WHERE p.policy_no = 'P50-HE'";
    assert_eq!(
        t.database.number(receipts).await,
        2,
        "the old receipt is kept"
    );
}

/// CBK-07, K-09: a callback that was in time becomes early when the receipt turns out to be younger.
#[rstest]
#[tokio::test]
async fn a_younger_receipt_makes_a_completed_callback_early(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let caller = &t.people().caller_cq;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&t.people().leader_cq, id, caller).await;
    t.interview(caller, t.now, id, &[]).await;
    assert_eq!(t.look(id).await.timing.as_deref(), Some("in_time"));
    let mut policies = Portfolio::small().policies.only("P50-ZHOU");
    policies.set("P50-ZHOU", "ack_signed_on", "2024-03-07").set(
        "P50-ZHOU",
        "ack_entered_on",
        "2024-03-08",
    );
    t.import_at(at("2024-03-08 08:00"), ImportKind::Policies, &policies)
        .await;
    t.plan(at("2024-03-08 09:00")).await;
    assert_eq!(t.look(id).await.timing.as_deref(), Some("early"));
    assert_eq!(t.look(id).await.state, CallbackState::Completed);
}

/// CBK-07, C-05, NB-SUP: a company callback before the receipt was signed has its supplement in the
/// cooling-off period.
#[rstest]
#[tokio::test]
async fn an_early_callback_has_its_supplement(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-HE", "NB-T10").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    t.interview(&p.caller_cq, at("2024-03-11 10:00"), id, &[])
        .await;
    let mut policies = Portfolio::small().policies.only("P50-HE");
    policies.set("P50-HE", "ack_signed_on", "2024-03-13");
    t.import_at(at("2024-03-14 08:00"), ImportKind::Policies, &policies)
        .await;
    t.plan(at("2024-03-14 09:00")).await;
    let supplement = t
        .obligation("P50-HE", "NB-SUP")
        .await
        .expect("a supplement");
    assert_eq!(supplement.due_on, Some(day("2024-03-27")));
}

/// CBK-07: a corrected receipt makes a callback of Chongqing itself early; it is repeated too.
#[rstest]
#[tokio::test]
async fn a_corrected_receipt_asks_for_the_supplement(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    t.interview(&p.caller_cq, at("2024-03-06 10:00"), id, &[])
        .await;
    t.plan(at("2024-03-06 20:00")).await;
    assert!(t.obligation("P50-ZHOU", "NB-SUP").await.is_none());
    let mut policies = Portfolio::small().policies.only("P50-ZHOU");
    policies.set("P50-ZHOU", "ack_signed_on", "2024-03-07").set(
        "P50-ZHOU",
        "ack_entered_on",
        "2024-03-08",
    );
    t.import_at(at("2024-03-08 08:00"), ImportKind::Policies, &policies)
        .await;
    t.plan(at("2024-03-08 09:00")).await;
    let first = t.obligation("P50-ZHOU", "NB-CQ").await.unwrap();
    assert_eq!(first.timing.as_deref(), Some("early"));
    let supplement = t.obligation("P50-ZHOU", "NB-SUP").await.unwrap();
    assert_eq!(supplement.earliest_on, Some(day("2024-03-07")));
    assert_eq!(supplement.due_on, Some(day("2024-03-21")));
    let again = t.plan(at("2024-03-08 10:00")).await;
    assert_eq!(again.sums.created, 0);
}

/// Requirements §4.4: who cancels in the cooling-off period is not called any more.
#[rstest]
#[tokio::test]
async fn a_cancelled_policy_is_not_called(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    let events = testkit::Table::new([row([
        ("event_id", "E9"),
        ("type", "cooling_off_cancelled"),
        ("occurred_at", "2024-03-05T09:00:00+08:00"),
        ("policy_no", "P50-ZHOU"),
    ])]);
    t.import(ImportKind::Events, &events).await;
    let report = t.plan(at("2024-03-05 12:00")).await;
    assert!(report.sums.cancelled >= 1);
    assert_eq!(t.look(id).await.state, CallbackState::Cancelled);
    let obligation = t.obligation("P50-ZHOU", "NB-CQ").await.unwrap();
    assert_eq!(obligation.status, "cancelled");
    assert_eq!(
        obligation.cancel_reason.as_deref(),
        Some("withdrawn_in_cooling_off")
    );
    let started = t.start(&p.caller_cq, t.now, id).await;
    assert!(
        matches!(started, Err(app::Error::NotFound)),
        "on nobody's list"
    );
}

/// Contracts §1: the first import decides how far back the plan looks; a dry run keeps nothing.
#[rstest]
#[tokio::test]
async fn since_and_dry_runs(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::empty(engine).await;
    let mut portfolio = Portfolio::small();
    portfolio.policies.add(Portfolio::life_policy(
        "P-OLD",
        "C50-LI",
        "5001",
        "A5001",
        "2023-12-20",
        "2024-01-04",
    ));
    t.import_all(&portfolio).await;
    let shell = Actor::shell("tests");
    let dry = PlanRequest {
        dry_run: true,
        ..Default::default()
    };
    let report = plan(&t.app, &shell, t.now, dry, &|_| {}).await.unwrap();
    assert_eq!(
        (report.since, report.as_of),
        (day("2024-01-05"), day("2024-03-05"))
    );
    assert!(report.sums.created > 0 && report.run.is_none());
    assert_eq!(
        t.database.number("SELECT COUNT(*) FROM obligations").await,
        0
    );
    let real = t.plan(t.now).await;
    assert_eq!(
        (real.sums.created, real.counts.clone()),
        (report.sums.created, report.counts)
    );
    assert!(
        t.obligation("P-OLD", "NB-CQ").await.is_none(),
        "signed a day before it begins"
    );
    let further = PlanRequest {
        since: Some(day("2024-01-04")),
        ..Default::default()
    };
    plan(&t.app, &shell, t.now, further, &|_| {}).await.unwrap();
    assert!(t.obligation("P-OLD", "NB-CQ").await.is_some());
    let upside_down = PlanRequest {
        since: Some(day("2024-03-06")),
        ..Default::default()
    };
    let refused = plan(&t.app, &shell, t.now, upside_down, &|_| {}).await;
    assert_eq!(testkit::invalid(refused)[0].0, "since");
}

/// GEN-04: an obligation says which article made it and how its dates were counted.
#[rstest]
#[tokio::test]
async fn an_obligation_explains_itself(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let number = t.obligation("P50-ZHOU", "NB-CQ").await.unwrap().number;
    let explanation = explain(&t.app, &t.people().compliance, t.now, &number)
        .await
        .unwrap();
    assert!(!explanation.rules_changed);
    assert_eq!(explanation.obligation.due_on, Some(day("2024-03-15")));
    let text = format!("{:?}", explanation.trace);
    assert!(text.contains("第三条") && text.contains("cooling_off_days"));
    let elsewhere = explain(&t.app, &t.people().leader_sd, t.now, &number).await;
    assert!(matches!(elsewhere, Err(app::Error::NotFound)));
    let nonsense = explain(&t.app, &t.people().compliance, t.now, "OB-1").await;
    assert!(matches!(nonsense, Err(app::Error::NotFound)));
}
