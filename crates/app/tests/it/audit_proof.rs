//! Who looked is recorded, who may read it sees it, and the log proves that nothing was altered.

use app::Error;
use app::audit::{
    AuditQuery, HeadFlaw, HeadLine, check_head, find_audit_entry, heads_after, list_accesses,
    list_audit_entries, seal, seal_state, verify,
};
use app::callbacks::callback_page;
use app::customers::{
    ContactForm, RevealForm, change_contact, customer_in_sight, customer_page, reveal, search,
};
use app::jobs::{find_job, run_due, start_verification};
use app::obligations::{explain, obligation_page};
use app::policies::policy_page;
use app::tickets::ticket_page;
use chrono::Duration;
use domain::access::Actor;
use rstest::rstest;
use store::audit::Flaw;
use testkit::{Engine, TestApp, refused};

async fn verified(app: &app::App, t: &TestApp) -> app::audit::VerifyReport {
    let shell = Actor::shell("tests");
    verify(app, &shell, t.now, &[], &mut |_| {}).await.unwrap()
}

/// SEC-03: opening a record of a customer is an entry; opening it again soon is the same one.
#[rstest]
#[tokio::test]
async fn looking_is_recorded_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let (app, actor) = (&t.app, &p.leader_cq);
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(actor, id, &p.caller_cq).await;
    t.interview(&p.caller_cq, t.now, id, &[("coverage", "unclear")])
        .await;
    let ticket = t.tickets(id).await.pop().unwrap().id;
    let number = t.look(id).await.obligation_number;
    let by_leader = async |action: &str| {
        let sql = format!(
            "SELECT COUNT(*) FROM audit_entries WHERE action = '{action}' AND actor_name = '{}' \
             AND customer_id = (SELECT id FROM customers WHERE customer_no = 'C50-ZHOU')",
            actor.name
        );
        t.database.number(&sql).await
    };
    for minutes in [0, 1, 9] {
        let now = t.now + Duration::minutes(minutes);
        customer_page(app, actor, now, "C50-ZHOU").await.unwrap();
        customer_in_sight(app, actor, now, "C50-ZHOU")
            .await
            .unwrap();
        policy_page(app, actor, now, "P50-ZHOU").await.unwrap();
        callback_page(app, actor, now, id).await.unwrap();
        ticket_page(app, actor, now, ticket).await.unwrap();
        obligation_page(app, actor, now, &number).await.unwrap();
        explain(app, actor, now, &number).await.unwrap();
    }
    for action in [
        "customer.viewed",
        "policy.viewed",
        "callback.viewed",
        "ticket.viewed",
        "obligation.viewed",
    ] {
        assert_eq!(by_leader(action).await, 1, "{action}");
    }
    let later = t.now + Duration::minutes(11);
    customer_page(app, actor, later, "C50-ZHOU").await.unwrap();
    assert_eq!(by_leader("customer.viewed").await, 2);
    let other = &p.operations_cq;
    customer_page(app, other, later, "C50-ZHOU").await.unwrap();
    assert_eq!(t.audited("customer.viewed").await, 3);
    // Who sees nothing looked at nothing.
    let hidden = customer_page(app, &p.leader_sd, later, "C50-ZHOU").await;
    assert!(matches!(hidden, Err(Error::NotFound)));
    assert_eq!(t.audited("customer.viewed").await, 3);
}

/// SEC-03: the history of a customer names who looked and why, for who may read the log; reading it is
/// an entry too.
#[rstest]
#[tokio::test]
async fn accesses_of_a_customer_are_listed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let (app, now) = (&t.app, t.now);
    customer_page(app, &p.leader_cq, now, "C50-ZHOU")
        .await
        .unwrap();
    customer_page(app, &p.leader_cq, now, "C50-LI")
        .await
        .unwrap();
    let form = RevealForm {
        field: "mobile".into(),
        purpose: "callback".into(),
        note: String::new(),
    };
    reveal(app, &p.leader_cq, now, "C50-ZHOU", &form)
        .await
        .unwrap();
    let (customer, page) = list_accesses(app, &p.compliance, now, "C50-ZHOU", "")
        .await
        .unwrap();
    assert_eq!(customer.customer_no, "C50-ZHOU");
    let seen: Vec<_> = page
        .rows
        .iter()
        .map(|r| {
            (
                r.action.as_str(),
                r.actor_name.as_str(),
                r.purpose.as_deref(),
            )
        })
        .collect();
    let name = p.leader_cq.name.as_str();
    assert_eq!(
        seen,
        [
            ("customer.revealed", name, Some("callback")),
            ("customer.viewed", name, None)
        ]
    );
    let (_, page) = list_accesses(app, &p.compliance, now, "C50-ZHOU", "")
        .await
        .unwrap();
    assert_eq!(page.rows[0].action, "audit.read");
    let entry = find_audit_entry(app, &p.compliance, now, page.rows[1].id)
        .await
        .unwrap();
    assert_eq!(entry.action, "customer.revealed");
    assert_eq!(entry.seal, None);
    let denied = list_accesses(app, &p.leader_cq, now, "C50-ZHOU", "").await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    let denied = find_audit_entry(app, &p.leader_cq, now, entry.id).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    let unknown = list_accesses(app, &p.compliance, now, "C00", "").await;
    assert!(matches!(unknown, Err(Error::NotFound)));
    seal(app, now).await.unwrap();
    let query = AuditQuery {
        purpose: "callba".into(),
        ..Default::default()
    };
    let found = list_audit_entries(app, &p.compliance, now, &query)
        .await
        .unwrap();
    assert_eq!(found.rows.len(), 1);
    assert_eq!(found.rows[0].seal, Some(1));
}

