//! Signing in at a provider: what a token must be, whom it names, and what a browser may bring back once.

use crate::authenticator::base64url;
use crate::fake_provider::{ISSUER, KEYS, Said, provider, provider_says};
use app::access::{
    Arrival, Device, Doors, Provider, Returned, RoleMapping, UserForm, begin_oidc_link,
    begin_oidc_sign_in, create_user, disable_user, finish_oidc, link_identity, own_ways,
    remove_passkey, unlink_identity, unlink_own_identity, ways_of,
};
use chrono::Duration;
use domain::access::{Actor, Role};
use rstest::rstest;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use testkit::{Engine, TestApp, actor_of, refused};

pub(crate) async fn with(engine: Engine, provider: Provider) -> (TestApp, Said) {
    let mut t = TestApp::with_portfolio(engine).await;
    let token = Arc::new(Mutex::new(String::new()));
    let doors = Doors::at("http://localhost:7300", "惠民人寿").unwrap();
    let doors = doors.with_providers(vec![provider], provider_says(Arc::clone(&token)));
    t.app = t.app.clone().with_doors(doors.unwrap());
    (t, Said { token })
}

/// Somebody on the way to the provider.
struct Going {
    state: String,
    nonce: String,
    browser: String,
}

async fn go(t: &TestApp, actor: Option<&Actor>) -> Going {
    let departure = match actor {
        Some(actor) => begin_oidc_link(&t.app, actor, t.now, "corp").await,
        None => begin_oidc_sign_in(&t.app, t.now, "corp", "/callbacks").await,
    };
    let departure = departure.unwrap();
    let url = url::Url::parse(&departure.url).unwrap();
    let value = |name: &str| {
        let found = url.query_pairs().find(|(key, _)| key == name);
        found
            .unwrap_or_else(|| panic!("no {name}: {url}"))
            .1
            .into_owned()
    };
    assert_eq!(value("code_challenge_method"), "S256");
    assert_eq!(value("client_id"), "huifang");
    assert_eq!(
        value("redirect_uri"),
        "http://localhost:7300/sign-in/oidc/callback"
    );
    Going {
        state: value("state"),
        nonce: value("nonce"),
        browser: departure.browser.0,
    }
}

fn returned(going: &Going) -> Returned {
    Returned {
        state: going.state.clone(),
        code: "code".into(),
        ..Returned::default()
    }
}

async fn come_back(t: &TestApp, actor: Option<&Actor>, going: &Going) -> app::Result<Arrival> {
    let (back, from) = (returned(going), Device::default());
    finish_oidc(&t.app, actor, t.now, &back, &going.browser, &from).await
}

/// What a good token says of somebody.
fn claims(t: &TestApp, going: &Going, subject: &str) -> Value {
    json!({
        "iss": ISSUER, "aud": "huifang", "sub": subject, "nonce": going.nonce,
        "iat": t.now.timestamp(), "exp": (t.now + Duration::minutes(5)).timestamp(),
        "preferred_username": subject,
    })
}

/// Goes to the provider and comes back as somebody.
pub(crate) async fn sign_in(
    t: &TestApp,
    said: &Said,
    subject: &str,
    more: Value,
) -> app::Result<String> {
    let going = go(t, None).await;
    let mut all = claims(t, &going, subject);
    for (name, value) in more.as_object().unwrap() {
        all[name] = value.clone();
    }
    said.claims(&all, KEYS[0]);
    match come_back(t, None, &going).await? {
        Arrival::SignedIn(signed_in, next) => {
            assert_eq!(next, "/callbacks");
            Ok(signed_in.user.username)
        }
        Arrival::Linked => panic!("linked"),
    }
}

pub(crate) async fn link(t: &TestApp, user: &Actor, subject: &str) {
    let administrator = &t.people().administrator;
    let user = user.user().unwrap();
    link_identity(&t.app, administrator, t.now, user, "corp", subject)
        .await
        .unwrap();
}

