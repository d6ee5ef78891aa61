//! Use cases on records of another branch: none of them reaches one.

use super::objects::{Objects, begin};
use app::Error;
use app::callbacks::{
    self, AssignTarget, Decision, ListQuery, add_link, assign, call_page, callback_page, decide,
    list_callbacks, unassign, workbench,
};
use app::electronic::{OfferForm, evidence_page, links_of_callback, offer, revoke, sample_page};
use app::obligations::explain;
use app::recordings::open_recording;
use app::tickets::{TicketQuery, list_tickets, ticket_page};
use domain::access::Actor;
use domain::tickets::EvidenceKind;
use rstest::rstest;
use testkit::{Engine, TestApp, invalid};

#[expect(
    clippy::needless_pass_by_value,
    reason = "reads as a statement of what was tried"
)]
fn unseen<T: std::fmt::Debug>(what: &str, result: app::Result<T>) {
    let hidden = matches!(result, Err(Error::NotFound | Error::Denied(_)));
    assert!(hidden, "{what}: {result:?}");
}

async fn reads(t: &TestApp, actor: &Actor, o: &Objects) {
    let (app, now) = (&t.app, t.now);
    unseen(
        "callback_page",
        callback_page(app, actor, now, o.next).await,
    );
    let before = callbacks::preparation(app, actor, now, o.next, "x").await;
    unseen("preparation", before);
    unseen("call_page", call_page(app, actor, now, o.next, "x").await);
    unseen("explain", explain(app, actor, now, &o.obligation).await);
    unseen("ticket_page", ticket_page(app, actor, now, o.ticket).await);
    let opened = open_recording(app, actor, now, o.recording).await;
    unseen("open_recording", opened);
    let evidence = evidence_page(app, actor, now, o.links.link, false).await;
    unseen("evidence_page", evidence);
    let sample = sample_page(app, actor, o.links.sample).await;
    unseen("sample_page", sample);
    let links = links_of_callback(app, actor, o.next).await.unwrap();
    assert!(links.is_empty(), "{links:?}");
    let by_unit = ListQuery {
        org: "37".into(),
        ..Default::default()
    };
    let listed = list_callbacks(app, actor, now, &by_unit).await;
    assert_eq!(invalid(listed)[0].0, "org");
    let by_unit = TicketQuery {
        org: "37".into(),
        ..Default::default()
    };
    let listed = list_tickets(app, actor, now, &by_unit).await;
    assert_eq!(invalid(listed)[0].0, "org");
    let by_caller = ListQuery {
        assignee: o.caller.0.to_string(),
        ..Default::default()
    };
    let listed = list_callbacks(app, actor, now, &by_caller).await.unwrap();
    assert_eq!(listed.count, 0);
    let bench = format!("{:?}", workbench(app, actor, now).await.unwrap());
    assert!(!bench.contains("G37") && !bench.contains("caller sd"));
}

async fn writes(t: &TestApp, actor: &Actor, o: &Objects) {
    let (app, now, id) = (&t.app, t.now, o.next);
    unseen("start", t.start(actor, now, id).await);
    let answered = t.answer(actor, now, id, "identity_name", "affirm").await;
    unseen("answer", answered);
    unseen("finish", t.finish(actor, now, id, "no_answer").await);
    unseen("record", t.record(actor, now, id).await);
    let linked = add_link(app, actor, now, id, "https://x/y").await;
    unseen("add_link", linked);
    let offered = offer(app, actor, now, id, &OfferForm::default()).await;
    unseen("offer", offered);
    let revoked = revoke(app, actor, now, o.links.link, "x").await;
    unseen("revoke", revoked);
    unseen("unassign", unassign(app, actor, now, id).await);
    let cancel = Decision {
        kind: "cancel".into(),
        reason: "x".into(),
        ..Default::default()
    };
    unseen("decide", decide(app, actor, now, id, &cancel).await);
    for step in ["issue", "accept", "judge_valid", "close"] {
        unseen(step, t.step(actor, now, o.ticket, step, "x").await);
    }
    let kind = EvidenceKind::Recording;
    unseen("evidence", t.evidence(actor, now, o.ticket, kind).await);
}

/// SEC-02: no use case reaches another branch's record, whoever of the branch tries.
#[rstest]
#[tokio::test]
async fn no_use_case_reaches_another_branch(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, _, there) = begin(engine).await;
    let p = t.people();
    let versions = "SELECT CAST(version AS TEXT) FROM callbacks ORDER BY id";
    let before = t.database.column(versions).await;
    for actor in [&p.leader_cq, &p.caller_cq, &p.operations_cq, &p.sales_cq] {
        reads(&t, actor, &there).await;
        writes(&t, actor, &there).await;
    }
    let target = AssignTarget::Ids(vec![there.next]);
    let to = p.caller_cq.user();
    let report = assign(&t.app, &p.leader_cq, t.now, &target, to).await;
    assert_eq!(report.unwrap().assigned, 0);
    let callers = callbacks::list_callers(&t.app, &p.leader_cq, t.now)
        .await
        .unwrap();
    let ours = |path: &str| path.starts_with("/000/50/");
    assert!(callers.iter().all(|c| ours(c.user.org_path.as_str())));
    assert_eq!(t.database.column(versions).await, before, "nothing changed");
}
