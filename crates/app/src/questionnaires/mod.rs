//! Questionnaires as data: versioned wording for each programme, frozen with every record.

mod file;
mod script;
#[cfg(test)]
mod tests;

pub use script::{AnswerLabels, CaseFacts, Script, ScriptItem, Scripts, Term};

use crate::{Error, Result};
use domain::time::Instant;
use include_dir::{Dir, include_dir};
use store::questionnaires::StoredQuestionnaire;
use store::{Audit, AuditEntry, Store};

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../questionnaires");

/// Adds shipped questionnaires that the store lacks, then loads all of them from it.
pub(crate) async fn install(store: &Store, now: Instant) -> Result<Scripts> {
    let known = store::questionnaires::load_questionnaires(store).await?;
    let mut missing = Vec::new();
    for file in SHIPPED
        .files()
        .filter(|f| f.path().extension().is_some_and(|e| e == "toml"))
    {
        let body = file.contents_utf8().unwrap_or_default();
        let script = file::parse(body)
            .map_err(|e| Error::Fault(format!("{}: {e}", file.path().display())))?;
        if known.iter().any(|k| k.hash == script.hash) {
            continue;
        }
        if known
            .iter()
            .any(|k| k.code == script.code && k.version == script.version)
        {
            let what =
                "a questionnaire is never edited in place: give the changed text a new version";
            return Err(Error::Fault(format!(
                "{} version {}: {what}",
                script.code, script.version
            )));
        }
        missing.push((script, body));
    }
    if !missing.is_empty() {
        let work = store.begin(now).await?;
        let mut audit = Vec::new();
        for (script, body) in missing {
            let row = StoredQuestionnaire {
                id: work.next_id(),
                code: script.code.clone(),
                version: script.version,
                hash: script.hash.clone(),
                effective_from: script.effective_from,
                body: body.to_owned(),
            };
            store::questionnaires::insert_questionnaire(&work, &row).await?;
            let actor = domain::access::Actor::system();
            let detail = serde_json::json!({ "code": row.code, "version": row.version });
            let entry = AuditEntry::new(&actor, "questionnaire.added", "questionnaire", row.id);
            audit.push(entry.detail(detail));
        }
        let first = audit.remove(0);
        work.commit(Audit::with(first, audit)).await?;
    }
    let mut scripts = Vec::new();
    for stored in store::questionnaires::load_questionnaires(store).await? {
        let mut script = file::parse(&stored.body).map_err(Error::Fault)?;
        script.id = stored.id.into();
        scripts.push(script);
    }
    Ok(Scripts::new(scripts))
}
