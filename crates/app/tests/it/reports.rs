//! Reports against figures worked out by hand from the small portfolio.
//!
//! Cooling-off ends on 5 March (P50-LI), 15 March (P50-ZHOU) and 16 March 2024 (P37-SUN); P50-HE and
//! P37-MA have no receipt, P50-SHORT is excluded. Each of the three owes its provincial programme, NB-2017
//! and NB-T10: nine callbacks, three policies.

use app::reports::{Report, ReportQuery, run_report};
use domain::access::{Actor, Permission};
use domain::callbacks::CallbackState as S;
use domain::reports::{Figure as F, find_metric};
use domain::time::Instant;
use rstest::rstest;
use testkit::{Engine, TestApp, at, day};

pub(crate) fn march(metric: &str, by: &str) -> ReportQuery {
    ReportQuery {
        metric: metric.into(),
        from: "2024-03-01".into(),
        to: "2024-03-31".into(),
        by: by.into(),
        ..Default::default()
    }
}

/// When everything of March has ended.
pub(crate) fn april() -> Instant {
    at("2024-04-02 09:00")
}

async fn report(t: &TestApp, now: Instant, metric: &str, by: &str) -> Report {
    run_report(&t.app, &t.people().manager, now, &march(metric, by))
        .await
        .unwrap()
}

/// The ratio of the whole company, and chosen figures.
async fn whole(t: &TestApp, metric: &str, figures: &[F]) -> (i64, i64, Vec<i64>) {
    let r = report(t, april(), metric, "").await;
    let counts = figures.iter().map(|f| r.count(&r.total, *f)).collect();
    (r.total.ratio.numerator, r.total.ratio.denominator, counts)
}

/// Key, numerator and denominator of each row.
pub(crate) fn shares(r: &Report) -> Vec<(String, i64, i64)> {
    r.rows
        .iter()
        .map(|row| (row.key.clone(), row.ratio.numerator, row.ratio.denominator))
        .collect()
}

pub(crate) fn owned(rows: &[(&str, i64, i64)]) -> Vec<(String, i64, i64)> {
    rows.iter()
        .map(|(key, n, d)| ((*key).to_owned(), *n, *d))
        .collect()
}

/// On 5 March: ZHOU doubts the coverage, SUN affirms everything, LI does not answer.
pub(crate) async fn a_day_of_calls(t: &TestApp) {
    let p = t.people();
    let zhou = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, zhou, &p.caller_cq).await;
    let state = t
        .interview(&p.caller_cq, t.now, zhou, &[("coverage", "unclear")])
        .await;
    assert_eq!(state, S::ProblemOpen);
    let li = t.callback("P50-LI", "NB-CQ").await;
    t.assign(&p.leader_cq, li, &p.caller_cq).await;
    let state = t.not_reached(&p.caller_cq, t.now, li, "no_answer").await;
    assert_eq!(state, S::RetryWait);
    let sun = t.callback("P37-SUN", "NB-SD").await;
    t.assign(&p.leader_sd, sun, &p.caller_sd).await;
    let state = t.interview(&p.caller_sd, t.now, sun, &[]).await;
    assert_eq!(state, S::Completed);
}

/// K-01 to K-07, K-09, K-12: after a day of calls.
#[rstest]
#[tokio::test]
async fn a_day_of_calls_in_figures(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    a_day_of_calls(&t).await;
    assert_eq!(whole(&t, "K-01", &[F::Due]).await, (2, 3, vec![3]));
    assert_eq!(whole(&t, "K-02", &[F::Succeeded]).await, (1, 3, vec![2]));
    assert_eq!(whole(&t, "K-03", &[]).await, (1, 3, vec![]));
    assert_eq!(whole(&t, "K-04", &[F::Running]).await, (3, 3, vec![0]));
    let k05 = whole(&t, "K-05", &[F::SucceededInPeriod, F::SucceededDeemed]).await;
    assert_eq!(k05, (2, 3, vec![2, 0]));
    let k06 = whole(&t, "K-06", &[F::CompletedByPhone, F::CompletedByVisit]).await;
    assert_eq!(k06, (1, 3, vec![1, 0]));
    assert_eq!(whole(&t, "K-07", &[F::Completed]).await, (1, 2, vec![1]));
    let k09 = whole(&t, "K-09", &[F::Due, F::Early, F::Late, F::Outstanding]).await;
    assert_eq!(k09, (1, 1, vec![9, 0, 0, 8]));
    let k12 = whole(&t, "K-12", &[F::FailedNoAnswer, F::FailedDialect]).await;
    assert_eq!(k12, (1, 3, vec![1, 0]));
    // Nothing out of nothing is "n/a".
    let k11 = report(&t, april(), "K-11", "").await;
    assert_eq!(k11.total.ratio.percent(), "n/a");
}

