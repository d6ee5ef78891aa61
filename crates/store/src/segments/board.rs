//! Classes of all customers in sight: how many, how they lie, who moved.

use crate::customers::shown_name;
use crate::sql::{Page, PageKey, Select, find, params};
use crate::{Reads, Result};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::segments::{ClassCause, ClassModel, CustomerClass};
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Points of a column of a histogram, in hundredths.
pub(super) const COLUMN_POINTS: i64 = 500;
/// Units of a distribution.
const UNITS_MAX: i64 = 600;

fn class(code: Option<&str>) -> Result<Option<CustomerClass>> {
    Ok(code.map(CustomerClass::parse).transpose()?)
}

/// The column of the customers that holds a class.
fn column(model: ClassModel) -> &'static str {
    match model {
        ClassModel::Value => "c.value_class",
        ClassModel::Risk => "c.risk_class",
    }
}

/// Customers of a unit who have a class.
#[derive(Clone, Debug)]
pub struct ClassCount {
    /// Code of the unit.
    pub org_code: String,
    /// Name of the unit.
    pub org_name: String,
    /// The class; nothing for those who have none.
    pub class: Option<CustomerClass>,
    /// How many.
    pub customers: i64,
}

#[derive(FromQueryResult)]
struct Counted {
    org_code: String,
    org_name: String,
    class: Option<String>,
    n: i64,
}

/// How many customers in sight have which class, by unit.
///
/// # Errors
/// What the database says.
pub async fn count_classes(
    db: &impl Reads,
    scope: &Scope,
    model: ClassModel,
    org_path: Option<&str>,
) -> Result<Vec<ClassCount>> {
    let column = column(model);
    let mut inner = Select::new(&format!(
        "SELECT o.org_code, o.name AS org_name, t.class, t.n FROM (SELECT c.org_id, {column} AS class, COUNT(*) AS n FROM customers c"
    ));
    inner.scope(scope, "c.org_id").own(scope, "c.id").filter(
        "c.erased_at IS NULL AND c.merged_into_id IS NULL",
        Vec::new(),
    );
    if let Some(path) = org_path {
        inner.under(path, "c.org_id");
    }
    let rest = format!(
        "GROUP BY c.org_id, {column}) AS t JOIN orgs o ON o.id = t.org_id ORDER BY o.path, t.class LIMIT ?"
    );
    inner.then(&rest, params![UNITS_MAX]);
    let rows: Vec<Counted> = inner.list(db).await?;
    let row = |r: Counted| {
        Ok(ClassCount {
            org_code: r.org_code,
            org_name: r.org_name,
            class: class(r.class.as_deref())?,
            customers: r.n,
        })
    };
    rows.into_iter().map(row).collect()
}

/// A column of the histogram of points.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Histogram {
    /// Its first point.
    pub first_point: i64,
    /// How many customers.
    pub customers: i64,
}

/// How the points of a model lie over customers in sight, in columns of five points.
///
/// # Errors
/// What the database says.
pub async fn count_points(
    db: &impl Reads,
    scope: &Scope,
    model: ClassModel,
    org_path: Option<&str>,
) -> Result<Vec<Histogram>> {
    let mut select = Select::with_values(
        "SELECT s.points / $1 * 5 AS first_point, COUNT(*) AS customers FROM customer_scores s",
        params![COLUMN_POINTS],
    );
    select
        .filter("s.until_on IS NULL", Vec::new())
        .filter("s.model = ?", params![model.as_str()]);
    if !scope.is_whole_company() || org_path.is_some() || scope.own_list_of().is_some() {
        select.then(
            "AND s.customer_id IN (SELECT c.id FROM customers c WHERE 1 = 1",
            Vec::new(),
        );
        select.scope(scope, "c.org_id").own(scope, "c.id");
        if let Some(path) = org_path {
            select.under(path, "c.org_id");
        }
        select.then(")", Vec::new());
    }
    select.then("GROUP BY 1 ORDER BY 1", Vec::new());
    select.list(db).await
}

/// How many customers had one class on a day and another on a later day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixCell {
    /// The class on the first day.
    pub from: Option<CustomerClass>,
    /// The class on the second.
    pub to: Option<CustomerClass>,
    /// How many.
    pub customers: i64,
}

