//! Problems that no callback carries: a visit or a sales visit opens the ticket.

use super::{STROKES, form, portfolio, schedule};
use app::obligations::{PlanRequest, plan};
use app::visits::{self as v, CallForm, EndForm, NewVisitForm, SlipForm, StepForm, VisitQuery};
use domain::access::{Actor, Permission};
use domain::ids::VisitId;
use domain::tickets::{CaseKind, EvidenceKind, ProblemType, TicketState};
use rstest::rstest;
use store::tickets::{TicketRow, TicketSource, list_tickets_raised};
use testkit::{Engine, TestApp, at, day};

async fn planned(engine: Engine) -> TestApp {
    let t = TestApp::with(engine, &portfolio()).await;
    let request = PlanRequest {
        since: Some(day("2024-01-01")),
        ..PlanRequest::default()
    };
    plan(&t.app, &Actor::shell("tests"), t.now, request, &|_| {})
        .await
        .unwrap();
    t
}

/// A visit to the key customer with a filed form.
async fn filed(t: &TestApp, affirmed: &str) -> (VisitId, String) {
    let by = &t.people().sales_cq;
    let asked = NewVisitForm {
        customer_no: "G50".into(),
        ..Default::default()
    };
    let (id, number) = v::request_visit(&t.app, by, t.now, &asked).await.unwrap();
    schedule(t, by, id).await.unwrap();
    let form = form("insurance_contact", affirmed);
    v::write_form(&t.app, by, t.now, id, &form).await.unwrap();
    v::sign_on_screen(&t.app, by, t.now, id, STROKES)
        .await
        .unwrap();
    v::archive_visit(&t.app, by, t.now, id).await.unwrap();
    (id, number)
}

async fn raised(t: &TestApp, source: TicketSource) -> Vec<TicketRow> {
    let whole = Actor::system().scope(Permission::TicketsRead).unwrap();
    list_tickets_raised(t.app.store(), &whole, source)
        .await
        .unwrap()
}

async fn to_follow_up(t: &TestApp) -> i64 {
    let query = VisitQuery {
        view: "follow_up".into(),
        ..Default::default()
    };
    v::list_visits(&t.app, &t.people().manager, t.now, &query)
        .await
        .unwrap()
        .count
}

/// VIS-01, VIS-04, OV-KEY: the visit that is owed is done with the filed form; the problem that it
/// names is a ticket, which goes the usual way and closes with a reason, as no second callback comes.
#[rstest]
#[tokio::test]
async fn a_problem_of_a_visit_becomes_a_ticket(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = planned(engine).await;
    let p = t.people();
    let before = v::quota_page(&t.app, &p.manager, t.now, "2024").await;
    let before = before.unwrap();
    assert_eq!((before.sums[0].quota, before.sums[0].done), (1, 0));
    assert_eq!(before.missing.len(), 1);
    let (id, number) = filed(&t, "no").await;
    let after = v::quota_page(&t.app, &p.manager, t.now, "2024").await;
    let after = after.unwrap();
    assert_eq!((after.sums[0].quota, after.sums[0].done), (1, 1));
    assert!(after.missing.is_empty());
    let page = v::visit_page(&t.app, &p.manager, t.now, &number).await;
    let page = page.unwrap();
    assert!(page.visit.obligation_number.is_some());
    let [ticket] = &page.tickets[..] else {
        panic!("{:?}", page.tickets);
    };
    assert_eq!(ticket.programme, "OV-KEY");
    assert_eq!(ticket.kind, CaseKind::Clarification);
    assert_eq!(ticket.visit_number.as_deref(), Some(number.as_str()));
    assert_eq!(ticket.finding.as_deref(), Some("希望加快理赔；转理赔部"));
    assert_eq!(to_follow_up(&t).await, 1);
    let proof = EvidenceKind::SignedVisitQuestionnaire;
    t.evidence(&p.operations_cq, t.now, ticket.id, proof)
        .await
        .unwrap();
    t.solve(&p.leader_cq, &p.operations_cq, ticket.id).await;
    let [solved] = &raised(&t, TicketSource::Visit(id)).await[..] else {
        panic!("more than one");
    };
    assert_eq!(solved.state, TicketState::Verified);
    // Three working days, the company's limit.
    assert_eq!(solved.due_on, Some(day("2024-03-08")));
    let state = t.step(&p.leader_cq, t.now, ticket.id, "close", "客户当面确认");
    assert_eq!(state.await.unwrap(), TicketState::Closed);
    assert_eq!(to_follow_up(&t).await, 0);
    // Who looks from elsewhere does not see it.
    let foreign = app::tickets::find_ticket(&t.app, &p.leader_sd, &ticket.number).await;
    assert!(matches!(foreign, Err(app::Error::NotFound)));
}