/// Every dimension of §6 cuts; a policy under several programmes counts once in the total.
#[rstest]
#[tokio::test]
async fn figures_are_cut(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    a_day_of_calls(&t).await;
    let by = async |by: &str| shares(&report(&t, april(), "K-05", by).await);
    assert_eq!(by("unit").await, owned(&[("3701", 1, 1), ("5001", 1, 2)]));
    assert_eq!(
        by("region").await,
        owned(&[("370000", 1, 1), ("500000", 1, 2)])
    );
    assert_eq!(by("channel").await, owned(&[("individual_agent", 2, 3)]));
    assert_eq!(by("product").await, owned(&[("WL-A", 2, 3)]));
    let agents = owned(&[("A3701", 1, 1), ("A5001", 1, 1), ("A5002", 0, 1)]);
    assert_eq!(by("salesperson").await, agents);
    let programmes = owned(&[
        ("NB-2017", 0, 3),
        ("NB-CQ", 1, 2),
        ("NB-SD", 1, 1),
        ("NB-T10", 0, 3),
    ]);
    assert_eq!(by("programme").await, programmes);
    // Two policies by one caller, one by the other; all three have callbacks that nobody called.
    let callers = owned(&[("caller_cq", 1, 2), ("caller_sd", 1, 1), ("", 0, 3)]);
    assert_eq!(by("caller").await, callers);
    let cut = report(&t, april(), "K-05", "programme").await;
    assert_eq!(
        (cut.total.ratio.numerator, cut.total.ratio.denominator),
        (2, 3)
    );
    let names: Vec<_> = cut.rows.iter().map(|r| r.name.zh.as_str()).collect();
    assert_eq!(names[1], "新契约回访（重庆）");
    let query = ReportQuery {
        programme: "NB-CQ".into(),
        org: "50".into(),
        ..march("K-05", "unit")
    };
    let narrow = run_report(&t.app, &t.people().manager, april(), &query).await;
    assert_eq!(shares(&narrow.unwrap()), owned(&[("5001", 1, 2)]));
}

/// A running cooling-off period is in no denominator; on its last day it still runs.
#[rstest]
#[tokio::test]
async fn periods_that_run_are_left_out(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let seen = async |now: &str| {
        let r = report(&t, at(now), "K-04", "").await;
        (r.total.ratio.denominator, r.count(&r.total, F::Running))
    };
    assert_eq!(seen("2024-03-05 23:59").await, (0, 3));
    assert_eq!(seen("2024-03-06 00:00").await, (1, 2));
    assert_eq!(seen("2024-03-17 00:00").await, (3, 0));
}

const FACTS: &str = "reached = TRUE, identity_verified = TRUE, content_delivered = TRUE";

/// Changes the callbacks of a policy and programme as years of work would.
pub(crate) async fn set(t: &TestApp, policy: &str, programme: &str, change: &str) {
    let sql = format!(
        "UPDATE callbacks SET {change} WHERE programme LIKE '{programme}' AND policy_id IN \
         (SELECT id FROM policies WHERE policy_no = '{policy}')"
    );
    t.database.execute(&sql).await;
}

