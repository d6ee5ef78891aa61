//! Backups: consistent while others write, the same on both databases, refused when anything was
//! altered; restored into empty databases only; taken by plan, tried out, thinned out.

mod moves;
mod planned;
mod refused;

use app::backups::{
    BackupPlan, BackupReport, BackupRequest, Heard, MasterKeys, Opening, RestoreRequest, back_up,
    give_up_silent, overview, restore, start_backup, start_due, try_out,
};
use app::exports::{ExportFormat, ExportKind, ExportQuery, export};
use app::{App, Error, Passwords};
use chrono::{Duration, NaiveTime};
use domain::access::Actor;
use domain::backups::{BackupKind, BackupState, Retention};
use domain::time::Instant;
use object_store::memory::InMemory;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt as _};
use rstest::rstest;
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::sealing::MasterKey;
use store::{Ids, Store};
use testkit::{Engine, FixedChance, Portfolio, TestApp, TestDatabase, refused, row};

pub(super) const MASTER_KEY: &str =
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

pub(super) fn quiet() -> Heard {
    Arc::new(|_| {})
}

pub(super) fn right_key() -> store::Result<MasterKey> {
    MasterKey::parse(MASTER_KEY)
}

pub(super) fn ids() -> Ids {
    Ids::new(Arc::new(FixedChance::new(77)))
}

pub(super) async fn take(t: &TestApp, name: &str) -> (PathBuf, BackupReport) {
    let request = BackupRequest {
        file: t.path(name),
        force: false,
        with_files: true,
        kind: BackupKind::Shell,
    };
    let now = t.now;
    let shell = Actor::shell("tests");
    let taken = back_up(&t.app, &shell, &move || now, &request, &quiet()).await;
    (request.file, taken.unwrap())
}

pub(super) async fn restore_to(
    database: &TestDatabase,
    file: &Path,
    master_key: MasterKeys<'_>,
    files: Arc<dyn ObjectStore>,
    now: Instant,
) -> app::Result<app::backups::RestoreReport> {
    let request = RestoreRequest {
        file: file.to_owned(),
        url: database.url(),
        master_key,
        files,
        ids: ids(),
    };
    restore(&request, &Actor::shell("tests"), now, &quiet()).await
}

pub(super) async fn open(database: &TestDatabase, now: Instant) -> Store {
    Store::open(database.url(), false, ids(), now, |_| right_key())
        .await
        .unwrap()
}

/// Every row of every table, but for what a backup and a restore note about themselves.
pub(super) async fn rows(store: &Store) -> BTreeMap<String, Vec<String>> {
    let mut snapshot = store.row_snapshot().await.unwrap();
    let mut all = BTreeMap::new();
    for table in snapshot.tables().to_vec() {
        let (mut found, about) = (Vec::new(), ["backup_runs", "audit_entries"]);
        snapshot.open(&table).await.unwrap();
        loop {
            let rows = snapshot.next(7).await.unwrap();
            if rows.is_empty() {
                break;
            }
            found.extend(rows.iter().map(|row| format!("{row:?}")));
        }
        found.retain(|row| !about.contains(&table.name.as_str()) || !row.contains("backup."));
        if table.name != "backup_runs" {
            all.insert(table.name, found);
        }
    }
    snapshot.close().await.unwrap();
    all
}

pub(super) async fn is_empty(database: &TestDatabase) -> bool {
    let Ok(mut target) = store::dialect::copy::Target::open(&database.url()).await else {
        return false;
    };
    let tables = target.prepare(0).await;
    target.clear().await.unwrap();
    tables.is_ok()
}

pub(super) async fn exported(app: &App, now: Instant, kind: ExportKind) -> Vec<u8> {
    let query = ExportQuery {
        purpose: "data_transfer".into(),
        ..ExportQuery::new(kind, ExportFormat::Csv)
    };
    let mut bytes = Vec::new();
    export(
        app,
        &Actor::shell("tests"),
        now,
        &query,
        &mut bytes,
        &|_| {},
    )
    .await
    .unwrap();
    bytes
}
