//! Units and their posts, standing in, headcount against load, written rules.

use app::Error;
use app::access::{
    HolderForm, UnitForm, WorkRuleForm, change_unit, create_unit, give_post, list_units,
    list_work_rules, move_unit, set_post, take_post, unit_page, work_rule, write_work_rule,
};
use app::callbacks::{AssignTarget, ListQuery, assign, list_callbacks};
use app::reports::{staffing, staffing_csv};
use chrono::Duration;
use domain::access::{Actor, Permission};
use rstest::rstest;
use testkit::{Engine, TestApp, invalid, refused};

async fn count(t: &TestApp, actor: &Actor) -> i64 {
    let all = ListQuery::default();
    let list = list_callbacks(&t.app, actor, t.now, &all).await;
    list.unwrap().count
}

fn unit(code: &str, level: &str, parent: &str) -> UnitForm {
    UnitForm {
        code: code.into(),
        name: "新设机构".into(),
        level: level.into(),
        parent: parent.into(),
        ..Default::default()
    }
}

/// Moving a unit moves its work: the branch that gets it sees it at once, the old one does not.
#[rstest]
#[tokio::test]
async fn moving_a_unit_moves_its_work(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let admin = &p.administrator;
    let (before_cq, before_sd) = (count(&t, &p.leader_cq).await, count(&t, &p.leader_sd).await);
    assert!(before_cq > 0 && before_sd > 0);
    let contents = unit_page(&t.app, admin, t.now, "5001")
        .await
        .unwrap()
        .contents;
    assert!(contents.callbacks > 0 && contents.policies > 0);
    move_unit(&t.app, admin, t.now, "5001", "37").await.unwrap();
    assert_eq!(
        count(&t, &p.leader_cq).await,
        before_cq - contents.callbacks
    );
    assert_eq!(
        count(&t, &p.leader_sd).await,
        before_sd + contents.callbacks
    );
    let page = unit_page(&t.app, admin, t.now, "5001").await.unwrap();
    assert_eq!(page.unit.org.path.as_str(), "/000/37/5001/");
    assert_eq!(page.parent.unwrap().code, "37");
    assert_eq!(t.audited("access.unit_moved").await, 1);
    // Back again, and everything is as it was.
    move_unit(&t.app, admin, t.now, "5001", "50").await.unwrap();
    assert_eq!(count(&t, &p.leader_cq).await, before_cq);
}

#[rstest]
#[tokio::test]
async fn a_unit_lies_where_it_can(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let admin = &t.people().administrator;
    let to = async |code: &str, parent: &str| move_unit(&t.app, admin, t.now, code, parent).await;
    assert_eq!(refused(to("50", "5001").await), "unit-under-itself");
    assert_eq!(refused(to("50", "37").await), "unit-level");
    assert_eq!(invalid(to("50", "nowhere").await)[0].0, "parent");
    assert!(matches!(to("nowhere", "50").await, Err(Error::NotFound)));
    let add = async |form: UnitForm| create_unit(&t.app, admin, t.now, &form).await;
    let bad = UnitForm {
        name: String::new(),
        region: "50".into(),
        phone_until: "soon".into(),
        ..unit("a b", "moon", "nowhere")
    };
    let fields: Vec<_> = invalid(add(bad).await)
        .into_iter()
        .map(|(f, _)| f)
        .collect();
    assert_eq!(
        fields,
        ["name", "region", "phone_until", "code", "level", "parent"]
    );
    assert_eq!(
        refused(add(unit("60", "provincial_branch", "50")).await),
        "unit-level"
    );
    assert_eq!(
        invalid(add(unit("5001", "sub_branch", "50")).await)[0].1,
        "taken"
    );
    add(unit("5009", "sub_branch", "50")).await.unwrap();
    let units = list_units(&t.app, admin, t.now).await.unwrap();
    let new = units.iter().find(|u| u.org.code == "5009").unwrap();
    assert_eq!(new.org.path.as_str(), "/000/50/5009/");
    // Who administers a branch stays inside it, and does not move the branch itself.
    let branch = t.person("admin_cq", "administrator", "50").await;
    let own = list_units(&t.app, &branch, t.now).await.unwrap();
    assert!(
        own.iter()
            .all(|u| u.org.path.as_str().starts_with("/000/50/"))
    );
    let moved = move_unit(&t.app, &branch, t.now, "3701", "50").await;
    assert!(matches!(moved, Err(Error::NotFound)));
    let denied = move_unit(&t.app, &t.people().leader_cq, t.now, "5009", "50").await;
    assert!(matches!(denied, Err(Error::Denied(Permission::OrgsManage))));
}

