//! What models gave and the classes in force: read before and written after a chunk of customers.

use super::cases::date;
use super::whom::{Whom, id, of, text};
use crate::Result;
use crate::customers::Derived;
use crate::dialect::bulk::{Bulk, Cell, CellType, Swap, SwapRow, Table};
use crate::sql::millis;
use chrono::NaiveDate;
use domain::segments::{ClassCause, ClassModel, CustomerClass};
use uuid::Uuid;

/// What a model gave, as it stands.
#[derive(Clone, Debug)]
pub struct OpenScore {
    /// The row.
    pub id: Uuid,
    /// The customer.
    pub customer: Uuid,
    /// The model.
    pub model: ClassModel,
    /// The class.
    pub class: CustomerClass,
    /// Points in hundredths.
    pub points: i64,
    /// Hash of the pack's text.
    pub pack_hash: String,
}

/// What models gave these customers, as it stands.
///
/// # Errors
/// What the database says.
pub async fn read_open_scores(bulk: &mut Bulk, whom: &Whom) -> Result<Vec<OpenScore>> {
    let select = "SELECT customer_id, id, model, class, points, pack_hash FROM customer_scores WHERE until_on IS NULL AND";
    of(bulk, whom, (select, "customer_id", ""), |row| {
        Ok(OpenScore {
            customer: id(row, 0)?,
            id: id(row, 1)?,
            model: ClassModel::parse(&text(row, 2)?)?,
            class: CustomerClass::parse(&text(row, 3)?)?,
            points: row.int(4)?.unwrap_or_default(),
            pack_hash: text(row, 5)?,
        })
    })
    .await
}

/// The class in force.
#[derive(Clone, Debug)]
pub struct OpenClass {
    /// The row.
    pub id: Uuid,
    /// The customer.
    pub customer: Uuid,
    /// The model.
    pub model: ClassModel,
    /// The class.
    pub class: CustomerClass,
    /// Why.
    pub cause: ClassCause,
    /// What somebody set by hand.
    pub set: Option<Uuid>,
}

/// The classes of these customers in force.
///
/// # Errors
/// What the database says.
pub async fn read_open_classes(bulk: &mut Bulk, whom: &Whom) -> Result<Vec<OpenClass>> {
    let select = "SELECT customer_id, id, model, class, cause, override_id FROM customer_classes WHERE until_on IS NULL AND";
    of(bulk, whom, (select, "customer_id", ""), |row| {
        Ok(OpenClass {
            customer: id(row, 0)?,
            id: id(row, 1)?,
            model: ClassModel::parse(&text(row, 2)?)?,
            class: CustomerClass::parse(&text(row, 3)?)?,
            cause: ClassCause::parse(&text(row, 4)?)?,
            set: row.id(5)?,
        })
    })
    .await
}

/// A class that is set by hand.
#[derive(Clone, Debug)]
pub struct SetByHand {
    /// The row.
    pub id: Uuid,
    /// The customer.
    pub customer: Uuid,
    /// The model.
    pub model: ClassModel,
    /// The class.
    pub class: CustomerClass,
}

/// Classes of these customers that are set by hand and count on a day.
///
/// # Errors
/// What the database says.
pub async fn read_set_by_hand(
    bulk: &mut Bulk,
    whom: &Whom,
    on: NaiveDate,
) -> Result<Vec<SetByHand>> {
    let select =
        "SELECT customer_id, id, model, class FROM class_overrides WHERE state = 'in_force' AND";
    let rest = format!("AND until_on >= '{on}' ORDER BY id");
    of(bulk, whom, (select, "customer_id", &rest), |row| {
        Ok(SetByHand {
            customer: id(row, 0)?,
            id: id(row, 1)?,
            model: ClassModel::parse(&text(row, 2)?)?,
            class: CustomerClass::parse(&text(row, 3)?)?,
        })
    })
    .await
}

/// What a model gives from now on.
#[derive(Clone, Debug)]
pub struct NewScore {
    /// The customer.
    pub customer: Uuid,
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
}

static SCORES: Table = Table {
    name: "customer_scores",
    columns: &[
        ("id", CellType::Id),
        ("customer_id", CellType::Id),
        ("model", CellType::Text),
        ("class", CellType::Text),
        ("points", CellType::Int),
        ("pack_hash", CellType::Text),
        ("generation", CellType::Int),
        ("facts", CellType::Text),
        ("from_on", CellType::Date),
        ("until_on", CellType::Date),
        ("computed_at", CellType::Int),
    ],
};

async fn close(bulk: &mut Bulk, table: &'static str, ids: &[Uuid], on: NaiveDate) -> Result<()> {
    let swap = Swap {
        table,
        columns: &[("until_on", CellType::Date)],
        guards: 1,
    };
    let row = |id: &Uuid| SwapRow {
        id: *id,
        old: vec![Cell::Null],
        new: vec![Cell::Date(on)],
    };
    let rows: Vec<_> = ids.iter().map(row).collect();
    if rows.is_empty() {
        return Ok(());
    }
    bulk.swap(&swap, &rows).await.map(|_| ())
}

