//! Families, groups of companies, their contact persons, and stages of the relationship.

use app::Error;
use app::customers::{
    ContactPersonForm, RelationForm, StageForm, TimelineQuery, add_relation, change_stage,
    customer_page, customer_timeline, end_relation, lose_customers, refresh_search_keys,
    relations_page, save_contact_person,
};
use chrono::Duration;
use domain::access::Actor;
use domain::customers::Relation;
use domain::imports::ImportKind;
use rstest::rstest;
use testkit::{Engine, Portfolio, Table, TestApp, invalid, refused, row};

/// Fields of what was not taken.
fn fields<T: std::fmt::Debug>(result: app::Result<T>) -> Vec<String> {
    invalid(result)
        .into_iter()
        .map(|(field, _)| field)
        .collect()
}

fn relation(other: &str, relation: &str) -> RelationForm {
    RelationForm {
        other_no: other.into(),
        relation: relation.into(),
        source: "document".into(),
    }
}

/// A family in one flat and on one policy, and three companies.
async fn with_families(engine: Engine) -> TestApp {
    let t = TestApp::with_portfolio(engine).await;
    let person = |number: &str, kind: &str, name: &str| {
        row([
            ("customer_no", number),
            ("kind", kind),
            ("name", name),
            ("address", "重庆市渝中区民生路100号3单元501"),
            ("org_code", "5001"),
        ])
    };
    let table = Table::new([
        person("F-1", "individual", "杨国强"),
        person("F-2", "individual", "杨洋"),
        person("F-3", "individual", "何小丽"),
        person("G-1", "group", "渝都控股有限公司"),
        person("G-2", "group", "渝都物流有限公司"),
        person("G-3", "group", "渝都冷链有限公司"),
    ]);
    t.import(ImportKind::Customers, &table).await;
    let mut policy =
        Portfolio::life_policy("P-F", "F-1", "5001", "A5001", "2024-02-20", "2024-02-25");
    policy.retain(|(column, _)| *column != "insured_no");
    policy.push(("insured_no", "F-2".into()));
    let third = Portfolio::life_policy("P-G3", "G-3", "5001", "A5001", "2024-02-20", "2024-02-25");
    t.import(ImportKind::Policies, &Table::new([policy, third]))
        .await;
    refresh_search_keys(&t.app, t.now).await.unwrap();
    t
}

#[rstest]
#[tokio::test]
async fn a_family_is_suggested_noted_and_ended(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = with_families(engine).await;
    let leader = &t.people().operations_cq;
    let look = async |number: &str| {
        relations_page(&t.app, leader, t.now, number, "")
            .await
            .unwrap()
    };
    let page = look("F-1").await;
    let beside: Vec<_> = page
        .acquaintances
        .iter()
        .map(|a| a.customer_no.as_str())
        .collect();
    assert_eq!(beside, ["F-2"]);
    assert_eq!(page.acquaintances[0].role, "insured");
    let near: Vec<_> = page.neighbours.iter().map(|(no, _)| no.as_str()).collect();
    assert_eq!(near, ["F-3"], "who lives there and is not on the policy");
    add_relation(&t.app, leader, t.now, "F-1", &relation("F-2", "child"))
        .await
        .unwrap();
    let page = look("F-1").await;
    assert_eq!(page.relations[0].relation, Relation::Child);
    assert!(page.acquaintances.is_empty(), "known now");
    let child = look("F-2").await;
    assert_eq!(child.relations[0].relation, Relation::Parent);
    assert_eq!(child.relations[0].other_no, "F-1");
    let known = add_relation(&t.app, leader, t.now, "F-2", &relation("F-1", "sibling")).await;
    assert_eq!(refused(known), "relation-known");
    let own = add_relation(&t.app, leader, t.now, "F-1", &relation("F-1", "spouse")).await;
    assert_eq!(refused(own), "relation-same");
    let mixed = add_relation(&t.app, leader, t.now, "F-1", &relation("G-1", "spouse")).await;
    assert_eq!(refused(mixed), "relation-kinds");
    let strange = add_relation(&t.app, leader, t.now, "F-1", &relation("C37-SUN", "spouse")).await;
    assert_eq!(fields(strange), ["other_no"], "of another branch");
    end_relation(&t.app, leader, t.now, "F-2", child.relations[0].id)
        .await
        .unwrap();
    let page = look("F-1").await;
    assert!(page.relations[0].ended_at.is_some());
    let again = end_relation(&t.app, leader, t.now, "F-2", child.relations[0].id).await;
    assert!(matches!(again, Err(Error::Conflict)));
}