#[rstest]
#[tokio::test]
async fn a_token_must_be_good_in_every_respect(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, said) = with(engine, provider()).await;
    link(&t, &t.people().caller_cq, "s-1").await;
    let after = |seconds: i64| json!((t.now + Duration::seconds(seconds)).timestamp());
    for (claim, value, good) in [
        ("sub", json!("s-1"), true),
        ("exp", after(-59), true),
        ("exp", after(-61), false),
        ("iat", after(59), true),
        ("iat", after(61), false),
        ("aud", json!("another"), false),
        ("aud", json!(["huifang", "another"]), false),
        ("iss", json!("https://id.example.net"), false),
        ("nonce", json!("another"), false),
        ("nonce", Value::Null, false),
    ] {
        let came = sign_in(&t, &said, "s-1", json!({ (claim): value })).await;
        if good {
            assert_eq!(came.unwrap(), "caller_cq", "{claim} {value}");
        } else {
            assert_eq!(refused(came), "oidc-token", "{claim} {value}");
        }
    }
    // Signed by somebody else, and changed after it was signed.
    let going = go(&t, None).await;
    said.claims(&claims(&t, &going, "s-1"), KEYS[1]);
    assert_eq!(refused(come_back(&t, None, &going).await), "oidc-token");
    let going = go(&t, None).await;
    said.claims(&claims(&t, &going, "s-2"), KEYS[0]);
    let forged = base64url(claims(&t, &going, "s-1").to_string().as_bytes());
    {
        let mut token = said.token.lock().unwrap();
        let parts: Vec<_> = token.split('.').collect();
        let changed = format!("{}.{forged}.{}", parts[0], parts[2]);
        *token = changed;
    }
    assert_eq!(refused(come_back(&t, None, &going).await), "oidc-token");
    let failed = "SELECT COUNT(*) FROM audit_entries WHERE action = 'access.oidc_failed'";
    assert_eq!(t.database.number(failed).await, 9);
}

#[rstest]
#[tokio::test]
async fn a_return_counts_once_in_time_and_in_its_browser(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, said) = with(engine, provider()).await;
    link(&t, &t.people().caller_cq, "s-1").await;
    let going = go(&t, None).await;
    said.claims(&claims(&t, &going, "s-1"), KEYS[0]);
    let from = Device::default();
    let come = async |now, browser: &str| {
        finish_oidc(&t.app, None, now, &returned(&going), browser, &from).await
    };
    let late = t.now + Duration::minutes(10);
    assert_eq!(refused(come(late, &going.browser).await), "oidc-state");
    assert_eq!(refused(come(t.now, "another").await), "oidc-state");
    come(t.now, &going.browser).await.unwrap();
    assert_eq!(refused(come(t.now, &going.browser).await), "oidc-state");

    // What the provider refuses, and an answer that another provider gives with our state.
    for (error, issuer, expected) in [
        (Some("access_denied"), None, "oidc-refused"),
        (None, Some("https://evil.example"), "oidc-token"),
    ] {
        let going = go(&t, None).await;
        let back = Returned {
            error: error.map(str::to_owned),
            issuer: issuer.map(str::to_owned),
            ..returned(&going)
        };
        let came = finish_oidc(&t.app, None, t.now, &back, &going.browser, &from).await;
        assert_eq!(refused(came), expected);
    }
}

