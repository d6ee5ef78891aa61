//! Handing accepted changes to the core system, hearing what it says, and what people do about refusals.

use crate::listing::{self, COUNT_CAP, PAGE_ROWS};
use crate::{App, Error, FieldProblem, Result};
use domain::access::{Actor, Permission};
use domain::customers::{CustomerField, Reveal};
use domain::information::CoreState;
use domain::time::Instant;
use store::information::{self as rows, CoreAnswer, CoreFilter, CoreRow};
use store::{AuditEntry, Page};
use uuid::Uuid;

/// Answers of one request: a page of changes and room for what is left over.
const ANSWERS_MAX: usize = 500;
/// Longest reason of the core system, in characters.
const REASON_MAX: usize = 500;

/// How many changes are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CoreCounts {
    /// Not taken over yet.
    pub waiting: i64,
    /// Refused, and nobody settled it.
    pub refused: i64,
}

/// A page of the outbox.
#[derive(Clone, Debug)]
pub struct CoreList {
    /// The rows.
    pub page: Page<CoreRow>,
    /// How many are in each state.
    pub counts: CoreCounts,
}

/// The outbox as people see it, personal data masked.
///
/// # Errors
/// When the actor may not, or the filter cannot be read.
pub async fn list_core_changes(
    app: &App,
    actor: &Actor,
    view: &str,
    after: &str,
) -> Result<CoreList> {
    let scope = actor.scope(Permission::InformationDeliver)?;
    let state = match view {
        "all" => None,
        "" => Some(CoreState::Waiting),
        code => listing::code("view", code, CoreState::parse)?,
    };
    let filter = CoreFilter {
        state,
        newest_first: state != Some(CoreState::Waiting),
        after: listing::after(after)?,
    };
    let db = app.store();
    let count = |state| rows::count_core_changes(db, &scope, state, COUNT_CAP);
    Ok(CoreList {
        page: rows::list_core_changes(db, &scope, &filter, PAGE_ROWS).await?,
        counts: CoreCounts {
            waiting: count(CoreState::Waiting).await?,
            refused: count(CoreState::Refused).await?,
        },
    })
}

/// A change as the core system takes it over, in the clear.
#[derive(Clone)]
pub struct Handed {
    /// Its id, which the answer names.
    pub id: Uuid,
    /// Number of the customer.
    pub customer_no: String,
    /// The fact.
    pub field: CustomerField,
    /// Its new value; nothing when it is not known any more.
    pub value: Option<String>,
    /// When it was changed.
    pub changed_at: Instant,
    /// Who changed it.
    pub changed_by: String,
}

impl std::fmt::Debug for Handed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Handed({})", self.id)
    }
}

/// Hands changes that wait to the core system, in the order of the changes, values in the clear. They
/// come again until they are answered, so that nothing is lost on the way. Who took how many is recorded.
///
/// # Errors
/// When the actor may not.
pub async fn hand_over(
    app: &App,
    actor: &Actor,
    now: Instant,
    after: &str,
    limit: u64,
) -> Result<Page<Handed>> {
    let scope = actor.scope(Permission::InformationDeliver)?;
    let filter = CoreFilter {
        state: Some(CoreState::Waiting),
        newest_first: false,
        after: listing::after(after)?,
    };
    let page = rows::list_core_changes(app.store(), &scope, &filter, limit).await?;
    if page.rows.is_empty() {
        return Ok(Page::empty());
    }
    let work = app.store().begin(now).await?;
    let new = page.rows.iter().filter(|r| r.delivered_at.is_none());
    let new: Vec<Uuid> = new.map(|r| r.id).collect();
    rows::mark_core_delivered(&work, &new, &actor.name).await?;
    let trace = work.next_id();
    let entry = AuditEntry::new(
        actor,
        "core_changes.handed_over",
        "core_change",
        page.rows[0].id,
    );
    let count = page.rows.len();
    let detail = serde_json::json!({ "rows": count, "first_time": new.len(), "trace": trace });
    work.commit(entry.detail(detail)).await?;
    let reveal = Reveal::traced(trace);
    let handed = page.rows.into_iter().map(|r| Handed {
        id: r.id,
        customer_no: r.customer_no,
        field: r.field,
        value: r.value.map(|v| v.reveal(reveal).to_owned()),
        changed_at: r.changed_at,
        changed_by: r.changed_by,
    });
    Ok(Page {
        rows: handed.collect(),
        next: page.next,
    })
}

