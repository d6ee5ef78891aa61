//! Customers: lists, pages, search, personal data on request, contact changes.

use app::Error;
use app::customers::{
    ContactForm, CustomerQuery, RevealForm, TimelineQuery, change_contact, customer_page,
    customer_timeline, list_customers, reveal, search,
};
use domain::access::Actor;
use rstest::rstest;
use store::timeline::TimelineKind;
use testkit::{Engine, TestApp};

fn shell() -> Actor {
    Actor::shell("tests")
}

fn form(field: &str, purpose: &str) -> RevealForm {
    RevealForm {
        field: field.into(),
        purpose: purpose.into(),
        note: String::new(),
    }
}

#[rstest]
#[tokio::test]
async fn lists_show_what_filters_and_units_allow(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let count = async |actor: &Actor, query: CustomerQuery| {
        let listed = list_customers(&t.app, actor, t.now, &query).await.unwrap();
        assert_eq!(listed.count, i64::try_from(listed.page.rows.len()).unwrap());
        listed.count
    };
    let all = CustomerQuery::default;
    assert_eq!(count(&shell(), all()).await, 6);
    assert_eq!(count(&t.people().leader_cq, all()).await, 4);
    assert_eq!(count(&t.people().leader_sd, all()).await, 2);
    let groups = CustomerQuery {
        kind: "group".into(),
        ..all()
    };
    assert_eq!(count(&shell(), groups).await, 1);
    let sichuan = CustomerQuery {
        language: "sichuan".into(),
        org: "5001".into(),
        ..all()
    };
    assert_eq!(count(&t.people().leader_cq, sichuan).await, 1);
    let elsewhere = CustomerQuery {
        org: "37".into(),
        ..all()
    };
    let refused = list_customers(&t.app, &t.people().leader_cq, t.now, &elsewhere).await;
    assert!(matches!(refused, Err(Error::Invalid(_))));
}

#[rstest]
#[tokio::test]
async fn a_customer_of_another_branch_does_not_exist(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let stranger = &t.people().leader_cq;
    for number in ["C37-SUN", "C99-NOBODY"] {
        let page = customer_page(&t.app, stranger, t.now, number).await;
        assert!(matches!(page, Err(Error::NotFound)), "{number}");
        let shown = reveal(&t.app, stranger, t.now, number, &form("mobile", "callback")).await;
        assert!(matches!(shown, Err(Error::NotFound)), "{number}");
        let timeline = customer_timeline(&t.app, stranger, number, &TimelineQuery::default()).await;
        assert!(matches!(timeline, Err(Error::NotFound)), "{number}");
        let change = ContactForm {
            mobile: "13911112222".into(),
            reason: "customer called".into(),
            version: 1,
            ..Default::default()
        };
        let changed = change_contact(&t.app, stranger, t.now, number, &change).await;
        assert!(matches!(changed, Err(Error::NotFound)), "{number}");
    }
    for term in ["C37-SUN", "13800370001", "0001", "孙磊", "P37-SUN"] {
        let found = search(&t.app, stranger, t.now, term).await.unwrap();
        let foreign = found
            .customers
            .iter()
            .any(|c| c.row.customer_no == "C37-SUN");
        assert!(!foreign && found.policy.is_none(), "{term}");
    }
}

#[rstest]
#[tokio::test]
async fn the_page_shows_masks_and_one_timeline(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&t.people().leader_cq, id, &t.people().caller_cq)
        .await;
    t.not_reached(&t.people().caller_cq, t.now, id, "busy")
        .await;
    let page = customer_page(&t.app, &t.people().leader_cq, t.now, "C50-ZHOU")
        .await
        .unwrap();
    assert_eq!(page.customer.name.to_string(), "周*");
    assert_eq!(page.customer.mobile.unwrap().to_string(), "138****0001");
    assert_eq!(page.policies.rows.len(), 1);
    assert!(page.obligations.rows.iter().any(|o| o.programme == "NB-CQ"));
    assert!(page.callbacks.rows.iter().any(|c| c.id == id));
    let kinds: Vec<_> = page.timeline.rows.iter().map(|r| r.kind).collect();
    for kind in [
        TimelineKind::Attempt,
        TimelineKind::CallbackStep,
        TimelineKind::ObligationPlanned,
        TimelineKind::Receipt,
        TimelineKind::PolicyIssued,
    ] {
        assert!(kinds.contains(&kind), "{kind:?} in {kinds:?}");
    }
    let moments: Vec<_> = page.timeline.rows.iter().map(|r| (r.at, r.id)).collect();
    assert!(moments.is_sorted_by(|a, b| a > b));
    assert_eq!(kinds.last(), Some(&TimelineKind::PolicyIssued));
}

#[rstest]
#[tokio::test]
async fn a_timeline_goes_on_where_a_page_ended(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    use store::timeline::{TimelineFilter, TimelineOf, list_timeline};
    let t = TestApp::with_portfolio(engine).await;
    let scope = shell()
        .scope(domain::access::Permission::CustomersRead)
        .unwrap();
    let customer = customer_page(&t.app, &shell(), t.now, "C50-LI")
        .await
        .unwrap()
        .customer;
    let of = TimelineOf::Customer(customer.id);
    let whole = list_timeline(t.app.store(), &scope, of, &TimelineFilter::default(), 100)
        .await
        .unwrap();
    assert!(whole.next.is_none() && whole.rows.len() > 4, "{whole:?}");
    let mut pieces = Vec::new();
    let mut filter = TimelineFilter::default();
    loop {
        let page = list_timeline(t.app.store(), &scope, of, &filter, 1)
            .await
            .unwrap();
        pieces.extend(page.rows);
        match page.next {
            Some(next) => filter.after = Some(next),
            None => break,
        }
    }
    assert_eq!(pieces, whole.rows);
}

