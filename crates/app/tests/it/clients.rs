//! Systems that use the API.

use app::Error;
use app::access::{
    NewClient, authenticate_client, create_client, create_token, list_clients, revoke_token,
    rotate_token, set_client_active,
};
use app::approvals::{decide, list_approvals};
use chrono::Duration;
use domain::access::{ApprovalStep, Permission};
use rstest::rstest;
use testkit::{Engine, TestApp, invalid, refused};

/// A token works until it expires or is revoked, with the rights and the unit of its client.
#[rstest]
#[tokio::test]
async fn tokens_have_an_end(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let admin = &t.people().administrator;
    let form = NewClient {
        name: "核心系统".into(),
        org_code: "50".into(),
        roles: vec!["executive".into()],
        ..NewClient::default()
    };
    let client = create_client(&t.app, admin, t.now, &form).await.unwrap();
    let taken = create_client(&t.app, admin, t.now, &form).await;
    assert_eq!(invalid(taken), [("name".into(), "taken".into())]);
    let empty = create_client(&t.app, admin, t.now, &NewClient::default()).await;
    let fields: Vec<_> = invalid(empty).into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["name", "org_code", "roles"]);
    let token = create_token(&t.app, admin, t.now, client, 30)
        .await
        .unwrap()
        .0;
    let at = async |days| {
        authenticate_client(&t.app, t.now + Duration::days(days), &token, "10.1.1.1")
            .await
            .unwrap()
    };
    let actor = at(0).await.unwrap();
    assert_eq!(
        (actor.name.as_str(), actor.org.as_str()),
        ("核心系统", "/000/50/")
    );
    assert!(actor.may(Permission::CallbacksRead) && !actor.may(Permission::CallbacksMake));
    assert!(at(29).await.is_some() && at(30).await.is_none());
    for days in [0, 367] {
        let created = create_token(&t.app, admin, t.now, client, days).await;
        assert_eq!(invalid(created), [("days".into(), "number".into())]);
    }
    set_client_active(&t.app, admin, t.now, client, false)
        .await
        .unwrap();
    assert!(at(0).await.is_none());
    set_client_active(&t.app, admin, t.now, client, true)
        .await
        .unwrap();
    let shown = list_clients(&t.app, admin).await.unwrap();
    let hint = shown[0].tokens[0].hint.clone();
    assert!(token.starts_with(&hint) && hint.len() < token.len() / 4);
    revoke_token(&t.app, admin, t.now, client, &hint)
        .await
        .unwrap();
    assert!(at(0).await.is_none());
    let denied = list_clients(&t.app, &t.people().manager).await;
    assert!(matches!(
        denied,
        Err(Error::Denied(Permission::ClientsManage))
    ));
    let stored = "SELECT COUNT(*) FROM api_tokens";
    assert_eq!(t.database.number(stored).await, 1);
}

/// SEC-02: a client is limited to some of its roles' rights; its last use is shown.
#[rstest]
#[tokio::test]
async fn a_client_has_what_it_needs(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let admin = &t.people().administrator;
    let mut form = NewClient {
        name: "数据仓库".into(),
        org_code: "50".into(),
        roles: vec!["executive".into()],
        permissions: vec!["reports.read".into(), "users.manage".into()],
    };
    let beyond = create_client(&t.app, admin, t.now, &form).await;
    assert_eq!(
        invalid(beyond),
        [("permissions".into(), "permission-not-of-roles".into())]
    );
    form.permissions.truncate(1);
    let client = create_client(&t.app, admin, t.now, &form).await.unwrap();
    let token = create_token(&t.app, admin, t.now, client, 30)
        .await
        .unwrap()
        .0;
    let enter = async |minutes, address: &str| {
        let now = t.now + Duration::minutes(minutes);
        authenticate_client(&t.app, now, &token, address)
            .await
            .unwrap()
    };
    let actor = enter(0, "10.1.1.1").await.unwrap();
    assert!(actor.may(Permission::ReportsRead) && !actor.may(Permission::CallbacksRead));
    assert!(actor.scope(Permission::CallbacksRead).is_err());
    assert!(actor.scope(Permission::ReportsRead).is_ok());
    let used = async || {
        let shown = list_clients(&t.app, admin).await.unwrap();
        let client = shown.into_iter().find(|c| c.client.id == client).unwrap();
        let token = client.tokens[0].clone();
        (token.used_at.unwrap(), token.used_from.unwrap())
    };
    assert_eq!(used().await, (t.now, "10.1.1.1".into()));
    enter(4, "10.2.2.2").await.unwrap();
    assert_eq!(
        used().await,
        (t.now, "10.1.1.1".into()),
        "not noted so often"
    );
    enter(5, "10.2.2.2").await.unwrap();
    let later = t.now + Duration::minutes(5);
    assert_eq!(used().await, (later, "10.2.2.2".into()));
    assert_eq!(t.audited("access.token_used").await, 2);
}