/// ORG-01, ORG-03: posts with a headcount, and who holds them from when to when.
#[rstest]
#[tokio::test]
async fn posts_have_holders(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let admin = &t.people().administrator;
    let set = async |kind: &str, n: &str| set_post(&t.app, admin, t.now, "50", kind, n).await;
    assert_eq!(invalid(set("astronaut", "1").await)[0].0, "kind");
    assert_eq!(invalid(set("call_centre", "-1").await)[0].0, "headcount");
    assert_eq!(refused(set("caller", "1").await), "post-level");
    set("call_centre", "3").await.unwrap();
    set("call_centre", "2").await.unwrap();
    let page = unit_page(&t.app, admin, t.now, "50").await.unwrap();
    assert_eq!(
        (page.posts.len(), page.unit.planned, page.unit.held),
        (1, 2, 0)
    );
    let post = page.posts[0].row.id;
    let give = async |form: HolderForm| give_post(&t.app, admin, t.now, "50", post, &form).await;
    let form = |from: &str, until: &str| HolderForm {
        username: "caller_cq".into(),
        from: from.into(),
        until: until.into(),
    };
    assert_eq!(
        invalid(give(form("2030-01-02", "2030-01-01")).await)[0].1,
        "before-start"
    );
    give(form("2030-01-01", "")).await.unwrap();
    assert_eq!(
        unit_page(&t.app, admin, t.now, "50")
            .await
            .unwrap()
            .unit
            .held,
        0
    );
    give(form("", "")).await.unwrap();
    let page = unit_page(&t.app, admin, t.now, "50").await.unwrap();
    assert_eq!(page.unit.held, 1, "one from today, one from 2030");
    let report = staffing(&t.app, &t.people().executive, t.now)
        .await
        .unwrap();
    let branch = report
        .units
        .iter()
        .find(|u| u.unit.org.code == "50")
        .unwrap();
    assert_eq!((branch.planned, branch.held, branch.vacancies()), (2, 1, 1));
    let today = page.posts[0]
        .holders
        .iter()
        .find(|h| h.until_on.is_none() && h.from_on.to_string() != "2030-01-01");
    let holder = today.unwrap().id;
    take_post(&t.app, admin, t.now, "50", holder).await.unwrap();
    let tomorrow = t.now + Duration::days(1);
    assert_eq!(
        unit_page(&t.app, admin, tomorrow, "50")
            .await
            .unwrap()
            .unit
            .held,
        0
    );
}

/// ORG-03: the people and the work of a unit, with the units below it counted in.
#[rstest]
#[tokio::test]
async fn headcount_against_load(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let report = staffing(&t.app, &p.executive, t.now).await.unwrap();
    let root = report
        .units
        .iter()
        .find(|u| u.unit.org.code == "000")
        .unwrap();
    let branch = report
        .units
        .iter()
        .find(|u| u.unit.org.code == "50")
        .unwrap();
    // Nothing is assigned yet, and work without a due date waits too.
    let inside = async |code: &str| {
        let page = unit_page(&t.app, &p.administrator, t.now, code).await;
        page.unwrap().contents.callbacks
    };
    assert_eq!(branch.waiting, inside("50").await);
    assert_eq!(root.waiting, inside("000").await);
    assert!(branch.waiting_due > 0 && branch.is_short() == (branch.callers == 0));
    assert!(branch.callers >= 2 && root.callers > branch.callers);
    let callback = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, callback, &p.sichuan_caller_cq).await;
    let after = staffing(&t.app, &p.leader_cq, t.now).await.unwrap();
    let branch_after = after
        .units
        .iter()
        .find(|u| u.unit.org.code == "50")
        .unwrap();
    assert_eq!(
        (branch_after.open, branch_after.waiting),
        (1, branch.waiting - 1)
    );
    assert!(
        after
            .units
            .iter()
            .all(|u| u.unit.org.path.as_str().starts_with("/000/50/"))
    );
    let file = staffing_csv(&t.app, &p.manager, t.now).await.unwrap();
    assert!(file.name.contains("-EX"), "{}", file.name);
    let file = String::from_utf8(file.bytes).unwrap();
    assert!(file.starts_with("org_code,name,level"));
    assert_eq!(file.lines().count(), report.units.len() + 1);
}

