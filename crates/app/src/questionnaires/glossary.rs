//! The glossary: technical terms with plain explanations, shown wherever a term stands in what is asked
//! (QST-11). Callers explain with authorised words only, so those who review questionnaires keep it.

use super::script::Term;
use crate::{App, Error, FieldProblem, Result};
use domain::access::{Actor, Permission};
use domain::questionnaires::Words;
use domain::time::Instant;
use store::questionnaires::{self as rows, TermRow};
use store::{AuditEntry, StoreError};
use uuid::Uuid;

/// Longest term.
const TERM_CHARACTERS_MAX: usize = 40;
/// Longest explanation: half a minute of reading aloud.
const PLAIN_CHARACTERS_MAX: usize = 300;

/// A term as it comes from a form.
#[derive(Clone, Debug, Default)]
pub struct TermForm {
    /// The term; its Chinese name stays when it is changed.
    pub term: Words,
    /// What to tell the customer.
    pub plain: Words,
    /// It is shown no more.
    pub retired: bool,
    /// Revision that was shown.
    pub revision: i64,
}

/// Every term.
///
/// # Errors
/// When the actor may not read questionnaires.
pub async fn list_terms(app: &App, actor: &Actor) -> Result<Vec<TermRow>> {
    actor.demand(Permission::QuestionnairesRead)?;
    Ok(rows::list_terms(app.store()).await?)
}

fn checked(form: &TermForm) -> Result<(Words, Words)> {
    let mut problems = Vec::new();
    let mut text = |field: &str, text: &str, max: usize| {
        let text = text.trim();
        if text.is_empty() {
            problems.push(FieldProblem::new(field, "missing"));
        } else if text.chars().count() > max {
            problems.push(FieldProblem::new(field, "too-long"));
        }
        text.to_owned()
    };
    let term = Words {
        zh: text("term_zh", &form.term.zh, TERM_CHARACTERS_MAX),
        en: text("term_en", &form.term.en, TERM_CHARACTERS_MAX * 2),
    };
    let plain = Words {
        zh: text("plain_zh", &form.plain.zh, PLAIN_CHARACTERS_MAX),
        en: text("plain_en", &form.plain.en, PLAIN_CHARACTERS_MAX * 3),
    };
    if problems.is_empty() {
        Ok((term, plain))
    } else {
        Err(Error::Invalid(problems))
    }
}

/// Adds a term, or changes one.
///
/// # Errors
/// When the actor may not, fields cannot be taken, or somebody else changed the term.
pub async fn save_term(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Option<Uuid>,
    form: &TermForm,
) -> Result<Uuid> {
    actor.demand(Permission::QuestionnairesReview)?;
    let work = app.store().begin(now).await?;
    let known = match id {
        Some(id) => Some(rows::find_term(&work, id).await?.ok_or(Error::NotFound)?),
        None => None,
    };
    let mut form = form.clone();
    if let Some(known) = &known {
        form.term.zh.clone_from(&known.term.zh);
    }
    let (term, plain) = checked(&form)?;
    let row = TermRow {
        id: known.as_ref().map_or_else(|| work.next_id(), |k| k.id),
        term,
        plain,
        retired: form.retired,
        revision: if known.is_some() { form.revision } else { 1 },
        author_name: actor.name.clone(),
        updated_at: now,
    };
    let action = if known.is_some() {
        rows::update_term(&work, &row).await?;
        "glossary.changed"
    } else {
        let added = rows::insert_term(&work, &row).await;
        added.map_err(|e| match e {
            StoreError::Constraint(_) => Error::invalid("term_zh", "questionnaire-term-taken"),
            other => other.into(),
        })?;
        "glossary.added"
    };
    rows::count_change(&work).await?;
    let detail = serde_json::json!({
        "term": row.term.zh, "plain": row.plain.zh, "retired": row.retired,
        "before": known.map(|k| k.plain.zh),
    });
    let entry = AuditEntry::new(actor, action, "glossary_term", row.id).detail(detail);
    work.commit(entry).await?;
    app.scripts_in_force().await?;
    Ok(row.id)
}

/// The terms that are shown.
pub(super) fn shown(rows: Vec<TermRow>) -> Vec<Term> {
    let shown = rows.into_iter().filter(|t| !t.retired);
    shown
        .map(|t| Term {
            term: t.term,
            plain: t.plain,
        })
        .collect()
}