#[rstest]
#[tokio::test]
async fn a_group_has_a_top_no_circle_and_all_its_policies(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = with_families(engine).await;
    let leader = &t.people().operations_cq;
    let add = async |of: &str, other: &str, what: &str| {
        add_relation(&t.app, leader, t.now, of, &relation(other, what)).await
    };
    add("G-1", "G-2", "subsidiary").await.unwrap();
    add("G-3", "G-2", "parent_company").await.unwrap();
    assert_eq!(
        refused(add("G-1", "G-3", "parent_company").await),
        "relation-cycle"
    );
    assert_eq!(
        refused(add("G-3", "G-1", "parent_company").await),
        "relation-has-parent"
    );
    let page = relations_page(&t.app, leader, t.now, "G-2", "")
        .await
        .unwrap();
    let tree: Vec<_> = page
        .companies
        .iter()
        .map(|c| (c.customer_no.as_str(), c.level))
        .collect();
    assert_eq!(tree, [("G-1", 0), ("G-2", 1), ("G-3", 2)]);
    for company in ["G-1", "G-2", "G-3"] {
        let page = relations_page(&t.app, leader, t.now, company, "")
            .await
            .unwrap();
        let policies: Vec<_> = page
            .policies
            .rows
            .iter()
            .map(|p| p.policy_no.as_str())
            .collect();
        assert_eq!(policies, ["P-G3"], "{company}");
    }
    let stranger = relations_page(&t.app, &t.people().leader_sd, t.now, "G-1", "").await;
    assert!(matches!(stranger, Err(Error::NotFound)));
}

/// CUS-06: contact persons by role, with position and phone; what changes stays in the history.
#[rstest]
#[tokio::test]
async fn contact_persons_change_with_history(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = with_families(engine).await;
    let leader = &t.people().operations_cq;
    let form = |name: &str, mobile: &str| ContactPersonForm {
        role: "legal_representative".into(),
        name: name.into(),
        position: "董事长".into(),
        mobile: mobile.into(),
        reason: "客户来函".into(),
    };
    let save = async |form: &ContactPersonForm| {
        save_contact_person(&t.app, leader, t.now, "G-1", form).await
    };
    let shown = async || {
        let page = relations_page(&t.app, leader, t.now, "G-1", "")
            .await
            .unwrap();
        let row = |c: &store::customers::ContactRow| {
            (
                c.name.to_string(),
                c.mobile.as_ref().map(ToString::to_string),
            )
        };
        page.contacts.iter().map(row).collect::<Vec<_>>()
    };
    save(&form("钱进", "13900500077")).await.unwrap();
    assert_eq!(shown().await, [("钱*".into(), Some("139****0077".into()))]);
    // Shown masked and sent back: the name stays; an empty mobile number too.
    save(&form("钱*", "")).await.unwrap();
    assert_eq!(shown().await, [("钱*".into(), Some("139****0077".into()))]);
    save(&form("孙丽华", "13900500078")).await.unwrap();
    assert_eq!(
        shown().await,
        [("孙*华".into(), Some("139****0078".into()))]
    );
    assert_eq!(fields(save(&form("孙丽华", "123")).await), ["mobile"]);
    let changes =
        "SELECT COUNT(*) FROM record_changes WHERE entity = 'contact' AND reason = '客户来函'";
    assert_eq!(t.database.number(changes).await, 3 + 2);
    save(&form("", "")).await.unwrap();
    assert!(shown().await.is_empty());
    assert_eq!(t.database.number(changes).await, 5 + 3);
    let person = save_contact_person(&t.app, leader, t.now, "F-1", &form("钱进", "")).await;
    assert!(matches!(person, Err(Error::NotFound)));
}

/// The policy of the family ends.
async fn end_policy(t: &TestApp) {
    let mut ended =
        Portfolio::life_policy("P-F", "F-1", "5001", "A5001", "2024-02-20", "2024-02-25");
    ended.retain(|(column, _)| *column != "status" && *column != "insured_no");
    ended.push(("status", "terminated".into()));
    ended.push(("insured_no", "F-2".into()));
    t.import(ImportKind::Policies, &Table::new([ended])).await;
    refresh_search_keys(&t.app, t.now).await.unwrap();
}

