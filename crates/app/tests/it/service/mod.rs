//! Service by class: who is in charge, plan against done, the watch list, flags, queues.

mod charge;
mod flags;
mod plan;
mod queues;
mod watch;

use app::service as s;
use domain::access::Actor;
use domain::time::Instant;
use testkit::{Engine, Portfolio, TestApp};
use uuid::Uuid;

/// The small portfolio with classes: ZHOU and HE of high value, LI of medium value, SUN of low value.
pub(crate) fn portfolio() -> Portfolio {
    let mut portfolio = Portfolio::small();
    portfolio
        .customers
        .set("C50-ZHOU", "value_class", "high")
        .set("C50-HE", "value_class", "high")
        .set("C50-LI", "value_class", "medium")
        .set("C37-SUN", "value_class", "low");
    portfolio
}

async fn begin(engine: Engine) -> TestApp {
    TestApp::with(engine, &portfolio()).await
}

/// A customer is rated anew.
async fn rate(t: &TestApp, customer_no: &str, column: &str, class: &str) {
    let sql =
        format!("UPDATE customers SET {column} = '{class}' WHERE customer_no = '{customer_no}'");
    t.database.execute(&sql).await;
}

async fn team(t: &TestApp, by: &Actor, org: &str, serves: &str, lead: &str) -> Uuid {
    let form = s::TeamForm {
        org: org.into(),
        name: format!("{org} {serves}"),
        serves: serves.into(),
        lead: lead.into(),
    };
    s::create_team(&t.app, by, t.now, &form).await.unwrap().0
}

async fn join(t: &TestApp, by: &Actor, team: Uuid, member: &str) {
    let form = s::MemberForm {
        member: member.into(),
        ..Default::default()
    };
    s::add_member(&t.app, by, t.now, team, &form).await.unwrap();
}

async fn keep(t: &TestApp, now: Instant) -> s::Kept {
    s::keep_service(&t.app, now).await.unwrap()
}

/// Who is in charge of whom, as the database has it.
async fn in_charge(t: &TestApp) -> Vec<String> {
    let sql = "SELECT c.customer_no || ' ' || u.username || ' ' || h.way FROM service_charges h \
               JOIN customers c ON c.id = h.customer_id JOIN users u ON u.id = h.user_id \
               WHERE h.until_at IS NULL ORDER BY 1";
    t.database.column(sql).await
}
