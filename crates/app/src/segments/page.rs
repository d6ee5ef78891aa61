//! The classes of one customer: what they are, why, what would change them, and what they were.

use super::facts::Cases;
use super::models::{ModelOutline, Models};
use crate::rules::{Rules, restore};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::segments::{ClassCause, ClassModel, CustomerClass, OverrideState};
use domain::time::{self, Instant};
use rules::{Facts, ScoreTrace};
use std::sync::Arc;
use store::customers::CustomerRow;
use store::segments::{self as rows, ClassSpan, OverrideRow, ScoreRow, Whom};
use uuid::Uuid;

/// What one model says of a customer, beside what is in force.
#[derive(Clone, Debug)]
pub struct ModelClasses {
    /// The model.
    pub model: ClassModel,
    /// The model as it is in force; nothing when no pack has one.
    pub outline: Option<ModelOutline>,
    /// The class in force.
    pub class: Option<CustomerClass>,
    /// Why; nothing when a file gave it.
    pub cause: Option<ClassCause>,
    /// Since when.
    pub span: Option<ClassSpan>,
    /// What the model gave when it last looked.
    pub score: Option<ScoreRow>,
    /// What it says of the customer as it stands at this moment, with everything that leads to it.
    pub trace: Option<ScoreTrace>,
    /// What is set by hand.
    pub set: Option<OverrideRow>,
    /// What somebody asked for.
    pub asked: Option<OverrideRow>,
}

impl ModelClasses {
    /// The customer changed and waits to be looked at.
    pub fn is_behind(&self) -> bool {
        let kept = self.score.as_ref().map(|s| s.points);
        kept != self.trace.as_ref().map(|t| t.points)
    }
}

/// A line of the history.
#[derive(Clone, Debug)]
pub struct ClassLine {
    /// The class from when to when.
    pub span: ClassSpan,
    /// What the model gave on its first day.
    pub score: Option<ScoreRow>,
    /// What was set by hand.
    pub set: Option<OverrideRow>,
}

/// The classes of a customer.
#[derive(Clone, Debug)]
pub struct ClassesPage {
    /// The customer.
    pub customer: CustomerRow,
    /// Model by model.
    pub models: Vec<ModelClasses>,
    /// The classes in force, the newest first.
    pub history: Vec<ClassLine>,
    /// Overrides that were asked for and did not come into force.
    pub refused: Vec<OverrideRow>,
}

/// The classes of a customer in sight.
///
/// # Errors
/// When the actor may not see customers; [`Error::NotFound`] when this one is not in sight.
pub async fn classes_page(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
) -> Result<ClassesPage> {
    let (customer, _) = crate::customers::customer_in_sight(app, actor, now, customer_no).await?;
    let scope = actor.scope(Permission::CustomersRead)?;
    app.refresh_rules(now).await?;
    let db = app.store();
    let spans = rows::list_class_spans(db, &scope, customer.id).await?;
    let scores = rows::list_scores(db, &scope, customer.id).await?;
    let overrides = rows::list_overrides(db, &scope, customer.id).await?;
    let traces = trace_now(app, now, &customer).await?;
    let models = ClassModel::ALL.iter().zip(traces);
    let models = models.map(|(model, (outline, trace))| {
        let set = |state| {
            overrides
                .iter()
                .find(|o| o.model == *model && o.state == state)
        };
        let span = spans
            .iter()
            .find(|s| s.model == *model && s.until_on.is_none());
        let code = match model {
            ClassModel::Value => customer.value_class.as_deref(),
            ClassModel::Risk => customer.risk_class.as_deref(),
        };
        ModelClasses {
            model: *model,
            outline,
            class: code.and_then(|c| CustomerClass::parse(c).ok()),
            cause: span.map(|s| s.cause),
            span: span.cloned(),
            score: scores
                .iter()
                .find(|s| s.model == *model && s.until_on.is_none())
                .cloned(),
            trace,
            set: set(OverrideState::InForce).cloned(),
            asked: set(OverrideState::Asked).cloned(),
        }
    });
    let line = |span: &ClassSpan| ClassLine {
        score: score_on(&scores, span).cloned(),
        set: overrides.iter().find(|o| Some(o.id) == span.set).cloned(),
        span: span.clone(),
    };
    let refused =
        |o: &&OverrideRow| matches!(o.state, OverrideState::Refused | OverrideState::Withdrawn);
    Ok(ClassesPage {
        models: models.collect(),
        history: spans.iter().map(line).collect(),
        refused: overrides.iter().filter(refused).cloned().collect(),
        customer,
    })
}

