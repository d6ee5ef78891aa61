//! From the store to [`Rules`], after what it lacks was added to it.

use super::shipped::shipped_calendar_text;
use super::{Rules, discharges, shipped_calendar, shipped_packs, shipped_schema};
use crate::{Error, Result};
use domain::time::Instant;
use rules::{Calendar, FactSchema, RuleBook, Source};
use std::collections::HashMap;
use std::sync::Arc;
use store::rules::{StoredCalendar, StoredPack};
use store::{AuditEntry, Store};

/// Adds what the store lacks, then loads everything from it.
pub(crate) async fn install(store: &Store, now: Instant) -> Result<Rules> {
    let schema = Arc::new(shipped_schema()?);
    let calendar = shipped_calendar()?;
    let shipped = load(&schema, calendar.clone(), &shipped_packs())?;
    add_missing(store, &shipped, now).await?;
    let calendars = store::rules::load_calendars(store).await?;
    let packs = store::rules::load_packs(store).await?;
    let newest = calendars.iter().find(|c| c.hash == calendar.hash());
    let calendar_id = newest.map(|c| c.id).unwrap_or_default();
    let sources: Vec<_> = packs
        .iter()
        .map(|p| Source {
            name: p.file.clone(),
            text: p.body.clone(),
        })
        .collect();
    let book = load(&schema, calendar, &sources)?;
    let pack_ids = packs
        .iter()
        .map(|p| {
            (
                (p.pack.clone(), u32::try_from(p.version).unwrap_or(0)),
                p.id,
            )
        })
        .collect();
    for (stored, loaded) in packs.iter().zip(book.packs()) {
        stored.verify(&loaded.hash)?;
    }
    let discharges = discharges(&book)?;
    Ok(Rules {
        book,
        pack_ids,
        calendar_id,
        calendars,
        packs,
        discharges,
    })
}

fn load(schema: &Arc<FactSchema>, calendar: Calendar, sources: &[Source]) -> Result<RuleBook> {
    RuleBook::load(Arc::clone(schema), Arc::new(calendar), sources).map_err(|findings| {
        let lines: Vec<_> = findings.iter().map(ToString::to_string).collect();
        Error::Fault(format!("rule packs do not load:\n{}", lines.join("\n")))
    })
}

async fn add_missing(store: &Store, shipped: &RuleBook, now: Instant) -> Result<()> {
    let known_packs = store::rules::load_packs(store).await?;
    let known_calendars = store::rules::load_calendars(store).await?;
    let texts: HashMap<_, _> = shipped_packs()
        .into_iter()
        .map(|s| (s.name, s.text))
        .collect();
    let new_packs: Vec<_> = shipped
        .packs()
        .iter()
        .filter(|p| !known_packs.iter().any(|k| k.hash == p.hash))
        .collect();
    let calendar = shipped.calendar();
    let new_calendar = !known_calendars.iter().any(|c| c.hash == calendar.hash());
    if new_packs.is_empty() && !new_calendar {
        return Ok(());
    }
    let work = store.begin(now).await?;
    let mut audit = Vec::new();
    for pack in new_packs {
        let same = known_packs
            .iter()
            .any(|k| k.pack == pack.id && k.version == i64::from(pack.version));
        if same {
            let what = "a pack is never edited in place: give the changed text a new version";
            return Err(Error::Fault(format!(
                "{} version {}: {what}",
                pack.id, pack.version
            )));
        }
        let row = StoredPack {
            id: work.next_id(),
            pack: pack.id.clone(),
            version: i64::from(pack.version),
            hash: pack.hash.clone(),
            status: pack.status.as_str().to_owned(),
            file: pack.file.clone(),
            body: texts.get(&pack.file).cloned().unwrap_or_default(),
        };
        store::rules::insert_pack(&work, &row).await?;
        let detail =
            serde_json::json!({ "pack": row.pack, "version": row.version, "hash": row.hash });
        let actor = domain::access::Actor::system();
        audit.push(AuditEntry::new(&actor, "rules.pack_added", "rule_pack", row.id).detail(detail));
    }
    if new_calendar {
        let row = StoredCalendar {
            id: work.next_id(),
            hash: calendar.hash().to_owned(),
            body: shipped_calendar_text().to_owned(),
        };
        store::rules::insert_calendar(&work, &row).await?;
        let detail =
            serde_json::json!({ "hash": row.hash, "official_until": calendar.official_until() });
        let actor = domain::access::Actor::system();
        audit.push(
            AuditEntry::new(&actor, "rules.calendar_added", "calendar", row.id).detail(detail),
        );
    }
    let first = audit.remove(0);
    Ok(work.commit(store::Audit::with(first, audit)).await?)
}
