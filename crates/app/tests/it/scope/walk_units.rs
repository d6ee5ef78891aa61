//! The walk through units, posts and who stands in.

use super::objects::Objects;
use super::walk::Seen;
use domain::access::{OrgPath, Scope};
use domain::time;
use store::Store;
use store::access as rows;
use testkit::TestApp;

/// A post with its holder and a substitute in the unit of some objects.
pub(super) async fn prepare(t: &TestApp, o: &Objects) {
    use app::access::{
        DelegationForm, DutyForm, HolderForm, delegate, give_post, record_duty, set_post, unit_page,
    };
    let admin = &t.people().administrator;
    let (caller, leader) = match o.org {
        "37" => ("caller_sd", "leader_sd"),
        _ => ("caller_cq", "leader_cq"),
    };
    let kind = "institution_callback";
    set_post(&t.app, admin, t.now, o.org, kind, "2")
        .await
        .unwrap();
    let page = unit_page(&t.app, admin, t.now, o.org).await.unwrap();
    let form = HolderForm {
        username: caller.into(),
        ..Default::default()
    };
    give_post(&t.app, admin, t.now, o.org, page.posts[0].row.id, &form)
        .await
        .unwrap();
    let people = t.people();
    let holder = match o.org {
        "37" => &people.caller_sd,
        _ => &people.caller_cq,
    };
    let form = DutyForm {
        org: page.unit.org.id.0.to_string(),
        post: kind.into(),
        duty: "payout_callbacks".into(),
        done_on: String::new(),
        note: "名单已全部回访".into(),
    };
    record_duty(&t.app, holder, t.now, &form).await.unwrap();
    let form = DelegationForm {
        principal: leader.into(),
        substitute: "central_caller".into(),
        from: "2030-01-01".into(),
        until: "2030-01-02".into(),
        reason: "年休假".into(),
    };
    delegate(&t.app, admin, t.now, &form).await.unwrap();
}

pub(super) async fn walk_units(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db: &Store = t.app.store();
    let path = format!("/000/{}/", o.org);
    let org = store::orgs::find_org_by_code(db, o.org)
        .await
        .unwrap()
        .unwrap();
    let all = store::orgs::load_all_orgs(db).await.unwrap();
    let inside = |id: uuid::Uuid| {
        all.iter()
            .any(|u| u.id.0 == id && u.path.as_str().starts_with(&path))
    };
    let mut seen = Seen::new();
    let facts = rows::list_unit_facts(db, scope).await.unwrap();
    seen.insert(
        "list_unit_facts",
        facts.iter().filter(|f| inside(f.id)).count(),
    );
    let here = OrgPath::from_stored(path.clone());
    let contents = rows::count_unit_contents(db, scope, &here).await.unwrap();
    seen.insert(
        "count_unit_contents",
        usize::try_from(contents.policies).unwrap(),
    );
    let posts = rows::list_posts(db, scope).await.unwrap();
    seen.insert(
        "list_posts",
        posts.iter().filter(|p| p.org_id == org.id.0).count(),
    );
    let holders = rows::list_post_holders(db, scope).await.unwrap();
    seen.insert(
        "list_post_holders",
        holders.iter().filter(|h| h.org_id == org.id.0).count(),
    );
    let records = rows::list_last_duty_records(db, scope).await.unwrap();
    seen.insert(
        "list_last_duty_records",
        records.iter().filter(|r| r.org_id == org.id.0).count(),
    );
    let colleagues = rows::list_colleagues(db, scope).await.unwrap();
    let caller = o.caller.0;
    seen.insert(
        "list_colleagues",
        colleagues.iter().filter(|c| c.id == caller).count(),
    );
    let today = time::date_in_china(t.now);
    let load = rows::list_load_of_units(db, scope, today).await.unwrap();
    seen.insert(
        "list_load_of_units",
        load.iter().filter(|l| inside(l.id)).count(),
    );
    let leader = if o.org == "37" {
        &t.people().leader_sd
    } else {
        &t.people().leader_cq
    };
    let delegations = rows::list_delegations(db, scope, None, 100)
        .await
        .unwrap()
        .rows;
    let of_here = |d: &&rows::DelegationRow| Some(d.principal) == leader.user();
    seen.insert(
        "list_delegations",
        delegations.iter().filter(of_here).count(),
    );
    seen
}
