//! From the store to [`Scripts`], after what it lacks was added to it. A new database takes what the
//! program ships; later, a changed or new shipped questionnaire arrives as a draft that has to be
//! reviewed and approved like any other.

use super::drafts::step;
use super::file::{self, hash_of};
use super::script::{Script, Scripts, Term};
use super::write::write;
use crate::{Error, Result};
use domain::access::Actor;
use domain::questionnaires::ScriptStep;
use domain::rules::{Origin, ProposalState};
use domain::time::Instant;
use include_dir::{Dir, include_dir};
use store::questionnaires::{self as rows, DraftRow, StoredQuestionnaire, TermRow};
use store::{Audit, AuditActor, AuditEntry, Store, UnitOfWork};

pub(super) static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../questionnaires");

/// The shipped questionnaires with their texts.
fn shipped() -> Result<Vec<(Script, &'static str)>> {
    let files = SHIPPED.files();
    let toml = files.filter(|f| f.path().extension().is_some_and(|e| e == "toml"));
    let mut all = Vec::new();
    for file in toml {
        let body = file.contents_utf8().unwrap_or_default();
        let script = file::parse(body)
            .map_err(|e| Error::Fault(format!("{}: {e}", file.path().display())))?;
        all.push((script, body));
    }
    Ok(all)
}

/// Adds shipped questionnaires and terms that the store lacks, then loads all of them from it.
pub(crate) async fn install(store: &Store, now: Instant) -> Result<Scripts> {
    let known = rows::load_questionnaires(store).await?;
    let seen = rows::list_shipped_hashes(store).await?;
    let shipped = shipped()?;
    let is_new = |s: &Script| !known.iter().any(|k| k.hash == s.hash) && !seen.contains(&s.hash);
    let missing: Vec<_> = shipped.iter().filter(|(s, _)| is_new(s)).collect();
    if !missing.is_empty() {
        let work = store.begin(now).await?;
        let mut audit = Vec::new();
        for (script, body) in missing {
            if known.is_empty() {
                audit.push(add(&work, script, body).await?);
            } else {
                audit.push(put_forward(&work, script, &known).await?);
            }
        }
        add_terms(&work, shipped.iter().map(|(s, _)| s)).await?;
        rows::count_change(&work).await?;
        let first = audit.remove(0);
        work.commit(Audit::with(first, audit)).await?;
    }
    load(store).await
}

/// Loads what is approved.
pub(crate) async fn load(store: &Store) -> Result<Scripts> {
    let changes = rows::count_changes(store).await?;
    let mut scripts = Vec::new();
    for stored in rows::load_questionnaires(store).await? {
        let mut script = file::parse(&stored.body)
            .map_err(|e| Error::Fault(format!("{} v{}: {e}", stored.code, stored.version)))?;
        script.id = stored.id.into();
        // The days of a version are those of its approval.
        script.effective_from = stored.effective_from;
        script.effective_until = stored.effective_until;
        scripts.push(script);
    }
    let glossary = super::glossary::shown(rows::list_terms(store).await?);
    Ok(Scripts::new(scripts).with(glossary, changes))
}

async fn add(work: &UnitOfWork, script: &Script, body: &str) -> Result<AuditEntry> {
    let row = StoredQuestionnaire {
        id: work.next_id(),
        code: script.code.clone(),
        version: script.version,
        hash: script.hash.clone(),
        effective_from: script.effective_from,
        effective_until: script.effective_until,
        body: body.to_owned(),
    };
    rows::insert_questionnaire(work, &row).await?;
    let system = Actor::system();
    let step = step(row.id, &system, ScriptStep::Shipped, &row.hash);
    rows::insert_step(work, &AuditActor::from(&system), &step).await?;
    let detail = serde_json::json!({ "code": row.code, "version": row.version });
    let entry = AuditEntry::new(&system, "questionnaire.added", "questionnaire", row.id);
    Ok(entry.detail(detail))
}

/// Puts a shipped questionnaire forward. When the company has used its version for a text of its own,
/// it becomes the next one.
async fn put_forward(
    work: &UnitOfWork,
    script: &Script,
    known: &[StoredQuestionnaire],
) -> Result<AuditEntry> {
    let drafts = rows::list_drafts(work).await?;
    let used = known.iter().map(|k| (&k.code, k.version));
    let used = used.chain(drafts.iter().map(|d| (&d.code, d.version)));
    let mine = used.filter(|(code, _)| **code == script.code);
    let last = mine.map(|(_, version)| version).max().unwrap_or(0);
    let shipped_hash = script.hash.clone();
    let script = Script {
        version: script.version.max(last + 1),
        ..script.clone()
    };
    let system = Actor::system();
    let body = write(&script);
    let row = DraftRow {
        id: work.next_id(),
        code: script.code,
        version: script.version,
        hash: hash_of(&body),
        body,
        state: ProposalState::Draft,
        origin: Origin::Shipped,
        author_name: system.name.clone(),
        revision: 1,
        created_at: work.now(),
        updated_at: work.now(),
    };
    rows::insert_draft(work, &row).await?;
    for (what, hash) in [
        (ScriptStep::Shipped, &shipped_hash),
        (ScriptStep::Drafted, &row.hash),
    ] {
        let step = step(row.id, &system, what, hash);
        rows::insert_step(work, &AuditActor::from(&system), &step).await?;
    }
    let detail = serde_json::json!({ "code": row.code, "version": row.version });
    let entry = AuditEntry::new(&system, "questionnaire.drafted", "questionnaire", row.id);
    Ok(entry.detail(detail))
}

/// Terms of shipped questionnaires that the glossary does not explain yet; those that people wrote
/// stay.
async fn add_terms<'s>(work: &UnitOfWork, scripts: impl Iterator<Item = &'s Script>) -> Result<()> {
    let mut known: Vec<String> = rows::list_terms(work)
        .await?
        .into_iter()
        .map(|t| t.term.zh)
        .collect();
    for Term { term, plain } in scripts.flat_map(|s| &s.terms) {
        if known.contains(&term.zh) {
            continue;
        }
        known.push(term.zh.clone());
        let row = TermRow {
            id: work.next_id(),
            term: term.clone(),
            plain: plain.clone(),
            retired: false,
            revision: 1,
            author_name: Actor::system().name,
            updated_at: work.now(),
        };
        rows::insert_term(work, &row).await?;
    }
    Ok(())
}
