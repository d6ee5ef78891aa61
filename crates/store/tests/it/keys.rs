//! The registry of sealed columns is the schema's, and a new key is used by every server at once.

use domain::access::Actor;
use rstest::rstest;
use std::collections::BTreeSet;
use store::AuditEntry;
use store::sealing::registry::{LONE_INDEXES, NOT_SEALED, SEALED};
use store::sealing::{MasterKey, Suite, add_keys, list_keys, refresh_keys, rewrap_keys};
use testkit::{Engine, TestApp};

fn entry() -> AuditEntry {
    AuditEntry::new(&Actor::system(), "test.done", "keys", None)
}

/// Every column of bytes is either sealed, and then known to rotation and proof, or named as an
/// exception; every index column belongs to a sealed one.
#[tokio::test]
async fn the_registry_knows_every_sealed_column() {
    let t = TestApp::empty(Engine::Postgres).await;
    let columns = async |condition: &str| -> BTreeSet<String> {
        let sql = format!(
            "SELECT table_name || '.' || column_name FROM information_schema.columns \
             WHERE table_schema = 'public' AND {condition}"
        );
        t.database.column(&sql).await.into_iter().collect()
    };
    let mut bytes: BTreeSet<String> = NOT_SEALED.iter().map(|c| (*c).to_owned()).collect();
    let mut indexes: BTreeSet<String> = LONE_INDEXES.iter().map(|c| (*c).to_owned()).collect();
    for table in SEALED {
        for column in table.columns {
            bytes.insert(format!("{}.{}", table.name, column.name));
            let own = column
                .index
                .map(|(name, _)| name)
                .into_iter()
                .chain(column.tail);
            indexes.extend(own.map(|name| format!("{}.{name}", table.name)));
        }
    }
    assert_eq!(columns("data_type = 'bytea'").await, bytes);
    let of_schema = columns("data_type = 'bigint' AND column_name LIKE '%\\_index'").await;
    assert_eq!(of_schema, indexes);
}

/// A server that runs seals with a key that another one made, in its next transaction, and reads what
/// the other one wrote without waiting.
#[rstest]
#[tokio::test]
async fn a_new_key_is_used_by_every_server(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    let (here, there) = (t.app.store(), t.open(false).await.unwrap());
    let work = here.begin(t.now).await.unwrap();
    let made = add_keys(&work, &["seal"], Some(Suite::Sm)).await.unwrap();
    assert_eq!(made, [("seal".to_owned(), 2)]);
    work.commit(entry()).await.unwrap();
    refresh_keys(here).await.unwrap();
    // A file's key is a sealed value like any other.
    let work = here.begin(t.now).await.unwrap();
    store::files::insert_file_key(&work, "a").await.unwrap();
    work.commit(entry()).await.unwrap();
    assert!(
        store::files::find_file_key(&there, "a")
            .await
            .unwrap()
            .is_some()
    );
    let third = t.open(false).await.unwrap();
    let work = there.begin(t.now).await.unwrap();
    store::files::insert_file_key(&work, "b").await.unwrap();
    work.commit(entry()).await.unwrap();
    let heads = "SELECT DISTINCT CAST(substr(file_key, 3, 1) AS TEXT) FROM file_keys";
    assert_eq!(t.database.column(heads).await.len(), 1);
    assert!(
        store::files::find_file_key(&third, "b")
            .await
            .unwrap()
            .is_some()
    );
    let keys = list_keys(here).await.unwrap();
    let seal: Vec<_> = keys.iter().filter(|k| k.purpose == "seal").collect();
    assert_eq!(
        seal.iter()
            .map(|k| k.algorithm.as_str())
            .collect::<Vec<_>>(),
        ["SM4-GCM", "AES-256-GCM"]
    );
}

/// A new master key opens the database, the old one does not any more, and what is running goes on.
#[rstest]
#[tokio::test]
async fn the_master_key_is_exchanged(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::empty(engine).await;
    let (old, new) = (testkit::MASTER_KEY, "5a".repeat(32));
    assert!(t.open_with(Suite::Aes, &new).await.is_err());
    let running = t.open(false).await.unwrap();
    let work = t.app.store().begin(t.now).await.unwrap();
    store::files::insert_file_key(&work, "a").await.unwrap();
    let master = MasterKey::parse(&new).unwrap();
    assert_eq!(rewrap_keys(&work, &master).await.unwrap(), 3);
    work.commit(entry()).await.unwrap();
    assert!(t.open_with(Suite::Aes, old).await.is_err());
    let after = t.open_with(Suite::Aes, &new).await.unwrap();
    assert!(
        store::files::find_file_key(&after, "a")
            .await
            .unwrap()
            .is_some()
    );
    // A server that runs writes on with the keys it has, but makes no new ones with the old master key.
    let work = running.begin(t.now).await.unwrap();
    store::files::insert_file_key(&work, "b").await.unwrap();
    assert!(add_keys(&work, &["seal"], None).await.is_err());
    work.commit(entry()).await.unwrap();
    // As soon as it can read the new one, it does that too.
    let source = new.clone();
    running.set_master_source(Box::new(move || MasterKey::parse(&source)));
    running.forget_refused_keys();
    let work = running.begin(t.now).await.unwrap();
    add_keys(&work, &["seal"], None).await.unwrap();
    work.commit(entry()).await.unwrap();
}
