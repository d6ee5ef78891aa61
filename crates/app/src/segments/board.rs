//! Classes of all customers in sight: how they are spread, who moved from which class to which.

use super::models::{ModelOutline, Models};
use crate::listing::{self, PAGE_ROWS};
use crate::{App, Error, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission, Scope};
use domain::segments::{ClassModel, CustomerClass};
use domain::time::{self, Instant};
use store::Page;
use store::segments::{self as rows, Histogram, MatrixCell, Movement, MovementFilter};

/// Months that a matrix looks back when no day is given.
const LOOK_BACK_MONTHS: i64 = 1;

/// What the board shows, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BoardQuery {
    /// Code of a unit.
    pub org: String,
    /// First day of the matrix.
    pub from: String,
    /// Last day of the matrix.
    pub to: String,
}

/// How the customers of a unit are spread.
#[derive(Clone, Debug)]
pub struct UnitClasses {
    /// Code of the unit.
    pub org_code: String,
    /// Name of the unit.
    pub org_name: String,
    /// How many have which class, the highest first, and how many have none.
    pub counts: [i64; 4],
}

/// One model with how the customers lie.
#[derive(Clone, Debug)]
pub struct ModelBoard {
    /// The model.
    pub model: ClassModel,
    /// The model as it is in force; nothing when no pack has one.
    pub outline: Option<ModelOutline>,
    /// How many have which class, the highest first, and how many have none.
    pub counts: [i64; 4],
    /// The same by unit.
    pub units: Vec<UnitClasses>,
    /// How the points lie.
    pub histogram: Vec<Histogram>,
    /// From which class to which.
    pub matrix: Vec<MatrixCell>,
}

impl ModelBoard {
    /// How many went from a class to another.
    pub fn moved(&self, from: Option<CustomerClass>, to: Option<CustomerClass>) -> i64 {
        let cell = self.matrix.iter().find(|c| c.from == from && c.to == to);
        cell.map_or(0, |c| c.customers)
    }

    /// How many rose, and how many fell.
    pub fn rose_and_fell(&self) -> (i64, i64) {
        self.matrix
            .iter()
            .fold((0, 0), |(rose, fell), c| match (c.from, c.to) {
                (Some(from), Some(to)) if to.is_below(from) => (rose, fell + c.customers),
                (Some(from), Some(to)) if from.is_below(to) => (rose + c.customers, fell),
                _ => (rose, fell),
            })
    }
}

/// The board.
#[derive(Clone, Debug)]
pub struct Board {
    /// First day of the matrix.
    pub from: NaiveDate,
    /// Last day of the matrix.
    pub to: NaiveDate,
    /// Model by model.
    pub models: Vec<ModelBoard>,
}

fn days(now: Instant, from: &str, to: &str) -> Result<(NaiveDate, NaiveDate)> {
    let today = time::date_in_china(now);
    let to = listing::date("to", to)?.unwrap_or(today);
    let from = listing::date("from", from)?;
    let from = from.unwrap_or_else(|| rules::dates::add_months(to, -LOOK_BACK_MONTHS));
    if from > to {
        return Err(Error::invalid("from", "after-to"));
    }
    Ok((from, to))
}

fn place(class: Option<CustomerClass>) -> usize {
    class.map_or(3, CustomerClass::place)
}

/// How the customers in sight are spread over the classes.
///
/// # Errors
/// When the actor may not see customers, or a filter cannot be read.
pub async fn class_board(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &BoardQuery,
) -> Result<Board> {
    let scope = actor.scope(Permission::CustomersRead)?;
    app.refresh_rules(now).await?;
    let (from, to) = days(now, &query.from, &query.to)?;
    let path = listing::org_path(app, &scope, &query.org).await?;
    let path = path.as_deref();
    let in_force = Models::of(&app.rules(), time::date_in_china(now))?;
    let db = app.store();
    let mut models = Vec::new();
    for model in ClassModel::ALL.iter().copied() {
        let mut units: Vec<UnitClasses> = Vec::new();
        let mut counts = [0; 4];
        for row in rows::count_classes(db, &scope, model, path).await? {
            counts[place(row.class)] += row.customers;
            if units.last().is_none_or(|u| u.org_code != row.org_code) {
                units.push(UnitClasses {
                    org_code: row.org_code,
                    org_name: row.org_name,
                    counts: [0; 4],
                });
            }
            if let Some(unit) = units.last_mut() {
                unit.counts[place(row.class)] += row.customers;
            }
        }
        models.push(ModelBoard {
            model,
            outline: in_force.outline(model),
            counts,
            units,
            histogram: rows::count_points(db, &scope, model, path).await?,
            matrix: rows::count_matrix(db, &scope, model, (from, to), path).await?,
        });
    }
    Ok(Board { from, to, models })
}

/// Whom to list, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct MovementQuery {
    /// `value` or `risk`.
    pub model: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// The class on the first day, or `none`.
    pub before: String,
    /// The class on the last day.
    pub class: String,
    /// `fallen` or `risen`: only whose class fell, or rose.
    pub view: String,
    /// Code of a unit.
    pub org: String,
    /// Start of the page.
    pub after: String,
}

/// Customers by what became of their class.
///
/// # Errors
/// When the actor may not see customers, or a filter cannot be read.
pub async fn list_class_movements(
    app: &App,
    actor: &Actor,
    now: Instant,
    query: &MovementQuery,
) -> Result<Page<Movement>> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let filter = movement_filter(app, &scope, now, query).await?;
    Ok(rows::list_movements(app.store(), &scope, &filter, PAGE_ROWS).await?)
}

/// Turns the text of a URL into a filter.
pub(crate) async fn movement_filter(
    app: &App,
    scope: &Scope,
    now: Instant,
    query: &MovementQuery,
) -> Result<MovementFilter> {
    let (from, to) = days(now, &query.from, &query.to)?;
    let before = match query.before.as_str() {
        "none" => Some(None),
        text => listing::code("before", text, CustomerClass::parse)?.map(Some),
    };
    let (fallen, risen) = match query.view.as_str() {
        "" => (false, false),
        "fallen" => (true, false),
        "risen" => (false, true),
        _ => return Err(Error::invalid("view", "unknown-code")),
    };
    Ok(MovementFilter {
        model: listing::code("model", &query.model, ClassModel::parse)?
            .unwrap_or(ClassModel::Value),
        from,
        to,
        before,
        after: listing::code("class", &query.class, CustomerClass::parse)?,
        fallen,
        risen,
        org_path: listing::org_path(app, scope, &query.org).await?,
        page_after: listing::after(&query.after)?,
    })
}
