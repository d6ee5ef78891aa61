//! Users: the first administrator, adding, changing, keeping out.

use app::Error;
use app::access::{
    Device, UserForm, authenticate, change_user, create_first_administrator, create_user,
    disable_user, first_administrator_link, is_first_administrator_wanted, list_orgs, list_users,
    reset_password, sign_in,
};
use chrono::Duration;
use domain::access::{Actor, Permission};
use rstest::rstest;
use testkit::{Engine, PASSWORD, TestApp, actor_of, invalid, refused};

fn form(username: &str, role: &str, org: &str) -> UserForm {
    UserForm {
        username: username.into(),
        display_name: "新员工".into(),
        password: PASSWORD.into(),
        org_code: org.into(),
        roles: vec![role.into()],
        ..Default::default()
    }
}

/// Contracts §1: the printed link makes one administrator, once, within a day; a newer link replaces it.
#[rstest]
#[tokio::test]
async fn the_first_administrators_link_works_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    assert!(is_first_administrator_wanted(&t.app).await.unwrap());
    let old = first_administrator_link(&t.app, t.now).await.unwrap().0;
    let link = first_administrator_link(&t.app, t.now).await.unwrap().0;
    let create = async |now, token: &str, name: &str| {
        create_first_administrator(&t.app, now, token, &form(name, "", "")).await
    };
    assert_eq!(refused(create(t.now, &old, "admin").await), "link-spent");
    assert_eq!(
        refused(create(t.now + Duration::hours(25), &link, "admin").await),
        "link-spent"
    );
    let bad = create_first_administrator(&t.app, t.now, &link, &UserForm::default()).await;
    let fields: Vec<_> = invalid(bad).into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["username", "display_name", "password"]);
    create(t.now, &link, "admin").await.unwrap();
    assert_eq!(refused(create(t.now, &link, "admin2").await), "link-spent");
    assert!(!is_first_administrator_wanted(&t.app).await.unwrap());
    let later = first_administrator_link(&t.app, t.now).await.unwrap().0;
    assert_eq!(refused(create(t.now, &later, "admin3").await), "link-spent");
    let admin = actor_of(&t.app, t.now, "admin").await;
    assert!(admin.may(Permission::UsersManage) && !admin.may(Permission::CallbacksMake));
    assert_eq!(
        list_orgs(&t.app, &admin).await.unwrap().len(),
        1,
        "the head office came with it"
    );
}

/// All problems of a form come at once, each on its field.
#[rstest]
#[tokio::test]
async fn a_bad_form_names_every_field(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let admin = &t.people().administrator;
    let bad = UserForm {
        username: "not plain".into(),
        display_name: String::new(),
        password: "short".into(),
        org_code: "9999".into(),
        roles: vec!["emperor".into()],
        languages: vec!["klingon".into()],
        agent_code: "A-NOBODY".into(),
    };
    let fields: Vec<_> = invalid(create_user(&t.app, admin, t.now, &bad).await)
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    let expected = [
        "username",
        "display_name",
        "password",
        "org_code",
        "roles",
        "languages",
        "agent_code",
    ];
    assert_eq!(fields, expected);
    let taken = create_user(
        &t.app,
        admin,
        t.now,
        &form("leader_cq", "team_leader", "50"),
    )
    .await;
    assert_eq!(invalid(taken), [("username".into(), "taken".into())]);
    let denied = create_user(
        &t.app,
        &t.people().manager,
        t.now,
        &form("x", "executive", "50"),
    )
    .await;
    assert!(matches!(
        denied,
        Err(Error::Denied(Permission::UsersManage))
    ));
}

/// SEC-02: changed rights, disabled accounts and new passwords end the sessions at once.
#[rstest]
#[tokio::test]
async fn changes_end_sessions(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let admin = &t.people().administrator;
    let sign = async |password: &str| {
        let device = Device::default();
        sign_in(&t.app, t.now, "caller_cq", password, &device)
            .await
            .map(|s| (s.token.0, s.user))
    };
    let alive = async |token: &str| authenticate(&t.app, t.now, token).await.unwrap().is_some();
    let (token, user) = sign(PASSWORD).await.unwrap();
    let mut change = form("caller_cq", "team_leader", "5001");
    change.password = String::new();
    change.languages = vec!["sichuan".into(), "cantonese".into()];
    change_user(&t.app, admin, t.now, user.id, user.version, &change)
        .await
        .unwrap();
    assert!(!alive(&token).await);
    let (token, changed) = sign(PASSWORD).await.unwrap();
    assert_eq!(changed.languages, ["sichuan", "cantonese"]);
    assert_eq!(changed.org_path.as_str(), "/000/50/5001/");
    let outdated = change_user(&t.app, admin, t.now, user.id, user.version, &change).await;
    assert!(matches!(outdated, Err(Error::Conflict)));
    disable_user(&t.app, admin, t.now, user.id, false)
        .await
        .unwrap();
    assert!(!alive(&token).await);
    assert_eq!(refused(sign(PASSWORD).await), "sign-in-failed");
    disable_user(&t.app, admin, t.now, user.id, true)
        .await
        .unwrap();
    let (token, _) = sign(PASSWORD).await.unwrap();
    let short = reset_password(&t.app, admin, t.now, "caller_cq", "short").await;
    assert_eq!(
        invalid(short),
        [("password".into(), "password-short".into())]
    );
    reset_password(&t.app, admin, t.now, "caller_cq", "Another-horse-8")
        .await
        .unwrap();
    assert!(!alive(&token).await);
    assert_eq!(refused(sign(PASSWORD).await), "sign-in-failed");
    assert!(sign("Another-horse-8").await.is_ok());
    let own = disable_user(&t.app, admin, t.now, admin.user().unwrap(), false).await;
    assert_eq!(refused(own), "own-account");
    let unknown = reset_password(&t.app, admin, t.now, "nobody", PASSWORD).await;
    assert!(matches!(unknown, Err(Error::NotFound)));
}