#[derive(FromQueryResult)]
struct Moved {
    class_from: Option<String>,
    class_to: Option<String>,
    n: i64,
}

fn in_sight(select: &mut Select, scope: &Scope, org_path: Option<&str>) {
    select.scope(scope, "c.org_id").own(scope, "c.id").filter(
        "c.erased_at IS NULL AND c.merged_into_id IS NULL",
        Vec::new(),
    );
    if let Some(path) = org_path {
        select.under(path, "c.org_id");
    }
}

/// Who had which class on two days: those who kept a span over both, those whose span began between, and those
/// who lost their class.
///
/// # Errors
/// What the database says.
pub async fn count_matrix(
    db: &impl Reads,
    scope: &Scope,
    model: ClassModel,
    (from, to): (NaiveDate, NaiveDate),
    org_path: Option<&str>,
) -> Result<Vec<MatrixCell>> {
    let with_customer = "JOIN customers c ON c.id = k.customer_id";
    let mut stayed = Select::new(&format!(
        "SELECT k.class AS class_from, k.class AS class_to, COUNT(*) AS n FROM customer_classes k {with_customer}"
    ));
    stayed
        .filter("k.model = ?", params![model.as_str()])
        .filter("k.from_on <= ?", params![from])
        .filter("(k.until_on IS NULL OR k.until_on > ?)", params![to]);
    in_sight(&mut stayed, scope, org_path);
    stayed.then("GROUP BY k.class", Vec::new());
    let mut came = Select::with_values(
        &format!(
            "SELECT a.class AS class_from, k.class AS class_to, COUNT(*) AS n FROM customer_classes k {with_customer} \
             LEFT JOIN customer_classes a ON a.customer_id = k.customer_id AND a.model = k.model \
             AND a.from_on <= $1 AND a.until_on > $1"
        ),
        params![from],
    );
    came.filter("k.model = ?", params![model.as_str()])
        .filter("k.from_on > ?", params![from])
        .filter("k.from_on <= ?", params![to])
        .filter("(k.until_on IS NULL OR k.until_on > ?)", params![to]);
    in_sight(&mut came, scope, org_path);
    came.then("GROUP BY a.class, k.class", Vec::new());
    let mut left = Select::new(&format!(
        "SELECT k.class AS class_from, NULL AS class_to, COUNT(*) AS n FROM customer_classes k {with_customer}"
    ));
    left.filter("k.model = ?", params![model.as_str()])
        .filter("k.until_on > ?", params![from])
        .filter("k.until_on <= ?", params![to])
        .filter("k.from_on <= ?", params![from])
        .filter(
            "NOT EXISTS (SELECT 1 FROM customer_classes b WHERE b.customer_id = k.customer_id AND b.model = k.model \
             AND b.from_on <= ? AND (b.until_on IS NULL OR b.until_on > ?))",
            params![to, to],
        );
    in_sight(&mut left, scope, org_path);
    left.then("GROUP BY k.class", Vec::new());
    let mut cells: Vec<MatrixCell> = Vec::new();
    for select in [stayed, came, left] {
        let rows: Vec<Moved> = select.list(db).await?;
        for row in rows {
            let (from, to) = (
                class(row.class_from.as_deref())?,
                class(row.class_to.as_deref())?,
            );
            match cells.iter_mut().find(|c| c.from == from && c.to == to) {
                Some(cell) => cell.customers += row.n,
                None => cells.push(MatrixCell {
                    from,
                    to,
                    customers: row.n,
                }),
            }
        }
    }
    Ok(cells)
}

/// Which customers to list by what became of their class.
#[derive(Clone, Debug)]
pub struct MovementFilter {
    /// Of which model.
    pub model: ClassModel,
    /// From this day.
    pub from: NaiveDate,
    /// To this day.
    pub to: NaiveDate,
    /// The class on the first day; with `Some(None)` those who had none.
    pub before: Option<Option<CustomerClass>>,
    /// The class on the second.
    pub after: Option<CustomerClass>,
    /// Only whose class fell.
    pub fallen: bool,
    /// Only whose class rose.
    pub risen: bool,
    /// Of this unit and those below it, by the unit's path.
    pub org_path: Option<String>,
    /// After the row of this key.
    pub page_after: Option<PageKey>,
}

