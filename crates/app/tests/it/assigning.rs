//! Who gets a callback.

use app::Error;
use app::callbacks::{
    AssignTarget, ListQuery, assign, list_callbacks, list_callers, unassign, workbench,
};
use domain::access::{Actor, Permission};
use domain::callbacks::CallbackState;
use rstest::rstest;
use testkit::{Engine, TestApp};

fn cq(view: &str) -> ListQuery {
    ListQuery {
        view: view.into(),
        programme: "NB-CQ".into(),
        ..Default::default()
    }
}

/// CBK-19: spread over a whole filter by language and load; the salesperson gets none of the own.
#[rstest]
#[tokio::test]
async fn a_filter_is_spread_by_language_and_load(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let target = AssignTarget::Filter(cq("unassigned"));
    let report = assign(&t.app, &p.leader_cq, t.now, &target, None)
        .await
        .unwrap();
    assert_eq!((report.assigned, report.more), (2, false));
    assert!(report.refused.is_empty());
    let zhou = t.look(t.callback("P50-ZHOU", "NB-CQ").await).await;
    assert_eq!(
        zhou.assignee_id,
        p.sichuan_caller_cq.user(),
        "speaks Sichuanese"
    );
    let li = t.look(t.callback("P50-LI", "NB-CQ").await).await;
    assert_ne!(
        li.assignee_id,
        p.sichuan_caller_cq.user(),
        "less load elsewhere"
    );
    assert_eq!(li.state, CallbackState::Assigned);
    // Nothing is left.
    let again = assign(&t.app, &p.leader_cq, t.now, &target, None)
        .await
        .unwrap();
    assert_eq!(again.assigned, 0);
    let mine = list_callbacks(&t.app, &p.sichuan_caller_cq, t.now, &cq("mine"))
        .await
        .unwrap();
    assert_eq!(mine.count, 1);
    let bench = workbench(&t.app, &p.leader_cq, t.now).await.unwrap();
    assert_eq!(bench.counts.due_today, 3, "three programmes look at P50-LI");
    assert!(bench.capacity_week.is_some());
}

/// B06 §23, requirements §5.3: the salesperson of the policy, people of other units, and people who
/// do not call are refused.
#[rstest]
#[tokio::test]
async fn the_barred_are_refused(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let zhou = t.callback("P50-ZHOU", "NB-CQ").await;
    let refusals = async |by: &Actor, to: &Actor| {
        let target = AssignTarget::Ids(vec![zhou]);
        let report = assign(&t.app, by, t.now, &target, to.user()).await.unwrap();
        assert_eq!(report.assigned, 0);
        report
            .refused
            .into_iter()
            .map(|(_, code)| code)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        refusals(&p.leader_cq, &p.selling_caller_cq).await,
        ["salesperson-barred"]
    );
    assert_eq!(
        refusals(&p.leader_cq, &p.sales_cq).await,
        ["salesperson-barred"]
    );
    assert_eq!(
        refusals(&p.manager, &p.caller_sd).await,
        ["assign-outside-unit"]
    );
    assert_eq!(
        refusals(&p.manager, &p.inspector).await,
        ["assign-not-a-caller"]
    );
    // A caller of another branch is not even in a branch leader's sight.
    let target = AssignTarget::Ids(vec![zhou]);
    let unseen = assign(&t.app, &p.leader_cq, t.now, &target, p.caller_sd.user()).await;
    assert!(matches!(unseen, Err(Error::Invalid(_))), "{unseen:?}");
    // What another salesperson sold is fine.
    let li = t.callback("P50-LI", "NB-CQ").await;
    t.assign(&p.leader_cq, li, &p.selling_caller_cq).await;
    let denied = assign(&t.app, &p.caller_cq, t.now, &target, None).await;
    assert!(matches!(
        denied,
        Err(Error::Denied(Permission::CallbacksAssign))
    ));
    let callers = list_callers(&t.app, &p.leader_cq, t.now).await.unwrap();
    let names: Vec<_> = callers.iter().map(|c| c.user.username.as_str()).collect();
    assert!(names.contains(&"caller_cq") && !names.contains(&"sales_cq"));
    assert!(!names.iter().any(|n| n.ends_with("_sd")));
}

