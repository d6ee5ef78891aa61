//! Approval by a second person: rights, sensitive roles, large exports; quotas of looking.

use app::access::{UserForm, create_user, propose_limits, propose_rights, rights_page, user_page};
use app::approvals::{decide, find_approval, list_approvals};
use app::customers::{RevealForm, list_disclosures, reveal};
use app::exports::{ExportFormat, ExportKind, ExportQuery, export, list_exports, request_export};
use app::jobs::{JobQuery, list_jobs, open_file, run_due};
use app::{Error, Result};
use calamine::{Reader as _, Xlsx};
use chrono::Duration;
use domain::access::{Actor, ApprovalState, ApprovalStep, Permission, Role};
use domain::jobs::JobState;
use domain::time;
use rstest::rstest;
use std::io::Cursor;
use testkit::{Engine, PASSWORD, TestApp, invalid, refused};
use uuid::Uuid;

fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
    pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).into()
}

async fn step(t: &TestApp, actor: &Actor, id: Uuid, step: ApprovalStep, note: &str) -> Result<()> {
    decide(&t.app, actor, t.now, id, step, note).await
}

/// Puts limits into force as people do: one proposes, another agrees.
pub(super) async fn limit(t: &TestApp, key: &str, value: &str) {
    let (app, p) = (&t.app, t.people());
    let wanted = pairs([(key, value)]);
    let id = propose_limits(app, &p.administrator, t.now, &wanted, "试行")
        .await
        .unwrap();
    step(t, &p.compliance, id, ApprovalStep::Approve, "")
        .await
        .unwrap();
}

/// SEC-02, §5.3(5): who proposes does not approve; agreed changes are in force at once.
#[rstest]
#[tokio::test]
async fn rights_change_when_a_second_person_agrees(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (app, p, now) = (&t.app, t.people(), t.now);
    let wanted = pairs([("data.export", ""), ("customers.read", "unit_and_below")]);
    let propose = async |actor: &Actor, reason: &str| {
        propose_rights(app, actor, now, "team_leader", &wanted, reason).await
    };
    let denied = propose(&p.compliance, "收紧").await;
    assert!(matches!(
        denied,
        Err(Error::Denied(Permission::RightsManage))
    ));
    assert_eq!(invalid(propose(&p.administrator, " ").await)[0].0, "reason");
    let id = propose(&p.administrator, "收紧").await.unwrap();

    let seen = find_approval(app, &p.administrator, now, id).await.unwrap();
    assert!(seen.is_own && !seen.may_decide);
    let hidden = find_approval(app, &p.leader_cq, now, id).await;
    assert!(matches!(hidden, Err(Error::NotFound)));
    let waiting = list_approvals(app, &p.compliance, now, "").await.unwrap();
    assert_eq!(waiting.waiting.len(), 1);
    let own = step(&t, &p.administrator, id, ApprovalStep::Approve, "").await;
    assert!(matches!(own, Err(Error::Refused(_))));
    assert_eq!(refused(own), "duty-proposer");
    let unsaid = step(&t, &p.compliance, id, ApprovalStep::Refuse, "").await;
    assert_eq!(invalid(unsaid), [("note".into(), "missing".into())]);
    assert!(
        testkit::actor_of(app, now, "leader_cq")
            .await
            .may(Permission::DataExport)
    );

    step(&t, &p.compliance, id, ApprovalStep::Approve, "同意")
        .await
        .unwrap();
    let leader = testkit::actor_of(app, now, "leader_cq").await;
    assert!(!leader.may(Permission::DataExport) && leader.may(Permission::CustomersRead));
    let again = step(&t, &p.executive, id, ApprovalStep::Approve, "").await;
    assert_eq!(refused(again), "approval-not-pending");
    let page = rights_page(app, &p.compliance, now).await.unwrap();
    assert_eq!(page.rights.version(), 1);
    assert_eq!(page.decided.len(), 1);
    assert_eq!(page.decided[0].row.asker_name, "administrator");
    assert_eq!(
        page.decided[0].row.decider_name.as_deref(),
        Some("compliance")
    );
    let same = propose(&p.administrator, "再来").await;
    assert_eq!(refused(same), "rights-unchanged");
    assert_eq!(t.audited("rights.changed").await, 1);
}

