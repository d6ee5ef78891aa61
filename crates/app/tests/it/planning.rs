//! Events become obligations.

use rstest::rstest;
use testkit::{Engine, TestApp};

#[rstest]
#[tokio::test]
async fn probe(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    for l in t.database.column("select o.programme || ' ' || coalesce(p.policy_no,'') || ' ' || o.status || ' ' || coalesce(cast(o.earliest_on as text),'-') || ' ' || coalesce(cast(o.due_on as text),'-') || ' ' || coalesce(cast(o.right_end_on as text),'-') from obligations o left join policies p on p.id=o.policy_id order by 1").await { println!("{l}"); }
    for l in t.database.column("select e.programme || ' ' || p.policy_no || ' ' || e.reason_code from exclusions e left join policies p on p.id=e.policy_id order by 1").await { println!("{l}"); }
    let r = t.plan(t.now).await;
    println!("{r:?}");
    panic!();
}
