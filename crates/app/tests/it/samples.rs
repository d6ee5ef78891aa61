//! Samples without replacement: two successful callbacks of each damage assessor and month.

use app::obligations::{AdjusterSample, list_samples};
use domain::access::Actor;
use domain::callbacks::CallbackState;
use domain::ids::CallbackId;
use domain::obligations::{SampleState, Shortfall};
use rstest::rstest;
use testkit::{Engine, Portfolio, TestApp, at, row};

/// Motor policies with one registered claim each: policy, assessor, who reported.
const CLAIMS: [(&str, &str, &str); 7] = [
    ("PM-1", "DS-1", "insured"),
    ("PM-2", "DS-1", "driver"),
    ("PM-3", "DS-1", "insured"),
    ("PM-4", "DS-1", "insured"),
    ("PM-5", "DS-1", "repair_shop"),
    ("PM-6", "DS-2", "insured"),
    ("PM-7", "DS-3", "agent"),
];

fn portfolio() -> Portfolio {
    let mut portfolio = Portfolio::small();
    for (policy, adjuster, reporter) in CLAIMS {
        portfolio.policies.add(row([
            ("policy_no", policy),
            ("product_name", "机动车辆保险"),
            ("product_class", "motor"),
            ("line", "motor"),
            ("channel", "direct"),
            ("policyholder_no", "C50-ZHOU"),
            ("insured_no", "C50-ZHOU"),
            ("org_code", "5001"),
            ("issue_date", "2023-09-01"),
            ("status", "in_force"),
        ]));
        portfolio.events.add(row([
            ("event_id", &format!("registered-{policy}")),
            ("type", "claim_registered"),
            ("occurred_at", "2024-02-20T10:00:00+08:00"),
            ("policy_no", policy),
            ("claim_no", &format!("CL-{policy}")),
            ("adjuster_code", adjuster),
            ("reporter_role", reporter),
        ]));
    }
    portfolio
}

const DRAWN: &str = "SELECT o.adjuster_code || ' ' || p.policy_no || ' ' || CAST(o.due_on AS TEXT) FROM obligations o \
     JOIN policies p ON p.id = o.policy_id WHERE o.programme = 'MC-ADJ' ORDER BY 1";

/// Policies of an assessor whose cases were drawn.
async fn drawn(t: &TestApp, adjuster: &str) -> Vec<String> {
    let lines = t.database.column(DRAWN).await;
    let mine = lines.iter().filter(|l| l.starts_with(adjuster));
    mine.map(|l| l.split(' ').nth(1).unwrap().to_owned())
        .collect()
}

async fn sample(t: &TestApp, adjuster: &str) -> AdjusterSample {
    let page = list_samples(&t.app, &Actor::system(), t.now, "2024-02").await;
    let mut found = page.unwrap().samples.into_iter();
    found.find(|s| s.adjuster == adjuster).unwrap()
}

async fn given(t: &TestApp, policy: &str) -> CallbackId {
    let p = t.people();
    let id = t.callback(policy, "MC-ADJ").await;
    t.assign(&p.leader_cq, id, &p.sichuan_caller_cq).await;
    id
}

/// CBK-55, CBK-19, requirements §4.13: two are drawn when the month is complete; one that ends without
/// success lets the next be drawn, until two succeed.
#[rstest]
#[tokio::test]
async fn cases_are_drawn_until_two_callbacks_succeed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with(engine, &portfolio()).await;
    let caller = &t.people().sichuan_caller_cq;
    let first = drawn(&t, "DS-1").await;
    assert_eq!(first.len(), 2);
    assert!(t.database.column(DRAWN).await[0].ends_with("2024-03-10"));
    assert_eq!(t.plan(at("2024-03-05 11:00")).await.sums.created, 0);
    let failed = given(&t, &first[0]).await;
    let state = t
        .not_reached(caller, t.now, failed, "refused_finally")
        .await;
    assert_eq!(state, CallbackState::NotCompleted);
    assert_eq!(t.plan(at("2024-03-05 12:00")).await.sums.created, 1);
    let second = drawn(&t, "DS-1").await;
    assert_eq!(second.len(), 3);
    let open = sample(&t, "DS-1").await;
    assert_eq!((open.state, open.removed), (SampleState::Open, 1));
    for policy in second.iter().filter(|p| **p != first[0]) {
        let id = given(&t, policy).await;
        t.interview(caller, t.now, id, &[]).await;
    }
    assert_eq!(t.plan(at("2024-03-05 13:00")).await.sums.created, 0);
    let done = sample(&t, "DS-1").await;
    assert_eq!(done.state, SampleState::Satisfied);
    assert_eq!((done.drawn(), done.sample.pool, done.missing()), (3, 1, 0));
}

/// Requirements §3.5: a pool that is empty too early is a shortfall with its cause.
#[rstest]
#[tokio::test]
async fn a_shortfall_is_told_with_its_cause(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with(engine, &portfolio()).await;
    let caller = &t.people().sichuan_caller_cq;
    let none = sample(&t, "DS-3").await;
    assert_eq!(
        (none.state, none.why),
        (SampleState::Short, Some(Shortfall::NoCandidate))
    );
    assert_eq!(sample(&t, "DS-2").await.state, SampleState::Open);
    let only = given(&t, "PM-6").await;
    t.interview(caller, t.now, only, &[]).await;
    let few = sample(&t, "DS-2").await;
    assert_eq!(
        (few.state, few.why, few.missing()),
        (SampleState::Short, Some(Shortfall::TooFewCases), 1)
    );
}

/// Nobody chooses: another database, to which the same claims came in another order, draws the same.
#[tokio::test]
async fn the_same_claims_are_drawn_everywhere() {
    let t = TestApp::with(Engine::Sqlite, &portfolio()).await;
    let mut other = portfolio();
    other.events.reverse();
    let u = TestApp::with(Engine::Sqlite, &other).await;
    assert_eq!(drawn(&t, "DS-1").await, drawn(&u, "DS-1").await);
}

/// Before the month is complete nothing is drawn; who was not drawn stays visible with the reason.
#[rstest]
#[tokio::test]
async fn the_list_of_a_month_is_complete_before_it_is_drawn(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    t.import_all(&portfolio()).await;
    t.plan(at("2024-02-29 10:00")).await;
    assert!(t.database.column(DRAWN).await.is_empty());
    let waiting =
        "SELECT COUNT(*) FROM exclusions WHERE programme = 'MC-ADJ' AND reason_code = 'not_drawn'";
    assert_eq!(t.database.number(waiting).await, 5);
    // Nothing was imported since, and the planner has nothing else to look at.
    t.plan(at("2024-03-01 10:00")).await;
    assert_eq!(t.database.column(DRAWN).await.len(), 3);
    assert_eq!(t.database.number(waiting).await, 2);
}
