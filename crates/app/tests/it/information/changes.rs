//! Changes that wait, that flow in, that go out to the core system; prospects and flags.

use super::{ZHOU, change, customer, facts};
use app::information::{
    CoreVerdict, InformationForm, MarkForm, NewCustomerForm, answer_core_changes,
    change_information, create_customer, decide_change, end_flag, hand_over, information_page,
    list_changes, set_flag, step_core_change,
};
use chrono::Duration;
use domain::access::ApprovalStep;
use domain::customers::{CustomerField as F, FactValue};
use domain::information::DerivedMark;
use rstest::rstest;
use store::customers::sheet_of;
use testkit::{Engine, TestApp, day, invalid, refused, resident_id};

/// CUS-09: a name changes when somebody else agrees, and the core system hears of it then.
#[rstest]
#[tokio::test]
async fn sensitive_facts_wait_for_a_second_person(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let asked = change(
        &t,
        &p.leader_cq,
        t.now,
        &[("name", "周大敏"), ("occupation", "教师")],
    )
    .await;
    let asked = asked.unwrap();
    assert_eq!(
        (asked.facts, asked.waiting),
        (vec![F::Occupation], vec![F::Name])
    );
    let id = asked.change.unwrap();
    let waiting = list_changes(&t.app, &p.operations_cq, &Default::default())
        .await
        .unwrap();
    assert_eq!(waiting.count, 1);
    let foreign = list_changes(&t.app, &p.leader_sd, &Default::default())
        .await
        .unwrap();
    assert_eq!(foreign.count, 0);
    let decide = |by, step, note| decide_change(&t.app, by, t.now, id, step, note);
    let own = decide(&p.leader_cq, ApprovalStep::Approve, "").await;
    assert_eq!(refused(own), "duty-proposer");
    let bare = decide(&p.operations_cq, ApprovalStep::Refuse, "").await;
    assert_eq!(invalid(bare), [("note".into(), "missing".into())]);
    decide(&p.operations_cq, ApprovalStep::Approve, "")
        .await
        .unwrap();
    let again = decide(&p.operations_cq, ApprovalStep::Approve, "").await;
    assert_eq!(refused(again), "approval-not-pending");
    let name = sheet_of(&customer(&t, ZHOU).await)
        .remove(&F::Name)
        .unwrap();
    assert_eq!(name, FactValue::from_stored("周大敏".into()));
    let handed = hand_over(&t.app, &p.manager, t.now, "", 50).await.unwrap();
    let fields: Vec<_> = handed.rows.iter().map(|h| h.field).collect();
    assert_eq!(
        fields,
        [F::Occupation, F::Name],
        "in the order of the changes"
    );
    for secret in ["周大敏", "教师"] {
        let log = "SELECT COALESCE(detail, '') || COALESCE(purpose, '') FROM audit_entries";
        let log = t.database.column(log).await.join("\n");
        assert!(!log.contains(secret), "{secret} stands in the log");
    }
}