#[rstest]
#[tokio::test]
async fn only_whom_somebody_linked_comes_in(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, said) = with(engine, provider()).await;
    let people = t.people();
    // A name alone says nothing, unless the provider is configured so.
    let stranger = sign_in(&t, &said, "caller_cq", json!({})).await;
    assert_eq!(refused(stranger), "oidc-unknown");

    link(&t, &people.caller_cq, "s-1").await;
    assert_eq!(
        sign_in(&t, &said, "s-1", json!({})).await.unwrap(),
        "caller_cq"
    );
    let user = people.caller_sd.user().unwrap();
    let administrator = &people.administrator;
    let twice = link_identity(&t.app, administrator, t.now, user, "corp", "s-1").await;
    assert_eq!(refused(twice), "oidc-taken");
    let denied = link_identity(&t.app, &people.leader_cq, t.now, user, "corp", "s-9").await;
    assert!(matches!(denied, Err(app::Error::Denied(_))), "{denied:?}");

    let user = people.caller_cq.user().unwrap();
    disable_user(&t.app, administrator, t.now, user, false)
        .await
        .unwrap();
    let disabled = sign_in(&t, &said, "s-1", json!({})).await;
    assert_eq!(refused(disabled), "oidc-disabled");
    disable_user(&t.app, administrator, t.now, user, true)
        .await
        .unwrap();
    let identity = own_ways(&t.app, &people.caller_cq)
        .await
        .unwrap()
        .identities[0]
        .clone();
    assert_eq!(identity.provider, "集团统一认证");
    assert_eq!(identity.row.used_at, Some(t.now));
    unlink_identity(&t.app, administrator, t.now, user, identity.row.id)
        .await
        .unwrap();
    let unlinked = sign_in(&t, &said, "s-1", json!({})).await;
    assert_eq!(refused(unlinked), "oidc-unknown");
}

#[rstest]
#[tokio::test]
async fn people_link_their_own_identity(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, said) = with(engine, provider()).await;
    let (caller, leader) = (&t.people().caller_cq, &t.people().leader_cq);
    let link_as = async |subject: &str, began: &Actor, came: Option<&Actor>| {
        let going = go(&t, Some(began)).await;
        said.claims(&claims(&t, &going, subject), KEYS[0]);
        come_back(&t, came, &going).await
    };
    link_as("s-1", caller, Some(caller)).await.unwrap();
    link_as("s-1", caller, Some(caller)).await.unwrap();
    assert_eq!(
        sign_in(&t, &said, "s-1", json!({})).await.unwrap(),
        "caller_cq"
    );
    let taken = link_as("s-1", leader, Some(leader)).await;
    assert_eq!(refused(taken), "oidc-taken");
    // Somebody else sits at the browser now, or nobody.
    assert_eq!(
        refused(link_as("s-2", caller, Some(leader)).await),
        "oidc-state"
    );
    assert_eq!(refused(link_as("s-2", caller, None).await), "oidc-state");

    let id = own_ways(&t.app, caller).await.unwrap().identities[0].row.id;
    let theft = unlink_own_identity(&t.app, leader, t.now, id).await;
    assert!(matches!(theft, Err(app::Error::NotFound)), "{theft:?}");
    unlink_own_identity(&t.app, caller, t.now, id)
        .await
        .unwrap();
    let unlinked = sign_in(&t, &said, "s-1", json!({})).await;
    assert_eq!(refused(unlinked), "oidc-unknown");
}

#[rstest]
#[tokio::test]
async fn a_claim_names_the_user_when_so_configured(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let by_mail = Provider {
        username_claim: "email".into(),
        domains: vec!["Example.com".into()],
        link_by_claim: true,
        ..provider()
    };
    let (t, said) = with(engine, by_mail).await;
    let mail =
        |address: &str, verified: bool| json!({ "email": address, "email_verified": verified });
    for (address, verified, expected) in [
        ("caller_cq@example.com", false, "oidc-email"),
        ("caller_cq@example.net", true, "oidc-email"),
        ("nobody@example.com", true, "oidc-unknown"),
        ("caller_cq", true, "oidc-unknown"),
    ] {
        let came = sign_in(&t, &said, "s-1", mail(address, verified)).await;
        assert_eq!(refused(came), expected, "{address}");
    }
    let came = sign_in(&t, &said, "s-1", mail("caller_cq@EXAMPLE.com", true)).await;
    assert_eq!(came.unwrap(), "caller_cq");
    // It is linked now, whatever the address becomes; and the address may be somebody else's by now.
    assert_eq!(
        sign_in(&t, &said, "s-1", json!({})).await.unwrap(),
        "caller_cq"
    );
    let heir = sign_in(&t, &said, "s-2", mail("caller_cq@example.com", true)).await;
    assert_eq!(refused(heir), "oidc-unknown");
}

