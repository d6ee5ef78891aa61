//! The walk through callback campaigns and their lists.

use super::objects::Objects;
use super::walk::Seen;
use app::campaigns as c;
use domain::access::{Actor, Scope};
use domain::ids::CampaignId;
use store::campaigns::{self as rows, CampaignFilter, MemberFilter, Selection};
use testkit::TestApp;

/// A campaign with a customer on its list.
pub(super) async fn make(t: &TestApp, by: &Actor, customer_no: &str) -> (CampaignId, String) {
    let form = c::CampaignForm {
        title: "专项".into(),
        goal: "了解".into(),
        starts_on: "2024-03-05".into(),
        ends_on: "2024-03-29".into(),
        ..Default::default()
    };
    let made = c::create_campaign(&t.app, by, t.now, &form).await.unwrap();
    let list = c::ListForm {
        purpose: "满意度".into(),
        customers: vec![(customer_no.to_owned(), String::new())],
        ..Default::default()
    };
    let report = c::add_members(&t.app, by, t.now, made.0, &list).await;
    assert_eq!(report.unwrap().added, 1);
    made
}

pub(super) async fn walk_campaigns(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db = t.app.store();
    let (id, number) = &o.campaign;
    let mut seen = Seen::new();
    let all = rows::list_campaigns(db, scope, &CampaignFilter::default(), 100).await;
    let own = all.unwrap().rows.into_iter().filter(|r| r.id == *id);
    seen.insert("list_campaigns", own.count());
    let found = rows::find_campaign(db, scope, *id).await.unwrap();
    seen.insert("find_campaign", usize::from(found.is_some()));
    let found = rows::find_campaign_by_number(db, scope, number).await;
    let found = found.unwrap();
    seen.insert("find_campaign_by_number", usize::from(found.is_some()));
    let filter = MemberFilter::default();
    let members = rows::list_members(db, scope, &filter, 100).await.unwrap();
    let own = members
        .rows
        .iter()
        .filter(|m| m.customer_no == o.customer_no);
    seen.insert("list_members", own.count());
    let found = rows::find_member(db, scope, (*id, o.customer_no)).await;
    seen.insert("find_member", usize::from(found.unwrap().is_some()));
    let sums = rows::sum_members(db, scope, *id).await.unwrap();
    seen.insert("sum_members", usize::try_from(sums.members).unwrap());
    let numbers = [o.customer_no.to_owned()];
    let found = rows::find_customers_by_number(db, scope, "/", &numbers).await;
    seen.insert("find_customers_by_number", found.unwrap().len());
    let selection = Selection {
        org_path: "/".into(),
        ..Selection::default()
    };
    let none = CampaignId(uuid::Uuid::nil());
    let chosen = rows::select_customers(db, scope, &selection, none, 1_000).await;
    let own = chosen.unwrap().into_iter().filter(|c| *c == o.customer);
    seen.insert("select_customers", own.count());
    seen
}