/// K-04, K-05, K-06, K-09: early, late, cancelled; the company's registered rule deems late success in
/// time for Shandong only.
#[rstest]
#[tokio::test]
async fn early_late_cancelled_and_deemed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    // ZHOU was called on 29 February, before the receipt of 1 March: early, in no cooling-off period.
    let early = "first_called_on = '2024-02-29', succeeded_on = '2024-02-29', timing = 'early', \
                 state = 'completed', is_open = FALSE, completed_channel = 'phone', affirmed = TRUE";
    set(&t, "P50-ZHOU", "NB-T10", &format!("{early}, {FACTS}")).await;
    // SUN was called and affirmed on the 17th, a day late.
    let late = "first_called_on = '2024-03-17', succeeded_on = '2024-03-17', timing = 'late', \
                state = 'completed', is_open = FALSE, completed_channel = 'phone', affirmed = TRUE";
    set(&t, "P37-SUN", "NB-SD", &format!("{late}, {FACTS}")).await;
    // LI cancelled the policy.
    set(&t, "P50-LI", "NB-%", "state = 'cancelled', is_open = FALSE").await;
    assert_eq!(whole(&t, "K-01", &[F::Cancelled]).await, (2, 2, vec![1]));
    assert_eq!(whole(&t, "K-04", &[F::Cancelled]).await, (0, 2, vec![1]));
    assert_eq!(whole(&t, "K-05", &[F::Cancelled]).await, (0, 2, vec![1]));
    assert_eq!(whole(&t, "K-06", &[]).await, (0, 2, vec![]));
    let k09 = whole(&t, "K-09", &[F::Early, F::Late, F::Cancelled]).await;
    assert_eq!(k09, (0, 2, vec![1, 1, 3]));
    // With the rule registered, in Shandong.
    let scope = Actor::system().scope(Permission::ReportsRead).unwrap();
    let deemed = async |metric: &str, programmes: &[String]| {
        let query = store::reports::FigureQuery {
            metric: find_metric(metric).unwrap(),
            from: day("2024-03-01"),
            to: day("2024-03-31"),
            today: day("2024-04-02"),
            deemed: programmes,
            org: None,
            programme: None,
            by: None,
        };
        let rows = store::reports::list_figures(t.app.store(), &scope, &query).await;
        rows.unwrap().remove(0).counts
    };
    // Ended, running, cancelled; in the period, deemed, counted.
    let shandong = ["NB-SD".to_owned()];
    assert_eq!(deemed("K-05", &shandong).await, [2, 0, 1, 0, 1, 1]);
    assert_eq!(
        deemed("K-05", &["NB-CQ".to_owned()]).await,
        [2, 0, 1, 0, 0, 0]
    );
    assert_eq!(deemed("K-06", &shandong).await[3..], [0, 1, 1, 1, 0, 0]);
    // A supplementary call on the last day brings ZHOU's policy into the period: the first call was
    // early, so the attempts decide.
    let again = "timing = 'in_time', state = 'completed', is_open = FALSE, completed_channel = 'visit', \
                 affirmed = TRUE, succeeded_on = '2024-03-15'";
    set(&t, "P50-ZHOU", "NB-CQ", &format!("{again}, {FACTS}")).await;
    assert_eq!(whole(&t, "K-05", &[]).await, (1, 2, vec![]));
    assert_eq!(
        whole(&t, "K-06", &[F::CompletedByVisit]).await,
        (1, 2, vec![1])
    );
    assert_eq!(whole(&t, "K-04", &[]).await, (0, 2, vec![]));
}

/// K-08, K-13: a problem case is opened, solved, called again.
#[rstest]
#[tokio::test]
async fn a_solved_problem_in_figures(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    a_day_of_calls(&t).await;
    let p = t.people();
    assert_eq!(whole(&t, "K-08", &[F::Unresolved]).await, (0, 1, vec![1]));
    assert_eq!(whole(&t, "K-13", &[]).await, (0, 0, vec![]));
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let ticket = t.tickets(id).await[0].id;
    let handler = p.operations_cq.user().unwrap();
    t.issue(&p.leader_cq, t.now, ticket, handler).await.unwrap();
    for (by, step, text) in [
        (&p.operations_cq, "accept", ""),
        (
            &p.operations_cq,
            "give_feedback",
            "已逐条说明，客户表示清楚",
        ),
        (&p.leader_cq, "judge_valid", ""),
    ] {
        t.step(by, t.now, ticket, step, text).await.unwrap();
    }
    assert_eq!(whole(&t, "K-13", &[]).await, (0, 1, vec![]));
    let state = t
        .interview(&p.caller_cq, at("2024-03-06 10:00"), id, &[])
        .await;
    assert_eq!(state, S::Completed);
    assert_eq!(whole(&t, "K-08", &[F::Unresolved]).await, (1, 1, vec![0]));
    assert_eq!(whole(&t, "K-13", &[]).await, (1, 1, vec![]));
    assert_eq!(whole(&t, "K-06", &[]).await, (2, 3, vec![]));
    assert_eq!(whole(&t, "K-07", &[]).await, (0, 2, vec![]));
}