/// What the model gave when a span began.
fn score_on<'s>(scores: &'s [ScoreRow], span: &ClassSpan) -> Option<&'s ScoreRow> {
    scores.iter().find(|s| {
        s.model == span.model
            && s.computed_at <= span.made_at
            && s.until_on.is_none_or(|until| until > span.from_on)
    })
}

/// What the models say of a customer as it stands at this moment.
async fn trace_now(
    app: &App,
    now: Instant,
    customer: &CustomerRow,
) -> Result<Vec<(Option<ModelOutline>, Option<ScoreTrace>)>> {
    let models = Models::of(&app.rules(), time::date_in_china(now))?;
    let whom = Whom::List(vec![customer.id.0]);
    let mut bulk = app.store().bulk(now, true).await?;
    let looked = (models.as_of, models.periods);
    let cases = Cases::read(&mut bulk, &whom, looked, 1).await?;
    let mut facts = Facts::new(models.rules.book().schema());
    let known = !cases.customers.is_empty();
    if known {
        models.fill(&cases, &mut facts, 0);
    }
    let say = |model: &ClassModel| {
        let trace = known.then(|| models.explain(*model, &facts)).flatten();
        (models.outline(*model), trace)
    };
    Ok(ClassModel::ALL.iter().map(say).collect())
}

/// What a model gave once, worked out again from the facts and the pack that were kept with it.
///
/// # Errors
/// [`Error::NotFound`] when the customer is not in sight or has no such score; [`Error::Fault`] when the
/// pack of that time does not say the same any more.
pub async fn replay(
    app: &App,
    actor: &Actor,
    now: Instant,
    (customer_no, score): (&str, Uuid),
) -> Result<(ScoreRow, ScoreTrace)> {
    let (customer, _) = crate::customers::customer_in_sight(app, actor, now, customer_no).await?;
    let scope = actor.scope(Permission::CustomersRead)?;
    let scores = rows::list_scores(app.store(), &scope, customer.id).await?;
    let row = scores.into_iter().find(|s| s.id == score);
    // Nothing is left of the facts of somebody whose data was destroyed.
    let row = row.filter(|_| customer.erased_at.is_none());
    let row = row.ok_or(Error::NotFound)?;
    let trace = explain_kept(&app.rules(), &row)?;
    Ok((row, trace))
}

fn explain_kept(rules: &Arc<Rules>, row: &ScoreRow) -> Result<ScoreTrace> {
    let rules = rules.as_of(row.generation)?;
    let book = rules.book();
    let facts = restore(book.schema(), &row.facts).map_err(Error::Fault)?;
    let id = book.find_score(row.model.score(), row.from_on);
    let trace = id.and_then(|id| book.explain_score(id, &facts, row.from_on));
    let trace = trace.filter(|t| t.pack_hash == row.pack_hash && t.points == row.points);
    trace.ok_or_else(|| Error::Fault(format!("score {} cannot be replayed", row.id)))
}

/// The classes of a customer on one line each, for an overview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassSummary {
    /// The model.
    pub model: ClassModel,
    /// The class in force.
    pub class: CustomerClass,
    /// Why; nothing when a file gave it.
    pub cause: Option<ClassCause>,
    /// Since when.
    pub since: Option<chrono::NaiveDate>,
    /// Points in hundredths.
    pub points: Option<i64>,
}

/// The classes of a customer in sight, for an overview; those that the customer does not have are not
/// among them.
///
/// # Errors
/// When the actor may not see customers, or the database fails.
pub async fn summary_of_classes(
    app: &App,
    actor: &Actor,
    customer: &CustomerRow,
) -> Result<Vec<ClassSummary>> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let db = app.store();
    let spans = rows::list_class_spans(db, &scope, customer.id).await?;
    let scores = rows::list_scores(db, &scope, customer.id).await?;
    let summary = |model: &ClassModel| {
        let code = match model {
            ClassModel::Value => customer.value_class.as_deref(),
            ClassModel::Risk => customer.risk_class.as_deref(),
        };
        let span = spans
            .iter()
            .find(|s| s.model == *model && s.until_on.is_none());
        let score = scores
            .iter()
            .find(|s| s.model == *model && s.until_on.is_none());
        Some(ClassSummary {
            model: *model,
            class: CustomerClass::parse(code?).ok()?,
            cause: span.map(|s| s.cause),
            since: span.map(|s| s.from_on),
            points: score.map(|s| s.points),
        })
    };
    Ok(ClassModel::ALL.iter().filter_map(summary).collect())
}