/// What the core system says to one change, as text.
#[derive(Clone, Debug, Default)]
pub struct CoreVerdict {
    /// The change.
    pub id: String,
    /// Why it was refused; nothing when it was taken over.
    pub refused: Option<String>,
}

/// Writes down what the core system said; how many of the changes had waited for it.
///
/// # Errors
/// All problems at once; a change that is not in sight is one.
pub async fn answer_core_changes(
    app: &App,
    actor: &Actor,
    now: Instant,
    verdicts: &[CoreVerdict],
) -> Result<usize> {
    let scope = actor.scope(Permission::InformationDeliver)?;
    if verdicts.is_empty() || verdicts.len() > ANSWERS_MAX {
        let code = if verdicts.is_empty() {
            "missing"
        } else {
            "too-many"
        };
        return Err(Error::invalid("answers", code));
    }
    let (mut problems, mut answers) = (Vec::new(), Vec::new());
    let work = app.store().begin(now).await?;
    for (at, verdict) in verdicts.iter().enumerate() {
        let refused = verdict.refused.as_deref().map(str::trim);
        let id = Uuid::try_parse(&verdict.id).ok();
        let known = match id {
            Some(id) => rows::find_core_change(&work, &scope, id).await?,
            None => None,
        };
        match known {
            None => problems.push(FieldProblem::new(format!("answers[{at}].id"), "not-found")),
            Some(_) if refused.is_some_and(|r| r.is_empty() || r.chars().count() > REASON_MAX) => {
                problems.push(FieldProblem::new(
                    format!("answers[{at}].reason"),
                    "missing",
                ));
            }
            Some(row) => answers.push((row.id, refused)),
        }
    }
    if !problems.is_empty() {
        work.roll_back().await?;
        return Err(Error::Invalid(problems));
    }
    let mut taken = 0;
    for (id, refused) in &answers {
        let answer = CoreAnswer {
            id: *id,
            refused: *refused,
        };
        taken += usize::from(rows::answer_core_change(&work, &answer).await?);
    }
    let refused = answers.iter().filter(|(_, r)| r.is_some()).count();
    let entry = AuditEntry::new(actor, "core_changes.answered", "core_change", answers[0].0)
        .detail(serde_json::json!({ "rows": answers.len(), "taken": taken, "refused": refused }));
    work.commit(entry).await?;
    Ok(taken)
}

/// What a person does about a refusal of the core system: hand it over again, or settle it.
///
/// # Errors
/// [`Error::NotFound`] when it is not in sight; [`Error::Conflict`] when it is not refused any more.
pub async fn step_core_change(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: Uuid,
    step: &str,
) -> Result<()> {
    let scope = actor.scope(Permission::InformationDeliver)?;
    let row = rows::find_core_change(app.store(), &scope, id).await?;
    let row = row.ok_or(Error::NotFound)?;
    let work = app.store().begin(now).await?;
    let action = match step {
        "again" => {
            rows::reopen_core_change(&work, id).await?;
            "core_changes.reopened"
        }
        "settle" => {
            rows::settle_core_change(&work, id, &actor.name).await?;
            "core_changes.settled"
        }
        _ => {
            work.roll_back().await?;
            return Err(Error::invalid("step", "unknown-code"));
        }
    };
    let entry = AuditEntry::new(actor, action, "core_change", id).customer(row.customer.0);
    Ok(work.commit(entry).await?)
}
