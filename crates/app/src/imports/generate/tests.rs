//! The same seed gives the same bytes, and the import takes every row.

use super::{GenerateRequest, generate};
use crate::imports::{ImportRequest, Mapping, import_file};
use crate::obligations::{PlanRequest, plan};
use crate::{App, Passwords};
use chrono::NaiveDate;
use domain::access::Actor;
use domain::imports::ImportKind;
use domain::time::{self, Instant};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use store::sealing::MasterKey;
use store::{DatabaseUrl, Entropy, Ids, Store};

/// Bytes that are good enough for ids of a test.
struct Counted(std::sync::atomic::AtomicU64);

impl Entropy for Counted {
    fn fill(&self, buffer: &mut [u8]) {
        for byte in buffer {
            let next = self
                .0
                .fetch_add(0x9e37_79b9, std::sync::atomic::Ordering::Relaxed);
            *byte = (next >> 16) as u8;
        }
    }
}

fn request(customers: u64, seed: u64) -> GenerateRequest {
    GenerateRequest {
        customers,
        seed,
        around: NaiveDate::from_ymd_opt(2026, 6, 30).unwrap(),
        dirty: false,
    }
}

/// The bytes of every file of a portfolio.
fn bytes(request: GenerateRequest) -> Vec<(String, Vec<u8>)> {
    let folder = tempfile::tempdir().unwrap();
    generate(request, folder.path(), &|_| {}).unwrap();
    ImportKind::ALL
        .iter()
        .map(|kind| {
            let path = folder.path().join(format!("{kind}.csv"));
            (kind.to_string(), std::fs::read(path).unwrap())
        })
        .collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let first = bytes(request(400, 11));
    assert_eq!(first, bytes(request(400, 11)));
    let other = bytes(request(400, 12));
    for ((kind, one), (_, two)) in first.iter().zip(&other) {
        // The units are the same in every portfolio.
        assert_eq!(one == two, kind == "orgs", "{kind}");
    }
}

#[test]
fn there_are_as_many_customers_as_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    for customers in [0, 1, 7, 250] {
        let written = generate(request(customers, 3), folder.path(), &|_| {}).unwrap();
        assert_eq!(written.customers, customers);
    }
}

async fn app(folder: &Path, now: Instant) -> App {
    let ids = Ids::new(Arc::new(Counted(std::sync::atomic::AtomicU64::new(1))));
    let url = DatabaseUrl::parse(&format!("sqlite:{}", folder.join("h.db").display())).unwrap();
    let key = |_| MasterKey::parse(&"ab".repeat(32));
    let store = Store::open(url, true, ids, now, key).await.unwrap();
    let files = Arc::new(object_store::memory::InMemory::new());
    App::start(store, files, Passwords::for_tests(), now)
        .await
        .unwrap()
}

async fn import(app: &App, folder: &Path, now: Instant, kind: ImportKind) -> (u64, u64) {
    let request = ImportRequest {
        kind,
        path: folder.join(format!("{kind}.csv")),
        shown_name: format!("{kind}.csv"),
        mapping: Mapping::default(),
        dry_run: false,
        errors_file: None,
    };
    let shell = Actor::shell("test");
    let report = import_file(app, &shell, &move || now, request, &|_| {})
        .await
        .unwrap();
    if report.tally.rejected > 0 {
        println!("{:?}", report.rejections);
    }
    (report.tally.created, report.tally.rejected)
}

#[tokio::test]
async fn everything_imports_and_every_programme_finds_work() {
    let folder = tempfile::tempdir().unwrap();
    let request = request(3_000, 5);
    let written = generate(request, folder.path(), &|_| {}).unwrap();
    let noon = chrono::NaiveTime::from_hms_opt(12, 0, 0).unwrap();
    let now = time::at_in_china(request.around, noon);
    let app = app(folder.path(), now).await;
    let counts = [
        written.orgs,
        written.agents,
        written.customers,
        written.contacts,
        written.policies,
        written.events,
    ];
    for (kind, count) in ImportKind::ALL.iter().zip(counts) {
        let got = import(&app, folder.path(), now, *kind).await;
        assert_eq!(got, (count, 0), "{kind}: created, rejected");
    }
    let since = NaiveDate::from_ymd_opt(2026, 1, 1);
    let request = PlanRequest {
        since,
        ..PlanRequest::default()
    };
    let shell = Actor::shell("test");
    let report = plan(&app, &shell, now, request, &|_| {}).await.unwrap();
    let busy: BTreeSet<_> = report
        .counts
        .iter()
        .filter(|(_, reason, _)| reason.is_empty())
        .map(|(programme, _, _)| programme.as_str())
        .collect();
    // NB-SUP follows callbacks that were made too early; nothing in a file sets it off.
    let shipped = [
        "CP-SET", "GN-1W", "GN-1WS", "MC-ADJ", "MC-OFF", "MC-PAID", "NB-2017", "NB-BR", "NB-BS",
        "NB-CQ", "NB-SD", "NB-T10", "OV-KEY", "OV-SHR", "PC-CL1", "PC-REN", "PC-UW1", "SC-NEW",
        "SC-NEW2", "SL-COOP", "SL-VISIT", "VF-HIGH", "VF-LOW", "VF-MED",
    ];
    for programme in shipped {
        assert!(
            busy.contains(programme),
            "no obligation of {programme}: {busy:?}"
        );
    }
}

#[tokio::test]
async fn dirty_rows_are_refused_with_their_reasons() {
    let folder = tempfile::tempdir().unwrap();
    let request = GenerateRequest {
        dirty: true,
        ..request(2_000, 5)
    };
    generate(request, folder.path(), &|_| {}).unwrap();
    let now = time::at_in_china(request.around, chrono::NaiveTime::MIN);
    let app = app(folder.path(), now).await;
    let mut rejected = Vec::new();
    for kind in ImportKind::ALL {
        rejected.push(import(&app, folder.path(), now, *kind).await.1);
    }
    assert!(
        rejected[2] > 0 && rejected[4] > 0 && rejected[5] > 0,
        "{rejected:?}"
    );
}