/// VIS-08, VIS-11, QST-13: important customers may be visited by staff without a decision; questions and
/// matters are prepared beforehand, beside the items that the rules name.
#[rstest]
#[tokio::test]
async fn important_customers_may_be_visited(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut portfolio = portfolio();
    portfolio
        .customers
        .set("C50-ZHOU", "value_class", "high")
        .set("C50-LI", "large", "true");
    let t = TestApp::with(engine, &portfolio).await;
    let p = t.people();
    for (customer, purpose) in [("C50-ZHOU", "other"), ("C50-LI", "large")] {
        let asked = NewVisitForm {
            customer_no: customer.into(),
            ..Default::default()
        };
        let by = &p.sales_cq;
        let (id, number) = v::request_visit(&t.app, by, t.now, &asked).await.unwrap();
        let guide = StepForm {
            step: "prepare".into(),
            guide: "带上理赔材料清单".into(),
            ..Default::default()
        };
        v::take_step(&t.app, by, t.now, id, &guide).await.unwrap();
        schedule(&t, by, id).await.unwrap();
        let page = v::visit_page(&t.app, by, t.now, &number).await.unwrap();
        assert_eq!(page.visit.purpose.as_str(), purpose);
        assert_eq!(page.visit.guide.as_deref(), Some("带上理赔材料清单"));
        assert!(!page.guide.is_empty());
    }
}

/// A visit without objection opens nothing.
#[rstest]
#[tokio::test]
async fn a_visit_without_objection_opens_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = planned(engine).await;
    let (id, _) = filed(&t, "yes").await;
    assert!(raised(&t, TicketSource::Visit(id)).await.is_empty());
}

/// QST-08, CBK-45: dissatisfaction with the salesperson and product problems of a customer in the
/// register are tickets; of a prospect the slip alone tells.
#[rstest]
#[tokio::test]
async fn what_is_said_after_a_sales_visit_becomes_tickets(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with(engine, &portfolio()).await;
    let p = t.people();
    for (customer_no, expected) in [("G50", 2), ("", 0)] {
        let slip = SlipForm {
            customer_no: customer_no.into(),
            category: "in_negotiation".into(),
            customer_name: "渝州机电有限公司".into(),
            business_type: "企业财产险".into(),
            contact_name: "钱进".into(),
            contact_title: "财务经理".into(),
            contact_phone: "13900500077".into(),
            ..Default::default()
        };
        let (id, number) = v::register_slip(&t.app, &p.sales_cq, t.now, &slip)
            .await
            .unwrap();
        let later = at("2024-03-05 11:10");
        v::end_visit(&t.app, &p.sales_cq, later, id, &EndForm::default())
            .await
            .unwrap();
        let call = CallForm {
            satisfaction: "2".into(),
            product_problems: "保费偏高".into(),
            ..Default::default()
        };
        v::record_call(&t.app, &p.caller_cq, later, id, &call)
            .await
            .unwrap();
        let tickets = raised(&t, TicketSource::Slip(id)).await;
        assert_eq!(tickets.len(), expected, "{customer_no}");
        let problems = [ProblemType::ServiceDissatisfaction, ProblemType::Other];
        for (ticket, problem) in tickets.iter().zip(problems) {
            assert_eq!(
                (ticket.problem, ticket.programme.as_str()),
                (problem, "SL-VISIT")
            );
            assert_eq!(ticket.slip_number.as_deref(), Some(number.as_str()));
        }
        let page = v::slip_page(&t.app, &p.manager, later, &number).await;
        assert_eq!(page.unwrap().tickets.len(), expected);
    }
}