/// SEC-02, ORG-01: a branch administrator manages the branch's users and nobody else's.
#[rstest]
#[tokio::test]
async fn a_branch_administrator_stays_in_the_branch(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let shell = Actor::shell("tests");
    create_user(
        &t.app,
        &shell,
        t.now,
        &form("admin_cq", "administrator", "50"),
    )
    .await
    .unwrap();
    let admin = actor_of(&t.app, t.now, "admin_cq").await;
    let users = list_users(&t.app, &admin).await.unwrap();
    assert!(
        users
            .iter()
            .all(|u| u.org_path.as_str().starts_with("/000/50/"))
    );
    assert!(users.iter().any(|u| u.username == "caller_cq"));
    let orgs = list_orgs(&t.app, &admin).await.unwrap();
    let codes: Vec<_> = orgs.iter().map(|o| o.code.as_str()).collect();
    assert_eq!(codes, ["50", "5001"]);
    for elsewhere in ["000", "37", "3701"] {
        let created =
            create_user(&t.app, &admin, t.now, &form("spy", "executive", elsewhere)).await;
        assert_eq!(
            invalid(created),
            [("org_code".into(), "unknown-org".into())]
        );
    }
    let stranger = t.people().caller_sd.user().unwrap();
    let disabled = disable_user(&t.app, &admin, t.now, stranger, false).await;
    assert!(matches!(disabled, Err(Error::NotFound)));
    let reset = reset_password(&t.app, &admin, t.now, "caller_sd", PASSWORD).await;
    assert!(matches!(reset, Err(Error::NotFound)));
    let moved = change_user(
        &t.app,
        &admin,
        t.now,
        stranger,
        1,
        &form("caller_sd", "executive", "50"),
    )
    .await;
    assert!(matches!(moved, Err(Error::NotFound)));
}

/// SEC-02: nobody changes their own roles, and a role that reaches the whole company is given by who
/// manages the users of the whole company.
#[rstest]
#[tokio::test]
async fn roles_are_given_by_others_and_within_reach(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let shell = Actor::shell("tests");
    let branch = form("admin_cq", "administrator", "50");
    let id = create_user(&t.app, &shell, t.now, &branch).await.unwrap();
    let user = app::access::user_page(&t.app, &shell, id).await.unwrap();
    let admin = actor_of(&t.app, t.now, "admin_cq").await;
    let own = async |roles: &[&str]| {
        let form = UserForm {
            password: String::new(),
            roles: roles.iter().map(|r| (*r).to_owned()).collect(),
            ..branch.clone()
        };
        change_user(&t.app, &admin, t.now, id, user.version, &form).await
    };
    assert_eq!(
        refused(own(&["administrator", "executive"]).await),
        "own-roles"
    );
    assert_eq!(refused(own(&["executive"]).await), "own-roles");
    own(&["administrator"]).await.unwrap();

    let work = t.app.store().begin(t.now).await.unwrap();
    let change = domain::access::RightChange {
        role: domain::access::Role::QualityInspector,
        permission: Permission::RecordingsListen,
        before: None,
        after: Some(domain::access::RowScope::Company),
    };
    store::access::put_rights(&work, &[change], &[], "tests")
        .await
        .unwrap();
    let entry = store::AuditEntry::new(&shell, "access.rights_changed", "right", None);
    work.commit(entry).await.unwrap();
    let admin = actor_of(&t.app, t.now, "admin_cq").await;
    let inspector = |name: &str| form(name, "quality_inspector", "50");
    let beyond = create_user(&t.app, &admin, t.now, &inspector("inspector_1")).await;
    assert_eq!(refused(beyond), "role-beyond-unit");
    let stranger = t.people().caller_cq.user().unwrap();
    let wider = form("caller_cq", "quality_inspector", "50");
    let beyond = change_user(&t.app, &admin, t.now, stranger, 1, &wider).await;
    assert_eq!(refused(beyond), "role-beyond-unit");
    let leader = form("leader_2", "team_leader", "50");
    create_user(&t.app, &admin, t.now, &leader).await.unwrap();
    let head = &t.people().administrator;
    create_user(&t.app, head, t.now, &inspector("inspector_2"))
        .await
        .unwrap();
}
