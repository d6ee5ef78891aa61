//! How sure the company is of what a customer is reached by.

use app::customers::{ContactForm, change_contact, customer_page};
use app::data_quality as i;
use domain::customers::Origin;
use domain::data_quality::{ContactStanding as S, Means, VerifiedBy};
use domain::imports::ImportKind;
use domain::time::Instant;
use rstest::rstest;
use testkit::{Engine, Portfolio, TestApp, at, day};

async fn checks(t: &TestApp, now: Instant, customer_no: &str) -> i::ContactChecks {
    let by = &t.people().operations_cq;
    let page = customer_page(&t.app, by, now, customer_no).await.unwrap();
    let checks = i::contact_checks(&t.app, by, now, &page.customer).await;
    checks.unwrap()
}

async fn of(t: &TestApp, now: &str, field: &str) -> i::ContactCheck {
    *checks(t, at(now), "C50-LI").await.of_field(field).unwrap()
}

async fn verify(t: &TestApp, now: &str, customer_no: &str) {
    let form = i::VerificationForm {
        way: "telephone".into(),
        ..Default::default()
    };
    let by = &t.people().operations_cq;
    i::verify(&t.app, by, at(now), customer_no, &form)
        .await
        .unwrap();
}

/// CUS-11: each number and address says when it was verified, how, and by when it is due; a number that came later
/// is not, until somebody reads it over.
#[rstest]
#[tokio::test]
async fn contacts_say_how_they_stand(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let never = of(&t, "2024-03-05 10:00", "mobile").await;
    assert_eq!((never.standing, never.last), (S::Never, None));
    assert_eq!(
        never.due_on,
        day("2025-03-05"),
        "a year after it became known"
    );
    let all = checks(&t, t.now, "C50-LI").await;
    assert_eq!(all.of_field("needs"), None, "nobody is reached by it");

    verify(&t, "2024-03-06 10:00", "C50-LI").await;
    let verified = of(&t, "2024-03-06 11:00", "mobile").await;
    assert_eq!(
        (verified.standing, verified.due_on),
        (S::Verified, day("2025-03-06"))
    );
    let means = verified.last.unwrap().means;
    assert_eq!(means, Means::Verified(VerifiedBy::Telephone));

    let by = &t.people().operations_cq;
    let now = at("2024-03-07 10:00");
    let page = customer_page(&t.app, by, now, "C50-LI").await.unwrap();
    let form = ContactForm {
        mobile: "13800500099".into(),
        reason: "客户来电".into(),
        version: page.customer.version,
        ..Default::default()
    };
    change_contact(&t.app, by, now, "C50-LI", &form)
        .await
        .unwrap();
    assert_eq!(
        of(&t, "2024-03-07 11:00", "mobile").await.standing,
        S::Changed
    );
    assert_eq!(
        of(&t, "2024-03-07 11:00", "email").await.standing,
        S::Verified
    );

    let now = at("2024-03-08 10:00");
    let mobile = ["mobile".to_owned()];
    app::information::confirm_facts(&t.app, by, now, "C50-LI", &mobile, "callback")
        .await
        .unwrap();
    let confirmed = of(&t, "2024-03-08 11:00", "mobile").await;
    let means = confirmed.last.unwrap().means;
    assert_eq!(
        (confirmed.standing, means),
        (S::Verified, Means::Confirmed(Origin::Callback))
    );
    assert_eq!(
        of(&t, "2025-03-07 10:00", "email").await.standing,
        S::Overdue
    );
    assert_eq!(
        of(&t, "2025-03-07 10:00", "mobile").await.standing,
        S::Verified
    );
    assert_eq!(
        of(&t, "2025-03-09 10:00", "mobile").await.standing,
        S::Overdue
    );
}

/// CUS-11: the contact person of a group stands with the group, until another takes the place.
#[rstest]
#[tokio::test]
async fn contact_persons_stand_with_the_group(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let by = &t.people().operations_cq;
    let person = async |now: &str| {
        let page = customer_page(&t.app, by, at(now), "C50-CORP").await;
        let contact = page.unwrap().contacts.remove(0).id;
        let checks = checks(&t, at(now), "C50-CORP").await;
        checks.of_person(contact).unwrap().standing
    };
    assert_eq!(person("2024-03-05 10:00").await, S::Never);
    verify(&t, "2024-03-06 10:00", "C50-CORP").await;
    assert_eq!(person("2024-03-06 11:00").await, S::Verified);
    let mut contacts = Portfolio::small().contacts;
    contacts.set("C50-CORP", "mobile", "13900500078");
    let later = at("2024-03-07 10:00");
    t.import_at(later, ImportKind::Contacts, &contacts).await;
    assert_eq!(person("2024-03-07 11:00").await, S::Changed);
}
