//! Standing in for somebody.

use app::Error;
use app::access::{
    DelegationForm, Device, act_for, authenticate, delegate, end_delegation, sign_in,
};
use app::callbacks::{AssignTarget, ListQuery, assign, list_callbacks};
use chrono::Duration;
use domain::access::{Actor, Permission};
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
