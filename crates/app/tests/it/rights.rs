//! The table of rights: what it gives, how far it reaches, and what a team outside the company sees.

use app::access::{UserForm, change_user, create_user, disable_user, propose_rights, user_page};
use app::approvals::decide;
use app::callbacks::{AssignTarget, ListQuery, assign, list_callbacks};
use app::customers::{RevealForm, reveal};
use domain::access::{Actor, ApprovalStep, Permission, RightChange, Role, RowScope};
use domain::imports::ImportKind;
use rstest::rstest;
use store::AuditEntry;
use testkit::{Engine, PASSWORD, Table, TestApp, invalid, refused, row};

/// Puts changes of the table into force, as an approval does.
pub(crate) async fn put(t: &TestApp, changes: &[(Role, Permission, Option<RowScope>)]) {
    let change = |(role, permission, after): &(Role, Permission, Option<RowScope>)| RightChange {
        role: *role,
        permission: *permission,
        before: None,
        after: *after,
    };
    let changes: Vec<_> = changes.iter().map(change).collect();
    let work = t.app.store().begin(t.now).await.unwrap();
    store::access::put_rights(&work, &changes, &[], "tests")
        .await
        .unwrap();
    let shell = Actor::shell("tests");
    work.commit(AuditEntry::new(&shell, "rights.changed", "rights", None))
        .await
        .unwrap();
}

fn form(username: &str, roles: &[&str], org: &str) -> UserForm {
    UserForm {
        username: username.into(),
        display_name: username.into(),
        password: PASSWORD.into(),
        org_code: org.into(),
        roles: roles.iter().map(|r| (*r).to_owned()).collect(),
        ..Default::default()
    }
}

async fn add(t: &TestApp, username: &str, role: &str, org: &str) -> Actor {
    let shell = Actor::shell("tests");
    create_user(&t.app, &shell, t.now, &form(username, &[role], org))
        .await
        .unwrap();
    testkit::actor_of(&t.app, t.now, username).await
}

/// A team outside the company, below head office.
async fn outsourced_team(t: &TestApp) {
    let orgs = Table::new([row([
        ("org_code", "90"),
        ("name", "外包回访一组"),
        ("parent_code", "000"),
        ("level", "outsourced_team"),
        ("region", "110000"),
    ])]);
    let report = t.import(ImportKind::Orgs, &orgs).await;
    assert_eq!(report.tally.rejected, 0);
}

async fn numbers(t: &TestApp, actor: &Actor) -> Vec<String> {
    let query = ListQuery::default();
    let page = list_callbacks(&t.app, actor, t.now, &query).await.unwrap();
    page.page.rows.into_iter().map(|r| r.org_name).collect()
}

/// SEC-02: another server gives the rights of the new table at the next request.
#[rstest]
#[tokio::test]
async fn a_change_is_in_force_on_every_server(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let other = t.restart().await;
    let right = Permission::DataExport;
    for app in [&t.app, &other] {
        assert!(testkit::actor_of(app, t.now, "leader_cq").await.may(right));
    }
    put(&t, &[(Role::TeamLeader, right, None)]).await;
    for app in [&t.app, &other] {
        assert!(!testkit::actor_of(app, t.now, "leader_cq").await.may(right));
        assert!(testkit::actor_of(app, t.now, "manager").await.may(right));
    }
    put(&t, &[(Role::TeamLeader, right, Some(RowScope::Unit))]).await;
    let third = t.restart().await;
    assert!(
        testkit::actor_of(&third, t.now, "leader_cq")
            .await
            .may(right)
    );
}

/// §5.4: the same right reaches as far as the table says.
#[rstest]
#[tokio::test]
async fn rows_reach_as_far_as_the_table_says(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let seen = async |scope: RowScope| {
        let read = Permission::CallbacksRead;
        put(&t, &[(Role::TeamLeader, read, Some(scope))]).await;
        let leader = testkit::actor_of(&t.app, t.now, "leader_cq").await;
        numbers(&t, &leader).await
    };
    let below = seen(RowScope::UnitAndBelow).await;
    assert!(below.iter().any(|org| org == "渝中支公司"), "{below:?}");
    assert!(!below.iter().any(|org| org.contains("济南")), "{below:?}");
    let company = seen(RowScope::Company).await;
    assert!(
        company.iter().any(|org| org.contains("济南")),
        "{company:?}"
    );
    let unit = seen(RowScope::Unit).await;
    assert!(unit.iter().all(|org| org == "重庆分公司"), "{unit:?}");
    assert!(unit.len() < below.len());
    let own = seen(RowScope::OwnList).await;
    assert_eq!(own, Vec::<String>::new());
}

