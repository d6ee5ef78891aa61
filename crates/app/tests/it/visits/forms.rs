//! The record form: filled, signed, filed, and as it was signed.

use super::{STROKES, form, portfolio, schedule, step};
use app::Error;
use app::recordings::Upload;
use app::visits::{self as v, NewVisitForm, StepForm, VisitForm};
use bytes::Bytes;
use domain::ids::VisitId;
use domain::visits::VisitState;
use rstest::rstest;
use testkit::{Engine, TestApp, at, invalid, refused};

/// VIS-03 to VIS-05, VIS-11: an organisation's finance manager answers, every column is filled, the
/// form is signed before it is filed, and stays as it was signed.
#[rstest]
#[tokio::test]
async fn a_form_is_filled_signed_and_filed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with(engine, &portfolio()).await;
    let p = t.people();
    let by = &p.sales_cq;
    let asked = NewVisitForm {
        customer_no: "G50".into(),
        ..Default::default()
    };
    let (id, number) = v::request_visit(&t.app, by, t.now, &asked).await.unwrap();
    let unagreed = StepForm {
        step: "schedule".into(),
        place: "公司会议室".into(),
        ..Default::default()
    };
    assert_eq!(
        refused(step(&t, by, id, unagreed).await),
        "visit-not-agreed"
    );
    assert_eq!(schedule(&t, by, id).await.unwrap(), VisitState::Scheduled);
    let open = VisitForm {
        visited_at: "2024-03-05T09:30".into(),
        ..Default::default()
    };
    let written = v::write_form(&t.app, by, t.now, id, &open).await.unwrap();
    assert_eq!(written.state, VisitState::Visited);
    assert!(written.missing.contains(&"position") && written.missing.contains(&"phone"));
    let early = v::sign_on_screen(&t.app, by, t.now, id, STROKES).await;
    assert_eq!(refused(early), "visit-wrong-state");
    let unsigned = v::archive_visit(&t.app, by, t.now, id).await;
    assert_eq!(refused(unsigned), "visit-signature-missing");
    let stranger = form("driver", "yes");
    let stranger = v::write_form(&t.app, by, t.now, id, &stranger).await;
    assert_eq!(
        invalid(stranger),
        [("respondent".into(), "unknown-code".into())]
    );
    let form = form("insurance_contact", "yes");
    let other = v::write_form(&t.app, &p.operations_cq, t.now, id, &form).await;
    assert_eq!(refused(other), "visit-not-visitor");
    signed(&t, by, id).await;
    filed(&t, &number).await;
}

/// Fills the form, has it signed and files it.
async fn signed(t: &TestApp, by: &domain::access::Actor, id: VisitId) {
    let whole = form("insurance_contact", "yes");
    let written = v::write_form(&t.app, by, t.now, id, &whole).await.unwrap();
    assert_eq!(
        (written.state, written.missing.len()),
        (VisitState::FormFilled, 0)
    );
    let dot = v::sign_on_screen(&t.app, by, t.now, id, "10,10 12,12").await;
    assert_eq!(invalid(dot), [("strokes".into(), "missing".into())]);
    v::sign_on_screen(&t.app, by, t.now, id, STROKES)
        .await
        .unwrap();
    let late = v::write_form(&t.app, by, t.now, id, &whole).await;
    assert_eq!(refused(late), "visit-wrong-state");
    v::archive_visit(&t.app, by, t.now, id).await.unwrap();
}