/// A callback that is taken back is on nobody's list.
#[rstest]
#[tokio::test]
async fn a_callback_is_taken_back(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, id, &p.caller_cq).await;
    t.assign(&p.leader_cq, id, &p.sichuan_caller_cq).await;
    unassign(&t.app, &p.leader_cq, t.now, id).await.unwrap();
    let seen = t.look(id).await;
    assert_eq!(
        (seen.state, seen.assignee_id),
        (CallbackState::Planned, None)
    );
    let gone = list_callbacks(&t.app, &p.sichuan_caller_cq, t.now, &cq("mine"))
        .await
        .unwrap();
    assert_eq!(gone.count, 0);
    assert_eq!(t.audited("callback.unassigned").await, 1);
}

/// Views and filters of the list.
#[rstest]
#[tokio::test]
async fn the_list_is_filtered(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let manager = &t.people().manager;
    let count = async |query: ListQuery| {
        let list = list_callbacks(&t.app, manager, t.now, &query)
            .await
            .unwrap();
        assert_eq!(
            i64::try_from(list.page.rows.len()).unwrap(),
            list.count,
            "{query:?}"
        );
        list.count
    };
    assert_eq!(count(cq("open")).await, 2);
    assert_eq!(count(cq("due")).await, 1);
    assert_eq!(count(cq("overdue")).await, 0);
    assert_eq!(count(cq("week")).await, 1);
    assert_eq!(count(cq("closed")).await, 0);
    assert_eq!(count(cq("branch")).await, 0);
    assert_eq!(count(cq("problem")).await, 0);
    let no_date = ListQuery {
        view: "no_date".into(),
        programme: "NB-SD".into(),
        ..Default::default()
    };
    assert_eq!(count(no_date).await, 1);
    let unit = |org: &str| ListQuery {
        org: org.into(),
        ..cq("open")
    };
    assert_eq!(count(unit("5001")).await, 2);
    assert_eq!(count(unit("37")).await, 0);
    let sichuan = ListQuery {
        language: "sichuan".into(),
        ..cq("open")
    };
    assert_eq!(count(sichuan).await, 1);
    let ready = ListQuery {
        state: "ready".into(),
        ..cq("")
    };
    assert_eq!(count(ready).await, 2);
}

/// What cannot be read of a filter is refused, with its field.
#[rstest]
#[case("view")]
#[case("org")]
#[case("state")]
#[case("assignee")]
#[case("due_to")]
#[case("after")]
#[tokio::test]
async fn unreadable_filters_are_refused(
    #[case] field: &str,
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let mut query = ListQuery::default();
    let cell = match field {
        "view" => &mut query.view,
        "org" => &mut query.org,
        "state" => &mut query.state,
        "assignee" => &mut query.assignee,
        "due_to" => &mut query.due_to,
        _ => &mut query.after,
    };
    "x".clone_into(cell);
    let refused = list_callbacks(&t.app, &t.people().manager, t.now, &query).await;
    assert_eq!(testkit::invalid(refused)[0].0, field);
}

/// Pages follow each other without gap or repetition.
#[rstest]
#[tokio::test]
async fn pages_follow_each_other(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let scope = t.people().manager.scope(Permission::CallbacksRead).unwrap();
    let mut filter = store::callbacks::CallbackFilter::default();
    let mut seen = Vec::new();
    loop {
        let page = store::callbacks::list_callbacks(t.app.store(), &scope, &filter, 2)
            .await
            .unwrap();
        seen.extend(page.rows.iter().map(|r| (r.due_on, r.id.0)));
        let Some(next) = page.next else { break };
        filter.after = store::PageKey::decode(&next.encode());
        assert!(filter.after.is_some());
    }
    let mut sorted = seen.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(seen, sorted);
    let dated = "SELECT COUNT(*) FROM callbacks WHERE due_on IS NOT NULL";
    assert_eq!(
        i64::try_from(seen.len()).unwrap(),
        t.database.number(dated).await
    );
}