/// CUS-12: what the customer says on a call in which the identity was affirmed flows in at once; what
/// somebody else says waits.
#[rstest]
#[tokio::test]
async fn a_number_learned_on_a_call_flows_in(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (p, id) = (t.people(), t.callback("P50-ZHOU", "NB-CQ").await);
    t.assign(&p.leader_cq, id, &p.sichuan_caller_cq).await;
    let number = t.look(id).await.number;
    let form = |mobile: &str, version| InformationForm {
        facts: facts(&[("mobile", mobile)]),
        reason: "回访中得知".into(),
        origin: "callback".into(),
        about: number.clone(),
        // What a form claims does not count: the answers of the call do.
        is_identified: true,
        version,
        ..Default::default()
    };
    let by = &p.sichuan_caller_cq;
    let early = change_information(&t.app, by, t.now, ZHOU, &form("13900500091", 1)).await;
    assert_eq!(early.unwrap().waiting, [F::Mobile]);
    t.interview(by, t.now, id, &[]).await;
    let now = t.now + Duration::minutes(30);
    let version = customer(&t, ZHOU).await.version;
    let later = change_information(&t.app, by, now, ZHOU, &form("13900500092", version)).await;
    assert_eq!(later.unwrap().facts, [F::Mobile]);
    assert_eq!(
        customer(&t, ZHOU).await.mobile.unwrap().to_string(),
        "139****0092"
    );
    let page = information_page(&t.app, &p.leader_cq, now, ZHOU, "")
        .await
        .unwrap();
    let confirmed = page.facts.iter().filter(|v| v.confirmed.is_some());
    let confirmed: Vec<_> = confirmed.map(|v| v.field).collect();
    assert_eq!(
        confirmed,
        [F::Mobile, F::MailingAddress],
        "affirmed on the call"
    );
    let queued = "SELECT COUNT(*) FROM derivations WHERE subject = 'customers' AND low = high";
    assert!(t.database.number(queued).await >= 4, "derived data follows");
}

/// CUS-12: the core system takes changes until it has answered; a refusal comes before a person.
#[rstest]
#[tokio::test]
async fn the_core_system_answers_every_change(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    change(
        &t,
        &p.leader_cq,
        t.now,
        &[("mobile", "13900500093"), ("email", "a@example.com")],
    )
    .await
    .unwrap();
    let first = hand_over(&t.app, &p.manager, t.now, "", 1).await.unwrap();
    assert_eq!(first.rows[0].value.as_deref(), Some("13900500093"));
    let after = first.next.unwrap().encode();
    let second = hand_over(&t.app, &p.manager, t.now, &after, 1)
        .await
        .unwrap();
    assert!(second.next.is_none());
    let again = hand_over(&t.app, &p.manager, t.now, "", 50).await.unwrap();
    assert_eq!(again.rows.len(), 2, "not answered, so it comes again");
    let verdict = |id: uuid::Uuid, refused: Option<&str>| CoreVerdict {
        id: id.to_string(),
        refused: refused.map(str::to_owned),
    };
    let (mobile, email) = (first.rows[0].id, second.rows[0].id);
    let said = [
        verdict(mobile, None),
        verdict(email, Some("邮箱域名不在白名单")),
    ];
    let answer = |said: Vec<CoreVerdict>| {
        let by = &p.manager;
        let app = &t.app;
        async move { answer_core_changes(app, by, t.now, &said).await }
    };
    assert_eq!(answer(said.to_vec()).await.unwrap(), 2);
    assert_eq!(answer(said.to_vec()).await.unwrap(), 0, "said before");
    let unknown = answer(vec![verdict(uuid::Uuid::nil(), None)]).await;
    assert_eq!(
        invalid(unknown),
        [("answers[0].id".into(), "not-found".into())]
    );
    let none = hand_over(&t.app, &p.manager, t.now, "", 50).await.unwrap();
    assert!(none.rows.is_empty());
    let refused = app::information::list_core_changes(&t.app, &p.manager, "refused", "").await;
    let refused = refused.unwrap();
    assert_eq!((refused.counts.refused, refused.page.rows.len()), (1, 1));
    step_core_change(&t.app, &p.manager, t.now, email, "again")
        .await
        .unwrap();
    let back = hand_over(&t.app, &p.manager, t.now, "", 50).await.unwrap();
    assert_eq!(back.rows.len(), 1);
    let denied = hand_over(&t.app, &p.leader_cq, t.now, "", 50).await;
    assert!(matches!(denied, Err(app::Error::Denied(_))));
}

