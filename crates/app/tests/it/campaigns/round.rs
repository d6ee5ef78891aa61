//! Campaigns that come round regularly.

use super::{create, members, portfolio, released};
use app::Error;
use app::campaigns as c;
use domain::campaigns::CampaignState;
use rstest::rstest;
use store::campaigns::MemberRow;
use testkit::{Engine, TestApp, day, refused};

/// CBK-63: what comes round regularly is made from the period before, list and purposes included; sales confirm it
/// anew.
#[rstest]
#[tokio::test]
async fn a_campaign_comes_round(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with(engine, &portfolio()).await;
    let p = t.people();
    let (draft, _) = create(&t, &p.operations_cq).await;
    let early = c::repeat_campaign(&t.app, &p.operations_cq, t.now, draft).await;
    assert_eq!(refused(early), "campaign-not-repeatable");
    let (id, number) = released(&t, &["service"]).await;
    let stranger = c::repeat_campaign(&t.app, &p.operations_sd, t.now, id).await;
    assert!(matches!(stranger, Err(Error::NotFound)));
    let (_, next) = c::repeat_campaign(&t.app, &p.operations_cq, t.now, id)
        .await
        .unwrap();
    let row = c::find_campaign(&t.app, &p.operations_cq, &next)
        .await
        .unwrap();
    assert_eq!(
        (row.state, row.starts_on, row.ends_on),
        (CampaignState::Draft, day("2024-03-30"), day("2024-04-23"))
    );
    let (before, after) = (members(&t, &number, "").await, members(&t, &next, "").await);
    let said = |rows: &[MemberRow]| -> Vec<_> {
        let said = rows
            .iter()
            .map(|m| (m.customer_no.clone(), m.purpose.clone()));
        said.collect()
    };
    assert_eq!(said(&after), said(&before));
    assert!(
        after.iter().all(|m| m.callback.is_none()),
        "nothing is owed yet"
    );
}