/// A customer with what became of the class.
#[derive(Clone, Debug)]
pub struct Movement {
    /// Id of the span of the class.
    pub id: Uuid,
    /// Number of the customer.
    pub customer_no: String,
    /// Name of the customer; of persons masked.
    pub customer_name: String,
    /// Name of the unit.
    pub org_name: String,
    /// The class on the first day.
    pub before: Option<CustomerClass>,
    /// The class on the second day.
    pub after: CustomerClass,
    /// Why it is so.
    pub cause: ClassCause,
    /// Since when.
    pub since: NaiveDate,
}

#[derive(FromQueryResult)]
struct Listed {
    id: Uuid,
    customer_id: Uuid,
    customer_no: String,
    kind: String,
    name: Vec<u8>,
    org_name: String,
    class_from: Option<String>,
    class_to: String,
    cause: String,
    from_on: NaiveDate,
}

/// Customers in sight by what became of their class between two days, the latest first.
///
/// # Errors
/// What the database says.
pub async fn list_movements(
    db: &impl Reads,
    scope: &Scope,
    filter: &MovementFilter,
    limit: u64,
) -> Result<Page<Movement>> {
    let mut select = Select::with_values(
        "SELECT k.id, c.id AS customer_id, c.customer_no, c.kind, c.name, o.name AS org_name, a.class AS class_from, \
         k.class AS class_to, k.cause, k.from_on FROM customer_classes k JOIN customers c ON c.id = k.customer_id \
         JOIN orgs o ON o.id = c.org_id LEFT JOIN customer_classes a ON a.customer_id = k.customer_id \
         AND a.model = k.model AND a.from_on <= $1 AND (a.until_on IS NULL OR a.until_on > $1)",
        params![filter.from],
    );
    select
        .filter("k.model = ?", params![filter.model.as_str()])
        .filter("k.from_on <= ?", params![filter.to])
        .filter("(k.until_on IS NULL OR k.until_on > ?)", params![filter.to]);
    let stayed = matches!(filter.before, Some(Some(before)) if Some(before) == filter.after);
    if !stayed {
        select.filter("k.from_on > ?", params![filter.from]);
    }
    match filter.before {
        Some(Some(before)) => select.filter("a.class = ?", params![before.as_str()]),
        Some(None) => select.filter("a.id IS NULL", Vec::new()),
        None => &mut select,
    };
    if let Some(after) = filter.after {
        select.filter("k.class = ?", params![after.as_str()]);
    }
    if filter.fallen {
        let fell = "((a.class = 'high' AND k.class IN ('medium', 'low')) OR (a.class = 'medium' AND k.class = 'low'))";
        select.filter(fell, Vec::new());
    }
    if filter.risen {
        let rose = "((a.class = 'low' AND k.class IN ('medium', 'high')) OR (a.class = 'medium' AND k.class = 'high'))";
        select.filter(rose, Vec::new());
    }
    in_sight(&mut select, scope, filter.org_path.as_deref());
    select.page_by_id("k.id", true, filter.page_after.as_ref(), limit);
    let rows: Vec<Listed> = select.list(db).await?;
    let row = |r: Listed| -> Result<Movement> {
        Ok(Movement {
            id: r.id,
            customer_name: shown_name(db.keys(), r.customer_id, &r.kind, &r.name)?,
            customer_no: r.customer_no,
            org_name: r.org_name,
            before: class(r.class_from.as_deref())?,
            after: CustomerClass::parse(&r.class_to)?,
            cause: ClassCause::parse(&r.cause)?,
            since: r.from_on,
        })
    };
    let rows = rows.into_iter().map(row).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut_by_id(rows, limit, |r| r.id))
}

#[derive(FromQueryResult)]
struct Latest {
    day: Option<NaiveDate>,
}

/// The latest day on which a class began or ended; of the whole company, and not about anybody.
///
/// # Errors
/// What the database says.
pub async fn find_latest_change(db: &impl Reads) -> Result<Option<NaiveDate>> {
    // By model, because that is how the index lies.
    let sql = "SELECT MAX(day) AS day FROM (SELECT MAX(from_on) AS day FROM customer_classes WHERE model = 'value' \
               UNION ALL SELECT MAX(from_on) AS day FROM customer_classes WHERE model = 'risk') AS latest";
    Ok(find::<Latest>(db, sql, Vec::new())
        .await?
        .and_then(|r| r.day))
}