/// SEC-05: values of personal data stand in no entry, not even where people write them into a reason.
#[rstest]
#[tokio::test]
async fn no_entry_gives_personal_data_away(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let (app, now) = (&t.app, t.now);
    let actor = &p.leader_cq;
    let page = customer_page(app, actor, now, "C50-ZHOU").await.unwrap();
    let id_no = testkit::resident_id("500103", "19800506", 122);
    let form = ContactForm {
        mobile: "13911112222".into(),
        mailing_address: "重庆市渝中区解放碑 8 号".into(),
        reason: format!("来电改为 13911112222，核对证件 {id_no}"),
        version: page.customer.version,
    };
    change_contact(app, actor, now, "C50-ZHOU", &form)
        .await
        .unwrap();
    for term in ["13911112222", "周敏", id_no.as_str()] {
        search(app, actor, now, term).await.unwrap();
    }
    let form = RevealForm {
        field: "mobile".into(),
        purpose: "other".into(),
        note: "回拨 13911112222".into(),
    };
    reveal(app, actor, now, "C50-ZHOU", &form).await.unwrap();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(actor, id, &p.caller_cq).await;
    t.interview(&p.caller_cq, now, id, &[("coverage", "unclear")])
        .await;
    let texts =
        "SELECT detail || ' ' || COALESCE(purpose, '') || ' ' || actor_name FROM audit_entries";
    let texts = t.database.column(texts).await.join("\n");
    assert!(texts.contains("139****2222") && texts.contains("来电改为"));
    for secret in [
        "周敏",
        "13911112222",
        "13800500001",
        "解放碑 8 号",
        "人民路 1 号",
        "19800506",
        id_no.as_str(),
    ] {
        assert!(!texts.contains(secret), "{secret} in the log");
    }
}

/// SEC-03, SEC-09: after imports, a plan, calls and a restart the log verifies; what is altered later
/// is found by the job, named on the page, and an entry.
#[rstest]
#[tokio::test]
async fn the_log_proves_itself(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    t.interview(&p.caller_cq, t.now, id, &[]).await;
    let report = verified(&t.app, &t).await;
    assert!(report.is_clean(), "{report:?}");
    assert_eq!(report.verified.unsealed, 0, "verifying seals first");
    let again = t.restart().await;
    assert!(verified(&again, &t).await.is_clean());
    let job = start_verification(&t.app, &p.compliance, t.now)
        .await
        .unwrap();
    let twice = start_verification(&t.app, &p.compliance, t.now).await;
    assert_eq!(refused(twice), "audit-verifying");
    let denied = start_verification(&t.app, &p.leader_cq, t.now).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    let sql =
        "UPDATE audit_entries SET actor_name = 'somebody' WHERE action = 'callback.attempt_saved'";
    t.database.execute(sql).await;
    let (app, now) = (t.app.clone(), t.now);
    tokio::spawn(async move { run_due(&app, &move || now).await })
        .await
        .unwrap()
        .unwrap();
    let view = find_job(&t.app, &p.compliance, job).await.unwrap();
    assert!(view.job.result.unwrap().contains("changed"));
    let state = seal_state(&t.app, &p.compliance).await.unwrap();
    let last = state.verified.unwrap();
    assert_eq!(
        (last.by.as_str(), &last.detail["outcome"]),
        (p.compliance.name.as_str(), &"altered".into())
    );
    assert_eq!(last.detail["problem"]["action"], "callback.attempt_saved");
    assert_eq!(t.audited("audit.verified").await, 3);
    let problem = verified(&t.app, &t).await.verified.problem.unwrap();
    assert_eq!(problem.flaw, Flaw::Changed);
    assert_eq!(problem.entry.unwrap().action, "callback.attempt_saved");
}

/// Heads that are kept elsewhere carry a signature, and tell of seals that are gone.
#[rstest]
#[tokio::test]
async fn heads_tell_what_is_gone(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::empty(engine).await;
    let (app, shell) = (&t.app, Actor::shell("tests"));
    seal(app, t.now).await.unwrap();
    let mut heads = heads_after(app, 0).await.unwrap();
    assert_eq!(heads.len(), 1);
    assert_eq!(check_head(app, &heads[0]).await.unwrap(), None);
    let line = heads[0].to_json();
    assert_eq!(serde_json::from_str::<HeadLine>(&line).unwrap(), heads[0]);
    let forged = HeadLine {
        total: heads[0].total + 1,
        ..heads[0].clone()
    };
    assert_eq!(
        check_head(app, &forged).await.unwrap(),
        Some(HeadFlaw::Forged)
    );
    // The end of the chain is cut off with everything that speaks of it, as by going back to a copy.
    for sql in ["DELETE FROM audit_seal_spans", "DELETE FROM audit_seals"] {
        t.database.execute(sql).await;
    }
    heads.push(forged);
    let report = verify(app, &shell, t.now, &heads, &mut |_| {})
        .await
        .unwrap();
    assert_eq!(
        report.verified.problem.as_ref().unwrap().flaw,
        Flaw::SealsTruncated
    );
    let (flaw, head) = report.head.unwrap();
    assert_eq!((flaw, head.number), (HeadFlaw::Gone, 1));
}