/// §5.3: a table that breaks a duty cannot even be proposed; one that was made for another table is
/// not put into force.
#[rstest]
#[tokio::test]
async fn tables_that_break_duties_are_refused(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (app, p, now) = (&t.app, t.people(), t.now);
    let propose = async |role: &str, right: &str, scope: &str| {
        let wanted = pairs([(right, scope)]);
        propose_rights(app, &p.administrator, now, role, &wanted, "试").await
    };
    for (role, right, scope, code) in [
        (
            "branch_sales",
            "callbacks.make",
            "unit",
            "salesperson-barred",
        ),
        ("callback_agent", "plan.run", "unit", "duty-list-and-call"),
        (
            "outsourced_caller",
            "recordings.listen",
            "own_list",
            "duty-outsourced",
        ),
        ("administrator", "users.manage", "", "duty-remains"),
    ] {
        assert_eq!(refused(propose(role, right, scope).await), code, "{role}");
    }
    let first = propose("team_leader", "data.export", "").await.unwrap();
    let second = propose("team_leader", "data.export", "unit").await.unwrap();
    step(&t, &p.compliance, first, ApprovalStep::Approve, "")
        .await
        .unwrap();
    let late = step(&t, &p.compliance, second, ApprovalStep::Approve, "").await;
    assert_eq!(refused(late), "approval-outdated");
    step(&t, &p.administrator, second, ApprovalStep::Withdraw, "")
        .await
        .unwrap();
    let third = propose("team_leader", "data.export", "unit").await.unwrap();
    let week = now + Duration::days(7);
    let seen = find_approval(app, &p.compliance, week, third)
        .await
        .unwrap();
    assert_eq!(seen.state, ApprovalState::Expired);
    let late = decide(app, &p.compliance, week, third, ApprovalStep::Approve, "").await;
    assert_eq!(refused(late), "approval-not-pending");
}

/// Where the company wants it so, a sensitive role waits for a second person.
#[rstest]
#[tokio::test]
async fn sensitive_roles_wait_for_a_second_person(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (app, p, now) = (&t.app, t.people(), t.now);
    limit(&t, "security.two_person_roles", "1").await;
    let form = UserForm {
        username: "new".into(),
        display_name: "新人".into(),
        password: PASSWORD.into(),
        org_code: "000".into(),
        roles: vec!["administrator".into(), "branch_sales".into()],
        ..Default::default()
    };
    let id = create_user(app, &p.administrator, now, &form)
        .await
        .unwrap();
    let roles = async || user_page(app, &p.administrator, id).await.unwrap().roles;
    assert_eq!(roles().await, [Role::BranchSales]);
    let waiting = list_approvals(app, &p.compliance, now, "")
        .await
        .unwrap()
        .waiting;
    let asked = waiting[0].row.id;
    let own = step(&t, &p.administrator, asked, ApprovalStep::Approve, "").await;
    assert_eq!(refused(own), "duty-proposer");
    step(&t, &p.executive, asked, ApprovalStep::Approve, "")
        .await
        .unwrap();
    assert_eq!(roles().await, [Role::Administrator, Role::BranchSales]);
    // The command line is an administrator of the whole company, and is only written down.
    let form = UserForm {
        username: "other".into(),
        roles: vec!["administrator".into()],
        ..form
    };
    let shell = Actor::shell("tests");
    let id = create_user(app, &shell, now, &form).await.unwrap();
    assert_eq!(
        user_page(app, &shell, id).await.unwrap().roles,
        [Role::Administrator]
    );
}

pub(super) async fn write(t: &TestApp, actor: &Actor, query: &ExportQuery) -> Result<Vec<u8>> {
    let mut sink = Vec::new();
    export(&t.app, actor, t.now, query, &mut sink, &|_| {}).await?;
    Ok(sink)
}

/// SEC-08: what is larger than people may take alone waits for somebody else, in one file or in many.
#[rstest]
#[tokio::test]
async fn large_exports_wait_for_a_second_person(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (app, p, now) = (&t.app, t.people(), t.now);
    let query = |kind| ExportQuery::new(kind, ExportFormat::Csv).stating("regulator_request", "");
    let policies = query(ExportKind::Policies);
    assert!(write(&t, &p.manager, &policies).await.is_ok());
    limit(&t, "exports.rows", "3").await;
    let large = write(&t, &p.manager, &policies).await;
    assert_eq!(refused(large), "export-needs-approval");
    assert!(write(&t, &Actor::shell("tests"), &policies).await.is_ok());

    let id = request_export(app, &p.manager, now, &policies)
        .await
        .unwrap();
    let own = step(&t, &p.manager, id, ApprovalStep::Approve, "").await;
    assert_eq!(refused(own), "duty-proposer");
    let forged = ExportQuery {
        approval: Some(id),
        ..policies.clone()
    };
    let early = write(&t, &p.manager, &forged).await;
    assert_eq!(refused(early), "export-needs-approval");
    step(&t, &p.compliance, id, ApprovalStep::Approve, "")
        .await
        .unwrap();
    for (actor, other) in [
        (&p.inspector, forged.clone()),
        (
            &p.manager,
            ExportQuery {
                in_full: true,
                ..forged.clone()
            },
        ),
    ] {
        let stolen = write(&t, actor, &other).await;
        assert_eq!(refused(stolen), "export-needs-approval", "{}", actor.name);
    }
    while run_due(app, &|| now).await.unwrap() > 0 {}
    let jobs = list_jobs(app, &p.manager, &JobQuery::default())
        .await
        .unwrap();
    assert_eq!(jobs.rows[0].job.state, JobState::Finished);
    let file = open_file(app, &p.manager, now, jobs.rows[0].job.id)
        .await
        .unwrap();
    assert!(file.name.starts_with("policies-EX"), "{}", file.name);
    let stolen = open_file(app, &p.compliance, now, jobs.rows[0].job.id).await;
    assert!(matches!(stolen, Err(Error::NotFound)));

    let log = list_exports(app, &p.compliance, "").await.unwrap().rows;
    assert!(log.iter().any(|e| e.approved && e.complete && e.rows > 3));
    assert!(log.iter().any(|e| !e.complete && e.rows == 0));
    let other = list_exports(app, &p.leader_cq, "").await;
    assert!(matches!(other, Err(Error::Denied(_))));
}

