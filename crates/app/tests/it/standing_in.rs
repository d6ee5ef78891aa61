//! Standing in for somebody.

use app::Error;
use app::access::{
    DelegationForm, Device, act_for, authenticate, delegate, end_delegation, sign_in,
};
use app::callbacks::{AssignTarget, ListQuery, assign, list_callbacks};
use app::exports::{ExportFormat, ExportKind, ExportQuery};
use app::jobs::{find_job, run_due, start_export};
use chrono::Duration;
use domain::access::{Actor, Permission};
use domain::jobs::JobState;
use rstest::rstest;
use testkit::{Engine, PASSWORD, TestApp, invalid, refused};

async fn count(t: &TestApp, actor: &Actor) -> i64 {
    let all = ListQuery::default();
    let list = list_callbacks(&t.app, actor, t.now, &all).await;
    list.unwrap().count
}

fn stand_in(principal: &str, substitute: &str, from: &str, until: &str) -> DelegationForm {
    DelegationForm {
        principal: principal.into(),
        substitute: substitute.into(),
        from: from.into(),
        until: until.into(),
        reason: "年休假".into(),
    }
}

/// Who stands in acts with the roles and the unit of who is away, under their own name, within the days.
#[rstest]
#[tokio::test]
async fn a_substitute_acts_within_the_days(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let today = domain::time::date_in_china(t.now);
    let until = today.succ_opt().unwrap();
    let form = stand_in("", "caller_cq", &today.to_string(), &until.to_string());
    let id = delegate(&t.app, &p.leader_cq, t.now, &form).await.unwrap();
    let device = Device::default();
    let signed = sign_in(&t.app, t.now, "caller_cq", PASSWORD, &device)
        .await
        .unwrap();
    let look = async |now| {
        authenticate(&t.app, now, &signed.token.0)
            .await
            .unwrap()
            .unwrap()
    };
    let session = look(t.now).await;
    assert!(!session.actor.may(Permission::CallbacksAssign));
    act_for(&t.app, &session, t.now, Some(id)).await.unwrap();
    let session = look(t.now).await;
    assert!(session.actor.may(Permission::CallbacksAssign));
    assert_eq!(
        session.actor.user(),
        p.caller_cq.user(),
        "the log keeps the person"
    );
    assert_eq!(session.actor.name, "caller_cq（代 leader_cq）");
    assert_eq!(session.acting.as_ref().unwrap().id, id);
    // Standing in for the leader of Chongqing shows nothing of Shandong.
    assert_eq!(
        count(&t, &session.actor).await,
        count(&t, &p.leader_cq).await
    );
    // Nobody gets new work while somebody stands in.
    let callback = t.callback("P50-ZHOU", "NB-CQ").await;
    let target = AssignTarget::Ids(vec![callback]);
    let given = assign(&t.app, &p.manager, t.now, &target, p.leader_cq.user())
        .await
        .unwrap();
    assert_eq!(given.refused[0].1, "assign-away");
    // Ended early, it is over at once.
    end_delegation(&t.app, &p.leader_cq, t.now, id)
        .await
        .unwrap();
    let session = look(t.now).await;
    assert!(session.acting.is_none() && !session.actor.may(Permission::CallbacksAssign));
    assert_eq!(
        refused(act_for(&t.app, &session, t.now, Some(id)).await),
        "delegation-over"
    );
    // Another one runs out by itself.
    let id = delegate(&t.app, &p.leader_cq, t.now, &form).await.unwrap();
    act_for(&t.app, &session, t.now, Some(id)).await.unwrap();
    let late = t.now + Duration::days(2);
    let signed = sign_in(&t.app, late, "caller_cq", PASSWORD, &device)
        .await
        .unwrap();
    let session = authenticate(&t.app, late, &signed.token.0)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        refused(act_for(&t.app, &session, late, Some(id)).await),
        "delegation-over"
    );
}

#[rstest]
#[tokio::test]
async fn nobody_stands_in_for_what_is_not_theirs(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let (from, until) = ("2024-03-01", "2099-01-01");
    let by =
        async |actor: &Actor, form: DelegationForm| delegate(&t.app, actor, t.now, &form).await;
    let form = |substitute: &str| stand_in("", substitute, from, until);
    assert_eq!(
        refused(by(&p.leader_cq, form("sales_cq")).await),
        "delegation-sells"
    );
    assert_eq!(
        refused(by(&p.leader_cq, form("leader_cq")).await),
        "delegation-same-person"
    );
    // A substitute is somebody in sight, and only administrators arrange it for others.
    assert_eq!(
        invalid(by(&p.leader_cq, form("caller_sd")).await)[0].0,
        "substitute"
    );
    let other = stand_in("leader_sd", "caller_cq", from, until);
    assert!(matches!(
        by(&p.leader_cq, other).await,
        Err(Error::Denied(_))
    ));
    let empty = by(&p.leader_cq, DelegationForm::default()).await;
    let fields: Vec<_> = invalid(empty).into_iter().map(|(f, _)| f).collect();
    assert_eq!(fields, ["from", "until", "reason"]);
    let id = by(&p.leader_cq, form("caller_cq")).await.unwrap();
    let ended = end_delegation(&t.app, &p.caller_sd, t.now, id).await;
    assert!(matches!(ended, Err(Error::Denied(_) | Error::NotFound)));
    // A delegation is for the substitute alone.
    let device = Device::default();
    let signed = sign_in(&t.app, t.now, "caller_sd", PASSWORD, &device)
        .await
        .unwrap();
    let session = authenticate(&t.app, t.now, &signed.token.0)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        refused(act_for(&t.app, &session, t.now, Some(id)).await),
        "delegation-over"
    );
}