/// GEN-02: policies move customers, people move prospects, and time makes them lost.
#[rstest]
#[tokio::test]
async fn stages_follow_policies_people_and_time(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = with_families(engine).await;
    let leader = &t.people().operations_cq;
    let look = async |now, number: &str| {
        relations_page(&t.app, leader, now, number, "")
            .await
            .unwrap()
    };
    let page = look(t.now, "F-1").await;
    assert_eq!(
        page.customer.relationship_stage.as_deref(),
        Some("under_contract")
    );
    assert_eq!(page.stages.len(), 1);
    let form = |stage: &str, version| StageForm {
        stage: stage.into(),
        since_on: "2024-03-01".into(),
        note: "来电咨询".into(),
        version,
    };
    let version = page.customer.version;
    let moved = change_stage(&t.app, leader, t.now, "F-1", &form("prospect", version)).await;
    assert_eq!(refused(moved), "stage-of-policies");
    let version = look(t.now, "F-3").await.customer.version;
    change_stage(&t.app, leader, t.now, "F-3", &form("prospect", version))
        .await
        .unwrap();
    let stale = change_stage(
        &t.app,
        leader,
        t.now,
        "F-3",
        &form("in_negotiation", version),
    )
    .await;
    assert!(matches!(stale, Err(Error::Conflict)));
    let said = look(t.now, "F-3").await.stages;
    assert_eq!(said[0].since_on.to_string(), "2024-03-01");
    let filter = app::customers::CustomerQuery {
        stage: "prospect".into(),
        ..Default::default()
    };
    let listed = app::customers::list_customers(&t.app, leader, t.now, &filter)
        .await
        .unwrap();
    assert!(listed.page.rows.iter().any(|c| c.customer_no == "F-3"));
    // The contract ends: the customer has bought, and two years later is lost.
    end_policy(&t).await;
    let stage = async |now| look(now, "F-1").await.customer.relationship_stage;
    assert_eq!(stage(t.now).await.as_deref(), Some("closed"));
    assert_eq!(
        lose_customers(&t.app, t.now + Duration::days(600))
            .await
            .unwrap(),
        0
    );
    let later = t.now + Duration::days(800);
    assert!(lose_customers(&t.app, later).await.unwrap() >= 1);
    assert_eq!(lose_customers(&t.app, later).await.unwrap(), 0, "once");
    let page = look(later, "F-1").await;
    assert_eq!(page.customer.relationship_stage.as_deref(), Some("lost"));
    let steps: Vec<_> = page.stages.iter().map(|s| s.to.as_str()).collect();
    assert_eq!(steps, ["lost", "closed", "under_contract"]);
}

/// CUS-16: the page of a customer, in a few figures, and the timeline by filters.
#[rstest]
#[tokio::test]
async fn a_customer_in_figures_and_a_filtered_timeline(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let leader = &t.people().leader_cq;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(leader, id, &t.people().caller_cq).await;
    t.not_reached(&t.people().caller_cq, t.now, id, "busy")
        .await;
    let page = customer_page(&t.app, leader, t.now, "C50-ZHOU")
        .await
        .unwrap();
    let policies = page.overview.policies.unwrap();
    assert_eq!(
        (policies.in_force, policies.annual_premium_fen),
        (1, Some(1_200_000))
    );
    assert!(page.overview.duties.unwrap().open >= 1);
    assert!(page.overview.last_contact_at.is_some());
    let kinds = async |actor: &Actor, query: TimelineQuery| {
        let page = customer_timeline(&t.app, actor, "C50-ZHOU", &query)
            .await
            .unwrap();
        let mut kinds: Vec<_> = page.rows.iter().map(|r| r.kind.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    };
    let of = |group: &str| TimelineQuery {
        group: group.into(),
        ..TimelineQuery::default()
    };
    assert_eq!(
        kinds(leader, of("callbacks")).await,
        ["attempt", "callback_step"]
    );
    assert_eq!(kinds(leader, of("tickets")).await, [""; 0]);
    let mine = TimelineQuery {
        mine: true,
        ..TimelineQuery::default()
    };
    assert_eq!(kinds(leader, mine).await, ["callback_step"]);
    let past = TimelineQuery {
        to: "2024-03-02".into(),
        ..TimelineQuery::default()
    };
    let before = kinds(leader, past).await;
    assert!(
        before.contains(&"policy_issued") && !before.contains(&"attempt"),
        "{before:?}"
    );
    let wrong = customer_timeline(&t.app, leader, "C50-ZHOU", &of("x")).await;
    assert_eq!(fields(wrong), ["group"]);
}

/// The page of somebody with fifty policies and a thousand events is not much slower than that of anybody.
#[tokio::test]
async fn a_large_customer_is_shown_as_quickly() {
    let t = TestApp::with_portfolio(Engine::Sqlite).await;
    let policies = (0..50).map(|n| {
        Portfolio::life_policy(
            &format!("PL-{n}"),
            "C50-HE",
            "5001",
            "A5001",
            "2023-02-20",
            "2023-02-25",
        )
    });
    t.import(ImportKind::Policies, &Table::new(policies)).await;
    let events = (0..1_000).map(|n: u32| {
        row([
            ("event_id", format!("EV-{n}").as_str()),
            ("type", "policy_changed"),
            (
                "occurred_at",
                &format!("2023-{:02}-{:02}T10:00:00+08:00", 1 + n % 12, 1 + n % 28),
            ),
            ("policy_no", &format!("PL-{}", n % 50)),
        ])
    });
    t.import(ImportKind::Events, &Table::new(events)).await;
    let actor = Actor::shell("tests");
    let time = async |number: &str| {
        let mut best = f64::MAX;
        for _ in 0..5 {
            let before = tokio::time::Instant::now();
            customer_page(&t.app, &actor, t.now, number).await.unwrap();
            best = best.min(before.elapsed().as_secs_f64());
        }
        best
    };
    let page = customer_page(&t.app, &actor, t.now, "C50-HE")
        .await
        .unwrap();
    assert_eq!(page.policies.rows.len(), 50);
    assert_eq!(page.timeline.rows.len(), 40);
    assert!(page.timeline.next.is_some());
    let (small, large) = (time("C50-LI").await, time("C50-HE").await);
    assert!(large < small * 12.0 + 0.05, "{large} s beside {small} s");
}