/// Ends what models gave before and writes what they give from a day on.
///
/// # Errors
/// What the database says.
pub async fn write_scores(
    bulk: &mut Bulk,
    on: NaiveDate,
    ended: &[Uuid],
    new: Vec<NewScore>,
) -> Result<()> {
    close(bulk, SCORES.name, ended, on).await?;
    let now = millis(bulk.now());
    let mut cells = Vec::with_capacity(new.len() * SCORES.columns.len());
    for score in new {
        cells.extend([
            Cell::Id(bulk.next_id()),
            Cell::Id(score.customer),
            Cell::Code(score.model.as_str()),
            Cell::Code(score.class.as_str()),
            Cell::Int(score.points),
            Cell::Text(score.pack_hash),
            Cell::Int(score.generation),
            Cell::Text(score.facts),
            Cell::Date(on),
            Cell::Null,
            Cell::Int(now),
        ]);
    }
    if cells.is_empty() {
        return Ok(());
    }
    bulk.insert(&SCORES, &cells).await
}

/// A class in force from now on.
#[derive(Clone, Debug)]
pub struct NewClass {
    /// The customer.
    pub customer: Uuid,
    /// The model.
    pub model: ClassModel,
    /// The class.
    pub class: CustomerClass,
    /// Why.
    pub cause: ClassCause,
    /// What somebody set by hand.
    pub set: Option<Uuid>,
    /// The class before, whatever gave it.
    pub earlier: Option<CustomerClass>,
}

static CLASSES: Table = Table {
    name: "customer_classes",
    columns: &[
        ("id", CellType::Id),
        ("customer_id", CellType::Id),
        ("model", CellType::Text),
        ("class", CellType::Text),
        ("cause", CellType::Text),
        ("override_id", CellType::Id),
        ("earlier", CellType::Text),
        ("from_on", CellType::Date),
        ("until_on", CellType::Date),
        ("made_at", CellType::Int),
    ],
};

/// Ends classes, writes those in force from a day on, and notes them at the customers: by the customer, what
/// it was and what it is, value before risk.
///
/// # Errors
/// What the database says.
pub async fn write_classes(
    bulk: &mut Bulk,
    on: NaiveDate,
    ended: &[Uuid],
    new: Vec<NewClass>,
    customers: &[SwapRow],
) -> Result<()> {
    close(bulk, CLASSES.name, ended, on).await?;
    let now = millis(bulk.now());
    let mut cells = Vec::with_capacity(new.len() * CLASSES.columns.len());
    for class in new {
        let earlier = class.earlier.map(CustomerClass::as_str);
        cells.extend([
            Cell::Id(bulk.next_id()),
            Cell::Id(class.customer),
            Cell::Code(class.model.as_str()),
            Cell::Code(class.class.as_str()),
            Cell::Code(class.cause.as_str()),
            Cell::from(class.set),
            Cell::from(earlier),
            Cell::Date(on),
            date(None),
            Cell::Int(now),
        ]);
    }
    if !cells.is_empty() {
        bulk.insert(&CLASSES, &cells).await?;
    }
    if customers.is_empty() {
        return Ok(());
    }
    let swap = Swap {
        table: "customers",
        columns: &[
            ("value_class", CellType::Text),
            ("risk_class", CellType::Text),
        ],
        guards: 2,
    };
    bulk.swap(&swap, customers).await.map(|_| ())
}

/// How many spans of more than one row wait to be scored, at most `cap`.
///
/// # Errors
/// What the database says.
pub async fn count_open_spans(bulk: &mut Bulk, cap: i64) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM derivations WHERE derived = $1 AND low <> high LIMIT $2) AS capped";
    let cells = [Cell::Code(Derived::Scores.as_str()), Cell::Int(cap)];
    let rows = bulk
        .query(sql, &cells, |row| Ok(row.int(0)?.unwrap_or_default()))
        .await?;
    Ok(rows.first().copied().unwrap_or_default())
}

/// Puts one span over all customers in the place of all that wait to be scored.
///
/// # Errors
/// What the database says.
pub async fn forget_spans(bulk: &mut Bulk) -> Result<()> {
    let scores = Cell::Code(Derived::Scores.as_str());
    let forget = "DELETE FROM derivations WHERE derived = $1";
    bulk.execute(forget, std::slice::from_ref(&scores)).await?;
    let sql = "INSERT INTO derivations (derived, id, subject, low, high) VALUES ($1, $2, 'customers', $3, $4)";
    let cells = [
        scores,
        Cell::Id(bulk.next_id()),
        Cell::Id(Uuid::nil()),
        Cell::Id(Uuid::max()),
    ];
    bulk.execute(sql, &cells).await.map(|_| ())
}