async fn as_substitute(t: &TestApp, name: &str, delegation: uuid::Uuid) -> app::access::Session {
    let device = Device::default();
    let signed = sign_in(&t.app, t.now, name, PASSWORD, &device)
        .await
        .unwrap();
    let look = async || {
        let session = authenticate(&t.app, t.now, &signed.token.0).await;
        session.unwrap().unwrap()
    };
    let began = act_for(&t.app, &look().await, t.now, Some(delegation)).await;
    began.unwrap();
    look().await
}

/// SEC-02: power over people and the system is never handed over, and approving and seeing in full only
/// by the person who is away; nobody hands on what was handed to them.
#[rstest]
#[tokio::test]
async fn sensitive_rights_do_not_go_over(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    use Permission as P;
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let today = domain::time::date_in_china(t.now).to_string();
    let form = |principal: &str, substitute: &str| stand_in(principal, substitute, &today, &today);
    let by = async |actor: &Actor, form: DelegationForm| {
        let id = delegate(&t.app, actor, t.now, &form).await;
        id.unwrap()
    };
    let id = by(&p.administrator, form("", "inspector")).await;
    let session = as_substitute(&t, "inspector", id).await;
    for permission in [
        P::UsersManage,
        P::RightsManage,
        P::ClientsManage,
        P::OrgsManage,
        P::SystemManage,
    ] {
        assert!(!session.actor.may(permission), "{permission}");
        assert!(session.actor.scope(permission).is_err(), "{permission}");
    }
    assert!(session.actor.may(P::ImportsRun) && session.actor.may(P::AuditRead));
    let on = delegate(&t.app, &session.actor, t.now, &form("", "caller_cq")).await;
    assert_eq!(refused(on), "delegation-while-acting");

    // Arranged by an administrator, approving stays; what the substitute holds anyhow goes with them.
    let id = by(&p.administrator, form("compliance", "inspector")).await;
    let session = as_substitute(&t, "inspector", id).await;
    assert!(session.actor.may(P::AuditRead) && session.actor.may(P::DataExport));
    for permission in [P::RightsApprove, P::ExportsApprove, P::RetentionManage] {
        assert!(!session.actor.may(permission), "{permission}");
    }
    let id = by(&p.compliance, form("", "inspector")).await;
    let session = as_substitute(&t, "inspector", id).await;
    assert!(session.actor.may(P::RightsApprove) && session.actor.may(P::RetentionManage));
}

/// SEC-04: the roles of both meet in one person, so they have to go together, then and later.
#[rstest]
#[tokio::test]
async fn a_delegation_keeps_the_duties_apart(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    use domain::access::Role;
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let today = domain::time::date_in_china(t.now).to_string();
    let form = |substitute: &str| stand_in("", substitute, &today, &today);
    let sold = delegate(&t.app, &p.sales_cq, t.now, &form("caller_cq")).await;
    assert_eq!(refused(sold), "delegation-duty");
    let roles = async |actor: &Actor, roles: &[Role]| {
        let work = t.app.store().begin(t.now).await.unwrap();
        let user = actor.user().unwrap();
        store::access::set_roles(&work, user, roles).await.unwrap();
        let entry = store::AuditEntry::new(&Actor::system(), "access.user_changed", "user", user.0);
        work.commit(entry).await.unwrap();
    };
    roles(&p.operations_cq, &[Role::OutsourcedCaller]).await;
    let outside = delegate(&t.app, &p.leader_cq, t.now, &form("operations_cq")).await;
    assert_eq!(refused(outside), "delegation-duty");

    let id = delegate(&t.app, &p.leader_cq, t.now, &form("caller_cq")).await;
    let id = id.unwrap();
    let session = as_substitute(&t, "caller_cq", id).await;
    assert!(session.acting.is_some());
    roles(&p.caller_cq, &[Role::BranchSales]).await;
    let session = as_substitute(&t, "caller_cq", id).await;
    assert!(session.acting.is_none() && !session.actor.may(Permission::CallbacksAssign));
}

/// What somebody begins while standing in is done with the same rights, and no longer than the
/// delegation holds.
#[rstest]
#[tokio::test]
async fn jobs_keep_the_delegation(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let today = domain::time::date_in_china(t.now).to_string();
    let form = stand_in("", "caller_cq", &today, &today);
    let id = delegate(&t.app, &p.leader_cq, t.now, &form).await.unwrap();
    let signed = sign_in(&t.app, t.now, "caller_cq", PASSWORD, &Device::default())
        .await
        .unwrap();
    let look = async || {
        let found = authenticate(&t.app, t.now, &signed.token.0).await;
        found.unwrap().unwrap()
    };
    act_for(&t.app, &look().await, t.now, Some(id))
        .await
        .unwrap();
    let actor = look().await.actor;
    let query = ExportQuery::new(ExportKind::Callbacks, ExportFormat::Csv);
    let query = query.stating("callback", "");
    assert!(
        start_export(&t.app, &p.caller_cq, t.now, query.clone())
            .await
            .is_err()
    );
    let done = start_export(&t.app, &actor, t.now, query.clone())
        .await
        .unwrap();
    run(&t).await;
    let done = find_job(&t.app, &p.caller_cq, done).await.unwrap();
    assert_eq!(done.job.state, JobState::Finished, "{:?}", done.job.error);
    let late = start_export(&t.app, &actor, t.now, query).await.unwrap();
    end_delegation(&t.app, &p.leader_cq, t.now, id)
        .await
        .unwrap();
    run(&t).await;
    let late = find_job(&t.app, &p.caller_cq, late).await.unwrap();
    assert_eq!(late.job.state, JobState::Dead);
}

async fn run(t: &TestApp) {
    let (app, now) = (t.app.clone(), t.now);
    let ran = tokio::spawn(async move { run_due(&app, &move || now).await }).await;
    ran.unwrap().unwrap();
}
