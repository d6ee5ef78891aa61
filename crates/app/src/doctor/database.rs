//! The database: is it there, is it whole, do its keys and its clock fit.

use super::Check;
use domain::doctor::{Verdict, of_clocks};
use domain::time::Instant;
use store::{Backend, Store, doctor};

fn unreadable(name: &'static str, error: &impl ToString) -> Check {
    Check::new(name, (Verdict::Bad, "unreadable")).with("error", error)
}

pub(super) async fn engine(store: &Store) -> Check {
    let engine = match store.backend() {
        Backend::Sqlite => "SQLite",
        Backend::Postgres => "PostgreSQL",
    };
    match doctor::engine_version(store).await {
        Ok(version) => Check::new("database", (Verdict::Ok, "reached"))
            .with("engine", &engine)
            .with("version", &version),
        Err(error) => unreadable("database", &error),
    }
}

pub(super) async fn schema(store: &Store) -> Check {
    match store.is_schema_current().await {
        Ok(true) => Check::new("schema", (Verdict::Ok, "current")),
        Ok(false) => Check::new("schema", (Verdict::Bad, "behind")),
        Err(error) => unreadable("schema", &error),
    }
}

pub(super) async fn integrity(store: &Store) -> Check {
    match doctor::find_damage(store).await {
        Ok(found) if found.is_empty() => Check::new("integrity", (Verdict::Ok, "sound")),
        Ok(found) => {
            Check::new("integrity", (Verdict::Bad, "damaged")).with("where", &found.join("; "))
        }
        Err(error) => unreadable("integrity", &error),
    }
}

/// The keys fit, or the store would not be open.
pub(super) async fn keys(store: &Store) -> Check {
    match doctor::list_key_versions(store).await {
        Ok(versions) => {
            Check::new("keys", (Verdict::Ok, "fit")).with("versions", &versions.join(", "))
        }
        Err(error) => unreadable("keys", &error),
    }
}

pub(super) async fn clock(store: &Store, now: Instant) -> Check {
    match doctor::database_clock(store).await {
        Ok(None) => Check::new("clock", (Verdict::Ok, "one")),
        Ok(Some(there)) => {
            let apart = there - now;
            Check::new("clock", of_clocks(apart)).with("seconds", &apart.num_seconds())
        }
        Err(error) => unreadable("clock", &error),
    }
}
