//! Payout callbacks from the list to the close: who is called, the problem list and its tracing, aftercare,
//! the second callback, remarks and item codes.

use crate::rule_life::{draft, next, step};
use app::callbacks::{
    FinishForm, PayoutForm, PayoutQuery, finish_attempt, payouts, record_payout, service_items,
};
use domain::access::Actor;
use domain::callbacks::CallbackState as S;
use domain::ids::CallbackId;
use domain::imports::ImportKind;
use domain::tickets::{ProblemType, TicketState};
use rstest::rstest;
use testkit::{Engine, Portfolio, Table, TestApp, at, day, invalid, refused, row};

pub(super) type Cells = Vec<(&'static str, String)>;

/// A payout on Monday, 4 March 2024.
pub(super) fn payout(id: &str, policy: &str, change: &[(&'static str, &str)]) -> Cells {
    let mut cells = row([
        ("event_id", id),
        ("type", "service_payout"),
        ("occurred_at", "2024-03-04T10:00:00+08:00"),
        ("policy_no", policy),
        ("amount", "1000.00"),
        ("payout_method", "bank_transfer"),
        ("payee_role", "policyholder"),
        ("service_item_code", "02"),
        ("handled_in_person", "false"),
    ]);
    for (column, value) in change {
        for cell in &mut cells {
            if cell.0 == *column {
                cell.1 = (*value).to_owned();
            }
        }
    }
    cells
}

/// A company with payouts, planned.
pub(super) async fn with_payouts(engine: Engine, rows: Vec<Cells>) -> TestApp {
    let t = TestApp::with_portfolio(engine).await;
    t.import(ImportKind::Events, &Table::new(rows)).await;
    t.plan(t.now).await;
    t
}

pub(super) async fn assigned(t: &TestApp, policy: &str) -> CallbackId {
    let id = t.callback(policy, "PS-PH").await;
    t.assign(&t.people().leader_cq, id, &t.people().caller_cq)
        .await;
    id
}

async fn on_list(t: &TestApp, actor: &Actor, view: &str) -> Vec<String> {
    let query = PayoutQuery {
        view: view.into(),
        ..Default::default()
    };
    let page = payouts(&t.app, actor, &query).await.unwrap();
    page.rows
        .into_iter()
        .map(|p| p.row.callback.number)
        .collect()
}

fn form(step: &str, answer: &str, text: &str) -> PayoutForm {
    PayoutForm {
        step: step.into(),
        answer: answer.into(),
        text: text.into(),
        ..Default::default()
    }
}

/// PSV-01 to PSV-05: who is on the list, whom to call, from when to when.
#[rstest]
#[tokio::test]
async fn the_list_follows_the_table(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let rows = vec![
        payout("A", "P50-ZHOU", &[]),
        payout("B", "P50-LI", &[("amount", "999.99")]),
        payout(
            "C",
            "P37-SUN",
            &[("payout_method", "cash"), ("handled_in_person", "true")],
        ),
        // Nobody says who was paid: the table of items does.
        payout(
            "D",
            "P37-MA",
            &[("payee_role", ""), ("service_item_code", "11")],
        ),
        payout("E", "P50-CAR", &[]),
    ];
    let t = with_payouts(engine, rows).await;
    let zhou = t.obligation("P50-ZHOU", "PS-PH").await.unwrap();
    assert_eq!(zhou.respondent, "policyholder");
    assert_eq!(
        (zhou.earliest_on, zhou.due_on),
        (Some(day("2024-03-05")), Some(day("2024-03-11")))
    );
    for (policy, programme) in [
        ("P50-LI", "PS-PH"),
        ("P37-SUN", "PS-PH"),
        ("P50-CAR", "PS-PH"),
    ] {
        assert!(t.obligation(policy, programme).await.is_none(), "{policy}");
    }
    let survival = t.obligation("P37-MA", "PS-BEN").await.unwrap();
    assert_eq!(survival.respondent, "beneficiary");
    assert!(t.obligation("P37-MA", "PS-PH").await.is_none());
    let reasons =
        "SELECT reason_code FROM exclusions WHERE programme = 'PS-PH' ORDER BY reason_code";
    let reasons = t.database.column(reasons).await;
    assert_eq!(reasons, ["below_threshold", "cash_in_person"]);
}

/// PSV-04: a survival benefit is confirmed by the beneficiary, on a juvenile policy by the policyholder;
/// whoever was fixed when the list was drawn, nobody else.
#[rstest]
#[tokio::test]
async fn the_respondent_is_fixed_at_listing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let mut policies = Portfolio::small().policies.only("P50-LI");
    policies.set("P50-LI", "juvenile", "true");
    t.import(ImportKind::Policies, &policies).await;
    let survival = [("payee_role", "beneficiary"), ("service_item_code", "11")];
    let rows = ["P50-ZHOU", "P50-LI"].map(|p| payout(p, p, &survival));
    t.import(ImportKind::Events, &Table::new(rows)).await;
    t.plan(t.now).await;
    let child = t.obligation("P50-LI", "PS-BEN").await.unwrap();
    assert_eq!(child.respondent, "policyholder");
    let caller = &t.people().caller_cq;
    let id = t.callback("P50-ZHOU", "PS-BEN").await;
    t.assign(&t.people().leader_cq, id, caller).await;
    t.start(caller, t.now, id).await.unwrap();
    t.answer_all(caller, t.now, id, &[]).await;
    t.record(caller, t.now, id).await.unwrap();
    let other = FinishForm {
        result: "finished".into(),
        respondent: "policyholder".into(),
        ..Default::default()
    };
    let refusal = finish_attempt(&t.app, caller, t.now, id, &other).await;
    assert_eq!(refused(refusal), "callback-respondent-not-allowed");
    // PSV-06, PSV-10: received, confirmed, nothing to follow up: closed.
    assert_eq!(
        t.finish(caller, t.now, id, "finished").await.unwrap(),
        S::Completed
    );
    assert!(t.tickets(id).await.is_empty());
}

/// PSV-08, PSV-11: a right number is called again; a wrong one goes on the problem list, and after tracing
/// the servicing post decides whether to call again.
#[rstest]
#[tokio::test]
async fn a_wrong_number_is_traced(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let rows = vec![payout("A", "P50-ZHOU", &[]), payout("B", "P50-LI", &[])];
    let t = with_payouts(engine, rows).await;
    let (p, now) = (t.people(), t.now);
    let (caller, servicing) = (&p.caller_cq, &p.operations_cq);
    let (first, second) = (assigned(&t, "P50-ZHOU").await, assigned(&t, "P50-LI").await);
    assert_eq!(
        t.not_reached(caller, now, first, "no_answer").await,
        S::RetryWait
    );
    assert!(on_list(&t, servicing, "problems").await.is_empty());
    let later = at("2024-03-05 14:00");
    assert_eq!(
        t.not_reached(caller, later, first, "wrong_number").await,
        S::ContactFix
    );
    t.not_reached(caller, at("2024-03-05 14:30"), second, "wrong_number")
        .await;
    assert_eq!(on_list(&t, servicing, "problems").await.len(), 2);
    assert!(on_list(&t, &p.operations_sd, "problems").await.is_empty());
    let said = |answer, text| form("trace", answer, text);
    let silent = record_payout(&t.app, servicing, later, first, &said("yes", " ")).await;
    assert_eq!(invalid(silent), [("text".to_owned(), "missing".to_owned())]);
    let traced = record_payout(
        &t.app,
        servicing,
        later,
        first,
        &said("yes", "客户换了号码"),
    )
    .await;
    assert_eq!(traced.unwrap(), S::Assigned);
    assert_eq!(t.look(first).await.round, 2);
    let closed = record_payout(&t.app, servicing, later, second, &said("no", "客户已身故")).await;
    assert_eq!(closed.unwrap(), S::NotCompleted);
    assert!(on_list(&t, servicing, "problems").await.is_empty());
    let again = record_payout(&t.app, servicing, later, second, &said("yes", "x")).await;
    assert_eq!(refused(again), "payout-not-listed");
    let state = t
        .interview(caller, at("2024-03-06 10:00"), first, &[])
        .await;
    assert_eq!(state, S::Completed);
    let tickets = t.tickets(first).await;
    assert!(
        tickets.iter().all(|k| k.state == TicketState::Closed),
        "{tickets:?}"
    );
}

/// PSV-07, PSV-09: not confirmed: explained, then aftercare within two working days, then called again.
#[rstest]
#[tokio::test]
async fn aftercare_comes_before_the_second_call(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = with_payouts(engine, vec![payout("A", "P50-ZHOU", &[])]).await;
    let p = t.people();
    let (caller, leader, handler) = (&p.caller_cq, &p.leader_cq, &p.operations_cq);
    let id = assigned(&t, "P50-ZHOU").await;
    let negative = [("payout_received", "negative")];
    let state = t.interview(caller, t.now, id, &negative).await;
    assert_eq!(state, S::ProblemOpen);
    let yes = form("settle", "yes", "款项未到账，需查银行流水");
    let result = record_payout(&t.app, caller, t.now, id, &yes).await;
    assert_eq!(
        invalid(result),
        [("explained".to_owned(), "missing".to_owned())]
    );
    let told = PayoutForm {
        explained: true,
        ..yes
    };
    record_payout(&t.app, caller, t.now, id, &told)
        .await
        .unwrap();
    record_payout(&t.app, caller, t.now, id, &told)
        .await
        .unwrap();
    assert_eq!(on_list(&t, handler, "follow_ups").await.len(), 1);
    let tickets = t.tickets(id).await;
    let kinds: Vec<_> = tickets.iter().map(|k| k.problem).collect();
    assert_eq!(
        kinds,
        [ProblemType::PayoutNotConfirmed, ProblemType::PayoutFollowUp],
        "one of each"
    );
    for ticket in tickets {
        t.solve(leader, handler, ticket.id).await;
    }
    let follow_up = &t.tickets(id).await[1];
    assert_eq!(
        follow_up.due_on,
        Some(day("2024-03-07")),
        "two working days"
    );
    assert_eq!(t.look(id).await.state, S::RecallDue);
    let state = t.interview(caller, at("2024-03-06 10:00"), id, &[]).await;
    assert_eq!(state, S::Completed);
    assert!(on_list(&t, handler, "follow_ups").await.is_empty());
}

/// PSV-07: without aftercare the customer checks and is asked again; only that call closes the case.
#[rstest]
#[tokio::test]
async fn without_aftercare_the_customer_is_asked_again(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = with_payouts(engine, vec![payout("A", "P50-ZHOU", &[])]).await;
    let caller = &t.people().caller_cq;
    let id = assigned(&t, "P50-ZHOU").await;
    let unsure = [("payout_received", "unclear")];
    t.interview(caller, t.now, id, &unsure).await;
    let no = PayoutForm {
        explained: true,
        ..form("settle", "no", "")
    };
    let state = record_payout(&t.app, caller, t.now, id, &no).await;
    assert_eq!(state.unwrap(), S::RecallDue);
    assert!(on_list(&t, caller, "follow_ups").await.is_empty());
    assert_eq!(t.tickets(id).await[0].state, TicketState::Verified);
    let state = t.interview(caller, at("2024-03-06 10:00"), id, &[]).await;
    assert_eq!(state, S::Completed);
    assert_eq!(t.tickets(id).await[0].state, TicketState::Closed);
}

/// PSV-12, PSV-13: remarks, and the completed item by a code of the table.
#[rstest]
#[tokio::test]
async fn remarks_and_items_are_recorded(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = with_payouts(engine, vec![payout("A", "P50-ZHOU", &[])]).await;
    let caller = &t.people().caller_cq;
    let items = service_items(&t.app, caller).unwrap();
    assert_eq!(items.len(), 9);
    assert_eq!(
        (items[0].code.as_str(), items[0].payee.as_str()),
        ("01", "policyholder")
    );
    let id = assigned(&t, "P50-ZHOU").await;
    let unknown = PayoutForm {
        item: "99".into(),
        ..form("note", "", "")
    };
    let result = record_payout(&t.app, caller, t.now, id, &unknown).await;
    assert_eq!(
        invalid(result),
        [("item".to_owned(), "unknown-code".to_owned())]
    );
    let known = PayoutForm {
        item: "03".into(),
        ..form("note", "", "客户抱怨到账慢")
    };
    record_payout(&t.app, caller, t.now, id, &known)
        .await
        .unwrap();
    let query = PayoutQuery {
        view: "open".into(),
        ..Default::default()
    };
    let page = payouts(&t.app, caller, &query).await.unwrap();
    let seen = &page.rows[0];
    assert_eq!(seen.item.as_ref().unwrap().name.zh, "保单借款");
    assert_eq!(seen.row.remark.as_deref(), Some("客户抱怨到账慢"));
    assert_eq!(seen.amount.unwrap().0, 100_000);
    let other = t.callback("P50-LI", "NB-CQ").await;
    t.assign(&t.people().leader_cq, other, caller).await;
    let result = record_payout(&t.app, caller, t.now, other, &known).await;
    assert_eq!(refused(result), "payout-none");
}

/// An item that the table of the shipped measures does not know.
const NEW_ITEM: &str = r#"[[parameter.value]]
value = "policyholder"
cite = "第十一条"
note = { zh = "终了红利", en = "terminal bonus" }
when = [ { fact = "event.service_item_code", op = "eq", value = "07" } ]

# --- PS-PH"#;

/// PSV-15: what the measures leave open is completed by head-office customer service as a new version, which
/// counts from the day of its issue and bears the article that empowers it.
#[rstest]
#[tokio::test]
async fn head_office_completes_what_is_left_open(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let on = |at: &'static str| {
        [
            ("occurred_at", at),
            ("service_item_code", "07"),
            ("payee_role", ""),
        ]
    };
    let (before, after) = (
        on("2024-03-04T10:00:00+08:00"),
        on("2024-03-05T08:00:00+08:00"),
    );
    let rows = vec![
        payout("A", "P50-ZHOU", &before),
        payout("B", "P50-LI", &after),
    ];
    let t = with_payouts(engine, rows).await;
    let p = t.people();
    let owed = async |policy| t.obligation(policy, "PS-PH").await;
    assert!(owed("P50-ZHOU").await.is_none() && owed("P50-LI").await.is_none());
    let body = next(&t, "company/payout-callbacks").replacen("# --- PS-PH", NEW_ITEM, 1);
    let id = draft(&t, &p.manager, body).await;
    step(&t, &p.compliance, id, "review", |_| {}).await.unwrap();
    let issued = step(&t, &p.executive, id, "approve", |f| {
        f.effective_from = "2024-03-05".into();
    });
    issued.await.unwrap();
    t.plan(t.now).await;
    assert!(owed("P50-ZHOU").await.is_none(), "paid before its issue");
    let found = owed("P50-LI").await.unwrap();
    let due = (found.trigger_on, found.due_on);
    assert_eq!(due, (day("2024-03-05"), Some(day("2024-03-12"))));
}