#[rstest]
#[tokio::test]
async fn users_are_added_with_the_unit_and_roles_of_their_groups(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mapping = |value: &str, org: &str, role: Role| RoleMapping {
        claim: "groups".into(),
        value: value.into(),
        org: org.into(),
        roles: vec![role],
    };
    let adding = Provider {
        auto_create: true,
        mappings: vec![
            mapping("cq-callers", "50", Role::CallbackAgent),
            mapping("cq-leaders", "50", Role::TeamLeader),
            mapping("sd-leaders", "37", Role::TeamLeader),
            mapping("cq-sales", "50", Role::BranchSales),
        ],
        ..provider()
    };
    let (t, said) = with(engine, adding).await;
    let none = sign_in(&t, &said, "zhang.san", json!({ "groups": ["others"] })).await;
    assert_eq!(refused(none), "oidc-no-role");
    let both = json!({ "groups": ["cq-sales", "cq-callers"] });
    let both = sign_in(&t, &said, "zhang.san", both).await;
    assert_eq!(refused(both), "salesperson-barred");
    let groups = json!({ "groups": ["sd-leaders", "cq-callers", "cq-leaders"], "name": "张三" });
    let came = sign_in(&t, &said, "zhang.san", groups).await;
    assert_eq!(came.unwrap(), "zhang.san");
    let administrator = &t.people().administrator;
    let user = app::access::find_user(&t.app, administrator, "zhang.san").await;
    let user = user.unwrap();
    assert_eq!(
        (user.org_code.as_str(), user.display_name.as_str()),
        ("50", "张三")
    );
    assert_eq!(user.roles.len(), 2, "{:?}", user.roles);
    // What an administrator gives or takes later stays.
    assert_eq!(
        sign_in(&t, &said, "zhang.san", json!({})).await.unwrap(),
        "zhang.san"
    );
    // An account of that name is not taken over.
    let same = json!({ "groups": "cq-callers", "preferred_username": "leader_cq" });
    let same = sign_in(&t, &said, "s-2", same).await;
    assert_eq!(refused(same), "oidc-unknown");
    let odd = json!({ "groups": "cq-callers", "preferred_username": "李 四" });
    assert_eq!(
        refused(sign_in(&t, &said, "s-3", odd).await),
        "oidc-unknown"
    );
}

#[rstest]
#[tokio::test]
async fn an_administrator_of_a_branch_reaches_its_own_people_only(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (t, _said) = with(engine, provider()).await;
    let form = UserForm {
        username: "admin_sd".into(),
        display_name: "admin".into(),
        password: testkit::PASSWORD.into(),
        org_code: "37".into(),
        roles: vec!["administrator".into()],
        ..UserForm::default()
    };
    let shell = Actor::shell("tests");
    create_user(&t.app, &shell, t.now, &form).await.unwrap();
    let admin = actor_of(&t.app, t.now, "admin_sd").await;
    let (near, far) = (&t.people().caller_sd, &t.people().caller_cq);
    let (near, far) = (near.user().unwrap(), far.user().unwrap());
    ways_of(&t.app, &admin, near).await.unwrap();
    link_identity(&t.app, &admin, t.now, near, "corp", "s-1")
        .await
        .unwrap();
    let seen = ways_of(&t.app, &admin, far).await.map(|_| ());
    let linked = link_identity(&t.app, &admin, t.now, far, "corp", "s-2").await;
    let unlinked = unlink_identity(&t.app, &admin, t.now, far, far.0).await;
    let removed = remove_passkey(&t.app, &admin, t.now, far, far.0).await;
    for what in [seen, linked, unlinked, removed] {
        assert!(matches!(what, Err(app::Error::NotFound)), "{what:?}");
    }
}