/// Who reads a filed form how, and that it is as it was signed.
async fn filed(t: &TestApp, number: &str) {
    let p = t.people();
    let page = v::visit_page(&t.app, &p.manager, t.now, number)
        .await
        .unwrap();
    assert_eq!(page.visit.purpose.as_str(), "key");
    assert!(page.is_as_signed);
    assert_eq!(
        (page.form.respondent_name.as_str(), page.form.phone.as_str()),
        ("钱*", "138****0088")
    );
    let (_, bytes) = v::open_signature(&t.app, &p.manager, t.now, number)
        .await
        .unwrap();
    assert!(bytes.starts_with(b"<svg"));
    // Whoever may unmask reads it in the clear, and that is recorded.
    let clear = v::form_page(&t.app, &p.manager, t.now, number)
        .await
        .unwrap();
    assert_eq!(clear.form.respondent_name, "钱进");
    assert_eq!(t.audited("visit.form_opened").await, 1);
    let masked = v::form_page(&t.app, &p.inspector, t.now, number)
        .await
        .unwrap();
    assert_eq!(masked.form.phone, "138****0088");
    let report = v::document_report(&t.app, &p.manager, t.now, ("", ""))
        .await
        .unwrap();
    assert_eq!(report.sums.len(), 1);
    assert_eq!((report.sums[0].signed, report.sums[0].archived), (1, 1));
    // An altered form is found out.
    let spoil = "UPDATE visits SET visited_at = visited_at + 1";
    t.database.execute(spoil).await;
    let page = v::visit_page(&t.app, &p.manager, t.now, number)
        .await
        .unwrap();
    assert!(!page.is_as_signed);
}

/// VIS-04: a phone that lost the answer sends the same writing again; two people do not overwrite
/// each other.
#[rstest]
#[tokio::test]
async fn a_writing_is_taken_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with(engine, &portfolio()).await;
    let by = &t.people().sales_cq;
    let asked = NewVisitForm {
        customer_no: "G50".into(),
        ..Default::default()
    };
    let (id, _) = v::request_visit(&t.app, by, t.now, &asked).await.unwrap();
    schedule(&t, by, id).await.unwrap();
    let mut sent = form("insurance_contact", "yes");
    sent.submission = "a".into();
    sent.version = Some(2);
    let first = v::write_form(&t.app, by, t.now, id, &sent).await.unwrap();
    let again = v::write_form(&t.app, by, t.now, id, &sent).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(t.audited("visit.form_written").await, 1);
    sent.submission = "b".into();
    let stale = v::write_form(&t.app, by, t.now, id, &sent).await;
    assert!(matches!(stale, Err(Error::Conflict)));
}

/// SEC-09: what is entered long after the visit is marked.
#[rstest]
#[tokio::test]
async fn late_entries_are_marked(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with(engine, &portfolio()).await;
    let p = t.people();
    let by = &p.sales_cq;
    let asked = NewVisitForm {
        customer_no: "G50".into(),
        ..Default::default()
    };
    let (id, number) = v::request_visit(&t.app, by, t.now, &asked).await.unwrap();
    schedule(&t, by, id).await.unwrap();
    let later = at("2024-03-07 10:00");
    let upload = Upload {
        file_name: "记录表.jpg".into(),
        bytes: Bytes::from_static(b"a picture"),
    };
    v::write_form(&t.app, by, later, id, &form("insurance_contact", "no"))
        .await
        .unwrap();
    v::sign_on_paper(&t.app, by, later, id, &upload)
        .await
        .unwrap();
    v::archive_visit(&t.app, by, later, id).await.unwrap();
    let page = v::visit_page(&t.app, &p.manager, later, &number)
        .await
        .unwrap();
    assert!(page.visit.entered_late && page.is_as_signed);
    let query = v::VisitQuery {
        view: "late".into(),
        ..Default::default()
    };
    let late = v::list_visits(&t.app, &p.manager, later, &query)
        .await
        .unwrap();
    assert_eq!(late.count, 1);
    // The problem waits until somebody notes what was done about it.
    let query = v::VisitQuery {
        view: "follow_up".into(),
        ..Default::default()
    };
    let open = v::list_visits(&t.app, &p.manager, later, &query)
        .await
        .unwrap();
    assert_eq!(open.count, 1);
    let done = StepForm {
        step: "follow_up".into(),
        reason: "理赔部已答复客户".into(),
        ..Default::default()
    };
    step(&t, by, id, done).await.unwrap();
    let open = v::list_visits(&t.app, &p.manager, later, &query)
        .await
        .unwrap();
    assert_eq!(open.count, 0);
}