#[rstest]
#[case("13800500001", "C50-ZHOU")]
#[case("+86 138 0050 0001", "C50-ZHOU")]
#[case("0001", "C50-ZHOU")]
#[case("周敏", "C50-ZHOU")]
#[case("C50-ZHOU", "C50-ZHOU")]
#[case("渝中物流有限公司", "C50-CORP")]
#[case("023-63000000", "C50-CORP")]
#[tokio::test]
async fn people_are_found_by_what_is_remembered(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[case] term: &str,
    #[case] expected: &str,
) {
    let t = TestApp::with_portfolio(engine).await;
    let found = search(&t.app, &t.people().leader_cq, t.now, term)
        .await
        .unwrap();
    let numbers: Vec<_> = found
        .customers
        .iter()
        .map(|c| c.row.customer_no.as_str())
        .collect();
    assert_eq!(numbers, [expected]);
    let entries = "SELECT COUNT(*) FROM audit_entries WHERE action = 'customer.searched'";
    assert_eq!(t.database.number(entries).await, 1);
    let leaks = format!("{entries} AND detail LIKE '%{term}%'");
    assert_eq!(t.database.number(&leaks).await, 0);
}

#[rstest]
#[tokio::test]
async fn numbers_lead_to_what_they_stand_for(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let actor = &t.people().leader_cq;
    let page = customer_page(&t.app, actor, t.now, "C50-ZHOU")
        .await
        .unwrap();
    let obligation = &page.obligations.rows[0].number;
    let callback = &page.callbacks.rows[0].number;
    let found = search(&t.app, actor, t.now, obligation).await.unwrap();
    assert_eq!(&found.obligation.unwrap().number, obligation);
    let found = search(&t.app, actor, t.now, &callback.to_lowercase())
        .await
        .unwrap();
    assert_eq!(&found.callback.unwrap().number, callback);
    let found = search(&t.app, actor, t.now, "P50-ZHOU").await.unwrap();
    assert_eq!(found.policy.unwrap().policy_no, "P50-ZHOU");
    let foreign = &t.people().leader_sd;
    for number in [obligation, callback, "P50-ZHOU"] {
        assert_eq!(
            search(&t.app, foreign, t.now, number)
                .await
                .unwrap()
                .count(),
            0
        );
    }
    let empty = search(&t.app, actor, t.now, "  ").await;
    assert!(matches!(empty, Err(Error::Invalid(_))));
}

#[rstest]
#[tokio::test]
async fn a_value_is_shown_for_a_purpose_and_leaves_a_trace(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let actor = &t.people().leader_cq;
    let ask = async |actor: &Actor, form: &RevealForm| {
        reveal(&t.app, actor, t.now, "C50-ZHOU", form).await
    };
    for bad in [
        form("mobile", ""),
        form("mobile", "curiosity"),
        form("mobile", "other"),
    ] {
        assert!(
            matches!(ask(actor, &bad).await, Err(Error::Invalid(_))),
            "{bad:?}"
        );
    }
    let field = form("password", "callback");
    assert!(matches!(ask(actor, &field).await, Err(Error::Invalid(_))));
    let executive = &t.people().executive;
    let denied = ask(executive, &form("mobile", "callback")).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    let traces = "SELECT COUNT(*) FROM audit_entries WHERE action = 'customer.revealed'";
    assert_eq!(t.database.number(traces).await, 0);
    let shown = ask(actor, &form("mobile", "callback")).await.unwrap();
    assert_eq!(shown.value.as_deref(), Some("13800500001"));
    assert_eq!(format!("{shown:?}"), "Revealed(mobile)");
    let why = t
        .database
        .column("SELECT purpose FROM audit_entries WHERE action = 'customer.revealed'")
        .await;
    assert_eq!(why, ["callback"]);
}

#[rstest]
#[tokio::test]
async fn contact_data_changes_once_per_version(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let actor = &t.people().leader_cq;
    let before = customer_page(&t.app, actor, t.now, "C50-ZHOU")
        .await
        .unwrap()
        .customer;
    let change = ContactForm {
        mobile: "139 1111 2222".into(),
        mailing_address: "重庆市渝中区解放碑 8 号".into(),
        reason: "customer called".into(),
        version: before.version,
    };
    change_contact(&t.app, actor, t.now, "C50-ZHOU", &change)
        .await
        .unwrap();
    let page = customer_page(&t.app, actor, t.now, "C50-ZHOU")
        .await
        .unwrap();
    assert_eq!(page.customer.mobile.unwrap().to_string(), "139****2222");
    let address = page.customer.mailing_address.unwrap().to_string();
    assert_eq!(address, "重庆市渝中区****");
    let changes = page
        .timeline
        .rows
        .iter()
        .filter(|r| r.kind == TimelineKind::Change);
    assert_eq!(changes.count(), 2);
    let again = ContactForm {
        mobile: "13933334444".into(),
        ..change.clone()
    };
    let outdated = change_contact(&t.app, actor, t.now, "C50-ZHOU", &again).await;
    assert!(matches!(outdated, Err(Error::Conflict)));
    let bad = ContactForm {
        mobile: "12345".into(),
        mailing_address: "重庆市****".into(),
        ..Default::default()
    };
    let Err(Error::Invalid(problems)) =
        change_contact(&t.app, actor, t.now, "C50-ZHOU", &bad).await
    else {
        panic!("taken");
    };
    let fields: Vec<_> = problems.iter().map(|p| p.field.as_str()).collect();
    assert_eq!(fields, ["mobile", "mailing_address", "reason"]);
    let found = search(&t.app, actor, t.now, "13911112222").await.unwrap();
    assert_eq!(found.customers.len(), 1);
}