/// SEC-02: rotation makes a new token while the old one lives for the chosen time, and no longer than it
/// would have.
#[rstest]
#[tokio::test]
async fn tokens_are_rotated(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let admin = &t.people().administrator;
    let form = NewClient {
        name: "核心系统".into(),
        org_code: "50".into(),
        roles: vec!["executive".into()],
        ..NewClient::default()
    };
    let client = create_client(&t.app, admin, t.now, &form).await.unwrap();
    let old = create_token(&t.app, admin, t.now, client, 2)
        .await
        .unwrap()
        .0;
    let rotate = async |hint: &str, days, hours| {
        rotate_token(&t.app, admin, t.now, client, hint, days, hours).await
    };
    for (days, hours, field) in [
        (0, 1, "days"),
        (1, -1, "overlap_hours"),
        (1, 745, "overlap_hours"),
    ] {
        assert_eq!(invalid(rotate(&old[..8], days, hours).await)[0].0, field);
    }
    let new = rotate(&old[..8], 90, 24).await.unwrap().0;
    let good = async |token: &str, hours| {
        let now = t.now + Duration::hours(hours);
        authenticate_client(&t.app, now, token, "")
            .await
            .unwrap()
            .is_some()
    };
    assert!(good(&old, 23).await && good(&new, 23).await);
    assert!(!good(&old, 24).await && good(&new, 24).await);
    let third = rotate(&new[..8], 1, 0).await.unwrap().0;
    assert!(!good(&new, 0).await && good(&third, 0).await);
    let spent = rotate(&new[..8], 1, 0).await;
    assert!(matches!(spent, Err(Error::NotFound)));
    let longer = rotate(&third[..8], 1, 744).await.unwrap();
    assert!(!good(&third, 24).await, "the overlap lengthens no life");
    let denied = rotate_token(
        &t.app,
        &t.people().manager,
        t.now,
        client,
        &longer.0[..8],
        1,
        1,
    )
    .await;
    assert!(matches!(
        denied,
        Err(Error::Denied(Permission::ClientsManage))
    ));
}

/// SEC-02: personal data in full stands in a client's list or is not for it; roles keep the duties apart.
#[rstest]
#[tokio::test]
async fn a_client_sees_personal_data_in_full_only_by_its_list(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let admin = &t.people().administrator;
    let enter = async |name: &str, permissions: &[&str]| {
        let form = NewClient {
            name: name.into(),
            org_code: "50".into(),
            roles: vec!["head_office_manager".into()],
            permissions: permissions.iter().map(|p| (*p).to_owned()).collect(),
        };
        let client = create_client(&t.app, admin, t.now, &form).await.unwrap();
        let token = create_token(&t.app, admin, t.now, client, 1).await.unwrap();
        let actor = authenticate_client(&t.app, t.now, &token.0, "").await;
        actor.unwrap().unwrap()
    };
    let all = enter("数据仓库", &[]).await;
    assert!(all.may(Permission::CustomersRead) && !all.may(Permission::PersonalDataReveal));
    let listed = enter("外呼平台", &["personal_data.reveal"]).await;
    assert!(listed.may(Permission::PersonalDataReveal) && !listed.may(Permission::CustomersRead));
    let both = NewClient {
        name: "销售平台".into(),
        org_code: "50".into(),
        roles: vec!["branch_sales".into(), "callback_agent".into()],
        ..NewClient::default()
    };
    let both = create_client(&t.app, admin, t.now, &both).await;
    assert_eq!(refused(both), "salesperson-barred");
}

/// SEC-02: where two persons give sensitive rights, they also let a system in that has them.
#[rstest]
#[tokio::test]
async fn a_second_person_lets_a_strong_client_in(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (admin, compliance) = (&t.people().administrator, &t.people().compliance);
    crate::approvals::limit(&t, "security.two_person_roles", "1").await;
    let form = |name: &str, permissions: &[&str]| NewClient {
        name: name.into(),
        org_code: "50".into(),
        roles: vec!["team_leader".into()],
        permissions: permissions.iter().map(|p| (*p).to_owned()).collect(),
    };
    let reading = form("看板", &["callbacks.read"]);
    let reading = create_client(&t.app, admin, t.now, &reading).await.unwrap();
    let strong = form("数据平台", &["data.export", "callbacks.read"]);
    let strong = create_client(&t.app, admin, t.now, &strong).await.unwrap();
    let is_in = async |id| {
        let all = list_clients(&t.app, admin).await.unwrap();
        all.iter()
            .find(|c| c.client.id == id)
            .unwrap()
            .client
            .active
    };
    assert!(is_in(reading).await && !is_in(strong).await);
    let waiting = list_approvals(&t.app, compliance, t.now, "")
        .await
        .unwrap()
        .waiting;
    assert_eq!(waiting.len(), 1);
    let approve = async |by, id| decide(&t.app, by, t.now, id, ApprovalStep::Approve, "").await;
    let own = approve(admin, waiting[0].row.id).await;
    assert_eq!(refused(own), "duty-proposer");
    approve(compliance, waiting[0].row.id).await.unwrap();
    assert!(is_in(strong).await);
    // Kept out once, it comes back the same way.
    for active in [false, true] {
        set_client_active(&t.app, admin, t.now, strong, active)
            .await
            .unwrap();
        assert!(!is_in(strong).await);
    }
}