/// CUS-09: every mandatory fact is asked for; somebody with the same number is named first.
#[rstest]
#[tokio::test]
async fn a_prospect_is_entered_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let by = &t.people().sales_cq;
    let bare = create_customer(&t.app, by, t.now, &NewCustomerForm::default()).await;
    let found: Vec<_> = invalid(bare).into_iter().map(|(f, _)| f).collect();
    assert!(
        found.contains(&"kind".into()) && found.contains(&"reason".into()),
        "{found:?}"
    );
    let form = |mobile: &str| NewCustomerForm {
        kind: "individual".into(),
        facts: InformationForm {
            facts: facts(&[
                ("name", "吴晓"),
                ("mobile", mobile),
                ("id_type", "resident_id"),
                ("id_no", &resident_id("500103", "19900101", 101)),
            ]),
            reason: "展会".into(),
            ..Default::default()
        },
        ..Default::default()
    };
    let mut empty = form("13900500094");
    empty.facts.facts.retain(|(f, _)| f != "mobile");
    let missing = invalid(create_customer(&t.app, by, t.now, &empty).await);
    assert_eq!(missing, [("mobile".into(), "missing".into())]);
    let known = create_customer(&t.app, by, t.now, &form("13800500001")).await;
    assert_eq!(refused(known), "customer-known");
    let number = create_customer(&t.app, by, t.now, &form("13900500094"))
        .await
        .unwrap();
    assert_eq!(number, "KH-2024-0000001");
    let again = create_customer(&t.app, by, t.now, &form("13900500094")).await;
    assert_eq!(refused(again), "customer-known");
    let other = NewCustomerForm {
        is_another: true,
        ..form("13900500094")
    };
    assert_eq!(
        create_customer(&t.app, by, t.now, &other).await.unwrap(),
        "KH-2024-0000002"
    );
    let found = app::customers::search(&t.app, by, t.now, &number)
        .await
        .unwrap();
    assert_eq!(found.customers.len(), 1, "found by the number given out");
    let page = information_page(&t.app, by, t.now, &number, "")
        .await
        .unwrap();
    let name = page.facts.iter().find(|v| v.field == F::Name).unwrap();
    assert_eq!(name.shown.as_deref(), Some("吴*"));
    assert_eq!(
        name.source.unwrap().as_str(),
        "sales",
        "by the channel of the person's own work"
    );
}

/// CUS-07: flags with dates, person and reason; what rules look at follows.
#[rstest]
#[tokio::test]
async fn a_flag_has_dates_and_a_person(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let by = &t.people().leader_cq;
    let form = async |flag: &str, on: &str| MarkForm {
        flag: flag.into(),
        on: on.into(),
        reason: "年缴保费超过标准".into(),
        version: customer(&t, ZHOU).await.version,
    };
    let key = form("key_account", "2024-03-01").await;
    set_flag(&t.app, by, t.now, ZHOU, &key).await.unwrap();
    assert!(customer(&t, ZHOU).await.key_account);
    let twice = set_flag(&t.app, by, t.now, ZHOU, &form("key_account", "").await).await;
    assert_eq!(refused(twice), "flag-stands");
    let helps = form("cooperating", "").await;
    set_flag(&t.app, by, t.now, ZHOU, &helps).await.unwrap();
    let early = end_flag(
        &t.app,
        by,
        t.now,
        ZHOU,
        &form("key_account", "2024-02-01").await,
    )
    .await;
    assert_eq!(invalid(early), [("on".into(), "before-start".into())]);
    end_flag(&t.app, by, t.now, ZHOU, &form("key_account", "").await)
        .await
        .unwrap();
    assert!(!customer(&t, ZHOU).await.key_account);
    let page = information_page(&t.app, by, t.now, ZHOU, "").await.unwrap();
    assert_eq!(page.marks.len(), 2);
    let ended = page.marks.iter().find(|m| m.ended_on.is_some()).unwrap();
    assert_eq!(
        (ended.since_on, ended.ended_on),
        (day("2024-03-01"), Some(day("2024-03-05")))
    );
    let fresh = page
        .derived
        .iter()
        .find(|d| d.code == DerivedMark::New.as_str())
        .unwrap();
    assert_eq!(fresh.since_on, day("2024-02-26"), "the first policy");
}
