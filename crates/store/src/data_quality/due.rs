//! Lists of examined customers by the day on which something is due of them.

use crate::sql::{PageKey, Select, params};
use chrono::NaiveDate;
use domain::access::Scope;

/// Which customers to list of whom something is due.
#[derive(Clone, Debug, Default)]
pub struct DueFilter {
    /// Due from this day.
    pub from: Option<NaiveDate>,
    /// Due until this day.
    pub to: Option<NaiveDate>,
    /// Of customers of this unit and those below it, by the unit's path.
    pub org_path: Option<String>,
    /// After the row of this key.
    pub after: Option<PageKey>,
}

impl DueFilter {
    /// Adds what is asked for of rows of `information_states s` in sight, and their order: by the day in a column of
    /// theirs, `limit` of them and one more.
    pub(super) fn select(&self, select: &mut Select, scope: &Scope, column: &str, limit: u64) {
        select.scope(scope, "s.org_id").own(scope, "s.id");
        select.filter(&format!("s.{column} IS NOT NULL"), Vec::new());
        if let Some(day) = self.from {
            select.filter(&format!("s.{column} >= ?"), params![day]);
        }
        if let Some(day) = self.to {
            select.filter(&format!("s.{column} <= ?"), params![day]);
        }
        if let Some(path) = &self.org_path {
            select.under(path, "s.org_id");
        }
        if let Some(after) = &self.after
            && let Ok(day) = after.sort.parse::<NaiveDate>()
        {
            let later = format!("(s.{column} > ? OR (s.{column} = ? AND s.id > ?))");
            select.filter(&later, params![day, day, after.id]);
        }
        select.then(
            &format!("ORDER BY s.{column}, s.id LIMIT ?"),
            params![i64::try_from(limit + 1).unwrap_or(i64::MAX)],
        );
    }
}
