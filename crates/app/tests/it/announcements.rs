//! Salespersons tell their customers that a callback will come.

use app::{Error, callbacks};
use rstest::rstest;
use testkit::{Engine, TestApp};

/// CBK-35: salespersons tell the customers of their own policies; the caller sees that they know.
#[rstest]
#[tokio::test]
async fn salespersons_announce_callbacks(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let zhou = t.callback("P50-ZHOU", "NB-CQ").await;
    let page = callbacks::coming_callbacks(&t.app, &p.sales_cq, "")
        .await
        .unwrap();
    let own = page.rows.iter().find(|c| c.row.id == zhou).unwrap();
    assert!(own.told.is_none());
    callbacks::announce(&t.app, &p.sales_cq, t.now, zhou)
        .await
        .unwrap();
    let page = callbacks::coming_callbacks(&t.app, &p.sales_cq, "")
        .await
        .unwrap();
    let own = page.rows.iter().find(|c| c.row.id == zhou).unwrap();
    assert_eq!(own.told.as_ref().unwrap().by, p.sales_cq.name);
    let seen = callbacks::callback_page(&t.app, &p.leader_cq, t.now, zhou).await;
    assert!(seen.unwrap().told.is_some());
    let foreign = callbacks::announce(&t.app, &p.sales_sd, t.now, zhou).await;
    assert!(matches!(foreign, Err(Error::NotFound)));
    let nothing = callbacks::coming_callbacks(&t.app, &p.sales_sd, "")
        .await
        .unwrap();
    assert!(nothing.rows.is_empty());
    let caller = callbacks::announce(&t.app, &p.caller_cq, t.now, zhou).await;
    assert!(matches!(caller, Err(Error::Denied(_))));
    assert_eq!(t.audited("callback.announced").await, 1);
}
