//! The walk through links to electronic callbacks, their evidence and their inspection.

use super::objects::Objects;
use super::walk::Seen;
use domain::access::{Actor, Scope};
use domain::customers::Mobile;
use domain::electronic::{EvidenceStep, LinkState};
use domain::ids::{CallbackId, LinkId};
use store::electronic::{self as rows, LinkChange, LinkFilter, NewEvidence, NewLink, NewSample};
use store::{AuditEntry, Store};
use testkit::{TestApp, day};
use uuid::Uuid;

/// A submitted link of a unit, and a sample that holds it.
pub(super) struct Links {
    callback: CallbackId,
    pub(super) link: LinkId,
    pub(super) sample: Uuid,
}

/// Puts a submitted link on a callback, with a row of evidence, and draws it.
pub(super) async fn link(t: &TestApp, leader: &Actor, callback: CallbackId) -> Links {
    let customer = t.look(callback).await.customer_id;
    let work = t.app.store().begin(t.now).await.unwrap();
    let mobile = Mobile::parse("13900000001").unwrap();
    let mut token_hash = [0; 32];
    token_hash[..16].copy_from_slice(callback.0.as_bytes());
    let new = NewLink {
        callback,
        customer,
        seq: 1,
        token_hash,
        mobile: &mobile,
        questionnaire: t.app.scripts().all()[0].id,
        offered_by: "tests",
        offered_by_id: None,
        expires_at: t.now,
    };
    let link = rows::insert_link(&work, &new).await.unwrap();
    let record = rows::find_link(&work, link).await.unwrap().unwrap();
    let row = NewEvidence {
        link,
        seq: 1,
        kind: EvidenceStep::Submitted,
        item: None,
        answer: None,
        rating: None,
        shown_at: None,
        dwell_millis: None,
        detail: "",
        content: None,
        content_hash: "",
        words: None,
        words_hash: "",
        device: None,
        device_hash: "",
        previous: "",
        hash: "",
    };
    rows::append_evidence(&work, &row).await.unwrap();
    let change = LinkChange {
        state: Some(LinkState::Submitted),
        ..LinkChange::default()
    };
    rows::save_link(&work, &record, &change).await.unwrap();
    let new = NewSample {
        org: leader.org_id.unwrap().0,
        from_on: day("2024-03-01"),
        to_on: day("2024-03-31"),
        per_mille: 1_000,
        seed: "",
        population: 1,
        population_hash: "",
        drawn: &[link],
        drawn_by: "tests",
    };
    let sample = rows::draw_sample(&work, &new).await.unwrap();
    let entry = AuditEntry::new(&Actor::system(), "tests.drawn", "electronic_sample", sample);
    work.commit(entry).await.unwrap();
    Links {
        callback,
        link,
        sample,
    }
}

pub(super) async fn walk_electronic(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db: &Store = t.app.store();
    let l = &o.links;
    let mut seen = Seen::new();
    let mut note = |name, n| seen.insert(name, n);
    let filter = LinkFilter {
        callback: Some(l.callback),
        ..LinkFilter::default()
    };
    let page = rows::list_links(db, scope, &filter, 10).await.unwrap();
    note("list_links", page.rows.len());
    let found = rows::list_links_of_callback(db, scope, l.callback).await;
    note("list_links_of_callback", found.unwrap().len());
    let found = rows::find_link_row(db, scope, l.link).await.unwrap();
    note("find_link_row", usize::from(found.is_some()));
    let found = rows::list_evidence(db, scope, l.link).await.unwrap();
    note("list_evidence", found.len());
    let (from, to) = (day("2024-03-01"), day("2024-03-31"));
    let found = rows::list_population(db, scope, from, to).await.unwrap();
    note(
        "list_population",
        found.iter().filter(|f| **f == l.link).count(),
    );
    let found = rows::list_samples(db, scope, None, 100).await.unwrap().rows;
    note(
        "list_samples",
        found.iter().filter(|s| s.id == l.sample).count(),
    );
    let found = rows::find_sample(db, scope, l.sample).await.unwrap();
    note("find_sample", usize::from(found.is_some()));
    let found = rows::list_inspections(db, scope, l.sample).await.unwrap();
    let first = found.first().map(|i| i.id);
    note("list_inspections", found.len());
    let found = rows::list_inspections_of_link(db, scope, l.link).await;
    note("list_inspections_of_link", found.unwrap().len());
    let found = match first {
        Some(id) => rows::find_inspection(db, scope, id).await.unwrap(),
        None => None,
    };
    note("find_inspection", usize::from(found.is_some()));
    seen
}