/// ORG-02: after its day a unit's people get no telephone callbacks, and the report names the unit.
#[rstest]
#[tokio::test]
async fn telephone_callbacks_move_up(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let admin = &p.administrator;
    let on = |day: &str| UnitForm {
        name: "涪陵支公司".into(),
        phone_until: day.into(),
        ..Default::default()
    };
    let marked = change_unit(&t.app, admin, t.now, "50", &on("2024-03-01")).await;
    assert_eq!(refused(marked), "unit-phones-on");
    let caller = t.person("local_caller", "callback_agent", "5001").await;
    let callback = t.callback("P50-ZHOU", "NB-CQ").await;
    let today = domain::time::date_in_china(t.now);
    change_unit(&t.app, admin, t.now, "5001", &on(&today.to_string()))
        .await
        .unwrap();
    let target = AssignTarget::Ids(vec![callback]);
    let to = caller.user();
    let given = assign(&t.app, &p.leader_cq, t.now, &target, to)
        .await
        .unwrap();
    let outside = given
        .refused
        .iter()
        .any(|(_, why)| *why == "assign-moved-up");
    assert!(!outside, "the last day still counts");
    let yesterday = today.pred_opt().unwrap();
    change_unit(&t.app, admin, t.now, "5001", &on(&yesterday.to_string()))
        .await
        .unwrap();
    let given = assign(&t.app, &p.leader_cq, t.now, &target, to)
        .await
        .unwrap();
    assert_eq!(given.refused[0].1, "assign-moved-up");
    let report = staffing(&t.app, &p.executive, t.now).await.unwrap();
    assert!(
        report
            .to_move_up
            .iter()
            .any(|m| m.unit.org.code == "5001" && !m.is_late)
    );
}

/// ORG-12, SEC-01: written rules have versions, a first day and somebody who answers for them.
#[rstest]
#[tokio::test]
async fn written_rules_keep_their_versions(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let form = |body: &str, from: &str| WorkRuleForm {
        code: "infosec".into(),
        kind: "information_security".into(),
        title: "客户信息安全管理办法".into(),
        body: body.into(),
        org: "000".into(),
        responsible: "compliance".into(),
        effective_from: from.into(),
    };
    let write = async |actor: &Actor, form: WorkRuleForm| {
        write_work_rule(&t.app, actor, t.now, &form).await
    };
    let admin = &p.administrator;
    assert!(matches!(
        write(&p.leader_cq, form("一", "2024-01-01")).await,
        Err(Error::Denied(_))
    ));
    let fields: Vec<_> = invalid(write(admin, WorkRuleForm::default()).await);
    assert_eq!(fields.len(), 7);
    assert_eq!(write(admin, form("第一版", "2024-01-01")).await.unwrap(), 1);
    assert_eq!(write(admin, form("第二版", "2025-01-01")).await.unwrap(), 2);
    // Everybody reads them.
    let rules = list_work_rules(&t.app, &p.caller_cq).await.unwrap();
    assert_eq!((rules.len(), rules[0].version), (1, 2));
    let versions = work_rule(&t.app, &p.caller_cq, "infosec").await.unwrap();
    let bodies: Vec<_> = versions.iter().map(|v| v.body.as_str()).collect();
    assert_eq!(bodies, ["第二版", "第一版"]);
    assert_eq!(versions[0].responsible, p.compliance.user().unwrap());
}

/// ORG-01: a unit is put where its parent is, not where it was read.
#[rstest]
#[tokio::test]
async fn a_parent_that_moved_takes_nothing_in(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    use store::access::{UnitChange, insert_unit, move_unit};
    let t = TestApp::with_portfolio(engine).await;
    let db = t.app.store();
    let read = async |code: &str| {
        let org = store::orgs::find_org_by_code(db, code).await.unwrap();
        org.unwrap()
    };
    let (stale, other, root) = (read("5001").await, read("3701").await, read("37").await);
    let work = db.begin(t.now).await.unwrap();
    move_unit(&work, &stale, &root).await.unwrap();
    let entry = store::AuditEntry::new(&Actor::system(), "access.unit_moved", "org", stale.id.0);
    work.commit(entry).await.unwrap();
    let unit = UnitChange {
        name: "新网点",
        region: None,
        is_outlet: true,
        managing_department: None,
        phone_until: None,
    };
    let work = db.begin(t.now).await.unwrap();
    let level = domain::access::OrgLevel::SubBranch;
    let added = insert_unit(&work, "500101", level, &stale, &unit).await;
    assert!(
        matches!(added, Err(store::StoreError::Conflict)),
        "{added:?}"
    );
    drop(work);
    let work = db.begin(t.now).await.unwrap();
    let moved = move_unit(&work, &other, &stale).await;
    assert!(
        matches!(moved, Err(store::StoreError::Conflict)),
        "{moved:?}"
    );
    drop(work);
    let now = read("5001").await;
    let work = db.begin(t.now).await.unwrap();
    insert_unit(&work, "500101", level, &now, &unit)
        .await
        .unwrap();
    let entry = store::AuditEntry::new(&Actor::system(), "access.unit_created", "org", now.id.0);
    work.commit(entry).await.unwrap();
    assert_eq!(read("500101").await.path.as_str(), "/000/37/5001/500101/");
}
