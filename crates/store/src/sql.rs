//! Statements and rows: the little that sits between SQL text and types.

use crate::{Reads, Result};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};
use std::fmt::Write as _;

/// Collects the parameters of a statement.
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$(sea_orm::Value::from($value)),*] };
}
pub(crate) use params;

pub(crate) fn statement<C: ConnectionTrait>(
    connection: &C,
    sql: &str,
    params: Vec<Value>,
) -> Statement {
    Statement::from_sql_and_values(connection.get_database_backend(), sql, params)
}

/// Rows of a query.
pub(crate) async fn list<T: FromQueryResult>(
    db: &impl Reads,
    sql: &str,
    params: Vec<Value>,
) -> Result<Vec<T>> {
    let connection = db.connection();
    let statement = statement(connection, sql, params);
    Ok(T::find_by_statement(statement).all(connection).await?)
}

/// The row of a query, if there is one.
pub(crate) async fn find<T: FromQueryResult>(
    db: &impl Reads,
    sql: &str,
    params: Vec<Value>,
) -> Result<Option<T>> {
    let connection = db.connection();
    let statement = statement(connection, sql, params);
    Ok(T::find_by_statement(statement).one(connection).await?)
}

#[derive(FromQueryResult)]
struct CountRow {
    n: i64,
}

/// The number that a query of one column `n` gives.
pub(crate) async fn count(db: &impl Reads, sql: &str, params: Vec<Value>) -> Result<i64> {
    Ok(find::<CountRow>(db, sql, params).await?.map_or(0, |r| r.n))
}

/// A statement that grows with the filters of a list.
pub(crate) struct Select {
    sql: String,
    params: Vec<Value>,
    has_where: bool,
}

impl Select {
    /// Begins with `SELECT … FROM …`.
    pub(crate) fn new(sql: &str) -> Self {
        Self {
            sql: sql.to_owned(),
            params: Vec::new(),
            has_where: false,
        }
    }

    /// Begins with `SELECT … FROM …` in which `$1`, `$2` … stand for the values.
    pub(crate) fn with_values(sql: &str, params: Vec<Value>) -> Self {
        Self {
            params,
            ..Self::new(sql)
        }
    }

    /// Adds a condition in which each `?` stands for one of the values.
    pub(crate) fn filter(&mut self, condition: &str, values: Vec<Value>) -> &mut Self {
        self.sql
            .push_str(if self.has_where { " AND " } else { " WHERE " });
        self.has_where = true;
        let mut values = values.into_iter();
        for part in condition.split_inclusive('?') {
            match part.strip_suffix('?') {
                Some(text) => {
                    self.sql.push_str(text);
                    self.params.extend(values.next());
                    let _ = write!(self.sql, "${}", self.params.len());
                }
                None => self.sql.push_str(part),
            }
        }
        debug_assert!(
            values.next().is_none(),
            "more values than places in {condition}"
        );
        self
    }

    /// Adds `column IN (…)`; nothing matches an empty list.
    pub(crate) fn filter_in(&mut self, column: &str, values: Vec<Value>) -> &mut Self {
        if values.is_empty() {
            return self.filter("1 = 0", Vec::new());
        }
        let places = vec!["?"; values.len()].join(", ");
        self.filter(&format!("{column} IN ({places})"), values)
    }

    /// Adds the rows that a scope shows, by the column that holds the unit.
    pub(crate) fn scope(&mut self, scope: &domain::access::Scope, column: &str) -> &mut Self {
        if scope.is_whole_company() {
            return self;
        }
        let (units, values) = units(scope);
        self.filter(&format!("{column} IN ({units})"), values)
    }

    /// Adds, for scopes that end at a person's own list, the customers on it (CBK-19) and those in the person's
    /// charge (SEG-04, SEG-07).
    pub(crate) fn own(&mut self, scope: &domain::access::Scope, customer: &str) -> &mut Self {
        let Some(user) = scope.own_list_of() else {
            return self;
        };
        let condition = format!(
            "{customer} IN (SELECT own.customer_id FROM callbacks own WHERE own.assignee_id = ? \
             UNION ALL SELECT charge.customer_id FROM service_charges charge WHERE charge.user_id = ? \
             AND charge.until_at IS NULL)"
        );
        self.filter(&condition, params![user.0, user.0])
    }

    /// Adds the customers that a scope shows: of its units, or with a policy there. The customer is
    /// `c`.
    pub(crate) fn scope_customer(&mut self, scope: &domain::access::Scope) -> &mut Self {
        self.own(scope, "c.id");
        if scope.is_whole_company() {
            return self;
        }
        let (units, mut values) = units(scope);
        values.extend(values.clone());
        let condition = format!(
            "(c.org_id IN ({units}) OR EXISTS (SELECT 1 FROM policies held \
             WHERE held.policyholder_id = c.id AND held.org_id IN ({units})))"
        );
        self.filter(&condition, values)
    }

    /// Adds the rows of a unit and those below it, by the unit's path.
    pub(crate) fn under(&mut self, path: &str, column: &str) -> &mut Self {
        let length = i32::try_from(path.chars().count()).unwrap_or(i32::MAX);
        let condition = format!("{column} IN (SELECT id FROM orgs WHERE substr(path, 1, ?) = ?)");
        self.filter(&condition, params![length, path])
    }