/// SEC-07, B17: a team of head office is given business of every branch, and its callers see what was
/// put on their list and nothing else.
#[rstest]
#[tokio::test]
async fn outsourced_callers_see_their_list_across_branches(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    outsourced_team(&t).await;
    let caller = add(&t, "outside", "outsourced_caller", "90").await;
    let colleague = add(&t, "outside2", "outsourced_caller", "90").await;
    for (policy, programme) in [("P50-ZHOU", "NB-CQ"), ("P37-SUN", "NB-SD")] {
        let callback = t.callback(policy, programme).await;
        let target = AssignTarget::Ids(vec![callback]);
        let manager = &t.people().manager;
        let report = assign(&t.app, manager, t.now, &target, caller.user())
            .await
            .unwrap();
        assert_eq!(report.assigned, 1, "{:?}", report.refused);
        let page = app::callbacks::callback_page(&t.app, &caller, t.now, callback).await;
        assert_eq!(page.unwrap().callback.policy_no.as_deref(), Some(policy));
        let hidden = app::callbacks::callback_page(&t.app, &colleague, t.now, callback).await;
        assert!(matches!(hidden, Err(app::Error::NotFound)), "{hidden:?}");
    }
    assert_eq!(numbers(&t, &caller).await.len(), 2);
    assert_eq!(numbers(&t, &colleague).await.len(), 0);
    let units = app::access::list_orgs(&t.app, &caller).await.unwrap();
    assert_eq!(
        units.len(),
        2,
        "the units of the list, not the tree: {units:?}"
    );
    let held: Vec<_> = caller.rights.permissions().collect();
    assert!(!held.contains(&Permission::CustomersRead));
    assert!(!held.contains(&Permission::RecordingsListen));
    let search = app::customers::search(&t.app, &caller, t.now, "13800500001").await;
    assert!(matches!(search, Err(app::Error::Denied(_))), "{search:?}");
}

/// §5.3: roles that do not go together are refused with the rule that forbids it.
#[tokio::test]
async fn roles_that_do_not_go_together_are_refused() {
    let t = TestApp::with_portfolio(Engine::Sqlite).await;
    let shell = Actor::shell("tests");
    for (roles, code) in [
        (["branch_sales", "callback_agent"], "salesperson-barred"),
        (["outsourced_caller", "team_leader"], "duty-outsourced"),
    ] {
        let answer = create_user(&t.app, &shell, t.now, &form("both", &roles, "50")).await;
        assert_eq!(refused(answer), code);
    }
}

/// SEC-02: the last administrator stays one.
#[rstest]
#[tokio::test]
async fn the_last_administrator_stays(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let shell = Actor::shell("tests");
    let id = t.people().administrator.user().unwrap();
    let user = user_page(&t.app, &shell, id).await.unwrap();
    let other = UserForm {
        password: String::new(),
        ..form("administrator", &["executive"], "000")
    };
    let changed = change_user(&t.app, &shell, t.now, id, user.version, &other).await;
    assert_eq!(refused(changed), "duty-remains");
    let disabled = disable_user(&t.app, &shell, t.now, id, false).await;
    assert_eq!(refused(disabled), "duty-remains");
    add(&t, "second", "administrator", "000").await;
    disable_user(&t.app, &shell, t.now, id, false)
        .await
        .unwrap();
}

/// SEC-08: fields in full are opened and closed by role, with a second person, and at once.
#[rstest]
#[tokio::test]
async fn fields_in_full_change_when_a_second_person_agrees(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (app, p, now) = (&t.app, t.people(), t.now);
    let look = async |field: &str| {
        let form = RevealForm {
            field: field.into(),
            purpose: "callback".into(),
            note: String::new(),
        };
        reveal(app, &p.leader_cq, now, "C50-ZHOU", &form).await
    };
    assert!(look("mobile").await.is_ok());
    let propose = async |pairs_of: &[(&str, &str)]| {
        let wanted: Vec<_> = pairs_of
            .iter()
            .map(|(a, b)| ((*a).into(), (*b).into()))
            .collect();
        propose_rights(
            app,
            &p.administrator,
            now,
            "team_leader",
            &wanted,
            "最小必要",
        )
        .await
    };
    let foreign = propose(&[("fields.executive.mobile", "1")]).await;
    assert_eq!(invalid(foreign)[0].1, "unknown-code");
    let beyond = propose(&[("fields.team_leader.mobile", "2")]).await;
    assert_eq!(invalid(beyond)[0].1, "number");
    let id = propose(&[("fields.team_leader.mobile", "0")])
        .await
        .unwrap();
    assert!(look("mobile").await.is_ok(), "nobody has agreed yet");
    decide(app, &p.compliance, now, id, ApprovalStep::Approve, "同意")
        .await
        .unwrap();
    assert_eq!(
        refused(look("mobile").await.map(|_| ())),
        "reveal-field-closed"
    );
    assert!(look("name").await.is_ok());
}