/// Rows of a day add up; what was agreed to does not count.
#[rstest]
#[tokio::test]
async fn small_exports_add_up_in_a_day(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let query =
        ExportQuery::new(ExportKind::Policies, ExportFormat::Csv).stating("regulator_request", "");
    let rows = export(
        &t.app,
        &p.leader_cq,
        t.now,
        &query,
        &mut Vec::new(),
        &|_| {},
    )
    .await
    .unwrap()
    .rows;
    assert!(rows > 1);
    limit(&t, "exports.rows_per_day", &(rows + 1).to_string()).await;
    let second = write(&t, &p.leader_cq, &query).await;
    assert_eq!(refused(second), "export-needs-approval");
    assert!(write(&t, &p.leader_sd, &query).await.is_ok());
    let tomorrow = t.now + Duration::days(1);
    let mut sink = Vec::new();
    let later = export(&t.app, &p.leader_cq, tomorrow, &query, &mut sink, &|_| {}).await;
    assert!(later.is_ok(), "{later:?}");
}

/// A workbook says on its last sheet who took it, when, what for, and how many rows it has; the first
/// sheet is the table alone.
#[tokio::test]
async fn workbooks_carry_their_mark() {
    let t = TestApp::with_portfolio(Engine::Sqlite).await;
    let p = t.people();
    let nobody = ExportQuery::new(ExportKind::Customers, ExportFormat::Xlsx);
    let unsaid = write(&t, &p.leader_cq, &nobody).await;
    assert_eq!(
        invalid(unsaid),
        [("purpose".into(), "purpose-missing".into())]
    );
    let query = nobody.stating("other", "季度检查 & 抽样");
    let mut sink = Vec::new();
    let report = export(&t.app, &p.leader_cq, t.now, &query, &mut sink, &|_| {})
        .await
        .unwrap();
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(sink)).unwrap();
    let names = book.sheet_names();
    assert_eq!(names.len(), 2, "{names:?}");
    let cells = |sheet: &str, book: &mut Xlsx<_>| {
        let range = book.worksheet_range(sheet).unwrap();
        let text = range.rows().flat_map(|r| r.iter().map(ToString::to_string));
        text.collect::<Vec<_>>()
    };
    let mark = cells(&names[1], &mut book).join("|");
    for wanted in [
        report.mark.as_str(),
        "leader_cq",
        "2024-03-05 10:00:00",
        "other: 季度检查 & 抽样",
        &format!("rows|{}", report.rows),
    ] {
        assert!(mark.contains(wanted), "{wanted} is missing: {mark}");
    }
    assert_eq!(cells(&names[0], &mut book)[0], "customer_no");
}

/// SEC-07, SEC-08: a day has a quota of looks, warned at four fifths, refused beyond; the fields that a
/// role may see are a table.
#[rstest]
#[tokio::test]
async fn looking_has_a_quota(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let (app, p) = (&t.app, t.people());
    limit(&t, "reveals.per_day.team_leader", "2").await;
    let look = async |actor: &Actor, field: &str| {
        let form = RevealForm {
            field: field.into(),
            purpose: "callback".into(),
            note: String::new(),
        };
        reveal(app, actor, t.now, "C50-ZHOU", &form).await
    };
    let first = look(&p.leader_cq, "mobile").await.unwrap().quota.unwrap();
    assert!(!first.is_near() && first.used == 1);
    let second = look(&p.leader_cq, "name").await.unwrap().quota.unwrap();
    assert!(second.is_near() && second.limit == 2);
    let third = look(&p.leader_cq, "mobile").await;
    assert_eq!(refused(third), "reveal-quota");
    assert_eq!(t.audited("customer.revealed").await, 2);
    assert_eq!(t.audited("customer.reveal_refused").await, 1);
    assert!(look(&p.manager, "mobile").await.is_ok());

    let today = time::date_in_china(t.now);
    let seen = list_disclosures(app, &p.compliance, today).await.unwrap();
    let leader = seen.iter().find(|c| c.owner_name == "leader_cq").unwrap();
    assert_eq!((leader.field_count, leader.day_limit), (2, 2));
    let denied = list_disclosures(app, &p.leader_cq, today).await;
    assert!(matches!(denied, Err(Error::Denied(_))));

    let mut outside = p.manager.clone();
    outside.roles = vec![Role::OutsourcedCaller];
    assert_eq!(
        refused(look(&outside, "id_no").await),
        "reveal-field-closed"
    );
}
