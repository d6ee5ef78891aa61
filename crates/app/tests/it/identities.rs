//! Identities that somebody else links to an account.

use crate::fake_provider::provider;
use crate::oidc::{link, sign_in, with};
use app::access::{Device, Provider, link_identity, own_ways};
use rstest::rstest;
use serde_json::json;
use testkit::{Engine, refused};

/// SEC-02: nobody else opens a way in to an account with sensitive rights, neither an administrator nor a
/// claim; elsewhere the owner is told and signs in again.
#[rstest]
#[tokio::test]
async fn a_sensitive_account_is_linked_by_its_owner_alone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let by_claim = Provider {
        link_by_claim: true,
        ..provider()
    };
    let (t, said) = with(engine, by_claim).await;
    let (people, from) = (t.people(), Device::default());
    let administrator = &people.administrator;
    for actor in [&people.compliance, administrator] {
        let user = actor.user().unwrap();
        let linked = link_identity(&t.app, administrator, t.now, user, "corp", "s-1").await;
        assert_eq!(refused(linked), "identity-sensitive");
    }
    let taken = sign_in(&t, &said, "compliance", json!({})).await;
    assert_eq!(refused(taken), "identity-sensitive");
    assert!(
        own_ways(&t.app, &people.compliance)
            .await
            .unwrap()
            .identities
            .is_empty()
    );

    let session = app::access::sign_in(&t.app, t.now, "caller_cq", testkit::PASSWORD, &from).await;
    let token = session.unwrap().token.0;
    link(&t, &people.caller_cq, "s-1").await;
    let open = app::access::authenticate(&t.app, t.now, &token).await;
    assert!(open.unwrap().is_none(), "sessions end");
    let notices = app::access::list_notices(&t.app, &people.caller_cq).await;
    let notice = &notices.unwrap()[0];
    assert_eq!(notice.kind, domain::access::NoticeKind::IdentityGiven);
    assert_eq!(notice.detail, "administrator");
}
