//! The classes of one customer with their history.

use crate::sql::{Select, instant, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::ids::CustomerId;
use domain::segments::{ClassCause, ClassModel, CustomerClass};
use domain::time::Instant;
use sea_orm::FromQueryResult;
use std::collections::HashMap;
use uuid::Uuid;

/// Ids of one statement.
const CHUNK_IDS: usize = 400;
/// Rows of a history that are shown.
const SHOWN_MAX: i64 = 200;

/// What a model gave from when to when.
#[derive(Clone, Debug)]
pub struct ScoreRow {
    /// Its id.
    pub id: Uuid,
    /// The model.
    pub model: ClassModel,
    /// The class.
    pub class: CustomerClass,
    /// Points in hundredths.
    pub points: i64,
    /// Hash of the pack's text.
    pub pack_hash: String,
    /// The set of rules.
    pub generation: i64,
    /// The facts, as JSON.
    pub facts: String,
    /// From when.
    pub from_on: NaiveDate,
    /// Until when; nothing when it stands.
    pub until_on: Option<NaiveDate>,
    /// When it was worked out.
    pub computed_at: Instant,
}

#[derive(FromQueryResult)]
struct Score {
    id: Uuid,
    model: String,
    class: String,
    points: i64,
    pack_hash: String,
    generation: i64,
    facts: String,
    from_on: NaiveDate,
    until_on: Option<NaiveDate>,
    computed_at: i64,
}

/// What models gave a customer in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_scores(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
) -> Result<Vec<ScoreRow>> {
    let mut select = Select::new(
        "SELECT s.id, s.model, s.class, s.points, s.pack_hash, s.generation, s.facts, s.from_on, s.until_on, s.computed_at \
         FROM customer_scores s JOIN customers c ON c.id = s.customer_id",
    );
    select
        .scope_customer(scope)
        .filter("s.customer_id = ?", params![customer.0]);
    select.then("ORDER BY s.id DESC LIMIT ?", params![SHOWN_MAX]);
    let rows: Vec<Score> = select.list(db).await?;
    let row = |r: Score| {
        Ok(ScoreRow {
            id: r.id,
            model: ClassModel::parse(&r.model)?,
            class: CustomerClass::parse(&r.class)?,
            points: r.points,
            pack_hash: r.pack_hash,
            generation: r.generation,
            facts: r.facts,
            from_on: r.from_on,
            until_on: r.until_on,
            computed_at: instant(r.computed_at),
        })
    };
    rows.into_iter().map(row).collect()
}

/// A class in force from when to when.
#[derive(Clone, Debug)]
pub struct ClassSpan {
    /// Its id.
    pub id: Uuid,
    /// The model.
    pub model: ClassModel,
    /// The class.
    pub class: CustomerClass,
    /// The class before.
    pub earlier: Option<CustomerClass>,
    /// Why.
    pub cause: ClassCause,
    /// What was set by hand.
    pub set: Option<Uuid>,
    /// From when.
    pub from_on: NaiveDate,
    /// Until when, that day not included; nothing when it is in force.
    pub until_on: Option<NaiveDate>,
    /// When it was noted.
    pub made_at: Instant,
}

#[derive(FromQueryResult)]
struct Class {
    id: Uuid,
    model: String,
    class: String,
    earlier: Option<String>,
    cause: String,
    override_id: Option<Uuid>,
    from_on: NaiveDate,
    until_on: Option<NaiveDate>,
    made_at: i64,
}

/// The classes of a customer in sight, the newest first.
///
/// # Errors
/// What the database says.
pub async fn list_class_spans(
    db: &impl Reads,
    scope: &Scope,
    customer: CustomerId,
) -> Result<Vec<ClassSpan>> {
    let mut select = Select::new(
        "SELECT k.id, k.model, k.class, k.earlier, k.cause, k.override_id, k.from_on, k.until_on, k.made_at \
         FROM customer_classes k JOIN customers c ON c.id = k.customer_id",
    );
    select
        .scope_customer(scope)
        .filter("k.customer_id = ?", params![customer.0]);
    select.then("ORDER BY k.id DESC LIMIT ?", params![SHOWN_MAX]);
    let rows: Vec<Class> = select.list(db).await?;
    let row = |r: Class| {
        let earlier = r.earlier.as_deref().map(CustomerClass::parse);
        Ok(ClassSpan {
            id: r.id,
            model: ClassModel::parse(&r.model)?,
            class: CustomerClass::parse(&r.class)?,
            earlier: earlier.transpose()?,
            cause: ClassCause::parse(&r.cause)?,
            set: r.override_id,
            from_on: r.from_on,
            until_on: r.until_on,
            made_at: instant(r.made_at),
        })
    };
    rows.into_iter().map(row).collect()
}

#[derive(FromQueryResult)]
struct Number {
    id: Uuid,
    customer_no: String,
}

/// Numbers of customers, for those who were in sight when they were found.
///
/// # Errors
/// What the database says.
pub async fn read_customer_numbers(db: &impl Reads, ids: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(CHUNK_IDS) {
        let mut select = Select::new("SELECT c.id, c.customer_no FROM customers c");
        select.filter_in("c.id", chunk.iter().map(|id| (*id).into()).collect());
        let rows: Vec<Number> = select.list(db).await?;
        found.extend(rows.into_iter().map(|r| (r.id, r.customer_no)));
    }
    Ok(found)
}