    /// Adds text such as `ORDER BY …`; each `?` stands for one of the values.
    pub(crate) fn then(&mut self, text: &str, values: Vec<Value>) -> &mut Self {
        let mut values = values.into_iter();
        self.sql.push(' ');
        for part in text.split_inclusive('?') {
            match part.strip_suffix('?') {
                Some(text) => {
                    self.sql.push_str(text);
                    self.params.extend(values.next());
                    let _ = write!(self.sql, "${}", self.params.len());
                }
                None => self.sql.push_str(part),
            }
        }
        self
    }

    /// Adds the start, the order and the end of a page that runs along an id; ids rise with time. One
    /// row more than the limit is read, for [`Page::cut`].
    pub(crate) fn page_by_id(
        &mut self,
        column: &str,
        newest_first: bool,
        after: Option<&PageKey>,
        limit: u64,
    ) -> &mut Self {
        let (sign, order) = if newest_first {
            ("<", "DESC")
        } else {
            (">", "ASC")
        };
        if let Some(after) = after {
            self.filter(&format!("{column} {sign} ?"), params![after.id]);
        }
        self.then(
            &format!("ORDER BY {column} {order} LIMIT ?"),
            params![i64::try_from(limit + 1).unwrap_or(i64::MAX)],
        )
    }

    pub(crate) async fn list<T: FromQueryResult>(&self, db: &impl Reads) -> Result<Vec<T>> {
        list(db, &self.sql, self.params.clone()).await
    }

    /// The statement as it stands, for rows whose columns are not known beforehand.
    pub(crate) fn statement<C: ConnectionTrait>(&self, connection: &C) -> Statement {
        statement(connection, &self.sql, self.params.clone())
    }

    pub(crate) async fn count(&self, db: &impl Reads) -> Result<i64> {
        count(db, &self.sql, self.params.clone()).await
    }
}

/// The units of a scope, as a query with its values.
fn units(scope: &domain::access::Scope) -> (&'static str, Vec<Value>) {
    let path = scope.org().as_str();
    match (scope.reaches_below(), path) {
        (true, _) => {
            let length = i32::try_from(path.chars().count()).unwrap_or(i32::MAX);
            let below = "SELECT id FROM orgs WHERE substr(path, 1, ?) = ?";
            (below, params![length, path])
        }
        // People of the unit at the root have the path above it.
        (false, "/") => ("SELECT id FROM orgs WHERE parent_id IS NULL", Vec::new()),
        (false, _) => ("SELECT id FROM orgs WHERE path = ?", params![path]),
    }
}

/// Where a page of a list begins: after the row with this sort value and id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageKey {
    /// The sort column's value as text; empty when it is unknown.
    pub sort: String,
    /// The row's id.
    pub id: uuid::Uuid,
}

impl PageKey {
    /// As it stands in a URL.
    pub fn encode(&self) -> String {
        format!("{}_{}", self.sort, self.id.simple())
    }

    /// Reads what [`Self::encode`] wrote.
    pub fn decode(text: &str) -> Option<Self> {
        let (sort, id) = text.rsplit_once('_')?;
        Some(Self {
            sort: sort.to_owned(),
            id: uuid::Uuid::try_parse(id).ok()?,
        })
    }
}

/// One page of a list, and where the next begins.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page begins; nothing on the last.
    pub next: Option<PageKey>,
}

impl PageKey {
    /// The key of a row in a list that runs along ids.
    pub(crate) fn by_id(id: uuid::Uuid) -> Self {
        Self {
            sort: String::new(),
            id,
        }
    }
}

impl<T> Page<T> {
    /// A page without rows, for what someone may not see.
    pub fn empty() -> Self {
        Self {
            rows: Vec::new(),
            next: None,
        }
    }

    /// Cuts a list along ids that was read with one row too many.
    pub(crate) fn cut_by_id(rows: Vec<T>, limit: u64, id: impl Fn(&T) -> uuid::Uuid) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Self::cut(rows, limit, |row| PageKey::by_id(id(row)))
    }

    /// Cuts a list that was read with one row too many.
    pub(crate) fn cut(mut rows: Vec<T>, limit: usize, key: impl Fn(&T) -> PageKey) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = more.then(|| rows.last().map(key)).flatten();
        Self { rows, next }
    }
}

/// Milliseconds since 1970 of a moment, as stored.
pub(crate) fn millis(at: domain::time::Instant) -> i64 {
    at.timestamp_millis()
}

/// The moment of stored milliseconds.
pub(crate) fn instant(millis: i64) -> domain::time::Instant {
    chrono::DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

/// Milliseconds at which a civil date begins in China, as stored.
pub(crate) fn start_of_day(day: chrono::NaiveDate) -> i64 {
    millis(domain::time::at_in_china(day, chrono::NaiveTime::MIN))
}

/// Milliseconds at which a civil date ends in China, as stored.
pub(crate) fn end_of_day(day: chrono::NaiveDate) -> i64 {
    millis(domain::time::end_of_day_in_china(day))
}
