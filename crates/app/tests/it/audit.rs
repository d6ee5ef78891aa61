//! Every write leaves an entry; no entry, and no column, gives personal data away.

use app::callbacks::{Decision, decide, unassign};
use app::tickets::{StepForm, take_step};
use domain::access::{Actor, Permission};
use domain::tickets::EvidenceKind;
use rstest::rstest;
use store::{AuditFilter, list_audit_entries};
use testkit::{Engine, TestApp, at};

/// SEC-03: who, when, which record, whose data, for every step of a callback's life.
#[rstest]
#[tokio::test]
async fn every_write_leaves_an_entry(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.sichuan_caller_cq).await;
    unassign(&t.app, &p.leader_cq, t.now, id).await.unwrap();
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    t.interview(&p.caller_cq, t.now, id, &[("coverage", "unclear")])
        .await;
    let ticket = t.tickets(id).await.pop().unwrap().id;
    t.evidence(&p.leader_cq, t.now, ticket, EvidenceKind::Recording)
        .await
        .unwrap();
    t.solve(&p.leader_cq, &p.operations_cq, ticket).await;
    t.interview(&p.caller_cq, at("2024-03-06 10:00"), id, &[])
        .await;
    let other = t.callback("P50-LI", "NB-CQ").await;
    let decision = Decision {
        kind: "give_up".into(),
        reason: "系统故障期间未能外呼".into(),
        cause: "other".into(),
    };
    decide(&t.app, &p.operations_cq, t.now, other, &decision)
        .await
        .unwrap();
    let scope = p.compliance.scope(Permission::AuditRead).unwrap();
    let filter = AuditFilter::default();
    let entries = list_audit_entries(t.app.store(), &scope, &filter, 500)
        .await
        .unwrap()
        .rows;
    let by = |action: &str| {
        let found = entries.iter().find(|e| e.action == action);
        let entry = found.unwrap_or_else(|| panic!("no entry {action}"));
        assert!(entry.subject.is_some(), "{action}");
        (entry.actor_name.clone(), entry.customer.is_some())
    };
    for (action, name) in [
        ("callback.assigned", "leader_cq"),
        ("callback.unassigned", "leader_cq"),
        ("callback.attempt_started", "caller_cq"),
        ("callback.answered", "caller_cq"),
        ("recording.added", "caller_cq"),
        ("callback.attempt_saved", "caller_cq"),
        ("ticket.opened", "caller_cq"),
        ("ticket.moved", "caller_cq"),
        ("ticket.evidence_added", "leader_cq"),
        ("callback.moved", "leader_cq"),
        ("obligation.discharged", "caller_cq"),
        ("callback.decided", "operations_cq"),
    ] {
        assert_eq!(by(action), (name.into(), true), "{action}");
    }
}

/// SEC-02, SEC-03: in a branch people read of their own customers only.
#[rstest]
#[tokio::test]
async fn a_branch_reads_of_its_own_customers(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    let read = async |actor: &Actor| {
        let scope = actor.scope(Permission::CallbacksRead).unwrap();
        let filter = AuditFilter::default();
        let page = list_audit_entries(t.app.store(), &scope, &filter, 500).await;
        let about_customers = page
            .unwrap()
            .rows
            .into_iter()
            .filter(|e| e.customer.is_some());
        about_customers
            .filter(|e| e.action == "callback.assigned")
            .count()
    };
    assert_eq!((read(&p.leader_cq).await, read(&p.leader_sd).await), (1, 0));
}

/// SEC-04, SEC-08: names, numbers and addresses stand in no entry and in no column as they are.
#[rstest]
#[tokio::test]
async fn personal_data_is_nowhere_in_clear(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    t.not_reached(&p.caller_cq, t.now, id, "wrong_number").await;
    let ticket = t.tickets(id).await.pop().unwrap().id;
    t.issue(&p.leader_cq, t.now, ticket, p.sales_cq.user().unwrap())
        .await
        .unwrap();
    let form = StepForm {
        step: "correct_contact".into(),
        mobile: "13900500001".into(),
        ..Default::default()
    };
    take_step(&t.app, &p.sales_cq, t.now, ticket, &form)
        .await
        .unwrap();
    let details = t
        .database
        .column("SELECT detail || ' ' || COALESCE(purpose, '') FROM audit_entries")
        .await;
    let secrets = [
        "周敏",
        "13800500001",
        "13900500001",
        "人民路 1 号",
        "19800506",
    ];
    for secret in secrets {
        assert!(
            !details.iter().any(|d| d.contains(secret)),
            "{secret} in the log"
        );
    }
    assert!(
        details.iter().any(|d| d.contains("139****0001")),
        "the mask is in the log"
    );
    if let Some(folder) = t.database.folder() {
        for file in std::fs::read_dir(folder).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            for secret in secrets {
                let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
                assert!(!found, "{secret} in the database file");
            }
        }
    }
    let row = t.look(id).await;
    assert!(
        !row.customer_name.contains('敏'),
        "masked in lists: {}",
        row.customer_name
    );
}
