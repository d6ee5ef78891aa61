//! Legal holds.

use super::{ended, look, person, run, step, submitted};
use app::retention::{HoldForm, HoldQuery, lift, list_holds, place, propose, standing_holds};
use domain::retention::BatchState;
use rstest::rstest;
use testkit::{Engine, at, invalid, refused};

fn form(subject: &str, number: &str, kind: &str) -> HoldForm {
    HoldForm {
        subject: subject.into(),
        number: number.into(),
        kind: kind.into(),
        authority: "重庆市渝中区人民法院".into(),
        document_no: "（2034）渝0103民初1号".into(),
        reason: "合同纠纷".into(),
        review_on: "2034-10-01".into(),
        ..Default::default()
    }
}

/// RET-05: what is held is not proposed; the person who placed a hold does not lift it.
#[rstest]
#[tokio::test]
async fn a_hold_stops_destruction_until_another_person_lifts_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("customer", "policy", "ticket", "unit")] subject: &str,
) {
    let (t, callback) = ended(engine).await;
    let (p, now) = (t.people(), at("2034-04-02 10:00"));
    let ticket = t.tickets(callback).await.remove(0).number;
    let number = match subject {
        "customer" => "C50-ZHOU",
        "policy" => "P50-ZHOU",
        "ticket" => ticket.as_str(),
        _ => "50",
    };
    let mut hold = form(subject, number, "litigation");
    if subject == "unit" {
        let periodless = place(&t.app, &p.compliance, now, &hold).await;
        assert_eq!(invalid(periodless).len(), 2);
        hold.from_on = "2024-03-31".into();
        hold.until_on = "2024-12-31".into();
    }
    let hold = place(&t.app, &p.compliance, now, &hold).await.unwrap();
    let held = propose(&t.app, &p.compliance, now).await;
    assert_eq!(refused(held), "destruction-nothing-due");
    let own = lift(&t.app, &p.compliance, now, &hold, "结案").await;
    assert_eq!(refused(own), "hold-same-person");
    lift(&t.app, &p.manager, now, &hold, "结案").await.unwrap();
    let again = lift(&t.app, &p.manager, now, &hold, "结案").await;
    assert_eq!(refused(again), "hold-already-lifted");
    propose(&t.app, &p.compliance, now).await.unwrap();
    assert_eq!(t.audited("retention.hold_placed").await, 1);
    assert_eq!(t.audited("retention.hold_lifted").await, 1);
}

/// A hold that comes after the approval still stops the execution.
#[rstest]
#[tokio::test]
async fn holds_are_looked_at_again_when_a_batch_is_carried_out(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, _) = ended(engine).await;
    let (p, now) = (t.people(), at("2034-04-02 10:00"));
    let number = submitted(&t, now).await;
    step(&t, &p.executive, now, &number, "approve")
        .await
        .unwrap();
    let late = form("policy", "P50-ZHOU", "regulator");
    place(&t.app, &p.compliance, now, &late).await.unwrap();
    run(&t, now).await;
    let page = look(&t, &number).await;
    assert_eq!(page.row.batch.state, BatchState::Executed);
    assert_eq!((page.row.destroyed, page.row.skipped), (0, page.row.items));
    assert!(
        page.sample
            .iter()
            .all(|i| i.skip_reason.as_deref() == Some("held"))
    );
    let kept =
        "SELECT COUNT(*) FROM customers WHERE customer_no = 'C50-ZHOU' AND mobile IS NOT NULL";
    assert_eq!(t.database.number(kept).await, 1);
    assert!(t.database.number("SELECT COUNT(*) FROM recordings").await > 0);
}

/// AML law, article 35: an investigation is shown to nobody but those who manage holds.
#[rstest]
#[tokio::test]
async fn an_investigation_of_money_laundering_is_not_shown_around(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, _) = ended(engine).await;
    let (p, now) = (t.people(), at("2034-04-02 10:00"));
    for kind in ["aml_investigation", "litigation"] {
        let hold = form("customer", "C50-ZHOU", kind);
        place(&t.app, &p.compliance, now, &hold).await.unwrap();
    }
    let customer = app::customers::customer_in_sight(&t.app, &p.leader_cq, t.now, "C50-ZHOU")
        .await
        .unwrap()
        .0
        .id;
    for (who, n) in [(&p.leader_cq, 1), (&p.compliance, 2)] {
        let seen = standing_holds(&t.app, who, Some(customer), None).await;
        assert_eq!(seen.unwrap().len(), n);
    }
    let shandong = person(&t, "compliance_sd", &["compliance_officer"], "37").await;
    let query = HoldQuery::default();
    let seen = list_holds(&t.app, &shandong, now, &query).await.unwrap();
    assert!(seen.rows.is_empty());
    let elsewhere = place(&t.app, &shandong, now, &form("policy", "P50-ZHOU", "other")).await;
    assert_eq!(invalid(elsewhere), [("number".into(), "not-found".into())]);
}
