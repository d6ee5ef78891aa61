//! Systems that use the API.

use app::Error;
use app::access::{
    NewClient, authenticate_client, create_client, create_token, list_clients, revoke_token,
    set_client_active,
};
use chrono::Duration;
use domain::access::Permission;
use rstest::rstest;
use testkit::{Engine, TestApp, invalid};

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
        authenticate_client(&t.app, t.now + Duration::days(days), &token)
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
