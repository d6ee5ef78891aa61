//! Which questionnaire is used: the narrowest in force on the day; two of equal standing are refused.

use super::{approve, draft, step, version};
use app::callbacks::call_page;
use app::questionnaires::check::Place;
use app::questionnaires::drafts::{Edited, edit_draft, find_version};
use app::questionnaires::edit::{Edit, HeadForm};
use app::questionnaires::{CaseFacts, NotChosen};
use domain::policies::{Channel, ProductClass};
use domain::questionnaires::FindingCode;
use rstest::rstest;
use testkit::{Engine, TestApp, at, refused};
use uuid::Uuid;

/// Restricts a draft to some channels and classes.
async fn restrict(t: &TestApp, id: Uuid, channels: &[Channel], classes: &[ProductClass]) {
    let by = &t.people().compliance;
    let script = find_version(&t.app, by, t.now, id).await.unwrap().script;
    let form = HeadForm {
        title: script.title,
        programmes: script.programmes,
        channels: channels.iter().map(ToString::to_string).collect(),
        product_classes: classes.iter().map(ToString::to_string).collect(),
        effective_from: script.effective_from.to_string(),
        source: script.source,
        greeting: script.greeting,
        closing: script.closing,
        ..HeadForm::default()
    };
    let edit = Edit::Head(Box::new(form));
    let edited = edit_draft(&t.app, by, t.now, id, "", &edit).await.unwrap();
    assert!(matches!(edited, Edited::Saved(..)));
}

/// QST-01: of several that fit, the narrowest is used, and stored with the attempt.
#[rstest]
#[tokio::test]
async fn the_narrowest_is_used(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = draft(&t, &p.compliance, "nb-cq", Some("nb-cq-participating")).await;
    // As wide as the one in force: neither would go before the other.
    let findings = find_version(&t.app, &p.compliance, t.now, id)
        .await
        .unwrap()
        .findings;
    let clash = findings
        .iter()
        .find(|f| f.code == FindingCode::Clash)
        .unwrap();
    assert_eq!(clash.place, Place::Head);
    assert!(clash.detail.contains("nb-cq v1"), "{}", clash.detail);
    let unsound = step(&t, &p.manager, id, "review", |_| {}).await;
    assert_eq!(refused(unsound), "rules-unsound");
    restrict(&t, id, &[], &ProductClass::ALL[..6]).await;
    approve(&t, id, "").await.unwrap();
    let callback = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&p.leader_cq, callback, &p.caller_cq).await;
    let now = at("2024-03-05 10:30");
    t.start(&p.caller_cq, now, callback).await.unwrap();
    let page = call_page(&t.app, &p.caller_cq, now, callback, "惠民人寿")
        .await
        .unwrap();
    assert_eq!(page.attempt.questionnaire_id, Some(id.into()));
}

#[rstest]
#[tokio::test]
async fn choice_by_specificity_and_day(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let day = domain::time::date_in_china(t.now);
    let wide = version(&t, "nb-cq");
    let banks = draft(&t, &p.compliance, "nb-cq", Some("nb-cq-banks")).await;
    restrict(&t, banks, &[Channel::Bancassurance], &[]).await;
    approve(&t, banks, "").await.unwrap();
    let universal = draft(&t, &p.compliance, "nb-cq", Some("nb-cq-universal")).await;
    restrict(&t, universal, &[], &[ProductClass::Universal]).await;
    // A universal policy sold by a bank would have two.
    let refused_ = approve(&t, universal, "").await;
    assert_eq!(refused(refused_), "rules-unsound");
    let both = [Channel::Bancassurance];
    restrict(&t, universal, &both, &[ProductClass::Universal]).await;
    approve(&t, universal, &day.succ_opt().unwrap().to_string())
        .await
        .unwrap();
    let case = |channel, class| CaseFacts {
        channel: Some(channel),
        product_class: Some(class),
        ..CaseFacts::default()
    };
    let (bank, agent) = (Channel::Bancassurance, Channel::IndividualAgent);
    let (ordinary, uni) = (ProductClass::Ordinary, ProductClass::Universal);
    let scripts = t.app.scripts();
    let tomorrow = day.succ_opt().unwrap();
    for (case, on, expected) in [
        (case(agent, uni), day, wide.0),
        (case(bank, ordinary), day, banks),
        (case(bank, uni), day, banks),
        (case(bank, uni), tomorrow, universal),
        (CaseFacts::default(), tomorrow, wide.0),
    ] {
        let chosen = scripts.choose("nb-cq", "NB-CQ", &case, on).unwrap();
        assert_eq!(chosen.id.0, expected, "{case:?} {on}");
    }
    let none = scripts.choose("none", "NB-NONE", &CaseFacts::default(), day);
    assert_eq!(none.unwrap_err(), NotChosen::Missing);
    // By name where the rule names it, even for a programme that it does not name itself.
    let named = scripts.choose("nb-cq", "NB-OTHER", &CaseFacts::default(), day);
    assert_eq!(named.unwrap().id, wide);
}