/// K-10, K-11, K-12, K-13: by cause, by reason, second callbacks at the branch.
#[rstest]
#[tokio::test]
async fn causes_and_reasons(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let ended = "state = 'not_completed', is_open = FALSE, first_called_on = '2024-03-04'";
    let refused = format!("{ended}, cause = 'policyholder', last_result = 'refused_finally'");
    set(&t, "P50-ZHOU", "NB-CQ", &refused).await;
    let dialect = format!("{ended}, cause = 'other', last_result = 'dialect', in_branch = TRUE");
    set(&t, "P37-SUN", "NB-SD", &dialect).await;
    let waits = "state = 'retry_wait', first_called_on = '2024-03-04', last_result = 'appointment'";
    set(&t, "P50-LI", "NB-CQ", waits).await;
    let branch = "state = 'completed', is_open = FALSE, first_called_on = '2024-03-03', timing = 'in_time', \
                  succeeded_on = '2024-03-05', affirmed = TRUE, in_branch = TRUE, last_result = 'finished'";
    set(&t, "P50-LI", "NB-2017", &format!("{branch}, {FACTS}")).await;
    let k11 = whole(&t, "K-11", &[F::NotCompletedOther]).await;
    assert_eq!(k11, (1, 2, vec![1]));
    let reasons = [F::FailedRefused, F::FailedDialect, F::FailedNoAnswer];
    assert_eq!(whole(&t, "K-12", &reasons).await, (2, 4, vec![1, 1, 0]));
    assert_eq!(whole(&t, "K-13", &[]).await, (1, 2, vec![]));
    assert_eq!(whole(&t, "K-10", &[]).await, (0, 0, vec![]));
}

/// K-19, K-20, K-22, K-24, K-25: claims of the small portfolio.
#[rstest]
#[tokio::test]
async fn property_and_claims(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    // The claim settled on 1 March: due on the 8th (PC-CL1) and 16th (CP-SET).
    assert_eq!(whole(&t, "K-19", &[]).await, (0, 1, vec![]));
    assert_eq!(whole(&t, "K-25", &[]).await, (0, 1, vec![]));
    // The claim paid on 24 February belongs to February; the zero-closed one to nobody.
    assert_eq!(whole(&t, "K-22", &[]).await, (0, 0, vec![]));
    let february = ReportQuery {
        from: "2024-02-01".into(),
        to: "2024-02-29".into(),
        ..march("K-22", "unit")
    };
    let paid = async || {
        let r = run_report(&t.app, &t.people().manager, april(), &february).await;
        shares(&r.unwrap())
    };
    assert_eq!(paid().await, owned(&[("5001", 0, 1)]));
    set(&t, "P50-CAR", "MC-PAID", "first_called_on = '2024-03-11'").await;
    assert_eq!(paid().await, owned(&[("5001", 0, 1)]), "day 16 is too late");
    set(&t, "P50-CAR", "MC-PAID", "first_called_on = '2024-03-10'").await;
    assert_eq!(paid().await, owned(&[("5001", 1, 1)]), "day 15 counts");
    let made = format!("succeeded_on = '2024-03-08', {FACTS}");
    set(&t, "P50-CORP", "PC-CL1", &made).await;
    assert_eq!(whole(&t, "K-19", &[]).await, (1, 1, vec![]));
    set(&t, "P50-CORP", "PC-CL1", "succeeded_on = '2024-03-09'").await;
    assert_eq!(whole(&t, "K-19", &[F::Interviewed]).await, (0, 1, vec![1]));
    set(&t, "P50-CORP", "CP-SET", "first_called_on = '2024-03-20'").await;
    assert_eq!(whole(&t, "K-25", &[]).await, (1, 1, vec![]));
    assert_eq!(whole(&t, "K-20", &[]).await, (0, 0, vec![]));
    assert_eq!(whole(&t, "K-24", &[]).await, (0, 0, vec![]));
}

/// K-40, CUS-15: a wrong number that a callback found counts against the policies called.
#[rstest]
#[tokio::test]
async fn a_wrong_number_counts_against_the_data(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (p, figures) = (t.people(), [F::WrongPhone, F::WrongAddress]);
    assert_eq!(whole(&t, "K-40", &figures).await, (0, 0, vec![0, 0]));
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.sichuan_caller_cq).await;
    t.not_reached(&p.sichuan_caller_cq, t.now, id, "wrong_number")
        .await;
    assert_eq!(whole(&t, "K-40", &figures).await, (1, 1, vec![1, 0]));
}
